//! A cache of facts as a database, in a file or in memory.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use super::packed::{VERSION, pack, unpack};
use super::print::Print;
use crate::model::{Name, TraceFacts};
use crate::store::{Part, StoreLocation};

/// No cache becomes larger, in pages of 4 KiB: 256 MiB.
const MOST_PAGES: i64 = 65_536;

/// No more names are kept; one with more is made anew.
const MOST_NAMES: usize = 50_000;

/// What stands in the head of the file: `dspy` as bytes.
const OURS: i64 = 0x6473_7079;

const TABLES: &str = "create table if not exists about (of text not null);
    create table if not exists names (id integer primary key, name text not null unique);
    create table if not exists facts (trace integer primary key, state integer not null, facts blob not null);";

/// Where the file of a store is, and of which store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    path: PathBuf,
    /// Tells the store from another one that stood at the same path before.
    identity: String,
}

impl Place {
    /// That of a store; `None` if it is no file or folder that is there.
    pub fn of(folder: &Path, location: &StoreLocation) -> Option<Self> {
        let StoreLocation::Path(path) = location else { return None };
        let path = path.canonicalize().ok()?;
        let about = std::fs::metadata(&path).ok()?;
        let name: String = Sha256::digest(path.as_os_str().as_encoded_bytes())
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some(Self { path: folder.join(format!("facts-{name}.db")), identity: identity(&about) })
    }

    /// Deletes it and what SQLite keeps beside it.
    pub fn delete(&self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            // What is not there is deleted.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(unix)]
fn identity(about: &std::fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{} {}", about.dev(), about.ino())
}

#[cfg(not(unix))]
fn identity(about: &std::fs::Metadata) -> String {
    format!("{:?}", about.created().ok())
}

/// An open cache.
#[derive(Debug)]
pub struct CacheFile {
    /// `None`: nothing can be kept at all.
    connection: Option<Connection>,
    place: Option<Place>,
    numbers: HashMap<Name, u64>,
    names: HashMap<u64, Name>,
}

impl CacheFile {
    /// Opens it, anew if it is damaged or of another version; in memory if it cannot be written, or has no place.
    pub fn of(place: Option<Place>) -> Self {
        let mut file = Self { connection: None, place, numbers: HashMap::new(), names: HashMap::new() };
        file.connect();
        file
    }

    fn connect(&mut self) {
        self.connection = None;
        self.numbers.clear();
        self.names.clear();
        if let Some(place) = &self.place {
            self.connection = match open_file(place) {
                Ok(connection) => Some(connection),
                Err(error) if is_busy(&error) => None,
                Err(_) => {
                    place.delete();
                    open_file(place).ok()
                }
            };
        }
        if self.connection.is_none() {
            self.place = None;
            self.connection = Connection::open_in_memory().and_then(|connection| prepare(connection, "")).ok();
        }
    }

    /// What is known of traces, in their order.
    pub fn find(&mut self, traces: &[Print]) -> Vec<Option<TraceFacts>> {
        let mut found = self.look(traces);
        if let Err(error) = &found
            && !is_busy(error)
        {
            // Damaged: what is left is not worth a doubt.
            self.begin_anew();
            found = self.look(traces);
        }
        found.unwrap_or_else(|_| traces.iter().map(|_| None).collect())
    }

    fn look(&mut self, traces: &[Print]) -> rusqlite::Result<Vec<Option<TraceFacts>>> {
        let Some(connection) = &self.connection else { return Ok(traces.iter().map(|_| None).collect()) };
        // One reading for all: another process may write between.
        let reading = connection.unchecked_transaction()?;
        let mut statement = reading.prepare_cached("select facts from facts where trace = ?1 and state = ?2")?;
        let mut found = Vec::with_capacity(traces.len());
        for print in traces {
            let bytes: Option<Vec<u8>> =
                statement.query_row(params![print.trace, print.state], |row| row.get(0)).optional()?;
            let Some(bytes) = bytes else {
                found.push(None);
                continue;
            };
            let mut facts = unpack(&bytes, |number| self.names.get(&number).cloned());
            if facts.is_none() {
                // It may name what another process or an earlier session gave a number.
                read_names(&reading, &mut self.names, &mut self.numbers)?;
                facts = unpack(&bytes, |number| self.names.get(&number).cloned());
            }
            found.push(facts);
        }
        Ok(found)
    }

    /// Keeps facts; where that is not possible now they will be derived again.
    pub fn keep(&mut self, facts: &[(Print, &TraceFacts)]) {
        match self.write(facts) {
            Ok(()) => {}
            Err(error) if is_busy(&error) => self.forget_names(),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                self.forget_names();
                let shrunk = self.shrink();
                if shrunk.is_err() {
                    self.begin_anew();
                }
            }
            Err(_) => {
                self.begin_anew();
                // Now, or by whoever asks for them next.
                let _ = self.write(facts);
            }
        }
    }

    fn write(&mut self, facts: &[(Print, &TraceFacts)]) -> rusqlite::Result<()> {
        if self.numbers.len() > MOST_NAMES {
            self.begin_anew();
        }
        let Self { connection: Some(connection), numbers, names, .. } = self else { return Ok(()) };
        let writing = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        let mut failed = None;
        {
            let mut statement =
                writing.prepare_cached("insert or replace into facts (trace, state, facts) values (?1, ?2, ?3)")?;
            for (print, facts) in facts {
                let bytes = pack(facts, |name| match number_of(&writing, name, numbers, names) {
                    Ok(number) => number,
                    Err(error) => {
                        failed = Some(error);
                        0
                    }
                });
                if let Some(error) = failed.take() {
                    return Err(error);
                }
                statement.execute(params![print.trace, print.state, bytes])?;
            }
        }
        writing.commit()
    }

    /// Numbers that were given in a writing that came to nothing are nobody's.
    fn forget_names(&mut self) {
        self.names.clear();
        self.numbers.clear();
    }

    /// Makes room: about a quarter goes, whichever.
    fn shrink(&self) -> rusqlite::Result<()> {
        let Some(connection) = &self.connection else { return Ok(()) };
        connection.execute("delete from facts where trace % 4 = 0", []).map(|_| ())
    }

    fn begin_anew(&mut self) {
        self.connection = None;
        if let Some(place) = &self.place {
            place.delete();
        }
        self.connect();
    }
}

/// Opens or makes the file, which nobody else may read.
fn open_file(place: &Place) -> rusqlite::Result<Connection> {
    let cannot = |error: std::io::Error| {
        rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN),
            Some(error.to_string()),
        )
    };
    if let Some(folder) = place.path.parent() {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&place.path).map_err(cannot)?;
    prepare(Connection::open(&place.path)?, &place.identity)
}

/// Makes a connection ready; one of another version or another store is an error.
fn prepare(connection: Connection, identity: &str) -> rusqlite::Result<Connection> {
    connection.busy_timeout(Part::FactsFile.usual())?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -2_000)?; // KiB
    connection.pragma_update(None, "max_page_count", MOST_PAGES)?;
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection.query_row("select count(*) from sqlite_master", [], |row| row.get(0))?;
    let about = (number("application_id")?, number("user_version")?);
    if tables > 0 && about != (OURS, VERSION) {
        return Err(rusqlite::Error::InvalidQuery);
    }
    if tables == 0 {
        let writing = Transaction::new_unchecked(&connection, TransactionBehavior::Immediate)?;
        writing.execute_batch(TABLES)?;
        writing.execute("insert into about (of) select ?1 where not exists (select 1 from about)", [identity])?;
        writing.pragma_update(None, "application_id", OURS)?;
        writing.pragma_update(None, "user_version", VERSION)?;
        writing.commit()?;
    }
    let of: String = connection.query_row("select of from about", [], |row| row.get(0))?;
    if of == identity { Ok(connection) } else { Err(rusqlite::Error::InvalidQuery) }
}

fn read_names(
    connection: &Connection,
    names: &mut HashMap<u64, Name>,
    numbers: &mut HashMap<Name, u64>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("select id, name from names")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (Ok(number), name) = (u64::try_from(row.get::<_, i64>(0)?), Name::from(row.get::<_, String>(1)?)) else {
            continue;
        };
        if !numbers.contains_key(&name) {
            numbers.insert(Arc::clone(&name), number);
            names.insert(number, name);
        }
    }
    Ok(())
}

fn number_of(
    writing: &Transaction<'_>,
    name: &Name,
    numbers: &mut HashMap<Name, u64>,
    names: &mut HashMap<u64, Name>,
) -> rusqlite::Result<u64> {
    if let Some(number) = numbers.get(name) {
        return Ok(*number);
    }
    writing.prepare_cached("insert or ignore into names (name) values (?1)")?.execute([&**name])?;
    let number: i64 =
        writing.prepare_cached("select id from names where name = ?1")?.query_row([&**name], |row| row.get(0))?;
    let number = u64::try_from(number).map_err(|_| rusqlite::Error::InvalidQuery)?;
    numbers.insert(Arc::clone(name), number);
    names.insert(number, Arc::clone(name));
    Ok(number)
}

/// Somebody else writes: nothing is wrong with it.
fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
