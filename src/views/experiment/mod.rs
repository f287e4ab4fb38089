//! An experiment: its runs in a table, its traces.

mod arrange;
mod cells;
mod export;
mod lines;
mod optimizations;
mod runs;
mod toolbar;

use egui::Ui;

use super::last_shown::LastShown;
use super::names::experiment_name;
use super::parts::place_frame;
use super::scene::Scene;
use super::traces::{TracesMemory, traces_ui};
use crate::analysis::optimizations::Effort;
use crate::loader::{Lane, TraceScope};
use crate::model::dspy::run_names;
use crate::model::{ExperimentCounts, ExperimentId};
use crate::query::{CountsOfExperiments, RunTreeOf};
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
        scene.act(Action::ShowExperimentTab(ExperimentTab::Traces));
        ExperimentTab::Traces
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

    /// The filter of the table is to get the keyboard.
    pub fn focus_filter(&mut self, scene: &Scene<'_>) {
        if let Place::Experiment { experiment, .. } = scene.place() {
            self.runs.of(experiment).bar.focus_filter = true;
        }
    }

    /// The rows on screen get the keyboard, if there are any.
    pub fn focus_rows(&mut self, id: &ExperimentId, tab: ExperimentTab) -> bool {
        match tab {
            ExperimentTab::Traces => self.traces.focus_rows(&TraceScope::Experiment(id.clone())),
            ExperimentTab::Runs => self.runs.of(id).focus_rows(),
            ExperimentTab::Optimizations { everywhere, .. } => {
                self.optimizations.of(&shown(id, everywhere)).focus_rows()
            }
        }
    }

    /// Goes to the next or the previous row.
    pub fn step(&mut self, id: &ExperimentId, tab: ExperimentTab, is_forward: bool) {
        match tab {
            ExperimentTab::Traces => self.traces.step(is_forward),
            ExperimentTab::Runs => self.runs.of(id).step = Some(is_forward),
            ExperimentTab::Optimizations { everywhere, .. } => {
                self.optimizations.of(&shown(id, everywhere)).step(is_forward);
            }
        }
    }
}

/// Whose optimizations are shown: those of one experiment, or of all.
type Shown = Option<ExperimentId>;

fn shown(id: &ExperimentId, everywhere: Option<bool>) -> Shown {
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
            ExperimentTab::Traces => &*traces,
        };
        let title = |tab: &ExperimentTab| tabs::Tab::new(tab.title()).count(count(tab));
        let has_optimizations = memory.has_optimizations(scene, id);
        let is_shown = |one: &&ExperimentTab| {
            has_optimizations || one.is_same_tab(&tab) || !matches!(one, ExperimentTab::Optimizations { .. })
        };
        let titled: Vec<ExperimentTab> = ExperimentTab::ALL.iter().filter(is_shown).copied().collect();
        let titles: Vec<tabs::Tab<'_>> = titled.iter().map(title).collect();
        let selected = titled.iter().position(|one| one.is_same_tab(&tab)).unwrap_or(0);
        if let Some(chosen) = tabs::show(ui, "experiment tabs", "Experiment", &titles, selected) {
            scene.act(Action::ShowExperimentTab(titled[chosen]));
        }
        ui.add_space(size::GAP_S);
        match tab {
            ExperimentTab::Traces => {
                traces_ui(ui, scene, &mut memory.traces, &TraceScope::Experiment(id.clone()));
            }
            ExperimentTab::Optimizations { over, everywhere } => {
                memory.effort = over.unwrap_or(memory.effort);
                let of = shown(id, everywhere);
                optimizations_ui(ui, scene, memory.optimizations.of(&of), &of, memory.effort);
            }
            ExperimentTab::Runs => runs::runs_ui(ui, scene, memory.runs.of(id), id),
        }
    });
}
