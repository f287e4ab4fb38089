//! `program` and `diff`, against the files that DSPy wrote.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::against_sql::rows;
use super::{answered, database, databases, document, run, text};

/// The runs of a store: name, id, parent.
fn runs(store: &str) -> Vec<(String, String, Option<String>)> {
    let found = document(&["runs", store]);
    let text = |run: &Value, key: &str| run[key].as_str().map(str::to_owned);
    let one =
        |run: &Value| (text(run, "name").unwrap_or_default(), text(run, "id").expect("an id"), text(run, "parent_id"));
    found["runs"].as_array().expect("runs").iter().map(one).collect()
}

fn has_program(store: &str, id: &str) -> bool {
    run(&["program", store, id]).status.success()
}

#[test]
fn documents_have_their_keys() {
    for path in databases() {
        let store = text(&path);
        let with: Vec<String> = runs(store).into_iter().map(|run| run.1).filter(|id| has_program(store, id)).collect();
        for id in with.iter().take(4) {
            let program = document(&["program", store, id]);
            assert_eq!(program["run_id"], json!(id));
            let file = ["model.json", "best_model.json"].iter().any(|it| program["source"] == *it);
            assert!(file || ["params", "candidates.json", "summary/seed"].iter().any(|it| program["source"] == *it));
            assert_eq!(program["complete"], json!(file));
            for predictor in program["predictors"].as_array().expect("predictors") {
                for key in ["path", "instructions", "fields", "demos", "lm", "other"] {
                    assert!(predictor.get(key).is_some(), "{key}");
                }
                for field in predictor["fields"].as_array().expect("fields") {
                    for key in ["name", "direction", "type", "prefix", "description"] {
                        assert!(field.get(key).is_some(), "{key}");
                    }
                }
            }
        }
        for pair in with.windows(2).take(3) {
            let diff = document(&["diff", store, &pair[0], &pair[1]]);
            let programs = [document(&["program", store, &pair[0]]), document(&["program", store, &pair[1]])];
            assert_eq!(diff["same"], json!(programs[0]["state_hash"] == programs[1]["state_hash"]));
            for one in diff["predictors"].as_array().expect("predictors") {
                for (program, op) in programs.iter().zip(["delete", "insert"]) {
                    let pieces = one["instructions"].as_array().expect("pieces").iter();
                    let joined: String = pieces
                        .filter(|piece| piece["op"] == "equal" || piece["op"] == op)
                        .filter_map(|piece| piece["text"].as_str())
                        .collect();
                    let list = program["predictors"].as_array().expect("predictors").iter();
                    let same = list.clone().find(|it| it["path"] == one["path"]);
                    let wanted = same.and_then(|it| it["instructions"].as_str()).unwrap_or_default();
                    assert_eq!(joined, wanted);
                }
                assert!(one["demos"]["kept"].is_u64() && one["demos"]["moved"].is_u64());
            }
            assert_eq!(diff["texts_complete"], true);
            let examples = &diff["examples"];
            for one in ["fixed", "broken"].into_iter().flat_map(|key| examples[key].as_array().expect("a list")) {
                for side in [0, 1] {
                    // A trace of this run, or why there is none.
                    let (trace, why) = (&one["trace_ids"][side], &one["without_trace"][side]);
                    assert_eq!(trace.is_null(), why.is_string(), "{one}");
                    let Some(trace) = trace.as_str() else { continue };
                    let stands_for = diff[["run_a", "run_b"][side]]["evaluation"]["run_id"].as_str();
                    let of_run = document(&["traces", store, "--run", stands_for.unwrap_or(&pair[side])]);
                    let mut traces = of_run["traces"].as_array().expect("traces").iter();
                    assert!(traces.any(|known| known["id"] == trace), "{one}");
                }
            }
            for side in [0, 1] {
                let (source, why) = (&examples["sources"][side], &examples["without_scores"][side]);
                assert_eq!(source.is_null(), why.is_string(), "{examples}");
            }
        }
    }
}

#[test]
fn people_see_it_too() {
    let path = database("v3.17");
    let store = text(&path);
    let children: Vec<String> = runs(store).into_iter().filter(|it| it.0.starts_with("eval_")).map(|it| it.1).collect();
    let shown = answered(&["program", store, &children[0]]);
    assert!(shown.contains("from model.json") && shown.contains("question") && shown.contains("input"), "{shown}");
    for other in &children {
        let shown = answered(&["diff", store, &children[0], other]);
        assert!(!shown.contains('\u{1b}'), "no colour where nobody sees it");
        assert_eq!(shown.contains("The programs do the same"), {
            document(&["diff", store, &children[0], other])["same"] == true
        });
    }
}

#[test]
fn what_is_not_there_is_said() {
    let path = database("v3.17");
    let store = text(&path);
    let all = runs(store);
    let without = all.iter().find(|it| !has_program(store, &it.1)).expect("a run without a program");
    let with = all.iter().find(|it| has_program(store, &it.1)).expect("a run with a program");
    let cases: [(&[&str], i32); 6] = [
        (&["program", store, &without.1], 1),
        (&["program", store, "nowhere"], 1),
        (&["diff", store, &with.1, "nowhere"], 1),
        (&["diff", store, &without.1, "nowhere"], 1),
        (&["diff", store, &with.1], 2),
        (&["program", store], 2),
    ];
    for (args, code) in cases {
        let output = run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{args:?}");
    }
    let child = all.iter().find(|it| it.2.is_some() && has_program(store, &it.1)).expect("an evaluation");
    assert_eq!(run(&["program", store, &child.1, "--best"]).status.code(), Some(1));
    let parent = child.2.as_deref().expect("a parent");
    assert_eq!(document(&["program", store, parent, "--best"])["source"], "best_model.json");
}

#[test]
fn runs_without_programs_are_compared_all_the_same() {
    let path = database("v3.17");
    let store = text(&path);
    let all = runs(store);
    let without = all.iter().find(|it| !has_program(store, &it.1)).expect("a run without a program");
    let with = all.iter().find(|it| has_program(store, &it.1)).expect("a run with a program");
    for (a, b, is_missing) in
        [(with, without, [false, true]), (without, with, [true, false]), (without, without, [true, true])]
    {
        let diff = document(&["diff", store, &a.1, &b.1]);
        assert!(diff["same"].is_null() && diff["complete"].is_null() && diff["texts_complete"].is_null());
        assert_eq!(diff["predictors"], json!([]));
        for (side, is_missing) in ["run_a", "run_b"].into_iter().zip(is_missing) {
            assert_eq!(diff[side]["without_program"].is_string(), is_missing, "{side}");
            assert_eq!(diff[side]["source"].is_null(), is_missing, "{side}");
        }
        // Params, tags and metrics as plain SQL tells them.
        for (key, table) in [("params", "params"), ("tags", "tags"), ("metrics", "latest_metrics")] {
            let of = |run: &str| {
                let question = format!("select key, value || '' from {table} where run_uuid = '{run}'");
                let rows = rows(&path, &question).into_iter();
                let text = |value: &Value| value.as_str().expect("text").to_owned();
                rows.map(|row| (text(&row[0]), text(&row[1]))).collect::<BTreeMap<String, String>>()
            };
            let (old, new) = (of(&a.1), of(&b.1));
            let keys = old.keys().chain(new.keys()).filter(|key| old.get(*key) != new.get(*key));
            let differ: BTreeSet<&String> = keys.collect();
            let told = diff[key].as_object().expect("an object").keys().collect();
            assert_eq!(differ, told, "{key}");
        }
        let shown = answered(&["diff", store, &a.1, &b.1]);
        assert!(shown.contains("no program") && shown.contains("there is neither model.json"), "{shown}");
    }
}

#[test]
fn two_files_are_compared_without_a_store() {
    let home = tempfile::tempdir().expect("a folder");
    let file = |name: &str, instructions: &str| {
        let state =
            json!({"solve": {"demos": [], "lm": null, "signature": {"instructions": instructions, "fields": []}}});
        let path = home.path().join(name);
        std::fs::write(&path, state.to_string()).expect("written");
        path
    };
    let (a, b) = (file("before.json", "Solve the task"), file("after.json", "Solve this task"));
    let diff = document(&["diff", text(&a), text(&b)]);
    assert_eq!((&diff["same"], &diff["complete"], &diff["examples"]), (&json!(false), &json!(true), &Value::Null));
    let pieces = json!([{"op": "equal", "text": "Solve "}, {"op": "delete", "text": "the"},
        {"op": "insert", "text": "this"}, {"op": "equal", "text": " task"}]);
    assert_eq!((&diff["predictors"][0]["path"], &diff["predictors"][0]["instructions"]), (&json!("solve"), &pieces));
    assert_eq!(document(&["diff", text(&a), text(&a)])["same"], true);
    assert!(answered(&["diff", text(&a), text(&b)]).contains("Solve [-the-]{+this+} task"));
    let gone = home.path().join("gone.json");
    assert_eq!(run(&["diff", text(&a), text(&gone)]).status.code(), Some(1));
    std::fs::write(&gone, "[1]").expect("written");
    assert_eq!(run(&["diff", text(&a), text(&gone)]).status.code(), Some(1));
}

#[test]
fn what_a_root_of_gepas_answered_is_read_from_its_repr() {
    let path = database("gepa-3.17");
    let question = "select s.trace_id, s.content from spans s join trace_request_metadata m on m.request_id = s.trace_id \
                    and m.key = 'mlflow.sourceRun' join runs r on r.run_uuid = m.value \
                    where r.name like 'eval_full_%' and coalesce(s.parent_span_id, '') = ''";
    let mut read = 0;
    for row in rows(&path, question) {
        let content: Value = serde_json::from_str(row[1].as_str().expect("text")).expect("a span");
        let Some(stored) = content["attributes"]["mlflow.spanOutputs"].as_str() else { continue };
        let stored: Value = serde_json::from_str(stored).expect("outputs");
        let Some(repr) = stored[0].as_str().filter(|repr| repr.starts_with("Prediction(")) else { continue };
        let id = row[0].as_str().expect("an id");
        let spans = document(&["trace", text(&path), id]);
        let root = &spans["spans"][0];
        assert_eq!(root["outputs"], stored, "what was stored stays");
        let fields = root["outputs_from_repr"].as_object().expect("fields");
        for (name, value) in fields {
            let value = value.as_str().expect("these answers are text");
            assert!(
                repr.contains(&format!("{name}='{value}'")) || repr.contains(&format!("{name}=\"{value}\"")),
                "{repr}"
            );
        }
        assert_eq!(fields.len(), repr.lines().count() - 2, "{repr}");
        assert!(spans["spans"][1].get("outputs_from_repr").is_none());
        assert!(answered(&["trace", text(&path), id]).contains("out, read from a repr {"));
        read += 1;
    }
    assert!(read > 0);
}
