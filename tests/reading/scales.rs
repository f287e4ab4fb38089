//! Two evaluations by different metrics are never put on one scale.

use dspyglass::model::{ArtifactOwner, MetricPoint, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, Comparison};
use dspyglass::store::ReadCx;
use dspyglass::store::memory::MemoryStore;
use serde_json::{Value, json};

/// A run with a table: so many examples, answers and scores.
fn put(store: &MemoryStore, id: &str, parent: Option<&str>, scores: &[f64]) {
    let name = if parent.is_some() { format!("eval_{id}") } else { id.to_owned() };
    let mut run = MemoryStore::run(id, "1", &name, 1_000);
    run.parent_id = parent.map(RunId::from);
    store.put_run(run);
    let rows: Vec<Value> =
        (0..).zip(scores).map(|(at, score)| json!([format!("ticket {at}"), format!("{id} {at}"), score])).collect();
    let table = json!({"columns": ["example_ticket", "pred_answer", "score"], "data": rows});
    let id = RunId::from(id);
    store.put_artifact(ArtifactOwner::Run(id.clone()), "result_table.json", table.to_string());
    let value = 100.0 * scores.iter().sum::<f64>() / scores.len() as f64;
    store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: 0, value }]);
}

/// The same scores named by an assessment on one trace of the run.
fn name(store: &MemoryStore, id: &str, metric: &str) {
    let mut head = MemoryStore::trace_head(&format!("tr-{id}"), "1", Some(id), "Router.forward", 1_000);
    head.assessments = vec![MemoryStore::score(metric, json!(1.0))];
    store.put_trace(head, Vec::new());
}

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "shop");
    store
}

fn compared(store: &MemoryStore, a: &str, b: &str) -> Comparison {
    query::compare(&mut Session::alone(&mut store.clone(), &ReadCx::new()), &a.into(), &b.into()).expect("read")
}

#[test]
fn each_side_has_its_own_threshold_where_the_metrics_differ() {
    let store = store();
    put(&store, "exact", None, &[0.0, 1.0, 1.0, 0.0]);
    put(&store, "stars", None, &[3.0, 1.0, 5.0, 0.0]);
    let diff = compared(&store, "exact", "stars");
    let examples = diff.examples.as_ref().expect("scores of both");
    assert_eq!((examples.metric.same, examples.metric.inferred), (Some(false), true));
    assert_eq!(examples.metric.reason, "the scores of one go from 0 to 1, those of the other from 0 to 5");
    assert_eq!(examples.rules.map(|rule| rule.map(|rule| rule.threshold)), [Some(1.0), Some(2.5)]);
    assert_eq!((examples.rule(), examples.scored, examples.right), (None, 4, [2, 2]));
    // On one scale, two would be fixed and none broken.
    assert!(examples.fixed.is_empty() && examples.broken.is_empty());
    assert_eq!(
        diff.metrics.iter().map(|one| diff.scale_note(one)).collect::<Vec<_>>(),
        [Some("scored by different metrics")]
    );
}

#[test]
fn names_on_traces_tell_metrics_of_one_scale_apart() {
    let store = store();
    put(&store, "one", None, &[0.0, 1.0]);
    put(&store, "two", None, &[1.0, 0.0]);
    let unnamed = compared(&store, "one", "two").examples.expect("scores");
    assert!(unnamed.metric.is_same() && unnamed.metric.inferred);
    assert!(unnamed.metric.reason.starts_with("nothing names their metrics"), "{}", unnamed.metric.reason);
    name(&store, "one", "exact");
    name(&store, "two", "polite");
    let named = compared(&store, "one", "two").examples.expect("scores");
    assert_eq!(named.metric.reason, "assessments on their traces are named “exact” and “polite”");
    assert_eq!((named.metric.same, named.fixed.len(), named.broken.len()), (Some(false), 0, 0));
    // A run beside itself needs no clue.
    assert!(!compared(&store, "one", "one").examples.expect("scores").metric.inferred);
}

#[test]
fn an_optimizer_has_one_metric() {
    let store = store();
    store.put_run(MemoryStore::run("p", "1", "bold-finch", 1));
    put(&store, "full_0", Some("p"), &[0.0, 1.0, 0.0]);
    put(&store, "full_1", Some("p"), &[4.0, 1.0, 5.0]);
    let diff = compared(&store, "full_0", "full_1");
    let examples = diff.examples.as_ref().expect("scores");
    assert!(examples.metric.is_same() && examples.metric.reason.contains("bold-finch"), "{:?}", examples.metric);
    assert_eq!(examples.rules.map(|rule| rule.map(|rule| rule.threshold)), [Some(2.5); 2]);
    assert_eq!((examples.fixed.len(), examples.broken.len()), (2, 0));
    assert!(diff.metrics.iter().all(|one| diff.scale_note(one).is_none()));
}
