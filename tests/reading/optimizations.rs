//! Which optimizations may stand on one chart.

use dspyglass::model::{ArtifactOwner, MetricPoint, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::optimizations::comparable;
use dspyglass::query::{OptimizationsOf, OverviewKind, OverviewRow};
use dspyglass::store::ReadCx;
use dspyglass::store::memory::MemoryStore;
use serde_json::json;

/// An optimization with one evaluation, scored by what is named.
fn put(store: &MemoryStore, parent: &str, score: f64, metric: Option<&str>) {
    store.put_run(MemoryStore::run(parent, "1", parent, 1_000));
    let id = RunId::from(format!("{parent}-0"));
    let mut run = MemoryStore::run(id.as_str(), "1", "eval_full_0", 2_000);
    run.parent_id = Some(parent.into());
    store.put_run(run);
    store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: 0, value: score }]);
    let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature":
        {"instructions": "Route it", "fields": [{"prefix": "Ticket:", "description": "${ticket}"}]}}});
    store.put_artifact(ArtifactOwner::Run(id), "model.json", state.to_string());
    if let Some(metric) = metric {
        let run = format!("{parent}-0");
        let mut head = MemoryStore::trace_head(&format!("tr-{parent}"), "1", Some(&run), "Router.forward", 3_000);
        head.assessments = vec![MemoryStore::score(metric, json!(1.0))];
        store.put_trace(head, Vec::new());
    }
}

fn rows(store: &MemoryStore) -> Vec<OverviewRow> {
    let (mut store, cx) = (store.clone(), ReadCx::new());
    let mut session = Session::alone(&mut store, &cx);
    session.ask(&OptimizationsOf(None)).expect("read").to_vec()
}

#[test]
fn scales_and_metrics_never_mix() {
    let store = MemoryStore::new();
    store.add_experiment("1", "shop");
    put(&store, "a", 50.0, Some("exact"));
    put(&store, "b", 80.0, Some("exact"));
    put(&store, "c", 70.0, Some("polite"));
    put(&store, "d", 0.7, None);
    put(&store, "e", 60.0, None);
    put(&store, "f", 0.0, None);
    let rows = rows(&store);
    assert!(rows.iter().all(|row| row.kind == OverviewKind::Optimization), "{rows:?}");
    let all: Vec<&OverviewRow> = rows.iter().collect();
    let told = comparable(&all);
    let of = |name: &str| told[rows.iter().position(|row| row.run.name == name).expect("there")].clone();
    assert_eq!([of("a"), of("b"), of("e")], [Ok(()), Ok(()), Ok(())], "one that no trace names may be the same");
    assert_eq!(of("c"), Err("scored by polite, others by exact".to_owned()));
    assert_eq!(of("d"), Err("its scores go up to 1, those of others beyond".to_owned()));
    assert_eq!(of("f"), Ok(()), "0 is 0 on any scale");
}

#[test]
fn a_plain_evaluation_is_no_optimization_and_one_of_an_optimizer_is_no_line() {
    let store = MemoryStore::new();
    store.add_experiment("1", "shop");
    put(&store, "a", 50.0, None);
    let id = RunId::from("plain");
    store.put_run(MemoryStore::run("plain", "1", "eval", 5_000));
    store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: 0, value: 30.0 }]);
    let told: Vec<_> = rows(&store).iter().map(|row| (row.run.id.to_string(), row.kind, row.best)).collect();
    let expected = [
        ("a".to_owned(), OverviewKind::Optimization, Some(50.0)),
        ("plain".to_owned(), OverviewKind::Evaluation, Some(30.0)),
    ];
    assert_eq!(told, expected);
}
