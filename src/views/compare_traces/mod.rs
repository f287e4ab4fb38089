//! Traces beside each other: their spans aligned in one table, and what differs in the span that is looked at.

mod head;
mod pair;
mod pair_paint;
mod pair_rows;
mod rows;
mod table;

use std::sync::Arc;

use egui::Ui;

use super::parts::{place_frame, slot_ui};
use super::scene::Scene;
use super::scroll::NotedScroll;
use super::spans::{find_span, span_ref};
use crate::analysis::trace_alignment::AlignedRow;
use crate::loader::Lane;
use crate::model::TraceId;
use crate::query::trace_alignment::{AlignedTraces, AlignedTracesOf, RowCounts};
use crate::state::{Action, ComparedRow, ComparedTraces, FoldKey, Place};
use crate::widgets::empty::empty_ui;
use crate::widgets::split::{Sized, Split, SplitAxis};
use crate::widgets::table::{CellText, Table, TableState};
use crate::widgets::tokens::size;
use head::HeadEvent;
use pair::{Pair, PairMemory, pair_ui};
use rows::{Line, Shown};
use table::{Cells, Titles};

/// What the history calls this list.
const LIST: &str = "aligned spans";
/// Beside each other the table and what differs need this much, else they stand one below the other.
const BESIDE: f32 = 1_000.0;
/// The least widths and heights of the two.
const LEAST_WIDTHS: (f32, f32) = (440.0, 320.0);
const LEAST_HEIGHTS: (f32, f32) = (110.0, 120.0);

type Answer = Arc<Result<AlignedTraces, TraceId>>;

/// What the page remembers.
#[derive(Default)]
pub(super) struct CompareTracesMemory {
    traces: Vec<TraceId>,
    lines: Vec<Line>,
    made_of: Option<(Answer, u64, Shown)>,
    /// How many rows there are of each kind, and how many adapters are left out.
    counts: (RowCounts, usize),
    /// The row that is looked at, as it was looked up.
    focus: Option<(Answer, Option<ComparedRow>, Option<usize>)>,
    /// Of each trace but the first: the durations of what stands for each of the first one's spans.
    others: Vec<Option<(Answer, Vec<Option<i64>>)>>,
    table: TableState,
    noted: NotedScroll,
    pair: PairMemory,
    only_differences: bool,
    /// The row that is looked at is scrolled to.
    reveals: bool,
    /// The rows are to get the keyboard.
    pub wants_focus: bool,
    /// How wide and how high what differs is, if the user set it.
    width: Option<f32>,
    height: Option<f32>,
}

/// Draws the page.
pub(super) fn compare_traces_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut CompareTracesMemory,
    compared: &ComparedTraces,
) {
    if memory.traces != compared.traces {
        *memory = CompareTracesMemory {
            traces: compared.traces.clone(),
            only_differences: memory.only_differences,
            width: memory.width,
            height: memory.height,
            reveals: true,
            wants_focus: ui.memory(|memory| memory.focused().is_some()),
            ..CompareTracesMemory::default()
        };
    }
    let Some((first, other)) = compared.pair() else { return };
    let letters = head::letters(compared.traces.len());
    let shown = compared.traces.iter().skip(1).position(|trace| trace == other).map_or(1, |at| at + 1);
    let slot = scene.loader.ask(&AlignedTracesOf(first.clone(), other.clone()), Lane::Selection);
    place_frame().show(ui, |ui| {
        head::traces_ui(ui, scene, compared, &letters);
        ui.add_space(size::GAP_XS);
        let Some(answer) = slot_ui(ui, scene, &slot, "The comparison", size::TABLE_ROW) else { return };
        let aligned = match &**answer {
            Ok(aligned) => aligned,
            Err(gone) => {
                empty_ui(ui, &format!("This store has no trace {gone}; it may have been deleted"), "");
                return;
            }
        };
        if aligned.alignment.rows.is_empty() {
            empty_ui(ui, "No spans are stored for these traces", "");
            return;
        }
        let focused = look_up_focus(memory, answer, aligned, compared);
        make_lines(scene, memory, answer, aligned, focused);
        let event = head::counts_ui(ui, scene, memory, aligned, (&letters, shown));
        ui.add_space(size::GAP_S);
        gather_others(scene, memory, compared, shown);
        let page = Page { aligned, compared, letters: &letters, shown, focused };
        match event {
            Some(HeadEvent::First) => go_to(scene, memory, page, aligned.alignment.first),
            Some(HeadEvent::Step(is_forward)) => {
                let next = next_difference(scene, memory, aligned, focused, is_forward);
                go_to(scene, memory, page, next);
            }
            None => {}
        }
        body_ui(ui, scene, memory, page);
    });
}

/// What is on screen.
#[derive(Clone, Copy)]
struct Page<'a> {
    aligned: &'a AlignedTraces,
    compared: &'a ComparedTraces,
    letters: &'a [String],
    /// Which of the traces stands beside the first.
    shown: usize,
    /// The row that is looked at.
    focused: Option<usize>,
}

/// The table, and what differs beside it or below.
fn body_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut CompareTracesMemory, page: Page<'_>) {
    let area = ui.available_size();
    let is_beside = area.x >= BESIDE;
    let (normal, least) =
        if is_beside { ((area.x * 0.46).round(), LEAST_WIDTHS) } else { ((area.y * 0.55).round(), LEAST_HEIGHTS) };
    let kept = if is_beside { memory.width } else { memory.height };
    let mut points = kept.unwrap_or(normal);
    let (axis, name) = match is_beside {
        true => (SplitAxis::Horizontal, "Width of what differs"),
        false => (SplitAxis::Vertical, "Height of what differs"),
    };
    let mut cx = (scene, &mut *memory);
    let is_changed = Split::new(("compare traces", is_beside), name, axis)
        .sized(Sized::Second)
        .normal(normal)
        .least(least.0, least.1)
        .show_with(
            ui,
            &mut points,
            &mut cx,
            |ui, (scene, memory)| table_ui(ui, scene, memory, page),
            |ui, (scene, memory)| {
                let margin = if is_beside { size::GAP_L } else { 0.0 };
                let inner = ui.available_rect_before_wrap();
                let inner = inner.with_min_x(inner.left() + margin);
                let mut ui = ui.new_child(egui::UiBuilder::new().id_salt("two spans").max_rect(inner));
                let letter = |at: usize| page.letters.get(at).map_or("", String::as_str);
                let letters = [letter(0), letter(page.shown)];
                if let Some(row) = page.focused.and_then(|at| page.aligned.alignment.rows.get(at)) {
                    pair_ui(&mut ui, scene, &mut memory.pair, Pair { aligned: page.aligned, row, letters });
                }
            },
        );
    if is_changed {
        *(if is_beside { &mut memory.width } else { &mut memory.height }) = Some(points);
    }
}

fn table_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut CompareTracesMemory, page: Page<'_>) {
    let Page { aligned, letters, shown, focused, .. } = page;
    let titles = Titles::new(letters, shown);
    let columns = titles.columns();
    let selected = focused.and_then(|row| memory.lines.iter().position(|line| line.row == row));
    memory.noted.restore(scene, LIST, &mut memory.table.scroll);
    let reveal = selected.filter(|_| std::mem::take(&mut memory.reveals));
    let gets_focus = memory.wants_focus && !ui.ctx().text_edit_focused();
    memory.wants_focus = false;
    let others = memory.others.iter().map(|known| known.as_ref().map_or(&[][..], |(_, times)| times));
    let others: Vec<&[Option<i64>]> = others.collect();
    let cells = Cells { aligned, letters, shown, others: &others };
    let lines = &memory.lines;
    let events = Table::new("aligned spans", "Aligned spans", &columns, lines.len())
        .selected(selected)
        .reveal(reveal)
        .focus(gets_focus)
        .staying(2)
        .show(ui, &mut memory.table, |row, column| match (lines.get(row), titles.shows(column)) {
            (Some(line), Some(shows)) => cells.cell(*line, shows),
            _ => CellText::default(),
        });
    memory.noted.note(scene, LIST, memory.table.scroll);
    let row = |at: Option<usize>| at.and_then(|at| lines.get(at)).copied();
    if let Some(line) = row(events.folded)
        && let Some(key) = aligned.alignment.rows.get(line.row).and_then(|row| fold_key(page.compared, row))
    {
        scene.act(Action::Fold(vec![key], line.is_open == Some(true)));
    } else if let Some(line) = row(events.selected) {
        look_at(scene, page, line.row);
    }
}

/// How a fold of a row is remembered: by its span in the first trace, else by that of the other.
fn fold_key(compared: &ComparedTraces, row: &AlignedRow) -> Option<FoldKey> {
    match row.spans {
        [Some(first), _] => Some(FoldKey::Span(first)),
        [None, Some(other)] => Some(FoldKey::OtherSpan(compared.pair()?.1.clone(), other)),
        [None, None] => None,
    }
}

/// Another row is looked at.
fn look_at(scene: &mut Scene<'_>, page: Page<'_>, row: usize) {
    let Some(spans) = page.aligned.alignment.rows.get(row).map(|row| row.spans) else { return };
    let span = |side: usize| span_ref(page.aligned.tree(side)?, spans.get(side).copied().flatten()?);
    let row = span(0).map(ComparedRow::First).or_else(|| span(1).map(ComparedRow::Other));
    scene.act(Action::LookAtTraces(ComparedTraces { row, ..page.compared.clone() }));
}

/// Goes to a row: it is unfolded and scrolled to.
fn go_to(scene: &mut Scene<'_>, memory: &mut CompareTracesMemory, page: Page<'_>, row: Option<usize>) {
    let Some(row) = row else { return };
    let rows = &page.aligned.alignment.rows;
    let folds = &scene.state.page().folds;
    let above = rows::above(rows, row).into_iter().filter_map(|at| fold_key(page.compared, rows.get(at)?));
    let folded: Vec<FoldKey> = above.filter(|key| folds.has(key)).collect();
    if !folded.is_empty() {
        scene.act(Action::Fold(folded, false));
    }
    memory.reveals = true;
    look_at(scene, page, row);
}

/// Goes to the next row that differs, or to the previous one.
pub(super) fn step(scene: &mut Scene<'_>, memory: &mut CompareTracesMemory, is_forward: bool) {
    let Place::CompareTraces(compared) = scene.place().clone() else { return };
    let Some((answer, _, focused)) = memory.focus.clone() else { return };
    let Ok(aligned) = &*answer else { return };
    let next = next_difference(scene, memory, aligned, focused, is_forward);
    let page = Page { aligned, compared: &compared, letters: &[], shown: 1, focused };
    go_to(scene, memory, page, next);
}

fn next_difference(
    scene: &Scene<'_>,
    memory: &CompareTracesMemory,
    aligned: &AlignedTraces,
    focused: Option<usize>,
    is_forward: bool,
) -> Option<usize> {
    let shown = shown(scene, memory, None);
    match focused {
        Some(from) => rows::next_difference(aligned, shown, from, is_forward),
        None => aligned.alignment.first,
    }
}

fn shown(scene: &Scene<'_>, memory: &CompareTracesMemory, kept: Option<usize>) -> Shown {
    Shown { adapters: scene.state.settings.show_adapters, only_differences: memory.only_differences, kept }
}

/// The row that is looked at: the one that the address names, else where the two first differ.
fn look_up_focus(
    memory: &mut CompareTracesMemory,
    answer: &Answer,
    aligned: &AlignedTraces,
    compared: &ComparedTraces,
) -> Option<usize> {
    if let Some((known, wanted, row)) = &memory.focus
        && Arc::ptr_eq(known, answer)
        && *wanted == compared.row
    {
        return *row;
    }
    let rows = &aligned.alignment.rows;
    let of_span = |side: usize, span| {
        let at = find_span(aligned.tree(side)?, span)?;
        rows.iter().position(|row| row.spans.get(side) == Some(&Some(at)))
    };
    let named = match &compared.row {
        Some(ComparedRow::First(span)) => of_span(0, span),
        Some(ComparedRow::Other(span)) => of_span(1, span),
        None => None,
    };
    let row = named.or(aligned.alignment.first).or((!rows.is_empty()).then_some(0));
    if memory.focus.as_ref().is_none_or(|(known, ..)| !Arc::ptr_eq(known, answer)) {
        memory.reveals = true;
    }
    memory.focus = Some((Arc::clone(answer), compared.row.clone(), row));
    row
}

fn make_lines(
    scene: &Scene<'_>,
    memory: &mut CompareTracesMemory,
    answer: &Answer,
    aligned: &AlignedTraces,
    focused: Option<usize>,
) {
    let folds = &scene.state.page().folds;
    let shown = shown(scene, memory, focused);
    let is_same = memory.made_of.as_ref().is_some_and(|(known, version, how)| {
        Arc::ptr_eq(known, answer) && *version == folds.version() && *how == shown
    });
    if is_same {
        return;
    }
    let Place::CompareTraces(compared) = scene.place() else { return };
    let is_folded = |row: &AlignedRow| fold_key(compared, row).is_some_and(|key| folds.has(&key));
    memory.counts = rows::counts(aligned, shown);
    memory.lines = rows::lines(aligned, shown, is_folded);
    memory.made_of = Some((Arc::clone(answer), folds.version(), shown));
}

/// The durations of traces that are neither the first nor shown beside it.
fn gather_others(scene: &mut Scene<'_>, memory: &mut CompareTracesMemory, compared: &ComparedTraces, shown: usize) {
    let Some((first, others)) = compared.traces.split_first() else { return };
    memory.others.resize_with(others.len(), || None);
    for (at, (other, known)) in others.iter().zip(&mut memory.others).enumerate() {
        if at + 1 == shown {
            continue;
        }
        let slot = scene.loader.ask(&AlignedTracesOf(first.clone(), other.clone()), Lane::Visible);
        let Some(answer) = slot.value() else { continue };
        if known.as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, answer)) {
            continue;
        }
        let times = match &**answer {
            Ok(aligned) => durations(aligned),
            Err(_) => Vec::new(),
        };
        *known = Some((Arc::clone(answer), times));
    }
}

/// By the spans of the first trace: how long what stands for each in the other one took.
fn durations(aligned: &AlignedTraces) -> Vec<Option<i64>> {
    let mut times = vec![None; aligned.tree(0).map_or(0, |tree| tree.spans.len())];
    for row in &aligned.alignment.rows {
        if let Some(time) = row.spans[0].and_then(|first| times.get_mut(first)) {
            *time = aligned.duration_ns(row, 1);
        }
    }
    times
}
