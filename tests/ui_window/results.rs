//! A table of results among the artifacts: shown first, marked right and wrong, and leading to traces. What is saved
//! is said in passing.

use crate::common::{PATH, click, settle, small_store, wait, wait_for, window, window_saving};
use dspyglass::app::Viewer;
use dspyglass::model::{ArtifactOwner, RunId};
use dspyglass::state::Place;
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// The child run has three results: one with the trace of the store, one without a trace, one without a score.
fn store() -> MemoryStore {
    let store = small_store();
    let table = r#"{"columns": ["score", "example_ticket", "example_queue", "pred_queue"], "data": [
        [{"score": 1.0, "feedback": "Correct."}, "Where is my parcel?", "shipping", "shipping"],
        [false, "The saddle squeaks", "repair", "billing"],
        [null, "Never scored", "billing", "billing"]]}"#;
    for (path, text) in [("a-log.txt", "first"), ("model.json", r#"{"p": {}}"#), ("result_table.json", table)] {
        store.put_artifact(ArtifactOwner::Run(RunId::from("child")), path, text.as_bytes());
    }
    store
}

fn row(harness: &mut Harness<'_, Viewer>, text: &str) -> egui::Rect {
    wait_for(harness, text);
    let rows = harness.query_all_by_role(Role::Row);
    let found = rows.into_iter().find(|row| row.accesskit_node().label().is_some_and(|label| label.contains(text)));
    found.map(|row| row.rect()).expect("a row")
}

fn click_at(harness: &mut Harness<'_, Viewer>, at: egui::Pos2) {
    harness.hover_at(at);
    harness.step();
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
        harness.step();
    }
    settle(harness);
}

#[test]
fn results_are_shown_first_marked_and_lead_to_their_traces() {
    let mut harness = window(&store(), Some("experiment/1/run/child?tab=artifacts"), Some(PATH));
    wait_for(&mut harness, "The saddle squeaks");
    wait_for(&mut harness, "1 right");
    wait_for(&mut harness, "1 wrong");
    assert!(harness.query_by_label_contains("Choose a file").is_none());
    // The score is a figure, not the object that it is stored in.
    assert!(harness.query_all_by_label_contains("feedback").next().is_none());
    let saddle = row(&mut harness, "The saddle squeaks");
    click_at(&mut harness, saddle.left_center() + egui::vec2(200.0, 0.0));
    wait_for(&mut harness, "No trace of the run was given these inputs");
    let parcel = row(&mut harness, "Where is my parcel?");
    click_at(&mut harness, parcel.left_center() + egui::vec2(200.0, 0.0));
    wait_for(&mut harness, "Open its trace");
    click(&mut harness, "Open its trace");
    let is_trace = |harness: &Harness<'_, Viewer>| {
        matches!(harness.state().state().location(), Place::Trace { trace, run: Some(run), .. }
            if trace.as_str() == "tr-1" && run.as_str() == "child")
    };
    wait(&mut harness, "the trace", is_trace);
    harness.key_press(Key::Backspace);
    harness.step();
    settle(&mut harness);
    // Enter does the same from the row.
    let parcel = row(&mut harness, "Where is my parcel?");
    click_at(&mut harness, parcel.left_center() + egui::vec2(200.0, 0.0));
    harness.get_by_role_and_label(Role::Table, "Table of the file").focus();
    harness.step();
    harness.key_press(Key::Enter);
    wait(&mut harness, "the trace", is_trace);
}

#[test]
fn what_was_saved_is_said_in_passing() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = "experiment/1/run/child?tab=artifacts&item=model.json";
    let mut harness = window_saving(&store(), place, folder.path());
    wait_for(&mut harness, "Copy path");
    settle(&mut harness);
    let before = harness.get_by_label("Copy path").rect();
    let bar = harness.get_by_label("? keys").rect();
    click(&mut harness, "Save as…");
    wait_for(&mut harness, "Saved as");
    let said = harness.get_by_label_contains("Saved as").rect();
    assert_eq!(harness.get_by_label("Copy path").rect(), before, "it moves nothing");
    assert!(said.top() >= bar.top() - 6.0 && said.right() <= bar.left(), "{said:?} beside {bar:?}: it covers nothing");
    assert!(harness.state().state().notices.is_empty());
    // It leaves by itself, and only then is nothing to be drawn any more.
    wait(&mut harness, "silence", |harness| harness.query_by_label_contains("Saved as").is_none());
    assert!(harness.state().state().passing().is_none());
}
