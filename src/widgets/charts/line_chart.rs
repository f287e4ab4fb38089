//! Lines and dots over an axis: drawn from what can be seen, kept between frames.

use super::dense::{dense_line, is_dense};
use super::drawn::{full_range, lines_of, nearest, thin};
use super::marks;
use super::series::{Series, SeriesStyle};
use super::state::ChartState;
use super::ticks::{AxisKind, ticks};
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
    /// The x under the pointer.
    pub hovered_x: Option<f64>,
}

/// A chart. Drag to move, scroll with Ctrl to zoom, double-click to see all; with the keyboard: arrows, +, −, 0.
#[must_use = "call `show`"]
pub struct LineChart<'a> {
    id_salt: IdSalt,
    label: &'a str,
    series: &'a [Series],
    height: f32,
    is_log: bool,
    names: bool,
    is_still: bool,
    x_name: &'a str,
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
            is_still: false,
            x_name: "",
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
        let names_width = if self.names && available.width() > 3.0 * NAMES_WIDTH { NAMES_WIDTH } else { 0.0 };
        let is_log = self.is_log;
        let y_text = move |y: f64| words::value(if is_log { 10f64.powf(y) } else { y });
        let (x_text, x_tick, x_kind) = (&self.x_text, &self.x_tick, self.x_kind);
        let y_kind = if is_log { AxisKind::Log } else { AxisKind::Number };
        let axis = |hints: AxisHints<'a>| {
            hints
                .tick_label_color(tokens.text3)
                .tick_label_font(Type::ValueSmall.font())
                .label_spacing(Rangef::new(12.0, 13.0))
        };

        let x_name = RichText::new(self.x_name).font(Type::Caption.font()).color(tokens.text3);
        let x_hints = if self.x_name.is_empty() { AxisHints::new_x() } else { AxisHints::new_x().label(x_name) };
        let mut plot = Plot::new(self.id_salt)
            .height(self.height)
            .width(available.width() - names_width)
            .show_background(false)
            .show_grid([false, true])
            .grid_color(tokens.line)
            .grid_fade(0.0)
            .grid_spacing(Rangef::new(8.0, 24.0))
            .x_grid_spacer(move |input| ticks(input, 10.0, x_kind))
            .y_grid_spacer(move |input| ticks(input, 5.0, y_kind))
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
            .custom_y_axes(vec![axis(AxisHints::new_y()).formatter(move |mark, _| y_text(mark.value))])
            .label_formatter(|_| None);
        // All of the data, not only what is drawn: so that a double-click finds the way back.
        for series in self.series {
            if let Some((low, high)) = series.x_range() {
                plot = plot.include_x(low).include_x(high);
            }
            if let Some((low, high)) = series.y_range() {
                plot = plot.include_y(low).include_y(high);
            }
        }
        // All at one x: what stands beside it is not far away.
        let full = full_range(self.series);
        if full.0 == full.1 {
            plot = plot.include_x(full.0 - 1.0).include_x(full.1 + 1.0);
        }
        if let Some((low, high)) = self.y_range {
            plot = plot.include_y(low).include_y(high);
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
            let at = response.transform.value_from_position(pointer);
            events.hovered_x = Some(at.x);
            let exact = |y: f64| if is_log { words::value(10f64.powf(y)) } else { words::exact(y) };
            marks::hover(&painter, &response.transform, self.series, pointer, (x_text, &exact), tokens);
            if response.response.clicked() {
                events.clicked = nearest(self.series, &response.transform, pointer);
            }
        }
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

    /// The chart in one sentence, for those who do not see it.
    fn describe(&self) -> String {
        let mut out = format!("{}: chart of {} series", self.label, self.series.len());
        for series in self.series.iter().take(8) {
            let Some((low, high)) = series.y_range() else {
                continue;
            };
            let n = words::count(series.points().len() as u64);
            let (low, high) = (words::value(low), words::value(high));
            out.push_str(&format!("; {} {n} points from {low} to {high}", series.name()));
        }
        out
    }
}
