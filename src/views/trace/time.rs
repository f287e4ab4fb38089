//! Which part of a trace's time is shown: chosen by wheel, drag, keys, and in a small picture of all of it.

use egui::{CursorIcon, Rect, Sense, Ui, vec2};

use super::TraceMemory;
use crate::analysis::overview::{Done, Overview};
use crate::analysis::span_groups::SpanGroup;
use crate::loader::TraceTree;
use crate::state::{Action, SpanChoice};
use crate::views::command::SpanCommand;
use crate::views::scene::Scene;
use crate::widgets::minimap::{self, Cell, Strength};
use crate::widgets::time_window::TimeWindow;
use crate::widgets::tokens::Tone;
use crate::widgets::waterfall::TimeScale;

/// With fewer spans, all of which are on screen, a picture of them says nothing.
const PICTURE_FROM: usize = 30;
/// How much larger one press of a key makes it.
const STEP: f64 = 1.5;

/// The part that is shown, as the page says.
pub(super) fn window(scene: &Scene<'_>, tree: &TraceTree) -> TimeWindow {
    TimeWindow::new(tree.shape.overview.extent_ns, scene.state.page().spans.window_ns)
}

/// Shows this part from now on.
pub(super) fn show(scene: &mut Scene<'_>, before: TimeWindow, wanted: TimeWindow) {
    if before != wanted {
        let choice = scene.state.page().spans.clone();
        scene.act(Action::ArrangeSpans(SpanChoice { window_ns: wanted.to_keep(), ..choice }));
    }
}

/// Does what a key of the time says; `focused` is the span that is looked at.
pub(super) fn run(
    scene: &mut Scene<'_>,
    memory: &TraceMemory,
    tree: &TraceTree,
    focused: Option<usize>,
    command: SpanCommand,
) {
    let before = window(scene, tree);
    let span = focused.and_then(|at| tree.spans.get(at));
    let of_span = span.map(|span| (span.start_ns, span.end_ns.unwrap_or(before.whole().1)));
    let (from, to) = before.shown();
    let seen = of_span.map(|(start, end)| (start.max(from), end.min(to))).filter(|(start, end)| start <= end);
    let middle = |(from, to): (i64, i64)| from.saturating_add(to.saturating_sub(from) / 2);
    let at = memory.pointer_ns.unwrap_or_else(|| middle(seen.unwrap_or((from, to))));
    let wanted = match command {
        SpanCommand::TimeIn => before.zoomed(STEP, at),
        SpanCommand::TimeOut => before.zoomed(1.0 / STEP, at),
        SpanCommand::FitAll => TimeWindow::new(before.whole(), None),
        SpanCommand::FitSpan => of_span.map_or(before, |(start, end)| before.fitting(start, end)),
        _ => before,
    };
    show(scene, before, wanted);
}

/// The picture of all spans, where there are many, or where not all of the time is shown.
pub(super) fn picture_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) -> bool {
    let window = window(scene, tree);
    if tree.spans.len() < PICTURE_FROM && window.is_whole() {
        return false;
    }
    let Overview { columns, cells, .. } = &tree.shape.overview;
    let cells: Vec<Cell> = cells.iter().map(|done| cell(*done)).collect();
    let label = "All of the time; drag to choose a part of it";
    if let Some(wanted) = minimap::show(ui, label, *columns, &cells, window) {
        show(scene, window, wanted);
    }
    true
}

fn cell(done: Done) -> Cell {
    let tone = match done {
        Done::Nothing => return None,
        Done::Below => return Some((Tone::Muted, Strength::Faint)),
        Done::Failed => Tone::Bad,
        Done::Work(SpanGroup::Lm | SpanGroup::Predictor) => Tone::Violet,
        Done::Work(SpanGroup::Module) => Tone::Accent,
        Done::Work(SpanGroup::Agent) => Tone::Pink,
        Done::Work(SpanGroup::Retriever) => Tone::Teal,
        Done::Work(SpanGroup::Tool) => Tone::Warn,
        Done::Work(SpanGroup::Adapter) => Tone::Faint,
        Done::Work(SpanGroup::Other) => Tone::Muted,
    };
    Some((tone, Strength::Full))
}

/// Wheel, pinch and drag over the list: `list` is all of it with its axis, `bars` where the bars are.
pub(super) fn pointer_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut TraceMemory,
    (list, bars, axis): (Rect, Rect, Rect),
    (window, scale): (TimeWindow, TimeScale),
) {
    let drag = ui.interact(bars, ui.unique_id().with("bars"), Sense::DRAG);
    let on_axis = ui.interact(axis, ui.unique_id().with("axis"), Sense::CLICK);
    let pointer = ui.input(|input| input.pointer.hover_pos());
    let over = |rect: Rect| pointer.is_some_and(|at| rect.contains(at)) && ui.rect_contains_pointer(rect);
    let is_over_bars = over(bars) || over(axis);
    memory.pointer_ns = pointer.filter(|_| is_over_bars).map(|at| scale.at(at.x));
    let mut wanted = window;
    if over(list) || is_over_bars {
        let (zoom, wheel) = ui.input(|input| (f64::from(input.zoom_delta()), input.smooth_scroll_delta()));
        if zoom != 1.0 {
            let middle = scale.at(bars.center().x);
            wanted = wanted.zoomed(zoom, memory.pointer_ns.unwrap_or(middle));
        }
        if wheel.x != 0.0 && !window.is_whole() {
            wanted = wanted.moved(f64::from(-wheel.x / bars.width().max(1.0)));
        }
    }
    if drag.dragged() && drag.drag_delta() != vec2(0.0, 0.0) && !window.is_whole() {
        wanted = wanted.moved(f64::from(-drag.drag_delta().x / bars.width().max(1.0)));
    }
    if drag.dragged() && !window.is_whole() {
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
    if on_axis.double_clicked() {
        wanted = TimeWindow::new(window.whole(), None);
    }
    show(scene, window, wanted);
}
