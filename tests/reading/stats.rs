//! Counts over traces equal what `stats.py` counts, and what was derived once is not read again.

use std::path::Path;
use std::sync::Arc;

use dspyglass::model::Json;
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::{StatsBy, StatsOf, StatsRow, TraceFilter, TraceScope};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{ReadCx, Store, StoreInfo, StoreLocation};
use serde_json::json;

use crate::support::{databases, folder_of, json as read_json, reader, recorded, sql};

fn row(row: &StatsRow) -> Json {
    let latency = |of: fn(&dspyglass::query::Percentiles) -> u64| row.latency.as_ref().map(of);
    json!([
        row.key.as_deref(),
        row.count,
        row.errors,
        latency(|it| it.p50_ns),
        latency(|it| it.p95_ns),
        latency(|it| it.p99_ns),
        row.tokens.and_then(|tokens| tokens.total),
    ])
}

#[test]
fn counts_are_those_of_plain_python() {
    let beside = recorded().join("stats.json");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading/stats.json");
    let is_asked_of_others = std::env::var_os("DSPYGLASS_STORES").is_some();
    if is_asked_of_others && !beside.exists() {
        return;
    }
    let expected = read_json(if is_asked_of_others { &beside } else { &own });
    let mut compared = 0;
    for database in databases() {
        let name = folder_of(&database).file_name().expect("a name").to_string_lossy().into_owned();
        let (mut store, cx) = (reader(&database), ReadCx::new());
        let mut session = Session::new(&mut *store, &cx, Arc::new(Memo::new()), 1);
        for by in StatsBy::ALL {
            let found = session
                .ask(&StatsOf { scope: TraceScope::All, filter: TraceFilter::default(), by, round: None })
                .expect("counted");
            assert!(found.is_complete());
            let told: Vec<Json> = found.stats.rows.iter().map(row).collect();
            let wanted = expected[&name][by.word()].as_array().expect("told");
            assert_eq!(told.len(), wanted.len(), "{name} by {}: {told:#?}", by.word());
            for (told, wanted) in told.iter().zip(wanted) {
                assert_eq!(told, wanted, "{name} by {}", by.word());
            }
            compared += told.len();
            let traces =
                sql(&database, "select cast(count(*) as text) from trace_info")[0][0].parse::<u64>().expect("a count");
            assert_eq!(found.stats.all.count, traces, "{name}");
            let over_time: u64 = found.stats.bins.iter().map(|bin| bin.all.count).sum();
            assert_eq!(over_time, traces, "{name}: every trace of a recording tells when it began");
        }
    }
    assert!(compared > 150, "{compared}");
}

/// A store of a hundred traces that says it is a file, so that what is derived is kept.
fn store(place: &Path) -> MemoryStore {
    let store = MemoryStore::new();
    std::fs::write(place, "a store").expect("written");
    store.set_info(StoreInfo { location: StoreLocation::Path(place.to_owned()), ..store.info() });
    store.add_experiment("1", "one");
    for number in 0..100 {
        put(&store, number);
    }
    store
}

fn put(store: &MemoryStore, number: i64) {
    let id = format!("tr-{number:03}");
    let head = MemoryStore::trace_head(&id, "1", None, &id, 1_000 + number);
    let span = MemoryStore::span("s", None, "Predict.forward", number, number + 7);
    store.put_trace(head, vec![(span, dspyglass::model::SpanBody::default())]);
}

fn counted(store: &MemoryStore, cache: &Path, round: Option<u32>) -> (u64, usize) {
    let (mut store, cx) = (store.clone(), ReadCx::new());
    let mut session = Session::new(&mut store, &cx, Arc::new(Memo::with_cache(cache.to_owned())), 1);
    let found = session
        .ask(&StatsOf { scope: TraceScope::All, filter: TraceFilter::default(), by: StatsBy::Span, round })
        .expect("counted");
    (found.stats.rows.first().map_or(0, |row| row.count), found.of)
}

#[test]
fn after_a_restart_no_span_is_read_but_those_of_changed_traces() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("cache");
    let store = store(&folder.path().join("mlflow.db"));
    assert_eq!(counted(&store, &cache, None), (100, 100));
    assert_eq!(store.calls("spans"), 100);
    assert_eq!(counted(&store, &cache, None), (100, 100));
    assert_eq!(store.calls("spans"), 100, "another session takes them from the file");
    // A new trace, and one that has changed.
    put(&store, 200);
    let mut head = MemoryStore::trace_head("tr-005", "1", None, "tr-005", 1_005);
    head.row.status = "ERROR".to_owned();
    let spans = ["a", "b"].map(|id| MemoryStore::span(id, None, "Predict.forward", 0, 1));
    store.put_trace(head, spans.map(|span| (span, dspyglass::model::SpanBody::default())).to_vec());
    assert_eq!(counted(&store, &cache, None), (102, 101));
    assert_eq!(store.calls("spans"), 102);
    // Damage costs reading, nothing else.
    for entry in std::fs::read_dir(&cache).expect("a folder").flatten() {
        std::fs::write(entry.path(), "damaged").expect("written");
    }
    assert_eq!(counted(&store, &cache, None), (102, 101));
    assert_eq!(store.calls("spans"), 203);
    // Nothing was written beside the store.
    let names: Vec<_> = std::fs::read_dir(folder.path()).expect("listed").flatten().map(|it| it.file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn rounds_come_further_and_to_an_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(&folder.path().join("mlflow.db"));
    for number in 1_000..3_000 {
        put(&store, number);
    }
    let (mut reading, cx) = (store.clone(), ReadCx::new());
    let cx = cx.with_budget(dspyglass::store::Budget::of(std::time::Duration::ZERO));
    let mut session = Session::new(&mut reading, &cx, Arc::new(Memo::new()), 1);
    let mut ask = |round| {
        session
            .ask(&StatsOf { scope: TraceScope::All, filter: TraceFilter::default(), by: StatsBy::Span, round })
            .expect("counted")
    };
    let first = ask(Some(0));
    assert!(!first.is_complete() && first.looked > 0 && first.of == 2_100, "{} of {}", first.looked, first.of);
    assert_eq!(first.stats.all.count, first.looked as u64, "what is told is of those that were looked at");
    let all = ask(None);
    assert!(all.is_complete() && all.stats.all.count == 2_100);
}
