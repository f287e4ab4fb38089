//! The page of an open store: its experiments in a table, and what to know before trusting them.

use egui::Ui;

use crate::loader::Lane;
use crate::model::{Experiment, ExperimentId};
use crate::query::{CountsOfExperiments, Experiments};
use crate::state::{Action, Place};
use crate::views::parts::place_frame;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::scroll::{NotedRow, NotedScroll};
use crate::views::time::moment_short;
use crate::widgets::empty::empty_ui;
use crate::widgets::notice::Notice;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the state calls this list.
const LIST: &str = "experiments";

/// What the page remembers.
#[derive(Default)]
pub(in crate::views) struct StoreMemory {
    table: TableState,
    scroll: NotedScroll,
    row: NotedRow,
    /// The row that the keyboard stands on.
    cursor: Option<ExperimentId>,
    /// The rows are to get the keyboard as soon as nothing else has it.
    wants_focus: bool,
}

pub(in crate::views) fn store_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut StoreMemory) {
    let Some(open) = scene.loader.state().open.clone() else { return };
    place_frame().show(ui, |ui| {
        title_ui(ui, &open.info.location.name());
        text_ui(ui, &open.info.location.to_string(), Type::Value, Tone::Muted);
        ui.add_space(size::GAP_S);
        for notice in &open.info.notices {
            Notice::hint(notice).show(ui);
            ui.add_space(size::GAP_S);
        }
        let slot = scene.loader.ask(&Experiments, Lane::Selection);
        let Some(experiments) = slot_ui(ui, scene, &slot, "The experiments", size::TABLE_ROW) else { return };
        if experiments.is_empty() {
            empty_ui(ui, "No experiments yet; they appear as soon as MLflow records a run", "");
            return;
        }
        table_ui(ui, scene, memory, experiments);
    });
}

fn table_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut StoreMemory, experiments: &[Experiment]) {
    let columns = [
        Column::text("Experiment", 220.0).unsorted().growing(),
        Column::number("Runs", 80.0).unsorted(),
        Column::number("Traces", 80.0).unsorted(),
        Column::text("Created", 140.0).unsorted().figures().minor(1),
        Column::text("Id", 120.0).unsorted().minor(2),
    ];
    let counts = scene.loader.ask(&CountsOfExperiments, Lane::Visible);
    memory.scroll.restore(scene, LIST, &mut memory.table.scroll);
    if let Some(row) = memory.row.restore(scene, LIST) {
        memory.cursor = row.map(|id| ExperimentId::from(id.as_str()));
        // Who comes back goes on with the keys where they were.
        memory.wants_focus = memory.cursor.is_some();
    }
    let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
    memory.wants_focus &= !gets_focus;
    let cursor = experiments.iter().position(|one| Some(&one.id) == memory.cursor.as_ref());
    let clock = scene.clock;
    let count_of = |experiment: &Experiment| {
        counts.value().and_then(|list| list.iter().find(|(id, _)| *id == experiment.id)).map(|(_, counts)| *counts)
    };
    let table = Table::new("experiments", "Experiments", &columns, experiments.len());
    let events = table.selected(cursor).focus(gets_focus).show(ui, &mut memory.table, |row, column| {
        let experiment = &experiments[row];
        let number = |number: Option<u64>| number.map_or_else(CellText::unknown, |n| CellText::value(words::count(n)));
        match column {
            0 => CellText::text(experiment.name.clone()).strong(),
            1 => number(count_of(experiment).map(|counts| counts.runs)),
            2 => number(count_of(experiment).and_then(|counts| counts.traces)),
            3 => experiment
                .creation_time_ms
                .map_or_else(CellText::unknown, |ms| CellText::text(moment_short(ms, clock)).tone(Tone::Muted)),
            _ => CellText::value(experiment.id.to_string()).tone(Tone::Muted),
        }
    });
    memory.scroll.note(scene, LIST, memory.table.scroll);
    if let Some(experiment) = events.selected.and_then(|row| experiments.get(row)) {
        memory.cursor = Some(experiment.id.clone());
        scene.act(Action::Selected(LIST, experiment.id.to_string()));
    }
    let opened = events.opened.or(events.cell.map(|(row, _)| row));
    if let Some(experiment) = opened.and_then(|row| experiments.get(row)) {
        scene.go(Place::of_experiment(experiment.id.clone()));
    }
}
