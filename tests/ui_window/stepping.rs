//! The keys for the next and the previous thing, in every place that has one.

use crate::common::{NOW_MS, PATH, settle, type_into, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::RunId;
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    let put = |id: &str, parent: Option<&str>, minutes: i64| {
        let mut run = MemoryStore::run(id, "1", &format!("name of {id}"), NOW_MS - minutes * 60_000);
        run.parent_id = parent.map(RunId::from);
        store.put_run(run);
    };
    put("p", None, 100);
    put("a", Some("p"), 99);
    put("b", Some("p"), 98);
    put("c", Some("p"), 97);
    put("q", None, 50);
    for number in 0..3 {
        let head = MemoryStore::trace_head(&format!("tr-{number}"), "1", Some("a"), "QA", NOW_MS - number * 1_000);
        store.put_trace(head, Vec::new());
    }
    store
}

fn at(place: &str, label: &str) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), Some(place), Some(PATH));
    wait_for(&mut harness, label);
    settle(&mut harness);
    harness
}

fn press(harness: &mut Harness<'_, Viewer>, key: Key) -> String {
    harness.key_press(key);
    harness.step();
    settle(harness);
    harness.state().state().location().to_string()
}

fn selected(harness: &Harness<'_, Viewer>) -> Option<String> {
    let mut rows = harness.query_all_by_role(Role::Row);
    let row = rows.find(|row| row.accesskit_node().is_selected() == Some(true))?;
    row.accesskit_node().label()
}

#[test]
fn runs_beside_a_run_follow_on_the_same_tab() {
    let mut harness = at("experiment/1/run/a?tab=metrics", "name of b");
    assert_eq!(press(&mut harness, Key::J), "dspyglass:experiment/1/run/b?tab=metrics");
    assert_eq!(press(&mut harness, Key::J), "dspyglass:experiment/1/run/c?tab=metrics");
    assert_eq!(press(&mut harness, Key::J), "dspyglass:experiment/1/run/c?tab=metrics", "the last one");
    assert_eq!(press(&mut harness, Key::K), "dspyglass:experiment/1/run/b?tab=metrics");
    // The parent's neighbour is the other run without a parent.
    harness.state_mut().act(Action::GoTo("experiment/1/run/p".into()));
    settle(&mut harness);
    assert_eq!(press(&mut harness, Key::J), "dspyglass:experiment/1/run/q");
}

#[test]
fn rows_of_a_table_follow_and_typing_is_left_alone() {
    let mut harness = at("experiment/1", "5 runs");
    press(&mut harness, Key::J);
    let first = selected(&harness).expect("the first row");
    press(&mut harness, Key::J);
    let second = selected(&harness).expect("the second row");
    assert_ne!(first, second);
    assert_eq!(harness.state().state().selected_runs.ids.len(), 1);
    press(&mut harness, Key::K);
    assert_eq!(selected(&harness), Some(first));
    type_into(&mut harness, "Filter these runs", "j");
    wait(&mut harness, "what was typed", |harness| {
        harness.query_all_by_label_contains("0 of 5 runs").next().is_some()
            || harness.query_all_by_label_contains("No run passes").next().is_some()
    });
}

#[test]
fn traces_of_a_list_follow() {
    let mut harness = at("experiment/1/run/a?tab=traces", "QA");
    press(&mut harness, Key::J);
    let first = selected(&harness).expect("the first trace");
    press(&mut harness, Key::J);
    assert_ne!(selected(&harness), Some(first));
    assert!(harness.state().state().location().to_string().ends_with("?tab=traces"));
}

#[test]
fn compared_runs_follow() {
    let mut harness = at("compare/a/b", "Compare");
    wait(&mut harness, "the runs", |harness| harness.query_all_by_label_contains("name of b").next().is_some());
    assert_eq!(press(&mut harness, Key::J), "dspyglass:compare/a/c");
    assert_eq!(press(&mut harness, Key::K), "dspyglass:compare/a/b");
    assert_eq!(press(&mut harness, Key::K), "dspyglass:compare/a/b", "not with itself");
    harness.state_mut().act(Action::GoTo("compare/a/b/c".into()));
    settle(&mut harness);
    assert_eq!(press(&mut harness, Key::J), "dspyglass:compare/a/b/c?item=c");
    assert_eq!(press(&mut harness, Key::K), "dspyglass:compare/a/b/c?item=b");
}
