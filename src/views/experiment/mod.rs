//! An experiment: its runs in a table, its traces.

mod rows;

use std::collections::HashMap;
use std::sync::Arc;

use egui::Ui;

use super::parts::{run_status, run_status_word, slot_ui};
use super::scene::Scene;
use super::scroll::KeptScroll;
use super::time::moment_short;
use super::top_bar::experiment_name;
use super::traces::{TracesMemory, traces_ui};
use super::window::place_frame;
use crate::loader::{Lane, RunTree, TraceScope};
use crate::model::{ExperimentId, RunId, RunValues};
use crate::state::{Action, Place, Tab};
use crate::widgets::empty::empty_ui;
use crate::widgets::format;
use crate::widgets::section::title_ui;
use crate::widgets::table::{CellText, Column, Sort, Table, TableState};
use crate::widgets::tabs;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size;
use rows::{FIXED, RunLines};

/// The values of an experiment's runs.
type Values = Option<Arc<HashMap<RunId, RunValues>>>;

/// What the rows were made of.
type MadeOf = (Arc<RunTree>, Values, Option<Sort>);

/// What the page remembers.
#[derive(Default)]
pub(super) struct ExperimentMemory {
    table: TableState,
    scroll: KeptScroll,
    sort: Option<Sort>,
    cursor: Option<RunId>,
    made_of: Option<MadeOf>,
    lines: RunLines,
    traces: TracesMemory,
}

pub(super) fn experiment_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ExperimentMemory, id: &ExperimentId) {
    place_frame().show(ui, |ui| {
        let name = experiment_name(scene, id);
        title_ui(ui, &name);
        ui.add_space(size::GAP_XS);
        let counts = scene.loader.counts(Lane::Visible);
        let counts = counts.value().and_then(|list| list.iter().find(|(own, _)| own == id)).map(|(_, counts)| *counts);
        let runs = counts.map(|counts| format::count(counts.runs)).unwrap_or_default();
        let traces = counts.and_then(|counts| counts.traces).map(format::count).unwrap_or_default();
        let titles =
            [tabs::Tab::new(Tab::Runs.title()).count(&runs), tabs::Tab::new(Tab::Traces.title()).count(&traces)];
        let tab = scene.state.location().tab.unwrap_or(Tab::Runs);
        let selected = Tab::OF_EXPERIMENT.iter().position(|one| *one == tab).unwrap_or(0);
        if let Some(chosen) = tabs::show(ui, "experiment tabs", "Experiment", &titles, selected) {
            scene.act(Action::ShowTab(Tab::OF_EXPERIMENT[chosen]));
        }
        ui.add_space(size::GAP_S);
        if tab == Tab::Traces {
            traces_ui(ui, scene, &mut memory.traces, &TraceScope::Experiment(id.clone()));
        } else {
            runs_ui(ui, scene, memory, id);
        }
    });
}

fn runs_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ExperimentMemory, id: &ExperimentId) {
    let slot = scene.loader.run_tree(id, Lane::Selection);
    let Some(tree) = slot_ui(ui, scene, &slot, "The runs", size::TABLE_ROW) else { return };
    if tree.runs.is_empty() {
        empty_ui(ui, "No runs yet; a run appears as soon as it is started in this experiment", "");
        return;
    }
    let values = scene.loader.run_values(id, Lane::Visible).value().cloned();
    make_rows(memory, tree, values);
    table_ui(ui, scene, memory, tree, id);
}

fn make_rows(memory: &mut ExperimentMemory, tree: &Arc<RunTree>, values: Values) {
    let is_same = memory.made_of.as_ref().is_some_and(|(old_tree, old_values, old_sort)| {
        let same_values = match (old_values, &values) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        Arc::ptr_eq(old_tree, tree) && same_values && *old_sort == memory.sort
    });
    if !is_same {
        memory.lines = rows::rows(tree, values.as_deref(), memory.sort);
        memory.made_of = Some((Arc::clone(tree), values, memory.sort));
    }
}

/// Wide enough for its title, within reason.
fn metric_width(key: &str) -> f32 {
    (key.chars().count() as f32 * 7.0 + 2.0 * size::GAP_M).clamp(84.0, 160.0)
}

fn table_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExperimentMemory,
    tree: &Arc<RunTree>,
    experiment: &ExperimentId,
) {
    let lines = &memory.lines;
    let mut columns = vec![
        Column::text("Run", 260.0).growing(),
        Column::text("Status", 100.0),
        Column::text("Started", 140.0),
        Column::number("Duration", 90.0),
    ];
    columns.extend(lines.metrics.iter().map(|key| Column::number(key, metric_width(key))));
    let clock = scene.clock;
    let selected =
        memory.cursor.as_ref().and_then(|id| lines.lines.iter().position(|line| tree.runs[line.run].id == *id));
    memory.scroll.restore(scene, "runs", &mut memory.table.scroll);
    let events = Table::new("runs", "Runs", &columns, lines.lines.len()).sort(memory.sort).selected(selected).show(
        ui,
        &mut memory.table,
        |row, column| {
            let line = &lines.lines[row];
            let run = &tree.runs[line.run];
            match column {
                0 => {
                    let name = if run.name.is_empty() { run.id.as_str() } else { &run.name };
                    let cell = CellText::text(format!("{}{name}", "    ".repeat(line.depth.min(12)))).strong();
                    if run.parent_inferred { cell.note("inferred") } else { cell }
                }
                1 => {
                    let status = run_status(&run.status);
                    CellText::text(run_status_word(&run.status)).glyph(status.glyph(), status.tone()).tone(Tone::Muted)
                }
                2 => run
                    .start_time_ms
                    .map_or_else(CellText::unknown, |ms| CellText::text(moment_short(ms, clock)).tone(Tone::Muted)),
                3 => rows::duration_ms(run)
                    .map_or_else(CellText::unknown, |ms| CellText::value(format::duration_ms(ms)).tone(Tone::Muted)),
                metric => match line.metrics.get(metric - FIXED).copied().flatten() {
                    Some(value) => CellText::value(format::value(value)),
                    None => CellText::text("–").tone(Tone::Faint),
                },
            }
        },
    );
    memory.scroll.note(scene, "runs", memory.table.scroll);
    if let Some(column) = events.sort {
        // A second click turns the order round, a third goes back to the tree.
        memory.sort = match memory.sort {
            Some(sort) if sort.column == column && sort.descending => Some(Sort { column, descending: false }),
            Some(sort) if sort.column == column => None,
            _ => Some(Sort { column, descending: true }),
        };
    }
    let run_at = |row: usize| memory.lines.lines.get(row).map(|line| tree.runs[line.run].id.clone());
    if let Some(row) = events.selected {
        memory.cursor = run_at(row);
    }
    if let Some(run) = events.opened.or(events.cell.map(|(row, _)| row)).and_then(run_at) {
        scene.go(Place::Run { experiment: Some(experiment.clone()), run });
    }
}
