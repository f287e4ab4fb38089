//! Examples that nobody evaluates: thousands that are alike, traces that lost what they were given.

use std::time::{Duration, Instant};

use dspyglass::model::{ArtifactOwner, RunId, Shown};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, NoScores, NoTrace, ScoreSource, TraceLink};
use dspyglass::store::ReadCx;
use dspyglass::store::memory::MemoryStore;
use serde_json::json;

fn store() -> (MemoryStore, [RunId; 2]) {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    for id in ["a", "b"] {
        store.put_run(MemoryStore::run(id, "1", id, 1_000));
    }
    (store, [RunId::from("a"), RunId::from("b")])
}

fn put_trace(store: &MemoryStore, id: &str, run: &RunId, inputs: Option<&str>, score: Option<f64>) {
    let mut head = MemoryStore::trace_head(id, "1", Some(run.as_str()), "x", 1_000);
    head.row.request_preview = inputs.map(|text| Shown::Text(text.into()));
    head.row.response_preview = Some(Shown::Text(r#"{"label": "a"}"#.into()));
    head.assessments.extend(score.map(|score| MemoryStore::score("metric", json!(score))));
    store.put_trace(head, Vec::new());
}

#[test]
fn thousands_of_rows_and_traces_that_are_alike() {
    let (mut store, runs) = store();
    for (run, score) in runs.iter().zip([0, 1]) {
        let rows = vec![json!([score, "same", "a"]); 20_000];
        let table = json!({"columns": ["score", "example_text", "pred_label"], "data": rows});
        store.put_artifact(ArtifactOwner::Run(run.clone()), "result_table.json", table.to_string());
        for at in 0..1_000 {
            put_trace(&store, &format!("tr-{run}-{at}"), run, Some(r#"{"text": "same"}"#), None);
        }
    }
    let since = Instant::now();
    let compared = query::compare(&mut Session::alone(&mut store, &ReadCx::new()), &runs[0], &runs[1]).expect("read");
    assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
    let examples = compared.examples.expect("both have a table");
    assert_eq!((examples.joined, examples.fixed.len()), (20_000, 20_000));
    let several = TraceLink::Unknown(NoTrace::Several(1_000));
    let not_read = TraceLink::Unknown(NoTrace::NotRead);
    let told = |link: &TraceLink| *link == several || *link == not_read;
    assert!(examples.fixed.iter().flat_map(|one| &one.traces).all(told));
}

/// What is not known is no number: not even how many examples there are.
#[test]
fn traces_that_lost_their_inputs_are_no_examples() {
    let (mut store, runs) = store();
    put_trace(&store, "tr-1", &runs[0], Some(r#"{"text": "x"}"#), Some(1.0));
    put_trace(&store, "tr-2", &runs[0], None, Some(0.0));
    put_trace(&store, "tr-3", &runs[1], None, Some(1.0));
    let compared = query::compare(&mut Session::alone(&mut store, &ReadCx::new()), &runs[0], &runs[1]).expect("read");
    let ScoreSource::Assessments { scored, examples, complete, .. } = &compared.sources[0] else {
        panic!("{:?}", compared.sources)
    };
    assert_eq!((*scored, *examples, *complete), (1, 1, false));
    assert_eq!(compared.sources[1], ScoreSource::Nothing(NoScores::UnknownInputs));
    assert_eq!((compared.rows, compared.examples), ([Some(1), None], None));
}
