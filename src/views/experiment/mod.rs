//! An experiment: its runs in a table, its traces.

mod arrange;
mod cells;
mod export;
mod lines;
mod runs;
mod toolbar;

use egui::Ui;

use super::kept::KeptPlaces;
use super::names::experiment_name;
use super::parts::place_frame;
use super::scene::Scene;
use super::traces::{TracesMemory, traces_ui};
use crate::loader::{Lane, TraceScope};
use crate::model::ExperimentId;
use crate::query::CountsOfExperiments;
use crate::state::{Action, Place, Tab};
use crate::widgets::section::title_ui;
use crate::widgets::tabs;
use crate::widgets::tokens::size;
use crate::words;
use runs::RunsMemory;

/// What the page remembers.
#[derive(Default)]
pub(super) struct ExperimentMemory {
    runs: KeptPlaces<ExperimentId, RunsMemory>,
    traces: TracesMemory,
}

impl ExperimentMemory {
    /// The filter of the table is to get the keyboard.
    pub fn focus_filter(&mut self, scene: &Scene<'_>) {
        if let Place::Experiment(id) = scene.place() {
            self.runs.of(id).bar.focus_filter = true;
        }
    }

    /// The rows on screen get the keyboard, if there are any.
    pub fn take_keys(&mut self, scene: &Scene<'_>, id: &ExperimentId) -> bool {
        match scene.state.location().tab {
            Some(Tab::Traces) => self.traces.take_keys(&TraceScope::Experiment(id.clone())),
            _ => self.runs.of(id).take_keys(),
        }
    }

    /// Goes to the next or the previous row.
    pub fn step(&mut self, scene: &Scene<'_>, id: &ExperimentId, is_forward: bool) {
        match scene.state.location().tab {
            Some(Tab::Traces) => self.traces.step(is_forward),
            _ => self.runs.of(id).step = Some(is_forward),
        }
    }
}

pub(super) fn experiment_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ExperimentMemory, id: &ExperimentId) {
    place_frame().show(ui, |ui| {
        let name = experiment_name(scene, id);
        title_ui(ui, &name);
        ui.add_space(size::GAP_XS);
        let counts = scene.loader.ask(&CountsOfExperiments, Lane::Visible);
        let counts = counts.value().and_then(|list| list.iter().find(|(own, _)| own == id)).map(|(_, counts)| *counts);
        let runs = counts.map(|counts| words::count(counts.runs)).unwrap_or_default();
        let traces = counts.and_then(|counts| counts.traces).map(words::count).unwrap_or_default();
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
            runs::runs_ui(ui, scene, memory.runs.of(id), id);
        }
    });
}
