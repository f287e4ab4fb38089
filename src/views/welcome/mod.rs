//! Choosing a store; and, once one is open, the page of all its experiments.

mod store;
mod stores;

pub(super) use store::{StoreMemory, store_ui};

use std::sync::Arc;

use egui::{Align, Layout, Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

use super::command::Command;
use super::failed::not_opened_ui;
use super::parts::link;
use super::path;
use super::scene::Scene;
use crate::loader::FolderName;
use crate::state::{Action, Link};
use crate::store::StoreLocation;
use crate::widgets::chips::Chip;
use crate::widgets::completion::{CompletionField, CompletionState};
use crate::widgets::field::Field;
use crate::widgets::section::{section_ui, text_ui};
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};

/// What is typed.
#[derive(Default)]
pub(super) struct WelcomeMemory {
    path: String,
    completion: CompletionState,
    /// The names that were offered last.
    names: Option<Arc<Vec<FolderName>>>,
    has_focused: bool,
    /// What could not be opened stood in the field once, to be corrected there.
    failed: Option<StoreLocation>,
}

const WIDTH: f32 = 680.0;

pub(super) fn welcome_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut WelcomeMemory) {
    let area = ui.available_rect_before_wrap();
    let width = WIDTH.min(area.width() - 2.0 * size::GAP_L).max(120.0);
    let side = ((area.width() - width) / 2.0).max(0.0);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.add_space((area.height() * 0.12).clamp(16.0, 110.0));
        let inner = Rect::from_min_size(pos2(area.left() + side, ui.cursor().top()), vec2(width, area.height()));
        let layout = Layout::top_down(Align::Min);
        ui.scope_builder(UiBuilder::new().max_rect(inner).layout(layout), |ui| column_ui(ui, scene, memory));
    });
}

fn column_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut WelcomeMemory) {
    text_ui(ui, "dspyglass", Type::Headline, Tone::Neutral);
    let what = "See what DSPy's optimizers did: which candidate won, what changed in its prompts, which examples that \
                fixed, and what exactly was said to the model";
    let muted = Tokens::of(ui).text2;
    ui.add(egui::Label::new(egui::RichText::new(what).color(muted)).wrap());
    ui.add_space(size::GAP_XL);
    open_ui(ui, scene, memory);
    failed_ui(ui, scene);
    ui.add_space(size::GAP_XL);
    stores::named_ui(ui, scene);
    stores::recent_ui(ui, scene);
    stores::found_ui(ui, scene);
}

fn open_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut WelcomeMemory) {
    section_ui(ui, "Open a store: mlflow.db, a folder that holds one, a server's address, or a copied link");
    let mut is_entered = false;
    ui.horizontal(|ui| {
        let buttons = 134.0;
        let room = vec2((ui.available_width() - buttons).max(80.0), size::CONTROL);
        let (rect, _) = ui.allocate_exact_size(room, egui::Sense::hover());
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| is_entered = path_ui(ui, scene, memory));
        is_entered |= ui.add(Chip::button("Open")).clicked();
        if ui.add(Chip::button("Browse…")).on_hover_text(Command::OpenStore.tooltip()).clicked() {
            scene.act(Action::ChooseStore);
        }
    });
    if is_entered && !memory.path.trim().is_empty() {
        scene.act(match Link::is_link(&memory.path) {
            true => Action::GoTo(memory.path.trim().to_owned()),
            false => {
                let location = StoreLocation::from(path::typed_path(&memory.path));
                // A name and a password have been read: they need not stand there any longer.
                if location.address().is_some_and(|address| address.user_info().is_some()) {
                    memory.path = location.to_string();
                }
                Action::OpenStore(location)
            }
        });
    }
    ui.add_space(size::GAP_XS);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_XS;
        text_ui(ui, "or drop a file or a folder here, or look at", Type::Small, Tone::Muted);
        if link(ui, "the sample store", Type::Small, Tone::Accent).clicked() {
            scene.act(Action::OpenSample);
        }
    });
    if let Some(location) = &scene.loader.state().opening {
        ui.add_space(size::GAP_M);
        text_ui(ui, &format!("Opening {location}…"), Type::Small, Tone::Muted);
    }
}

/// The field; says whether Enter was pressed in it.
fn path_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut WelcomeMemory) -> bool {
    let id = egui::Id::unique("path of the store");
    let failed = scene.loader.state().failed.as_ref().map(|(location, _)| location);
    if failed.is_some() && failed != memory.failed.as_ref() {
        if memory.path.is_empty() || Link::is_link(&memory.path) {
            memory.path = failed.map(ToString::to_string).unwrap_or_default();
        }
        memory.failed = failed.cloned();
    }
    let names = path::folder_of(&memory.path).and_then(|folder| scene.loader.names_in(&folder).value().cloned());
    let is_same = match (&memory.names, &names) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    if !is_same {
        // They come a moment after the letters that they belong to.
        memory.completion.ask_again();
        memory.names = names;
    }
    let names = memory.names.as_ref().map(|names| names.as_slice()).unwrap_or_default();
    let field =
        CompletionField::new(Field::new("Path of the store").id(id).hint("/path/to/mlflow.db or http://host:5000"))
            .path();
    let events =
        field.show(ui, &mut memory.path, &mut memory.completion, |text, caret| path::completions(text, caret, names));
    if !memory.has_focused && scene.loader.state().opening.is_none() {
        memory.has_focused = true;
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    events.submitted
}

fn failed_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    if let Some((location, failure)) = scene.loader.state().failed.clone() {
        ui.add_space(size::GAP_L);
        not_opened_ui(ui, scene, &location, &failure);
    }
}
