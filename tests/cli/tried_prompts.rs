//! The prompts that an optimization of prompts tried as columns beside each other, and examples parted by a chosen score:
//! against the files and plain SQL.

use std::collections::{BTreeMap, BTreeSet};

use dspyglass::model::{ArtifactOwner, Entry, RunValues, Shown};
use dspyglass::store::memory::MemoryStore;
use serde_json::{Value, json};

use super::against_sql::rows;
use super::plain_evaluations::{GENAI, PROMPTS, ask, experiment, file, list, modern, near, number};
use super::{answered, document, run, text};

#[test]
fn each_prompt_that_was_tried_is_a_column_with_a_verdict() {
    let database = modern();
    let told = document(&["scores", text(&database), PROMPTS]);
    assert_eq!(told["evaluations"], json!([PROMPTS, PROMPTS]), "all of them are of one run");
    let names: Vec<&Value> = list(&told, "columns").iter().map(|column| &column["prompt"]).collect();
    assert_eq!(names, [&json!("iteration_0"), &json!("candidate_1")]);
    let table = file(&database, "26", PROMPTS, "prompt_candidates/iteration_0/eval_results.json");
    let at = list(&table, "columns").iter().position(|column| column == "aggregate_score").expect("a column");
    let given: Vec<f64> = list(&table, "data").iter().filter_map(|row| row[at].as_f64()).collect();
    let gepa = file(&database, "26", PROMPTS, "valset_scores.json");
    let best: Vec<f64> = gepa["data"][0].as_array().expect("cells")[2..].iter().filter_map(Value::as_f64).collect();
    assert_eq!((given.len(), best.len()), (4, 4));
    for (one, pair) in list(&told, "examples").iter().zip(given.iter().zip(&best)) {
        assert_eq!(one["scores"], json!([pair.0, pair.1]));
        assert_eq!(one["trace_ids"], json!([null, null]), "no trace says which prompt it tried");
        let class = match pair {
            (1.0, 1.0) => "always right",
            (0.0, 1.0) => "fixed",
            (1.0, 0.0) => "broken",
            _ => "always wrong",
        };
        assert_eq!(one["class"], class);
    }
    let verdict = &document(&["optimization", text(&database), PROMPTS])["verdict"];
    assert_eq!(
        (&verdict["seed_prompt"], &verdict["winner_prompt"]),
        (&json!("iteration_0"), &json!("candidate_1")),
        "{verdict}"
    );
    let mean = |scores: &[f64]| scores.iter().sum::<f64>() / scores.len() as f64;
    assert!(near(&verdict["seed"], mean(&given)) && near(&verdict["winner"], mean(&best)));
    let turned = |from: f64| given.iter().zip(&best).filter(|(a, b)| **a == from && **b != from).count();
    assert_eq!((&verdict["fixed"], &verdict["broken"]), (&json!(turned(0.0)), &json!(turned(1.0))));
    assert_eq!((&verdict["n"], &verdict["best_of"]), (&json!(4), &json!(2)));
    let said = answered(&["optimization", text(&database), PROMPTS]);
    assert!(said.contains(verdict["text"].as_str().expect("words")), "{said}");
    // Of the other score only the iteration tells single examples.
    let wording = document(&["scores", text(&database), PROMPTS, "--score", "wording"]);
    let column = &wording["columns"][1];
    assert_eq!((&column["scored"], &column["objectives"]), (&json!(0), &json!({"wording": 0.5})));
    assert!(column["without_scores"].as_str().is_some_and(|why| why.contains("“wording”")), "{column}");
}

#[test]
fn iterations_with_tables_of_their_own_are_joined_by_their_examples() {
    let mut files: Vec<(&str, Value)> = vec![
        ("prompt_candidates/iteration_0/p.txt", json!("Answer {{q}}")),
        ("prompt_candidates/iteration_1/p.txt", json!("Answer {{q}} shortly")),
        ("prompt_candidates/iteration_2/p.txt", json!("Answer {{q}} at length")),
    ];
    let columns = json!(["inputs", "output", "expectation", "aggregate_score", "tone"]);
    let table = |scores: &[(&str, f64)]| {
        let rows: Vec<Value> = scores
            .iter()
            .map(|(question, score)| json!([{"q": question}, "out", {"label": "x"}, score, 1.0 - score]))
            .collect();
        json!({"columns": columns, "data": rows})
    };
    let tables = [
        table(&[("a", 1.0), ("b", 0.0), ("c", 0.0), ("d", 0.0)]),
        // In another order.
        table(&[("d", 1.0), ("c", 1.0), ("b", 1.0), ("a", 0.0)]),
        table(&[("a", 0.0), ("b", 0.0), ("c", 1.0), ("d", 0.0)]),
    ];
    let [first, second, third] = tables;
    for (path, value) in [
        ("prompt_candidates/iteration_0/eval_results.json", first),
        ("prompt_candidates/iteration_1/eval_results.json", second),
        ("prompt_candidates/iteration_2/eval_results.json", third),
        ("prompt_candidates/iteration_0/scores.json", json!({"aggregate": 0.25, "per_scorer": {"tone": 0.75}})),
        ("prompt_candidates/iteration_1/scores.json", json!({"aggregate": 0.75, "per_scorer": {"tone": 0.25}})),
        ("prompt_candidates/iteration_2/scores.json", json!({"aggregate": 0.25, "per_scorer": {"tone": 0.75}})),
    ] {
        files.push((path, value));
    }
    let store = experiment();
    store.put_run(MemoryStore::run("r1", "1", "tried", 1_000));
    let optimizer = Entry { key: "optimizer".into(), value: Shown::Text("MetaPromptOptimizer".into()) };
    store.put_values(&"r1".into(), RunValues { params: vec![optimizer], ..RunValues::default() });
    for (path, value) in files {
        store.put_artifact(ArtifactOwner::Run("r1".into()), path, value.to_string().into_bytes());
    }
    let told = ask(&store, &["scores", "r1"]);
    let prompts: Vec<&Value> = list(&told, "columns").iter().map(|column| &column["prompt"]).collect();
    assert_eq!(prompts, [&json!("iteration_0"), &json!("iteration_1"), &json!("iteration_2")]);
    let by_question: BTreeMap<&str, &Value> = list(&told, "examples")
        .iter()
        .map(|one| (one["inputs"]["q"].as_str().expect("text"), &one["scores"]))
        .collect();
    assert_eq!(by_question["a"], &json!([1.0, 0.0, 0.0]));
    assert_eq!(by_question["b"], &json!([0.0, 1.0, 0.0]));
    assert_eq!(by_question["c"], &json!([0.0, 1.0, 1.0]));
    assert_eq!(by_question["d"], &json!([0.0, 1.0, 0.0]));
    let verdict = &ask(&store, &["optimization", "r1"])["verdict"];
    assert_eq!((&verdict["seed_prompt"], &verdict["winner_prompt"]), (&json!("iteration_0"), &json!("iteration_1")));
    assert_eq!((&verdict["fixed"], &verdict["broken"], &verdict["best_of"]), (&json!(3), &json!(1), &json!(3)));
}

#[test]
fn slices_and_failures_go_by_the_chosen_score() {
    let database = modern();
    let sql = format!(
        "select a.trace_id, a.name, a.value, a.rationale from assessments a join trace_request_metadata m on \
         m.request_id = a.trace_id and m.key = 'mlflow.sourceRun' where m.value = '{GENAI}' and \
         a.assessment_type = 'feedback'"
    );
    let (mut scores, mut rationales): (BTreeMap<String, Vec<f64>>, BTreeSet<String>) = Default::default();
    for row in rows(&database, &sql) {
        let value: Value = serde_json::from_str(row[2].as_str().expect("JSON")).expect("JSON");
        let name = row[1].as_str().expect("a name").to_owned();
        scores.entry(name.clone()).or_default().push(number(&value).expect("a score"));
        rationales.extend(row[3].as_str().map(|_| name));
    }
    let none = document(&["slices", text(&database), GENAI]);
    let why = none["without_slices"].as_str().expect("why");
    assert!(scores.keys().all(|name| why.contains(name.as_str())), "{why}");
    assert!(!rationales.is_empty());
    for (name, of_name) in &scores {
        let told = document(&["slices", text(&database), GENAI, "--score", name, "--failures"]);
        assert_eq!((&told["score"], &told["without_slices"]), (&json!(name), &Value::Null));
        let failures = &told["failures"];
        let threshold = failures["threshold"].as_f64().expect("a threshold");
        let wrong = of_name.iter().filter(|score| **score < threshold).count();
        assert_eq!(failures["winner_wrong"], json!(wrong), "{name}: {of_name:?}");
        assert_eq!(failures["seed_wrong"], Value::Null, "a plain evaluation stands alone");
        let feedback: Vec<&Value> =
            list(failures, "groups").iter().filter(|group| group["kind"] == "feedback").collect();
        if rationales.contains(name) && wrong > 0 {
            assert_eq!(failures["winner_feedback"], "assessments");
            let own =
                |group: &&Value| group["what"].as_str().is_some_and(|what| what.starts_with(&format!("{name}: ")));
            assert!(!feedback.is_empty() && feedback.iter().all(own), "{name}: {feedback:?}");
        }
    }
    let output = run(&["slices", text(&database), GENAI, "--score", "nobody"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("has no score “nobody”"), "{said}");
}
