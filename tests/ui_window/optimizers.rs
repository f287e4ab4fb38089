//! What optimizers leave, as the window tells it.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::common::{PATH, settle, wait_for, window};
use crate::optimizer_cases::store;
use dspyglass::app::Viewer;

fn at(place: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some(place), Some(PATH));
    settle(&mut harness);
    harness
}

fn says_nowhere(harness: &Harness<'_, Viewer>, text: &str) {
    assert!(harness.query_all_by_label_contains(text).next().is_none(), "{text}");
}

#[test]
fn optimizers_are_told_by_what_was_seen() {
    for (run, told) in [
        ("flex", "GEPA inferred: a model was asked for revised_source"),
        ("together", "BetterTogether inferred: param strategy = p -> b"),
        ("reanchor", "ReAnchor inferred: no evaluation stands under it, and 2 examples were run 6 times"),
        ("ensemble", "Ensemble inferred: no evaluation stands under it, and its program is a list programs[0]"),
        ("rules", "InferRules inferred: after the BootstrapFewShot that this run is, 2 evaluations with rules"),
        ("prompts", "GEPA mlflow.genai.optimize_prompts noted its param optimizer = GepaPromptOptimizer"),
        ("raised", "unknown a program was run 3 times in it and no score was logged"),
        ("genai", "unknown it is an evaluation by mlflow.genai.evaluate"),
    ] {
        let mut harness = at(&format!("run/{run}?tab=optimization"));
        wait_for(&mut harness, told);
    }
    let mut harness = at("run/prompts?tab=optimization");
    wait_for(&mut harness, "their score went from 0.25 to 0.5");
    says_nowhere(&harness, "records no evaluations");
    let mut harness = at("run/genai?tab=optimization");
    wait_for(&mut harness, "This is an evaluation itself");
}

#[test]
fn a_flex_has_no_scores_and_no_winner_by_them() {
    let mut harness = at("run/flex?tab=optimization");
    wait_for(&mut harness, "No evaluation has a score: with a Flex in the program");
    wait_for(&mut harness, "Completed 100 %");
    wait_for(&mut harness, "no score was logged");
    wait_for(&mut harness, "nothing tells by how much");
    says_nowhere(&harness, "the best of 2 full evaluations");
    says_nowhere(&harness, "Full 100");
}

#[test]
fn a_flex_is_shown_and_compared_as_source() {
    let mut harness = at("run/flex0?tab=program");
    wait_for(&mut harness, "return self.predict(**inputs)");
    wait_for(&mut harness, "Copy source");
    says_nowhere(&harness, "module_src");
    let mut harness = at("compare/flex0/flex1?tab=program");
    wait_for(&mut harness, "source changed");
    wait_for(&mut harness, "return self.draft(**inputs)");
    wait_for(&mut harness, "eval_full_1");
    settle(&mut harness);
    says_nowhere(&harness, "eval_full_1 · 100");
    says_nowhere(&harness, "module_src");
}

#[test]
fn what_the_state_lacks_is_told_and_marked() {
    let mut harness = at("run/third?tab=program");
    wait_for(&mut harness, "Fitted threshold 0.35");
    let mut harness = at("run/ensemble?tab=program");
    wait_for(&mut harness, "Field ticket (inferred), Direction input (inferred), Type str (inferred)");
    let mut harness = at("run/frozen?tab=program");
    wait_for(&mut harness, "Not in the state: ChainOfThought · answer -> reasoning, tone");
    says_nowhere(&harness, "verdict");
    let mut harness = at("run/rules?tab=program");
    wait_for(&mut harness, "This is the program of the BootstrapFewShot inside InferRules");
}
