//! Counts over traces in the window: beside the list, by what is chosen, and from a row to the traces behind it.

use dspyglass::model::SpanBody;
use dspyglass::store::memory::MemoryStore;
use egui_kittest::kittest::Queryable;

use crate::common::{PATH, click, wait, wait_for, window};

/// Thirty traces, every third of which failed in a tool.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    for number in 0..30_i64 {
        let id = format!("tr-{number:02}");
        let mut head = MemoryStore::trace_head(&id, "1", None, &format!("trace {number}"), 1_700_000_000_000 + number);
        let mut tool = MemoryStore::span("t", Some("s"), "Tool.search", 10, 20);
        let mut body = SpanBody::default();
        if number % 3 == 0 {
            head.row.status = "ERROR".to_owned();
            tool.status = "ERROR".to_owned();
            let attributes = serde_json::json!({"exception.type": "KeyError"}).as_object().cloned().expect("object");
            body.events = vec![dspyglass::model::SpanEvent { name: "exception".to_owned(), time_ns: None, attributes }];
        }
        let root = MemoryStore::span("s", None, "Agent.forward", 0, 100);
        store.put_trace(head, vec![(root, SpanBody::default()), (tool, body)]);
    }
    store
}

#[test]
fn aggregates_stand_beside_the_list_and_lead_to_the_traces() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    wait_for(&mut harness, "Aggregates");
    click(&mut harness, "Aggregates");
    wait_for(&mut harness, "No call of a predictor was recorded in these traces");
    click(&mut harness, "Span");
    wait(&mut harness, "the spans", |harness| harness.query_all_by_label_contains("Tool.search").next().is_some());
    click(&mut harness, "Exception");
    wait(&mut harness, "the exception", |harness| harness.query_all_by_label_contains("KeyError").next().is_some());
    // The row leads to the ten that failed.
    click(&mut harness, "KeyError");
    wait(&mut harness, "the traces behind it", |harness| {
        harness.query_all_by_label_contains("trace 27").next().is_some()
    });
    assert!(
        harness.query_all_by_label_contains("trace 28").next().is_none(),
        "one that did not fail is not among them"
    );
    assert!(harness.query_by_label_contains("KeyError").is_none(), "the list stands in its place");
}

#[test]
fn nothing_stands_beyond_a_small_window() {
    let mut harness = window(&store(), Some("experiment/1?tab=traces"), Some(PATH));
    harness.set_size([800.0, 600.0].into());
    wait_for(&mut harness, "Aggregates");
    click(&mut harness, "Aggregates");
    wait_for(&mut harness, "Search text");
    for label in ["Session", "Search text"] {
        let right = harness.get_by_label(label).rect().right();
        assert!(right <= 800.0, "{label} ends at {right}");
    }
}
