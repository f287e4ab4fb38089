//! What many things cost against what they are worth: those at the upper left are the better ones, and a line joins
//! those that nothing else beats in both.

use egui::accesskit::Role;
use egui::{Align, Color32, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::ticks::round;
use crate::widgets::row_text;
use crate::widgets::theme;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};

/// One thing.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TradeOffPoint {
    /// What it costs.
    pub cost: f64,
    /// What it is worth.
    pub worth: f64,
    /// How large its point is, from 0 to 1.
    pub size: f32,
    /// Its colour.
    pub tone: Tone,
    /// What it is worth is known as well as that of others: only then it can be on the line.
    pub is_firm: bool,
    /// What stands beside its point.
    pub name: String,
    /// What is said of it to people who do not see it.
    pub told: String,
}

/// Writes the mark of an axis, given it and the step to the next one.
type MarkWords<'a> = &'a dyn Fn(f64, f64) -> String;

impl TradeOffPoint {
    fn is_known(&self) -> bool {
        self.cost.is_finite() && self.worth.is_finite()
    }
}

/// A chart of points, the cost along and the worth up.
#[must_use = "call `show`"]
pub struct TradeOff<'a> {
    label: &'a str,
    points: &'a [TradeOffPoint],
    axes: [&'a str; 2],
    height: f32,
    marked: Option<usize>,
}

/// The room at the left and below for the marks of the axes and their names.
const LEFT: f32 = 44.0;
const BELOW: f32 = 32.0;
/// The room above for the name of the axis, and at the right for the name of the dearest point.
const ABOVE: f32 = 16.0;
const RIGHT: f32 = 40.0;
/// How far from a point the pointer still takes it.
const NEAR: f32 = 10.0;
/// Marks of an axis stand about so far apart.
const APART: (f64, f64) = (110.0, 48.0);
/// No fewer marks are aimed at on an axis that goes up.
const LEAST: f64 = 3.0;
/// The radius of the smallest point and of the largest.
const RADIUS: (f32, f32) = (4.0, 12.0);
/// How high the name of a point is.
const NAME_HEIGHT: f32 = 14.0;
/// The largest is no larger than this part of the chart's height.
const RADIUS_SHARE: f32 = 0.1;
/// In a lower chart the axes have no names.
const NAMED_FROM: f32 = 120.0;

/// The places of those that nothing else beats: whatever costs no more is worth less, and whatever is worth no less
/// costs more. By cost; of equal ones the first stands for all.
pub fn unbeaten(points: &[TradeOffPoint]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..points.len()).filter(|at| points[*at].is_firm && points[*at].is_known()).collect();
    places.sort_by(|a, b| {
        let (a, b) = (&points[*a], &points[*b]);
        a.cost.total_cmp(&b.cost).then(b.worth.total_cmp(&a.worth))
    });
    let mut best = f64::NEG_INFINITY;
    places.retain(|at| {
        let is_better = points[*at].worth > best;
        best = best.max(points[*at].worth);
        is_better
    });
    places
}

impl<'a> TradeOff<'a> {
    /// A chart of these points; `axes` are the names along and up.
    pub fn new(label: &'a str, axes: [&'a str; 2], points: &'a [TradeOffPoint]) -> Self {
        Self { label, points, axes, height: 220.0, marked: None }
    }

    /// How high it is.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// The point that is marked from elsewhere.
    pub fn marked(mut self, place: Option<usize>) -> Self {
        self.marked = place;
        self
    }

    /// Draws it over the width there is; `along` and `up` write the marks of the axes by a value and the step between
    /// two, `tip` says what stands at a point. Gives back the point that is pointed at, and the one that was clicked.
    pub fn show(
        self,
        ui: &mut Ui,
        (along, up): (impl Fn(f64, f64) -> String, impl Fn(f64, f64) -> String),
        tip: impl Fn(&mut Ui, usize),
    ) -> (Option<usize>, Option<usize>) {
        let (outer, response) = ui.allocate_exact_size(vec2(ui.available_width(), self.height), Sense::click());
        let line = unbeaten(self.points);
        // Written only if somebody listens.
        response.widget_info(|| {
            let best: Vec<&str> = line.iter().map(|at| &*self.points[*at].told).collect();
            WidgetInfo::labeled(Role::Image, true, format!("{}; unbeaten: {}", self.label, best.join("; ")))
        });
        let of = |value: fn(&TradeOffPoint) -> f64| extent(self.points.iter().map(value));
        let Some((costs, worths)) = of(|one| one.cost).zip(of(|one| one.worth)) else { return (None, None) };
        if !ui.is_rect_visible(outer) {
            return (None, None);
        }
        let is_named = self.height >= NAMED_FROM;
        let below = if is_named { BELOW } else { BELOW - 14.0 };
        let above = if is_named { ABOVE } else { 6.0 };
        let body = Rect::from_min_max(outer.min + vec2(LEFT, above), outer.max - vec2(RIGHT, below));
        let at = |one: &TradeOffPoint| {
            pos2(
                body.left() + share(one.cost, costs) * body.width(),
                body.bottom() - share(one.worth, worths) * body.height(),
            )
        };
        self.axes_ui(ui, (outer, body), (costs, worths), (&along, &up));
        let tokens = Tokens::of(ui);
        self.line_ui(ui, &line, at);
        let pointer = response.hover_pos();
        let radius = |one: &TradeOffPoint| radius(one, body.height());
        let distance = |one: &TradeOffPoint| pointer.map_or(f32::INFINITY, |pos| at(one).distance(pos) - radius(one));
        let nearest = self.points.iter().enumerate().map(|(place, one)| (place, distance(one)));
        let near = nearest.filter(|(_, far)| *far <= NEAR).min_by(|a, b| a.1.total_cmp(&b.1)).map(|it| it.0);
        // Large ones first, so that no small one is hidden.
        let mut order: Vec<usize> = (0..self.points.len()).collect();
        order.sort_by(|a, b| self.points[*b].size.total_cmp(&self.points[*a].size));
        for place in order {
            let one = &self.points[place];
            let (center, radius, color) = (at(one), radius(one), one.tone.color(tokens));
            let fill = if one.is_firm { color.gamma_multiply(0.45) } else { Color32::TRANSPARENT };
            ui.painter().circle(center, radius, fill, Stroke::new(size::RULE, color));
            if near.or(self.marked) == Some(place) {
                let ring = Rect::from_center_size(center, vec2(radius + 3.0, radius + 3.0) * 2.0);
                theme::focus_ring(ui.painter(), ring, tokens);
            }
        }
        self.names_ui(ui, &line, (near.or(self.marked), outer), |one| (at(one), radius(one)));
        let Some(place) = near else { return (None, None) };
        let is_clicked = response.clicked();
        response.on_hover_ui_at_pointer(|ui| tip(ui, place)).on_hover_cursor(egui::CursorIcon::PointingHand);
        (Some(place), is_clicked.then_some(place))
    }

    /// The line through those that nothing beats: for more worth more has to be paid, step by step.
    fn line_ui(&self, ui: &Ui, line: &[usize], at: impl Fn(&TradeOffPoint) -> Pos2) {
        let tokens = Tokens::of(ui);
        let corners: Vec<Pos2> = line.iter().map(|place| at(&self.points[*place])).collect();
        for pair in corners.windows(2) {
            let corner = pos2(pair[1].x, pair[0].y);
            let stroke = Stroke::new(1.5, Tone::Accent.color(tokens));
            ui.painter().line_segment([pair[0], corner], stroke);
            ui.painter().line_segment([corner, pair[1]], stroke);
        }
    }

    /// The names of those on the line and of what is marked, where they do not cover each other.
    fn names_ui(
        &self,
        ui: &Ui,
        line: &[usize],
        (marked, outer): (Option<usize>, Rect),
        circle: impl Fn(&TradeOffPoint) -> (Pos2, f32),
    ) {
        let tokens = Tokens::of(ui);
        let circles: Vec<(Pos2, f32)> = self.points.iter().map(circle).collect();
        let mut taken: Vec<Rect> = Vec::new();
        let others = line.iter().rev().copied().filter(|place| Some(*place) != marked);
        for place in marked.into_iter().chain(others) {
            let one = &self.points[place];
            let width = 8.0 * one.name.chars().count() as f32 + 4.0;
            let Some(rect) = place_of_name(place, width, &circles, (&taken, outer)) else { continue };
            taken.push(rect);
            row_text::paint(ui.painter(), rect, &one.name, Type::Small, tokens.text2, Align::Min);
        }
    }

    fn axes_ui(
        &self,
        ui: &Ui,
        (outer, body): (Rect, Rect),
        (costs, worths): ((f64, f64), (f64, f64)),
        (along, up): (MarkWords<'_>, MarkWords<'_>),
    ) {
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        // In a low chart closer: one mark alone is no scale.
        let (step, marks) = marks(worths, (f64::from(body.height()) / APART.1).max(LEAST));
        for mark in marks {
            let y = body.bottom() - share(mark, worths) * body.height();
            painter.hline(body.x_range(), y, (size::RULE, tokens.line));
            let left = Rect::from_min_max(pos2(outer.left(), y - 8.0), pos2(body.left() - 6.0, y + 8.0));
            row_text::paint(painter, left, &up(mark, step), Type::Caption, tokens.text3, Align::Max);
        }
        let (step, marks) = self::marks(costs, f64::from(body.width()) / APART.0);
        for mark in marks {
            let x = body.left() + share(mark, costs) * body.width();
            painter.vline(x, body.y_range(), (size::RULE, tokens.line));
            let below = Rect::from_center_size(pos2(x, body.bottom() + 9.0), vec2(APART.0 as f32, 14.0));
            row_text::paint(painter, below, &along(mark, step), Type::Caption, tokens.text3, Align::Center);
        }
        if self.height < NAMED_FROM {
            return;
        }
        let name =
            Rect::from_min_max(pos2(body.left(), body.bottom() + 16.0), pos2(body.right(), body.bottom() + BELOW));
        row_text::paint(painter, name, &format!("{} →", self.axes[0]), Type::Caption, tokens.text2, Align::Center);
        let top = Rect::from_min_size(outer.min, vec2(body.width() * 0.5 + LEFT, 14.0));
        row_text::paint(painter, top, &format!("↑ {}", self.axes[1]), Type::Caption, tokens.text2, Align::Min);
    }
}

/// Where the name of a point is to stand: beside it, where it covers the fewest other points; `None` where it would cover
/// another name, or has no room within the chart.
fn place_of_name(place: usize, width: f32, circles: &[(Pos2, f32)], (taken, within): (&[Rect], Rect)) -> Option<Rect> {
    let (center, radius) = *circles.get(place)?;
    let size = vec2(width, NAME_HEIGHT);
    let at = |left: f32, top: f32| Rect::from_min_size(center + vec2(left, top), size);
    // The line comes from below and goes on to the right: these are the last choice.
    let beside = [
        at(-4.0, -radius - NAME_HEIGHT - 1.0),
        at(-radius - width - 2.0, -NAME_HEIGHT / 2.0),
        at(radius + 4.0, -NAME_HEIGHT / 2.0),
        at(-4.0, radius + 1.0),
    ];
    let is_free = |rect: &Rect| within.contains_rect(*rect) && !taken.iter().any(|other| other.intersects(*rect));
    let covered = |rect: &Rect| {
        let others = circles.iter().enumerate().filter(|(other, _)| *other != place);
        others.filter(|(_, (center, radius))| rect.distance_to_pos(*center) < *radius).count()
    };
    // Of equally good ones the first.
    beside.into_iter().filter(is_free).min_by_key(covered)
}

/// The radius of a point in a chart of this height: in a low one large points would cover each other.
fn radius(one: &TradeOffPoint, height: f32) -> f32 {
    let most = (height * RADIUS_SHARE).clamp(RADIUS.0, RADIUS.1);
    let least = RADIUS.0.min(most * 0.6);
    least + (most - least) * one.size.clamp(0.0, 1.0)
}

fn share(value: f64, (low, high): (f64, f64)) -> f32 {
    ((value - low) / (high - low)) as f32
}

/// From the lowest to the highest, with some room beside.
fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let values = values.filter(|value| value.is_finite()).map(|value| (value, value));
    let (low, high) = values.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let beside = ((high - low) * 0.08).max(high.abs() * 0.05).max(1e-12);
    Some((low - beside, high + beside))
}

/// Round values within a range, about so many, and how far they are apart.
fn marks((low, high): (f64, f64), about: f64) -> (f64, Vec<f64>) {
    let step = round((high - low) / about.max(1.0));
    let first = (low / step).ceil() as i64;
    let marks = (first..).map(|mark| mark as f64 * step).take_while(|mark| *mark <= high).take(50);
    (step, marks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(all: &[(f64, f64)]) -> Vec<TradeOffPoint> {
        let point = |(cost, worth): &(f64, f64)| TradeOffPoint {
            cost: *cost,
            worth: *worth,
            is_firm: true,
            ..Default::default()
        };
        all.iter().map(point).collect()
    }

    #[test]
    fn a_name_stands_where_it_covers_no_other_point() {
        let within = Rect::from_min_size(Pos2::ZERO, vec2(400.0, 200.0));
        let own = (pos2(200.0, 100.0), 8.0);
        let of = |others: &[(Pos2, f32)], taken: &[Rect]| {
            let circles = [&[own], others].concat();
            place_of_name(0, 24.0, &circles, (taken, within))
        };
        let above = of(&[], &[]).expect("there is room");
        assert!(above.bottom() < 92.0 && above.left() < 200.0);
        let on_top = (above.center(), 8.0);
        let left = of(&[on_top], &[]).expect("there is room");
        assert!(left.right() < 192.0 && left.distance_to_pos(on_top.0) >= 8.0, "{left:?}");
        let right = of(&[on_top, (left.center(), 6.0)], &[]).expect("there is room");
        assert!(right.left() > 208.0, "{right:?}");
        // It covers points rather than another name, and rather than not to be there.
        assert_eq!(of(&[], &[within]), None);
        let everywhere = [(pos2(200.0, 100.0), 60.0)];
        assert_eq!(of(&everywhere, &[]), Some(above));
        let corner = [(pos2(4.0, 4.0), 4.0)];
        assert!(place_of_name(0, 24.0, &corner, (&[], within)).is_some_and(|rect| within.contains_rect(rect)));
    }

    #[test]
    fn what_nothing_beats_is_the_cheapest_for_its_worth() {
        let of = |all: &[(f64, f64)]| unbeaten(&points(all));
        assert_eq!(of(&[(3.0, 60.0), (1.0, 50.0), (2.0, 40.0), (2.0, 55.0), (9.0, 60.0)]), [1, 3, 0]);
        assert_eq!(of(&[(1.0, 50.0), (1.0, 50.0)]), [0], "the first of equal ones");
        assert_eq!(of(&[(1.0, f64::NAN), (f64::NAN, 1.0)]), [0; 0]);
        // Held against the definition.
        let mut state = 5u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) % bound) as f64
        };
        for _ in 0..200 {
            let all: Vec<(f64, f64)> = (0..12).map(|_| (next(9), next(9))).collect();
            let found = of(&all);
            for (at, one) in all.iter().enumerate() {
                let is_beaten = all
                    .iter()
                    .any(|other| other.0 <= one.0 && other.1 >= one.1 && (other.0 < one.0 || other.1 > one.1));
                let stands = found.iter().any(|place| all[*place] == *one);
                assert_eq!(stands, !is_beaten, "{at} of {all:?}");
            }
        }
    }
}
