//! From what a user typed to a reader.

use std::path::{Path, PathBuf};

use super::sqlite::SqliteStore;
use super::{OpenOptions, Result, Store, StoreError};

/// Opens a file, a folder that is a store, or a folder that holds one.
///
/// # Errors
/// Every [`StoreError`] that says why there is nothing to read at `path`.
pub fn open(path: &Path, options: &OpenOptions) -> Result<Box<dyn Store>> {
    Ok(Box::new(SqliteStore::open(&locate(path)?, options)?))
}

/// The database that a user means by `path`: itself, or the one store in that folder
/// (`mlflow.db` before any other name).
///
/// # Errors
/// A sentence for each way in which there is none.
pub fn locate(path: &Path) -> Result<PathBuf> {
    if let Some(text) = path.to_str()
        && (text.starts_with("http://") || text.starts_with("https://"))
    {
        return Err(StoreError::Server(text.to_owned()));
    }
    let path = without_scheme(path);
    let about = std::fs::metadata(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => StoreError::Missing(path.clone()),
        _ => StoreError::Io { action: "open", path: path.clone(), source },
    })?;
    if about.is_file() {
        return Ok(path);
    }
    if !about.is_dir() {
        return Err(StoreError::NotAFile(path));
    }
    let usual = path.join("mlflow.db");
    if usual.is_file() {
        return Ok(usual);
    }
    let mut found = stores_in(&path)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 if is_folder_store(&path) => Err(StoreError::FolderStore(path)),
        0 if is_folder_store(&path.join("mlruns")) => Err(StoreError::FolderStore(path.join("mlruns"))),
        0 => Err(StoreError::NoStoreInFolder(path)),
        _ => {
            let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Err(StoreError::SeveralStores { folder: path, names: found.iter().map(name).collect() })
        }
    }
}

/// `sqlite:///relative.db`, `sqlite:////absolute.db` and `file://…` as MLflow writes them.
fn without_scheme(path: &Path) -> PathBuf {
    let Some(text) = path.to_str() else { return path.to_owned() };
    for scheme in ["sqlite:///", "file://"] {
        if let Some(rest) = text.strip_prefix(scheme) {
            return PathBuf::from(rest);
        }
    }
    path.to_owned()
}

/// Every MLflow database of a folder, by name.
fn stores_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let io = |source| StoreError::Io { action: "list", path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if is_called_database(&path) && path.is_file() && SqliteStore::open(&path, &OpenOptions::default()).is_ok() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a file's name ends as that of a SQLite database.
pub(super) fn is_called_database(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ["db", "sqlite", "sqlite3"].contains(&ending.as_str())
}

/// Whether a folder has the shape of MLflow's file store: an experiment's `meta.yaml`.
pub(super) fn is_folder_store(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| entry.path().join("meta.yaml").is_file())
}
