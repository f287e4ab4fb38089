//! Programs that were evaluated in full several times, against counts by hand.

use dspyglass::model::{ArtifactOwner, MetricPoint, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::{OptimizationOf, Repeats, RepeatsOf, noise};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{OpenOptions, ReadCx, open};
use serde_json::json;

use super::support::stores;

/// One evaluation on so many examples.
fn put(store: &MemoryStore, order: i64, score: f64, n: usize, text: &str) {
    let id = RunId::from(format!("r{order}"));
    let mut run = MemoryStore::run(id.as_str(), "1", &format!("eval_full_{order}"), 1_000 + order);
    run.parent_id = Some("p".into());
    store.put_run(run);
    store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: 0, value: score }]);
    let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature":
        {"instructions": text, "fields": [{"prefix": "Ticket:", "description": "${ticket}"}]}}});
    let rows: Vec<_> = (0..n).map(|at| json!([format!("ticket {at}"), score / 100.0])).collect();
    let table = json!({"columns": ["example_ticket", "score"], "data": rows});
    store.put_artifact(ArtifactOwner::Run(id.clone()), "model.json", state.to_string());
    store.put_artifact(ArtifactOwner::Run(id), "result_table.json", table.to_string());
}

fn store(evaluations: &[(f64, usize, &str)]) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "shop");
    store.put_run(MemoryStore::run("p", "1", "parent", 1_000));
    for (order, (score, n, text)) in (0..).zip(evaluations) {
        put(&store, order, *score, *n, text);
    }
    store
}

fn told(store: &MemoryStore) -> (Vec<Repeats>, Option<(String, String)>) {
    let (mut store, cx) = (store.clone(), ReadCx::new());
    let mut session = Session::alone(&mut store, &cx);
    let all = session.ask(&RepeatsOf("p".into())).expect("read");
    let found = session.ask(&OptimizationOf("p".into())).expect("read");
    (all.to_vec(), noise(found.as_ref().as_ref().expect("the run"), &all))
}

#[test]
fn the_scores_of_one_program_are_a_range() {
    let store = store(&[(50.0, 12, "a"), (71.67, 12, "b"), (68.33, 12, "b"), (60.0, 12, "c"), (70.0, 10, "b")]);
    let (all, noise) = told(&store);
    let [one] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((one.candidate, one.evaluations.as_slice(), one.n), (1, &[1, 2, 4][..], None), "not of one size");
    assert_eq!((one.low, one.high, one.answers), (68.33, 71.67, None));
    assert_eq!(noise, Some(("C2 was evaluated 3 times in full: 68.33 – 71.67".to_owned(), String::new())));
}

#[test]
fn noise_of_several_programs_is_pooled() {
    // Squares around the means 51 and 70: 1 + 1 and 9 + 9; one degree of freedom each: √(20 / 2).
    let store = store(&[(50.0, 12, "a"), (52.0, 12, "a"), (67.0, 12, "b"), (73.0, 12, "b"), (90.0, 12, "c")]);
    let (all, noise) = told(&store);
    assert_eq!(all.len(), 2);
    let (noise, about) = noise.expect("some");
    assert_eq!((noise.as_str(), about.contains("2 programs")), ("± 3.16", true), "{about}");
}

#[test]
fn the_same_score_again_is_no_measure_unless_a_model_answered() {
    let store = store(&[(50.0, 12, "a"), (50.0, 12, "a")]);
    let (all, noise) = told(&store);
    assert!(!all[0].tells_noise(), "there is no trace, so nobody knows");
    let (noise, about) = noise.expect("some");
    assert_eq!(noise, "not known");
    assert!(about.ends_with("50 each time; where the answers came from is not known, it may be a cache"), "{about}");
}

/// COPRO evaluated its best program again, from the cache: the stores tell it of every trace.
#[test]
fn answers_from_a_cache_are_no_measure_in_recorded_stores() {
    let path = stores().into_iter().find(|path| path.to_string_lossy().contains("copro-3.17")).expect("recorded");
    let mut store = open(path.as_path(), &OpenOptions::default()).expect("opens");
    let cx = ReadCx::new();
    let mut session = Session::alone(store.as_mut(), &cx);
    let all = session.ask(&RepeatsOf("e43b6a64f365446a9c438d2e1c938daa".into())).expect("read");
    let [one] = all.as_slice() else { panic!("{all:?}") };
    let answers = one.answers.expect("looked at, because both scores are the same");
    assert_eq!((one.low, one.high, answers.told, answers.cached), (50.0, 50.0, 6, 6));
    assert!(!one.tells_noise() && one.words("C3").ends_with("from a cache: no measure of noise"));
}
