//! From where a store is to a reader of it.

use std::path::{Path, PathBuf};

use super::at_path::{self, AtPath, DiskKind};
use super::location::{Address, AddressKind, StoreLocation};
use super::remote::RemoteStore;
use super::server::ServerStore;
use super::sqlite::SqliteStore;
use super::{OpenOptions, Result, Store, StoreError, trace_file};

/// What there is at a location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file or a folder of this kind.
    OnDisk(DiskKind, PathBuf),
    /// A server, which has not been asked for anything yet.
    Server(Address),
}

impl Found {
    /// Where it is: of a folder that held a database, the database.
    pub fn location(&self) -> StoreLocation {
        match self {
            Self::OnDisk(_, path) => StoreLocation::Path(path.clone()),
            Self::Server(address) => StoreLocation::Address(address.clone()),
        }
    }

    /// A reader of it, which tells by itself what it reads and where ([`Store::info`]).
    ///
    /// # Errors
    /// Every [`StoreError`] that says why nothing can be read there.
    pub fn open(self, options: &OpenOptions) -> Result<Box<dyn Store>> {
        match self {
            Self::OnDisk(DiskKind::Sqlite, path) => Ok(Box::new(SqliteStore::open(&path, options)?)),
            Self::OnDisk(DiskKind::TraceFile, path) => Ok(Box::new(trace_file::open(&path)?)),
            Self::OnDisk(DiskKind::Folder, path) => Err(StoreError::FolderStore(path)),
            Self::Server(address)
                if matches!(address.kind(), AddressKind::TrackingServer | AddressKind::Databricks) =>
            {
                Ok(Box::new(ServerStore::open(&address, options)?))
            }
            Self::Server(address) if address.kind() == AddressKind::OverSsh => {
                Ok(Box::new(RemoteStore::open(&address, options)?))
            }
            Self::Server(address) => Err(StoreError::Server(address)),
        }
    }
}

/// Opens what is at a location: a file, a folder that is a store, or a folder that holds one.
///
/// # Errors
/// Every [`StoreError`] that says why there is nothing to read.
pub fn open(location: impl Into<StoreLocation>, options: &OpenOptions) -> Result<Box<dyn Store>> {
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
    let about = at_path::about(&path)?;
    if about.is_dir() {
        return find_in(path);
    }
    match at_path::what(&path, &about) {
        AtPath::Store(kind) => Ok(Found::OnDisk(kind, path)),
        AtPath::Folder | AtPath::Neither => Err(StoreError::NotAFile(path)),
    }
}

/// A database in a folder goes before the folder: of a tracking server's, `mlruns` holds nothing but artifacts.
fn find_in(folder: PathBuf) -> Result<Found> {
    let usual = folder.join("mlflow.db");
    if usual.is_file() {
        return Ok(Found::OnDisk(DiskKind::Sqlite, usual));
    }
    let mut found = databases_in(&folder)?;
    match found.len() {
        1 => Ok(Found::OnDisk(DiskKind::Sqlite, found.remove(0))),
        0 => match at_path::folder_stores(&folder).next() {
            Some((kind, path)) => Ok(Found::OnDisk(kind, path)),
            None => Err(StoreError::NoStoreInFolder(folder)),
        },
        _ => {
            let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Err(StoreError::SeveralStores { folder, names: found.iter().map(name).collect() })
        }
    }
}

/// Every MLflow database of a folder, by name.
fn databases_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let io = |source| StoreError::Io { action: "list", path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let is_called_so = at_path::is_called_database(&path) && path.is_file();
        if is_called_so && SqliteStore::open(&path, &OpenOptions::default()).is_ok() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
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
            assert_eq!(found, Found::OnDisk(DiskKind::Sqlite, file.clone()));
            let told = found.location();
            let info = found.open(&OpenOptions::default()).expect("opens").info();
            assert_eq!((info.kind, info.location), (DiskKind::Sqlite.word(), told));
        }
        let home = tempfile::tempdir().expect("a folder");
        let odd = home.path().join("runs.json");
        std::fs::copy(&file, &odd).expect("copied");
        let found = find(&(&odd).into()).expect("a database of any name");
        assert_eq!(found, Found::OnDisk(DiskKind::Sqlite, odd));
        assert_eq!(found.open(&OpenOptions::default()).expect("opens").info().kind, DiskKind::Sqlite.word());
        let other = recorded("server-3.17/mydb.sqlite");
        assert_eq!(find(&(&recorded("server-3.17")).into()).expect("a store"), Found::OnDisk(DiskKind::Sqlite, other));
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(home.path().join("mlruns/1")).expect("made");
        std::fs::write(home.path().join("mlruns/1/meta.yaml"), "name: x").expect("written");
        for folder in [home.path().to_owned(), home.path().join("mlruns")] {
            let found = find(&folder.into()).expect("a store of files");
            assert_eq!(found, Found::OnDisk(DiskKind::Folder, home.path().join("mlruns")));
            let Err(StoreError::FolderStore(at)) = found.open(&OpenOptions::default()) else { panic!("opened") };
            assert_eq!(at, home.path().join("mlruns"));
        }
        let server = find(&"http://me:pw1@localhost:5000".into()).expect("an address");
        assert_eq!(server.location().to_string(), "http://localhost:5000");
        assert!(matches!(server, Found::Server(_)));
    }

    #[test]
    fn what_is_not_opened_yet_says_what_to_do_and_no_password() {
        for (text, shown, advice) in [
            ("postgresql://me:pw1@db/x", "postgresql://db/x is a database server", "not opened yet"),
            ("sftp://me:pw1@host/mlflow.db", "sftp://host/mlflow.db is an address", "not opened"),
        ] {
            let Err(error) = open(text, &OpenOptions::default()) else { panic!("{text} was opened") };
            let told = error.to_string();
            assert!(told.starts_with(shown) && told.contains(advice), "{told}");
            assert!(!format!("{told} {error:?}").contains("pw1") && !told.ends_with('.'), "{told}");
        }
    }
}
