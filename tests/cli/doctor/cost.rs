//! What the doctor says of cost. Each trace of the small store used 100 tokens and gave 20 back.

use dspyglass::model::{RunStatus, Tokens};

use super::lab::Lab;
use super::{finding, fires, is_silent};
use crate::cost::prices_of;

#[test]
fn models_without_a_price_are_named_and_counted_and_it_is_said_what_to_do() {
    let lab = Lab::healthy();
    lab.calls("best", "ollama/mine");
    let said = fires(&lab, "prices-missing", "note", "No price is known of ollama/mine: what 40 of 128 traces cost");
    let found = finding(&said, "prices-missing");
    assert!(found["advice"].as_str().is_some_and(|advice| advice.contains("prices --help")), "{found}");
    let evidence = &found["evidence"][0];
    assert_eq!((&evidence["run_id"], &evidence["what"]), (&"best".into(), &"ollama/mine".into()));
    lab.calls("mini", "vllm/other");
    fires(
        &lab,
        "prices-missing",
        "note",
        "No price is known of ollama/mine (40 traces), vllm/other (4 traces): what 44 of",
    );
    // Who tells the prices is not told that they are missing, and the file that would have to tell the rest is named.
    let free = r#"{"input_cost_per_token": 0, "output_cost_per_token": 0}"#;
    let (_folder, all) = prices_of(&format!(r#"{{"ollama/mine": {free}, "vllm/other": {free}}}"#));
    assert!(lab.doctor_with(&["--prices", &all]).finding("prices-missing").is_none());
    let (_folder, one) = prices_of(&format!(r#"{{"ollama/mine": {free}}}"#));
    let said = lab.doctor_with(&["--prices", &one]);
    let found = finding(&said, "prices-missing");
    assert!(found["text"].as_str().is_some_and(|text| text.contains("vllm/other: what 4 of")), "{found}");
    assert!(found["advice"].as_str().is_some_and(|advice| advice.starts_with(&one)), "{found}");
    is_silent(&Lab::healthy(), "prices-missing");
    // No usage, no price that would be missing.
    assert!(Lab::without_traces().doctor().why("prices-missing").is_some());
}

#[test]
fn stored_totals_that_spans_do_not_tell_are_counted() {
    let lab = Lab::healthy();
    lab.trace("best", 3, |head, _| head.row.tokens = Tokens::new(Some(200), Some(40), None));
    let said = fires(&lab, "tokens-differ", "note", "In 1 of 128 traces");
    let evidence = &finding(&said, "tokens-differ")["evidence"][0];
    assert_eq!(
        (&evidence["trace_id"], &evidence["what"]),
        (&"tr-best-3".into(), &"240 stored, 120 by its spans".into())
    );
    is_silent(&Lab::healthy(), "tokens-differ");
}

#[test]
fn money_that_was_spent_after_the_best_score_is_told() {
    let lab = Lab::healthy();
    for (late, traces) in [("late", 50), ("later", 70)] {
        lab.evaluation(late, &format!("eval_full_{late}"), &format!("Sort {late}."), Some(50.0));
        lab.add_traces(late, traces);
    }
    // At a tenth of a dollar a trace: 88 traces before and with the best score, 120 after it.
    let (_folder, dear) =
        prices_of(r#"{"openai/gpt-4o-mini": {"input_cost_per_token": 0.001, "output_cost_per_token": 0}}"#);
    let said = lab.doctor_with(&["--prices", &dear]);
    let found = finding(&said, "spent-after-best");
    assert_eq!(found["text"], "$12.00 of $20.80 that evaluations cost were spent after the best score, 95 of C2");
    let what: Vec<&str> =
        found["evidence"].as_array().expect("a list").iter().filter_map(|one| one["what"].as_str()).collect();
    assert_eq!(what, ["eval_full_1, the best score", "eval_full_later: $7.00", "eval_full_late: $5.00"]);
    // The same is nothing to speak of where it is cents.
    is_silent(&lab, "spent-after-best");
    lab.end("parent", RunStatus::Running);
    let said = lab.doctor_with(&["--prices", &dear]);
    assert!(said.why("spent-after-best").is_some_and(|why| why.contains("not ended")));
    lab.end("parent", RunStatus::Finished);
    // The best came last.
    lab.score("later", 96.0);
    assert!(lab.doctor_with(&["--prices", &dear]).finding("spent-after-best").is_none());
}
