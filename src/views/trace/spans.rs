//! The tree of spans and the waterfall, as one list.

use egui::{Align, Color32, Painter, Rect, Sense, Ui, pos2, vec2};

use super::TraceMemory;
use super::rows::{self, SpanLine, token_text};
use crate::loader::{Lane, SpanFigures, TraceTree};
use crate::model::SpanHead;
use crate::query::TraceFiguresOf;
use crate::state::{Action, FoldKey, Place};
use crate::views::scene::Scene;
use crate::views::spans::{find_span, kind_tone, span_ref};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::{RowsKind, VirtualRows, VisibleRow};
use crate::widgets::waterfall::{TimeScale, Waterfall, axis_ui};
use crate::words;

/// What the state calls this list.
const LIST: &str = "spans";

/// What a row keeps for its name, its margin included.
const NAME: f32 = 120.0;
/// The columns beside the bars, and the same where there is little room, and what little room is.
const WIDE: Columns = Columns { own: 76.0, usage: 78.0 };
const NARROW: Columns = Columns { own: 54.0, usage: 60.0 };
const NARROW_BELOW: f32 = 560.0;
/// The part of the width that the bars get, also where there is little room, and their bounds.
const BARS: (f32, f32) = (0.34, 0.27);
const BARS_WIDTH: (f32, f32) = (120.0, 620.0);
/// What [`TreeRow`] keeps free at its right edge.
const EDGE: f32 = 10.0;

/// How wide the columns of figures are.
#[derive(Clone, Copy)]
struct Columns {
    /// Of the time without that of the spans below.
    own: f32,
    /// Of the tokens.
    usage: f32,
}

/// Where everything stands.
#[derive(Clone, Copy)]
struct Layout {
    /// The bars, in the head.
    bars: Rect,
    columns: Columns,
    scale: TimeScale,
    /// When the trace ended, nanoseconds.
    end_ns: i64,
}

pub(super) fn spans_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree) {
    let Some((start_ns, end_ns)) = rows::extent(tree) else { return };
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
    let scale = TimeScale::new(start_ns, end_ns, bars.left(), bars.right());
    let layout = Layout { bars, columns: if is_narrow { NARROW } else { WIDE }, scale, end_ns };
    head_ui(ui, head, &layout);

    let list = outer.with_min_y(head.bottom() + size::RULE);
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(list));
    rows_ui(&mut ui, scene, memory, tree, &layout);
}

fn head_ui(ui: &mut Ui, head: Rect, layout: &Layout) {
    let Layout { bars, columns: Columns { own, usage }, scale, .. } = *layout;
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

fn rows_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TraceMemory, tree: &TraceTree, layout: &Layout) {
    let Layout { bars, columns, scale, end_ns } = *layout;
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let figures = figures.value();
    let lines = &memory.lines.lines;
    let wanted = if let Place::Trace { span, .. } = scene.place() { span.as_ref() } else { None };
    let focused = match wanted {
        Some(span) => find_span(tree, span).or(Some(0)),
        None => lines.first().map(|line| line.ordinal),
    };
    let cursor = focused.and_then(|ordinal| rows::row_of(lines, tree, ordinal));
    let reveal = cursor.filter(|_| memory.wants_focus);
    let tokens = Tokens::of(ui);
    let mut waterfall = Waterfall::new(scale, ui.pixels_per_point());
    let mut failed = Vec::new();
    let mut clicked = None;
    let mut toggled = None;
    let reserved = ui.available_rect_before_wrap().right() - bars.left() + size::GAP_M - EDGE;
    memory.noted.restore(scene, LIST, &mut memory.scroll);
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
                // What the scroll bar takes is not the row's.
                reserved: reserved - (ui.max_rect().right() - row.rect.right()),
                columns,
            };
            match drawn.show(ui, row) {
                TreeEvent::Clicked | TreeEvent::DoubleClicked => clicked = Some(row.index),
                TreeEvent::FoldToggled => toggled = Some(row.index),
                TreeEvent::None | TreeEvent::MenuAsked => {}
            }
            let end = span.end_ns.unwrap_or(end_ns);
            let color = bar_color(tree, line, tokens);
            let bar = waterfall.add(row.rect, span.start_ns, end, color);
            if is_failed(span) {
                failed.push(bar);
            }
        });
    memory.noted.note(scene, LIST, memory.scroll);
    let clip = response.rect.intersect(ui.clip_rect());
    let rule = Rect::from_min_size(pos2(bars.left() - 1.0, clip.top()), vec2(size::RULE, clip.height()));
    ui.painter().with_clip_rect(clip).rect_filled(rule, 0.0, tokens.line);
    let painter = ui.painter().with_clip_rect(clip);
    waterfall.paint(&painter);
    failed_ui(&painter, &failed, bars.right(), tokens);
    if std::mem::take(&mut memory.wants_focus) && !ui.ctx().text_edit_focused() {
        ui.memory_mut(|memory| memory.request_focus(response.id));
    }

    let lines = memory.lines.lines.as_slice();
    if let Some(line) = response.moved_to.or(clicked).and_then(|row| lines.get(row)) {
        scene.act(Action::FocusSpan(span_ref(tree, line.ordinal)));
    }
    let fold = |scene: &mut Scene<'_>, line: &SpanLine, is_folded: bool| {
        if line.is_open.is_some() {
            scene.act(Action::Fold(vec![FoldKey::Span(line.ordinal)], is_folded));
        }
    };
    if let Some(line) = toggled.and_then(|row| lines.get(row)) {
        fold(scene, line, line.is_open == Some(true));
    }
    let at = response.moved_to.or(cursor);
    match (at.and_then(|row| lines.get(row)), response.left, response.right) {
        (Some(line), true, _) if line.is_open == Some(true) => fold(scene, line, true),
        (Some(line), true, _) => {
            let above = at.and_then(|at| lines[..at].iter().rfind(|above| above.depth < line.depth));
            if let Some(above) = above {
                scene.act(Action::FocusSpan(span_ref(tree, above.ordinal)));
            }
        }
        (Some(line), _, true) if line.is_open == Some(false) => fold(scene, line, false),
        _ => {}
    }
}

fn is_failed(span: &SpanHead) -> bool {
    span.status == "ERROR"
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

/// A span whose time is that of its children is faint; one that did the work itself is full.
fn bar_color(tree: &TraceTree, line: &SpanLine, tokens: &Tokens) -> Color32 {
    let span = &tree.spans[line.ordinal];
    let tone = if is_failed(span) { Tone::Bad } else { kind_tone(&span.kind) };
    let color = tone.color(tokens);
    if line.is_open.is_some() { tokens.faint(color) } else { color }
}

/// One span in the list.
struct SpanRow<'a> {
    line: &'a SpanLine,
    tree: &'a TraceTree,
    /// `None` until they are known.
    figures: Option<&'a SpanFigures>,
    is_selected: bool,
    /// What the bars need, at the right.
    reserved: f32,
    columns: Columns,
}

impl SpanRow<'_> {
    fn show(&self, ui: &mut Ui, row: &VisibleRow) -> TreeEvent {
        let Self { line, tree, figures, is_selected, reserved, columns } = *self;
        let span = &tree.spans[line.ordinal];
        let own = figures.and_then(|figures| figures.own_time_ns).map(words::duration_ns);
        let own = own.unwrap_or_else(|| if figures.is_some() { "–".to_owned() } else { String::new() });
        let usage = token_text(figures.map(|figures| &figures.tokens));
        let usage_tone = if usage == "–" { Tone::Faint } else { Tone::Muted };
        let trailing = [
            Trailing::value(&own, columns.own),
            Trailing { tone: usage_tone, ..Trailing::value(&usage, columns.usage) },
        ];
        let model = figures.and_then(|figures| figures.model.as_deref()).unwrap_or("");
        let model = model.rsplit('/').next().unwrap_or(model);
        let is_failed = is_failed(span);
        let note = rows::note(tree, line, model);
        TreeRow {
            depth: line.depth,
            fold: match line.is_open {
                None => Fold::Leaf,
                Some(true) => Fold::Open,
                Some(false) => Fold::Closed,
            },
            mark: Mark::Square(kind_tone(&span.kind)),
            name: if span.name.is_empty() { "(no name)" } else { &span.name },
            tone: if is_failed { Tone::Bad } else { Tone::Neutral },
            note: &note,
            trailing: &trailing,
            reserved,
            selected: is_selected,
            ..TreeRow::default()
        }
        .show(ui, row)
    }
}
