use super::*;
use crate::model::{Entry, RunStatus, Shown};
use crate::query::ask::Session;
use crate::store::ReadCx;
use crate::store::memory::MemoryStore;

#[test]
fn finds_what_is_missing_and_damaged() {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    store.add_experiment("2", "one");
    let mut child = MemoryStore::run("child", "1", "eval_0", 1);
    child.parent_id = Some("gone".into());
    child.status = RunStatus::Running;
    store.put_run(child);
    let mut head = MemoryStore::trace_head("whole", "1", Some("child"), "t", 5);
    head.metadata.push(Entry { key: "k".into(), value: Shown::Text("v".into()) });
    let span = |id: &str, parent: Option<&str>| (MemoryStore::span(id, parent, "s", 1, 2), Default::default());
    store.put_trace(head, vec![span("a", None), span("b", Some("a"))]);
    let mut head = MemoryStore::trace_head("torn", "9", Some("nobody"), "t", 6);
    head.row.span_count = Some(5);
    head.row.duration_ms = None;
    store.put_trace(head, vec![span("b", Some("a")), span("b", None)]);

    let mut store = store;
    let report = check(&mut Session::alone(&mut store, &ReadCx::new())).expect("checked");
    assert_eq!((report.experiments, report.runs, report.traces), (2, 1, 2));
    assert_eq!(report.spans.total, 4);
    assert!(report.findings[0].what.contains("has no artifact folder here"));
    let found: Vec<(&str, &str)> = report.findings.iter().map(|f| (f.of, &*f.what)).collect();
    for wanted in [
        ("experiment", "has the name of another one"),
        ("run", "names a parent that the store does not have"),
        ("run", "says RUNNING: it still runs, or its process was killed"),
        ("trace", "did not end: its process still works on it, or was killed"),
        ("trace", "belongs to a run that the store does not have"),
        ("trace", "belongs to an experiment that the store does not have"),
        ("trace", "has no metadata, and so no run, size or source"),
        ("trace", "has fewer spans than the store says"),
        ("trace", "has spans whose parent is absent"),
        ("trace", "repeats the id of a span"),
    ] {
        assert!(found.contains(&wanted), "{wanted:?} in {found:?}");
    }
    assert!(report.findings.iter().all(|finding| !finding.places.contains(&"whole".to_owned())));
}
