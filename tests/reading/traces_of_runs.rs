//! The traces of a run, listed from memory as they are listed from the store.

use std::path::Path;

use dspyglass::model::{ExperimentId, RunId};
use dspyglass::store::{OpenOptions, ReadCx, Store, TraceQuery, open};
use rusqlite::{Connection, OpenFlags};

use crate::support::{copy_of, databases};

pub fn opened(database: &Path) -> Box<dyn Store> {
    open(database, &OpenOptions::default()).expect("opens")
}

pub fn strings(db: &Connection, sql: &str, param: &str) -> Vec<String> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let found = statement.query_map([param], |row| row.get::<_, Option<String>>(0)).expect("asked");
    found.map(|text| text.expect("a text").unwrap_or_default()).collect()
}

/// The ids of a run's traces, newest first, as SQL tells them.
fn ids_by_sql(database: &Path, run: &str) -> Vec<String> {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let sql = "select request_id from trace_info t where exists (select 1 from trace_request_metadata m
        where m.request_id = t.request_id and m.key = 'mlflow.sourceRun' and m.value = ?1)
        order by timestamp_ms desc, request_id desc";
    strings(&db, sql, run)
}

fn runs_by_sql(database: &Path) -> Vec<String> {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let mut runs = strings(&db, "select run_uuid from runs where ?1 = ''", "");
    runs.extend(strings(&db, "select distinct value from trace_request_metadata where key = ?1", "mlflow.sourceRun"));
    runs.push("nobody".to_owned());
    runs.sort();
    runs.dedup();
    runs
}

pub fn ids(store: &mut dyn Store, query: &TraceQuery) -> (u64, Vec<String>) {
    let cx = ReadCx::new();
    let index = store.trace_index(&cx, query).expect("an index");
    let rows = store.trace_rows(&cx, &index.handles).expect("rows");
    (index.total.exact().expect("known"), rows.into_iter().map(|row| row.id.to_string()).collect())
}

pub fn of_run(run: &str) -> TraceQuery {
    TraceQuery { run: Some(RunId::from(run)), ..TraceQuery::default() }
}

/// Every run several times over, so that all but the first answer come from memory.
fn check_all(store: &mut dyn Store, database: &Path) -> usize {
    check(store, database, runs_by_sql(database))
}

/// The largest run, and one that is not there.
fn check_some(store: &mut dyn Store, database: &Path) {
    check(store, database, vec![largest(database), "nobody".to_owned()]);
}

fn check(store: &mut dyn Store, database: &Path, runs: Vec<String>) -> usize {
    let mut seen = 0;
    for run in runs {
        let wanted = ids_by_sql(database, &run);
        seen += wanted.len();
        let total = wanted.len() as u64;
        assert_eq!(ids(store, &of_run(&run)), (total, wanted.clone()), "{run} in {database:?}");
        let limited = ids(store, &TraceQuery { limit: Some(2), ..of_run(&run) });
        assert_eq!(limited, (total, wanted.iter().take(2).cloned().collect()));
        let elsewhere = TraceQuery { experiment: Some(ExperimentId::from("987")), ..of_run(&run) };
        assert_eq!(ids(store, &elsewhere), (0, vec![]));
        assert_eq!(ids(store, &of_run(&run)), (total, wanted), "{run} in {database:?}");
    }
    seen
}

#[test]
fn lists_from_memory_are_those_of_the_store() {
    for database in databases() {
        let mut store = opened(&database);
        assert!(check_all(&mut *store, &database) > 0);
        let experiments = store.experiments(&ReadCx::new(), true).expect("experiments");
        for run in runs_by_sql(&database) {
            // The experiments part what a run has.
            let of = |id: &ExperimentId| TraceQuery { experiment: Some(id.clone()), ..of_run(&run) };
            let parts: usize = experiments.iter().map(|one| ids(&mut *store, &of(&one.id)).1.len()).sum();
            assert_eq!(parts, ids_by_sql(&database, &run).len());
        }
    }
}

/// The run with the most traces.
fn largest(database: &Path) -> String {
    let runs = runs_by_sql(database).into_iter();
    runs.max_by_key(|run| ids_by_sql(database, run).len()).expect("a run")
}

#[test]
fn what_is_written_is_seen_by_all_readers() {
    for wal in [false, true] {
        let home = copy_of("v3.17");
        let database = home.path().join("mlflow.db");
        if wal {
            let db = Connection::open(&database).expect("opened");
            db.pragma_update(None, "journal_mode", "wal").expect("set");
        }
        let mut first = opened(&database);
        let mut second = first.fork().expect("forked");
        check_all(&mut *first, &database);
        check_all(&mut *second, &database);
        let before = ids_by_sql(&database, &largest(&database));
        assert!(before.len() > 2);
        let changes = [
            "update trace_request_metadata set value = 'somewhere else' where key = 'mlflow.sourceRun' and request_id = ?1",
            "delete from trace_request_metadata where key = 'mlflow.sourceRun' and request_id = ?1",
            "update trace_info set timestamp_ms = 1 where request_id = ?1",
        ];
        // A writer that stays, and one that comes and goes: the log is live, then closed.
        for stays in [true, false] {
            for change in changes {
                let run = largest(&database);
                let trace = &ids_by_sql(&database, &run)[0];
                let writer = Connection::open(&database).expect("opened");
                writer.pragma_update(None, "synchronous", "off").expect("set");
                writer.execute(change, [trace]).expect("changed");
                let kept = stays.then_some(writer);
                check_some(&mut *first, &database);
                check_some(&mut *second, &database);
                drop(kept);
                check_some(&mut *second, &database);
            }
        }
        // Many writes in no time, none of which changes size or, without a log, time of the file.
        let writer = Connection::open(&database).expect("opened");
        writer.pragma_update(None, "synchronous", "off").expect("set");
        let time = std::fs::metadata(&database).and_then(|about| about.modified()).expect("a time");
        for round in 0..60 {
            let sql = "update trace_request_metadata set value = ?1 where key = 'mlflow.sourceRun' and request_id = ?2";
            let name = format!("run-number-{:02}", round % 7);
            writer.execute(sql, [&name, &before[round % before.len()]]).expect("changed");
            if !wal {
                let file = std::fs::File::options().write(true).open(&database).expect("opened");
                file.set_modified(time).expect("set back");
            }
            for store in [&mut first, &mut second] {
                for _ in 0..2 {
                    assert_eq!(ids(&mut **store, &of_run(&name)).1, ids_by_sql(&database, &name), "round {round}");
                }
            }
        }
    }
}

#[test]
fn another_file_in_its_place_is_not_mixed_up() {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    let mut first = opened(&database);
    check_all(&mut *first, &database);
    let other = home.path().join("other.db");
    std::fs::copy(&database, &other).expect("copied");
    let db = Connection::open(&other).expect("opened");
    db.execute("delete from trace_request_metadata", []).expect("deleted");
    drop(db);
    std::fs::rename(&other, &database).expect("moved");
    let mut second = first.fork().expect("forked");
    for _ in 0..3 {
        for run in runs_by_sql(&database) {
            ids(&mut *first, &of_run(&run));
            assert_eq!(ids(&mut *second, &of_run(&run)).1, ids_by_sql(&database, &run));
        }
    }
}

#[test]
#[ignore = "prints times of the database that DSPYGLASS_LARGE names"]
fn times() {
    let Some(database) = std::env::var_os("DSPYGLASS_LARGE").map(std::path::PathBuf::from) else { return };
    let mut store = opened(&database);
    let cx = ReadCx::new();
    let timed = |what: &str, work: &mut dyn FnMut() -> usize| {
        let start = std::time::Instant::now();
        let found = work();
        println!("{what:<44} {:>9.2} ms  {found}", start.elapsed().as_secs_f64() * 1000.0);
    };
    let run = largest_of(&database);
    let query = of_run(&run);
    let mut fork = store.fork().expect("forked");
    for what in ["traces of a run, first", "second, which remembers", "third", "fourth"] {
        timed(what, &mut || store.trace_index(&cx, &query).expect("an index").handles.len());
    }
    timed("from another reader", &mut || fork.trace_index(&cx, &query).expect("an index").handles.len());
    for what in ["traces, errors, tokens of all runs, first", "again"] {
        timed(what, &mut || store.run_traces(&cx, None).expect("counted").map_or(0, |found| found.len()));
    }
    let experiment = store.experiments(&cx, true).expect("experiments").remove(1).id;
    timed("of one experiment", &mut || {
        store.run_traces(&cx, Some(&experiment)).expect("counted").map_or(0, |found| found.len())
    });
}

fn largest_of(database: &Path) -> String {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let sql = "select value from trace_request_metadata where key = ?1 group by 1 order by count(*) desc limit 1";
    strings(&db, sql, "mlflow.sourceRun").remove(0)
}
