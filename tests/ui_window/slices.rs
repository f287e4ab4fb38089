//! Slices, classes, failures and scores of an optimization in the window: what is said, and where a click leads.

use std::path::Path;

use crate::common::{PATH, click, real_window, settle, wait_for, window};
use crate::desk::desk;
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::state::{Place, RunTab};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

fn at(tab: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&desk(), Some(&format!("experiment/1/run/parent?tab={tab}")), Some(PATH));
    wait_for(&mut harness, "Compare…");
    settle(&mut harness);
    harness
}

/// The examples to which a click led, and what they are called.
fn led_to(harness: &Harness<'_, Viewer>) -> (Vec<u32>, String) {
    match harness.state().state().location() {
        Place::Run { tab: Some(RunTab::Examples { only: Some(only), evaluation, .. }), .. } => {
            assert!(evaluation.is_some(), "an evaluation is looked at");
            (only.examples().to_vec(), only.title().to_owned())
        }
        other => panic!("no examples: {other}"),
    }
}

#[test]
fn the_class_that_got_worse_is_told_first_and_leads_to_its_examples() {
    let mut harness = at("slices");
    wait_for(&mut harness, "Score by queue");
    assert!(harness.query_by_label_contains("billing got worse on average: 90 → 70, 2 of 10 examples").is_some());
    assert!(harness.query_by_label_contains("could be luck").is_some());
    click(&mut harness, "Show the 2 examples that got worse");
    settle(&mut harness);
    assert_eq!(led_to(&harness), (vec![0, 1], "billing, got worse".to_owned()));
}

#[test]
fn the_verdict_names_it_and_leads_to_the_slices() {
    let mut harness = at("optimization");
    wait_for(&mut harness, "Slices by queue");
    let said = "but billing got worse: 90 → 70, 2 of 10 examples got worse; could be luck";
    assert!(harness.query_by_label(said).is_some());
    click(&mut harness, "Slices by queue");
    wait_for(&mut harness, "Score by queue");
    let Place::Run { tab: Some(RunTab::Slices { field }), .. } = harness.state().state().location() else {
        panic!("no slices")
    };
    assert_eq!(field.as_deref(), Some("queue"));
}

#[test]
fn other_fields_part_the_examples_too() {
    let mut harness = at("slices&item=amount");
    wait_for(&mut harness, "Score by amount");
    click(&mut harness, "length of ticket");
    wait_for(&mut harness, "Score by length of ticket");
    click(&mut harness, "tier");
    wait_for(&mut harness, "Score by tier");
    assert!(harness.query_by_label("no value").is_some() || harness.query_by_label_contains("no value").is_some());
}

#[test]
fn cells_of_what_was_taken_for_what_lead_to_their_examples() {
    for (cell, examples, title) in [
        ("Winner: expected billing, predicted shipping: 2 of 10", vec![0, 1], "queue: billing → shipping, Winner"),
        ("Seed: expected shipping, predicted 技術: 6 of 10", (14..20).collect(), "queue: shipping → 技術, Seed"),
        ("broken: 2 examples", vec![0, 1], "Broken"),
        ("Winner, score 0: 6 examples", vec![0, 1, 9, 19, 38, 39], "Winner, score 0"),
    ] {
        let mut harness = at("slices");
        wait_for(&mut harness, "What failures have in common");
        // Below the edge of the page.
        harness.set_size([1600.0, 2400.0].into());
        wait_for(&mut harness, cell);
        click(&mut harness, cell);
        settle(&mut harness);
        assert_eq!(led_to(&harness), (examples, title.to_owned()), "{cell}");
    }
}

#[test]
fn failures_are_grouped_by_what_they_have_in_common() {
    let mut harness = at("slices");
    harness.set_size([1600.0, 2400.0].into());
    wait_for(&mut harness, "What failures have in common");
    assert!(harness.query_by_label_contains("Seed 17 of 40, Winner 6 of 40").is_some());
    for (kind, groups) in [
        ("Exception", "ValueError: cannot read ticket #"),
        ("Answer not parsed", "ChatAdapter.parse failed; JSONAdapter was tried next"),
        ("Feedback", "Expected “…”, got “…” on ticket #."),
        ("Expected → predicted", "queue: 技術 → sales"),
    ] {
        click(&mut harness, kind);
        settle(&mut harness);
        assert!(harness.query_all_by_label_contains(groups).next().is_some(), "{kind}: {groups}");
    }
}

#[test]
fn any_two_evaluations_can_be_looked_at() {
    let mut harness = at("slices");
    wait_for(&mut harness, "Score by queue");
    let winner = harness.query_all_by_label_contains("eval_full_1").next().is_some();
    assert!(winner, "the evaluation of the winner is named");
    click(&mut harness, "C1 seed · eval_full_0");
    settle(&mut harness);
    harness.get_by_role_and_label(egui::accesskit::Role::MenuItemCheckBox, "C2 ★ · eval_full_1").click();
    settle(&mut harness);
    wait_for(&mut harness, "Seed and winner");
    // The winner against itself.
    wait_for(&mut harness, "No queue got worse, and no example of any");
    click(&mut harness, "Seed and winner");
    settle(&mut harness);
    assert!(harness.query_by_label_contains("billing got worse on average").is_some());
}

/// Evaluations of real documents that stand alone, with and without a table.
#[test]
fn an_evaluation_alone_is_shown_without_differences() {
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/real-3.18/mlflow.db");
    let at = "experiment/3/run/7863724a537f49eaa0381321215f3496?tab=slices";
    let args = Args { store: Some(database), at: Some(at.to_owned()), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    wait_for(&mut harness, "Score by topic");
    wait_for(&mut harness, "18 of 24 as expected");
    assert!(harness.query_by_label("24 examples with a score").is_some());
    assert!(harness.query_by_label("Difference").is_none() && harness.query_by_label_contains("got worse").is_none());
}
