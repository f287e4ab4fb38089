//! Stores with a write-ahead log: what they are called, how often they are opened, what they show
//! of a writer, and for how long a reader holds a lock.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::safety::{Writer, add_run_sql, into_wal};
use crate::support::{assert_unchanged, copy_of, picture, sql};
use dspyglass::model::RunId;
use dspyglass::query;
use dspyglass::query::ask::Session;
use dspyglass::store::sqlite::{Holder, Mode, SqliteStore};
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, RunScope, Store, TraceQuery};

fn opened(database: &Path) -> SqliteStore {
    SqliteStore::open(database, &OpenOptions::default()).expect("opened")
}

fn runs(store: &mut dyn Store) -> usize {
    let query = RunQuery::new(RunScope::All).with_deleted();
    store.runs(&ReadCx::new(), &query).expect("read").len()
}

/// A store in WAL mode with frames in its log, and the process that holds it open.
fn logged() -> (tempfile::TempDir, Writer) {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    into_wal(&database);
    let mut writer = Writer::start(&database);
    writer.run("pragma wal_autocheckpoint = 0");
    writer.run(&add_run_sql("in-the-log"));
    (home, writer)
}

/// What lies there after the writer has died.
fn left_behind(home: &Path) -> tempfile::TempDir {
    let left = copy_of("v3.17");
    for name in ["mlflow.db", "mlflow.db-wal", "mlflow.db-shm"] {
        fs::copy(home.join(name), left.path().join(name)).expect("copied");
    }
    left
}

#[cfg(unix)]
#[test]
fn live_is_said_only_where_somebody_has_the_log_open() {
    let (home, mut writer) = logged();
    let store = opened(&home.path().join("mlflow.db"));
    assert_eq!(store.mode(), Mode::Log(Holder::Alive));
    assert!(store.info().opened_as.is_some_and(|how| how.starts_with("live")));

    let left = left_behind(home.path());
    let before = picture(left.path());
    let mut store = opened(&left.path().join("mlflow.db"));
    let how = store.info().opened_as.expect("not plainly");
    assert!(!how.contains("live") && how.contains("-wal") && how.contains("left behind"), "{how}");
    assert_eq!(runs(&mut store), runs(&mut opened(&home.path().join("mlflow.db"))));
    drop(store);
    assert_unchanged(left.path(), &before);

    // A log that is empty is not needed.
    writer.run("pragma wal_checkpoint(truncate)");
    let left = left_behind(home.path());
    let before = picture(left.path());
    let mut store = opened(&left.path().join("mlflow.db"));
    assert_eq!(store.mode(), Mode::Snapshot);
    assert_eq!(runs(&mut store), runs(&mut opened(&home.path().join("mlflow.db"))));
    assert_unchanged(left.path(), &before);
}

#[test]
fn a_writer_that_comes_back_to_old_side_files_is_seen() {
    let (home, writer) = logged();
    let left = left_behind(home.path());
    drop(writer);
    let database = left.path().join("mlflow.db");
    let mut store = opened(&database);
    let found = runs(&mut store);
    let revision = store.revision(&ReadCx::new()).expect("revision");
    let mut writer = Writer::start(&database);
    writer.run(&add_run_sql("later"));
    assert_ne!(store.revision(&ReadCx::new()).expect("revision"), revision);
    assert_eq!(runs(&mut store), found + 1);
    writer.run(&add_run_sql("later-still"));
    assert_eq!(runs(&mut store), found + 2);
    drop(store);
    writer.leave();
    assert!(!left.path().join("mlflow.db-wal").exists(), "the writer tidied up");
}

#[test]
fn every_commit_is_seen_by_every_reader_at_once() {
    let (home, mut writer) = logged();
    let database = home.path().join("mlflow.db");
    let mut one = opened(&database);
    let mut other = one.fork().expect("forked");
    let found = runs(&mut one);
    let cx = ReadCx::new();
    let mut revision = one.revision(&cx).expect("revision");
    for number in 1..=20 {
        assert_eq!(one.revision(&cx).expect("revision"), revision, "nothing was written");
        writer.run(&add_run_sql(&format!("run-{number}")));
        let now = one.revision(&cx).expect("revision");
        assert_ne!(now, revision);
        revision = now;
        assert_eq!((runs(&mut one), runs(&mut *other)), (found + number, found + number));
    }
}

/// What is remembered of the traces of runs must follow every commit.
#[test]
fn traces_of_a_run_follow_the_log() {
    let (home, mut writer) = logged();
    let database = home.path().join("mlflow.db");
    let run = &sql(
        &database,
        "select value from trace_request_metadata where key = 'mlflow.sourceRun' group by 1 order by count(*) desc limit 1",
    )[0][0];
    let query = TraceQuery { run: Some(RunId::from(run.as_str())), ..TraceQuery::default() };
    let mut one = opened(&database);
    let mut other = one.fork().expect("forked");
    let cx = ReadCx::new();
    let total = one.trace_index(&cx, &query).expect("asked").total.least();
    for number in 1..=10 {
        for _ in 0..3 {
            assert_eq!(one.trace_index(&cx, &query).expect("asked").total.least(), total + number - 1);
            assert_eq!(other.trace_index(&cx, &query).expect("asked").total.least(), total + number - 1);
        }
        writer.run(&format!(
            "insert into trace_info (request_id, experiment_id, timestamp_ms, status) values ('new-{number}', 1, {number}, 'OK'); \
             insert into trace_request_metadata (request_id, key, value) values ('new-{number}', 'mlflow.sourceRun', '{run}')"
        ));
    }
}

/// Reads everything of an optimization, as the terminal does: how many connections that took, and how long.
fn openings_to_optimize(database: &Path, parent: &RunId) -> (u64, Duration) {
    let since = Instant::now();
    let mut store = opened(database);
    let found =
        query::optimization(&mut Session::alone(&mut store, &ReadCx::new()), parent).expect("read").expect("there");
    assert!(found.evaluations.len() > 500);
    (store.openings(), since.elapsed())
}

/// More children than connections may be opened; each child is asked for more than once.
fn with_children(database: &Path) -> RunId {
    let db = rusqlite::Connection::open(database).expect("opened");
    let parent: String = db
        .query_row("select value from tags where key = 'mlflow.parentRunId' limit 1", [], |row| row.get(0))
        .expect("a parent");
    db.execute_batch(&format!(
        "pragma foreign_keys = off; pragma journal_mode = delete; begin;
         create temp table numbers as with recursive n(i) as (select 1 union all select i + 1 from n where i < 600) select i from n;
         insert into runs (run_uuid, name, status, start_time, end_time, lifecycle_stage, experiment_id, source_type)
             select 'child-' || i, 'eval_full_' || i, 'FINISHED', start_time + i, end_time, 'active', experiment_id, 'LOCAL'
             from numbers, runs where run_uuid = '{parent}';
         insert into tags (key, value, run_uuid) select 'mlflow.parentRunId', '{parent}', 'child-' || i from numbers;
         insert into latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
             select 'eval', i, i, 0, 0, 'child-' || i from numbers;
         commit"
    ))
    .expect("grown");
    RunId::from(parent)
}

#[test]
fn a_log_costs_no_opening_for_each_reading() {
    let home = copy_of("v3.17");
    let plain = home.path().join("mlflow.db");
    let parent = with_children(&plain);
    let alive = tempfile::tempdir().expect("a folder");
    let database = alive.path().join("mlflow.db");
    fs::copy(&plain, &database).expect("copied");
    into_wal(&database);
    let mut writer = Writer::start(&database);
    writer.run("pragma wal_autocheckpoint = 0");
    writer.run(&add_run_sql("in-the-log"));
    let left = left_behind(alive.path());
    for (what, database) in [("alive", &database), ("left behind", &left.path().join("mlflow.db"))] {
        // `cargo bench -- live` measures what it costs. However slow the machine is, a connection is
        // lent for 30 ms at a time and not for one question.
        let (openings, took) = openings_to_optimize(database, &parent);
        let most = 3 + took.as_millis() / 25;
        assert!(u128::from(openings) <= most, "{what}: {openings} openings in {took:?}");
    }
}

#[cfg(unix)]
#[test]
fn no_lock_is_held_for_long_whether_anybody_reads_or_not() {
    let (home, mut writer) = logged();
    let database = home.path().join("mlflow.db");
    let mut store = opened(&database);
    // Somebody who reads again and again, for longer than a lease.
    let reading = std::thread::spawn(move || {
        let (since, cx) = (Instant::now(), ReadCx::new());
        let query = RunQuery::new(RunScope::All).with_deleted();
        while since.elapsed() < Duration::from_millis(400) {
            store.runs(&cx, &query).expect("read");
            std::thread::sleep(Duration::from_millis(2));
        }
        store
    });
    let holds = writer.holds_of_others(800);
    let store = reading.join().expect("read");
    let total: u64 = holds.iter().sum();
    assert!(holds.len() >= 4 && total < 700_000, "it was given back between, and when nobody read any more: {holds:?}");
    // A machine that is busy with other things may be late now and then.
    let short = holds.iter().filter(|hold| **hold < 50_000).count();
    assert!(short * 2 > holds.len(), "microseconds: {holds:?}");
    // The reader is still there, and yet the writer can tidy up.
    writer.leave();
    assert!(!home.path().join("mlflow.db-wal").exists() && !home.path().join("mlflow.db-shm").exists());
    drop(store);
}
