//! The run doctor: every rule on a small store where it fires and on one where it stays silent.

#[path = "doctor/cost.rs"]
mod cost;
#[path = "doctor/lab.rs"]
mod lab;
#[path = "doctor/recorded.rs"]
mod recorded;

use dspyglass::model::{Assessment, Cached, RunStatus};
use dspyglass::store::memory::MemoryStore;
use serde_json::{Value, json};

use lab::{Lab, Said};

/// The finding of a rule, which has to be there.
fn finding<'s>(said: &'s Said, rule: &str) -> &'s Value {
    said.finding(rule).unwrap_or_else(|| panic!("no {rule} in {}", said.document))
}

/// That a rule fires, how it is called, and what it says.
fn fires(lab: &Lab, rule: &str, severity: &str, words: &str) -> Said {
    let said = lab.doctor();
    let found = finding(&said, rule);
    assert_eq!(found["severity"], severity, "{found}");
    let text = found["text"].as_str().expect("text");
    assert!(text.contains(words), "{text:?} does not say {words:?}");
    assert!(!found["evidence"].as_array().expect("evidence").is_empty(), "{found}");
    assert!(found["fires"].as_str().is_some_and(|rule| !rule.is_empty()));
    said
}

fn is_silent(lab: &Lab, rule: &str) {
    let said = lab.doctor();
    assert!(said.finding(rule).is_none(), "{:?}", said.finding(rule));
}

#[test]
fn nothing_is_found_in_an_optimization_without_fault() {
    let said = Lab::healthy().doctor();
    assert_eq!(said.document["findings"], json!([]));
    assert_eq!(said.document["not_judged"], json!([]));
    assert_eq!(said.document["traces"], json!({"looked": 128, "of": 128}));
    assert!(Lab::healthy().text().starts_with("Nothing found: 23 rules looked, 128 traces looked into"));
}

#[test]
fn a_budget_for_one_proposal_is_too_small() {
    fires(&Lab::gepa(&["rejected"]), "few-proposals", "warning", "one proposal, and it was rejected");
    fires(&Lab::gepa(&["accepted"]), "few-proposals", "warning", "GEPA made one proposal");
    fires(&Lab::gepa(&[]), "few-proposals", "warning", "GEPA proposed nothing");
    for lab in [Lab::gepa(&["accepted", "rejected"]), Lab::healthy()] {
        is_silent(&lab, "few-proposals");
    }
    let running = Lab::gepa(&["rejected"]);
    running.end("parent", RunStatus::Running);
    assert!(running.doctor().why("few-proposals").expect("not judged").contains("not ended"));
}

#[test]
fn the_seed_that_never_left_is_told() {
    let lab = Lab::healthy();
    // Both evaluations are of the seed.
    lab.program("best", lab::SEED);
    lab.program("mini", lab::SEED);
    lab.program("other", lab::SEED);
    fires(&lab, "seed-never-left", "warning", "Nothing but C1");
    is_silent(&Lab::healthy(), "seed-never-left");
}

#[test]
fn rejecting_everything_is_told() {
    fires(&Lab::gepa(&["rejected", "rejected", "rejected"]), "nothing-accepted", "warning", "none of 3 proposals");
    is_silent(&Lab::gepa(&["rejected", "rejected", "accepted"]), "nothing-accepted");
    is_silent(&Lab::gepa(&["rejected"]), "nothing-accepted");
}

#[test]
fn a_seed_that_won_is_told() {
    let lab = Lab::healthy();
    lab.best("parent", lab::SEED);
    let said = fires(
        &lab,
        "nothing-better",
        "warning",
        "C1 (25), the program that it was given, won against 2 other programs, 1 of them evaluated in full",
    );
    assert_eq!(finding(&said, "nothing-better")["evidence"][0]["run_id"], "seed");
    is_silent(&Lab::healthy(), "nothing-better");
}

#[test]
fn the_best_on_minibatches_without_a_full_evaluation_is_told() {
    let lab = Lab::healthy();
    lab.score("other", 100.0);
    let said = fires(&lab, "best-minibatch-not-evaluated", "note", "C3 did best on minibatches, 100 on 4 examples");
    assert_eq!(finding(&said, "best-minibatch-not-evaluated")["evidence"][0]["run_id"], "other");
    // It did no better than the winner there.
    is_silent(&Lab::healthy(), "best-minibatch-not-evaluated");
}

#[test]
fn an_evaluation_without_a_score_is_told_if_it_failed() {
    let lab = Lab::healthy();
    lab.evaluation("late", "eval_full_2", "Sort late.", None);
    is_silent(&lab, "evaluation-failed");
    lab.end("late", RunStatus::Failed);
    fires(&lab, "evaluation-failed", "warning", "eval_full_2 ended without a score");
}

#[test]
fn repeated_rows_of_the_trainset_are_counted_as_text() {
    let lab = Lab::healthy();
    lab.file(
        "parent",
        "trainset.json",
        &json!({"columns": ["ticket", "queue"],
        "data": [["x", 1], ["y", 2], ["x", "1"], ["y", "2"]]}),
    );
    fires(&lab, "trainset-repeated", "note", "4 rows of 2 different examples, each 2 times");
    lab.file(
        "parent",
        "trainset.json",
        &json!({"columns": ["ticket", "queue"], "data": [["x", 1], ["y", 2], ["x", 1]]}),
    );
    fires(&lab, "trainset-repeated", "note", "3 rows of 2 different examples, some up to 2 times");
    is_silent(&Lab::healthy(), "trainset-repeated");
}

#[test]
fn examples_that_were_learned_from_and_measured_on_are_told() {
    let lab = Lab::healthy();
    lab.file(
        "parent",
        "trainset.json",
        &json!({"columns": ["queue", "ticket"],
        "data": [["a", "ticket 0"], ["a", "other"], ["a", "ticket 1"]]}),
    );
    // Of the second, only the ticket is the same.
    fires(&lab, "trainset-overlaps-valset", "warning", "1 of the 40 examples of valset.json");
    is_silent(&Lab::healthy(), "trainset-overlaps-valset");
    // One field alone says nothing where each has others.
    lab.file("parent", "trainset.json", &json!({"columns": ["queue", "text"], "data": [["a", "x"]]}));
    assert!(lab.doctor().why("trainset-overlaps-valset").is_some());
}

#[test]
fn an_optimizer_without_a_valset_measures_on_its_trainset() {
    let lab = Lab::without_valset();
    fires(&lab, "trainset-overlaps-valset", "warning", "all 40 examples that were evaluated are in trainset.json");
    // MIPROv2 sets a part of the trainset aside.
    lab.rename("mini", "eval_minibatch_0");
    is_silent(&lab, "trainset-overlaps-valset");
}

#[test]
fn repeated_examples_of_an_evaluation_are_told() {
    let lab = Lab::healthy();
    let mut rows = lab::rows(38);
    rows.push(rows[0].clone());
    lab.table("best", &rows);
    let said = fires(&lab, "valset-repeated", "warning", "1 row of a full evaluation");
    assert_eq!(finding(&said, "valset-repeated")["evidence"][0]["examples"].as_array().map(Vec::len), Some(2));
    is_silent(&Lab::healthy(), "valset-repeated");
}

#[test]
fn examples_that_no_evaluation_has_are_told() {
    let lab = Lab::healthy();
    let mut valset = lab::valset(40);
    valset["data"].as_array_mut().expect("rows").push(json!(["ticket 99", "a"]));
    lab.file("parent", "valset.json", &valset);
    fires(&lab, "examples-never-evaluated", "warning", "1 of the 41 examples");
    is_silent(&Lab::healthy(), "examples-never-evaluated");
}

#[test]
fn scores_that_tell_nothing_apart_are_told() {
    let lab = Lab::healthy();
    for run in ["seed", "best"] {
        lab.table(run, &lab::rows(40));
        lab.score(run, 100.0);
    }
    for run in ["mini", "other"] {
        lab.table(run, &lab::rows(4)[..4]);
        lab.score(run, 100.0);
    }
    fires(&lab, "scores-all-equal", "warning", "All 88 scores of examples are 1");
    let lab = Lab::healthy();
    lab.table("best", &lab::rows(10));
    lab.score("best", 25.0);
    fires(&lab, "scores-all-equal", "warning", "All 2 programs with a full evaluation have the same score, 25");
    is_silent(&Lab::healthy(), "scores-all-equal");
}

#[test]
fn a_metric_that_raised_is_told_by_a_row_without_the_answer_that_was_given() {
    let lab = Lab::healthy();
    let mut rows = lab::rows(38);
    rows[3] = json!([0.0, "ticket 3", "b", null]);
    lab.table("best", &rows);
    lab.score("best", 92.5);
    let said = fires(&lab, "metric-raised", "warning", "1 row has no prediction though its trace ended well");
    assert_eq!(finding(&said, "metric-raised")["evidence"][0]["trace_id"], "tr-best-3");
    let error = Assessment {
        error: Some(r#"{"error_code": "KeyError", "error_message": "queue"}"#.to_owned()),
        ..MemoryStore::score("metric", Value::Null)
    };
    lab.trace("best", 3, |head, _| head.assessments = vec![error]);
    let said = lab.doctor();
    assert_eq!(finding(&said, "metric-raised")["evidence"][0]["what"], "KeyError: queue");
    // The program failed, not the metric.
    lab.trace("best", 3, |head, _| head.row.status = "ERROR".to_owned());
    is_silent(&lab, "metric-raised");
    is_silent(&Lab::healthy(), "metric-raised");
}

#[test]
fn rows_without_a_score_are_told() {
    let lab = Lab::healthy();
    let mut rows = lab::rows(38);
    rows[5][0] = Value::Null;
    lab.table("best", &rows);
    let said = fires(&lab, "metric-raised", "warning", "1 row has no score");
    let evidence = finding(&said, "metric-raised")["evidence"].as_array().expect("evidence");
    assert!(evidence.iter().any(|one| one["examples"] == json!([5])), "{evidence:?}");
}

#[test]
fn fallbacks_and_answers_that_nobody_could_parse_are_told() {
    let lab = Lab::healthy();
    lab.trace("best", 0, |_, spans| lab::fall_back(spans, true));
    fires(&lab, "fallbacks", "note", "In 1 of 128 traces another adapter had to be tried");
    is_silent(&lab, "parse-failures");
    lab.trace("best", 1, |head, spans| {
        head.row.status = "ERROR".to_owned();
        lab::fall_back(spans, false);
    });
    let said = fires(&lab, "parse-failures", "warning", "In 1 of 128 traces no adapter could read the answer");
    assert_eq!(finding(&said, "parse-failures")["evidence"][0]["trace_id"], "tr-best-1");
    let text = finding(&said, "fallbacks")["text"].as_str().expect("text");
    assert!(text.starts_with("In 2 of 128 traces") && text.ends_with("1 failed, too"), "{text}");
    for at in 2..15 {
        lab.trace("best", at, |_, spans| lab::fall_back(spans, true));
    }
    fires(&lab, "fallbacks", "warning", "In 15 of 128 traces");
    is_silent(&Lab::healthy(), "fallbacks");
    is_silent(&Lab::healthy(), "parse-failures");
}

#[test]
fn cached_answers_are_told() {
    let lab = Lab::healthy();
    lab.trace("best", 0, |head, _| head.row.cached = Some(Cached::Likely));
    lab.trace("best", 1, |head, _| head.row.cached = Some(Cached::Partly));
    fires(&lab, "cached-answers", "note", "1 of 128 traces likely answered from a cache, 1 in part");
    is_silent(&Lab::healthy(), "cached-answers");
}

#[test]
fn cut_answers_are_told() {
    let lab = Lab::healthy();
    lab.trace("best", 0, |head, _| head.row.tokens = lab::tokens(1_000));
    fires(&lab, "truncated-answers", "warning", "In 1 of 128 traces an answer was cut at its limit of tokens");
    let lab = Lab::healthy();
    lab.trace("best", 0, |_, spans| lab::respond(spans, "length"));
    let said = fires(&lab, "truncated-answers", "warning", "cut at its limit");
    assert_eq!(finding(&said, "truncated-answers")["evidence"][0]["what"], "finish_reason length");
    let lab = Lab::healthy();
    lab.trace("best", 0, |_, spans| {
        lab::fall_back(spans, true);
        lab::say_to_parser(spans, r#"{"queue": "bil"#);
    });
    fires(&lab, "truncated-answers", "warning", "stops in its middle: perhaps cut");
    let lab = Lab::healthy();
    lab.trace("best", 0, |head, _| head.row.tokens = lab::tokens(999));
    lab.trace("best", 1, |_, spans| lab::respond(spans, "stop"));
    lab.trace("best", 2, |_, spans| lab::fall_back(spans, true));
    is_silent(&lab, "truncated-answers");
}

#[test]
fn errors_are_told_by_type() {
    let lab = Lab::healthy();
    for (at, kind) in ["KeyError", "ValueError", "KeyError"].into_iter().enumerate() {
        lab.trace("best", at, |head, spans| lab::fail(head, spans, kind));
    }
    let said =
        fires(&lab, "errors-by-type", "warning", "3 of 128 traces ended with an error: 2 KeyError, 1 ValueError");
    assert_eq!(finding(&said, "errors-by-type")["evidence"][0]["what"], "KeyError: no such queue");
    let lab = Lab::healthy();
    lab.trace("best", 0, |_, spans| lab::fail_tool(spans));
    fires(&lab, "errors-by-type", "note", "1 Tool.lookup (LookupError)");
    is_silent(&Lab::healthy(), "errors-by-type");
}

#[test]
fn missing_traces_are_told() {
    fires(
        &Lab::without_traces(),
        "traces-missing",
        "warning",
        "no traces of the optimization, nor of its 4 evaluations",
    );
    let advice = finding(&Lab::without_traces().doctor(), "traces-missing")["advice"].clone();
    assert!(advice.as_str().is_some_and(|advice| advice.contains("log_traces_from_compile")));
    assert!(Lab::without_traces().doctor().why("cached-answers").is_some_and(|why| why.contains("no traces")));
    let lab = Lab::healthy();
    lab.evaluation("late", "eval_full_2", "Sort late.", Some(95.0));
    lab.table("late", &lab::rows(38));
    fires(&lab, "traces-missing", "note", "1 evaluation has fewer traces than rows of its table, 40 in all");
    is_silent(&Lab::healthy(), "traces-missing");
}

#[test]
fn missing_tokens_are_told_unless_a_cache_explains_them() {
    let lab = Lab::healthy();
    lab.each_trace(|head| head.row.tokens = None);
    fires(&lab, "tokens-missing", "note", "None of 128 traces tells its tokens");
    lab.each_trace(|head| head.row.cached = Some(Cached::Likely));
    assert!(lab.doctor().why("tokens-missing").is_some_and(|why| why.contains("cache")));
    is_silent(&Lab::healthy(), "tokens-missing");
}

#[test]
fn a_valset_that_is_too_small_for_the_gain_is_told() {
    let lab = Lab::healthy();
    lab.table("best", &lab::rows(12));
    lab.score("best", 30.0);
    let said = fires(&lab, "valset-too-small", "warning", "could be luck, about");
    let changed = &finding(&said, "valset-too-small")["evidence"][1];
    assert_eq!(changed["examples"], json!([10, 11]), "{changed}");
    is_silent(&Lab::healthy(), "valset-too-small");
}

#[test]
fn a_run_that_is_no_optimization_is_not_accused() {
    let said = Lab::empty().doctor();
    assert_eq!(said.document["findings"], json!([]));
    assert!(said.why("scores-all-equal").is_some());
}
