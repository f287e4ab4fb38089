//! The panel at the left: experiments and, below each, its runs.

mod look;
mod registry;
mod rows;

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Frame, Margin, Ui};

use super::belongs::belongs_to;
use super::command::has_runs_filter;
use super::parts::slot_ui;
use super::program_name;
use super::run_menu::RunMenu;
use super::scene::Scene;
use crate::loader::{Failure, Lane, RunTree, Slot};
use crate::model::{Experiment, ExperimentCounts, ExperimentId, RunId};
use crate::query::{CountsOfExperiments, Experiments, RunTreeOf};
use crate::state::{Action, Place, Subject, TreeKey};
use crate::widgets::empty::empty_ui;
use crate::widgets::field::Field;
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::section_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size;
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::{RowsKind, VirtualRows};
use crate::words;
use rows::{RowKind, Source, TreeLine};

/// An experiment, its runs, or why they could not be read.
type RunsOf = (ExperimentId, Option<Arc<RunTree>>, Option<Failure>);

/// What the rows were made of; they are made anew only when something of it changed.
#[derive(Clone, Default)]
struct MadeOf {
    experiments: Option<Arc<Vec<Experiment>>>,
    counts: Option<Arc<Vec<(ExperimentId, ExperimentCounts)>>>,
    runs: Vec<RunsOf>,
    folds: u64,
    filter: String,
}

fn same<T: ?Sized>(a: &Option<Arc<T>>, b: &Option<Arc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

impl MadeOf {
    fn is_same(&self, other: &Self) -> bool {
        let same_runs = |(a, b): (&RunsOf, &RunsOf)| a.0 == b.0 && same(&a.1, &b.1) && a.2 == b.2;
        same(&self.experiments, &other.experiments)
            && same(&self.counts, &other.counts)
            && self.folds == other.folds
            && self.filter == other.filter
            && self.runs.len() == other.runs.len()
            && self.runs.iter().zip(&other.runs).all(same_runs)
    }
}

/// What the panel remembers.
#[derive(Default)]
pub(super) struct TreeMemory {
    scroll: RowScroll,
    filter: String,
    /// The filter is to get the keyboard.
    pub focus_filter: bool,
    /// The rows are to get the keyboard unless something else has it.
    pub wants_focus: bool,
    cursor: Option<TreeKey>,
    made_of: Option<MadeOf>,
    lines: Vec<TreeLine>,
    shown: Option<Subject>,
    menu: RunMenu,
}

impl TreeMemory {
    /// The tree is hidden: nothing in it is meant by what is pressed now.
    pub fn leave(&mut self) {
        self.cursor = None;
        self.wants_focus = false;
    }

    /// The run that the keyboard stands on, if it was moved there.
    pub fn run_at_cursor(&self) -> Option<&RunId> {
        match self.cursor.as_ref()? {
            TreeKey::Run(run) => Some(run),
            TreeKey::Experiment(_) => None,
        }
    }
}

pub(super) fn tree_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TreeMemory) {
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 10, bottom: 4 }).show(ui, |ui| {
        // In a table of runs the key leads to its filter, and in a list of traces nowhere else.
        let key = if has_runs_filter(scene) || scene.place().lists_traces() { "" } else { "/" };
        let response = Field::new("Filter runs").hint("Filter runs").key(key).show(ui, &mut memory.filter);
        if std::mem::take(&mut memory.focus_filter) {
            response.request_focus();
        }
    });
    registry::prompts_row_ui(ui, scene);
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 4 }).show(ui, |ui| {
        section_ui(ui, "Experiments and runs");
    });
    let slot = scene.loader.ask(&Experiments, Lane::Visible);
    let Some(experiments) = slot_ui(ui, scene, &slot, "The experiments", size::ROW) else { return };
    make_rows(scene, memory, experiments);
    if memory.lines.is_empty() {
        let sentence = if memory.filter.is_empty() {
            "No experiments yet; they appear as soon as MLflow records a run"
        } else {
            "No experiment and no run is called like this"
        };
        empty_ui(ui, sentence, "");
        return;
    }
    rows_ui(ui, scene, memory);
}

fn make_rows(scene: &mut Scene<'_>, memory: &mut TreeMemory, experiments: &Arc<Vec<Experiment>>) {
    let counts = scene.loader.ask(&CountsOfExperiments, Lane::Visible);
    let unfolded = &scene.state.unfolded;
    let mut runs: HashMap<ExperimentId, Slot<RunTree>> = HashMap::new();
    let mut made_of = MadeOf {
        experiments: Some(Arc::clone(experiments)),
        counts: counts.value().cloned(),
        folds: unfolded.version(),
        filter: memory.filter.trim().to_lowercase(),
        runs: Vec::new(),
    };
    for experiment in experiments.iter() {
        // A filter finds runs wherever they are.
        if !made_of.filter.is_empty() || unfolded.has(&TreeKey::Experiment(experiment.id.clone())) {
            let slot = scene.loader.ask(&RunTreeOf(experiment.id.clone()), Lane::Visible);
            made_of.runs.push((experiment.id.clone(), slot.value().cloned(), slot.error().cloned()));
            runs.insert(experiment.id.clone(), slot);
        }
    }
    if memory.made_of.as_ref().is_some_and(|old| old.is_same(&made_of)) {
        return;
    }
    memory.lines = rows::rows(&Source {
        experiments,
        counts: made_of.counts.as_deref().map(Vec::as_slice),
        runs: &runs,
        unfolded,
        filter: &made_of.filter,
    });
    memory.made_of = Some(made_of);
}

/// Where the place on screen stands.
type Home = (Option<ExperimentId>, Option<RunId>);

/// The row of the place on screen.
fn place_row(lines: &[TreeLine], home: &Home) -> Option<usize> {
    let is_it = |line: &TreeLine, run: &RunId| matches!(&line.key, TreeKey::Run(id) if id == run);
    match home {
        (_, Some(run)) => lines.iter().position(|line| is_it(line, run)),
        (Some(id), None) => {
            lines.iter().position(|line| line.experiment == *id && matches!(line.kind, RowKind::Experiment { .. }))
        }
        (None, None) => None,
    }
}

fn rows_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TreeMemory) {
    let place = scene.place().clone();
    let home = belongs_to(scene, &place);
    let current = place_row(&memory.lines, &home);
    // A place that was just gone to is brought into view; afterwards the tree stays where it is.
    let subject = place.subject();
    let is_new = memory.shown.as_ref() != Some(&subject);
    let reveal = current.filter(|_| is_new);
    if is_new && (current.is_some() || matches!(place, Place::Store)) {
        memory.shown = Some(subject);
        memory.cursor = None;
    }
    if is_new && current.is_none() {
        unfold_way(scene, &home, memory.filter.trim().is_empty());
    }
    let cursor_row = memory.cursor.as_ref().and_then(|key| memory.lines.iter().position(|line| line.key == *key));
    let cursor = cursor_row.or(current);
    let mut clicked = None;
    let mut toggled = None;
    let mut asked = None;
    let lines = &memory.lines;
    let response = VirtualRows::new("tree rows", lines.len(), size::ROW)
        .kind(RowsKind::Tree)
        .label("Experiments and runs")
        .cursor(cursor)
        .reveal(reveal)
        .show(ui, &mut memory.scroll, |ui, row| {
            let line = &lines[row.index];
            let is_cursor = cursor == Some(row.index);
            match line_ui(ui, scene, line, row, is_cursor) {
                TreeEvent::Clicked | TreeEvent::DoubleClicked => clicked = Some(row.index),
                TreeEvent::FoldToggled => toggled = Some(row.index),
                TreeEvent::MenuAsked => asked = Some(row.index),
                TreeEvent::None => {}
            }
        });
    if memory.wants_focus && ui.memory(|memory| memory.focused().is_none()) {
        memory.wants_focus = false;
        ui.memory_mut(|memory| memory.request_focus(response.id));
    }
    if let Some(row) = response.moved_to {
        memory.cursor = Some(lines[row].key.clone());
    }
    if let Some(line) = asked.and_then(|row| lines.get(row)) {
        memory.cursor = Some(line.key.clone());
        if let TreeKey::Run(run) = &line.key {
            memory.menu.open(ui, run.clone());
        }
    }
    memory.menu.show(ui, scene);
    let at = response.moved_to.or(cursor);
    if let Some(row) = toggled {
        unfold(scene, &lines[row], lines[row].is_open != Some(true));
    }
    match (at.and_then(|at| lines.get(at)), response.left, response.right) {
        (Some(line), true, _) if line.is_open == Some(true) => unfold(scene, line, false),
        (Some(_), true, _) => {
            if let Some(above) = at.and_then(|at| rows::parent(lines, at)) {
                memory.cursor = Some(lines[above].key.clone());
            }
        }
        (Some(line), _, true) if line.is_open == Some(false) => unfold(scene, line, true),
        _ => {}
    }
    if let Some(line) = clicked.or(at.filter(|_| response.opened)).and_then(|row| lines.get(row)) {
        memory.cursor = Some(line.key.clone());
        open(scene, line);
    }
}

/// Unfolds what hides the run on screen, once its experiment's runs are here.
fn unfold_way(scene: &mut Scene<'_>, home: &Home, is_whole: bool) {
    let (Some(experiment), Some(run)) = home else { return };
    let key = TreeKey::Experiment(experiment.clone());
    if is_whole && !scene.state.unfolded.has(&key) {
        scene.act(Action::Unfold(key, true));
    }
    let slot = scene.loader.ask(&RunTreeOf(experiment.clone()), Lane::Visible);
    let Some(tree) = slot.value() else { return };
    let nodes = &tree.forest.nodes;
    let Some(at) = nodes.iter().position(|node| tree.runs[node.item].id == *run) else { return };
    let mut depth = nodes[at].depth;
    for node in nodes[..at].iter().rev() {
        if node.depth < depth {
            depth = node.depth;
            scene.act(Action::Unfold(TreeKey::Run(tree.runs[node.item].id.clone()), true));
        }
    }
}

fn unfold(scene: &mut Scene<'_>, line: &TreeLine, is_open: bool) {
    if line.is_open.is_some() {
        scene.act(Action::Unfold(line.key.clone(), is_open));
    }
}

fn open(scene: &mut Scene<'_>, line: &TreeLine) {
    match &line.key {
        TreeKey::Run(id) => {
            scene.go(Place::of_run(Some(line.experiment.clone()), id.clone()));
        }
        TreeKey::Experiment(id) => {
            if line.is_open == Some(false) {
                unfold(scene, line, true);
            }
            scene.go(Place::of_experiment(id.clone()));
        }
    }
}

/// How much an experiment holds: its runs, of one without runs its traces.
fn held(counts: ExperimentCounts) -> String {
    match counts.traces {
        Some(traces) if counts.runs == 0 && traces > 0 => words::counted(traces, "trace"),
        _ => words::counted(counts.runs, "run"),
    }
}

fn line_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    line: &TreeLine,
    row: &crate::widgets::virtual_rows::VisibleRow,
    selected: bool,
) -> TreeEvent {
    let fold = match line.is_open {
        None => Fold::Leaf,
        Some(true) => Fold::Open,
        Some(false) => Fold::Closed,
    };
    let base = TreeRow { depth: line.depth, fold, selected, position: Some(line.position), ..TreeRow::default() };
    match &line.kind {
        RowKind::Experiment { name, counts } => {
            let count = counts.map(held).unwrap_or_default();
            let trailing = [Trailing::caption(&count, 76.0)];
            TreeRow { name, strong: true, trailing: &trailing, description: &count, ..base }.show(ui, row)
        }
        RowKind::Run(..) => {
            let Some(run) = line.run() else { return TreeEvent::None };
            let look = look::of(scene, line, run);
            let name = if run.name.is_empty() { run.id.as_str() } else { &run.name };
            let trailing = match look.score.is_empty() {
                false => [Trailing::value(&look.score, 40.0)],
                true => [Trailing::caption(&look.age, 48.0)],
            };
            let tag = look.program.map(|program| program.marked());
            let tone = look.program.map_or(Tone::Accent, program_name::tone);
            let row_of_run = TreeRow {
                name,
                mark: Mark::Status(look.status),
                note: look.note,
                tag: tag.as_deref().map(|tag| (tag, tone)),
                bar: look.share.map(|share| (share as f32, tone)),
                trailing: &trailing,
                description: &look.description,
                ..base
            };
            row_of_run.show(ui, row)
        }
        RowKind::Loading => TreeRow { name: "Loading…", tone: Tone::Muted, ..base }.show(ui, row),
        RowKind::Empty => TreeRow { name: "No runs", tone: Tone::Muted, ..base }.show(ui, row),
        RowKind::Failed(error) => {
            let name = format!("Could not be read: {error}");
            TreeRow { name: &name, tone: Tone::Bad, ..base }.show(ui, row)
        }
    }
}
