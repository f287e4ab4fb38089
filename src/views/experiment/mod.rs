//! An experiment: its runs in a table, its traces.

mod arrange;
mod cells;
mod export;
mod lines;
mod optimizations;
mod runs;
mod toolbar;

use egui::Ui;

use super::examples::{self, ExamplesMemory, examples_ui};
use super::last_shown::LastShown;
use super::names::experiment_name;
use super::parts::place_frame;
use super::scene::Scene;
use super::traces::{Chosen, TracesMemory, traces_ui};
use crate::analysis::optimizations::Effort;
use crate::loader::{Lane, TraceScope};
use crate::model::dspy::run_names;
use crate::model::{ExperimentCounts, ExperimentId};
use crate::query::{CountsOfExperiments, Evaluated, HasPlainEvaluations, RunTreeOf};
use crate::state::{Action, ExperimentTab, Place};
use crate::widgets::section::title_ui;
use crate::widgets::tabs;
use crate::widgets::tokens::size;
use crate::words;
use optimizations::{OptimizationsMemory, optimizations_ui};
use runs::RunsMemory;

/// What the page remembers.
#[derive(Default)]
pub(super) struct ExperimentMemory {
    runs: LastShown<ExperimentId, RunsMemory>,
    traces: TracesMemory,
    examples: ExamplesMemory,
    optimizations: LastShown<Shown, OptimizationsMemory>,
    /// Over what optimizations were drawn last.
    effort: Effort,
    /// The last experiment for which it was told whether it has any.
    has_optimizations: Option<(ExperimentId, bool)>,
    /// The visit for which it was looked whether there are runs to show.
    opened: Option<u64>,
}

impl ExperimentMemory {
    /// Of an experiment that has traces and no runs the traces are shown, unless its runs are asked for afterwards.
    fn first_tab(
        &mut self,
        scene: &mut Scene<'_>,
        tab: ExperimentTab,
        counts: Option<ExperimentCounts>,
    ) -> ExperimentTab {
        let Some(counts) = counts else { return tab };
        let is_new = self.opened.replace(scene.state.visit()) != Some(scene.state.visit());
        let has_traces_alone = counts.runs == 0 && counts.traces.is_some_and(|traces| traces > 0);
        if !is_new || tab != ExperimentTab::Runs || !has_traces_alone {
            return tab;
        }
        scene.act(Action::ShowExperimentTab(ExperimentTab::TRACES));
        ExperimentTab::TRACES
    }

    /// Whether there is an optimization in this experiment: a run with evaluations under it. It stays as it was told
    /// while that is looked up anew.
    fn has_optimizations(&mut self, scene: &mut Scene<'_>, id: &ExperimentId) -> bool {
        let slot = scene.loader.ask(&RunTreeOf(id.clone()), Lane::Visible);
        if let Some(tree) = slot.value() {
            let is_there = run_names::is_optimization(tree.runs.iter().filter(|run| run.parent_id.is_some()));
            self.has_optimizations = Some((id.clone(), is_there));
        }
        self.has_optimizations.as_ref().is_some_and(|(known, is_there)| known == id && *is_there)
    }

    /// The filter of the table or of the examples is to get the keyboard.
    pub fn focus_filter(&mut self, scene: &Scene<'_>) {
        if scene.place().lists_traces() {
            self.traces.focus_filter();
        } else if scene.place().lists_examples() {
            self.examples.focus_filter();
        } else if let Place::Experiment { experiment, .. } = scene.place() {
            self.runs.of(experiment).bar.focus_filter = true;
        }
    }

    /// The rows on screen get the keyboard, if there are any.
    pub fn focus_rows(&mut self, id: &ExperimentId, tab: &ExperimentTab) -> bool {
        match tab {
            ExperimentTab::Traces { .. } => self.traces.focus_rows(&TraceScope::Experiment(id.clone())),
            ExperimentTab::Examples { .. } => self.examples.focus_rows(),
            ExperimentTab::Runs => self.runs.of(id).focus_rows(),
            ExperimentTab::Optimizations { everywhere, .. } => {
                self.optimizations.of(&whose(id, *everywhere)).focus_rows()
            }
        }
    }

    /// Compares the traces of a list that are selected; says whether there are any.
    pub fn compare_picked(&mut self, scene: &mut Scene<'_>, scope: &TraceScope) -> bool {
        self.traces.compare_picked(scene, scope)
    }

    /// No trace of a list is selected any more; says whether any was.
    pub fn unpick(&mut self, scope: &TraceScope) -> bool {
        self.traces.unpick(scope)
    }

    /// Goes to the next or the previous row.
    pub fn step(&mut self, id: &ExperimentId, tab: &ExperimentTab, is_forward: bool) {
        match tab {
            ExperimentTab::Traces { .. } => self.traces.step(is_forward),
            ExperimentTab::Examples { .. } => self.examples.step(is_forward),
            ExperimentTab::Runs => self.runs.of(id).step = Some(is_forward),
            ExperimentTab::Optimizations { everywhere, .. } => {
                self.optimizations.of(&whose(id, *everywhere)).step(is_forward);
            }
        }
    }
}

/// Whose optimizations are shown: those of one experiment, or of all.
type Shown = Option<ExperimentId>;

fn whose(id: &ExperimentId, everywhere: Option<bool>) -> Shown {
    (everywhere != Some(true)).then(|| id.clone())
}

pub(super) fn experiment_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExperimentMemory,
    id: &ExperimentId,
    tab: ExperimentTab,
) {
    place_frame().show(ui, |ui| {
        let name = experiment_name(scene, id);
        title_ui(ui, &name);
        ui.add_space(size::GAP_XS);
        let counts = scene.loader.ask(&CountsOfExperiments, Lane::Visible);
        let counts = counts.value().and_then(|list| list.iter().find(|(own, _)| own == id)).map(|(_, counts)| *counts);
        let tab = memory.first_tab(scene, tab, counts);
        let runs = counts.map(|counts| words::count(counts.runs)).unwrap_or_default();
        let traces = counts.and_then(|counts| counts.traces).map(words::count).unwrap_or_default();
        let optimizations = optimizations::count(memory.optimizations.of(&Some(id.clone())));
        let count = |tab: &ExperimentTab| match tab {
            ExperimentTab::Optimizations { .. } => &*optimizations,
            ExperimentTab::Runs => &*runs,
            ExperimentTab::Traces { .. } => &*traces,
            ExperimentTab::Examples { .. } => "",
        };
        let title = |tab: &ExperimentTab| tabs::Tab::new(tab.title()).count(count(tab));
        let has_optimizations = memory.has_optimizations(scene, id);
        let shown = shown_tabs(scene, id, &tab, has_optimizations);
        let titles: Vec<tabs::Tab<'_>> = shown.iter().map(title).collect();
        let selected = shown.iter().position(|one| one.is_same_tab(&tab)).unwrap_or(0);
        let chosen = tabs::show(ui, "experiment tabs", "Experiment", &titles, selected);
        if let Some(chosen) = chosen.and_then(|chosen| shown.get(chosen)) {
            scene.act(Action::ShowExperimentTab(chosen.clone()));
        }
        ui.add_space(size::GAP_S);
        match tab {
            ExperimentTab::Traces { filter, sort } => {
                let chosen = Chosen { filter, sort };
                traces_ui(ui, scene, &mut memory.traces, &TraceScope::Experiment(id.clone()), chosen);
            }
            ExperimentTab::Examples { example, evaluation, only } => {
                let chosen = examples::Chosen { example, evaluation, only };
                examples_ui(ui, scene, &mut memory.examples, &Evaluated::Experiment(id.clone()), &chosen);
            }
            ExperimentTab::Optimizations { over, everywhere } => {
                memory.effort = over.unwrap_or(memory.effort);
                let of = whose(id, everywhere);
                optimizations_ui(ui, scene, memory.optimizations.of(&of), &of, memory.effort);
            }
            ExperimentTab::Runs => runs::runs_ui(ui, scene, memory.runs.of(id), id),
        }
    });
}

/// The tabs of an experiment: that of the examples where several plain evaluations have some, that of the optimizations
/// where there are any. The one that is shown stands among them in any case.
fn shown_tabs(
    scene: &mut Scene<'_>,
    id: &ExperimentId,
    shown: &ExperimentTab,
    has_optimizations: bool,
) -> Vec<ExperimentTab> {
    let has_examples = scene.loader.ask(&HasPlainEvaluations(id.clone()), Lane::Prefetch);
    let has_examples = has_examples.value().is_some_and(|has_examples| **has_examples);
    let has = |tab: &ExperimentTab| match tab {
        ExperimentTab::Runs | ExperimentTab::Traces { .. } => true,
        ExperimentTab::Examples { .. } => has_examples || tab.is_same_tab(shown),
        ExperimentTab::Optimizations { .. } => has_optimizations || tab.is_same_tab(shown),
    };
    ExperimentTab::ALL.iter().filter(|tab| has(tab)).cloned().collect()
}
