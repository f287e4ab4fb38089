//! What stands above a program: where it was read, what it is worth, what can be done with it.

use std::sync::Arc;

use egui::Ui;

use super::{ProgramMemory, rows};
use crate::loader::{FileOf, Lane, RunPage};
use crate::model::program::MISSING_REASON;
use crate::model::{ArtifactOwner, Program};
use crate::query::ArtifactsOf;
use crate::state::{Action, FileToSave, NoticeText, Place};
use crate::views::parts::link;
use crate::views::python::python;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::notice::Notice;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// The state of a program is not longer.
const MOST_BYTES: u64 = 64 << 20;

pub(super) fn head_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ProgramMemory,
    page: &RunPage,
    program: &Program,
) {
    let is_file = program.source.is_state_file();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        ui.add(Chip::new(&rows::source(program)));
        match &program.state_hash {
            Some(hash) => {
                let hash = hash.as_str();
                text_ui(ui, "state", Type::Small, Tone::Faint);
                let tip = format!("{hash}\nEqual for programs that do the same; click to copy");
                if link(ui, words::id_head(hash), Type::ValueSmall, Tone::Muted).on_hover_text(tip).clicked() {
                    scene.act(Action::Copy(hash.to_owned()));
                }
                let origin = Chip::button("Where it came from");
                let tip = "Who wrote its instructions, and every evaluation of this program in the store";
                if ui.add(origin).on_hover_text(tip).clicked() {
                    scene.go(Place::ProgramHistory(hash.into()));
                }
            }
            None => {
                text_ui(ui, "state unknown", Type::Small, Tone::Faint)
                    .on_hover_text("Only a whole state can be compared with others");
            }
        }
        if !is_file {
            return;
        }
        let file = program.source.as_str();
        if ui
            .add(Chip::button(&format!("Export {file}…")))
            .on_hover_text("The file as it is stored; secrets stay masked unless they are revealed")
            .clicked()
        {
            memory.exports = Some(file.to_owned());
        }
        if ui
            .add(Chip::button("Copy Python that loads this program"))
            .on_hover_text("The class of the program is not stored: that part is yours")
            .clicked()
        {
            let tree = scene.loader.ask(&ArtifactsOf(ArtifactOwner::Run(page.run.id.clone())), Lane::Visible);
            let folder = tree.value().and_then(|tree| tree.folder.clone());
            scene.act(Action::Copy(python(&page.run.id, program.source, folder.as_deref())));
        }
    });
    ui.add_space(size::GAP_S);
    if !program.complete {
        Notice::warning(program.incomplete()).show(ui);
        ui.add_space(size::GAP_S);
    }
    if let Some(stale) = &program.stale {
        Notice::warning("This may be stale").advice(stale).show(ui);
        ui.add_space(size::GAP_S);
    }
    missing_ui(ui, program);
    export_when_read(scene, memory, &ArtifactOwner::Run(page.run.id.clone()));
}

/// Predictors that traces show and the state lacks.
fn missing_ui(ui: &mut Ui, program: &Program) {
    for one in &program.missing {
        let advice = format!("Trace {} shows it; {MISSING_REASON}", one.trace);
        Notice::hint(&format!("Not in the state: {}", one.named())).advice(&advice).show(ui);
        ui.add_space(size::GAP_S);
    }
}

/// The file is read only to be written elsewhere.
fn export_when_read(scene: &mut Scene<'_>, memory: &mut ProgramMemory, owner: &ArtifactOwner) {
    let Some(path) = memory.exports.clone() else { return };
    let slot =
        scene.loader.ask(&FileOf { owner: owner.clone(), path: path.clone(), limit: MOST_BYTES }, Lane::Selection);
    let failed = |why: &str| Action::Notify(NoticeText::failed(format!("{path} was not exported"), why));
    let action = match (slot.error(), slot.value().map(|file| file.as_ref().as_ref())) {
        (Some(error), _) => failed(&error.to_string()),
        (None, None) => return,
        (None, Some(None)) => failed("It is not there any more"),
        (None, Some(Some(file))) if file.is_cut => failed(&format!("It is larger than {}", words::bytes(MOST_BYTES))),
        (None, Some(Some(file))) => Action::Save(FileToSave::new(path, Arc::clone(file.bytes()))),
    };
    memory.exports = None;
    scene.act(action);
}
