//! What lies in an artifact folder.

use std::fs;
use std::path::Path;

use crate::model::{ArtifactEntry, ArtifactTree};
use crate::store::untrusted::inside;
use crate::store::{ReadCx, Result};
use crate::words::natural;

/// More entries than this are not listed.
const MAX_ENTRIES: usize = 20_000;

/// Folders nested deeper than this are not opened.
const MAX_DEPTH: usize = 64;

/// Lists `folder` to its depths; links that lead out of `root` are left out with a warning.
pub fn list(cx: &ReadCx, folder: &Path, root: &Path) -> Result<ArtifactTree> {
    let mut tree = ArtifactTree { folder: Some(folder.display().to_string()), ..ArtifactTree::default() };
    add(cx, folder, root, "", 0, &mut tree)?;
    Ok(tree)
}

fn add(cx: &ReadCx, folder: &Path, root: &Path, prefix: &str, depth: usize, tree: &mut ArtifactTree) -> Result<()> {
    cx.check()?;
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            cx.warn(folder.display().to_string(), format!("cannot be listed: {error}"));
            return Ok(());
        }
    };
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_by(|a, b| natural::compare(a, b));
    for name in names {
        if tree.entries.len() >= MAX_ENTRIES {
            tree.is_cut = true;
            return Ok(());
        }
        let path = format!("{prefix}{name}");
        let Some(real) = inside(folder, &name, root) else {
            cx.warn(
                folder.join(&name).display().to_string(),
                "is a link that leads nowhere or out of the store, and is not followed",
            );
            continue;
        };
        let Ok(about) = fs::metadata(&real) else { continue };
        let size = about.is_file().then_some(about.len());
        tree.entries.push(ArtifactEntry { path: path.clone(), is_folder: about.is_dir(), size });
        if about.is_dir() {
            if depth >= MAX_DEPTH {
                tree.is_cut = true;
            } else {
                add(cx, &real, root, &format!("{path}/"), depth + 1, tree)?;
            }
        }
    }
    Ok(())
}
