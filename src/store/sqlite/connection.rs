//! Opening a database without leaving a trace of it.
//!
//! | the store is | it is opened |
//! |---|---|
//! | in rollback mode (what MLflow makes) | plainly, read-only |
//! | in WAL mode, cleanly closed: no side files | as an immutable snapshot, re-checked before every reading, since a plain opening would leave `-shm` and `-wal` behind |
//! | in WAL mode with side files that somebody holds open | read-only with `readonly_shm`, on a short [lease](super::lease), so that a writer can tidy up when it leaves |
//! | in WAL mode with side files that a process left behind | the same: SQLite then makes an index of its own in memory; an empty log is not needed at all |
//! | left by a process that died: hot journal, or a log without its index | as a private copy, in which SQLite may recover |

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use super::log_index::LogHead;
use super::source::{Source, Stamp, Surroundings};
use crate::store::cx::{CancelToken, ReadCx};
use crate::store::{Result, StoreError, user_cache};

/// How long to wait for a writer that holds the lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);

/// No value in a store is longer than this; longer ones are an error of that row.
const MAX_VALUE_BYTES: i32 = 512 << 20;

/// SQLite instructions between two looks at the cancel token: about 50 µs.
const STEPS_PER_CHECK: i32 = 5_000;

/// How a database was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Plainly, read-only.
    Plain,
    /// As a file that does not change; true until the surroundings differ.
    Snapshot,
    /// With its write-ahead log, without touching the index of it.
    Log(Holder),
    /// As a private copy.
    Copy,
}

/// Who has the write-ahead log open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Another process.
    Alive,
    /// Nobody: a process left it behind.
    Gone,
    /// This system does not say.
    Unknown,
}

impl Holder {
    /// Asks the system, without opening anything that is not kept.
    pub fn of(source: &Source) -> Self {
        match source.log_index().is_held() {
            Some(true) => Self::Alive,
            Some(false) => Self::Gone,
            // There is no index, and so nobody who needs one; or there is no telling.
            None if source.surroundings().has_shm => Self::Unknown,
            None => Self::Gone,
        }
    }
}

impl Mode {
    /// Whether an open connection keeps a lock between readings.
    pub fn keeps_lock(self) -> bool {
        matches!(self, Self::Log(_))
    }
}

/// An open connection and what must stay true for it.
#[derive(Debug)]
pub struct Db {
    /// The connection.
    pub conn: Connection,
    /// How it was opened.
    pub mode: Mode,
    /// The surroundings at the time.
    seen: Surroundings,
    guard: Arc<Guard>,
    /// Removed with the last reader that uses it.
    copy: Option<Arc<TempDir>>,
}

/// See [`Db::version`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// As the file says itself.
    Counted(Stamp, u32),
    /// As the files were when they were opened; they are opened anew when they differ.
    Seen(Surroundings),
    /// As the index of the log says.
    Logged(LogHead),
}

/// What the progress handler looks at while SQLite works.
#[derive(Debug, Default)]
struct Guard(Mutex<Option<(CancelToken, Option<Instant>)>>);

impl Guard {
    fn must_stop(&self) -> bool {
        let armed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        armed.as_ref().is_some_and(|(cancel, deadline)| {
            cancel.is_cancelled() || deadline.is_some_and(|deadline| Instant::now() >= deadline)
        })
    }
}

impl Db {
    /// Opens in whichever way leaves the store as it is.
    ///
    /// # Errors
    /// What SQLite or the file system said.
    pub fn open(source: &Source) -> Result<Self> {
        let seen = source.surroundings();
        let header = source.header()?;
        let log_size = seen.wal.as_ref().map(Stamp::size);
        if !header.is_wal && log_size.is_none_or(|size| size == 0) {
            return match Self::connect(source, Mode::Plain, &seen) {
                Err(StoreError::Sqlite { message, .. }) if message == NEEDS_RECOVERY => {
                    Self::open_copy(source, &["-journal"])
                }
                other => other,
            };
        }
        let Some(log_size) = log_size else { return Self::connect(source, Mode::Snapshot, &seen) };
        let holder = Holder::of(source);
        match (log_size, seen.has_shm) {
            (0, _) if holder == Holder::Gone => Self::connect(source, Mode::Snapshot, &seen),
            (_, false) => Self::open_copy(source, &["-wal"]),
            (_, true) => match Self::connect(source, Mode::Log(holder), &seen) {
                Err(StoreError::Busy(path)) => Err(StoreError::Busy(path)),
                // The index cannot be trusted, or made without writing.
                Err(_) => Self::open_copy(source, &["-wal"]),
                opened => opened,
            },
        }
    }

    /// Opens what can be opened as it lies there; `None` if only a copy of it could be read.
    ///
    /// # Errors
    /// What SQLite or the file system said.
    pub fn open_in_place(source: &Source) -> Result<Option<Self>> {
        let seen = source.surroundings();
        let has_log = seen.wal.as_ref().is_some_and(|log| log.size() > 0);
        let mode = match (source.header()?.is_wal || has_log, has_log, seen.has_shm) {
            (false, ..) => Mode::Plain,
            // Whoever holds it is not asked: that would keep a handle of the index open.
            (true, _, true) if seen.wal.is_some() => Mode::Log(Holder::Unknown),
            (true, false, _) => Mode::Snapshot,
            (true, true, _) => return Ok(None),
        };
        match Self::connect(source, mode, &seen) {
            Err(StoreError::Sqlite { message, .. }) if message == NEEDS_RECOVERY => Ok(None),
            Err(error) if !mode.keeps_lock() || matches!(error, StoreError::Busy(_)) => Err(error),
            Err(_) => Ok(None),
            Ok(db) => Ok(Some(db)),
        }
    }

    /// Whether what was opened still is what lies there.
    pub fn is_current(&self, source: &Source) -> bool {
        match self.mode {
            // A rollback journal comes and goes with every write; SQLite handles that.
            Mode::Plain => source.log().is_none_or(|log| log.size() == 0),
            // As long as it is open, nobody can take the log away.
            Mode::Log(_) => true,
            Mode::Snapshot | Mode::Copy => source.surroundings() == self.seen,
        }
    }

    /// What the content that is read depends on: equal means the same content, for every reader
    /// of this store. It holds for a transaction if it was the same before and after its first
    /// reading. `None` where it cannot be told.
    pub fn version(&self, source: &Source) -> Option<Version> {
        match self.mode {
            Mode::Plain => source.change_counter().map(|(stamp, count)| Version::Counted(stamp, count)),
            Mode::Snapshot | Mode::Copy => Some(Version::Seen(self.seen.clone())),
            Mode::Log(Holder::Alive) => source.log_index().head().map(Version::Logged),
            // The index is as it was left; but whoever writes opens the log, and nobody did.
            Mode::Log(Holder::Gone) => {
                let is_same = source.surroundings() == self.seen && Holder::of(source) == Holder::Gone;
                is_same.then(|| Version::Seen(self.seen.clone()))
            }
            Mode::Log(Holder::Unknown) => None,
        }
    }

    /// Runs `read` so that it stops when `cx` says so.
    pub fn guarded<T>(&self, cx: &ReadCx, read: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        cx.check()?;
        let arm = |value| *self.guard.0.lock().unwrap_or_else(PoisonError::into_inner) = value;
        arm(Some((cx.cancel_token().clone(), cx.deadline())));
        let outcome = read(self);
        arm(None);
        outcome
    }

    fn open_copy(source: &Source, suffixes: &[&str]) -> Result<Self> {
        let folder = private_folder().map_err(|error| StoreError::Io {
            action: "make a private copy of",
            path: source.path().to_owned(),
            source: error,
        })?;
        let seen = source.surroundings();
        let path = source.copy_into(folder.path(), suffixes)?;
        // The copy may be written: this is where SQLite rolls back or recovers.
        let conn =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .map_err(|error| explain(source.path(), "the private copy", &error))?;
        let mut db = Self::prepare(source, conn, Mode::Copy, seen)?;
        db.copy = Some(Arc::new(folder));
        Ok(db)
    }

    fn connect(source: &Source, mode: Mode, seen: &Surroundings) -> Result<Self> {
        let options = match mode {
            Mode::Snapshot => "mode=ro&immutable=1",
            Mode::Log(_) => "mode=ro&readonly_shm=1",
            Mode::Plain | Mode::Copy => "mode=ro",
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(uri(source.path(), options), flags)
            .map_err(|error| explain(source.path(), "the database", &error))?;
        Self::prepare(source, conn, mode, seen.clone())
    }

    fn prepare(source: &Source, mut conn: Connection, mode: Mode, seen: Surroundings) -> Result<Self> {
        let guard = Arc::new(Guard::default());
        let mut configure = || -> rusqlite::Result<()> {
            conn.busy_timeout(BUSY_TIMEOUT)?;
            conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
            conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)?;
            conn.pragma_update(None, "trusted_schema", false)?;
            conn.pragma_update(None, "mmap_size", 0)?;
            conn.pragma_update(None, "temp_store", "memory")?;
            conn.pragma_update(None, "cache_size", -8_000)?; // KiB, for each of the readers
            let watched = Arc::clone(&guard);
            conn.progress_handler(STEPS_PER_CHECK, Some(move || watched.must_stop()))?;
            // The first look at the file: says whether it can be read at all.
            conn.query_row("select count(*) from sqlite_master", [], |_| Ok(()))?;
            conn.pragma_update(None, "query_only", true)?;
            conn.set_prepared_statement_cache_capacity(64);
            Ok(())
        };
        configure().map_err(|error| explain(source.path(), "the database", &error))?;
        Ok(Self { conn, mode, seen, guard, copy: None })
    }
}

/// A folder that only this user can look into, removed when dropped.
fn private_folder() -> std::io::Result<TempDir> {
    let builder = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix("dspyglass-copy-");
        builder
    };
    // Stores can be larger than what a temporary folder in memory holds: prefer the cache folder.
    if let Some(cache) = user_cache()
        && std::fs::create_dir_all(&cache).is_ok()
        && let Ok(folder) = builder().tempdir_in(cache)
    {
        return Ok(folder);
    }
    builder().tempdir()
}

/// A `file:` URI as SQLite wants it (<https://www.sqlite.org/uri.html>).
fn uri(path: &Path, options: &str) -> PathBuf {
    use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
    const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'?').add(b'#');
    let bytes = path.as_os_str().as_encoded_bytes();
    let encoded = percent_encode(bytes, ESCAPED).to_string();
    let encoded = if cfg!(windows) { format!("/{}", encoded.replace('\\', "/")) } else { encoded };
    PathBuf::from(format!("file://{encoded}?{options}"))
}

/// Stands for `SQLITE_READONLY_ROLLBACK` and its kin: a process died while it wrote.
pub const NEEDS_RECOVERY: &str = "it was left in the middle of a write";

/// Turns SQLite's error into a sentence.
pub fn explain(path: &Path, what: &str, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    let path = path.to_owned();
    let code = error.sqlite_error_code();
    let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
    let message = match code {
        Some(ErrorCode::OperationInterrupted) => return StoreError::Cancelled,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => return StoreError::Busy(path),
        Some(ErrorCode::NotADatabase) => return StoreError::NotSqlite(path),
        Some(ErrorCode::ReadOnly) if extended == rusqlite::ffi::SQLITE_READONLY_ROLLBACK => NEEDS_RECOVERY.to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => {
            format!("the file is damaged ({error}); `sqlite3 FILE .recover` can save what is left into a new file")
        }
        _ => error.to_string(),
    };
    StoreError::Sqlite { what: what.to_owned(), path, message }
}
