//! A list of traces that never pages visibly: all handles at once, lines as they come into view.

mod rows;

pub(super) use rows::status_word;

use egui::Ui;

use super::parts::slot_ui;
use super::scene::Scene;
use super::scroll::{KeptRow, KeptScroll};
use super::step::neighbour;
use crate::loader::{Lane, TraceScope};
use crate::query::TraceIndexOf;
use crate::state::{Action, Place};
use crate::store::TraceHandle;
use crate::widgets::empty::empty_ui;
use crate::widgets::table::{Table, TableState};
use crate::widgets::tokens::size;

/// Lines that are read beyond the visible ones, in both directions.
const AHEAD: usize = 30;

/// What the history calls this list.
const LIST: &str = "traces";

/// What a list remembers.
#[derive(Default)]
pub(super) struct TracesMemory {
    table: TableState,
    scroll: KeptScroll,
    row: KeptRow,
    /// The lines are to get the keyboard as soon as nothing else has it.
    wants_focus: bool,
    has_lines: bool,
    scope: Option<TraceScope>,
    /// The next line is to get the keyboard, or the previous one.
    step: Option<bool>,
    /// The line the keyboard stands on; it stays with its trace when newer ones come.
    cursor: Option<TraceHandle>,
}

impl TracesMemory {
    /// The lines of this list get the keyboard, if it is on screen and has any.
    pub fn take_keys(&mut self, scope: &TraceScope) -> bool {
        self.wants_focus = self.has_lines && self.scope.as_ref() == Some(scope);
        self.wants_focus
    }

    /// Goes to the next or the previous line.
    pub fn step(&mut self, is_forward: bool) {
        self.step = Some(is_forward);
    }
}

pub(super) fn traces_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TracesMemory, scope: &TraceScope) {
    if memory.scope.as_ref() != Some(scope) {
        *memory = TracesMemory { scope: Some(scope.clone()), ..TracesMemory::default() };
    }
    let slot = scene.loader.ask(&TraceIndexOf(scope.clone()), Lane::Selection);
    let Some(index) = slot_ui(ui, scene, &slot, "The traces", size::TABLE_ROW) else { return };
    memory.has_lines = !index.handles.is_empty();
    if index.handles.is_empty() {
        let sentence = "No traces; they appear when a DSPy program runs with mlflow.dspy.autolog()";
        empty_ui(ui, sentence, "");
        return;
    }
    let handles = &index.handles;
    let columns = rows::columns();
    let clock = scene.clock;
    if let Some(row) = memory.row.restore(scene, LIST) {
        memory.cursor = row.as_ref().and_then(|row| row.parse().ok()).map(TraceHandle);
        // Who comes back goes on with the keys where they were.
        memory.wants_focus = memory.cursor.is_some();
    }
    let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
    memory.wants_focus &= !gets_focus;
    let selected = memory.cursor.and_then(|cursor| handles.iter().position(|handle| *handle == cursor));
    let stepped = memory.step.take().and_then(|is_forward| match selected {
        Some(at) => neighbour(at, handles.len(), is_forward),
        None => Some(if is_forward { 0 } else { handles.len() - 1 }),
    });
    memory.scroll.restore(scene, LIST, &mut memory.table.scroll);
    let loader = &*scene.loader;
    let table =
        Table::new("traces", "Traces", &columns, handles.len()).selected(selected).reveal(stepped).focus(gets_focus);
    let events = table.show(ui, &mut memory.table, |row, column| {
        match handles.get(row).and_then(|handle| loader.trace_row(*handle)) {
            Some(line) => rows::cell(line, column, clock),
            None => rows::waiting(column),
        }
    });
    let visible = &events.visible;
    let from = visible.start.saturating_sub(AHEAD);
    let to = (visible.end + AHEAD).min(handles.len());
    scene.loader.want_trace_rows(&handles[from.min(to)..to], Lane::Visible);
    memory.scroll.note(scene, LIST, memory.table.scroll);
    if let Some(row) = events.selected.or(stepped) {
        memory.cursor = handles.get(row).copied();
        if let Some(handle) = memory.cursor {
            scene.act(Action::Selected(LIST, handle.0.to_string()));
        }
    }
    let opened = events.opened.or(events.cell.map(|(row, _)| row));
    let line = opened.and_then(|row| handles.get(row)).and_then(|handle| scene.loader.trace_row(*handle));
    if let Some(trace) = line.map(|line| line.id.clone()) {
        let place = scene.place();
        let (experiment, run) = (place.experiment().cloned(), place.run().cloned());
        scene.go(Place::Trace { experiment, run, trace });
    }
}
