//! What optimizers leave, as the terminal tells it.

use std::ffi::OsString;

use dspyglass::cli::{Outcome, run_over};
use dspyglass::store::{OpenOptions, Store, StoreLocation};
use serde_json::{Value, json};

use super::optimizers::{FLEX, store};

/// What the terminal says of the cases.
fn told(args: &[&str]) -> String {
    let store = store();
    let open = |_: &StoreLocation, _: &OpenOptions| store.fork();
    let mut line = vec!["dspyglass", args[0], "store"];
    line.extend(&args[1..]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run_over(line.into_iter().map(OsString::from), &open, &mut out, &mut err);
    let err = String::from_utf8(err).expect("text");
    let Outcome::Done(code) = outcome else { panic!("the window") };
    assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::SUCCESS), "{args:?}: {err}");
    String::from_utf8(out).expect("text")
}

fn document(args: &[&str]) -> Value {
    let mut all = args.to_vec();
    all.push("--json");
    serde_json::from_str(&told(&all)).expect("JSON")
}

/// What is said of the optimizer, with what must stand in the reason.
fn optimizer(run: &str) -> (Value, String, Value) {
    let found = document(&["optimization", run]);
    let reason = found["optimizer"]["reason"].as_str().expect("a reason").to_owned();
    let said = told(&["optimization", run]);
    assert!(said.contains(&reason), "{said}");
    assert_eq!(found["optimizer"]["inferred"], json!(!found["optimizer"]["name"].is_null() && run != "prompts"));
    (found["optimizer"]["name"].clone(), reason, found)
}

#[test]
fn optimizers_are_told_by_what_was_seen() {
    for (run, name, seen) in [
        ("flex", "GEPA", "revised_source"),
        ("together", "BetterTogether", "strategy = p -> b"),
        ("reanchor", "ReAnchor", "2 examples were run 6 times at one setting of the LM"),
        ("ensemble", "Ensemble", "a list programs[0]"),
        ("rules", "InferRules", "2 evaluations with rules"),
        ("prompts", "GEPA", "GepaPromptOptimizer"),
    ] {
        let (told, reason, found) = optimizer(run);
        assert_eq!(told, json!(name), "{run}: {reason}");
        assert!(reason.contains(seen), "{run}: {reason}");
        assert_eq!(found["optimizer"]["purpose"], if run == "prompts" { "prompts" } else { "program" });
    }
}

#[test]
fn what_optimized_nothing_says_so() {
    for (run, seen) in [("raised", "run 3 times in it and no score was logged"), ("genai", "mlflow.genai.evaluate")] {
        let (told, reason, found) = optimizer(run);
        assert_eq!(told, Value::Null);
        assert!(reason.contains(seen), "{reason}");
        assert_eq!(found["optimizer"]["purpose"], "evaluation");
        assert!(self::told(&["optimization", run]).contains("Optimizer  none: "));
    }
    let said = told(&["optimization", "prompts"]);
    assert!(said.contains("their score went from 0.25 to 0.5") && !said.contains("inferred"), "{said}");
}

#[test]
fn a_flex_has_no_scores_and_no_winner_by_them() {
    let found = document(&["optimization", "flex"]);
    let evaluations = found["evaluations"].as_array().expect("a list");
    assert_eq!(evaluations.len(), 2);
    for one in evaluations {
        assert_eq!((&one["score"], &one["best_so_far"]), (&Value::Null, &Value::Null));
        assert_eq!(one["completed"], 100.0);
    }
    assert_eq!(found["seed"]["run_ids"], json!(["flex0"]));
    // It is what was given back, not what scored best.
    assert_eq!(
        found["winner"],
        json!({"run_ids": ["flex1"], "state_hash": found["best_program"]["state_hash"],
        "inferred": false})
    );
    let said = told(&["optimization", "flex"]);
    assert!(said.contains("the share of runs that did not crash") && said.contains("100 %"), "{said}");
    // That they ran is no score of an example.
    let diff = document(&["diff", "flex0", "flex1"]);
    assert_eq!((&diff["examples"]["sources"], &diff["examples"]["scored"]), (&json!([null, null]), &Value::Null));
    assert!(diff["examples"]["without_scores"][0].as_str().is_some_and(|why| why.contains("wrapped_metric")));
}

#[test]
fn candidates_of_infer_rules_are_found_without_a_parent() {
    let found = document(&["optimization", "rules"]);
    let runs: Vec<&Value> = found["evaluations"].as_array().expect("a list").iter().map(|one| &one["run_id"]).collect();
    assert_eq!(runs, ["rules0", "rules1"], "what the user evaluated later is none");
    assert!(found["evaluations"].as_array().expect("a list").iter().all(|one| one["parent_inferred"] == true));
    assert_eq!((&found["winner"]["run_ids"], &found["winner"]["inferred"]), (&json!(["rules1"]), &json!(true)));
    assert!(found["best_program"]["stale"].as_str().is_some_and(|why| why.contains("inside InferRules")));
    let program = document(&["program", "rules"]);
    assert_eq!(program["stale"], found["best_program"]["stale"]);
}

#[test]
fn a_flex_is_shown_and_compared_as_source() {
    let program = document(&["program", "flex0"]);
    let one = &program["predictors"][0];
    assert_eq!((&one["path"], &one["module_src"], &one["other"]), (&json!(""), &json!(FLEX[0]), &json!({})));
    assert!(program.get("other").is_none());
    let said = told(&["program", "flex0"]);
    assert!(said.contains("    class Sort(dspy.Module):\n        def forward(self, **inputs):\n"), "{said}");
    let diff = document(&["diff", "flex0", "flex1"]);
    let pieces = diff["predictors"][0]["module_src"].as_array().expect("pieces");
    let lines: Vec<(&str, &str)> =
        pieces.iter().map(|one| (one["op"].as_str().expect("an op"), one["text"].as_str().expect("text"))).collect();
    let (old, new) = (FLEX[0].split_inclusive('\n').next_back(), FLEX[1].split_inclusive('\n').next_back());
    assert_eq!(lines[1..], [("delete", old.expect("a line")), ("insert", new.expect("a line"))]);
    let said = told(&["diff", "flex0", "flex1"]);
    assert!(said.contains("[-        return self.predict(**inputs)-]\n"), "{said}");
    assert!(!said.contains("Flex.module_src"), "the param repeats it: {said}");
}

#[test]
fn what_was_fitted_stands_with_its_field() {
    let program = document(&["program", "third"]);
    let one = &program["predictors"][0];
    assert_eq!(one["other"], json!({}));
    assert_eq!((&one["fields"][1]["name"], &one["fields"][1]["name_source"]), (&json!("urgent"), &json!("stored")));
    assert_eq!(one["fields"][1]["fitted"], json!({"threshold": 0.35}));
    assert!(one["fields"][0].get("fitted").is_none());
    assert!(told(&["program", "third"]).contains("threshold 0.35"));
    let diff = document(&["diff", "halfway", "third"]);
    assert_eq!(diff["predictors"][0]["fields"][0]["keys"], json!(["threshold"]));
    assert!(told(&["diff", "halfway", "third"]).contains("threshold [-0.5-] {+0.35+}"));
}

#[test]
fn fields_are_known_from_other_runs_and_marked() {
    let program = document(&["program", "ensemble"]);
    for (at, prefix) in [(0, "Answer:"), (1, "In short, what is to be done?")] {
        let fields = program["predictors"][at]["fields"].as_array().expect("fields");
        let known: Vec<[&Value; 3]> =
            fields.iter().map(|one| [&one["name"], &one["direction"], &one["type"]]).collect();
        let wanted = [
            ["ticket", "input", "str"],
            ["category", "output", "Literal['a', 'b']"],
            ["answer", "output", "list[str]"],
        ];
        assert_eq!(json!(known), json!(wanted), "{prefix}");
        assert_eq!(fields[2]["prefix"], prefix);
        for one in fields {
            for key in ["name_source", "direction_source", "type_source"] {
                assert_eq!(one[key], "similar", "{key}");
            }
            assert_eq!(one["trace_id"], "tr-plain");
        }
    }
    assert!(told(&["program", "ensemble"]).contains("answer (inferred)"));
}

#[test]
fn a_part_that_the_state_lacks_is_named() {
    let program = document(&["program", "frozen"]);
    let missing =
        json!([{"signature": "answer -> reasoning, tone", "module": "ChainOfThought", "trace_id": "tr-frozen"}]);
    assert_eq!(program["missing"], missing);
    assert!(told(&["program", "frozen"]).contains("Not in the state: ChainOfThought · answer -> reasoning, tone"));
    assert!(document(&["program", "together0"]).get("missing").is_none());
}
