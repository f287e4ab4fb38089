//! The table of an experiment's runs.

use egui::Ui;

use super::arrange::{self, Arrangement, BEFORE};
use super::cells;
use super::export::Export;
use super::lines::{self, Columns, LinesMemory, Shown, Typed};
use super::toolbar::{self, Bar, BarEvents, BarMemory};
use crate::loader::Lane;
use crate::model::{ExperimentId, RunId};
use crate::query::table::{LineOptions, RunAttribute, RunColumn};
use crate::query::{Experiments, TraceCountsOf, table::RunsOf};
use crate::state::{Action, FoldKey, Place, RunTab};
use crate::views::names::experiment_name;
use crate::views::parts::slot_ui;
use crate::views::run_menu::RunMenu;
use crate::views::scene::Scene;
use crate::views::scroll::NotedScroll;
use crate::views::step::stepped;
use crate::widgets::empty::empty_ui;
use crate::widgets::menu;
use crate::widgets::table::{Column, RowSelection, SelectionChange, Table, TableEvents, TableState};
use crate::widgets::tokens::size;
use crate::words::csv::Separated;

/// What the state calls this list.
const LIST: &str = "runs";

/// What the table remembers.
#[derive(Default)]
pub(super) struct RunsMemory {
    pub bar: BarMemory,
    /// The next row is to be selected, or the previous one.
    pub step: Option<bool>,
    visit: Option<u64>,
    /// The visit for which the filter was looked up.
    filtered: Option<u64>,
    /// The rows are to get the keyboard as soon as nothing else has it.
    wants_focus: bool,
    lines: LinesMemory,
    table: TableState,
    scroll: NotedScroll,
    selection: RowSelection,
    menu: RunMenu,
    export: Option<Export>,
}

impl RunsMemory {
    /// The rows get the keyboard, if there are any.
    pub(super) fn focus_rows(&mut self) -> bool {
        self.wants_focus = self.lines.shown.as_ref().is_some_and(|shown| !shown.lines.lines.is_empty());
        self.wants_focus
    }
}

/// The table on screen.
#[derive(Clone, Copy)]
struct Listed<'a> {
    /// Whose runs they are.
    id: &'a ExperimentId,
    shown: &'a Shown,
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
    restore_filter(scene, memory);
    memory.bar.typed.hold_against(runs);
    let Some(columns) = memory.lines.columns(scene) else { return };
    let mut arrangement = Arrangement::of(scene.state.run_table(id), &columns);
    let before = arrangement.clone();

    let options = LineOptions {
        filter: memory.bar.typed.filter.clone(),
        sort: arrangement.sort.clone(),
        is_flat: arrangement.is_flat,
        folded: lines::folded(&scene.state.page().folds),
    };
    let (is_new, is_waiting) = memory.lines.ask(scene, options);
    let Some(shown) = memory.lines.shown.clone() else { return };
    if is_new {
        select_again(scene, memory, &shown, id);
    }
    let listed = Listed { id, shown: &shown };
    let bar =
        Bar { runs: &shown.source.runs, matches: shown.lines.matches, selected: memory.selection.len(), is_waiting };
    let events = toolbar::toolbar_ui(ui, &mut memory.bar, &bar, &columns, &mut arrangement);
    bar_events(scene, memory, listed, &arrangement, events);
    ui.add_space(size::GAP_XS);
    if shown.lines.lines.is_empty() {
        if empty_ui(ui, "No run passes this filter", "Clear the filter") {
            memory.bar.typed = Typed::default();
            scene.act(Action::Filtered(LIST, String::new()));
        }
    } else {
        table_ui(ui, scene, memory, listed, Arranged { known: &columns, arrangement: &mut arrangement });
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

/// Who comes back finds what was typed into the filter.
fn restore_filter(scene: &Scene<'_>, memory: &mut RunsMemory) {
    let is_new = memory.filtered.replace(scene.state.visit()) != Some(scene.state.visit());
    let left = scene.state.page().filters.get(LIST).map(String::as_str).unwrap_or_default();
    if is_new && memory.bar.typed.text != left {
        memory.bar.typed = Typed { text: left.to_owned(), ..Typed::default() };
        memory.bar.typed.read();
    }
}

fn bar_events(
    scene: &mut Scene<'_>,
    memory: &mut RunsMemory,
    listed: Listed<'_>,
    arrangement: &Arrangement,
    events: BarEvents,
) {
    let Listed { id, shown } = listed;
    if events.typed {
        memory.bar.typed.read();
        scene.act(Action::Filtered(LIST, memory.bar.typed.text.clone()));
        // What a filter finds is not to be hidden by what was folded before.
        unfold_all(scene);
    }
    if let Some(fold) = events.fold_all {
        unfold_all(scene);
        if fold {
            scene.act(Action::Fold(lines::parents(&shown.source.runs), true));
        }
    }
    if events.clear_selection {
        memory.selection.clear();
        scene.act(Action::SelectRuns(id.clone(), Vec::new()));
    }
    if events.compare {
        scene.go(Place::comparing(scene.state.selected_runs.ids.clone()));
    }
    if let Some(run) = scene.state.selected_runs.ids.first().cloned().filter(|_| events.charts) {
        let experiment = Some(id.clone());
        scene.go(Place::Run { experiment, run, tab: Some(RunTab::Metrics { key: None }) });
    }
    if let Some(kind) = events.export {
        export(scene, memory, listed, arrangement, kind);
    }
}

/// No run's children are hidden any more.
fn unfold_all(scene: &mut Scene<'_>) {
    let folded = lines::folded(&scene.state.page().folds);
    scene.act(Action::Fold(folded.into_iter().map(FoldKey::Run).collect(), false));
}

fn export(
    scene: &mut Scene<'_>,
    memory: &mut RunsMemory,
    listed: Listed<'_>,
    arrangement: &Arrangement,
    kind: Separated,
) {
    let lines: Vec<usize> = memory.selection.rows().collect();
    let name = experiment_name(scene, listed.id);
    memory.export = Some(Export::new(kind, listed.shown.clone(), &arrangement.shown, lines, &name));
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

/// The columns that are shown, and what is known of all of them.
struct Arranged<'a> {
    known: &'a Columns,
    arrangement: &'a mut Arrangement,
}

fn table_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut RunsMemory, listed: Listed<'_>, arranged: Arranged<'_>) {
    let Listed { id, shown } = listed;
    let Arranged { known, arrangement } = arranged;
    let mut columns = vec![Column::check()];
    columns.extend(arrangement.shown.iter().map(|column| arrange::column(column, known.holds_numbers(column))));
    memory.table.widths.clear();
    memory.table.widths.push(f32::NAN);
    memory.table.widths.extend(&arrangement.widths);
    memory.scroll.restore(scene, LIST, &mut memory.table.scroll);
    restore_selection(scene, memory, shown, id);
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
            Some(column) => cells::cell(shown, line, column, clock, known.decimals(column)),
            None => Default::default(),
        });
    memory.scroll.note(scene, LIST, memory.table.scroll);
    drop(columns);
    arrangement.widths = memory.table.widths[BEFORE..].to_vec();
    arrangement.widths.resize(arrangement.shown.len(), f32::NAN);
    arrange_anew(arrangement, &events);
    if let Some(run) = events.menu.and_then(|line| run_at(shown, line)) {
        memory.menu.open(ui, run);
    }
    memory.menu.show(ui, scene);
    let is_plain = ui.input(|input| input.modifiers.is_none());
    table_events(scene, memory, listed, arrangement, &events);
    open(scene, listed, arrangement, &events, is_plain);
    if let Some(row) = stepped {
        select(scene, memory, shown, id, SelectionChange::Only(row));
    }
}

/// Who comes back finds the rows selected that were, and goes on with the keys there.
fn restore_selection(scene: &Scene<'_>, memory: &mut RunsMemory, shown: &Shown, id: &ExperimentId) {
    if memory.visit.replace(scene.state.visit()) == Some(scene.state.visit()) {
        return;
    }
    if memory.selection.is_empty() {
        select_again(scene, memory, shown, id);
    }
    memory.wants_focus |= !memory.selection.is_empty();
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

/// What the user did with the titles.
fn arrange_anew(arrangement: &mut Arrangement, events: &TableEvents) {
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
}

/// What the user did with the rows.
fn table_events(
    scene: &mut Scene<'_>,
    memory: &mut RunsMemory,
    listed: Listed<'_>,
    arrangement: &Arrangement,
    events: &TableEvents,
) {
    let Listed { id, shown } = listed;
    if let Some(run) = events.folded.and_then(|line| run_at(shown, line)) {
        let key = FoldKey::Run(run);
        let is_folded = scene.state.page().folds.has(&key);
        scene.act(Action::Fold(vec![key], !is_folded));
    }
    if let Some(change) = events.select {
        select(scene, memory, shown, id, change);
    }
    if events.copy && !memory.selection.is_empty() {
        export(scene, memory, listed, arrangement, Separated::Tsv);
    }
}

/// Goes to the run that the user opened. `is_plain`: without Ctrl or Shift.
fn open(scene: &mut Scene<'_>, listed: Listed<'_>, arrangement: &Arrangement, events: &TableEvents, is_plain: bool) {
    let Listed { id, shown } = listed;
    // A click on a name goes there; anywhere else, and with Ctrl or Shift, it selects.
    let is_plain = is_plain && matches!(events.select, Some(SelectionChange::Only(_)));
    let is_name = |column: usize| {
        arrangement.shown.get(column.wrapping_sub(BEFORE)) == Some(&RunColumn::Attribute(RunAttribute::Name))
    };
    let by_name = events.cell.filter(|(_, column)| is_plain && is_name(*column)).map(|(line, _)| line);
    if let Some(run) = events.opened.or(by_name).and_then(|line| run_at(shown, line)) {
        scene.go(Place::of_run(Some(id.clone()), run));
    }
}
