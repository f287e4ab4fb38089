//! Evaluations by themselves: several scores, tables of users and MLflow's scorers, against the files and plain SQL.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use dspyglass::cli::{Outcome, run_over};
use dspyglass::model::{ArtifactOwner, Entry, LatestMetric, MetricPoint, RunValues, Shown, SpanBody};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{OpenOptions, Store, StoreLocation};
use serde_json::{Value, json};

use super::against_sql::rows;
use super::{answered, database, databases, document, text};

/// Runs of the recorded store of MLflow 3.18: `mlflow.genai.evaluate`, `mlflow.genai.optimize_prompts`, an evaluation
/// whose metric gives several scores, and a GEPA with objectives and the evaluation of its candidate 1.
pub(super) const GENAI: &str = "e3156679a2a948129fd15655138ff8a7";
pub(super) const PROMPTS: &str = "4e1396bc8cf7432389b3bab76b1211ae";
const OBJECTIVES: &str = "a98f4396202d4d34a1d7b14b2d60ba60";
const GEPA: &str = "85229eaac014468188e207ff4ce6a6ba";

pub(super) fn modern() -> PathBuf {
    database("modern-3.18")
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key} in {value}"))
}

/// A file among the artifacts of a run.
pub(super) fn file(database: &Path, experiment: &str, run: &str, name: &str) -> Value {
    let home = database.parent().expect("a folder").join("mlruns").join(experiment).join(run).join("artifacts");
    serde_json::from_slice(&std::fs::read(home.join(name)).expect(name)).expect("JSON")
}

/// true is 1, and so is MLflow's yes.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(is_right) => Some(f64::from(u8::from(*is_right))),
        Value::String(word) => Some(f64::from(u8::from(word == "yes"))),
        other => other.as_f64(),
    }
}

pub(super) fn near(told: &Value, wanted: f64) -> bool {
    told.as_f64().is_some_and(|told| (told - wanted).abs() < 1e-9)
}

#[test]
fn each_scorer_of_an_evaluation_by_mlflow_is_a_score() {
    let database = modern();
    let sql = format!(
        "select a.trace_id, a.name, a.assessment_type, a.value, a.rationale from assessments a \
         join trace_request_metadata m on m.request_id = a.trace_id and m.key = 'mlflow.sourceRun' \
         where m.value = '{GENAI}'"
    );
    let (mut scores, mut expected) = (BTreeMap::new(), BTreeMap::new());
    for row in rows(&database, &sql) {
        let value: Value = serde_json::from_str(row[3].as_str().expect("JSON")).expect("JSON");
        let key = (row[0].as_str().expect("an id").to_owned(), row[1].as_str().expect("a name").to_owned());
        match row[2].as_str() {
            Some("feedback") => scores.insert(key, number(&value).expect("a score")).map_or((), |_| panic!("twice")),
            _ => expected.insert(key, value).map_or((), |_| panic!("twice")),
        }
    }
    let scorers: BTreeSet<String> = scores.keys().map(|(_, name)| name.clone()).collect();
    assert_eq!((scores.len(), scorers.len()), (12, 3));
    let told = document(&["scores", text(&database), GENAI]);
    let names: BTreeSet<String> =
        list(&told, "score_names").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    assert_eq!(names, scorers);
    assert_eq!(told["columns"][0]["source"], Value::Null, "which of them counts is nobody's word");
    assert!(told["columns"][0]["without_scores"].as_str().is_some_and(|why| why.contains("several metrics")));
    assert_eq!(list(&told, "examples").len(), 4);
    for one in list(&told, "examples") {
        assert_eq!(one["scores"], json!([null]));
        let trace = one["trace_ids"][0].as_str().expect("its trace").to_owned();
        for name in &scorers {
            assert!(near(&one["all_scores"][0][name], scores[&(trace.clone(), name.clone())]), "{one}");
        }
        for name in ["label", "expected_response"] {
            assert_eq!(one["expected"][name], expected[&(trace.clone(), name.to_owned())]);
        }
        assert_eq!(one["inputs"].as_object().expect("fields").keys().collect::<Vec<_>>(), ["ticket"]);
    }
    for name in &scorers {
        let told = document(&["scores", text(&database), GENAI, "--score", name]);
        for one in list(&told, "examples") {
            let trace = one["trace_ids"][0].as_str().expect("its trace").to_owned();
            assert!(near(&one["scores"][0], scores[&(trace, name.clone())]), "{name}: {one}");
        }
        // MLflow's own mean of the same scorer.
        let sql = format!(
            "select value from latest_metrics where run_uuid = '{GENAI}' and key = '{name}/mean' and is_nan = 0"
        );
        let mean = rows(&database, &sql)[0][0].as_f64().expect("a mean");
        let column = &told["columns"][0];
        assert!(near(&column["mean"], mean), "{name}: {column} is not {mean}");
        assert_eq!((&column["source"], &column["scored"]), (&json!("assessments"), &json!(4)));
        let [low, high] = [0, 1].map(|at| column["mean_interval"][at].as_f64().expect("an end"));
        assert!(low < mean && mean < high);
    }
    let said = answered(&["scores", text(&database), GENAI, "--score", "polite"]);
    assert!(said.contains("polite: yes counts as 1, no as 0"), "{said}");
    assert!(said.contains("The answer omits the expected fact."), "what the judge said: {said}");
}

#[test]
fn parts_of_a_score_are_scores_of_their_own() {
    let database = modern();
    let table = file(&database, "23", OBJECTIVES, "result_table.json");
    let cells: Vec<&Value> = list(&table, "data").iter().map(|row| &row[0]).collect();
    assert!(cells.iter().all(|cell| cell["objective_scores"].is_object()));
    let told = document(&["scores", text(&database), OBJECTIVES]);
    assert_eq!(told["score_names"], json!(["score", "label", "wording"]));
    for (one, cell) in list(&told, "examples").iter().zip(&cells) {
        assert_eq!(one["scores"][0], cell["score"], "what counts is DSPy's own");
        assert_eq!(one["all_scores"][0]["wording"], cell["objective_scores"]["wording"]);
        assert_eq!(one["all_scores"][0]["label"], cell["objective_scores"]["label"]);
    }
    let chosen = document(&["scores", text(&database), OBJECTIVES, "--score", "wording"]);
    for (one, cell) in list(&chosen, "examples").iter().zip(&cells) {
        assert_eq!(one["scores"][0], cell["objective_scores"]["wording"]);
    }
    let none = document(&["scores", text(&database), OBJECTIVES, "--score", "nothing"]);
    assert!(list(&none, "examples").iter().all(|one| one["scores"] == json!([null])));
    assert!(none["columns"][0]["without_scores"].as_str().is_some_and(|why| why.contains("score, label, wording")));
}

#[test]
fn gepas_objectives_are_told_of_its_candidates() {
    let database = modern();
    let table = file(&database, "14", GEPA, "objective_scores.json");
    let told = document(&["scores", text(&database), GEPA]);
    let column = list(&told, "columns").iter().find(|one| one["source"] == "valset_scores.json").expect("a column");
    assert_eq!(column["objectives"], json!({"label": table["data"][0][2], "wording": table["data"][0][3]}));
    // Those of its first evaluation stand in its table, example by example.
    let wording = document(&["scores", text(&database), GEPA, "--score", "wording"]);
    let first = file(&database, "14", "fd4cdc0a722f47cfb3844fd9ccd5932a", "result_table.json");
    let wanted: Vec<&Value> = list(&first, "data").iter().map(|row| &row[0]["objective_scores"]["wording"]).collect();
    let place = list(&wording, "evaluations").iter().position(|run| run == "fd4cdc0a722f47cfb3844fd9ccd5932a");
    let found: Vec<&Value> =
        list(&wording, "examples").iter().map(|one| &one["scores"][place.expect("a column")]).collect();
    assert_eq!(found, wanted);
}

#[test]
fn an_optimization_of_prompts_tells_what_it_tried() {
    let database = modern();
    let told = document(&["scores", text(&database), PROMPTS]);
    let table = file(&database, "26", PROMPTS, "prompt_candidates/iteration_0/eval_results.json");
    let at = |name: &str| list(&table, "columns").iter().position(|column| column == name).expect("a column");
    for (one, row) in list(&told, "examples").iter().zip(list(&table, "data")) {
        assert_eq!(one["scores"][0], row[at("aggregate_score")]);
        assert_eq!(one["all_scores"][0]["wording"], row[at("wording")]);
        assert_eq!(one["inputs"], row[at("inputs")]);
        assert_eq!(one["expected"], row[at("expectation")]);
    }
    let prompts = list(&told, "prompts");
    assert_eq!(prompts.len(), 2);
    let means = file(&database, "26", PROMPTS, "prompt_candidates/iteration_0/scores.json");
    assert_eq!(
        (&prompts[0]["iteration"], &prompts[0]["candidate"]),
        (&json!(0), &json!(0)),
        "the prompt that was given"
    );
    assert_eq!((&prompts[0]["score"], &prompts[0]["scores"]), (&means["aggregate"], &means["per_scorer"]));
    let candidates = file(&database, "26", PROMPTS, "candidates.json");
    let scores = file(&database, "26", PROMPTS, "valset_scores.json");
    assert_eq!(prompts[1]["iteration"], Value::Null, "of which MLflow saved no folder");
    assert_eq!(prompts[1]["prompts"]["bike-shop-prompt"], candidates["data"][0][5]);
    assert_eq!(prompts[1]["score"], candidates["data"][0][3]);
    assert_eq!(list(&prompts[1], "examples").as_slice(), &scores["data"][0].as_array().expect("cells")[2..]);
    assert!(answered(&["scores", text(&database), PROMPTS]).contains("2 prompts tried"));
}

#[test]
fn two_evaluations_are_compared_by_the_test_of_the_verdict() {
    let mut compared = 0;
    for database in databases() {
        for row in rows(&database, "select distinct value from tags where key = 'mlflow.parentRunId' order by 1") {
            let optimization = document(&["optimization", text(&database), row[0].as_str().expect("an id")]);
            let verdict = &optimization["verdict"];
            let (Some(seed), Some(winner)) = (verdict["seed_run"].as_str(), verdict["winner_run"].as_str()) else {
                continue;
            };
            let found = document(&["diff", text(&database), seed, winner]);
            let between = &found["verdict"];
            for key in ["n", "test", "p", "difference", "interval", "more_examples"] {
                assert_eq!(between[key], verdict[key], "{key} of {seed} and {winner}");
            }
            if verdict["test"] == "mcnemar-exact" {
                // The threshold of graded scores is that of these two; of right and wrong there is but one.
                assert_eq!((&between["fixed"], &between["broken"]), (&verdict["fixed"], &verdict["broken"]));
            }
            let said = answered(&["diff", text(&database), seed, winner]);
            assert!(said.contains(between["text"].as_str().expect("words")), "{said}");
            compared += 1;
        }
    }
    assert!(compared >= 5, "{compared}");
}

/// A store in memory, asked in the terminal.
pub(super) fn ask(store: &MemoryStore, args: &[&str]) -> Value {
    let open = |_: &StoreLocation, _: &OpenOptions| store.fork();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let line = [&["dspyglass", args[0], "store"], &args[1..], &["--json"]].concat();
    let outcome = run_over(line.into_iter().map(OsString::from), &open, &mut out, &mut err);
    assert!(matches!(outcome, Outcome::Done(_)) && err.is_empty(), "{}", String::from_utf8_lossy(&err));
    serde_json::from_slice(&out).expect("JSON")
}

pub(super) fn experiment() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "tickets");
    store
}

/// A run with a file of its user's, and a metric `eval` if there is one.
fn evaluated(store: &MemoryStore, id: &str, start_ms: i64, score: Option<f64>, file: Option<(&str, &[u8])>) {
    let mut run = MemoryStore::run(id, "1", id, start_ms);
    run.end_time_ms = Some(start_ms + 900);
    store.put_run(run);
    let point = |value| MetricPoint { step: 0, timestamp_ms: 0, value };
    let metrics = score.map(|score| LatestMetric { key: "eval".into(), point: point(score) });
    store.put_values(&id.into(), RunValues { metrics: metrics.into_iter().collect(), ..RunValues::default() });
    if let Some((name, content)) = file {
        store.put_artifact(ArtifactOwner::Run(id.into()), name, content.to_vec());
    }
}

/// A trace of one call.
fn traced(store: &MemoryStore, id: &str, run: &str, inputs: Value, outputs: Value, scores: &[(&str, &str, Value)]) {
    let mut head = MemoryStore::trace_head(id, "1", Some(run), "Predict.forward", 100);
    head.row.request_preview = Some(Shown::Text(inputs.to_string().into()));
    head.row.response_preview = Some(Shown::Text(outputs.to_string().into()));
    for (name, by, value) in scores {
        let mut score = MemoryStore::score(name, value.clone());
        score.source_type = (*by).to_owned();
        score.rationale = Some(format!("{name} because"));
        head.assessments.push(score);
    }
    let span = MemoryStore::span(&format!("{id}-0"), None, "Predict.forward", 0, 1_000);
    let body = SpanBody { inputs: Some(inputs), outputs: Some(outputs), ..SpanBody::default() };
    store.put_trace(head, vec![(span, body)]);
}

#[test]
fn a_table_of_the_users_is_joined_to_the_traces() {
    let store = experiment();
    let columns = json!(["question", "answer", "output", "exact_match", "latency"]);
    for (run, start, right) in [("before", 1_000, [true, false, false]), ("after", 2_000, [true, true, true])] {
        let rows: Vec<Value> = right
            .iter()
            .enumerate()
            .map(
                |(at, right)| json!([format!("q{at}"), format!("a{at}"), {"answer": format!("{run}{at}")}, right, 0.5]),
            )
            .collect();
        let table = json!({"columns": columns, "data": rows}).to_string();
        evaluated(&store, run, start, None, Some(("eval_results.json", table.as_bytes())));
        for at in 0..3 {
            let (inputs, outputs) = (json!({"question": format!("q{at}")}), json!({"answer": format!("{run}{at}")}));
            traced(&store, &format!("tr-{run}{at}"), run, inputs, outputs, &[]);
        }
    }
    let one = ask(&store, &["scores", "before"]);
    let scores: Vec<&Value> = list(&one, "examples").iter().map(|one| &one["scores"][0]).collect();
    assert_eq!(scores, [&json!(1.0), &json!(0.0), &json!(0.0)]);
    let traces: Vec<&Value> = list(&one, "examples").iter().map(|one| &one["trace_ids"][0]).collect();
    assert_eq!(traces, ["tr-before0", "tr-before1", "tr-before2"]);
    assert_eq!(one["examples"][0]["inputs"], json!({"question": "q0"}));
    assert_eq!(one["examples"][0]["expected"], json!({"answer": "a0"}), "neither the output nor how long it took");
    let column = &one["columns"][0];
    assert_eq!(column["source"], "users_table");
    let told = column["source_told"].as_str().expect("words");
    assert!(told.contains("eval_results.json") && told.contains("exact_match") && told.contains("inferred"), "{told}");
    // Both stand beside each other, and one is compared with the other.
    let both = ask(&store, &["scores", "--experiment", "tickets"]);
    assert_eq!(both["evaluations"], json!(["before", "after"]));
    assert_eq!(both["examples"][1]["scores"], json!([0.0, 1.0]));
    let diff = ask(&store, &["diff", "before", "after"]);
    let verdict = &diff["verdict"];
    assert_eq!((&verdict["n"], &verdict["fixed"], &verdict["broken"]), (&json!(3), &json!(2), &json!(0)));
    assert!((verdict["p"].as_f64().expect("p") - 0.5).abs() < 1e-12, "two of two changed: {verdict}");
    assert_eq!(verdict["unit"], Value::Null, "no score was logged");
    assert!(verdict["text"].as_str().is_some_and(|text| text.contains("could be luck, about")), "{verdict}");
}

#[test]
fn of_several_scorers_the_one_counts_that_the_score_is_the_mean_of() {
    let store = experiment();
    evaluated(&store, "told", 1_000, Some(50.0), None);
    evaluated(&store, "open", 2_000, None, None);
    evaluated(&store, "judged", 3_000, None, None);
    for (run, at) in ["told", "open"].into_iter().flat_map(|run| [(run, 0), (run, 1)]) {
        let scores =
            [("exact", "CODE", json!(at == 0)), ("short", "CODE", json!(0.9)), ("by_hand", "HUMAN", json!("yes"))];
        let inputs = json!({"question": format!("q{at}")});
        traced(&store, &format!("tr-{run}{at}"), run, inputs, json!({"answer": "x"}), &scores);
    }
    for (at, word) in ["yes", "No", "hardly"].into_iter().enumerate() {
        let inputs = json!({"question": format!("q{at}")});
        let scores = [("polite", "LLM_JUDGE", json!(word))];
        traced(&store, &format!("tr-judged{at}"), "judged", inputs, json!({"answer": "x"}), &scores);
    }
    let told = ask(&store, &["scores", "told"]);
    assert_eq!(told["columns"][0]["source_told"], "from assessments “exact” on traces, of 2 of 2 examples");
    assert_eq!(told["columns"][0]["interval"].as_array().map(Vec::len), Some(2), "on the scale of the metric");
    assert_eq!(told["examples"][0]["all_scores"][0], json!({"by_hand": 1.0, "exact": 1.0, "short": 0.9}));
    let open = ask(&store, &["scores", "open"]);
    assert!(open["columns"][0]["without_scores"].as_str().is_some_and(|why| why.contains("exact, short")), "{open}");
    assert_eq!(list(&open, "examples").len(), 2, "the rows are there, though none is chosen");
    let chosen = ask(&store, &["scores", "open", "--score", "short"]);
    assert!(list(&chosen, "examples").iter().all(|one| one["scores"] == json!([0.9])));
    // Alone, a judge's word counts; one that says neither is no score.
    let judged = ask(&store, &["scores", "judged"]);
    let scores: Vec<&Value> = list(&judged, "examples").iter().map(|one| &one["scores"][0]).collect();
    assert_eq!(scores, [&json!(1.0), &json!(0.0), &Value::Null]);
    assert_eq!(judged["columns"][0]["told"], json!(["polite: yes counts as 1, no as 0"]));
}

#[test]
fn what_mlflow_wrote_of_two_evaluations_is_compared_scorer_by_scorer() {
    let store = experiment();
    for (run, start, right) in [("first", 1_000, [0.0, 0.0, 1.0]), ("second", 2_000, [1.0, 1.0, 1.0])] {
        evaluated(&store, run, start, None, None);
        let kind = Entry { key: "mlflow.runType".into(), value: Shown::Text("genai_evaluate".into()) };
        store.put_values(&run.into(), RunValues { tags: vec![kind], ..RunValues::default() });
        for (at, right) in right.into_iter().enumerate() {
            let scores = [("label", "CODE", json!(right)), ("polite", "LLM_JUDGE", json!("yes"))];
            let inputs = json!({"question": format!("q{at}")});
            traced(&store, &format!("tr-{run}{at}"), run, inputs, json!({"answer": "x"}), &scores);
        }
    }
    let found = ask(&store, &["diff", "first", "second"]);
    assert_eq!(found["verdict"], Value::Null, "none of them counts by itself");
    let label = &found["verdicts"]["label"];
    assert_eq!((&label["n"], &label["fixed"], &label["broken"]), (&json!(3), &json!(2), &json!(0)));
    assert!(near(&label["p"], 0.5) && near(&label["difference"], 2.0 / 3.0), "{label}");
    assert!(near(&found["verdicts"]["polite"]["difference"], 0.0));
}

#[test]
fn odd_tables_are_shown_as_far_as_they_go() {
    let store = experiment();
    let table = |rows: Value| json!({"columns": ["score", "example_q", "pred_a"], "data": rows}).to_string();
    let cases: [(&str, String, Value); 7] = [
        ("graded", table(json!([[0.25, "a", 1], [4.5, "b", 2]])), json!([0.25, 4.5])),
        (
            "objects",
            table(json!([[{"score": 0.5, "accuracy": 1}, "a", 1], [{"accuracy": 0}, "b", 2]])),
            json!([0.5, null]),
        ),
        ("bools and nulls", table(json!([[true, "a", 1], [null, "b", 2], [false, "c", 3]])), json!([1.0, null, 0.0])),
        ("strings", table(json!([["good", "a", 1], ["0.5", "b", 2]])), json!([null, null])),
        ("twice", table(json!([[1, "a", 1], [0, "a", 2]])), json!([1.0, 0.0])),
        ("no number", table(json!([[1, "a", 1], [0, "b", 2]])).replace("[1,", "[NaN,"), json!([null, 0.0])),
        ("short rows", table(json!([[1], "odd", [0, "b", 2]])), json!([1.0, 0.0])),
    ];
    for (at, (run, table, wanted)) in cases.iter().enumerate() {
        evaluated(&store, run, at as i64, None, Some(("result_table.json", table.as_bytes())));
        let told = ask(&store, &["scores", run]);
        let scores: Vec<Value> = list(&told, "examples").iter().map(|one| one["scores"][0].clone()).collect();
        assert_eq!(Value::from(scores), *wanted, "{run}: {told}");
    }
    let objects = ask(&store, &["scores", "objects", "--score", "accuracy"]);
    assert_eq!(objects["examples"][1]["scores"], json!([0.0]));
    assert!(list(&ask(&store, &["scores", "short rows"]), "warnings").len() == 1);
    // Cut in the middle, without a column of scores, with a score only: a word on each.
    let cut = table(json!([[1, "a", 1]]));
    evaluated(&store, "cut", 20, None, Some(("result_table.json", &cut.as_bytes()[..cut.len() - 9])));
    let told = ask(&store, &["scores", "cut"]);
    assert!(list(&told, "examples").is_empty() && list(&told, "warnings").len() == 1, "{told}");
    let nameless = json!({"columns": ["example_q"], "data": [["a"]]}).to_string();
    evaluated(&store, "nameless", 21, None, Some(("result_table.json", nameless.as_bytes())));
    let told = ask(&store, &["scores", "nameless"]);
    assert_eq!(told["examples"][0]["scores"], json!([null]));
    assert!(told["warnings"][0]["what"].as_str().is_some_and(|what| what.contains("no column `score`")), "{told}");
    // Two odd ones beside each other, of other fields and scales.
    let both = ask(&store, &["diff", "graded", "bools and nulls"]);
    assert!(both["verdict"].is_null() && both["examples"]["metric"]["same"] != json!(true), "{both}");
    // A file of the user's that is no table is no evaluation, and nothing to warn of.
    evaluated(&store, "config", 22, None, Some(("config.json", br#"{"columns": 3}"#)));
    evaluated(&store, "broken", 23, None, Some(("eval_results.json", br#"{"columns": ["score"], "data": [[1"#)));
    for run in ["config", "broken"] {
        let told = ask(&store, &["scores", run]);
        assert!(told["columns"][0]["without_scores"].is_string() && list(&told, "examples").is_empty(), "{told}");
    }
}
