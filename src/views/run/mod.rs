//! A run: what it is, and its tabs.

mod artifacts;
mod metrics;
mod overview;
mod rows;
mod shown_tabs;

pub(super) use overview::reveal_ui;

use egui::Ui;

use super::artifacts_folder::missing_chip_ui;
use super::compare::{EvolutionMemory, evolution_ui};
use super::kept::KeptPlaces;
use super::lineage::{LineageMemory, lineage_ui};
use super::optimization::{OptimizationMemory, optimization_ui};
use super::parts::place_frame;
use super::parts::{link, run_status, run_status_word, short_id, slot_ui};
use super::program::{ProgramMemory, program_ui};
use super::scene::Scene;
use super::time::{moment_short, moment_utc};
use super::traces::{TracesMemory, traces_ui};
use crate::loader::{Lane, RunPage, TraceScope};
use crate::model::{Lifecycle, RunId};
use crate::query::RunPageOf;
use crate::state::{Action, Place, Tab};
use crate::store::Total;
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::tabs;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the page remembers.
#[derive(Default)]
pub(super) struct RunMemory {
    overview: overview::OverviewMemory,
    metrics: KeptPlaces<RunId, metrics::MetricsMemory>,
    artifacts: artifacts::ArtifactsMemory,
    traces: TracesMemory,
    program: ProgramMemory,
    optimization: OptimizationMemory,
    evolution: EvolutionMemory,
    lineage: LineageMemory,
    /// Whether the run is one of GEPA's, once that is known.
    knows_gepa: shown_tabs::KnowsGepa,
}

impl RunMemory {
    /// The table on screen gets the keyboard, if it has rows.
    pub fn take_keys(&mut self, scene: &Scene<'_>, run: &RunId) -> bool {
        match scene.state.location().tab {
            Some(Tab::Traces) => self.traces.take_keys(&TraceScope::Run(run.clone())),
            None | Some(Tab::Optimization) => self.optimization.take_keys(run),
            _ => false,
        }
    }

    /// Goes to the next or the previous trace of the list.
    pub fn step(&mut self, is_forward: bool) {
        self.traces.step(is_forward);
    }
}

impl RunMemory {
    /// The evaluation or candidate on which the keyboard stands, where their table is shown.
    pub fn candidate_at_cursor(&self, scene: &Scene<'_>) -> Option<RunId> {
        let Place::Run { run, .. } = scene.place() else { return None };
        let is_elsewhere = scene.state.location().tab.is_some_and(|tab| tab != Tab::Optimization);
        if is_elsewhere { None } else { self.optimization.run_at_cursor(run) }
    }
}

pub(super) fn run_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut RunMemory, id: &RunId) {
    place_frame().show(ui, |ui| {
        let slot = scene.loader.ask(&RunPageOf(id.clone()), Lane::Selection);
        let Some(page) = slot_ui(ui, scene, &slot, "The run", size::TABLE_ROW) else { return };
        let Some(page) = page.as_ref() else {
            empty_ui(ui, &format!("This store has no run {id}; it may have been deleted for good"), "");
            return;
        };
        header_ui(ui, scene, page);
        let tab = tabs_ui(ui, scene, &mut memory.knows_gepa, page);
        ui.add_space(size::GAP_S);
        match tab {
            Tab::Metrics => {
                let own = memory.metrics.of_or(id, metrics::MetricsMemory::with_drawing_of);
                metrics::metrics_ui(ui, scene, own, page);
            }
            Tab::Traces => traces_ui(ui, scene, &mut memory.traces, &TraceScope::Run(id.clone())),
            Tab::Program => program_ui(ui, scene, &mut memory.program, page),
            Tab::Optimization => optimization_ui(ui, scene, &mut memory.optimization, page),
            Tab::Lineage => lineage_ui(ui, scene, &mut memory.lineage, page),
            Tab::Evolution => evolution_ui(ui, scene, &mut memory.evolution, id),
            Tab::Artifacts => artifacts::artifacts_ui(ui, scene, &mut memory.artifacts, id),
            _ => overview::overview_ui(ui, scene, &mut memory.overview, page),
        }
    });
}

fn header_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage) {
    let run = &page.run;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        let name = if run.name.is_empty() { run.id.as_str() } else { &run.name };
        title_ui(ui, name);
        let status = run_status(&run.status);
        ui.add(Chip::new(&run_status_word(&run.status)).glyph(status.glyph(), status.tone()));
        if run.lifecycle == Lifecycle::Deleted {
            ui.add(Chip::new("deleted").tinted(Tone::Bad));
        }
        if let Some(start) = run.start_time_ms {
            text_ui(ui, &moment_short(start, scene.clock), Type::Small, Tone::Muted).on_hover_text(moment_utc(start));
        }
        if let Some(ms) = rows::duration_ms(run) {
            text_ui(ui, &words::duration_ms(ms), Type::Small, Tone::Muted);
        }
        let id = run.id.to_string();
        let text = short_id(&id);
        if link(ui, &text, Type::ValueSmall, Tone::Muted).on_hover_text(format!("{id}\nClick to copy")).clicked() {
            scene.act(Action::Copy(id));
        }
        super::compare::menu_ui(ui, scene, run);
        missing_chip_ui(ui, scene, page);
        if page.parent.is_none() && run.parent_id.is_some() {
            text_ui(ui, "parent missing", Type::Small, Tone::Warn).on_hover_text("Its parent is not in this store");
        }
        if let Some(parent) = &page.parent {
            text_ui(ui, "in", Type::Small, Tone::Faint);
            if link(ui, &parent.name, Type::Small, Tone::Accent).clicked() {
                let experiment = scene.place().experiment().cloned();
                scene.go(Place::Run { experiment, run: parent.id.clone() });
            }
            if run.parent_inferred {
                text_ui(ui, "inferred", Type::Small, Tone::Faint)
                    .on_hover_text("No parent is stored; it ran while this optimization did");
            }
        }
    });
}

fn tabs_ui(ui: &mut Ui, scene: &mut Scene<'_>, known: &mut shown_tabs::KnowsGepa, page: &RunPage) -> Tab {
    let shown = shown_tabs::shown_tabs(scene, known, page);
    let tab = scene.state.location().tab.unwrap_or(shown_tabs::first(page));
    let metrics = words::count(page.values.metrics.len() as u64);
    let index = scene.loader.trace_index(&TraceScope::Run(page.run.id.clone()), Lane::Visible);
    let traces = index.value().map(|index| match index.total {
        Total::Exact(total) => words::count(total),
        Total::AtLeast(known) => words::count_or_more(known),
    });
    let traces = traces.unwrap_or_default();
    let title = |tab: &Tab| match tab {
        Tab::Metrics => tabs::Tab::new(tab.title()).count(&metrics),
        Tab::Traces => tabs::Tab::new(tab.title()).count(&traces),
        _ => tabs::Tab::new(tab.title()),
    };
    let titles: Vec<tabs::Tab<'_>> = shown.iter().map(title).collect();
    let selected = shown.iter().position(|one| *one == tab).unwrap_or(0);
    match tabs::show(ui, "run tabs", "Run", &titles, selected) {
        Some(chosen) => {
            scene.act(Action::ShowTab(shown[chosen]));
            shown[chosen]
        }
        None => shown[selected],
    }
}
