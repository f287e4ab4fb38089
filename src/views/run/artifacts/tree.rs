//! The files of a run as a tree.

use egui::Ui;

use crate::model::dspy::artifacts;
use crate::model::readable_file::ending;
use crate::model::{ArtifactEntry, ArtifactTree};
use crate::state::{Action, FoldKey, Folds, RunTab};
use crate::views::scene::Scene;
use crate::views::scroll::NotedScroll;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tokens::size;
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::{RowsKind, VirtualRows};
use crate::words;

/// What the state calls this list.
const LIST: &str = "artifacts";

/// What the tree remembers.
#[derive(Default)]
pub(super) struct FilesMemory {
    scroll: RowScroll,
    noted: NotedScroll,
}

/// The entries that no folded folder hides, with their depth.
fn visible<'t>(tree: &'t ArtifactTree, folds: &Folds<FoldKey>) -> Vec<(&'t ArtifactEntry, usize)> {
    let is_folded = |path: &str| folds.has(&FoldKey::Folder(path.to_owned()));
    let is_hidden = |path: &str| path.match_indices('/').any(|(at, _)| is_folded(&path[..at]));
    let depth = |path: &str| path.matches('/').count();
    tree.entries.iter().filter(|entry| !is_hidden(&entry.path)).map(|entry| (entry, depth(&entry.path))).collect()
}

/// The file that tells most of the run: one that DSPy or MLflow is known to write, else one that people read, else
/// any.
pub(super) fn worth_most(tree: &ArtifactTree) -> Option<&ArtifactEntry> {
    let files = || tree.entries.iter().filter(|entry| !entry.is_folder);
    let known = artifacts::BY_WORTH.iter().find_map(|path| files().find(|entry| entry.path == *path));
    let readable = || READABLE.iter().find_map(|kind| files().find(|entry| ending(&entry.path) == *kind));
    known.or_else(readable).or_else(|| files().next())
}

/// Endings of files that people read, the best first.
const READABLE: [&str; 8] = ["md", "json", "csv", "png", "txt", "yaml", "html", "log"];

pub(super) fn tree_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut FilesMemory,
    tree: &ArtifactTree,
    chosen: Option<&ArtifactEntry>,
) {
    let folds = &scene.state.page().folds;
    let is_folded = |path: &str| folds.has(&FoldKey::Folder(path.to_owned()));
    let rows = visible(tree, folds);
    memory.noted.restore(scene, LIST, &mut memory.scroll);
    let is_flat = !tree.entries.iter().any(|entry| entry.is_folder);
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
            let size_text = entry.size.map(words::bytes).unwrap_or_default();
            let trailing = [Trailing::value(&size_text, 64.0)];
            let fold = match (entry.is_folder, entry.is_folder && is_folded(&entry.path)) {
                (false, _) if is_flat => Fold::Flat,
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
                description: &size_text,
                selected: cursor == Some(row.index),
                ..TreeRow::default()
            };
            match line.show(ui, row) {
                TreeEvent::Clicked | TreeEvent::DoubleClicked if !entry.is_folder => clicked = Some(row.index),
                TreeEvent::None | TreeEvent::MenuAsked => {}
                _ => toggled = Some(row.index),
            }
        });
    memory.noted.note(scene, LIST, memory.scroll);
    let at = response.moved_to.or(cursor);
    if let Some((entry, _)) = clicked.or(response.moved_to).and_then(|row| rows.get(row)) {
        scene.act(Action::ShowRunTab(RunTab::Artifacts { path: Some(entry.path.clone()) }));
    }
    let side = at.filter(|_| response.left || response.right || response.opened);
    let fold = toggled.or(side).and_then(|row| rows.get(row)).filter(|(entry, _)| entry.is_folder);
    if let Some(path) = fold.map(|(entry, _)| entry.path.clone()) {
        let wants_fold = if response.left { true } else { !response.right && !is_folded(&path) };
        scene.act(Action::Fold(vec![FoldKey::Folder(path)], wants_fold));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_tells_most_is_shown_first() {
        let entry = |path: &&str| ArtifactEntry { path: (*path).into(), is_folder: !path.contains('.'), size: None };
        let first = |paths: &[&str]| {
            let tree = ArtifactTree { entries: paths.iter().map(entry).collect(), ..ArtifactTree::default() };
            worth_most(&tree).map(|entry| entry.path.clone())
        };
        let of = |path: &str| Some(path.to_owned());
        assert_eq!(first(&["a.bin", "model.json", "result_table.json"]), of("result_table.json"));
        assert_eq!(first(&["best_model.json", "model.json", "trainset.json"]), of("best_model.json"));
        assert_eq!(first(&["dir", "dir/weights.pkl", "dir/notes.md", "a.json"]), of("dir/notes.md"));
        assert_eq!(first(&["dir", "dir/weights.pkl"]), of("dir/weights.pkl"));
        assert_eq!(first(&["dir"]), None);
    }

    #[test]
    fn a_folded_folder_hides_all_below_it() {
        let entry = |path: &str, is_folder| ArtifactEntry { path: path.into(), is_folder, size: None };
        let entries = vec![entry("a", true), entry("a/b", true), entry("a/b/c", false), entry("ab", false)];
        let tree = ArtifactTree { entries, ..ArtifactTree::default() };
        let shown = |folded: &[&str]| -> Vec<String> {
            let mut folds = Folds::default();
            folded.iter().for_each(|path| folds.set(FoldKey::Folder((*path).to_owned()), true));
            visible(&tree, &folds).iter().map(|(entry, depth)| format!("{depth} {}", entry.path)).collect()
        };
        assert_eq!(shown(&[]), ["0 a", "1 a/b", "2 a/b/c", "0 ab"]);
        assert_eq!(shown(&["a"]), ["0 a", "0 ab"]);
        assert_eq!(shown(&["a/b"]), ["0 a", "1 a/b", "0 ab"]);
    }
}
