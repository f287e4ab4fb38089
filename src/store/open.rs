//! From where a store is to a reader of it.

use std::path::{Path, PathBuf};

use super::location::{Address, StoreLocation};
use super::sqlite::SqliteStore;
use super::{OpenOptions, Result, Store, StoreError};

/// What there is at a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file: a SQLite database.
    File(PathBuf),
    /// A folder that MLflow keeps files in instead of a database.
    FolderStore(PathBuf),
    /// A server, which has not been asked for anything yet.
    Server(Address),
}

/// A store that is open, and what it was found to be.
pub struct Opened {
    /// What it is.
    pub found: Found,
    /// A reader of it.
    pub store: Box<dyn Store>,
}

impl Found {
    /// Where it is: of a folder that held a database, the database.
    pub fn location(&self) -> StoreLocation {
        match self {
            Self::File(path) | Self::FolderStore(path) => StoreLocation::Path(path.clone()),
            Self::Server(address) => StoreLocation::Address(address.clone()),
        }
    }

    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::File(_) => "File",
            Self::FolderStore(_) => "Folder store",
            Self::Server(_) => "Server",
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// Every [`StoreError`] that says why nothing can be read there.
    pub fn open(self, options: &OpenOptions) -> Result<Opened> {
        match &self {
            Self::File(path) => {
                let store = Box::new(SqliteStore::open(path, options)?);
                Ok(Opened { found: self, store })
            }
            Self::FolderStore(path) => Err(StoreError::FolderStore(path.clone())),
            Self::Server(address) => Err(StoreError::Server(address.clone())),
        }
    }
}

/// A store that was made or opened elsewhere, as far as it tells where it is.
impl From<Box<dyn Store>> for Opened {
    fn from(store: Box<dyn Store>) -> Self {
        let found = match store.info().location {
            StoreLocation::Path(path) => Found::File(path),
            StoreLocation::Address(address) => Found::Server(address),
        };
        Self { found, store }
    }
}

/// Opens what is at a location: a file, a folder that is a store, or a folder that holds one.
///
/// # Errors
/// Every [`StoreError`] that says why there is nothing to read.
pub fn open(location: impl Into<StoreLocation>, options: &OpenOptions) -> Result<Opened> {
    find(&location.into())?.open(options)
}

/// What a person means by a location: of a folder, the one store in it (`mlflow.db` before any other name).
///
/// # Errors
/// A sentence for each way in which there is none.
pub fn find(location: &StoreLocation) -> Result<Found> {
    let path = match location {
        StoreLocation::Address(address) => return Ok(Found::Server(address.clone())),
        StoreLocation::Path(path) => path.clone(),
    };
    let about = std::fs::metadata(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => StoreError::Missing(path.clone()),
        _ => StoreError::Io { action: "open", path: path.clone(), source },
    })?;
    if about.is_file() {
        return Ok(Found::File(path));
    }
    if !about.is_dir() {
        return Err(StoreError::NotAFile(path));
    }
    let usual = path.join("mlflow.db");
    if usual.is_file() {
        return Ok(Found::File(usual));
    }
    let mut found = stores_in(&path)?;
    match found.len() {
        1 => Ok(Found::File(found.remove(0))),
        0 if is_folder_store(&path) => Ok(Found::FolderStore(path)),
        0 if is_folder_store(&path.join("mlruns")) => Ok(Found::FolderStore(path.join("mlruns"))),
        0 => Err(StoreError::NoStoreInFolder(path)),
        _ => {
            let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Err(StoreError::SeveralStores { folder: path, names: found.iter().map(name).collect() })
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(name)
    }

    #[test]
    fn what_is_at_a_location_is_told_before_it_is_opened() {
        let file = recorded("v3.17/mlflow.db");
        let as_mlflow_writes = format!("sqlite:///{}", file.display());
        for location in [StoreLocation::from(&file), (&recorded("v3.17")).into(), as_mlflow_writes.as_str().into()] {
            let found = find(&location).expect("a store");
            assert_eq!(found, Found::File(file.clone()));
            let opened = found.open(&OpenOptions::default()).expect("opens");
            assert_eq!((opened.found.kind(), opened.found.location()), ("File", opened.store.info().location));
        }
        let other = recorded("server-3.17/mydb.sqlite");
        assert_eq!(find(&(&recorded("server-3.17")).into()).expect("a store"), Found::File(other));
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(home.path().join("mlruns/1")).expect("made");
        std::fs::write(home.path().join("mlruns/1/meta.yaml"), "name: x").expect("written");
        for folder in [home.path().to_owned(), home.path().join("mlruns")] {
            let found = find(&folder.into()).expect("a store of files");
            assert_eq!((found.kind(), &found), ("Folder store", &Found::FolderStore(home.path().join("mlruns"))));
            let Err(StoreError::FolderStore(at)) = found.open(&OpenOptions::default()) else { panic!("opened") };
            assert_eq!(at, home.path().join("mlruns"));
        }
        let server = find(&"http://me:pw1@localhost:5000".into()).expect("an address");
        assert_eq!((server.kind(), server.location().to_string().as_str()), ("Server", "http://localhost:5000"));
    }

    #[test]
    fn what_is_not_opened_yet_says_what_to_do_and_no_password() {
        for (text, shown, advice) in [
            ("http://me:pw1@host:5000", "http://host:5000 is a tracking server", "mlflow.db"),
            ("databricks://pw1@team", "databricks://team is MLflow on Databricks", "not opened yet"),
            ("postgresql://me:pw1@db/x", "postgresql://db/x is a database server", "not opened yet"),
            ("ssh://me:pw1@host/mlflow.db", "ssh://host/mlflow.db is an address", "not opened"),
        ] {
            let Err(error) = open(text, &OpenOptions::default()) else { panic!("{text} was opened") };
            let told = error.to_string();
            assert!(told.starts_with(shown) && told.contains(advice), "{told}");
            assert!(!format!("{told} {error:?}").contains("pw1") && !told.ends_with('.'), "{told}");
        }
    }
}
