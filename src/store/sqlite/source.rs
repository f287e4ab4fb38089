//! The database file and what lies beside it, looked at without SQLite.
//!
//! One handle to the file is kept as long as any reader of this store lives: on Unix, closing
//! *any* handle of a file drops all of this process's locks on it, SQLite's included.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::log_index::LogIndex;
use crate::store::{Result, SQLITE_BEGIN, StoreError, StoreId};

/// The database file.
#[derive(Debug)]
pub struct Source {
    id: StoreId,
    path: PathBuf,
    file: Mutex<File>,
    log_index: LogIndex,
}

/// Size and times of one file, to notice that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
}

/// The database and its side files at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The database itself.
    pub database: Option<Stamp>,
    /// `…-wal`, if there is one.
    pub wal: Option<Stamp>,
    /// Whether there is a `…-shm`.
    pub has_shm: bool,
    /// `…-journal`, if there is one.
    pub journal: Option<Stamp>,
}

/// What the first 100 bytes say (<https://www.sqlite.org/fileformat.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The database was last used with a write-ahead log.
    pub is_wal: bool,
}

impl Source {
    /// Takes hold of the file and checks that it can be a database.
    ///
    /// # Errors
    /// [`StoreError::Empty`], [`StoreError::NotSqlite`], [`StoreError::Truncated`], [`StoreError::Io`].
    pub fn open(path: &Path) -> Result<Self> {
        let io = |source| StoreError::Io { action: "open", path: path.to_owned(), source };
        // Relative paths would break when somebody changes the working directory.
        let path = std::path::absolute(path).map_err(io)?;
        let file = File::open(&path).map_err(io)?;
        let log_index = LogIndex::new(beside(&path, "-shm"));
        let source = Self { id: StoreId::fresh(), path, file: Mutex::new(file), log_index };
        source.header()?;
        Ok(source)
    }

    /// Which opening of the store this is.
    pub fn id(&self) -> StoreId {
        self.id
    }

    /// The absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a side file, for instance with `-wal`.
    pub fn side(&self, suffix: &str) -> PathBuf {
        beside(&self.path, suffix)
    }

    /// The index of its write-ahead log.
    pub fn log_index(&self) -> &LogIndex {
        &self.log_index
    }

    /// Size in bytes, if it can be told.
    pub fn size(&self) -> Option<u64> {
        std::fs::metadata(&self.path).ok().map(|about| about.len())
    }

    /// Reads the header as it is now.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn header(&self) -> Result<Header> {
        let io = |source| StoreError::Io { action: "read", path: self.path.clone(), source };
        let mut bytes = Vec::with_capacity(100);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        (&mut *file).take(100).read_to_end(&mut bytes).map_err(io)?;
        let actual = file.metadata().map_err(io)?.len();
        drop(file);
        if bytes.is_empty() {
            return Err(StoreError::Empty(self.path.clone()));
        }
        if !bytes.starts_with(SQLITE_BEGIN) {
            return Err(StoreError::NotSqlite(self.path.clone()));
        }
        let number = |at: usize| bytes.get(at..at + 4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
        let page_size = match bytes.get(16..18).map_or(0, |b| u16::from_be_bytes([b[0], b[1]])) {
            1 => 65_536,
            size => u64::from(size),
        };
        let is_wal = bytes.get(18..20).is_some_and(|versions| versions.contains(&2));
        // The size in the header holds only if its change counter is the current one.
        let expected = if number(24) == number(92) { page_size * u64::from(number(28)) } else { 0 };
        let has_side_file = self.surroundings().wal.is_some_and(|wal| wal.size > 0) || self.has_journal();
        if bytes.len() < 100 || (actual < expected && !has_side_file) {
            return Err(StoreError::Truncated { path: self.path.clone(), expected: expected.max(512), actual });
        }
        Ok(Header { is_wal })
    }

    /// The number that every committed change raises, in a database without a write-ahead log
    /// (<https://www.sqlite.org/fileformat.html>, offset 24), with size and time. Nobody can
    /// change it while a transaction reads. `None` if another file has taken this one's place.
    pub fn change_counter(&self) -> Option<(Stamp, u32)> {
        let mut bytes = [0; 4];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(24)).and_then(|_| file.read_exact(&mut bytes)).ok()?;
        let stamp = Stamp::of(&file.metadata().ok()?);
        let there = Stamp::of(&std::fs::metadata(&self.path).ok()?);
        (stamp == there).then(|| (stamp, u32::from_be_bytes(bytes)))
    }

    /// Whether a journal that is not empty lies beside the database.
    pub fn has_journal(&self) -> bool {
        std::fs::metadata(self.side("-journal")).is_ok_and(|about| about.len() > 0)
    }

    /// The write-ahead log as it is now, if there is one.
    pub fn log(&self) -> Option<Stamp> {
        std::fs::metadata(self.side("-wal")).ok().map(|about| Stamp::of(&about))
    }

    /// The database and its side files as they are now.
    pub fn surroundings(&self) -> Surroundings {
        let stamp = |path: &Path| std::fs::metadata(path).ok().map(|about| Stamp::of(&about));
        Surroundings {
            database: stamp(&self.path),
            wal: stamp(&self.side("-wal")),
            has_shm: self.side("-shm").exists(),
            journal: stamp(&self.side("-journal")),
        }
    }

    /// Copies the database and the side files with these suffixes into `folder`, which must be
    /// private, and gives the copy's path.
    ///
    /// # Errors
    /// [`StoreError::Io`]; [`StoreError::Busy`] if somebody wrote meanwhile.
    pub fn copy_into(&self, folder: &Path, suffixes: &[&str]) -> Result<PathBuf> {
        let io = |source| StoreError::Io { action: "copy", path: self.path.clone(), source };
        let before = self.surroundings();
        let name = self.path.file_name().unwrap_or_default();
        let target = folder.join(name);
        {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(0)).map_err(io)?;
            std::io::copy(&mut *file, &mut File::create(&target).map_err(io)?).map_err(io)?;
        }
        for suffix in suffixes {
            let mut side_name = name.to_owned();
            side_name.push(suffix);
            match std::fs::read(self.side(suffix)) {
                Ok(bytes) => std::fs::write(folder.join(side_name), bytes).map_err(io)?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(io(error)),
            }
        }
        if self.surroundings() == before { Ok(target) } else { Err(StoreError::Busy(self.path.clone())) }
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

impl Stamp {
    fn of(about: &Metadata) -> Self {
        Self { size: about.len(), modified: about.modified().ok() }
    }

    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}
