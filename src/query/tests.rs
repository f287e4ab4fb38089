#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::model::{Lifecycle, SpanBody};
use crate::query::ask::Session;
use crate::store::memory::MemoryStore;
use crate::store::{ReadCx, Total, TraceQuery};
use serde_json::json;

fn usage(total: u64) -> SpanBody {
    let mut body = SpanBody::default();
    let usage = json!({"input_tokens": total - 1, "output_tokens": 1, "total_tokens": total});
    body.attributes.insert("mlflow.chat.tokenUsage".into(), usage);
    body
}

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    let mut parent = MemoryStore::run("p", "1", "gepa", 100);
    parent.end_time_ms = None;
    store.put_run(parent);
    let mut child = MemoryStore::run("c", "1", "eval_0", 110);
    child.parent_id = Some("p".into());
    child.lifecycle = Lifecycle::Deleted;
    store.put_run(child);
    store.put_run(MemoryStore::run("o", "1", "eval_full_1", 120));
    store.put_run(MemoryStore::run("same1", "1", "same", 1));
    store.put_run(MemoryStore::run("same2", "1", "same", 2));
    let spans = vec![
        (MemoryStore::span("r", None, "root", 0, 100), SpanBody::default()),
        (MemoryStore::span("x", Some("r"), "x", 10, 40), usage(7)),
        (MemoryStore::span("y", Some("r"), "y", 30, 60), SpanBody::default()),
    ];
    store.put_trace(MemoryStore::trace_head("tr-abc", "1", Some("o"), "root", 5), spans);
    store.put_trace(MemoryStore::trace_head("tr-abd", "1", None, "root", 6), Vec::new());
    store
}

#[test]
fn parents_are_inferred_even_if_only_a_deleted_child_tells_of_their_parent() {
    let (mut store, cx) = (store(), ReadCx::new());
    let tree = run_tree(&mut Session::alone(&mut store, &cx), &"1".into(), false).unwrap();
    let shape: Vec<(&str, u32)> =
        tree.forest.nodes.iter().map(|node| (tree.runs[node.item].id.as_str(), node.depth)).collect();
    assert_eq!(shape, [("same1", 0), ("same2", 0), ("p", 0), ("o", 1)]);
    let table = run_table(&mut Session::alone(&mut store, &cx), None, true).unwrap();
    assert_eq!(table.rows.len(), 5);
    let page = run_page(&mut Session::alone(&mut store, &cx), &"p".into()).unwrap().unwrap();
    assert_eq!(page.children.len(), 1);
    let page = run_page(&mut Session::alone(&mut store, &cx), &"o".into()).unwrap().unwrap();
    assert!(page.run.parent_inferred);
    assert_eq!(page.parent.unwrap().id.as_str(), "p");
    assert!(run_page(&mut Session::alone(&mut store, &cx), &"nobody".into()).unwrap().is_none());
}

#[test]
fn things_are_found_by_id_name_or_prefix() {
    let (mut store, cx) = (store(), ReadCx::new());
    assert!(
        matches!(find_run(&mut Session::alone(&mut store, &cx), "p").unwrap(), Found::One(run) if run.name == "gepa")
    );
    assert!(
        matches!(find_run(&mut Session::alone(&mut store, &cx), "gepa").unwrap(), Found::One(run) if run.id.as_str() == "p")
    );
    assert!(
        matches!(find_run(&mut Session::alone(&mut store, &cx), "same").unwrap(), Found::Several(ids) if ids == ["same1", "same2"])
    );
    assert!(matches!(find_run(&mut Session::alone(&mut store, &cx), "").unwrap(), Found::Nothing));
    assert!(
        matches!(find_run(&mut Session::alone(&mut store, &cx), "sam").unwrap(), Found::Nothing),
        "too short to stand for an id"
    );
    assert!(matches!(find_experiment(&mut Session::alone(&mut store, &cx), "one").unwrap(), Found::One(_)));
    assert!(matches!(find_experiment(&mut Session::alone(&mut store, &cx), "two").unwrap(), Found::Nothing));
    assert_eq!(find_trace(&mut Session::alone(&mut store, &cx), "tr-abc").unwrap(), Found::One("tr-abc".into()));
    assert_eq!(find_trace(&mut Session::alone(&mut store, &cx), "tr-abd").unwrap(), Found::One("tr-abd".into()));
    assert_eq!(find_trace(&mut Session::alone(&mut store, &cx), "abd").unwrap(), Found::One("tr-abd".into()));
    assert!(
        matches!(find_trace(&mut Session::alone(&mut store, &cx), "tr-ab").unwrap(), Found::Several(ids) if ids.len() == 2)
    );
    assert_eq!(find_trace(&mut Session::alone(&mut store, &cx), "").unwrap(), Found::Nothing);
}

#[test]
fn a_trace_with_its_figures() {
    let (mut store, cx) = (store(), ReadCx::new());
    let document = trace_document(&mut Session::alone(&mut store, &cx), &"tr-abc".into()).unwrap().unwrap();
    let figures = &document.figures;
    assert_eq!(figures.tokens.unwrap().total, Some(7));
    assert_eq!(figures.spans[0].tokens.source, TokenSource::Sum);
    assert_eq!(figures.spans[0].own_time_ns, Some(50));
    assert_eq!(figures.spans[2].tokens.total, None);
    assert_eq!(span_facts(&mut Session::alone(&mut store, &cx), &document.tree).unwrap(), *figures);
    assert!(trace_document(&mut Session::alone(&mut store, &cx), &"nope".into()).unwrap().is_none());
    let list =
        traces(&mut Session::alone(&mut store, &cx), &TraceQuery { limit: Some(1), ..TraceQuery::default() }).unwrap();
    assert_eq!((list.total, list.rows.len()), (Some(Total::Exact(2)), 1));
}
