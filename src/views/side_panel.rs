//! The panel at the right: what is selected at a place, told beside it. Places ask for none of it: here stands which
//! panel a place has, how much room it gets, how it is closed and opened again.

use egui::{Rect, Ui, UiBuilder, pos2, vec2};

use super::candidate::{CandidateMemory, candidate_ui};
use super::command::Command;
use super::details::{DetailsMemory, details_ui};
use super::example_details::{Chosen, ExampleDetailsMemory, example_details_ui};
use super::names::run_page;
use super::parts::icon_button;
use super::run;
use super::scene::Scene;
use crate::loader::{Lane, Optimization};
use crate::model::RunId;
use crate::model::dspy::run_names;
use crate::query::OptimizationOf;
use crate::state::{Action, Place, RunTab, SidePanel};
use crate::widgets::glyphs::Glyph;
use crate::widgets::split::PanelPlan;
use crate::widgets::tokens::{Tokens, size};

/// The widths of the panels, unless the user set others.
const SPAN: f32 = 560.0;
const SELECTED: f32 = 380.0;
/// A page that keeps so much has room for a panel at its right.
const PAGE: f32 = 600.0;
/// What brings a closed panel back is so wide.
pub(super) const STRIP: f32 = 30.0;

/// What the panels remember.
#[derive(Default)]
pub(super) struct SidePanelMemory {
    span: DetailsMemory,
    candidate: CandidateMemory,
    example: ExampleDetailsMemory,
    /// There was room for the panel in the last frame; none where there was no panel.
    has_room: Option<bool>,
}

/// What is told at the right of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Panel {
    /// The focused span of a trace. Where there is no room, it is a tab of the trace.
    Span,
    /// What is selected on the page of a run.
    Selected(SidePanel),
}

/// The panel of the place on screen, if it has something to tell.
pub(super) fn panel_of(scene: &mut Scene<'_>) -> Option<Panel> {
    match scene.place().clone() {
        Place::Trace { .. } => Some(Panel::Span),
        Place::Run { run, tab, .. } => {
            let page = run_page(scene, &run);
            let page = page.as_deref()?.as_ref()?;
            match run::shown_tab(scene, page, tab) {
                RunTab::Optimization { .. } if run_names::is_optimization(&page.children) => {
                    let slot = scene.loader.ask(&OptimizationOf(run), Lane::Selection);
                    let found = slot.value().and_then(|found| found.as_ref().as_ref());
                    // Nothing moves when the answer comes: most have candidates.
                    let has_some = found.is_none_or(|found| !found.candidates.is_empty());
                    has_some.then_some(Panel::Selected(SidePanel::Candidate))
                }
                RunTab::Examples { .. } => Some(Panel::Selected(SidePanel::Example)),
                _ => None,
            }
        }
        Place::Store
        | Place::Experiment { .. }
        | Place::ProgramHistory(_)
        | Place::Compare { .. }
        | Place::CompareTraces(_)
        | Place::Search(_)
        | Place::Prompts(_) => None,
    }
}

/// How the window is divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    /// The width of the tree, if it is shown.
    pub tree: Option<f32>,
    /// The width of the panel, if it is shown.
    pub right: Option<f32>,
    /// It is closed, and can be opened.
    pub has_strip: bool,
}

impl Layout {
    /// Of a window that is `width` wide, with a tree that is so wide if it is shown.
    pub fn of(
        scene: &Scene<'_>,
        memory: &mut SidePanelMemory,
        panel: Option<Panel>,
        (width, tree): (f32, Option<f32>),
    ) -> Self {
        let settings = &scene.state.settings;
        memory.has_room = None;
        let none = Self { tree, right: None, has_strip: false };
        match panel {
            None => none,
            Some(Panel::Span) => {
                let plan = PanelPlan::new(width, tree, settings.details_width.unwrap_or(SPAN));
                Self { tree: tree.map(|tree| plan.right.map_or(tree, |_| plan.left)), right: plan.right, ..none }
            }
            Some(Panel::Selected(kind)) => {
                let wanted = settings.side_panel.width(kind).unwrap_or(SELECTED);
                let has_room = width - tree.unwrap_or(0.0) - wanted >= PAGE;
                memory.has_room = Some(has_room);
                if !settings.side_panel.is_shown(has_room) {
                    return Self { has_strip: true, ..none };
                }
                let plan = PanelPlan::new(width, tree, wanted);
                if plan.right.is_some() {
                    return Self { tree: tree.map(|_| plan.left), right: plan.right, ..none };
                }
                // Who wants to see it sees it: the tree gives way as long as it is open.
                let plan = PanelPlan::new(width, None, wanted);
                match plan.right {
                    Some(right) => Self { tree: None, right: Some(right), ..none },
                    None => none,
                }
            }
        }
    }
}

/// The width that a double click on its border brings back.
pub(super) fn normal(panel: Panel) -> f32 {
    match panel {
        Panel::Span => SPAN,
        Panel::Selected(_) => SELECTED,
    }
}

/// What its border is called.
pub(super) fn border(panel: Panel) -> (&'static str, &'static str) {
    match panel {
        Panel::Span => ("details", "Width of the details"),
        Panel::Selected(SidePanel::Candidate) => ("candidate", "Width of the candidate"),
        Panel::Selected(SidePanel::Example) => ("example", "Width of the example"),
    }
}

/// It was made this wide.
pub(super) fn widened(panel: Panel, width: f32) -> Action {
    match panel {
        Panel::Span => Action::DetailsWidth(width),
        Panel::Selected(kind) => Action::SidePanelWidth(kind, width),
    }
}

/// Draws it into its place. `candidate`: a run of the one that is selected.
pub(super) fn panel_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut SidePanelMemory,
    (panel, candidate): (Panel, Option<RunId>),
) {
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, Tokens::of(ui).bg_panel);
    match panel {
        Panel::Span => {
            details_ui(ui, scene, &mut memory.span);
            return;
        }
        Panel::Selected(SidePanel::Candidate) => selected_candidate_ui(ui, scene, memory, candidate.as_ref()),
        Panel::Selected(SidePanel::Example) => selected_example_ui(ui, scene, memory),
    }
    close_ui(ui, scene, memory, rect);
}

/// The details of a span, where they are a tab of its trace.
pub(super) fn span_memory(memory: &mut SidePanelMemory) -> &mut DetailsMemory {
    &mut memory.span
}

fn selected_candidate_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SidePanelMemory, candidate: Option<&RunId>) {
    let Place::Run { run, .. } = scene.place().clone() else { return };
    let slot = scene.loader.ask(&OptimizationOf(run), Lane::Selection);
    let Some(found) = slot.value().cloned() else { return };
    let Some(found) = found.as_ref() else { return };
    let selected = candidate.and_then(|run| found.candidate_of(run)).or_else(|| first_candidate(found));
    if let Some(selected) = selected {
        candidate_ui(ui, scene, &mut memory.candidate, found, selected);
    }
}

/// The one that is told of until one is selected: the winner, else the first.
fn first_candidate(found: &Optimization) -> Option<usize> {
    let winner = found.winner.as_ref().and_then(|winner| found.candidate_of(winner.run_ids.first()?));
    winner.or((!found.candidates.is_empty()).then_some(0))
}

fn selected_example_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SidePanelMemory) {
    let Place::Run { run, tab: Some(RunTab::Examples { example, evaluation, .. }), .. } = scene.place().clone() else {
        return;
    };
    let chosen = Chosen { of: &run, example, evaluation: evaluation.as_ref() };
    example_details_ui(ui, scene, &mut memory.example, chosen);
}

/// The cross in its corner.
fn close_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &SidePanelMemory, rect: Rect) {
    let at = pos2(rect.right() - size::CONTROL - size::GAP_S, rect.top() + size::GAP_XS + 1.0);
    let corner = Rect::from_min_size(at, vec2(size::CONTROL, size::CONTROL));
    let mut corner = ui.new_child(UiBuilder::new().id_salt("close").max_rect(corner));
    let tip = format!("Close  {}", Command::TogglePanel.key_text(ui.ctx()));
    if icon_button(&mut corner, Glyph::Cross, "Close the details", &tip, true).clicked() {
        toggle(scene, memory);
    }
}

/// What stands at the right edge while the panel is closed.
pub(super) fn strip_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &SidePanelMemory) {
    let rect = ui.max_rect();
    let tokens = Tokens::of(ui);
    ui.painter().rect_filled(rect, 0.0, tokens.bg_panel);
    ui.painter().vline(rect.left() + size::RULE / 2.0, rect.y_range(), (size::RULE, tokens.line));
    let at = Rect::from_min_size(pos2(rect.left() + 2.0, rect.top() + size::GAP_XS + 1.0), vec2(26.0, size::CONTROL));
    let mut corner = ui.new_child(UiBuilder::new().id_salt("open").max_rect(at));
    let tip = format!("What is selected, told beside the page  {}", Command::TogglePanel.key_text(ui.ctx()));
    if icon_button(&mut corner, Glyph::Back, "Open the details", &tip, true).clicked() {
        toggle(scene, memory);
    }
}

/// Closes it, or opens it again.
pub(super) fn toggle(scene: &mut Scene<'_>, memory: &SidePanelMemory) {
    if let Some(has_room) = memory.has_room {
        let shows = !scene.state.settings.side_panel.is_shown(has_room);
        scene.act(Action::ShowSidePanel { has_room, shows });
    }
}

/// Closes it where others had to give way to it; says whether it did.
pub(super) fn give_way(scene: &mut Scene<'_>, memory: &SidePanelMemory) -> bool {
    let is_in_the_way = memory.has_room == Some(false) && scene.state.settings.side_panel.is_shown(false);
    if is_in_the_way {
        toggle(scene, memory);
    }
    is_in_the_way
}
