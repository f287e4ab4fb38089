//! How long a predictor's way through a long optimization takes: 200 states of a program of five
//! predictors are to open within 300 ms; and what the places of an optimization cost together.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use dspyglass::loader::{EvolutionOf, PreparedFamilyTreeOf};
use dspyglass::model::{ArtifactOwner, MetricPoint, RunId};
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::{self, EvolutionWish, OptimizationOf, ProvenanceOf};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{ReadCx, Store};
use serde_json::{Value, json};

use crate::{Failure, median};

const STATES: usize = 200;
const PREDICTORS: usize = 5;
/// Instructions of about 2 kB.
const WORDS: usize = 300;
const ROUNDS: usize = 5;

pub fn measure() -> Result<(), Failure> {
    println!("\nthe evolution of one of {PREDICTORS} predictors along {STATES} states, milliseconds");
    let made = store();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let mut store = made.fork()?;
        let start = Instant::now();
        let found = query::evolution(
            &mut Session::alone(store.as_mut(), &ReadCx::new()),
            &RunId::from("p"),
            EvolutionWish::default(),
        )?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        let steps = black_box(found).map_or(0, |found| found.steps.len());
        assert_eq!(steps, STATES, "every state is a step");
    }
    println!("  {:<44} {:>8.2}", "evaluations, programs and their differences", median(times));
    places(&made)
}

/// The optimization, its evolution, its family tree and the origin of each instruction of its last program: each
/// reading for itself, and all in sessions that remember, by turns.
fn places(made: &MemoryStore) -> Result<(), Failure> {
    println!("\nthe places of an optimization of {STATES} states of {PREDICTORS} predictors, milliseconds");
    let (parent, last) = (RunId::from("p"), RunId::from(format!("run-{}", STATES - 1)));
    let open_all = |memo: &dyn Fn() -> Arc<Memo>| -> Result<f64, Failure> {
        let mut store = made.fork()?;
        let cx = ReadCx::new();
        let start = Instant::now();
        black_box(Session::new(store.as_mut(), &cx, memo(), 1).ask(&OptimizationOf(parent.clone()))?);
        let evolution = EvolutionOf { parent: parent.clone(), predictor: None, against: None };
        black_box(Session::new(store.as_mut(), &cx, memo(), 1).ask(&evolution)?);
        black_box(Session::new(store.as_mut(), &cx, memo(), 1).ask(&PreparedFamilyTreeOf(parent.clone()))?);
        for at in 0..PREDICTORS {
            let path = format!("step_{at}");
            let origin = ProvenanceOf { parent: parent.clone(), evaluation: last.clone(), path };
            black_box(Session::new(store.as_mut(), &cx, memo(), 1).ask(&origin)?);
        }
        Ok(start.elapsed().as_secs_f64() * 1000.0)
    };
    let (mut apart, mut together) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        apart.push(open_all(&Arc::default)?);
        let memo: Arc<Memo> = Arc::default();
        together.push(open_all(&|| Arc::clone(&memo))?);
    }
    let (apart, together) = (median(apart), median(together));
    println!("  {:<44} {apart:>8.2}", "each reading for itself");
    println!("  {:<44} {together:>8.2}   {:.1} times as fast", "remembering what others read", apart / together);
    Ok(())
}

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "long");
    store.put_run(MemoryStore::run("p", "1", "bold-finch-218", 1_000_000));
    for state in 0..STATES {
        let id = format!("run-{state}");
        let mut run = MemoryStore::run(&id, "1", &format!("eval_full_{state}"), 1_000_000 + state as i64);
        run.parent_id = Some(RunId::from("p"));
        store.put_run(run);
        let id = RunId::from(id);
        let value = (state % 100) as f64;
        store.put_metric(&id, "eval", vec![MetricPoint { step: 0, timestamp_ms: 1, value }]);
        let predictors = (0..PREDICTORS).map(|at| {
            let words: Vec<String> = (0..WORDS).map(|word| format!("word{}", (word * (state % 7 + 1)) % 90)).collect();
            let signature = json!({"instructions": format!("{} {state}", words.join(" ")), "fields": []});
            (format!("step_{at}"), json!({"demos": [], "lm": null, "signature": signature}))
        });
        let program = Value::Object(predictors.collect());
        store.put_artifact(ArtifactOwner::Run(id), "model.json", program.to_string().into_bytes());
    }
    store
}
