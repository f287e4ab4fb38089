//! The candidate that is selected in an optimization, told beside the page: its program, what changed in it, which
//! examples it fixed and broke.

mod examples;
mod outcomes;
mod program;

use egui::{Frame, Margin, ScrollArea, Ui, UiBuilder, vec2};

use super::parts::slot_ui;
use super::program_change::{ProgramChangeMemory, Told, against_ui, program_change_ui};
use super::program_name::name_ui;
use super::python::python;
use super::scene::Scene;
use super::scores_of::scores_of;
use crate::analysis::optimization::{Evaluation, ProgramName};
use crate::loader::{Lane, Optimization, ProgramChangeOf, ProgramStateOf};
use crate::model::{ArtifactOwner, RunId};
use crate::query::ArtifactsOf;
use crate::state::{Action, Place, RunTab};
use crate::widgets::chips::Chip;
use crate::widgets::section::text_ui;
use crate::widgets::tabs;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What closes the panel stands here.
const CLOSE: f32 = 34.0;
/// So many runs of a candidate are named.
const RUNS: usize = 6;

/// What is told of a candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Part {
    #[default]
    Program,
    Changes,
    Examples,
}

impl Part {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Program, "Program"), (Self::Changes, "Changes"), (Self::Examples, "Examples")];
}

/// What the panel remembers.
#[derive(Default)]
pub(super) struct CandidateMemory {
    of: Option<RunId>,
    part: Part,
    /// The candidate that is told of: what was selected last and could be read.
    shown: Option<usize>,
    program: program::ProgramPart,
    change: ProgramChangeMemory,
    examples: examples::ExamplesPart,
}

/// A candidate of an optimization, and the evaluation that stands for it.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    found: &'a Optimization,
    at: usize,
    stands_for: &'a Evaluation,
}

impl<'a> Candidate<'a> {
    fn of(found: &'a Optimization, at: usize) -> Option<Self> {
        Some(Self { found, at, stands_for: found.best_evaluation(at)? })
    }

    fn run(&self) -> &'a RunId {
        &self.stands_for.run_id
    }

    fn name(&self) -> ProgramName {
        self.found.names.at(self.at).unwrap_or(ProgramName::at(self.at))
    }
}

/// `wanted`: the place of the candidate that is selected.
pub(super) fn candidate_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut CandidateMemory,
    found: &Optimization,
    wanted: usize,
) {
    if memory.of.as_ref() != Some(&found.run.id) {
        let part = memory.part;
        *memory = CandidateMemory { of: Some(found.run.id.clone()), part, ..CandidateMemory::default() };
    }
    Frame::new().inner_margin(Margin { left: 14, right: 14, top: 2, bottom: 8 }).show(ui, |ui| {
        tabs_ui(ui, memory);
        let Some(candidate) = Candidate::of(found, wanted) else { return };
        // What was selected before stays until there is something to tell of this one.
        if is_known(scene, memory.part, candidate) {
            memory.shown = Some(wanted);
        }
        let at = *memory.shown.get_or_insert(wanted);
        let Some(candidate) = Candidate::of(found, at) else {
            memory.shown = None;
            return;
        };
        ui.add_space(size::GAP_S);
        head_ui(ui, scene, candidate);
        ui.add_space(size::GAP_S);
        match memory.part {
            Part::Program => {
                page_ui(ui, ("program", at), |ui| program::program_ui(ui, scene, &mut memory.program, candidate))
            }
            Part::Changes => page_ui(ui, ("changes", at), |ui| changes_ui(ui, scene, &mut memory.change, candidate)),
            Part::Examples => examples::examples_ui(ui, scene, &mut memory.examples, candidate),
        }
    });
}

fn page_ui(ui: &mut Ui, name: (&str, usize), add: impl FnOnce(&mut Ui)) {
    ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
        add(ui);
        ui.add_space(size::GAP_L);
    });
}

fn tabs_ui(ui: &mut Ui, memory: &mut CandidateMemory) {
    let titles = Part::ALL.map(|(_, title)| tabs::Tab::new(title));
    let selected = Part::ALL.iter().position(|(part, _)| *part == memory.part).unwrap_or(0);
    let area = ui.available_rect_before_wrap();
    let mut row = ui.new_child(UiBuilder::new().id_salt("tabs").max_rect(area.with_max_x(area.right() - CLOSE)));
    if let Some((part, _)) =
        tabs::show(&mut row, "candidate tabs", "Candidate", &titles, selected).and_then(|chosen| Part::ALL.get(chosen))
    {
        memory.part = *part;
    }
    let used = row.min_rect();
    drop(row);
    ui.advance_cursor_after_rect(used);
}

/// Whether what is asked of a candidate was answered, or cannot be.
fn is_known(scene: &mut Scene<'_>, part: Part, candidate: Candidate<'_>) -> bool {
    match part {
        Part::Program => {
            let slot = scene.loader.ask(&ProgramStateOf(candidate.run().clone()), Lane::Selection);
            slot.value().is_some() || slot.error().is_some()
        }
        Part::Changes => {
            let asked = change_of(scene, candidate);
            let slot = scene.loader.ask(&asked, Lane::Selection);
            slot.value().is_some() || slot.error().is_some()
        }
        Part::Examples => {
            let slot = scores_of(scene, &candidate.found.run.id, None);
            slot.value().is_some() || slot.error().is_some()
        }
    }
}

fn change_of(scene: &Scene<'_>, candidate: Candidate<'_>) -> ProgramChangeOf {
    let against = scene.state.settings.compare.against;
    ProgramChangeOf {
        optimization: candidate.found.run.id.clone(),
        run: candidate.run().clone(),
        prompt: None,
        against,
    }
}

/// `● C4 ★  eval_minibatch_2, eval_full_2`, and what can be done with it.
fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, candidate: Candidate<'_>) {
    let Candidate { found, at, .. } = candidate;
    let runs = found.candidates.get(at).into_iter().flat_map(|one| &one.evaluations);
    let runs: Vec<&str> = runs.filter_map(|at| Some(found.evaluations.get(*at)?.name.as_str())).collect();
    let more = runs.len().saturating_sub(RUNS);
    let mut named = runs.iter().take(RUNS).copied().collect::<Vec<_>>().join(", ");
    if more > 0 {
        named.push_str(&format!(" and {} more", words::count(more as u64)));
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        name_ui(ui, candidate.name(), Type::BodyStrong);
        let text = words::one_line(&named, 200);
        let rich = egui::RichText::new(text.as_ref()).font(Type::Small.font());
        let color = Tone::Muted.color(crate::widgets::tokens::Tokens::of(ui));
        ui.add(egui::Label::new(rich.color(color)).truncate());
    });
    ui.add_space(size::GAP_XS);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_S, size::GAP_XS);
        if ui.add(Chip::button("Open program")).on_hover_text("The page of its evaluation").clicked() {
            let experiment = scene.place().experiment().cloned();
            let tab = Some(RunTab::Program { predictor: None });
            scene.go(Place::Run { experiment, run: candidate.run().clone(), tab });
        }
        copy_ui(ui, scene, candidate);
    });
}

/// Python that loads the program, where its state is a file.
fn copy_ui(ui: &mut Ui, scene: &mut Scene<'_>, candidate: Candidate<'_>) {
    let slot = scene.loader.ask(&ProgramStateOf(candidate.run().clone()), Lane::Selection);
    let Some(source) = slot.value().and_then(|found| Some(found.as_ref().as_ref()?.program.source)) else { return };
    let tip = "The class of the program is not stored: that part is yours";
    if source.is_state_file() && ui.add(Chip::button("Copy Python that loads it")).on_hover_text(tip).clicked() {
        let run = candidate.run();
        let tree = scene.loader.ask(&ArtifactsOf(ArtifactOwner::Run(run.clone())), Lane::Visible);
        let folder = tree.value().and_then(|tree| tree.folder.clone());
        scene.act(Action::Copy(python(run, source, folder.as_deref())));
    }
}

fn changes_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ProgramChangeMemory, candidate: Candidate<'_>) {
    let asked = change_of(scene, candidate);
    let slot = scene.loader.ask(&asked, Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "What changed", size::LINE) else { return };
    if let Some(numbered) = found.as_ref() {
        against_ui(ui, scene, &numbered.value);
        ui.add_space(size::GAP_XS);
    }
    let told = Told { of: &candidate.found.run.id, names: Some(&candidate.found.names), asks_writers: true };
    program_change_ui(ui, scene, memory, found, told);
}

/// A sentence where there is nothing else.
fn sentence_ui(ui: &mut Ui, text: &str) {
    text_ui(ui, text, Type::Small, Tone::Muted);
}
