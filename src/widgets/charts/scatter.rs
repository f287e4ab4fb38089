//! Two values of each of many things, against each other: above the diagonal the second one is higher.

use egui::accesskit::Role;
use egui::{Align, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::ticks::round;
use crate::widgets::row_text;
use crate::widgets::theme;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// Things that stand at one point.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct ScatterPoint {
    /// The value along.
    pub x: f64,
    /// The value up.
    pub y: f64,
    /// How many things stand there.
    pub count: usize,
}

/// A square of points with its diagonal, both axes alike.
#[must_use = "call `show`"]
pub struct Scatter<'a> {
    points: &'a [ScatterPoint],
    axes: [&'a str; 2],
    /// What one thing is called.
    thing: &'a str,
    height: f32,
}

/// The room at the left and below for the marks of the axes and their names.
const LEFT: f32 = 44.0;
const BELOW: f32 = 32.0;
/// How far from a point the pointer still takes it.
const NEAR: f32 = 10.0;
/// Marks of an axis stand about so far apart.
const APART: f64 = 56.0;
/// The radius of a point that stands for one thing, and the most.
const RADIUS: (f32, f32) = (3.5, 11.0);

impl<'a> Scatter<'a> {
    /// A chart of these points; `axes` are the names along and up.
    pub fn new(axes: [&'a str; 2], points: &'a [ScatterPoint]) -> Self {
        Self { points, axes, thing: "value", height: 280.0 }
    }

    /// What one of the things is called that stand at points.
    pub fn of(mut self, thing: &'a str) -> Self {
        self.thing = thing;
        self
    }

    /// How high it is.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Draws it over the width there is; `tip` says what stands at a point. Returns the point that was clicked.
    pub fn show(self, ui: &mut Ui, tip: impl Fn(usize) -> String) -> Option<usize> {
        let (outer, response) = ui.allocate_exact_size(vec2(ui.available_width(), self.height), Sense::click());
        let better = self.points.iter().filter(|point| point.y > point.x).map(|point| point.count).sum::<usize>();
        let worse = self.points.iter().filter(|point| point.y < point.x).map(|point| point.count).sum::<usize>();
        let all = self.points.iter().map(|point| point.count).sum::<usize>();
        let [better, worse] = [better, worse].map(|count| words::count(count as u64));
        let said = format!(
            "{} up against {} along: {}, {better} higher, {worse} lower",
            self.axes[1],
            self.axes[0],
            words::counted(all, self.thing)
        );
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &said));
        let (low, high) = self.extent()?;
        if !ui.is_rect_visible(outer) {
            return None;
        }
        let body = Rect::from_min_max(outer.min + vec2(LEFT, 6.0), outer.max - vec2(size::GAP_S, BELOW));
        let share = |value: f64| ((value - low) / (high - low)) as f32;
        let at = |x: f64, y: f64| pos2(body.left() + share(x) * body.width(), body.bottom() - share(y) * body.height());
        self.axes_ui(ui, body, (low, high));
        let tokens = Tokens::of(ui);
        ui.painter().line_segment([at(low, low), at(high, high)], Stroke::new(size::RULE, tokens.text3));
        let pointer = response.hover_pos();
        let distance = |point: &ScatterPoint| pointer.map_or(f32::INFINITY, |pos| at(point.x, point.y).distance(pos));
        let nearest = self.points.iter().enumerate().map(|(place, point)| (place, distance(point) - radius(point)));
        let near = nearest.filter(|(_, distance)| *distance <= NEAR).min_by(|a, b| a.1.total_cmp(&b.1)).map(|it| it.0);
        for (place, point) in self.points.iter().enumerate() {
            let tone = match point.y.total_cmp(&point.x) {
                std::cmp::Ordering::Greater => Tone::Good,
                std::cmp::Ordering::Less => Tone::Bad,
                std::cmp::Ordering::Equal => Tone::Muted,
            };
            let (center, radius, color) = (at(point.x, point.y), radius(point), tone.color(tokens));
            ui.painter().circle(center, radius, color.gamma_multiply(0.5), Stroke::new(size::RULE, color));
            if point.count > 2 {
                let rect = Rect::from_center_size(center, vec2(2.0 * radius, 12.0));
                let count = words::count(point.count as u64);
                row_text::paint(ui.painter(), rect, &count, Type::ValueSmall, tokens.text1, Align::Center);
            }
            if near == Some(place) {
                let ring = Rect::from_center_size(center, vec2(radius + 3.0, radius + 3.0) * 2.0);
                theme::focus_ring(ui.painter(), ring, tokens);
            }
        }
        let place = near?;
        let is_clicked = response.clicked();
        response.on_hover_text_at_pointer(tip(place)).on_hover_cursor(egui::CursorIcon::PointingHand);
        is_clicked.then_some(place)
    }

    /// From the lowest to the highest of both values.
    fn extent(&self) -> Option<(f64, f64)> {
        let values = self.points.iter().flat_map(|point| [point.x, point.y]).filter(|value| value.is_finite());
        let (low, high) = values.map(|value| (value, value)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
        let beside = ((high - low) * 0.04).max(high.abs() * 1e-6).max(1e-9);
        Some((low - beside, high + beside))
    }

    fn axes_ui(&self, ui: &Ui, body: Rect, (low, high): (f64, f64)) {
        let tokens = Tokens::of(ui);
        let painter = ui.painter();
        let step = round((high - low) / (f64::from(body.height()) / APART).max(1.0));
        let first = (low / step).ceil() as i64;
        for mark in (first..).map(|mark| mark as f64 * step).take_while(|mark| *mark <= high).take(50) {
            let share = ((mark - low) / (high - low)) as f32;
            let text = words::on_axis(mark, step);
            let y = body.bottom() - share * body.height();
            painter.hline(body.x_range(), y, (size::RULE, tokens.line));
            let left = Rect::from_min_max(pos2(body.left() - LEFT, y - 8.0), pos2(body.left() - 6.0, y + 8.0));
            row_text::paint(painter, left, &text, Type::Caption, tokens.text3, Align::Max);
            let x = body.left() + share * body.width();
            let below = Rect::from_center_size(pos2(x, body.bottom() + 9.0), vec2(60.0, 14.0));
            row_text::paint(painter, below, &text, Type::Caption, tokens.text3, Align::Center);
        }
        let name =
            Rect::from_min_max(pos2(body.left(), body.bottom() + 16.0), pos2(body.right(), body.bottom() + BELOW));
        row_text::paint(painter, name, &format!("{} →", self.axes[0]), Type::Caption, tokens.text2, Align::Max);
        let up = Rect::from_min_size(body.min + vec2(size::GAP_XS, 0.0), vec2(body.width() * 0.5, 14.0));
        row_text::paint(painter, up, &format!("{} ↑", self.axes[1]), Type::Caption, tokens.text2, Align::Min);
    }
}

/// The area grows with the number of things.
fn radius(point: &ScatterPoint) -> f32 {
    (RADIUS.0 * (point.count.max(1) as f32).sqrt()).min(RADIUS.1)
}
