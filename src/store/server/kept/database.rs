//! One file of answers: an SQLite database, in which two programs may write at once, what is written is there as a whole
//! or not at all, and which never grows beyond a number of pages.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};

use super::digest::Key;
use super::place::{delete, make_private_file};
use super::proof::Proof;
use crate::store::Part;
use crate::store::server::exchange::Response;

/// What stands in the head of the file: `dsps` as bytes, and the version of its tables.
const OURS: i64 = 0x6473_7073;
const VERSION: i64 = 1;

/// Bytes of a page.
const PAGE: u64 = 4096;

/// What is larger than this part of the file is not kept: everything else would have to go.
const LARGEST: u64 = 8;

/// The log is cut to this size once it is written back.
const LOG_BYTES: u64 = 16 << 20;

/// That something is asked for again is not noted more often; the same for what is still the same.
const NOTED_EVERY_MS: i64 = 60_000;

const TABLES: &str = "create table if not exists answers (
        key blob primary key, proof blob, said integer not null, used integer not null, status integer not null,
        is_json integer not null, length integer, is_cut integer not null, size integer not null, sum integer not null,
        body blob not null);
    create index if not exists answers_used on answers (used);";

const FIND: &str = "select said, used, status, is_json, length, is_cut, sum, body from answers where key = ?1
    and (?2 is null or proof = ?2)";

/// An answer as it was given.
pub struct Entry {
    /// When, milliseconds since the epoch.
    pub said_ms: i64,
    status: u16,
    is_json: bool,
    length: Option<u64>,
    is_cut: bool,
    body: Vec<u8>,
}

impl Entry {
    /// Whether it has as much as is asked for.
    pub fn serves(&self, most: u64) -> bool {
        !self.is_cut || self.body.len() as u64 >= most
    }

    /// The answer again, no more than `most` bytes of it.
    pub fn response(self, most: u64) -> Response {
        let Self { status, is_json, length, is_cut, body: mut bytes, .. } = self;
        let is_cut = is_cut || bytes.len() as u64 > most;
        bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Response { status, is_json, elsewhere: None, pause: None, length, bytes, is_cut }
    }
}

/// What tells an answer from another one to the same request.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    size: i64,
    sum: i64,
}

impl Stamp {
    /// That of what was answered.
    pub fn of(bytes: &[u8]) -> Self {
        Self { size: i64::try_from(bytes.len()).unwrap_or(i64::MAX), sum: sum_of(bytes) }
    }
}

/// What became of the file since that was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It is as it should be, or there is none.
    Well,
    /// It was damaged, and is made anew.
    MadeAnew,
}

/// An open file, or none.
pub struct Database {
    connection: Option<Connection>,
    path: Option<PathBuf>,
    most: u64,
    health: Health,
}

impl Database {
    /// Opens the file at `path`, anew if it is damaged or of another version. Without one nothing is kept.
    pub fn open(path: Option<PathBuf>, most: u64) -> Self {
        let mut file = Self { connection: None, path, most, health: Health::Well };
        file.connect();
        file
    }

    fn connect(&mut self) {
        self.connection = None;
        let Some(path) = &self.path else { return };
        match open(path, self.most) {
            Ok(connection) => self.connection = Some(connection),
            Err(error) if is_passing(&error) => {}
            Err(error) => {
                delete(path);
                self.connection = open(path, self.most).ok();
                // One of another version is not damaged.
                if self.connection.is_some() && !matches!(error, rusqlite::Error::InvalidQuery) {
                    self.health = Health::MadeAnew;
                }
            }
        }
    }

    fn begin_anew(&mut self) {
        self.connection = None;
        self.path.iter().for_each(|path| delete(path));
        self.connect();
        self.health = Health::MadeAnew;
    }

    /// What became of it since this was asked last.
    pub fn take_health(&mut self) -> Health {
        std::mem::replace(&mut self.health, Health::Well)
    }

    /// The answer to a request; with a proof only one that was sealed with it.
    pub fn find(&mut self, key: &Key, proof: Option<&Proof>, now_ms: i64) -> Option<Entry> {
        match look(self.connection.as_ref()?, key, proof, now_ms) {
            Ok(Found::Nothing) => None,
            Ok(Found::Entry(entry)) => Some(entry),
            Err(error) if is_passing(&error) => None,
            // What else is damaged nobody knows.
            Ok(Found::Damaged) | Err(_) => {
                self.begin_anew();
                None
            }
        }
    }

    /// Keeps an answer, which is not sealed yet unless it is the one that is there already.
    pub fn keep(&mut self, key: &Key, response: &Response, now_ms: i64) {
        let size = response.bytes.len() as u64;
        if size > self.most / LARGEST {
            return;
        }
        self.write(|connection, most| match write(connection, key, response, now_ms) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                make_room(connection, size.max(most / 4))?;
                write(connection, key, response, now_ms)
            }
            other => other,
        });
    }

    /// Says that this answer holds as long as this proof does, if it is the one that is there: what was found, and that
    /// MLflow has no such thing; a page of somebody else's never holds.
    pub fn seal(&mut self, key: &Key, answer: Stamp, proof: &Proof) {
        self.write(|connection, _| {
            let mut statement = connection.prepare_cached(
                "update answers set proof = ?2 where key = ?1 and size = ?3 and sum = ?4 and (status = 200 or is_json)
                 and proof is not ?2",
            )?;
            statement.execute(params![key, proof.as_bytes(), answer.size, answer.sum]).map(|_| ())
        });
    }

    fn write(&mut self, act: impl FnOnce(&Connection, u64) -> rusqlite::Result<()>) {
        let Some(connection) = &self.connection else { return };
        match act(connection, self.most) {
            Ok(()) => {}
            Err(error) if is_passing(&error) => {}
            Err(_) => self.begin_anew(),
        }
    }
}

enum Found {
    Nothing,
    Entry(Entry),
    Damaged,
}

fn look(connection: &Connection, key: &Key, proof: Option<&Proof>, now_ms: i64) -> rusqlite::Result<Found> {
    let mut statement = connection.prepare_cached(FIND)?;
    let found = statement.query_row(params![key, proof.map(Proof::as_bytes)], |row| {
        let entry = Entry {
            said_ms: row.get(0)?,
            status: row.get(2)?,
            is_json: row.get(3)?,
            length: row.get::<_, Option<i64>>(4)?.and_then(|length| u64::try_from(length).ok()),
            is_cut: row.get(5)?,
            body: row.get(7)?,
        };
        Ok((entry, row.get::<_, i64>(1)?, row.get::<_, i64>(6)?))
    });
    let Some((entry, used, sum)) = found.optional()? else { return Ok(Found::Nothing) };
    if sum != sum_of(&entry.body) {
        return Ok(Found::Damaged);
    }
    if now_ms.saturating_sub(used) > NOTED_EVERY_MS {
        // Another program may be writing: then it is somewhat older than it could be.
        let _ = connection.execute("update answers set used = ?2 where key = ?1", params![key, now_ms]);
    }
    Ok(Found::Entry(entry))
}

fn write(connection: &Connection, key: &Key, response: &Response, now_ms: i64) -> rusqlite::Result<()> {
    let writing = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let about = params![key, response.status, response.bytes];
    let same = "select said from answers where key = ?1 and status = ?2 and body = ?3";
    let said: Option<i64> = writing.prepare_cached(same)?.query_row(about, |row| row.get(0)).optional()?;
    if said.is_some_and(|said| now_ms.saturating_sub(said) < NOTED_EVERY_MS) {
        return Ok(());
    }
    if said.is_some() {
        let renew = "update answers set said = ?2, used = ?2 where key = ?1";
        writing.prepare_cached(renew)?.execute(params![key, now_ms])?;
        return writing.commit();
    }
    // A page of somebody else at the same address does not replace what MLflow said.
    let verb = if response.status == 200 || response.is_json { "replace" } else { "ignore" };
    let stamp = Stamp::of(&response.bytes);
    let put = format!(
        "insert or {verb} into answers (key, proof, said, used, status, is_json, length, is_cut, size, sum, body)
         values (?1, null, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    );
    writing.prepare_cached(&put)?.execute(params![
        key,
        now_ms,
        response.status,
        response.is_json,
        response.length.and_then(|length| i64::try_from(length).ok()),
        response.is_cut,
        stamp.size,
        stamp.sum,
        response.bytes
    ])?;
    writing.commit()
}

/// Deletes what nobody asked for the longest, until about so many bytes are free.
fn make_room(connection: &Connection, bytes: u64) -> rusqlite::Result<()> {
    let writing = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let mut freed = 0;
    {
        let mut oldest = writing.prepare("select key, size from answers order by used, said")?;
        let mut rows = oldest.query([])?;
        let mut gone: Vec<Vec<u8>> = Vec::new();
        while freed < bytes
            && let Some(row) = rows.next()?
        {
            gone.push(row.get(0)?);
            freed += u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0) + PAGE;
        }
        drop(rows);
        let mut delete = writing.prepare("delete from answers where key = ?1")?;
        for key in gone {
            delete.execute([key])?;
        }
    }
    writing.commit()
}

/// Opens or makes the file; one of another version is [`rusqlite::Error::InvalidQuery`].
fn open(path: &Path, most: u64) -> rusqlite::Result<Connection> {
    make_private_file(path).map_err(|error| {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN);
        rusqlite::Error::SqliteFailure(code, Some(error.to_string()))
    })?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(Part::FactsFile.usual())?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -2_000)?; // KiB
    connection.pragma_update(None, "journal_size_limit", i64::try_from(LOG_BYTES).unwrap_or(i64::MAX))?;
    connection.pragma_update(None, "max_page_count", i64::try_from(most / PAGE).unwrap_or(i64::MAX))?;
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("select count(*) from sqlite_master", [], |row| row.get(0))?;
    if tables > 0 && (number("application_id")?, number("user_version")?) != (OURS, VERSION) {
        return Err(rusqlite::Error::InvalidQuery);
    }
    if tables == 0 {
        let writing = Transaction::new_unchecked(&connection, TransactionBehavior::Immediate)?;
        writing.execute_batch(TABLES)?;
        writing.pragma_update(None, "application_id", OURS)?;
        writing.pragma_update(None, "user_version", VERSION)?;
        writing.commit()?;
    }
    Ok(connection)
}

/// Nothing is wrong with the file: somebody else writes to it, or nothing can be written here at all.
fn is_passing(error: &rusqlite::Error) -> bool {
    use ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, PermissionDenied, ReadOnly};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseBusy | DatabaseLocked | DiskFull | ReadOnly | PermissionDenied | CannotOpen)
    )
}

fn sum_of(bytes: &[u8]) -> i64 {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    i64::from(sum.sum())
}

#[cfg(test)]
mod tests;
