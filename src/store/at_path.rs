//! What there is at a path, told by its shape: the one place that knows the kinds of stores on disk. [`super::open`]
//! opens what is found here, [`super::nearby`] describes it before.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{Result, StoreError};

/// What every SQLite database begins with (<https://www.sqlite.org/fileformat.html>).
pub const SQLITE_BEGIN: &[u8; 16] = b"SQLite format 3\0";

/// A kind of store that lies on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DiskKind {
    /// A SQLite database.
    Sqlite,
    /// A folder that MLflow keeps files in instead of a database.
    Folder,
    /// A file of exported traces.
    TraceFile,
}

/// What there is at a path, as far as its shape tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtPath {
    /// What may be a store of this kind; of a file only opening it tells.
    Store(DiskKind),
    /// A folder that is no store; there may be one in it.
    Folder,
    /// Neither a file nor a folder.
    Neither,
}

impl DiskKind {
    /// What a store of this kind is called.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Folder => "folder store",
            Self::TraceFile => "trace file",
        }
    }

    /// What to do with a store of this kind if it is not opened yet, as part of a sentence; `None` if it is opened.
    pub const fn instead(self) -> Option<&'static str> {
        match self {
            Self::Sqlite | Self::TraceFile => None,
            Self::Folder => Some("`mlflow migrate-filestore` of MLflow 3.10 or later makes a database of it"),
        }
    }
}

/// What the file system says of a path, links followed.
///
/// # Errors
/// [`StoreError::Missing`], or [`StoreError::Io`] if it may not be looked at.
pub(super) fn about(path: &Path) -> Result<Metadata> {
    std::fs::metadata(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => StoreError::Missing(path.to_owned()),
        _ => StoreError::Io { action: "open", path: path.to_owned(), source },
    })
}

/// What there is at a path of which this is known.
pub(super) fn what(path: &Path, about: &Metadata) -> AtPath {
    if about.is_file() {
        AtPath::Store(if is_called_traces(path) && !is_database(path) { DiskKind::TraceFile } else { DiskKind::Sqlite })
    } else if !about.is_dir() {
        AtPath::Neither
    } else if has_experiments(path) {
        AtPath::Store(DiskKind::Folder)
    } else {
        AtPath::Folder
    }
}

/// The folders that are stores and that a person means by a folder: itself, and `mlruns` in it.
pub(super) fn folder_stores(folder: &Path) -> impl Iterator<Item = (DiskKind, PathBuf)> + use<> {
    [folder.to_owned(), folder.join("mlruns")].into_iter().filter_map(|path| {
        let about = about(&path).ok().filter(Metadata::is_dir)?;
        match what(&path, &about) {
            AtPath::Store(kind) => Some((kind, path)),
            AtPath::Folder | AtPath::Neither => None,
        }
    })
}

/// Whether a file's name ends as that of a SQLite database.
pub fn is_called_database(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ["db", "sqlite", "sqlite3"].contains(&ending.as_str())
}

/// Whether a file's name ends as that of a file of traces.
fn is_called_traces(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ["json", "jsonl", "ndjson"].contains(&ending.as_str())
}

/// Whether a file begins as a SQLite database does: SQLAlchemy makes one of any name (`sqlite:///runs.json`).
fn is_database(path: &Path) -> bool {
    let mut begin = [0; SQLITE_BEGIN.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut begin)).is_ok() && begin == *SQLITE_BEGIN
}

/// Whether a folder has the shape of MLflow's file store: an experiment's `meta.yaml`.
fn has_experiments(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.path().join("meta.yaml").is_file())
}
