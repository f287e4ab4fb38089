//! How long a predictor's way through a long optimization takes: 200 states of a program of five
//! predictors are to open within 300 ms.

use std::hint::black_box;
use std::time::Instant;

use dspyglass::model::{ArtifactOwner, MetricPoint, RunId};
use dspyglass::query;
use dspyglass::query::ask::Session;
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
        let found = query::evolution(&mut Session::alone(store.as_mut(), &ReadCx::new()), &RunId::from("p"), None)?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        let steps = black_box(found).map_or(0, |found| found.steps.len());
        assert_eq!(steps, STATES, "every state is a step");
    }
    println!("  {:<44} {:>8.2}", "evaluations, programs and their differences", median(times));
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
