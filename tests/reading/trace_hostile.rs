//! Traces as no sound program writes them: what they say is shown, in time, and nothing of it is fatal.

use std::time::{Duration, Instant};

use dspyglass::analysis::oddities::Oddity;
use dspyglass::model::{SearchPattern, TraceId};
use dspyglass::query::ask::Session;
use dspyglass::query::trace::{TraceTree, span_body, span_facts, trace_document, trace_tree};
use dspyglass::query::{Search, search};
use dspyglass::store::{OpenOptions, ReadCx, SearchScope, Store, StoreError, open};
use rusqlite::{Connection, params, types::Value};

use crate::support::copy_of;

const TRACE: &str = "tr-hostile";
/// Without optimization and on a busy machine.
const IN_TIME: Duration = Duration::from_secs(20);

/// A span: id, parent, start and end in milliseconds, and its record.
type Row = (String, Option<String>, i64, Option<i64>, Value);

fn record(inputs: &str) -> Value {
    let attributes = serde_json::json!({ "mlflow.spanInputs": inputs });
    Value::Text(serde_json::json!({ "name": "x", "events": [], "attributes": attributes }).to_string())
}

fn row(id: &str, parent: Option<&str>, from: i64, to: Option<i64>, record: Value) -> Row {
    (id.to_owned(), parent.map(str::to_owned), from, to, record)
}

/// A recorded store with one more trace of these spans.
fn store_with(rows: Vec<Row>) -> (tempfile::TempDir, Box<dyn Store>) {
    let home = copy_of("v3.17");
    let path = home.path().join("mlflow.db");
    let db = Connection::open(&path).expect("the copy");
    db.execute_batch("pragma foreign_keys = off; begin").expect("begun");
    db.execute(
        "insert into trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status) \
         select ?1, experiment_id, 1, 5000, 'OK' from experiments limit 1",
        [TRACE],
    )
    .expect("the trace");
    let sql = "insert into spans (trace_id, experiment_id, span_id, parent_span_id, name, type, status, \
               start_time_unix_nano, end_time_unix_nano, content) \
               select ?1, experiment_id, ?2, ?3, ?2, 'TOOL', 'OK', ?4, ?5, ?6 from experiments limit 1";
    for (id, parent, from, to, record) in rows {
        let ns = |ms: i64| ms * 1_000_000;
        db.execute(sql, params![TRACE, id, parent, ns(from), to.map(ns), record]).expect("a span");
    }
    db.execute_batch("commit").expect("committed");
    drop(db);
    let store = open(&path, &OpenOptions::default()).expect("it opens");
    (home, store)
}

fn tree_of(store: &mut dyn Store, cx: &ReadCx) -> TraceTree {
    let tree = trace_tree(&mut Session::alone(store, cx), &TraceId::from(TRACE)).expect("read").expect("the trace");
    span_facts(&mut Session::alone(store, cx), &tree).expect("figures");
    tree
}

/// In how many places a text is found.
fn places(store: &mut dyn Store, cx: &ReadCx, text: &str) -> usize {
    let pattern = SearchPattern { text: text.to_owned(), ..SearchPattern::default() };
    let wanted = Search::new(pattern, SearchScope::Trace(TraceId::from(TRACE))).expect("a pattern");
    let mut found = 0;
    search::<StoreError>(&mut Session::alone(store, cx), &wanted, None, |hits, _| {
        found += hits.len();
        Ok(std::ops::ControlFlow::Continue(()))
    })
    .expect("looked through");
    found
}

#[test]
fn rings_missing_parents_and_times_that_run_backwards_are_told() {
    let plain = || record("{}");
    let (_home, mut store) = store_with(vec![
        row("a", None, 100, Some(200), plain()),
        row("b", Some("c"), 110, Some(150), plain()),
        row("c", Some("b"), 120, Some(140), plain()),
        row("d", Some("nobody"), 130, Some(190), plain()),
        row("e", Some("a"), 180, Some(120), plain()),
        row("f", Some("a"), 150, None, plain()),
    ]);
    let cx = ReadCx::new();
    let tree = tree_of(&mut *store, &cx);
    let odd = |id: &str| {
        let at = tree.spans.iter().position(|span| span.id == id).expect("a span");
        tree.shape.oddities.get(&at).cloned().unwrap_or_default()
    };
    assert_eq!(tree.forest.len(), 6, "each stands once");
    assert_eq!(odd("b"), [Oddity::Ring]);
    assert_eq!(odd("d"), [Oddity::ParentMissing]);
    assert_eq!(odd("e"), [Oddity::EndsBeforeStart]);
    assert_eq!((odd("a"), odd("c"), odd("f")), (vec![], vec![], vec![]));
    assert_eq!(tree.shape.roots, 3);
}

#[test]
fn texts_of_any_length_depth_and_kind_are_read_and_looked_through_in_time() {
    let line = format!("{}the last word", "x".repeat(5_000_000));
    let many_lines = format!("{}the last word", "a line of some length\n".repeat(20_000_000 / 22));
    let nested = format!("{}\"the last word\"{}", "[".repeat(1_000), "]".repeat(1_000));
    let texts =
        [serde_json::json!({ "text": line }).to_string(), serde_json::json!({ "text": many_lines }).to_string()];
    let mut bad =
        b"{\"name\": \"x\", \"attributes\": {\"mlflow.spanInputs\": \"\\\"the last word \xff\xfe\\\"\"}}".to_vec();
    bad.extend(b"\0\0");
    let (_home, mut store) = store_with(vec![
        row("line", None, 0, Some(10), record(&texts[0])),
        row("lines", Some("line"), 1, Some(2), record(&texts[1])),
        row("nested", Some("line"), 2, Some(3), record(&nested)),
        row("nul", Some("line"), 3, Some(4), record("\"before\\u0000the last word\"")),
        row("bad", Some("line"), 4, Some(5), Value::Blob(bad)),
        row("none", Some("line"), 5, Some(6), Value::Text("no JSON at all".to_owned())),
    ]);
    let cx = ReadCx::new();
    let start = Instant::now();
    let tree = tree_of(&mut *store, &cx);
    assert_eq!(tree.spans.len(), 6, "a record that cannot be read costs its body alone");
    let id = TraceId::from(TRACE);
    let mut read = 0;
    for span in &tree.spans {
        let body = span_body(&mut Session::alone(&mut *store, &cx), &id, span.handle).expect("an answer");
        read += usize::from(body.is_some_and(|body| body.inputs.is_some()));
    }
    assert!(read >= 4, "{read} bodies");
    assert!(places(&mut *store, &cx, "the last word") >= 4);
    let document = trace_document(&mut Session::alone(&mut *store, &cx), &id).expect("read").expect("the trace");
    assert_eq!(document.bodies.len(), 6);
    let took = start.elapsed();
    assert!(took < IN_TIME, "it took {took:?}");
}

#[test]
fn a_chain_of_thousands_and_thousands_beside_each_other_are_a_tree_in_time() {
    let plain = || record("{}");
    let name = |at: usize| format!("{at:016x}");
    let mut rows = vec![row(&name(0), None, 0, Some(100_000), plain())];
    for at in 1..10_000 {
        // The first half is one chain, the second half stands below the root.
        let parent = if at < 5_000 { name(at - 1) } else { name(0) };
        rows.push(row(&name(at), Some(&parent), at as i64, Some(100_000 - at as i64), plain()));
    }
    let (_home, mut store) = store_with(rows);
    let start = Instant::now();
    let tree = tree_of(&mut *store, &ReadCx::new());
    let took = start.elapsed();
    assert_eq!(tree.spans.len(), 10_000);
    assert_eq!(tree.forest.nodes.iter().map(|node| node.depth).max(), Some(4_999));
    assert_eq!(tree.shape.critical.length_ns(0) + 1_000_000 * 99_998, 100_000 * 1_000_000, "all but its longest child");
    assert!(took < IN_TIME, "it took {took:?}");
}
