//! Lines and dots over an axis: drawn from what can be seen, kept between frames.

use super::axis::{LABELS_APART, begins, y_extent, y_tick};
use super::dense::{dense_line, is_dense};
use super::drawn::{full_range, lines_of, nearest, thin};
use super::pointed::{Bracket, Link, Marked, TipLine, Whisker};
use super::series::{Series, SeriesStyle};
use super::state::ChartState;
use super::ticks::{AxisKind, GRID_STEP, ticks};
use super::{hover, marks, ranges};
use crate::widgets::theme;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use egui::accesskit::Role;
use egui::{AsIdSalt, IdSalt, Rangef, Rect, RichText, Ui, UiBuilder, pos2, vec2};
use egui_plot::{AxisHints, Plot};

/// What the user did with a chart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChartEvents {
    /// Clicked near this point: the series and its x.
    pub clicked: Option<(usize, f64)>,
    /// The x of the point that is read under the pointer.
    pub hovered: Option<f64>,
    /// The series that has a point near the pointer.
    pub near: Option<usize>,
}

/// What is told of a point, by its x.
type Tip<'a> = Box<dyn Fn(f64) -> Vec<TipLine> + 'a>;

/// A chart. Drag to move, scroll with Ctrl to zoom, double-click to see all; with the keyboard: arrows, +, −, 0.
#[must_use = "call `show`"]
pub struct LineChart<'a> {
    id_salt: IdSalt,
    label: &'a str,
    series: &'a [Series],
    height: f32,
    is_log: bool,
    names: bool,
    names_width: f32,
    is_still: bool,
    x_name: &'a str,
    y_name: &'a str,
    links: &'a [Link],
    whiskers: &'a [Whisker],
    brackets: &'a [Bracket],
    marked: &'a [Marked],
    tip: Option<Tip<'a>>,
    x_text: Box<dyn Fn(f64) -> String + 'a>,
    x_tick: Option<Box<dyn Fn(f64, f64) -> String + 'a>>,
    x_kind: AxisKind,
    y_range: Option<(f64, f64)>,
}

/// The room at the right for the names of the series.
const NAMES_WIDTH: f32 = 110.0;
/// More points than this and their dots would be a band.
const DOTS_MOST: usize = 120;

impl<'a> LineChart<'a> {
    /// A chart of several series.
    pub fn new(id_salt: impl AsIdSalt, label: &'a str, series: &'a [Series]) -> Self {
        Self {
            id_salt: IdSalt::new(id_salt),
            label,
            series,
            height: 260.0,
            is_log: false,
            names: true,
            names_width: NAMES_WIDTH,
            is_still: false,
            x_name: "",
            y_name: "",
            links: &[],
            whiskers: &[],
            brackets: &[],
            marked: &[],
            tip: None,
            x_text: Box::new(words::value),
            x_tick: None,
            x_kind: AxisKind::Number,
            y_range: None,
        }
    }

    /// Its height.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// The series are logarithms ([`Series::log10`]): label them as what they are logarithms of.
    pub fn log(mut self, is_log: bool) -> Self {
        self.is_log = is_log;
        self
    }

    /// Whether the names stand at the ends of the lines.
    pub fn names(mut self, names: bool) -> Self {
        self.names = names;
        self
    }

    /// The room at the right for the names; there are none where it is more than a third.
    pub fn names_width(mut self, names_width: f32) -> Self {
        self.names_width = names_width;
        self
    }

    /// Without the values under the pointer: for a picture.
    pub fn still(mut self, is_still: bool) -> Self {
        self.is_still = is_still;
        self
    }

    /// What the x axis is, written below it.
    pub fn x_name(mut self, x_name: &'a str) -> Self {
        self.x_name = x_name;
        self
    }

    /// What the y axis is, written beside it, with where it begins if that is not 0.
    pub fn y_name(mut self, y_name: &'a str) -> Self {
        self.y_name = y_name;
        self
    }

    /// Joins points of one thing.
    pub fn links(mut self, links: &'a [Link]) -> Self {
        self.links = links;
        self
    }

    /// Thin bars behind the points: how sure each is.
    pub fn whiskers(mut self, whiskers: &'a [Whisker]) -> Self {
        self.whiskers = whiskers;
        self
    }

    /// Brackets beside points: how far those of one thing stray.
    pub fn brackets(mut self, brackets: &'a [Bracket]) -> Self {
        self.brackets = brackets;
        self
    }

    /// Marks points, because what they stand for is pointed at elsewhere.
    pub fn marked(mut self, marked: &'a [Marked]) -> Self {
        self.marked = marked;
        self
    }

    /// What is told of the point under the pointer, by its x, instead of the values of all series there.
    pub fn tip(mut self, tip: impl Fn(f64) -> Vec<TipLine> + 'a) -> Self {
        self.tip = Some(Box::new(tip));
        self
    }

    /// How an x is written.
    pub fn x_text(mut self, x_text: impl Fn(f64) -> String + 'a) -> Self {
        self.x_text = Box::new(x_text);
        self
    }

    /// What the values of the x axis are.
    pub fn x_kind(mut self, x_kind: AxisKind) -> Self {
        self.x_kind = x_kind;
        self
    }

    /// How a mark of the x axis is written, from its value and the distance to the next one; as an x if not said.
    pub fn x_tick(mut self, x_tick: impl Fn(f64, f64) -> String + 'a) -> Self {
        self.x_tick = Some(Box::new(x_tick));
        self
    }

    /// Shows at least these values: 0 to 100.
    pub fn y_range(mut self, low: f64, high: f64) -> Self {
        self.y_range = Some((low, high));
        self
    }

    /// Draws the chart.
    pub fn show(self, ui: &mut Ui, state: &mut ChartState) -> ChartEvents {
        let tokens = Tokens::of(ui);
        let available = ui.available_rect_before_wrap();
        let names_width = if self.names && available.width() > 3.0 * self.names_width { self.names_width } else { 0.0 };
        let is_log = self.is_log;
        let y_text = move |y: f64| words::precise(if is_log { 10f64.powf(y) } else { y });
        let (x_text, x_tick, x_kind) = (&self.x_text, &self.x_tick, self.x_kind);
        let y_kind = if is_log { AxisKind::Log } else { AxisKind::Number };
        let axis = |hints: AxisHints<'a>| {
            hints
                .tick_label_color(tokens.text3)
                .tick_label_font(Type::ValueSmall.font())
                .label_spacing(Rangef::new(12.0, 13.0))
        };

        let name = |hints: AxisHints<'a>, name: &str| match name {
            "" => hints,
            name => hints.label(RichText::new(name).font(Type::Caption.font()).color(tokens.text3)),
        };
        let x_hints = name(AxisHints::new_x(), self.x_name);
        let y_hints = name(AxisHints::new_y(), &state.y_title(self.y_name));
        let mut plot = Plot::new(self.id_salt)
            .height(self.height)
            .width(available.width() - names_width)
            .show_background(false)
            .show_grid([false, true])
            .grid_color(tokens.line)
            .grid_fade(0.0)
            .grid_spacing(Rangef::new(GRID_STEP as f32, 24.0))
            .x_grid_spacer(move |input| ticks(input, 10.0, x_kind))
            .y_grid_spacer(move |input| ticks(input, LABELS_APART / GRID_STEP, y_kind))
            .show_crosshair(false)
            .show_x(false)
            .show_y(false)
            .allow_scroll(false)
            .allow_boxed_zoom(false)
            .set_margin_fraction(egui::vec2(0.02, 0.08))
            .custom_x_axes(vec![axis(x_hints).formatter(move |mark, _| match x_tick {
                Some(x_tick) => x_tick(mark.value, mark.step_size),
                None => x_text(mark.value),
            })])
            .custom_y_axes(vec![axis(y_hints).formatter(move |mark, range| {
                y_tick(mark.value, mark.step_size, (*range.start(), *range.end()), is_log)
            })])
            .label_formatter(|_| None);
        // All of the data, not only what is drawn: so that a double-click finds the way back.
        for series in self.series {
            if let Some((low, high)) = series.x_range() {
                plot = plot.include_x(low).include_x(high);
            }
        }
        if let Some((low, high)) = y_extent(self.series, self.asked_y(), is_log) {
            plot = plot.include_y(low).include_y(high);
        }
        // All at one x: what stands beside it is not far away.
        let full = full_range(self.series);
        if full.0 == full.1 {
            plot = plot.include_x(full.0 - 1.0).include_x(full.1 + 1.0);
        }

        // A stretch of two pixels: its four points are two for each, as many as a line so thin can show.
        let pixels = (available.width() * ui.pixels_per_point() / 2.0).max(1.0) as usize;
        state.drawn.truncate(self.series.len());
        let outer = Rect::from_min_size(available.min, vec2(available.width(), self.height));
        let mut inner = ui.new_child(UiBuilder::new().max_rect(outer));
        let response = plot.show(&mut inner, |plot_ui| {
            state.moves(plot_ui);
            let bounds = plot_ui.plot_bounds();
            let (from_x, to_x) =
                if plot_ui.auto_bounds().x || !bounds.is_valid() { full } else { (bounds.min()[0], bounds.max()[0]) };
            for (index, series) in self.series.iter().enumerate() {
                let points = thin(&mut state.drawn, index, series, from_x, to_x, pixels);
                if series.style == SeriesStyle::Line && is_dense(points.len(), pixels) {
                    continue;
                }
                for line in lines_of(series, points, tokens) {
                    plot_ui.line(line);
                }
            }
        });

        let painter = ui.painter().with_clip_rect(response.transform.frame().expand(6.0).intersect(ui.clip_rect()));
        let inside = ui.painter().with_clip_rect(response.transform.frame().intersect(ui.clip_rect()));
        ranges::whiskers(&inside, &response.transform, self.whiskers, tokens);
        marks::links(&inside, &response.transform, self.links, tokens);
        for (series, drawn) in self.series.iter().zip(&state.drawn) {
            if series.style == SeriesStyle::Line && is_dense(drawn.points.len(), pixels) {
                dense_line(&inside, &response.transform, series, &drawn.points, tokens);
            }
            let has_dots = match series.style {
                SeriesStyle::Dots | SeriesStyle::Rings => true,
                SeriesStyle::Line => drawn.points.len() <= DOTS_MOST && !series.is_faint,
                SeriesStyle::Step => false,
            };
            if has_dots {
                marks::dots(&painter, &response.transform, series, &drawn.points, tokens);
            }
            marks::outliers(&painter, &response.transform, series, tokens);
        }
        ranges::brackets(&inside, &response.transform, self.brackets, tokens);
        marks::rings(&painter, &response.transform, self.marked, tokens);
        let text = marks::outlier_text(self.series);
        if !text.is_empty() {
            marks::corner_text(&painter, *response.transform.frame(), &text, tokens);
        }
        let frame = *response.transform.frame();
        if names_width > 0.0 {
            let room = Rect::from_min_max(
                pos2(frame.right() + size::GAP_S, frame.top()),
                pos2(available.right(), frame.bottom()),
            );
            marks::names(ui.painter(), &response.transform, self.series, room, tokens);
        }
        drop(inner);
        ui.advance_cursor_after_rect(outer);
        let mut events = ChartEvents::default();
        if let Some(pointer) = response.response.hover_pos().filter(|_| !self.is_still) {
            events.hovered = hover::line_x(&response.transform, self.series, pointer);
            if let Some(at) = events.hovered {
                let texts: (&dyn Fn(f64) -> String, _) = (x_text, &y_text as _);
                let mut lines = hover::read(&painter, &response.transform, self.series, at, texts, tokens);
                if let Some(tip) = &self.tip {
                    lines = tip(at);
                }
                hover::tip(ui.ctx(), (frame, response.transform.position_from_point_x(at)), &lines, tokens);
            }
            let near = nearest(self.series, &response.transform, pointer);
            events.near = near.map(|(series, _)| series);
            events.clicked = near.filter(|_| response.response.clicked());
        }
        let begin = if is_log { None } else { begins(response.transform.bounds(), frame) };
        state.begins_at(ui.ctx(), begin.filter(|_| !self.y_name.is_empty()));
        let id = response.response.id;
        if response.response.has_focus() {
            state.keys(ui, id);
            theme::focus_ring(ui.painter(), outer, tokens);
        }
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_role(Role::Image);
            node.set_label(self.describe());
        });
        events
    }

    /// What the y axis has to show beside the points.
    fn asked_y(&self) -> Option<(f64, f64)> {
        let asked = self.y_range.into_iter().chain(ranges::y_range(self.whiskers, self.brackets));
        asked.reduce(|(low, high), (a, b)| (low.min(a), high.max(b)))
    }

    /// The chart in one sentence, for those who do not see it.
    fn describe(&self) -> String {
        let named = self.series.iter().filter(|series| !series.name().is_empty()).count();
        let mut out = format!("{}: chart of {named} series", self.label);
        for series in self.series.iter().filter(|series| !series.name().is_empty()).take(8) {
            let Some((low, high)) = series.y_range() else {
                continue;
            };
            let n = words::count(series.points().len() as u64);
            let (low, high) = (words::value(low), words::value(high));
            out.push_str(&format!("; {} {n} points from {low} to {high}", series.name()));
        }
        if !self.whiskers.is_empty() {
            out.push_str(&format!("; intervals of {}", words::counted(self.whiskers.len(), "point")));
        }
        out
    }
}
