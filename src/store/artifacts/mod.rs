//! Files that belong to a store: found, listed and read without ever leaving the folders that
//! the user trusts.

mod listing;
mod resolve;

use std::path::Path;

use super::OpenOptions;
use super::untrusted;
use super::{ReadCx, Result, StoreError, StoredFile};
use crate::model::{ArtifactOwner, ArtifactTree, Unmasked};
use resolve::{Folders, Found};

/// The artifact folders of one store.
#[derive(Clone, Debug)]
pub struct Artifacts {
    folders: Folders,
}

impl Artifacts {
    /// For the store that lies in `folder`: of a database the folder that holds it, of a folder store the folder
    /// that holds the experiments.
    pub fn beside(folder: &Path, options: &OpenOptions) -> Self {
        Self { folders: Folders::beside(folder, options) }
    }

    /// Lists what lies at the recorded address of somebody's artifacts.
    ///
    /// # Errors
    /// [`StoreError::Cancelled`] and [`StoreError::TooSlow`] only; what cannot be read is a warning.
    pub fn list(&self, cx: &ReadCx, owner: &ArtifactOwner, uri: Option<&Unmasked<String>>) -> Result<ArtifactTree> {
        let uri = uri.map(Unmasked::as_stored_for_structure);
        let Some(uri) = uri.filter(|uri| !uri.is_empty()) else {
            let absent = Some("The store names no folder for its artifacts".to_owned());
            return Ok(ArtifactTree { absent, ..ArtifactTree::default() });
        };
        match self.folders.find(uri, owner.id()) {
            Found::At { folder, root } => listing::list(cx, &folder, &root),
            Found::Outside(folder) => Ok(ArtifactTree {
                absent: Some(outside(&folder)),
                outside: Some(folder.display().to_string()),
                ..ArtifactTree::default()
            }),
            Found::Absent { why, can_be_named } => {
                // It may quote the address.
                let absent = Some(why.readable(cx.reveal()));
                Ok(ArtifactTree { absent, can_be_named, ..ArtifactTree::default() })
            }
        }
    }

    /// Reads the first `limit` bytes of one file.
    ///
    /// # Errors
    /// [`StoreError::Artifact`] if it exists and cannot be read.
    pub fn read(
        &self,
        owner: &ArtifactOwner,
        uri: Option<&Unmasked<String>>,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredFile>> {
        let found = uri.map(|uri| self.folders.find(uri.as_stored_for_structure(), owner.id()));
        let Some(Found::At { folder, root }) = found else { return Ok(None) };
        let Some(file) = untrusted::inside(&folder, path, &root) else { return Ok(None) };
        untrusted::read(&file, limit).map_err(|source| StoreError::Artifact { path: file, source })
    }
}

fn outside(folder: &Path) -> String {
    format!(
        "{} lies outside the store's own folder; allow it in the window, or name it with --artifacts, to have it opened",
        folder.display()
    )
}
