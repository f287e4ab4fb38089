//! A passage is selected, and its history looked up.

use crate::common::{NOW_MS, PATH, settle, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{ArtifactOwner, MetricPoint, RunId};
use dspyglass::state::{Phrase, Place, RunTab};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

const HISTORY: &str = "History of this phrase";

/// An optimization with two full evaluations, of which the second has other instructions.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    store.put_run(MemoryStore::run("p", "1", "bold-finch-218", NOW_MS - 600_000));
    let texts = ["Route the ticket.", "Route the ticket by its first request.\nIgnore all\tgreetings."];
    for (at, (id, text)) in ["a", "b"].into_iter().zip(texts).enumerate() {
        let mut run = MemoryStore::run(id, "1", &format!("eval_full_{at}"), NOW_MS - 500_000 + at as i64);
        run.parent_id = Some(RunId::from("p"));
        store.put_run(run);
        let points = vec![MetricPoint { step: 0, timestamp_ms: NOW_MS, value: 50.0 + 25.0 * at as f64 }];
        store.put_metric(&RunId::from(id), "eval", points);
        let signature = json!({"instructions": text, "fields": []});
        let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature": signature}});
        store.put_artifact(ArtifactOwner::Run(id.into()), "model.json", state.to_string().into_bytes());
    }
    store
}

fn pointer(harness: &mut Harness<'_, Viewer>, pos: Pos2, pressed: bool) {
    let button = PointerButton::Primary;
    harness.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
    harness.step();
}

fn drag(harness: &mut Harness<'_, Viewer>, from: Pos2, to: Pos2) {
    harness.event(Event::PointerMoved(from));
    harness.step();
    pointer(harness, from, true);
    for share in [0.3, 0.7, 1.0] {
        harness.event(Event::PointerMoved(from + (to - from) * share));
        harness.step();
    }
    pointer(harness, to, false);
    harness.run_steps(2);
}

fn row(harness: &Harness<'_, Viewer>, begin: &str) -> egui::Rect {
    let mut rows = harness.query_all_by_role(Role::ListItem);
    let is_it = |row: &egui_kittest::Node<'_>| row.accesskit_node().label().is_some_and(|it| it.starts_with(begin));
    rows.find(is_it).expect("a row").rect()
}

fn phrase(harness: &Harness<'_, Viewer>) -> Option<String> {
    match harness.state().state().location() {
        Place::Run { tab: Some(RunTab::Evolution { phrase, .. }), .. } => phrase.as_ref().map(ToString::to_string),
        other => panic!("no evolution: {other}"),
    }
}

#[test]
fn a_passage_that_is_selected_in_the_evolution_is_looked_up() {
    let mut harness = window(&store(), Some("experiment/1/run/p?tab=evolution"), Some(PATH));
    wait_for(&mut harness, "C2: ");
    settle(&mut harness);
    assert!(harness.query_by_label(HISTORY).is_none(), "nothing is selected");
    // Over two lines, from the right to the left.
    let (first, last) = (row(&harness, "Route the ticket{+"), row(&harness, "{+Ignore all"));
    drag(&mut harness, last.center(), pos2(first.left(), first.center().y));
    harness.event(Event::Copy);
    harness.step();
    let copied = harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some("Route the ticket by its first request.\nIgnore all\tgreetings."));
    harness.get_by_role_and_label(Role::Button, HISTORY).click();
    harness.step();
    settle(&mut harness);
    assert_eq!(phrase(&harness).as_deref(), Some("Route the ticket by its first request. Ignore all greetings."));
    wait_for(&mut harness, "In 1 of 2 states, since C2 · mean of full evaluations: 75 with it (1), 50 without (1)");
    assert!(harness.query_by_label(HISTORY).is_none(), "the selection has done its work");
    let field = harness.get_by_role_and_label(Role::TextInput, "History of a phrase");
    assert!(field.accesskit_node().value().is_some_and(|value| value.ends_with("all greetings.")));
    // It is part of the address.
    let address = harness.state().state().location().to_string();
    let mut again = window(&store(), Some(&address), Some(PATH));
    wait_for(&mut again, "In 1 of 2 states, since C2");
}

#[test]
fn a_word_is_selected_by_two_clicks() {
    let mut harness = window(&store(), Some("experiment/1/run/p?tab=evolution"), Some(PATH));
    wait_for(&mut harness, "C2: ");
    settle(&mut harness);
    let line = row(&harness, "{+Ignore all");
    let at = pos2(line.left() + 40.0, line.center().y);
    harness.event(Event::PointerMoved(at));
    // Each frame of a test takes a quarter of a second.
    harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 10.0);
    for pressed in [true, false, true, false] {
        pointer(&mut harness, at, pressed);
    }
    harness.run_steps(2);
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::Button, HISTORY).click();
    settle(&mut harness);
    assert_eq!(phrase(&harness).as_deref(), Some("Ignore"));
}

#[test]
fn a_passage_of_a_program_leads_to_its_history() {
    let mut harness = window(&store(), Some("experiment/1/run/b?tab=program"), Some(PATH));
    wait_for(&mut harness, "Route the ticket by its first request.");
    settle(&mut harness);
    let line = row(&harness, "Ignore all");
    drag(&mut harness, pos2(line.left() + 1.0, line.center().y), pos2(line.right() - 1.0, line.center().y));
    harness.get_by_role_and_label(Role::Button, HISTORY).click();
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "In 1 of 2 states, since C2");
    let location = harness.state().state().location();
    let phrase = Some(Phrase::new("Ignore all greetings."));
    let tab = Some(RunTab::Evolution { predictor: Some("solve".into()), phrase, against: None });
    assert!(
        matches!(location, Place::Run { run, tab: shown, .. } if run.as_str() == "p" && *shown == tab),
        "{location}"
    );
}

#[test]
fn the_keyboard_selects_too() {
    let mut harness = window(&store(), Some("experiment/1/run/b?tab=program"), Some(PATH));
    wait_for(&mut harness, "Route the ticket by its first request.");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::List, "Instructions").focus();
    harness.step();
    let word = Modifiers::COMMAND | Modifiers::SHIFT;
    for (modifiers, key) in [
        (word, Key::ArrowRight),
        (word, Key::ArrowRight),
        (Modifiers::SHIFT, Key::ArrowLeft),
        (Modifiers::SHIFT, Key::ArrowDown),
        (Modifiers::SHIFT, Key::ArrowUp),
    ] {
        harness.key_press_modifiers(modifiers, key);
        harness.step();
    }
    let button = harness.get_by_role_and_label(Role::Button, HISTORY);
    button.focus();
    harness.step();
    harness.key_press(Key::Enter);
    settle(&mut harness);
    assert_eq!(phrase(&harness).as_deref(), Some("Route the"));
}

#[test]
fn a_program_of_no_optimization_has_no_history() {
    let store = store();
    store.put_run(MemoryStore::run("alone", "1", "eval", NOW_MS - 1_000));
    let signature = json!({"instructions": "Alone.", "fields": []});
    let state = json!({"solve": {"traces": [], "train": [], "demos": [], "lm": null, "signature": signature}});
    store.put_artifact(ArtifactOwner::Run("alone".into()), "model.json", state.to_string().into_bytes());
    let mut harness = window(&store, Some("experiment/1/run/alone?tab=program"), Some(PATH));
    wait_for(&mut harness, "Alone.");
    settle(&mut harness);
    let line = row(&harness, "Alone.");
    drag(&mut harness, pos2(line.left() + 1.0, line.center().y), pos2(line.right() - 1.0, line.center().y));
    assert!(harness.query_by_label(HISTORY).is_none());
}
