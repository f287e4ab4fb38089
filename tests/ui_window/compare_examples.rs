//! What a comparison says first, and its examples: by outcome, with what was expected and answered.

use crate::common::{NOW_MS, PATH, click, settle, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{ArtifactOwner, Entry, MetricPoint, RunStatus, RunValues, Shown, SpanBody};
use dspyglass::state::{CompareTab, Outcome, Outcomes, Place};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

const TICKETS: [&str; 5] = ["Where is it?", "Charged twice", "It does not start", "New address", "Refund please"];
const QUEUES: [&str; 5] = ["shipping", "billing", "technical", "account", "billing"];

fn state(instructions: &str) -> Value {
    let signature = json!({"instructions": instructions, "fields": []});
    json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature": signature}})
}

/// An evaluation of five tickets, of which these were answered rightly.
pub fn evaluate(store: &MemoryStore, id: &str, name: &str, minutes: i64, instructions: &str, right: [bool; 5]) {
    let mut run = MemoryStore::run(id, "1", name, NOW_MS - minutes * 60_000);
    run.parent_id = Some("p".into());
    run.end_time_ms = Some(NOW_MS - (minutes - 1) * 60_000);
    store.put_run(run);
    let answer = |at: usize| if right[at] { QUEUES[at] } else { "sales" };
    let row = |at: usize| json!([TICKETS[at], QUEUES[at], "because", answer(at), right[at]]);
    let table = json!({
        "columns": ["example_ticket", "example_queue", "pred_reasoning", "pred_queue", "score"],
        "data": (0..5).map(row).collect::<Vec<_>>(),
    });
    let owner = ArtifactOwner::Run(id.into());
    store.put_artifact(owner.clone(), "model.json", state(instructions).to_string().into_bytes());
    store.put_artifact(owner, "result_table.json", table.to_string().into_bytes());
    let value = 20.0 * right.iter().filter(|right| **right).count() as f64;
    store.put_metric(&id.into(), "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value }]);
    for (at, ticket) in TICKETS.iter().enumerate() {
        let trace = format!("tr-{id}{at}");
        let mut head = MemoryStore::trace_head(&trace, "1", Some(id), "Router.forward", NOW_MS - 50_000);
        let (inputs, outputs) = (json!({"ticket": ticket}), json!({"reasoning": "because", "queue": answer(at)}));
        head.row.request_preview = Some(Shown::Text(inputs.to_string().into()));
        head.row.response_preview = Some(Shown::Text(outputs.to_string().into()));
        let body = SpanBody { inputs: Some(inputs), outputs: Some(outputs), ..SpanBody::default() };
        let span = MemoryStore::span(&format!("{trace}-0"), None, "Router.forward", 0, 1_000);
        store.put_trace(head, vec![(span, body)]);
    }
}

/// A finished optimization: its seed, a better program that was evaluated twice and is the one it gave back.
pub fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    store.add_experiment("2", "another one");
    let mut parent = MemoryStore::run("p", "1", "bold-finch-218", NOW_MS - 100 * 60_000);
    parent.status = RunStatus::Finished;
    parent.end_time_ms = Some(NOW_MS - 60_000);
    store.put_run(parent);
    let trials = Entry { key: "num_trials".into(), value: Shown::Text("3".into()) };
    store.put_values(&"p".into(), RunValues { params: vec![trials], ..RunValues::default() });
    let best = state("Route it by its first request.").to_string().into_bytes();
    store.put_artifact(ArtifactOwner::Run("p".into()), "best_model.json", best);
    // What it has under the name of a score is that of one evaluation of many.
    store.put_metric(&"p".into(), "eval", vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value: 1.0 }]);
    evaluate(&store, "a", "eval_full_0", 90, "Route it.", [false, true, true, false, true]);
    evaluate(&store, "b", "eval_full_1", 80, "Route it by its first request.", [true, true, false, false, true]);
    evaluate(&store, "c", "eval_full_2", 70, "Route it by its first request.", [true, true, false, true, true]);
    store
}

fn at(place: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some(place), Some(PATH));
    wait_for(&mut harness, "of 5 that both scored");
    settle(&mut harness);
    settle(&mut harness);
    harness
}

/// What the rows of the list say, from top to bottom.
fn rows(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let items = harness.query_all_by_role(Role::ListItem).map(|item| {
        let node = item.accesskit_node();
        (node.position_in_set().unwrap_or_default(), node.label().unwrap_or_default())
    });
    let mut rows: Vec<(usize, String)> = items.collect();
    rows.sort();
    rows.into_iter().map(|(_, label)| label).collect()
}

fn has(harness: &Harness<'_, Viewer>, part: &str) -> bool {
    rows(harness).iter().any(|row| row.contains(part))
}

fn shows(harness: &Harness<'_, Viewer>, label: &str) -> bool {
    harness.query_all_by_label(label).next().is_some()
}

#[test]
fn scores_and_their_difference_stand_before_what_changed() {
    let harness = at("compare/a/c");
    for label in ["60", "80", "+20", "2 fixed", "1 broken"] {
        assert!(shows(&harness, label), "{label}");
    }
    let top = |label: &str| harness.get_all_by_label(label).next().expect("shown").rect().top();
    let changed = harness.get_all_by_label_contains("Predictor solve").next().expect("what changed").rect().top();
    assert!(top("+20") < changed && top("2 fixed") < changed);
    assert!(has(&harness, "Predictor solve: instructions changed"));
}

#[test]
fn the_ways_to_the_examples_open_at_what_was_fixed_and_broken() {
    let mut harness = at("compare/a/c");
    click(&mut harness, "1 broken");
    settle(&mut harness);
    settle(&mut harness);
    let show = Some(Outcomes::only(Outcome::Broken));
    let location = harness.state().state().location().clone();
    assert!(
        matches!(&location, Place::Compare { tab: Some(CompareTab::Examples { show: it }), .. } if *it == show),
        "{location}"
    );
    assert!(has(&harness, "Broken: It does not start") && !has(&harness, "Fixed"), "{:?}", rows(&harness));
    // The way back in the address.
    let (place, unknown) = Place::parse(&location.to_string());
    assert_eq!((place, unknown), (location, Vec::new()));
    let harness = at("compare/a/c?tab=examples");
    assert!(has(&harness, "Fixed · 2") && has(&harness, "Broken · 1"), "{:?}", rows(&harness));
}

#[test]
fn what_stayed_wrong_or_right_is_listed_when_asked_for() {
    let mut harness = at("compare/a/b?tab=examples");
    assert!(!has(&harness, "Still"), "{:?}", rows(&harness));
    click(&mut harness, "Still wrong 1");
    wait_for(&mut harness, "Still wrong: New address, 0 → 0, expected account, C1 seed · eval_full_0 answered sales");
    settle(&mut harness);
    assert!(!has(&harness, "Still right"));
    click(&mut harness, "Still right 2");
    wait_for(
        &mut harness,
        "Still right: Charged twice, 1 → 1, expected billing, C1 seed · eval_full_0 answered billing",
    );
    settle(&mut harness);
    assert!(has(&harness, "Still right: Refund please"), "{:?}", rows(&harness));
    // They lead to their traces, too.
    click(&mut harness, "Open in C2 ★ · eval_full_1: New address");
    settle(&mut harness);
    assert_eq!(harness.state().state().location().to_string(), "dspyglass:experiment/1/run/b/trace/tr-b3");
}

#[test]
fn a_row_has_what_was_expected_and_answered_and_its_scores_beside_its_text() {
    let harness = at("compare/a/c?tab=examples");
    let label = "Fixed: Where is it?, 0 → 1, expected shipping, C1 seed · eval_full_0 answered sales, C2 ★ · eval_full_2 answered shipping";
    assert!(has(&harness, label), "{:?}", rows(&harness));
    assert!(has(&harness, "Score, Example, Expected, C1 seed · eval_full_0 answered, C2 ★ · eval_full_2 answered"));
    let row = harness.get_all_by_role_and_label(Role::ListItem, label).next().expect("the row").rect();
    for name in ["C1 seed · eval_full_0", "C2 ★ · eval_full_2"] {
        let score = harness.get_by_role_and_label(Role::Button, &format!("Open in {name}: Where is it?")).rect();
        assert!(score.right() - row.left() < 120.0, "{score:?} in {row:?}");
    }
}

#[test]
fn an_optimization_stands_for_the_evaluation_of_its_winner() {
    let mut harness = at("compare/a/p?tab=examples");
    assert!(shows(&harness, "+20") && shows(&harness, "C2 ★ · bold-finch-218 · 80"), "not the 1 of its own metric");
    assert!(harness.query_all_by_label_contains("as its winner in eval_full_2").next().is_some());
    assert!(has(&harness, "Fixed · 2"), "{:?}", rows(&harness));
    click(&mut harness, "Open in C2 ★ · bold-finch-218: Where is it?");
    settle(&mut harness);
    settle(&mut harness);
    assert_eq!(harness.state().state().location().to_string(), "dspyglass:experiment/1/run/c/trace/tr-c0");
}

#[test]
fn runs_without_any_score_have_no_line_of_scores() {
    let store = store();
    for id in ["x", "y"] {
        store.put_run(MemoryStore::run(id, "1", id, NOW_MS - 60_000));
    }
    let mut harness = window(&store, Some("compare/x/y?tab=examples"), Some(PATH));
    wait_for(&mut harness, "No score of an example is known");
    settle(&mut harness);
    assert!(harness.query_all_by_label_contains("that both scored").next().is_none());
}
