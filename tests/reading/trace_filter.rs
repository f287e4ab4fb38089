//! Filters and orders of lists of traces: what they select equals what `trace_filter.py` selects from plain SQL and
//! from the spans in tables and files.

use std::path::Path;

use dspyglass::model::TraceId;
use dspyglass::query::ask::Session;
use dspyglass::query::{FilteredTracesOf, FilteredTracesSoFar, Now, TraceFilter, TraceScope, TraceSort};
use dspyglass::store::{ReadCx, Store, Total};
use sha2::{Digest, Sha256};

use crate::support::{databases, folder_of, json as read_json, reader, recorded};

const NOW: Now = Now { ms: 0, is_utc: true };

fn selected(store: &mut dyn Store, text: &str, sort: TraceSort) -> Vec<TraceId> {
    let filter = TraceFilter::parse(text, NOW).unwrap_or_else(|error| panic!("{text}: {error}"));
    let cx = ReadCx::new();
    let question = FilteredTracesOf { scope: TraceScope::All, filter, sort };
    let found = Session::alone(store, &cx).ask(&question).expect("filtered");
    assert!(found.facts.is_none_or(|facts| facts.is_whole()), "{text}");
    let ids = store.trace_ids_of(&cx, &found.list.handles).expect("ids");
    assert_eq!(ids.len() as u64, found.list.total.least());
    // Who asks for the first alone gets them, and is told no more than there are.
    for most in [found.list.handles.len().div_ceil(3), found.list.handles.len() + 1] {
        let first = question.first(&mut Session::alone(store, &cx), most).expect("filtered");
        let wanted = &found.list.handles[..most.min(found.list.handles.len())];
        assert_eq!((&*first.list.handles, first.list.total), (wanted, found.list.total), "the first {most} of {text}");
    }
    ids
}

#[test]
fn the_first_of_every_order_are_those_of_the_whole_list() {
    for database in databases() {
        let mut store = reader(&database);
        if !store.capabilities().keeps_traces {
            continue;
        }
        for sort in
            ["time:desc", "time:asc", "latency_ms:desc", "latency_ms:asc", "status", "name:desc", "run", "cached"]
        {
            for text in ["", "latency_ms > 10", "status != OK", "input ~ 'e'", "cached = no"] {
                let sort: TraceSort = sort.parse().expect("an order");
                selected(&mut *store, text, sort);
            }
        }
    }
}

/// Traces of which every third ended with an error, in a table of MLflow's shape.
fn many(traces: i64, row_of: impl Fn(i64) -> i64) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mlflow.db");
    std::fs::copy(recorded().join("v3.17/mlflow.db"), &path).expect("copied");
    let conn = rusqlite::Connection::open(&path).expect("opened");
    conn.execute_batch("pragma foreign_keys = off; delete from trace_info; begin").expect("emptied");
    let sql = "insert into trace_info (rowid, request_id, experiment_id, timestamp_ms, execution_time_ms, status) \
               values (?1, ?2, 1, ?3, ?4, ?5)";
    let mut insert = conn.prepare(sql).expect("a statement");
    for at in 0..traces {
        let status = if at % 3 == 0 { "ERROR" } else { "OK" };
        insert.execute((row_of(at), format!("tr-{at:06}"), 1_000 + at, at * 7_919 % traces, status)).expect("written");
    }
    drop(insert);
    conn.execute_batch("commit").expect("committed");
    (folder, path)
}

#[test]
fn the_window_gets_the_first_traces_then_many_then_all() {
    let (_folder, path) = many(66_000, |at| at + 1);
    let mut store = reader(&path);
    let cx = ReadCx::new();
    for (filter, sort, wanted) in [
        ("time > 0 and status in (ERROR, OK)", "time:desc", [1_000, 64_000, 66_000]),
        ("latency_ms >= 10", "latency_ms:desc", [1_000, 64_000, 65_990]),
        // What a store does not decide alone.
        ("name is null and not cached = yes", "time:desc", [1_000, 64_000, 66_000]),
    ] {
        let filter = TraceFilter::parse(filter, NOW).expect("a filter");
        let of = FilteredTracesOf { scope: TraceScope::All, filter, sort: sort.parse().expect("an order") };
        let mut session = Session::alone(&mut *store, &cx);
        let whole = session.ask(&of).expect("filtered");
        assert!(whole.is_whole() && whole.list.total == Total::Exact(wanted[2]));
        for (round, most) in (0..).zip(wanted) {
            let found = session.ask(&FilteredTracesSoFar { of: of.clone(), round }).expect("filtered");
            let most = usize::try_from(most).expect("a count");
            assert_eq!(&*found.list.handles, &whole.list.handles[..most], "round {round}");
            assert_eq!(found.is_whole(), round == 2, "round {round}: {:?}", found.list.total);
            assert!(found.list.total.least() > most as u64 || round == 2);
        }
    }
}

#[test]
fn of_a_list_that_is_cut_it_is_counted_among_the_traces_written_last() {
    // Rows that are far apart stand for as many as have their places between them.
    let (_folder, path) = many(300, |at| if at < 100 { at + 1 } else { 10_000_000 + at });
    let mut store = reader(&path);
    let cx = ReadCx::new();
    let mut first_by = |filter: &str, sort: &str| {
        let filter = TraceFilter::parse(filter, NOW).expect("a filter");
        let sort = if sort.is_empty() { TraceSort::default() } else { sort.parse().expect("an order") };
        let of = FilteredTracesOf { scope: TraceScope::All, filter, sort };
        of.first(&mut Session::alone(&mut *store, &cx), 5).expect("filtered").list
    };
    // All of them are counted, however they are sorted.
    assert_eq!(first_by("", "latency_ms:desc").total, Total::Exact(300));
    let mut first = |filter: &str| first_by(filter, "");
    let errors = first("status = ERROR");
    assert_eq!((errors.handles.len(), errors.total), (5, Total::AtLeast(66)));
    // An index tells of experiments and times; `01` is no experiment.
    assert_eq!(first("experiment = \"1\"").total, Total::Exact(300));
    assert_eq!(first("experiment = \"01\"").total, Total::Exact(0));
    assert_eq!(first("experiment = \"1\" and status = ERROR").total, Total::AtLeast(66));
    assert_eq!(first("time > 1970-01-01").total, Total::Exact(300));
    // Where fewer are found than were asked for it is known how many there are.
    assert_eq!(first("time < 1970-01-01T00:00:01.004Z or id = tr-000000").total, Total::Exact(4));
}

#[test]
fn random_filters_select_what_python_selects() {
    let beside = recorded().join("trace_filter.json");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading/trace_filter.json");
    let is_asked_of_others = std::env::var_os("DSPYGLASS_STORES").is_some();
    if is_asked_of_others && !beside.exists() {
        return;
    }
    let expected = read_json(if is_asked_of_others { &beside } else { &own });
    let (mut tried, mut differing, mut some) = (0, Vec::new(), 0);
    for database in databases() {
        let name = folder_of(&database).file_name().expect("a name").to_string_lossy().into_owned();
        let Some(filters) = expected[&*name].as_array() else { continue };
        let mut store = reader(&database);
        for row in filters {
            let text = row[0].as_str().expect("a filter");
            let mut ids: Vec<String> =
                selected(&mut *store, text, TraceSort::default()).iter().map(ToString::to_string).collect();
            ids.sort();
            let hash: String =
                Sha256::digest(ids.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect::<String>()[..16]
                    .to_owned();
            tried += 1;
            some += u64::from(!ids.is_empty());
            if row[1].as_u64() != Some(ids.len() as u64) || row[2].as_str() != Some(&*hash) {
                differing.push(format!("{name}: {text}: {} here, {} by Python", ids.len(), row[1]));
            }
        }
    }
    assert!(differing.is_empty(), "{} of {tried}:\n{}", differing.len(), differing.join("\n"));
    assert!(tried >= 200 && some * 3 > tried, "{some} of {tried} find anything");
}
