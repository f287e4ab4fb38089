//! What a chart remembers between frames, and how it is moved without a pointer.

use super::drawn::Drawn;
use egui::{Context, EventFilter, Id, Key, Modifiers, Ui, Vec2, vec2};
use egui_plot::{PlotPoint, PlotUi};

/// A way to move what a chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartMove {
    /// Nearer.
    ZoomIn,
    /// Farther.
    ZoomOut,
    /// To smaller x.
    Left,
    /// To larger x.
    Right,
    /// To larger y.
    Up,
    /// To smaller y.
    Down,
    /// All of it.
    Reset,
}

/// What a chart remembers; the caller keeps it. It holds what was thinned out for the last view.
#[derive(Clone, Debug, Default)]
pub struct ChartState {
    pub(super) drawn: Vec<Drawn>,
    wanted: Option<ChartMove>,
    is_moved: bool,
    /// Where the y axis began in the last frame, in words; `None` at 0 or below.
    begins: Option<String>,
}

impl ChartState {
    /// Moves the view in the next frame.
    pub fn make(&mut self, wanted: ChartMove) {
        self.wanted = Some(wanted);
    }

    /// Whether only a part is shown, or another part than all of it.
    pub fn is_moved(&self) -> bool {
        self.is_moved
    }

    /// The title of the y axis, with where it begins.
    pub(super) fn y_title(&self, name: &str) -> String {
        let begins = self.begins.as_deref().filter(|_| !name.is_empty());
        begins.map_or_else(|| name.to_owned(), |begins| format!("{name}, {begins}"))
    }

    /// Notes where the y axis begins; the title says it from the next frame on.
    pub(super) fn begins_at(&mut self, ctx: &Context, begins: Option<String>) {
        if self.begins != begins {
            self.begins = begins;
            ctx.request_repaint();
        }
    }

    /// Does what was wanted.
    pub(super) fn moves(&mut self, plot: &mut PlotUi<'_>) {
        let bounds = plot.plot_bounds();
        let center = PlotPoint::new(bounds.center().x, bounds.center().y);
        let step = plot.transform().frame().size() * 0.1;
        match self.wanted.take() {
            Some(ChartMove::ZoomIn) => plot.zoom_bounds(Vec2::splat(1.25), center),
            Some(ChartMove::ZoomOut) => plot.zoom_bounds(Vec2::splat(0.8), center),
            Some(ChartMove::Left) => plot.translate_bounds(vec2(-step.x, 0.0)),
            Some(ChartMove::Right) => plot.translate_bounds(vec2(step.x, 0.0)),
            Some(ChartMove::Up) => plot.translate_bounds(vec2(0.0, -step.y)),
            Some(ChartMove::Down) => plot.translate_bounds(vec2(0.0, step.y)),
            Some(ChartMove::Reset) => plot.set_auto_bounds(true),
            None => {}
        }
        self.is_moved = !(plot.auto_bounds().x && plot.auto_bounds().y);
    }

    /// The keys of a chart that has the keyboard.
    pub(super) fn keys(&mut self, ui: &Ui, id: Id) {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        for (key, wanted) in [
            (Key::ArrowLeft, ChartMove::Left),
            (Key::ArrowRight, ChartMove::Right),
            (Key::ArrowUp, ChartMove::Up),
            (Key::ArrowDown, ChartMove::Down),
            (Key::Plus, ChartMove::ZoomIn),
            (Key::Equals, ChartMove::ZoomIn),
            (Key::Minus, ChartMove::ZoomOut),
            (Key::Num0, ChartMove::Reset),
        ] {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                self.wanted = Some(wanted);
                ui.ctx().request_repaint();
            }
        }
    }
}
