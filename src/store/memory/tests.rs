#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::model::{Entry, MetricPoint, Reveal, Shown};
use crate::store::{CancelToken, RunScope, StoreError, Total};

fn small() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("10", "ten");
    store.add_experiment("2", "two");
    let mut deleted = MemoryStore::run("r3", "2", "gone", 5);
    deleted.lifecycle = Lifecycle::Deleted;
    store.put_run(deleted);
    store.put_run(MemoryStore::run("r2", "2", "eval_10", 7));
    store.put_run(MemoryStore::run("r1", "2", "eval_2", 7));
    let entry = |key: &str, value: &str| Entry { key: key.into(), value: Shown::Text(value.into()) };
    let params = vec![entry("n", "1"), entry("api_key", "abcdef")];
    store.put_values(&"r1".into(), RunValues { params, ..RunValues::default() });
    let point = |step, value| MetricPoint { step, timestamp_ms: 0, value };
    store.put_metric(&"r1".into(), "eval", vec![point(2, 3.0), point(1, f64::NAN), point(1, 9.0)]);
    let mut body = SpanBody { inputs: Some(json!({"password": "x1234"})), ..SpanBody::default() };
    body.attributes.insert("model".into(), json!("m"));
    let spans = vec![
        (MemoryStore::span("b", Some("a"), "child", 5, 6), body),
        (MemoryStore::span("a", None, "root", 1, 9), SpanBody::default()),
    ];
    store.put_trace(MemoryStore::trace_head("tr-1", "2", Some("r1"), "root", 100), spans);
    store.put_trace(MemoryStore::trace_head("tr-2", "2", None, "late", 200), Vec::new());
    store.put_artifact(ArtifactOwner::Run("r1".into()), "b/x.json", "{}");
    store.put_artifact(ArtifactOwner::Run("r1".into()), "a.txt", "api_key='abcdef'");
    store
}

#[test]
fn keeps_the_orders_that_the_trait_promises() {
    let (mut store, cx) = (small(), ReadCx::new());
    let ids: Vec<String> = store.experiments(&cx, false).unwrap().iter().map(|e| e.id.to_string()).collect();
    assert_eq!(ids, ["2", "10"]);
    let mut query = RunQuery::new(RunScope::All);
    let ids: Vec<String> = store.runs(&cx, &query).unwrap().iter().map(|r| r.id.to_string()).collect();
    assert_eq!(ids, ["r1", "r2"]);
    query.with_deleted = true;
    assert_eq!(store.runs(&cx, &query).unwrap()[0].id.as_str(), "r3");
    let one = RunQuery::new(RunScope::One("r3".into()));
    assert_eq!(store.runs(&cx, &one).unwrap().len(), 1);
    let history = store.metric_history(&cx, &"r1".into(), None).unwrap();
    assert_eq!(history[0].points[0].value, 9.0);
    assert!(history[0].points[1].value.is_nan());
    let index = store.trace_index(&cx, &TraceQuery { limit: Some(1), ..TraceQuery::default() }).unwrap();
    assert_eq!((index.total, index.handles.len()), (Total::Exact(2), 1));
    assert_eq!(store.trace_rows(&cx, &index.handles).unwrap()[0].id.as_str(), "tr-2");
    let spans = store.spans(&cx, &"tr-1".into()).unwrap();
    assert_eq!(spans[0].name, "root");
    let facts = store.span_facts(&cx, &"tr-1".into(), &spans).unwrap();
    assert_eq!(facts[1].model.as_deref(), Some("m"));
    let tree = store.artifacts(&cx, &ArtifactOwner::Run("r1".into())).unwrap();
    let paths: Vec<&str> = tree.entries.iter().map(|entry| &*entry.path).collect();
    assert_eq!(paths, ["a.txt", "b", "b/x.json"]);
    assert_eq!(store.experiment_counts(&cx).unwrap()[1].1, ExperimentCounts { runs: 2, traces: Some(2) });
}

#[test]
fn masks_unless_revealed() {
    let mut store = small();
    let query = RunQuery::new(RunScope::One("r1".into()));
    for (reveal, param, password, text) in [
        (Reveal::Masked, Shown::Masked, json!({"masked": true}), "api_key='‹masked›'"),
        (Reveal::Revealed, Shown::Text("abcdef".into()), json!("x1234"), "api_key='abcdef'"),
    ] {
        let cx = ReadCx::new().with_reveal(reveal);
        assert_eq!(store.run_values(&cx, &query).unwrap()[0].1.params[0].value, param);
        let body = store.span_body(&cx, &"tr-1".into(), SpanHandle(1)).unwrap().unwrap();
        assert_eq!(body.inputs.unwrap()["password"], password);
        let artifact = store.artifact(&cx, &ArtifactOwner::Run("r1".into()), "a.txt", 1000).unwrap().unwrap();
        assert_eq!(String::from_utf8(artifact.bytes).unwrap(), text);
    }
}

#[test]
fn a_file_is_masked_by_its_name_and_cut_where_the_file_goes_on() {
    let store = small();
    let owner = ArtifactOwner::Run("r1".into());
    let key = "k".repeat(5_000);
    store.put_artifact(owner.clone(), "keys.csv", format!("user,api_key\nme,{key}\nyou,{key}\nus,{key}\n"));
    let read = |reveal, limit| {
        let cx = ReadCx::new().with_reveal(reveal);
        let artifact = store.clone().artifact(&cx, &owner, "keys.csv", limit).unwrap().unwrap();
        (String::from_utf8(artifact.bytes).unwrap(), artifact.is_cut)
    };
    let all = "user,api_key\r\nme,‹masked›\r\nyou,‹masked›\r\nus,‹masked›\r\n".to_owned();
    assert_eq!(read(Reveal::Masked, 100_000), (all.clone(), false));
    // Much shorter than the limit, and the last key was never read whole.
    assert_eq!(read(Reveal::Masked, 6_000), (all, true));
    assert_eq!(read(Reveal::Revealed, 13), ("user,api_key\n".to_owned(), true));
    assert!(!read(Reveal::Revealed, 100_000).1);
}

#[test]
fn a_copy_answers_alike() {
    let cx = ReadCx::new().with_reveal(Reveal::Revealed);
    let mut first = small();
    let mut copy = MemoryStore::copy_of(&mut first, &cx).unwrap();
    let all = RunQuery::new(RunScope::All).with_deleted();
    assert_eq!(copy.runs(&cx, &all).unwrap(), first.runs(&cx, &all).unwrap());
    assert_eq!(copy.run_values(&cx, &all).unwrap(), first.run_values(&cx, &all).unwrap());
    let trace = TraceId::from("tr-1");
    assert_eq!(copy.trace(&cx, &trace).unwrap(), first.trace(&cx, &trace).unwrap());
    let spans = copy.spans(&cx, &trace).unwrap();
    assert_eq!(spans, first.spans(&cx, &trace).unwrap());
    assert_eq!(copy.span_bodies(&cx, &trace, &spans).unwrap(), first.span_bodies(&cx, &trace, &spans).unwrap());
    let owner = ArtifactOwner::Run("r1".into());
    assert_eq!(copy.artifacts(&cx, &owner).unwrap(), first.artifacts(&cx, &owner).unwrap());
    assert_eq!(copy.artifact(&cx, &owner, "b/x.json", 1).unwrap().unwrap().bytes, b"{");
}

#[test]
fn slow_failing_cancelled_and_shared() {
    let store = small();
    let mut fork = store.fork().unwrap();
    let before = fork.revision(&ReadCx::new()).unwrap();
    store.add_experiment("3", "three");
    assert_ne!(fork.revision(&ReadCx::new()).unwrap(), before);
    assert_eq!(fork.experiments(&ReadCx::new(), false).unwrap().len(), 3);

    store.set_delay(Duration::from_secs(60));
    let started = Instant::now();
    let cx = ReadCx::new().with_deadline(Duration::from_millis(5));
    assert!(matches!(fork.experiments(&cx, false), Err(StoreError::TooSlow)));
    let cancel = CancelToken::new();
    cancel.cancel();
    let cx = ReadCx::new().with_cancel(cancel);
    assert!(matches!(fork.experiments(&cx, false), Err(StoreError::Cancelled)));
    assert!(started.elapsed() < Duration::from_secs(10));

    store.set_delay(Duration::ZERO);
    store.fail_with(|call| (call == "experiments").then(|| StoreError::Busy("x.db".into())));
    assert!(matches!(fork.experiments(&ReadCx::new(), false), Err(StoreError::Busy(_))));
    assert!(fork.revision(&ReadCx::new()).is_ok());
    store.recover();
    assert!(fork.experiments(&ReadCx::new(), false).is_ok());
    assert_eq!(store.calls("experiments"), 5);
}
