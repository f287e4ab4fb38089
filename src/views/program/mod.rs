//! The program of a run: its predictors with instructions, fields, demos and LM settings.

mod fields;
mod head;
mod predictor;
mod rows;

use std::sync::Arc;

use egui::{Panel, ScrollArea, Ui};

use super::body::json::JsonMemory;
use super::body::text::TextMemory;
use super::command::Command;
use super::demos::{DEMOS, DemosMemory};
use super::parts::slot_ui;
use super::scene::Scene;
use super::scroll::NotedRow;
use crate::loader::{Lane, PreparedProgram, ProgramOf, RunPage};
use crate::model::dspy::run_names;
use crate::model::{ArtifactOwner, ProgramSource, RunId};
use crate::query::ArtifactsOf;
use crate::state::{Action, RunTab};
use crate::widgets::empty::empty_ui;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::scroll::RowScroll;
use crate::widgets::table::TableState;
use crate::widgets::tokens::size;
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::{RowsKind, VirtualRows};

/// What the tab remembers.
#[derive(Default)]
pub(super) struct ProgramMemory {
    /// The program and the predictor that the rest belongs to.
    shown: Option<(Arc<Option<PreparedProgram>>, usize)>,
    list: RowScroll,
    instructions: TextMemory,
    source: TextMemory,
    fields: TableState,
    demos: DemosMemory,
    rest: JsonMemory,
    program_rest: JsonMemory,
    /// The demo that was chosen elsewhere, on the way here.
    noted: NotedRow,
    /// The demos are to be scrolled to.
    goes_to_demos: bool,
    /// The file that is to be written as soon as it is read.
    exports: Option<String>,
}

impl ProgramMemory {
    /// Forgets what belongs to another predictor.
    fn reset_for(&mut self, program: &Arc<Option<PreparedProgram>>, predictor: usize) {
        let is_same = self.shown.as_ref().is_some_and(|(known, at)| Arc::ptr_eq(known, program) && *at == predictor);
        if !is_same {
            let (exports, noted) = (self.exports.take(), std::mem::take(&mut self.noted));
            let shown = Some((Arc::clone(program), predictor));
            *self = Self { shown, list: self.list, exports, noted, ..Self::default() };
        }
    }
}

/// The list of predictors beside the one that is shown.
const LIST_WIDTH: f32 = 210.0;
/// Where it is narrow, this share of the width.
const LIST_SHARE: f32 = 0.3;

pub(super) fn program_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ProgramMemory,
    page: &RunPage,
    chosen: Option<&str>,
) {
    let slot = scene.loader.ask(&ProgramOf { run: page.run.id.clone(), best: false }, Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The program", size::TABLE_ROW) else { return };
    let problems = rows::problems(slot.warnings(), &page.run.id);
    let Some(prepared) = found.as_ref() else {
        problems_ui(ui, scene, &problems, false);
        empty_ui(
            ui,
            "No program; DSPy's autologging saves one with each evaluation and at the end of an optimization",
            "",
        );
        return;
    };
    let predictors = &prepared.program.predictors;
    // A program may begin with a part that has nothing to read, as a retriever.
    let first = predictors.iter().position(|one| one.text().is_some()).unwrap_or(0);
    let at = chosen.and_then(|path| predictors.iter().position(|one| one.path == path)).unwrap_or(first);
    memory.reset_for(found, at);
    if let Some(Some(key)) = memory.noted.restore(scene, DEMOS) {
        let path = predictors.get(at).map_or("", |one| one.path.as_str());
        memory.goes_to_demos = memory.demos.choose(&key, path);
    }
    head::head_ui(ui, scene, memory, page, &prepared.program);
    // Its file may be in a folder that is somewhere else now.
    let can_be_named = prepared.program.source == ProgramSource::Params && {
        let slot = scene.loader.ask(&ArtifactsOf(ArtifactOwner::Run(page.run.id.clone())), Lane::Selection);
        slot.value().is_some_and(|tree| tree.can_be_named)
    };
    problems_ui(ui, scene, &problems, can_be_named);
    if predictors.len() > 1 {
        let frame = egui::Frame::new();
        let width = (ui.available_width() * LIST_SHARE).clamp(120.0, LIST_WIDTH);
        Panel::left("predictors").default_size(width).size_range(120.0..=420.0).frame(frame).show(ui, |ui| {
            predictors_ui(ui, scene, memory, prepared, at);
        });
    }
    let left = if predictors.len() > 1 { 12 } else { 0 };
    let frame = egui::Frame::new().inner_margin(egui::Margin { left, ..Default::default() });
    egui::CentralPanel::default().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().id_salt(("program", at)).auto_shrink(false).show(ui, |ui| {
            let part = predictor::Part { page, prepared, at, history: history(page) };
            predictor::predictor_ui(ui, scene, memory, part);
            ui.add_space(size::GAP_L);
        });
    });
}

/// The optimization in which a passage of the instructions can be followed.
fn history(page: &RunPage) -> Option<&RunId> {
    if run_names::is_optimization(&page.children) {
        Some(&page.run.id)
    } else {
        page.parent.as_ref().map(|parent| &parent.id)
    }
}

/// What is wrong with the files that the program was looked for in.
fn problems_ui(ui: &mut Ui, scene: &mut Scene<'_>, problems: &[(String, String)], can_be_named: bool) {
    for (what, advice) in problems {
        let action = if can_be_named { Command::ArtifactsFolder.text() } else { "" };
        if Notice::warning(what).advice(advice).action(action).show(ui) == NoticeEvent::Action {
            scene.act(Action::AskForArtifacts(true));
        }
        ui.add_space(size::GAP_S);
    }
}

fn predictors_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ProgramMemory,
    prepared: &PreparedProgram,
    at: usize,
) {
    let predictors = &prepared.program.predictors;
    let has_demos = predictors.iter().any(|one| !one.demos.is_empty());
    let mut chosen = None;
    let response = VirtualRows::new("predictors", predictors.len(), size::ROW)
        .kind(RowsKind::List)
        .label("Predictors")
        .cursor(Some(at))
        .show(ui, &mut memory.list, |ui, row| {
            let one = &predictors[row.index];
            let demos = if one.demos.is_empty() { String::new() } else { rows::demos_short(one.demos.len()) };
            let trailing = [Trailing::caption(&demos, 56.0)];
            let line = TreeRow {
                fold: Fold::Flat,
                mark: Mark::None,
                name: rows::title(&one.path),
                trailing: if has_demos { &trailing } else { &[] },
                selected: row.index == at,
                ..TreeRow::default()
            };
            if matches!(line.show(ui, row), TreeEvent::Clicked | TreeEvent::DoubleClicked) {
                chosen = Some(row.index);
            }
        });
    if let Some(one) = chosen.or(response.moved_to).and_then(|row| predictors.get(row)) {
        scene.act(Action::ShowRunTab(RunTab::Program { predictor: Some(one.path.clone()) }));
    }
}
