//! A run: what it is, and its tabs.

mod artifacts;
mod metrics;
mod overview;
mod rows;
mod shown_tabs;

use std::time::Duration;

use egui::{Label, RichText, Ui};

use super::artifacts_folder::missing_chip_ui;
use super::doctor::doctor_ui;
use super::doctor_line::diagnosis;
use super::evolution::{self, EvolutionMemory, evolution_ui};
use super::examples::{self, ExamplesMemory, examples_ui};
use super::family_tree::{FamilyTreeMemory, family_tree_ui};
use super::last_shown::LastShown;
use super::optimization::{OptimizationMemory, optimization_ui};
use super::parts::place_frame;
use super::parts::{link, short_id, slot_ui};
use super::program::{ProgramMemory, program_ui};
use super::program_name::{name_ui, of_run};
use super::scene::Scene;
use super::scores_of::evaluated;
use super::slices::{SlicesMemory, slices_ui};
use super::standing::{progress, standing};
use super::time::{moment_short, moment_utc};
use super::traces::{Chosen, TracesMemory, traces_ui};
use super::used_prompts::used_prompts_ui;
use crate::loader::{Lane, RunPage, TraceScope};
use crate::model::{Lifecycle, PromptUser, RunId};
use crate::query::RunPageOf;
use crate::state::{Action, Place, RunTab};
use crate::store::Total;
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::glyphs::Status;
use crate::widgets::section::{text_ui, title_ui};
use crate::widgets::tabs;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// What the page remembers.
#[derive(Default)]
pub(super) struct RunMemory {
    overview: overview::OverviewMemory,
    metrics: LastShown<RunId, metrics::MetricsMemory>,
    artifacts: artifacts::ArtifactsMemory,
    traces: TracesMemory,
    program: ProgramMemory,
    optimization: OptimizationMemory,
    evolution: EvolutionMemory,
    examples: ExamplesMemory,
    family_tree: FamilyTreeMemory,
    slices: SlicesMemory,
    /// Whether the run is one of GEPA's, once that is known.
    knows_gepa: shown_tabs::KnowsGepa,
    /// How many findings the run doctor has, of the run that it looked at last.
    findings: Option<(RunId, usize)>,
    /// The tabs that the run on screen has.
    tabs: Vec<RunTab>,
}

impl RunMemory {
    /// The table on screen gets the keyboard, if it has rows.
    pub fn focus_rows(&mut self, run: &RunId, tab: Option<&RunTab>) -> bool {
        match tab {
            Some(RunTab::Traces { .. }) => self.traces.focus_rows(&TraceScope::Run(run.clone())),
            Some(RunTab::Examples { .. }) => self.examples.focus_rows(),
            tab => shows_candidates(tab) && self.optimization.focus_rows(run),
        }
    }

    /// Whether the selected candidate is told beside the page.
    pub fn set_told_beside(&mut self, is_told: bool) {
        self.optimization.set_told_beside(is_told);
    }

    /// The tabs of the run on screen.
    pub fn shown_tabs(&self) -> &[RunTab] {
        &self.tabs
    }

    /// The filter of the examples is to get the keyboard.
    pub fn focus_filter(&mut self, scene: &Scene<'_>) {
        if scene.place().lists_traces() {
            return self.traces.focus_filter();
        }
        self.examples.focus_filter();
    }

    /// Compares the traces of a list that are selected; says whether there are any.
    pub fn compare_picked(&mut self, scene: &mut Scene<'_>, scope: &TraceScope) -> bool {
        self.traces.compare_picked(scene, scope)
    }

    /// No trace of a list is selected any more; says whether any was.
    pub fn unpick(&mut self, scope: &TraceScope) -> bool {
        self.traces.unpick(scope)
    }

    /// Goes to the next or the previous row of the list of traces or of the examples, whichever is on screen.
    pub fn step(&mut self, place: &Place, is_forward: bool) {
        if place.lists_examples() {
            self.examples.step(is_forward);
        } else {
            self.traces.step(is_forward);
        }
    }
}

impl RunMemory {
    /// The evaluation or candidate on which the keyboard stands, where their table is shown.
    pub fn candidate_at_cursor(&self, scene: &Scene<'_>) -> Option<RunId> {
        let Place::Run { run, tab, .. } = scene.place() else { return None };
        shows_candidates(tab.as_ref()).then(|| self.optimization.run_at_cursor(run)).flatten()
    }
}

/// Whether the table of an optimization's candidates may be on screen.
fn shows_candidates(tab: Option<&RunTab>) -> bool {
    match tab {
        None | Some(RunTab::Optimization { .. }) => true,
        Some(
            RunTab::Examples { .. }
            | RunTab::Slices { .. }
            | RunTab::FamilyTree { .. }
            | RunTab::Evolution { .. }
            | RunTab::Doctor
            | RunTab::Overview { .. }
            | RunTab::Program { .. }
            | RunTab::Metrics { .. }
            | RunTab::Traces { .. }
            | RunTab::Artifacts { .. },
        ) => false,
    }
}

/// The tab of a run that is on screen. `wanted`: the one that was chosen, if any.
pub(super) fn shown_tab(scene: &mut Scene<'_>, page: &RunPage, wanted: Option<RunTab>) -> RunTab {
    wanted.unwrap_or_else(|| shown_tabs::first(scene, page))
}

pub(super) fn run_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut RunMemory, id: &RunId, tab: Option<RunTab>) {
    place_frame().show(ui, |ui| {
        let slot = scene.loader.ask(&RunPageOf(id.clone()), Lane::Selection);
        let Some(page) = slot_ui(ui, scene, &slot, "The run", size::TABLE_ROW) else { return };
        let Some(page) = page.as_ref() else {
            empty_ui(ui, &format!("This store has no run {id}; it may have been deleted for good"), "");
            return;
        };
        header_ui(ui, scene, page);
        let tab = tabs_ui(ui, scene, memory, page, tab);
        ui.add_space(size::GAP_S);
        match tab {
            RunTab::Optimization { candidate } => {
                optimization_ui(ui, scene, &mut memory.optimization, page, candidate.as_ref());
            }
            RunTab::Examples { example, evaluation, only } => {
                let of = evaluated(page);
                let chosen = examples::Chosen { example, evaluation, only };
                examples_ui(ui, scene, &mut memory.examples, &of, &chosen);
            }
            RunTab::Slices { field } => slices_ui(ui, scene, &mut memory.slices, page, field.as_deref()),
            RunTab::FamilyTree { candidate } => family_tree_ui(ui, scene, &mut memory.family_tree, page, candidate),
            RunTab::Evolution { predictor, phrase, against } => {
                let chosen = evolution::Chosen { predictor, phrase, against };
                evolution_ui(ui, scene, &mut memory.evolution, id, &chosen);
            }
            RunTab::Doctor => doctor_ui(ui, scene, page),
            RunTab::Overview { value } => {
                overview::overview_ui(ui, scene, &mut memory.overview, page, value.as_deref());
            }
            RunTab::Program { predictor } => {
                program_ui(ui, scene, &mut memory.program, page, predictor.as_deref());
            }
            RunTab::Metrics { key } => {
                let own = memory.metrics.of_or(id, metrics::MetricsMemory::with_drawing_of);
                metrics::metrics_ui(ui, scene, own, page, key.as_deref());
            }
            RunTab::Traces { filter, sort } => {
                let chosen = Chosen { filter, sort };
                traces_ui(ui, scene, &mut memory.traces, &TraceScope::Run(id.clone()), chosen);
            }
            RunTab::Artifacts { path } => {
                artifacts::artifacts_ui(ui, scene, &mut memory.artifacts, id, path.as_deref());
            }
        }
    });
}

/// With less room than this the head of the page names no more than what tells runs apart.
const NARROW: f32 = 560.0;

fn header_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage) {
    let run = &page.run;
    // One line, where it can be: its start and its id stand in the overview too.
    let is_narrow = ui.available_width() < NARROW;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        let name = if run.name.is_empty() { run.id.as_str() } else { &run.name };
        title_ui(ui, name);
        if let Some(program) = of_run(scene, &run.id).filter(|program| !program.is_of_winner) {
            let tip = "The program that it evaluated, as its optimization calls it everywhere";
            name_ui(ui, program.name, Type::BodyStrong).on_hover_text(tip);
        }
        let standing = standing(scene, &run.experiment_id, run);
        let chip = ui.add(Chip::new(&standing.word).glyph(standing.status.glyph(), standing.status.tone()));
        if let Some(start) = run.start_time_ms.filter(|_| is_narrow) {
            chip.on_hover_text(format!("Started {}, {}", moment_short(start, scene.clock), moment_utc(start)));
        }
        if run.lifecycle == Lifecycle::Deleted {
            ui.add(Chip::new("deleted").tinted(Tone::Bad));
        }
        if let Some(start) = run.start_time_ms.filter(|_| !is_narrow) {
            text_ui(ui, &moment_short(start, scene.clock), Type::Small, Tone::Muted).on_hover_text(moment_utc(start));
        }
        if let Some(ms) = run.duration_ms() {
            text_ui(ui, &words::duration_ms(ms), Type::Small, Tone::Muted);
        }
        let said = progress(page, &standing, scene.clock);
        for said in &said {
            // None of them breaks in its middle.
            let text = RichText::new(said).font(Type::Small.font()).color(Tone::Warn.color(Tokens::of(ui)));
            let response = ui.add(Label::new(text).extend());
            if let Some(ms) = standing.last_written_ms {
                response.on_hover_text(format!("Last written {}", moment_utc(ms)));
            }
        }
        // It goes on by itself.
        if standing.status == Status::Running && !said.is_empty() && !scene.clock.is_fixed {
            ui.ctx().request_repaint_after(Duration::from_secs(1));
        }
        if !is_narrow {
            let id = run.id.to_string();
            let text = short_id(&id);
            if link(ui, &text, Type::ValueSmall, Tone::Muted).on_hover_text(format!("{id}\nClick to copy")).clicked() {
                scene.act(Action::Copy(id));
            }
        }
        super::run_menu::compare_button_ui(ui, scene, run);
        missing_chip_ui(ui, scene, page);
        used_prompts_ui(ui, scene, PromptUser::Run(run.id.clone()));
        if page.parent.is_none() && run.parent_id.is_some() {
            text_ui(ui, "parent missing", Type::Small, Tone::Warn).on_hover_text("Its parent is not in this store");
        }
        if let Some(parent) = &page.parent {
            text_ui(ui, "in", Type::Small, Tone::Faint);
            if link(ui, &parent.name, Type::Small, Tone::Accent).clicked() {
                let experiment = scene.place().experiment().cloned();
                scene.go(Place::of_run(experiment, parent.id.clone()));
            }
            if run.parent_inferred {
                text_ui(ui, "inferred", Type::Small, Tone::Faint)
                    .on_hover_text("No parent is stored; it ran while this optimization did");
            }
        }
    });
}

/// The row of tabs; returns the one that is shown. `wanted`: the one that was chosen, if any.
fn tabs_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut RunMemory,
    page: &RunPage,
    wanted: Option<RunTab>,
) -> RunTab {
    let tab = shown_tab(scene, page, wanted);
    let shown = shown_tabs::shown_tabs(scene, &mut memory.knows_gepa, page, &tab);
    memory.tabs.clone_from(&shown);
    let metrics = words::count(page.values.metrics.len() as u64);
    let scope = TraceScope::Run(page.run.id.clone());
    // A list in pages is read whole for who looks at it, not for its number on a tab.
    let index = if tab.is_same_tab(&RunTab::TRACES) {
        scene.loader.trace_index(&scope, Lane::Visible)
    } else {
        scene.loader.first_traces(&scope, Lane::Visible)
    };
    let traces = index.value().map(|index| match index.total {
        Total::Exact(total) => words::count(total),
        Total::AtLeast(known) => words::count_or_more(known),
    });
    let traces = traces.unwrap_or_default();
    let findings = findings(scene, memory, page, &tab);
    let title = |tab: &RunTab| match tab {
        RunTab::Metrics { .. } => tabs::Tab::new(tab.title()).count(&metrics),
        RunTab::Traces { .. } => tabs::Tab::new(tab.title()).count(&traces),
        RunTab::Doctor => tabs::Tab::new(tab.title()).count(&findings),
        RunTab::Optimization { .. }
        | RunTab::Examples { .. }
        | RunTab::Slices { .. }
        | RunTab::FamilyTree { .. }
        | RunTab::Evolution { .. }
        | RunTab::Overview { .. }
        | RunTab::Program { .. }
        | RunTab::Artifacts { .. } => tabs::Tab::new(tab.title()),
    };
    let titles: Vec<tabs::Tab<'_>> = shown.iter().map(title).collect();
    let selected = shown.iter().position(|one| one.is_same_tab(&tab)).unwrap_or(0);
    match tabs::show(ui, "run tabs", "Run", &titles, selected).and_then(|chosen| shown.get(chosen)) {
        Some(chosen) => {
            scene.act(Action::ShowRunTab(chosen.clone()));
            chosen.clone()
        }
        None => tab,
    }
}

/// How many findings the run doctor has, once it has looked: it looks for who sees the story of an optimization.
fn findings(scene: &mut Scene<'_>, memory: &mut RunMemory, page: &RunPage, tab: &RunTab) -> String {
    let id = &page.run.id;
    if matches!(tab, RunTab::Optimization { .. } | RunTab::Doctor)
        && memory.tabs.iter().any(|shown| shown.is_same_tab(&RunTab::Doctor))
        && let Some(found) = diagnosis(scene, id, &page.run.status)
    {
        memory.findings = found.as_ref().as_ref().map(|found| (id.clone(), found.findings.len()));
    }
    let known = memory.findings.as_ref().filter(|(run, _)| run == id);
    known.map_or_else(String::new, |(_, findings)| words::count(*findings as u64))
}
