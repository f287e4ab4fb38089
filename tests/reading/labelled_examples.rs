//! What is said of an example reaches the traces that answered it: both are known by what the program was given, which
//! a table and a trace write in their own ways.

use std::collections::BTreeSet;

use dspyglass::model::{EvaluationId, Json, LabelOf};
use dspyglass::query::ScoresOf;
use dspyglass::query::TracesOfExamples;
use dspyglass::query::ask::Session;
use dspyglass::store::{ReadCx, RunQuery, RunScope};

use crate::support::{databases, reader, sql};

#[test]
fn an_example_and_its_traces_are_known_by_the_same_inputs() {
    let (mut same, mut others) = (0, Vec::new());
    for place in databases() {
        let cx = ReadCx::new();
        let mut store = reader(&place);
        let mut session = Session::alone(&mut *store, &cx);
        let runs = session.store.runs(&cx, &RunQuery::new(RunScope::All)).expect("runs");
        let parents: BTreeSet<_> = runs.iter().filter_map(|run| run.parent_id.clone()).collect();
        for parent in parents {
            let scores = session.ask(&ScoresOf::optimization(parent)).expect("scores");
            let Some(scores) = scores.as_ref() else { continue };
            if scores.inputs.is_none() {
                continue;
            }
            for (column, one) in scores.columns.iter().enumerate().filter(|(_, one)| one.prompt.is_none()) {
                let links = session.ask(&TracesOfExamples(EvaluationId::from(one.run_id.clone()))).expect("traces");
                for example in &scores.matrix.examples {
                    let row = example.rows.get(column).copied().flatten();
                    let link = row.and_then(|row| links.get(row as usize)).and_then(|link| link.trace());
                    let Some(trace) = link else { continue };
                    let question = format!(
                        "select content from spans where trace_id = '{trace}' and coalesce(parent_span_id, '') = ''"
                    );
                    let Some(content) = sql(&place, &question).pop().and_then(|mut row| row.pop()) else { continue };
                    let root: Json = serde_json::from_str(&content).expect("JSON");
                    let text = root["attributes"]["mlflow.spanInputs"].as_str().expect("inputs");
                    let Json::Object(given) = serde_json::from_str(text).expect("JSON") else { continue };
                    let is_same = LabelOf::example(&given) == LabelOf::example(&scores.parted(&example.example).0);
                    same += usize::from(is_same);
                    if !is_same {
                        others.push(format!("{} {trace}", place.display()));
                    }
                }
            }
        }
    }
    println!("{same} examples are known by the inputs of their traces, {} are not", others.len());
    assert!(others.is_empty() && same > 50, "{same}: {others:#?}");
}
