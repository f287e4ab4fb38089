//! The tree of spans and the waterfall, as one list.

use egui::{Align, Painter, Rect, Sense, Ui, pos2, vec2};

use super::TraceMemory;
use super::chips::is_dimmed;
use super::rows::{self, SpanLine};
use super::span_row::{Columns, SpanRow, is_failed};
use super::texts::time_text;
use super::time;
use crate::loader::{Lane, TraceTree};
use crate::query::TraceFiguresOf;
use crate::state::{Action, FoldKey};
use crate::views::scene::Scene;
use crate::views::spans::span_ref;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tree_row::TreeEvent;
use crate::widgets::virtual_rows::{RowsKind, RowsResponse, VirtualRows};
use crate::widgets::waterfall::{TimeScale, Waterfall, axis_ui};

/// What the state calls this list.
pub(super) const LIST: &str = "spans";

/// What a row keeps for its name, its margin included.
const NAME: f32 = 120.0;
/// The columns beside the bars, and the same where there is little room, and what little room is.
const WIDE: Columns = Columns { own: 76.0, usage: 78.0, cost: 100.0 };
const NARROW: Columns = Columns { own: 54.0, usage: 60.0, cost: 0.0 };
const NARROW_BELOW: f32 = 560.0;
/// The part of the width that the bars get, also where there is little room, and their bounds.
const BARS: (f32, f32) = (0.34, 0.27);
const BARS_WIDTH: (f32, f32) = (120.0, 620.0);
/// What [`TreeRow`] keeps free at its right edge.
const EDGE: f32 = 10.0;

/// Where only one span tells what it used, as with DSPy, names need the room of a column that says what the head of the
/// trace does; from this width on there is enough of it.
const COST_FROM: f32 = 1_000.0;
/// What the column of costs shows.
const COST: &str = "What was used, times the prices of the models\n\
                    A figure alone is of the span's own usage, Σ a sum of what is below, – unknown";

/// Where everything stands.
#[derive(Clone, Copy)]
struct Layout {
    /// The bars, in the head.
    bars: Rect,
    columns: Columns,
    scale: TimeScale,
}

pub(super) fn spans_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree) {
    if time::picture_ui(ui, scene, tree) {
        ui.add_space(size::GAP_XS);
    }
    let window = time::window(scene, tree);
    let (start_ns, end_ns) = window.shown();
    // The list runs to the edges of the place, so that a selected row does, too.
    let area = ui.available_rect_before_wrap();
    let outer = Rect::from_min_max(
        pos2(area.left() - size::GAP_L, area.top()),
        pos2(area.right() + size::GAP_L, area.bottom()),
    );
    let is_narrow = outer.width() < NARROW_BELOW;
    let share = if is_narrow { BARS.1 } else { BARS.0 };
    let bars_width = (outer.width() * share).clamp(BARS_WIDTH.0, BARS_WIDTH.1);
    let head = outer.with_max_y(outer.top() + size::ROW);
    let right = outer.right() - size::SCROLL_BAR;
    let bars = Rect::from_min_max(pos2(right - bars_width, head.top()), pos2(right - 2.0, head.bottom()));
    let scale = TimeScale::new(start_ns, end_ns, bars.left(), bars.right()).told_from(window.whole().0);
    let told = usages(scene, tree);
    let has_costs = told > 1 || told > 0 && outer.width() >= COST_FROM;
    let wide = if has_costs { WIDE } else { Columns { cost: 0.0, ..WIDE } };
    let layout = Layout { bars, columns: if is_narrow { NARROW } else { wide }, scale };
    head_ui(ui, head, &layout);

    let list = outer.with_min_y(head.bottom() + size::RULE);
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(list));
    let shown = rows_ui(&mut ui, scene, memory, tree, &layout);
    let over_bars = Rect::from_x_y_ranges(bars.x_range(), shown.y_range());
    time::pointer_ui(&mut ui, scene, memory, (shown, over_bars, bars), (window, scale));
}

/// How many spans tell what they used: none, one, or two for more.
fn usages(scene: &mut Scene<'_>, tree: &TraceTree) -> usize {
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let spans = figures.value().map(|figures| figures.spans.iter());
    spans.map_or(0, |spans| spans.filter(|one| one.tokens.own.is_some()).take(2).count())
}

fn head_ui(ui: &mut Ui, head: Rect, layout: &Layout) {
    let Layout { bars, columns: Columns { own, usage, cost }, scale } = *layout;
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let title = |rect: Rect, text: &str, align: Align| {
        row_text::paint(painter, rect, text, Type::Caption, tokens.text2, align);
    };
    let tokens_right = bars.left() - size::GAP_M;
    let own_right = tokens_right - usage - size::GAP_S;
    title(Rect::from_x_y_ranges(tokens_right - usage..=tokens_right, head.y_range()), "Tokens", Align::Max);
    // A row leaves this column out where its name would have no room; so does its title.
    if own_right - own >= head.left() + NAME {
        title(Rect::from_x_y_ranges(own_right - own..=own_right, head.y_range()), "Own", Align::Max);
    }
    let cost_right = own_right - own - size::GAP_S;
    let has_cost = cost > 0.0 && cost_right - cost >= head.left() + NAME;
    let cost = Rect::from_x_y_ranges(cost_right - cost..=cost_right, head.y_range());
    if has_cost {
        title(cost, "Cost", Align::Max);
        ui.interact(cost, ui.unique_id().with("cost"), Sense::hover()).on_hover_text(COST);
    }
    title(head.with_min_x(head.left() + size::GAP_L), "Span", Align::Min);
    axis_ui(ui, bars, &scale);
    let rule = Rect::from_min_size(head.left_bottom(), vec2(head.width(), size::RULE));
    ui.painter().rect_filled(rule, 0.0, tokens.line);
    for (rect, text) in [
        (Rect::from_x_y_ranges(own_right - own..=own_right, head.y_range()), "Time without that of the spans below"),
        (
            Rect::from_x_y_ranges(tokens_right - usage..=tokens_right, head.y_range()),
            "A number alone is the span's own usage, Σ a sum of what is below, – unknown\n\
             DSPy notes usage at the outermost module: the spans below it have none of their own",
        ),
    ] {
        ui.interact(rect, ui.unique_id().with(text), Sense::hover()).on_hover_text(text);
    }
}

/// Draws the rows and does what was done with them; returns where they are.
fn rows_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree, layout: &Layout) -> Rect {
    let Layout { bars, columns, scale } = *layout;
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let figures = figures.value();
    let choice = scene.state.page().spans.clone();
    let lines = &memory.lines.lines;
    let focused = memory.focused();
    let run = memory
        .run_at_cursor
        .and_then(|first| lines.iter().position(|line| line.run.is_some() && line.ordinal == first));
    let cursor = run.or_else(|| focused.and_then(|ordinal| rows::row_of(lines, tree, ordinal)));
    let reveal = cursor.filter(|_| memory.wants_focus || memory.reveals > 0);
    let tokens = Tokens::of(ui);
    let mut waterfall = Waterfall::new(scale, ui.pixels_per_point());
    let mut failed = Vec::new();
    let (mut clicked, mut toggled, mut fitted) = (None, None, None);
    let reserved = ui.available_rect_before_wrap().right() - bars.left() + size::GAP_M - EDGE;
    memory.noted.restore(scene, LIST, &mut memory.scroll);
    let find = &memory.find;
    let pointer = ui.input(|input| input.pointer.hover_pos());
    let response = VirtualRows::new("spans", lines.len(), size::ROW)
        .kind(RowsKind::Tree)
        .label("Spans")
        .cursor(cursor)
        .reveal(reveal)
        .show(ui, &mut memory.scroll, |ui, row| {
            let line = &lines[row.index];
            let span = &tree.spans[line.ordinal];
            let drawn = SpanRow {
                line,
                tree,
                figures: figures.and_then(|figures| figures.spans.get(line.ordinal)),
                is_selected: cursor == Some(row.index),
                is_dimmed: choice.dims() && is_dimmed(&choice, tree, line.ordinal, span),
                hits: find.hits_of(line.ordinal),
                // What the scroll bar takes is not the row's.
                reserved: reserved - (ui.max_rect().right() - row.rect.right()),
                columns,
            };
            match drawn.show(ui, row) {
                TreeEvent::DoubleClicked if pointer.is_some_and(|at| bars.x_range().contains(at.x)) => {
                    fitted = Some(line.ordinal);
                }
                TreeEvent::Clicked | TreeEvent::DoubleClicked => clicked = Some(row.index),
                TreeEvent::FoldToggled => toggled = Some(row.index),
                TreeEvent::None | TreeEvent::MenuAsked => {}
            }
            let Some(bar) = drawn.bar(&mut waterfall, row.rect, choice.shows_critical, tokens) else { return };
            if line.run.is_none() {
                if is_failed(span) {
                    failed.push(bar);
                }
                let around = bar.expand2(vec2(2.0, 4.0)).intersect(row.rect);
                ui.interact(around, row.id.with("bar"), Sense::hover()).on_hover_ui(|ui| {
                    ui.label(time_text(tree, line.ordinal, drawn.figures));
                });
            }
        });
    memory.noted.note(scene, LIST, memory.scroll);
    let clip = response.rect.intersect(ui.clip_rect());
    let rule = Rect::from_min_size(pos2(bars.left() - 1.0, clip.top()), vec2(size::RULE, clip.height()));
    ui.painter().with_clip_rect(clip).rect_filled(rule, 0.0, tokens.line);
    let painter = ui.painter().with_clip_rect(clip);
    waterfall.paint(&painter);
    failed_ui(&painter, &failed, bars.right(), tokens);
    if memory.reveals > 0 {
        memory.reveals -= 1;
        ui.ctx().request_repaint();
    }
    if std::mem::take(&mut memory.wants_focus) && !ui.ctx().text_edit_focused() {
        ui.memory_mut(|memory| memory.request_focus(response.id));
    }
    if let Some(ordinal) = fitted {
        let window = time::window(scene, tree);
        let end = tree.spans[ordinal].end_ns.unwrap_or(window.whole().1);
        time::show(scene, window, window.fitting(tree.spans[ordinal].start_ns, end));
    }
    let rect = response.rect;
    done(scene, memory, tree, &Done { response, clicked, toggled, cursor });
    rect
}

/// What was done with the rows.
struct Done {
    response: RowsResponse,
    clicked: Option<usize>,
    toggled: Option<usize>,
    cursor: Option<usize>,
}

fn done(scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree, done: &Done) {
    let Done { response, clicked, toggled, cursor } = done;
    let lines = memory.lines.lines.as_slice();
    let fold = |scene: &mut Scene<'_>, line: &SpanLine, is_folded: bool| {
        if line.run.is_some() {
            // These are folded at first.
            scene.act(Action::Fold(vec![FoldKey::Alike(line.ordinal)], !is_folded));
        } else if line.is_open.is_some() {
            scene.act(Action::Fold(vec![FoldKey::Span(line.ordinal)], is_folded));
        }
    };
    let mut on_run = memory.run_at_cursor;
    if let Some(line) = response.moved_to.or(*clicked).and_then(|row| lines.get(row)) {
        on_run = line.run.map(|_| line.ordinal);
        if line.run.is_none() {
            scene.act(Action::FocusSpan(span_ref(tree, line.ordinal)));
        }
    }
    let pressed = clicked.and_then(|row| lines.get(row)).filter(|line| line.run.is_some());
    if let Some(line) = toggled.and_then(|row| lines.get(row)).or(pressed) {
        fold(scene, line, line.is_open == Some(true));
    }
    let at = response.moved_to.or(*cursor);
    match (at.and_then(|row| lines.get(row)), response.left, response.right) {
        (Some(line), ..) if response.opened && line.run.is_some() => fold(scene, line, line.is_open == Some(true)),
        (Some(line), true, _) if line.is_open == Some(true) => fold(scene, line, true),
        (Some(line), true, _) => {
            let above = at.and_then(|at| lines[..at].iter().rfind(|above| above.depth < line.depth));
            if let Some(above) = above {
                on_run = None;
                scene.act(Action::FocusSpan(span_ref(tree, above.ordinal)));
            }
        }
        (Some(line), _, true) if line.is_open == Some(false) => fold(scene, line, false),
        _ => {}
    }
    memory.run_at_cursor = on_run;
}

/// A failed bar has a cross at its end, or before its beginning where it ends at the edge: the colour of some kinds of
/// spans is near to that of a failure.
fn failed_ui(painter: &Painter, bars: &[Rect], edge: f32, tokens: &Tokens) {
    let side = size::BAR;
    for bar in bars {
        let right = bar.right() + size::GAP_XS + side / 2.0;
        let x = if right + side / 2.0 <= edge { right } else { bar.left() - size::GAP_XS - side / 2.0 };
        Glyph::Cross.paint(painter, pos2(x, bar.center().y), side, tokens.bad);
    }
}
