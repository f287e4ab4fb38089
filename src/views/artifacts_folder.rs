//! "Where are the artifacts?": asked wherever they are missing, answered by a typed or chosen folder.

use std::sync::Arc;

use egui::{Align2, Ui, Window, vec2};

use super::command::Command;
use super::path::{completions, folder_of, typed_path};
use super::scene::Scene;
use crate::loader::{FolderName, Lane, RunPage, whole_path};
use crate::model::ArtifactOwner;
use crate::query::ArtifactsOf;
use crate::state::Action;
use crate::widgets::chips::Chip;
use crate::widgets::completion::{CompletionField, CompletionState};
use crate::widgets::field::Field;
use crate::widgets::glyphs::Glyph;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// What is typed.
#[derive(Default)]
pub(super) struct FolderMemory {
    path: String,
    completion: CompletionState,
    /// The folders that were offered last.
    names: Option<Arc<Vec<FolderName>>>,
    was_shown: bool,
}

/// Says that artifacts are not here, and offers to name their folder where that could help.
pub(super) fn missing_ui(ui: &mut Ui, scene: &mut Scene<'_>, why: &str, can_be_named: bool) {
    let notice = Notice::hint("The artifacts are not here").advice(why);
    let action = if can_be_named { Command::ArtifactsFolder.text() } else { "" };
    if notice.action(action).show(ui) == NoticeEvent::Action {
        scene.act(Action::AskForArtifacts(true));
    }
}

/// A button beside the name of a run whose logged files are not here; nothing where it logged none. Says
/// whether it is there.
pub(super) fn missing_chip_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage) -> bool {
    if !page.has_logged_files() {
        return false;
    }
    let tree = scene.loader.ask(&ArtifactsOf(ArtifactOwner::Run(page.run.id.clone())), Lane::Visible);
    let is_missing = tree.value().is_some_and(|tree| tree.absent.is_some() && tree.can_be_named);
    let chip = || Chip::button("Artifacts missing").glyph(Glyph::Warning, Tone::Warn);
    if is_missing && ui.add(chip()).on_hover_text(Command::ArtifactsFolder.text()).clicked() {
        scene.act(Action::AskForArtifacts(true));
    }
    is_missing
}

/// The dialog, while it is asked for.
pub(super) fn folder_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut FolderMemory) {
    if !scene.state.asks_for_artifacts {
        memory.was_shown = false;
        return;
    }
    let named = scene.state.artifacts_folder().map(str::to_owned);
    let is_new = !std::mem::replace(&mut memory.was_shown, true);
    if is_new {
        memory.path = named.clone().unwrap_or_default();
    }
    let mut is_open = true;
    let room = ui.ctx().content_rect().width() - 48.0;
    Window::new("Where are the artifacts?")
        .open(&mut is_open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .show(ui.ctx(), |ui| {
            ui.set_width(room.clamp(200.0, 600.0));
            let what = "Name the folder that holds this store's artifacts now: mlruns, mlartifacts, or a copy of them \
                        under any name. A file is found by the end of its address in the store: the beginning may \
                        differ. The folder is remembered for this store.";
            ui.add(egui::Label::new(what).wrap());
            ui.add_space(size::GAP_S);
            dialog_ui(ui, scene, memory, is_new);
            if let Some(named) = named {
                ui.add_space(size::GAP_M);
                text_ui(ui, &format!("Looked for below {named}"), Type::Small, Tone::Muted);
                if ui.add(Chip::button("Forget this folder")).clicked() {
                    scene.act(Action::NameArtifacts(None));
                }
            }
        });
    if !is_open {
        scene.act(Action::AskForArtifacts(false));
    }
}

fn dialog_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut FolderMemory, is_new: bool) {
    let is_entered = path_ui(ui, scene, memory, is_new);
    let typed = (!memory.path.trim().is_empty()).then(|| whole_path(&typed_path(&memory.path)));
    let seen = typed.as_deref().and_then(|path| scene.loader.look_at(path).value().cloned());
    let is_folder = seen.as_ref().is_some_and(|seen| seen.is_folder);
    // The room is there from the start, so that nothing moves while a path is typed.
    let (text, tone) = match (&typed, &seen, is_folder) {
        // Who is choosing from the list is not done yet.
        (Some(path), Some(_), false) if !memory.completion.is_open() => {
            (format!("{} is no folder", path.display()), Tone::Warn)
        }
        _ => (" ".to_owned(), Tone::Muted),
    };
    text_ui(ui, &crate::words::one_line(&text, 90), Type::Small, tone);
    ui.horizontal(|ui| {
        let is_chosen = ui.add_enabled_ui(is_folder, |ui| ui.add(Chip::button("Use this folder")).clicked()).inner;
        if let Some(path) = typed.filter(|_| is_folder && (is_chosen || is_entered)) {
            scene.act(Action::NameArtifacts(Some(path)));
        }
        if ui.add(Chip::button("Browse…")).on_hover_text("Choose the folder in the system's dialog").clicked() {
            scene.act(Action::ChooseArtifacts);
        }
    });
}

/// The field; says whether Enter was pressed in it.
fn path_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut FolderMemory, is_new: bool) -> bool {
    let id = egui::Id::unique("folder of the artifacts");
    let names = folder_of(&memory.path).and_then(|folder| scene.loader.names_in(&folder).value().cloned());
    let is_same = match (&memory.names, &names) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    if !is_same {
        memory.completion.ask_again();
        memory.names = names;
    }
    let folders: Vec<FolderName> =
        memory.names.iter().flat_map(|names| names.iter()).filter(|name| name.is_folder).cloned().collect();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::CONTROL), egui::Sense::hover());
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    let field = CompletionField::new(Field::new("Folder of the artifacts").id(id).hint("/path/to/mlruns")).path();
    let events = field
        .show(&mut child, &mut memory.path, &mut memory.completion, |text, caret| completions(text, caret, &folders));
    if is_new {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    events.submitted
}
