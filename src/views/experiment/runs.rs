//! The table of an experiment's runs.

use egui::Ui;

use super::arrange::{self, Arrangement, BEFORE};
use super::cells;
use super::export::Export;
use super::lines::{Columns, Folded, LinesMemory, Shown, Typed};
use super::toolbar::{self, Bar, BarEvents};
use crate::loader::Lane;
use crate::model::{ExperimentId, RunId};
use crate::query::table::{LineOptions, RunAttribute, RunColumn};
use crate::query::{Experiments, TraceCountsOf, table::RunsOf};
use crate::state::{Action, Place};
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::scroll::KeptScroll;
use crate::views::step::neighbour;
use crate::views::top_bar::experiment_name;
use crate::widgets::completion::CompletionState;
use crate::widgets::empty::empty_ui;
use crate::widgets::menu::{self, PickerState};
use crate::widgets::table::{Column, RowSelection, SelectionChange, Table, TableEvents, TableState};
use crate::widgets::tokens::size;
use crate::words::csv::Separated;

/// What the table remembers.
#[derive(Default)]
pub(super) struct RunsMemory {
    /// The filter is to get the keyboard.
    pub focus_filter: bool,
    /// The next row is to be selected, or the previous one.
    pub step: Option<bool>,
    visit: Option<u64>,
    /// The rows are to get the keyboard as soon as nothing else has it.
    wants_focus: bool,
    pub typed: Typed,
    pub completion: CompletionState,
    pub picker: PickerState,
    lines: LinesMemory,
    folded: Folded,
    table: TableState,
    scroll: KeptScroll,
    selection: RowSelection,
    export: Option<Export>,
}

impl RunsMemory {
    /// The rows get the keyboard, if there are any.
    pub(super) fn take_keys(&mut self) -> bool {
        self.wants_focus = self.lines.shown.as_ref().is_some_and(|shown| !shown.lines.lines.is_empty());
        self.wants_focus
    }
}

pub(super) fn runs_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut RunsMemory, id: &ExperimentId) {
    let slot = scene.loader.ask(&RunsOf(id.clone()), Lane::Selection);
    let Some(runs) = slot_ui(ui, scene, &slot, "The runs", size::TABLE_ROW) else { return };
    if runs.table.rows.is_empty() {
        let experiments = scene.loader.ask(&Experiments, Lane::Visible);
        let is_missing = experiments.value().is_some_and(|list| list.iter().all(|one| one.id != *id));
        let sentence = match is_missing {
            true => &*format!("This store has no experiment {id}; it may have been deleted"),
            false => "No runs yet; a run appears as soon as it is started in this experiment",
        };
        empty_ui(ui, sentence, "");
        return;
    }
    let traces = scene.loader.ask(&TraceCountsOf(Some(id.clone())), Lane::Visible);
    if let Some(error) = traces.error() {
        crate::views::failed::failed_ui(ui, scene, "The traces of the runs", error);
    }
    memory.lines.take(runs, traces.value());
    let Some(columns) = memory.lines.columns(scene) else { return };
    let mut arrangement = Arrangement::of(scene.state.run_table(id), &columns);
    let before = arrangement.clone();

    let options = LineOptions {
        filter: memory.typed.filter.clone(),
        sort: arrangement.sort.clone(),
        is_flat: arrangement.is_flat,
        folded: memory.folded.runs.clone(),
    };
    let (is_new, is_waiting) = memory.lines.ask(scene, options);
    let Some(shown) = memory.lines.shown.clone() else { return };
    if is_new {
        select_again(scene, memory, &shown, id);
    }
    let bar =
        Bar { runs: &shown.source.runs, matches: shown.lines.matches, selected: memory.selection.len(), is_waiting };
    let events = toolbar::toolbar_ui(ui, memory, &bar, &columns, &mut arrangement);
    bar_events(scene, memory, &shown, &arrangement, id, events);
    ui.add_space(size::GAP_XS);
    if shown.lines.lines.is_empty() {
        if empty_ui(ui, "No run passes this filter", "Clear the filter") {
            memory.typed = Typed::default();
        }
    } else {
        table_ui(ui, scene, memory, &shown, (&columns, &mut arrangement), id);
    }
    if arrangement != before && !same_but_nan(&arrangement, &before) {
        let settings = arrangement.settings(scene.state.run_table(id));
        scene.act(Action::ArrangeRuns(id.clone(), settings));
    }
    if memory.export.as_ref().is_some_and(|export| export.poll(scene)) {
        memory.export = None;
    }
}

/// A width that was never set equals itself.
fn same_but_nan(a: &Arrangement, b: &Arrangement) -> bool {
    let widths = a.widths.iter().zip(&b.widths).all(|(a, b)| a == b || a.is_nan() && b.is_nan());
    widths && a.widths.len() == b.widths.len() && (&a.shown, &a.sort, a.is_flat) == (&b.shown, &b.sort, b.is_flat)
}

fn bar_events(
    scene: &mut Scene<'_>,
    memory: &mut RunsMemory,
    shown: &Shown,
    arrangement: &Arrangement,
    id: &ExperimentId,
    events: BarEvents,
) {
    if events.typed {
        memory.typed.read();
        // What a filter finds is not to be hidden by what was folded before.
        memory.folded = Folded::default();
    }
    if let Some(fold) = events.fold_all {
        memory.folded.all(&shown.source.runs, fold);
    }
    if events.clear_selection {
        memory.selection.clear();
        scene.act(Action::SelectRuns(id.clone(), Vec::new()));
    }
    if events.compare {
        scene.go(Place::Compare { runs: scene.state.selected_runs.ids.clone() });
    }
    if let Some(kind) = events.export {
        export(scene, memory, shown, arrangement, id, kind);
    }
}

fn export(
    scene: &mut Scene<'_>,
    memory: &mut RunsMemory,
    shown: &Shown,
    arrangement: &Arrangement,
    id: &ExperimentId,
    kind: Separated,
) {
    let lines: Vec<usize> = memory.selection.rows().collect();
    let name = experiment_name(scene, id);
    memory.export = Some(Export::new(kind, shown.clone(), &arrangement.shown, lines, &name));
}

/// The selected runs stand elsewhere now.
fn select_again(scene: &Scene<'_>, memory: &mut RunsMemory, shown: &Shown, id: &ExperimentId) {
    let selected = &scene.state.selected_runs;
    if selected.experiment.as_ref() != Some(id) {
        memory.selection.clear();
        return;
    }
    let line = |run: &RunId| shown.lines.line_of(shown.source.runs.row_of(run)?);
    let cursor = selected.ids.first().and_then(line).filter(|_| selected.ids.len() == 1);
    memory.selection = RowSelection::of_rows(selected.ids.iter().filter_map(line), cursor);
}

fn table_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut RunsMemory,
    shown: &Shown,
    (known, arrangement): (&Columns, &mut Arrangement),
    id: &ExperimentId,
) {
    let mut columns = vec![Column::check()];
    columns.extend(arrangement.shown.iter().map(|column| arrange::column(column, known.holds_numbers(column))));
    memory.table.widths.clear();
    memory.table.widths.push(f32::NAN);
    memory.table.widths.extend(&arrangement.widths);
    memory.scroll.restore(scene, "runs", &mut memory.table.scroll);
    come_back(scene, memory, shown, id);
    let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
    memory.wants_focus &= !gets_focus;
    let total = shown.lines.lines.len();
    let stepped = memory.step.take().and_then(|is_forward| stepped(memory.selection.cursor(), total, is_forward));
    let clock = scene.clock;
    let order = &arrangement.shown;
    // The name stays in view while the columns behind it are scrolled.
    let name = order.iter().position(|column| *column == RunColumn::Attribute(RunAttribute::Name));
    let events = Table::new("runs", "Runs", &columns, shown.lines.lines.len())
        .sort(arrangement.mark())
        .selection(&memory.selection)
        .reorderable()
        .reveal(stepped)
        .focus(gets_focus)
        .staying(name.map_or(0, |name| BEFORE + name + 1))
        .show(ui, &mut memory.table, |line, column| match order.get(column - BEFORE) {
            Some(column) => cells::cell(shown, line, column, clock),
            None => Default::default(),
        });
    memory.scroll.note(scene, "runs", memory.table.scroll);
    drop(columns);
    arrangement.widths = memory.table.widths[BEFORE..].to_vec();
    arrangement.widths.resize(arrangement.shown.len(), f32::NAN);
    table_events(ui, scene, memory, shown, arrangement, id, &events);
    if let Some(row) = stepped {
        select(scene, memory, shown, id, SelectionChange::Only(row));
    }
}

/// Who comes back finds the rows selected that were, and goes on with the keys there.
fn come_back(scene: &mut Scene<'_>, memory: &mut RunsMemory, shown: &Shown, id: &ExperimentId) {
    if memory.visit.replace(scene.state.visit()) == Some(scene.state.visit()) || memory.selection.is_empty() {
        return;
    }
    memory.wants_focus = true;
    if scene.state.selected_runs.experiment.as_ref() != Some(id) {
        let ids = memory.selection.rows().filter_map(|line| run_at(shown, line)).collect();
        scene.act(Action::SelectRuns(id.clone(), ids));
    }
}

/// The row that a step from the cursor leads to; without one, the first or the last.
fn stepped(cursor: Option<usize>, total: usize, is_forward: bool) -> Option<usize> {
    match cursor {
        Some(at) => neighbour(at, total, is_forward),
        None if is_forward => (total > 0).then_some(0),
        None => total.checked_sub(1),
    }
}

/// The run in a line of the table.
fn run_at(shown: &Shown, line: usize) -> Option<RunId> {
    let line = shown.lines.lines.get(line)?;
    shown.source.runs.run(line.row).map(|run| run.id.clone())
}

fn select(scene: &mut Scene<'_>, memory: &mut RunsMemory, shown: &Shown, id: &ExperimentId, change: SelectionChange) {
    memory.selection.apply(change, shown.lines.lines.len());
    let ids = memory.selection.rows().filter_map(|line| run_at(shown, line)).collect();
    scene.act(Action::SelectRuns(id.clone(), ids));
}

fn table_events(
    ui: &Ui,
    scene: &mut Scene<'_>,
    memory: &mut RunsMemory,
    shown: &Shown,
    arrangement: &mut Arrangement,
    id: &ExperimentId,
    events: &TableEvents,
) {
    if let Some(column) = events.sort.and_then(|column| column.checked_sub(BEFORE)) {
        arrangement.sort_by(column);
    }
    if let Some((from, to)) = events.moved_column
        && let (Some(from), Some(to)) = (from.checked_sub(BEFORE), Some(to.saturating_sub(BEFORE)))
    {
        let mut order: Vec<usize> = (0..arrangement.shown.len()).collect();
        menu::move_to(&mut order, from, to);
        arrangement.show(order.iter().map(|place| arrangement.shown[*place].clone()).collect());
    }
    if let Some(run) = events.folded.and_then(|line| run_at(shown, line)) {
        memory.folded.toggle(run);
    }
    if let Some(change) = events.select {
        select(scene, memory, shown, id, change);
    }
    if events.copy && !memory.selection.is_empty() {
        export(scene, memory, shown, arrangement, id, Separated::Tsv);
    }
    // A click on a name goes there; anywhere else, and with Ctrl or Shift, it selects.
    let is_plain =
        matches!(events.select, Some(SelectionChange::Only(_))) && ui.input(|input| input.modifiers.is_none());
    let is_name = |column: usize| {
        arrangement.shown.get(column.wrapping_sub(BEFORE)) == Some(&RunColumn::Attribute(RunAttribute::Name))
    };
    let by_name = events.cell.filter(|(_, column)| is_plain && is_name(*column)).map(|(line, _)| line);
    if let Some(run) = events.opened.or(by_name).and_then(|line| run_at(shown, line)) {
        scene.go(Place::Run { experiment: Some(id.clone()), run });
    }
}
