//! The index of a write-ahead log (`…-shm`), looked at without SQLite and without a lock.
//!
//! Its first 48 bytes say which commits a reader would see, and they are what SQLite itself tells
//! snapshots apart by (<https://www.sqlite.org/walformat.html#the_wal_index_file_format>). So two
//! connections, one after the other, can tell that nothing was committed between them, and the
//! window can look for news without opening anything. The times of the files cannot say that: a
//! log is written, and maybe waited for, before its index makes a commit of it.
//!
//! On Unix, closing *any* handle of a file drops all of this process's locks on it. So the handle
//! stays open as long as any reader of this store lives, or until another file has its name.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What an index says; equal means the same content, for whoever begins to read.
pub type LogHead = [u8; HEAD];

/// One of the two copies of the head.
const HEAD: usize = 48;

/// Where in it stands whether it was ever filled in.
const IS_FILLED: usize = 12;

/// On this byte every connection to the log keeps a shared lock (`UNIX_SHM_DMS`).
#[cfg(unix)]
const ALIVE: u64 = 128;

/// The index beside one database, which need not be there.
#[derive(Debug)]
pub struct LogIndex {
    path: PathBuf,
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    file: File,
    identity: Identity,
}

impl LogIndex {
    /// The index at `path`; nothing is opened yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, open: Mutex::new(None) }
    }

    /// What it says now; `None` if there is none, or somebody is writing it.
    pub fn head(&self) -> Option<LogHead> {
        let mut copies = [0; 2 * HEAD];
        self.with(|file| {
            file.seek(SeekFrom::Start(0)).ok()?;
            file.read_exact(&mut copies).ok()
        })??;
        let (first, second) = (copies.first_chunk::<HEAD>()?, copies.last_chunk::<HEAD>()?);
        (first == second && first[IS_FILLED] != 0).then_some(*first)
    }

    /// Whether another process has the log open; `None` where that cannot be told.
    pub fn is_held(&self) -> Option<bool> {
        self.with(|file| is_locked(file))?
    }

    fn with<T>(&self, look: impl FnOnce(&mut File) -> T) -> Option<T> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let there = Identity::of(&self.path);
        if there.is_none() || open.as_ref().is_none_or(|open| Some(&open.identity) != there.as_ref()) {
            let file = File::open(&self.path).ok()?;
            let identity = Identity::of_file(&file)?;
            *open = Some(Open { file, identity });
        }
        let looked = open.as_mut().map(|open| look(&mut open.file));
        if !Identity::IS_KNOWN {
            *open = None;
        }
        looked
    }
}

/// Tells a file from another one that has taken its name.
#[cfg(unix)]
#[derive(Debug, PartialEq, Eq)]
struct Identity(u64, u64);

#[cfg(unix)]
impl Identity {
    const IS_KNOWN: bool = true;

    fn of(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().map(|about| Self::from(&about))
    }

    fn of_file(file: &File) -> Option<Self> {
        file.metadata().ok().map(|about| Self::from(&about))
    }
}

#[cfg(unix)]
impl From<&std::fs::Metadata> for Identity {
    fn from(about: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(about.dev(), about.ino())
    }
}

#[cfg(unix)]
fn is_locked(file: &File) -> Option<bool> {
    use rustix::process::{Flock, FlockType, fcntl_getlk};
    let wanted = Flock { start: ALIVE, length: 1, ..Flock::from(FlockType::WriteLock) };
    fcntl_getlk(file, &wanted).ok().map(|holder| holder.is_some())
}

/// Elsewhere a handle that is closed drops no locks but its own, and is opened anew each time.
#[cfg(not(unix))]
#[derive(Debug, PartialEq, Eq)]
struct Identity;

#[cfg(not(unix))]
impl Identity {
    const IS_KNOWN: bool = false;

    fn of(path: &Path) -> Option<Self> {
        path.exists().then_some(Self)
    }

    fn of_file(_file: &File) -> Option<Self> {
        Some(Self)
    }
}

#[cfg(not(unix))]
fn is_locked(_file: &File) -> Option<bool> {
    None
}
