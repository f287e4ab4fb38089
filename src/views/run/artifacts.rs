//! A run's files as a tree, and the text of the chosen one.

use std::collections::HashSet;

use egui::{Panel, Ui};

use crate::loader::{FileText, Lane};
use crate::model::{ArtifactEntry, ArtifactOwner, ArtifactTree, RunId};
use crate::state::Action;
use crate::views::details::text::{TextMemory, text_view_ui};
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::format;
use crate::widgets::notice::Notice;
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::{card_heading_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::{RowsKind, VirtualRows};

/// What the tab remembers.
#[derive(Default)]
pub(super) struct ArtifactsMemory {
    scroll: RowScroll,
    folded: HashSet<String>,
    text: TextMemory,
}

pub(super) fn artifacts_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ArtifactsMemory, run: &RunId) {
    let owner = ArtifactOwner::Run(run.clone());
    let slot = scene.loader.artifacts(&owner, Lane::Selection);
    let Some(tree) = slot_ui(ui, scene, &slot, "The artifacts", size::ROW) else { return };
    if let Some(absent) = &tree.absent {
        Notice::hint("The artifacts are not here").advice(absent).show(ui);
        return;
    }
    if tree.entries.is_empty() {
        empty_ui(ui, "No artifacts; DSPy saves programs and result tables when it optimizes or evaluates", "");
        return;
    }
    let item = scene.state.location().item.clone();
    let chosen = item.as_ref().and_then(|path| tree.entries.iter().find(|entry| entry.path == *path));
    let half = ui.available_width() * 0.42;
    let frame = egui::Frame::new();
    Panel::left("artifact tree").default_size(half.min(380.0)).size_range(180.0..=640.0).frame(frame).show(ui, |ui| {
        if tree.is_cut {
            text_ui(ui, "There are more files than are listed here", Type::Small, Tone::Warn);
        }
        tree_ui(ui, scene, memory, tree, chosen);
    });
    egui::CentralPanel::default()
        .frame(egui::Frame::new().inner_margin(egui::Margin { left: 12, ..Default::default() }))
        .show(ui, |ui| match chosen {
            Some(entry) if !entry.is_folder => file_ui(ui, scene, memory, &owner, entry),
            _ => {
                empty_ui(ui, "Choose a file to see its text", "");
            }
        });
}

/// The entries that no folded folder hides, with their depth.
fn visible<'t>(tree: &'t ArtifactTree, folded: &HashSet<String>) -> Vec<(&'t ArtifactEntry, usize)> {
    let is_hidden = |path: &str| path.match_indices('/').any(|(at, _)| folded.contains(&path[..at]));
    let depth = |path: &str| path.matches('/').count();
    tree.entries.iter().filter(|entry| !is_hidden(&entry.path)).map(|entry| (entry, depth(&entry.path))).collect()
}

fn tree_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ArtifactsMemory,
    tree: &ArtifactTree,
    chosen: Option<&ArtifactEntry>,
) {
    let rows = visible(tree, &memory.folded);
    let cursor = chosen.and_then(|chosen| rows.iter().position(|(entry, _)| entry.path == chosen.path));
    let mut clicked = None;
    let mut toggled = None;
    let response = VirtualRows::new("artifacts", rows.len(), size::ROW)
        .kind(RowsKind::Tree)
        .label("Artifacts")
        .cursor(cursor)
        .show(ui, &mut memory.scroll, |ui, row| {
            let (entry, depth) = rows[row.index];
            let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
            let size_text = entry.size.map(format::bytes).unwrap_or_default();
            let trailing = [Trailing::value(&size_text, 64.0)];
            let fold = match (entry.is_folder, memory.folded.contains(&entry.path)) {
                (false, _) => Fold::Leaf,
                (true, true) => Fold::Closed,
                (true, false) => Fold::Open,
            };
            let line = TreeRow {
                depth,
                fold,
                mark: Mark::None,
                name,
                strong: entry.is_folder,
                trailing: &trailing,
                selected: cursor == Some(row.index),
                ..TreeRow::default()
            };
            match line.show(ui, row) {
                TreeEvent::Clicked | TreeEvent::DoubleClicked if !entry.is_folder => clicked = Some(row.index),
                TreeEvent::None => {}
                _ => toggled = Some(row.index),
            }
        });
    let at = response.moved_to.or(cursor);
    if let Some((entry, _)) = clicked.or(response.moved_to).and_then(|row| rows.get(row)) {
        scene.act(Action::FocusItem(Some(entry.path.clone())));
    }
    let side = at.filter(|_| response.left || response.right || response.opened);
    let fold = toggled.or(side).and_then(|row| rows.get(row)).filter(|(entry, _)| entry.is_folder);
    if let Some(path) = fold.map(|(entry, _)| entry.path.clone()) {
        let is_folded = memory.folded.contains(&path);
        let wants_fold = if response.left { true } else { !response.right && !is_folded };
        if wants_fold {
            memory.folded.insert(path)
        } else {
            memory.folded.remove(&path)
        };
    }
}

fn file_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ArtifactsMemory,
    owner: &ArtifactOwner,
    entry: &ArtifactEntry,
) {
    let slot = scene.loader.artifact_text(owner, &entry.path, Lane::Selection);
    let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
    let text = slot.value().and_then(|file| file.as_ref().as_ref());
    ui.horizontal(|ui| {
        card_heading_ui(ui, name);
        if let Some(file) = text.filter(|file| !file.is_binary)
            && ui.add(Chip::button("Copy")).clicked()
        {
            scene.act(Action::Copy(file.text.text().to_string()));
        }
        if ui.add(Chip::button("Copy path")).clicked() {
            scene.act(Action::Copy(entry.path.clone()));
        }
    });
    let Some(file) = slot_ui(ui, scene, &slot, "The file", size::LINE) else { return };
    match file.as_ref() {
        None => {
            empty_ui(ui, "This file is not there any more", "");
        }
        Some(file) if file.is_binary => {
            let text = format!("This is no text ({}); it is not shown", format::bytes(file.full_size));
            empty_ui(ui, &text, "");
        }
        Some(file) => {
            cut_ui(ui, file);
            text_view_ui(ui, scene, &mut memory.text, "artifact", "Text of the file", &file.text, false);
        }
    }
}

fn cut_ui(ui: &mut Ui, file: &FileText) {
    if file.is_cut {
        let shown = format::bytes(file.text.bytes() as u64);
        let text = format!("The first {shown} of {} are shown", format::bytes(file.full_size));
        text_ui(ui, &text, Type::Small, Tone::Warn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_folder_hides_all_below_it() {
        let entry = |path: &str, is_folder| ArtifactEntry { path: path.into(), is_folder, size: None };
        let entries = vec![entry("a", true), entry("a/b", true), entry("a/b/c", false), entry("ab", false)];
        let tree = ArtifactTree { entries, ..ArtifactTree::default() };
        let shown = |folded: &[&str]| -> Vec<String> {
            let folded = folded.iter().map(|path| (*path).to_owned()).collect();
            visible(&tree, &folded).iter().map(|(entry, depth)| format!("{depth} {}", entry.path)).collect()
        };
        assert_eq!(shown(&[]), ["0 a", "1 a/b", "2 a/b/c", "0 ab"]);
        assert_eq!(shown(&["a"]), ["0 a", "0 ab"]);
        assert_eq!(shown(&["a/b"]), ["0 a", "1 a/b", "0 ab"]);
    }
}
