//! A store is as it was after it was read: bytes, times, and the listing of its folder.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::support::{assert_unchanged, copy_of, databases, picture, walk};
use dspyglass::store::nearby::{NearbyKind, look_at, stores_in};
use dspyglass::store::{OpenOptions, ReadCx, Store, StoreError, open};
use rusqlite::Connection;

fn opened(path: &Path) -> Box<dyn Store> {
    let opened = open(path, &OpenOptions::default());
    opened.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn runs(store: &mut dyn Store) -> usize {
    walk(store, &ReadCx::new()).runs
}

/// Looks at a store from outside, which must leave no more behind than reading it.
fn glanced(database: &Path) -> NearbyKind {
    let folder = database.parent().expect("a folder");
    let before = picture(folder);
    let seen = look_at(database);
    assert!(stores_in(folder).stores.iter().any(|store| store.path == database));
    assert_unchanged(folder, &before);
    seen.kind
}

#[test]
fn stores_that_are_only_looked_at_stay_as_they_are() {
    let is_store = |kind: &NearbyKind| matches!(kind, NearbyKind::Store { schema_of: Some(_), .. });
    for database in databases() {
        assert!(is_store(&glanced(&database)), "{}", database.display());
    }
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    into_wal(&database);
    assert!(is_store(&glanced(&database)));
    let mut writer = Writer::start(&database);
    writer.run("pragma wal_autocheckpoint = 0");
    writer.run(&add_run_sql("first"));
    assert!(is_store(&glanced(&database)));
}

#[test]
fn a_cleanly_closed_log_is_read_as_a_snapshot_and_watched() {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    into_wal(&database);
    let before = picture(home.path());
    assert_eq!(before.keys().filter(|path| path.to_string_lossy().contains("mlflow.db")).count(), 1);
    let mut store = opened(&database);
    let found = runs(&mut *store);
    let revision = store.revision(&ReadCx::new()).expect("revision");
    assert_unchanged(home.path(), &before);
    assert!(store.info().opened_as.is_some_and(|how| how.contains("snapshot")));

    // Somebody writes after all: the snapshot must not be believed any longer.
    add_run(&Connection::open(&database).expect("opened"), "later");
    assert_ne!(store.revision(&ReadCx::new()).expect("revision"), revision);
    assert_eq!(runs(&mut *store), found + 1);
}

#[test]
fn a_live_log_is_read_while_its_writer_writes() {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    into_wal(&database);
    let found = runs(&mut *opened(&database));
    let mut writer = Writer::start(&database);
    writer.run("pragma wal_autocheckpoint = 0");
    writer.run(&add_run_sql("first"));
    let before = picture(home.path());
    let mut store = opened(&database);
    assert_eq!(runs(&mut *store), found + 1);
    assert_unchanged(home.path(), &before);
    let revision = store.revision(&ReadCx::new()).expect("revision");
    writer.run(&add_run_sql("second"));
    assert_ne!(store.revision(&ReadCx::new()).expect("revision"), revision);
    assert_eq!(runs(&mut *store), found + 2);

    // The writer tidies up when it leaves, as if nobody had looked.
    writer.leave();
    assert!(!home.path().join("mlflow.db-wal").exists() && !home.path().join("mlflow.db-shm").exists());
    assert_eq!(runs(&mut *store), found + 2);
    assert!(!home.path().join("mlflow.db-wal").exists() && !home.path().join("mlflow.db-shm").exists());
}

#[test]
fn a_log_whose_writer_died_is_recovered_in_a_copy() {
    let home = copy_of("v3.17");
    let left = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    into_wal(&database);
    let writer = Connection::open(&database).expect("opened");
    writer.pragma_update(None, "wal_autocheckpoint", 0).expect("set");
    let found = runs(&mut *opened(&database));
    add_run(&writer, "in the log only");
    for with_index in [true, false] {
        for name in ["mlflow.db", "mlflow.db-wal", "mlflow.db-shm"] {
            fs::copy(home.path().join(name), left.path().join(name)).expect("copied as a crash would leave it");
        }
        if !with_index {
            fs::remove_file(left.path().join("mlflow.db-shm")).expect("removed");
        }
        let before = picture(left.path());
        let mut store = opened(&left.path().join("mlflow.db"));
        assert_eq!(runs(&mut *store), found + 1);
        drop(store);
        assert_unchanged(left.path(), &before);
    }
}

#[test]
fn a_hot_journal_is_rolled_back_in_a_copy() {
    let home = copy_of("v3.17");
    let left = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    let found = runs(&mut *opened(&database));
    let mut writer = Writer::start(&database);
    writer.run("pragma foreign_keys = off; pragma cache_size = 2; begin immediate; update spans set name = 'torn'; delete from runs");
    for name in ["mlflow.db", "mlflow.db-journal"] {
        fs::copy(home.path().join(name), left.path().join(name)).expect("copied as a crash would leave it");
    }
    let journal = left.path().join("mlflow.db-journal");
    assert!(fs::metadata(&journal).expect("there").len() > 512, "the journal is hot");
    let before = picture(left.path());
    let mut store = opened(&left.path().join("mlflow.db"));
    assert!(store.info().opened_as.is_some_and(|how| how.contains("copy")));
    assert_eq!(runs(&mut *store), found);
    assert_eq!(runs(&mut *store.fork().expect("forked")), found);
    drop(store);
    assert_unchanged(left.path(), &before);
    assert!(journal.exists());

    // The writer that still lives holds the lock: its journal is its own, and it may go on.
    let before = picture(home.path());
    match open(&database, &OpenOptions::default()) {
        Ok(mut store) => assert_eq!(runs(&mut *store), found),
        Err(error) => assert!(matches!(error, StoreError::Busy(_)), "{error}"),
    }
    assert_unchanged(home.path(), &before);
    writer.run("rollback");
    assert_eq!(runs(&mut *opened(&database)), found);
}

#[test]
fn a_folder_that_cannot_be_written_is_enough() {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    for wal in [false, true] {
        let home = copy_of("v3.17");
        let database = home.path().join("mlflow.db");
        if wal {
            into_wal(&database);
        }
        let lock = |mode: &str| {
            let done = Command::new("chmod").arg(mode).arg(home.path()).arg(&database).status();
            assert!(done.is_ok_and(|status| status.success()));
        };
        lock("a-w");
        let before = picture(home.path());
        assert!(runs(&mut *opened(&database)) > 0, "write-ahead log: {wal}, as root: {is_root}");
        assert_unchanged(home.path(), &before);
        lock("u+w");
    }
}

#[test]
fn what_is_no_store_is_said_in_one_sentence() {
    let home = tempfile::tempdir().expect("a folder");
    let place = |name: &str| home.path().join(name);
    fs::write(place("notes.txt"), "these are notes, long enough to look like something else entirely".repeat(10))
        .expect("written");
    fs::write(place("empty.db"), "").expect("written");
    fs::write(place("short.db"), "SQLite format 3\0").expect("written");
    let other = Connection::open(place("other.db")).expect("made");
    other.execute_batch("create table songs (title text); insert into songs values ('x')").expect("filled");
    drop(other);
    let whole = fs::read(copy_of("v3.17").path().join("mlflow.db")).expect("read");
    fs::write(place("cut.db"), &whole[..whole.len() / 2]).expect("written");
    fs::create_dir(place("nothing")).expect("made");
    fs::create_dir_all(place("files/mlruns/1")).expect("made");
    fs::write(place("files/mlruns/1/meta.yaml"), "name: x").expect("written");
    for (name, wanted) in [
        ("notes.txt", "is not a SQLite database"),
        ("empty.db", "is empty"),
        ("short.db", "is cut short"),
        ("other.db", "not an MLflow store"),
        ("cut.db", "is cut short"),
        ("nothing", "holds no MLflow store"),
        ("missing.db", "does not exist"),
        ("files", "folder store"),
        ("notes.txt/below", "does not exist"),
    ] {
        let Err(error) = open(place(name), &OpenOptions::default()) else { panic!("{name} was opened") };
        let text = error.to_string();
        assert!(text.contains(wanted) && text.contains(name.split('/').next().unwrap_or(name)), "{name}: {text}");
        assert!(!text.contains('\n') && !text.ends_with('.'), "{name}: {text}");
    }
    let Err(error) = open(Path::new("postgresql://team/x"), &OpenOptions::default()) else { panic!("opened") };
    assert!(error.to_string().contains("a database server, which is not opened yet"), "{error}");
}

#[test]
fn a_folder_that_holds_a_store_opens_it_whatever_its_name() {
    let home = copy_of("server-3.17");
    assert!(runs(&mut *opened(home.path())) > 0);
    fs::copy(home.path().join("mydb.sqlite"), home.path().join("another.db")).expect("copied");
    let Err(error) = open(home.path(), &OpenOptions::default()) else { panic!("one of two was opened") };
    assert!(error.to_string().contains("another.db, mydb.sqlite"), "{error}");
}

pub fn into_wal(database: &Path) {
    let writer = Connection::open(database).expect("opened");
    let mode: String = writer.query_row("pragma journal_mode = wal", [], |row| row.get(0)).expect("set");
    assert_eq!(mode, "wal");
}

pub fn add_run_sql(name: &str) -> String {
    format!(
        "insert into runs (run_uuid, name, status, start_time, lifecycle_stage, experiment_id, source_type) \
         select '{name}', '{name}', 'RUNNING', 1, 'active', max(experiment_id), 'LOCAL' from runs"
    )
}

fn add_run(writer: &Connection, name: &str) {
    writer.execute_batch(&add_run_sql(name)).expect("written");
}

/// Another process that writes, as MLflow does: within one process SQLite shares what it
/// knows of a file between connections, and nothing would be shown.
pub struct Writer {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Writer {
    pub fn start(database: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "safety::the_other_process", "--ignored", "--nocapture"])
            .env("DSPYGLASS_WRITES_TO", database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        Self { process, answers }
    }

    /// Runs SQL (one line) in the other process and waits for it.
    pub fn run(&mut self, sql: &str) {
        self.ask(sql);
    }

    /// For how long, each time, another process had the log open within the next milliseconds, in
    /// microseconds.
    #[cfg(unix)]
    pub fn holds_of_others(&mut self, milliseconds: u64) -> Vec<u64> {
        let answer = self.ask(&format!("{WATCH}{milliseconds}"));
        answer.split_whitespace().filter_map(|word| word.parse().ok()).collect()
    }

    /// What it says, one line, when it has done it.
    fn ask(&mut self, sql: &str) -> String {
        let input = self.process.stdin.as_mut().expect("piped");
        writeln!(input, "{sql}").expect("sent");
        let mut line = String::new();
        while self.answers.read_line(&mut line).expect("answered") > 0 {
            if let Some((_, answer)) = line.split_once("WROTE") {
                return answer.to_owned();
            }
            line.clear();
        }
        panic!("the other process ended before it had run {sql}");
    }

    pub fn leave(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().expect("ended").success());
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "the other process of the tests above, started by them"]
fn the_other_process() {
    let Some(database) = std::env::var_os("DSPYGLASS_WRITES_TO") else { return };
    let writer = Connection::open(&database).expect("opened");
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        #[cfg(unix)]
        if let Some(milliseconds) = line.strip_prefix(WATCH) {
            let holds = watched(Path::new(&database), milliseconds.parse().expect("a number"));
            println!("WROTE {}", holds.iter().map(u64::to_string).collect::<Vec<_>>().join(" "));
            continue;
        }
        writer.execute_batch(&line).expect("written");
        println!("WROTE");
    }
}

/// Asks the other process to watch who else has the log open.
const WATCH: &str = "watch for ";

/// Of its own locks a process is told nothing: what is seen is held by others.
#[cfg(unix)]
fn watched(database: &Path, milliseconds: u64) -> Vec<u64> {
    use rustix::process::{Flock, FlockType, fcntl_getlk};
    use std::time::{Duration, Instant};
    // Kept open: closing it would drop the locks of this process's own connection.
    let index: &'static fs::File =
        Box::leak(Box::new(fs::File::open(database.with_extension("db-shm")).expect("an index")));
    let wanted = Flock { start: 128, length: 1, ..Flock::from(FlockType::WriteLock) };
    let (end, mut since, mut holds) = (Instant::now() + Duration::from_millis(milliseconds), None, Vec::new());
    while Instant::now() < end {
        match (fcntl_getlk(index, &wanted).expect("asked").is_some(), since) {
            (true, None) => since = Some(Instant::now()),
            (false, Some(from)) => {
                holds.push(Instant::now().duration_since(from).as_micros() as u64);
                since = None;
            }
            _ => {}
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    holds.extend(since.map(|from: Instant| from.elapsed().as_micros() as u64));
    holds
}
