//! A run's files: a tree at the left, what the chosen one holds at the right.

mod content;
mod grid;
mod results;
mod table;
mod tree;
mod viewer;

use egui::Ui;

use crate::loader::Lane;
use crate::model::{ArtifactOwner, RunId};
use crate::query::ArtifactsOf;
use crate::state::Action;
use crate::views::artifacts_folder::missing_ui;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::text_ui;
use crate::widgets::split::{Sized, Split, SplitAxis};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// The width of the tree until the user sets one.
const TREE: f32 = 300.0;

/// What the tab remembers.
#[derive(Default)]
pub(super) struct ArtifactsMemory {
    files: tree::FilesMemory,
    viewer: viewer::ViewerMemory,
    width: Option<f32>,
}

pub(super) fn artifacts_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ArtifactsMemory,
    run: &RunId,
    path: Option<&str>,
) {
    let owner = ArtifactOwner::Run(run.clone());
    let slot = scene.loader.ask(&ArtifactsOf(owner.clone()), Lane::Selection);
    let Some(tree) = slot_ui(ui, scene, &slot, "The artifacts", size::ROW) else { return };
    if let Some(absent) = &tree.absent {
        missing_ui(ui, scene, absent, tree.can_be_named);
        return;
    }
    if tree.entries.is_empty() {
        empty_ui(ui, "No artifacts; DSPy saves programs and result tables when it optimizes or evaluates", "");
        return;
    }
    let chosen = match path {
        Some(path) => tree.entries.iter().find(|entry| entry.path == path),
        None => tree::worth_most(tree),
    };
    let ArtifactsMemory { files, viewer, width } = memory;
    let mut points = width
        .or(scene.state.settings.artifacts_width)
        .unwrap_or_else(|| (ui.available_width() * 0.3).clamp(180.0, TREE));
    // Both sides act, one after the other; a cell lets them share the scene.
    let shared = std::cell::RefCell::new(scene);
    let has_changed = Split::new("artifacts split", "Width of the tree of artifacts", SplitAxis::Horizontal)
        .sized(Sized::First)
        .normal(TREE)
        .least(160.0, 320.0)
        .show(
            ui,
            &mut points,
            |ui| {
                let mut scene = shared.borrow_mut();
                if tree.is_cut {
                    text_ui(ui, "There are more files than are listed here", Type::Small, Tone::Warn);
                }
                tree::tree_ui(ui, &mut scene, files, tree, chosen);
            },
            |ui| {
                let mut scene = shared.borrow_mut();
                egui::Frame::new().inner_margin(egui::Margin { left: 14, ..Default::default() }).show(ui, |ui| {
                    match chosen {
                        Some(entry) if !entry.is_folder => {
                            let folder = tree.folder.as_deref();
                            viewer::file_ui(ui, &mut scene, viewer, viewer::Artifact { owner: &owner, entry, folder });
                        }
                        Some(entry) => viewer::folder_ui(ui, tree, entry),
                        None => {
                            empty_ui(ui, "Choose a file to see what it holds", "");
                        }
                    }
                });
            },
        );
    let scene = shared.into_inner();
    if has_changed {
        *width = Some(points);
    }
    // Noted once the user lets go of the border.
    let is_held = ui.input(|input| input.pointer.any_down());
    if let Some(points) = width.filter(|_| !is_held) {
        *width = None;
        if scene.state.settings.artifacts_width != Some(points) {
            scene.act(Action::ArtifactsWidth(points));
        }
    }
}
