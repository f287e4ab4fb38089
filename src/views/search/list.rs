//! The hits, by trace or one after another.

use egui::{Align, Rect, Ui, pos2, vec2};

use super::found::{Found, Row, field_word, place_of, trace_place, wanted};
use super::{SearchMemory, SearchPlace};
use crate::loader::Lane;
use crate::model::TraceId;
use crate::query::TraceLineOf;
use crate::state::{Action, FoldKey, SearchWithin};
use crate::store::SpanHit;
use crate::views::body::Wanted;
use crate::views::names::run_name;
use crate::views::parts::{short_id, trace_status, trace_status_word};
use crate::views::scene::Scene;
use crate::views::spans::{kind_tone, kind_word};
use crate::views::step::neighbour;
use crate::views::time::moment_short;
use crate::widgets::excerpt;
use crate::widgets::glyphs::{Glyph, paint_square, paint_status};
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::tree_row::paint_background;
use crate::widgets::virtual_rows::{RowInfo, RowsKind, VirtualRows, VisibleRow};
use crate::words;

/// What the state calls this list.
const LIST: &str = "found";

/// What stands before an excerpt takes these parts of a row, within bounds.
const SPAN: (f32, f32, f32) = (0.22, 136.0, 240.0);
const FIELD: (f32, f32, f32) = (0.11, 62.0, 150.0);
/// Of one hit after another the trace is told, too.
const TRACE: (f32, f32, f32) = (0.14, 80.0, 180.0);

fn part(width: f32, (share, least, most): (f32, f32, f32)) -> f32 {
    (width * share).round().clamp(least, most)
}

/// Draws the list. Returns what is to be looked for in the span that was opened.
pub(super) fn list_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut SearchMemory,
    search: &SearchPlace,
) -> Option<Wanted> {
    memory.noted.restore(scene, LIST, &mut memory.scroll);
    if let Some(row) = memory.row.restore(scene, LIST) {
        memory.cursor = row.as_deref().and_then(Row::parse).filter(|row| memory.rows.contains(row));
        // Who comes back goes on with the keys where they were.
        memory.wants_rows |= memory.cursor.is_some();
    }
    let gets_focus = memory.wants_rows && ui.memory(|memory| memory.focused().is_none());
    if gets_focus {
        memory.wants_rows = false;
        memory.cursor = memory.cursor.or_else(|| memory.rows.iter().copied().find(|row| matches!(row, Row::Hit(_))));
    }
    let at = memory.cursor.and_then(|cursor| memory.rows.iter().position(|row| *row == cursor));
    let stepped = memory.step.take().and_then(|is_forward| match at {
        Some(at) => neighbour(at, memory.rows.len(), is_forward),
        None => Some(0),
    });
    let mut clicked = None;
    let (rows, found) = (&memory.rows, &memory.found);
    let list = VirtualRows::new(LIST, rows.len(), size::ROW).kind(RowsKind::Tree).label("Hits").cursor(at);
    let response = list.reveal(stepped).show(ui, &mut memory.scroll, |ui, row| {
        let is_selected = at == Some(row.index);
        let is_clicked = match rows.get(row.index) {
            Some(Row::Trace(trace)) => trace_row_ui(ui, scene, search, (row, is_selected), (found, *trace)),
            Some(Row::Hit(hit)) => {
                found.hit(*hit).is_some_and(|hit| hit_row_ui(ui, scene, (row, is_selected), hit, search.is_flat))
            }
            None => false,
        };
        if is_clicked {
            clicked = Some(row.index);
        }
    });
    if gets_focus {
        ui.memory_mut(|memory| memory.request_focus(response.id));
    }
    memory.noted.note(scene, LIST, memory.scroll);
    let moved = response.moved_to.or(stepped).or(clicked).and_then(|at| memory.rows.get(at).copied());
    if let Some(row) = moved {
        memory.cursor = Some(row);
        scene.act(Action::Selected(LIST, row.to_text()));
    }
    let at_cursor = at.and_then(|at| memory.rows.get(at).copied());
    if let (Some(row), true) = (at_cursor, response.left || response.right) {
        fold(scene, memory, row, response.left);
    }
    let opened = if response.opened { at_cursor } else { clicked.and_then(|at| memory.rows.get(at).copied()) };
    match opened? {
        Row::Trace(trace) => {
            let (trace, _) = memory.found.traces.get(trace)?;
            if response.opened {
                scene.go(trace_place(search, trace));
            } else {
                let key = FoldKey::Found(trace.clone());
                let is_folded = scene.state.page().folds.has(&key);
                scene.act(Action::Fold(vec![key], !is_folded));
            }
            None
        }
        Row::Hit(at) => {
            let hit = memory.found.hit(at)?;
            scene.go(place_of(search, hit));
            // The next hit of the same trace is a key away.
            scene.act(Action::FindInside(search.pattern.clone()));
            Some(wanted(&search.pattern, hit))
        }
    }
}

/// Folds or unfolds the trace of a row; from a hit the left key goes to its trace first.
fn fold(scene: &mut Scene<'_>, memory: &mut SearchMemory, row: Row, is_left: bool) {
    let traces = &memory.found.traces;
    match row {
        Row::Trace(at) => {
            if let Some((trace, _)) = traces.get(at) {
                scene.act(Action::Fold(vec![FoldKey::Found(trace.clone())], is_left));
            }
        }
        Row::Hit(hit) if is_left && memory.rows.first().is_some_and(|row| matches!(row, Row::Trace(_))) => {
            let trace = traces.iter().position(|(_, hits)| hits.binary_search(&hit).is_ok());
            memory.cursor = trace.map(Row::Trace).or(memory.cursor);
        }
        Row::Hit(_) => {}
    }
}

/// `▾ ✓ route_ticket  14:03:07 · eval_full_3 · 4 hits`
fn trace_row_ui(
    ui: &Ui,
    scene: &mut Scene<'_>,
    search: &SearchPlace,
    (row, is_selected): (&VisibleRow, bool),
    (found, at): (&Found, usize),
) -> bool {
    let tokens = Tokens::of(ui);
    let Some((trace, hits)) = found.traces.get(at) else { return false };
    let is_folded = scene.state.page().folds.has(&FoldKey::Found(trace.clone()));
    let told = Told::of(scene, search, trace);
    let count = words::counted(hits.len() as u64, "hit");
    let facts: Vec<&str> = told.facts.iter().map(String::as_str).chain([count.as_str()]).collect();
    let facts = facts.join(" · ");
    let label = format!("{}, {}, {facts}", told.name, told.status);
    let info =
        RowInfo { label: &label, depth: Some(0), expanded: Some(!is_folded), selected: is_selected, position: None };
    let response = row.interact(ui, info);
    paint_background(ui, row.rect, is_selected, response.hovered(), tokens);
    let center = row.rect.center().y;
    let mut x = row.rect.left() + size::GAP_S + size::ICON / 2.0;
    let fold = if is_folded { Glyph::FoldClosed } else { Glyph::FoldOpen };
    fold.paint_tone(ui.painter(), pos2(x, center), Tone::Faint, tokens);
    x += size::ICON + size::GAP_XS;
    paint_status(ui.painter(), pos2(x, center), trace_status(&told.stored_status), tokens);
    x += size::ICON / 2.0 + size::GAP_XS + 2.0;
    let room = Rect::from_min_max(pos2(x, row.rect.top()), pos2(row.rect.right() - size::GAP_S, row.rect.bottom()));
    let half = room.with_max_x(room.left() + room.width() * 0.55);
    let name = row_text::paint(ui.painter(), half, &told.name, Type::BodyMedium, tokens.text1, Align::Min);
    let rest = room.with_min_x(name.right() + size::GAP_M);
    row_text::paint(ui.painter(), rest, &facts, Type::Small, tokens.text2, Align::Min);
    response.clicked()
}

/// What is told of a trace, as far as it is known.
struct Told {
    name: String,
    stored_status: String,
    status: String,
    facts: Vec<String>,
}

impl Told {
    fn of(scene: &mut Scene<'_>, search: &SearchPlace, trace: &TraceId) -> Self {
        let slot = scene.loader.ask(&TraceLineOf(trace.clone()), Lane::Visible);
        let Some(line) = slot.value().and_then(|line| line.as_ref().as_ref()) else {
            let name = short_id(trace.as_str());
            return Self { name, stored_status: String::new(), status: "unknown".to_owned(), facts: Vec::new() };
        };
        let name = if line.name.is_empty() { short_id(trace.as_str()) } else { line.name.clone() };
        let mut facts = vec![moment_short(line.start_time_ms, scene.clock)];
        facts.extend(line.duration_ms.map(words::duration_ms));
        // Of one run all are.
        let is_said = search.within() == SearchWithin::Run && line.run_id == search.run;
        if let Some(run) = line.run_id.as_ref().filter(|_| !is_said) {
            facts.push(run_name(scene, run));
        }
        Self { name, stored_status: line.status.clone(), status: trace_status_word(&line.status), facts }
    }
}

/// `■ LM.__call__  inputs  …an excerpt around what was found…`
fn hit_row_ui(
    ui: &Ui,
    scene: &mut Scene<'_>,
    (row, is_selected): (&VisibleRow, bool),
    hit: &SpanHit,
    is_flat: bool,
) -> bool {
    let tokens = Tokens::of(ui);
    let field = field_word(&hit.found.field);
    let name = if hit.span_name.is_empty() { "(no name)" } else { &hit.span_name };
    let kind = kind_word(&hit.span_kind);
    let label = format!("{name}, {field}: {}", words::clean(&hit.found.excerpt.text));
    let depth = usize::from(!is_flat);
    let info = RowInfo { label: &label, depth: Some(depth), selected: is_selected, ..RowInfo::default() };
    let response = row.interact(ui, info);
    ui.ctx().accesskit_node_builder(row.id, |node| node.set_description(kind.as_str()));
    paint_background(ui, row.rect, is_selected, response.hovered(), tokens);
    let width = row.rect.width();
    let mut x = row.rect.left() + size::GAP_S;
    let mut cell = |width: f32| {
        let rect = Rect::from_min_size(pos2(x, row.rect.top()), vec2(width - size::GAP_S, row.rect.height()));
        x += width;
        rect
    };
    let painter = ui.painter();
    if is_flat {
        let slot = scene.loader.ask(&TraceLineOf(hit.trace.clone()), Lane::Visible);
        let line = slot.value().and_then(|line| line.as_ref().as_ref());
        let name = line.map(|line| line.name.clone()).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| short_id(hit.trace.as_str()));
        row_text::paint(painter, cell(part(width, TRACE)), &name, Type::Small, tokens.text2, Align::Min);
    } else {
        cell(size::ICON * 2.0 + size::GAP_S);
    }
    let mark = cell(size::KIND_SQUARE + size::GAP_S);
    paint_square(
        painter,
        pos2(mark.left() + size::KIND_SQUARE / 2.0, mark.center().y),
        kind_tone(&hit.span_kind).color(tokens),
    );
    row_text::paint_dotted(painter, cell(part(width, SPAN)), name, Type::Body, tokens.text1);
    row_text::paint_dotted(painter, cell(part(width, FIELD)), &field, Type::Small, tokens.text3);
    let rest = Rect::from_min_max(pos2(x, row.rect.top()), pos2(row.rect.right() - size::GAP_S, row.rect.bottom()));
    excerpt::paint(painter, rest, hit.found.excerpt.parts(), tokens);
    response.clicked()
}
