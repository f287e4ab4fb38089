#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::model::{ArtifactOwner, Entry, LatestMetric, MetricPoint, RunValues, Shown, SpanBody};
use crate::store::ReadCx;
use crate::store::memory::MemoryStore;
use serde_json::json;

/// What a trace of the stores below costs: 1,000 tokens at 0.15 dollars a million.
const EACH: f64 = 0.000_15;

fn put_traces(store: &MemoryStore, run: &str, name: &str, traces: usize) {
    for at in 0..traces {
        let root = MemoryStore::span("a", None, name, 0, 100_000_000);
        let mut call = MemoryStore::span("b", Some("a"), "LM.__call__", 10_000_000, 90_000_000);
        call.kind = "CHAT_MODEL".into();
        let (mut used, mut called) = (SpanBody::default(), SpanBody::default());
        let usage = json!({"input_tokens": 1_000, "output_tokens": 0, "total_tokens": 1_000});
        used.attributes.insert("mlflow.chat.tokenUsage".into(), usage);
        called.attributes.insert("model".into(), json!("openai/gpt-4o-mini"));
        let head = MemoryStore::trace_head(&format!("tr-{run}-{at}"), "1", Some(run), name, 1_000);
        store.put_trace(head, vec![(root, used), (call, called)]);
    }
}

fn put_evaluation(store: &MemoryStore, order: i64, name: &str, score: Option<f64>, traces: usize) {
    let id = RunId::from(format!("e{order}"));
    let mut run = MemoryStore::run(id.as_str(), "1", name, 1_000 + order);
    run.parent_id = Some("opt".into());
    store.put_run(run);
    let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null,
        "signature": {"instructions": format!("{order}"), "fields": []}}});
    store.put_artifact(ArtifactOwner::Run(id.clone()), "model.json", state.to_string().into_bytes());
    if let Some(value) = score {
        let point = MetricPoint { step: 0, timestamp_ms: 0, value };
        let metrics = vec![LatestMetric { key: "eval".into(), point }];
        store.put_values(&id, RunValues { metrics, ..RunValues::default() });
    }
    put_traces(store, id.as_str(), "Route.forward", traces);
}

/// MIPROv2 in its middle: of four minibatches two are made and one is under way, of three full evaluations one.
fn running() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "router");
    let mut run = MemoryStore::run("opt", "1", "opt", 900);
    (run.status, run.end_time_ms) = (RunStatus::Running, None);
    store.put_run(run);
    let params = [("num_trials", "4"), ("minibatch", "True"), ("minibatch_full_eval_steps", "2")];
    let params = params.map(|(key, value)| Entry { key: key.into(), value: Shown::Text(value.into()) });
    store.put_values(&"opt".into(), RunValues { params: params.to_vec(), ..RunValues::default() });
    put_traces(&store, "opt", "GroundedProposer.forward", 1);
    put_evaluation(&store, 0, "eval_full_0", Some(50.0), 4);
    put_evaluation(&store, 1, "eval_minibatch_0", Some(50.0), 2);
    put_evaluation(&store, 2, "eval_minibatch_1", Some(50.0), 1);
    put_evaluation(&store, 3, "eval_minibatch_2", None, 1);
    store
}

fn cost(mut store: MemoryStore) -> OptimizationCost {
    let cx = ReadCx::new();
    let found = Session::alone(&mut store, &cx).ask(&OptimizationCostOf::whole("opt".into())).unwrap();
    found.as_ref().clone().unwrap()
}

fn is_near(told: Option<f64>, wanted: f64) -> bool {
    told.is_some_and(|told| (told - wanted).abs() < 1e-12)
}

#[test]
fn what_a_running_optimization_will_have_cost_is_what_each_kind_of_evaluation_cost_so_far() {
    let found = cost(running());
    assert!(is_near(found.costs.all.usd(), 9.0 * EACH), "{:?}", found.costs.all);
    assert!(is_near(found.proposing.usd(), EACH), "{:?}", found.proposing);
    // Made: a proposal and 7 traces of evaluations with a score. To come: two minibatches of 1.5, two others of 4.
    assert!(is_near(found.projected_usd, (1.0 + 7.0 + 2.0 * 1.5 + 2.0 * 4.0) * EACH), "{:?}", found.projected_usd);
    assert!(is_near(found.projected_usd, 0.002_85), "{:?}", found.projected_usd);
}

#[test]
fn nothing_is_projected_of_what_has_ended_or_does_not_tell_its_plan() {
    let ended = running();
    ended.put_run(MemoryStore::run("opt", "1", "opt", 900));
    assert_eq!(cost(ended).projected_usd, None);
    let silent = running();
    silent.put_values(&"opt".into(), RunValues::default());
    assert_eq!(cost(silent).projected_usd, None);
    // All that was planned is made.
    let made = running();
    for (order, name) in [(4, "eval_minibatch_3"), (5, "eval_minibatch_4"), (6, "eval_full_1"), (7, "eval_full_2")] {
        put_evaluation(&made, order, name, Some(50.0), 1);
    }
    assert_eq!(cost(made).projected_usd, None);
}
