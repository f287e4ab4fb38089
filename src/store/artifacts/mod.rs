//! Files that belong to a store: found, listed and read without ever leaving the folders that
//! the user trusts.

mod listing;
mod resolve;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::OpenOptions;
use super::{ArtifactBytes, ReadCx, Result, StoreError};
use crate::model::secret::redact;
use crate::model::{ArtifactOwner, ArtifactTree, Reveal};
use resolve::{Folders, Found};

/// No secret is longer than this.
const MARGIN: u64 = 4096;

/// The artifact folders of one store.
#[derive(Clone, Debug)]
pub struct Artifacts {
    folders: Folders,
}

impl Artifacts {
    /// For the store whose database is `database`.
    pub fn new(database: &Path, options: &OpenOptions) -> Self {
        Self { folders: Folders::new(database, options) }
    }

    /// Lists what lies at the recorded address of somebody's artifacts.
    ///
    /// # Errors
    /// [`StoreError::Cancelled`] and [`StoreError::TooSlow`] only; what cannot be read is a warning.
    pub fn list(&self, cx: &ReadCx, owner: &ArtifactOwner, uri: Option<&str>) -> Result<ArtifactTree> {
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
                Ok(ArtifactTree { absent: Some(why), can_be_named, ..ArtifactTree::default() })
            }
        }
    }

    /// Reads the first `limit` bytes of one file, secrets in text replaced unless revealed.
    ///
    /// # Errors
    /// As [`Artifacts::read_raw`].
    pub fn read(
        &self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        uri: Option<&str>,
        path: &str,
        limit: u64,
    ) -> Result<Option<ArtifactBytes>> {
        cx.check()?;
        // Read a little more than is asked for: a secret across the limit must be seen whole.
        let file = self.read_raw(owner, uri, path, limit.saturating_add(MARGIN))?;
        let Some(mut file) = file else { return Ok(None) };
        if cx.reveal() == Reveal::Masked {
            // Cut files may end inside a character; what is no text at all holds no key to find.
            let text = match std::str::from_utf8(&file.bytes) {
                Ok(text) => Some(text),
                Err(error) if error.error_len().is_none() => {
                    std::str::from_utf8(&file.bytes[..error.valid_up_to()]).ok()
                }
                Err(_) => None,
            };
            let redacted = match text.map(redact) {
                Some(std::borrow::Cow::Owned(redacted)) => Some(redacted),
                _ => None,
            };
            if let Some(redacted) = redacted {
                file.bytes = redacted.into_bytes();
            }
        }
        file.bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(Some(file))
    }

    /// Reads a file as it is; for readers that mask what they make of it.
    ///
    /// # Errors
    /// [`StoreError::Artifact`] if it exists and cannot be read.
    pub fn read_raw(
        &self,
        owner: &ArtifactOwner,
        uri: Option<&str>,
        path: &str,
        limit: u64,
    ) -> Result<Option<ArtifactBytes>> {
        let found = uri.map(|uri| self.folders.find(uri, owner.id()));
        let Some(Found::At { folder, root }) = found else { return Ok(None) };
        let Some(file) = resolve::inside(&folder, path, &root) else { return Ok(None) };
        // Only regular files: a pipe or a device would never end.
        if !file.is_file() {
            return Ok(None);
        }
        read_file(&file, limit).map(Some).map_err(|source| StoreError::Artifact { path: file, source })
    }
}

fn outside(folder: &Path) -> String {
    format!(
        "{} lies outside the store's own folder; allow it in the window, or name it with --artifacts, to have it opened",
        folder.display()
    )
}

fn read_file(path: &Path, limit: u64) -> std::io::Result<ArtifactBytes> {
    let file = File::open(path)?;
    let full_size = file.metadata()?.len();
    let expected = usize::try_from(full_size.min(limit)).unwrap_or(0);
    let mut bytes = Vec::new();
    // Sizes come from the file system, but memory is only promised for what can be real.
    bytes.reserve_exact(expected.min(64 << 20));
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(ArtifactBytes { bytes, full_size })
}
