//! What is selected stays that whatever else moves; who comes back finds the keyboard where it was; the breadcrumb and
//! the tree know where a page stands, whichever way led to it.

use crate::common::{NOW_MS, PATH, click, settle, wait, wait_for, window};
use crate::compare_examples::{evaluate, store};
use dspyglass::app::Viewer;
use dspyglass::model::RunId;
use dspyglass::state::{Action, TreeKey};
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn at(store: &MemoryStore, place: &str, what: &str) -> Harness<'static, Viewer> {
    let mut harness = window(store, Some(place), Some(PATH));
    wait_for(&mut harness, what);
    settle(&mut harness);
    harness
}

/// What is selected in the tree of experiments and runs.
fn in_tree(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let tree = harness.get_by_role_and_label(Role::Tree, "Experiments and runs");
    let rows = tree.query_all_by_role(Role::TreeItem);
    let rows = rows.filter(|row| row.accesskit_node().is_selected() == Some(true));
    rows.filter_map(|row| row.accesskit_node().label()).collect()
}

fn selected(harness: &Harness<'_, Viewer>, role: Role) -> Vec<String> {
    let rows = harness.query_all_by_role(role).filter(|row| row.accesskit_node().is_selected() == Some(true));
    rows.filter_map(|row| row.accesskit_node().label()).collect()
}

fn press(harness: &mut Harness<'_, Viewer>, key: Key) {
    harness.key_press(key);
    harness.step();
    settle(harness);
}

/// What has the keyboard.
fn keyboard(harness: &Harness<'_, Viewer>) -> Option<egui::Id> {
    harness.ctx.memory(|memory| memory.focused())
}

#[test]
fn unfolding_a_candidate_leaves_the_selected_one_selected() {
    let again = store();
    evaluate(&again, "d", "eval_full_3", 60, "Route it.", [false, true, true, false, true]);
    let mut harness = at(&again, "experiment/1/run/p", "Candidates");
    harness.get_by_role_and_label(Role::Table, "Candidates").focus();
    harness.step();
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    for unfolding in ["Unfold the row of C1", "Fold the row of C1"] {
        click(&mut harness, unfolding);
        settle(&mut harness);
        let row = selected(&harness, Role::Row);
        assert!(row.len() == 1 && row[0].contains("C2"), "{row:?}");
    }
    // An earlier evaluation of a third program comes to light: what was C2 is C3 now, and still selected.
    let live = store();
    let mut harness = at(&live, "experiment/1/run/p", "Candidates");
    harness.get_by_role_and_label(Role::Table, "Candidates").focus();
    harness.step();
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowRight);
    wait_for(&mut harness, "eval_full_1");
    let mut early = MemoryStore::run("early", "1", "eval_7", NOW_MS - 95 * 60_000);
    early.parent_id = Some(RunId::from("p"));
    live.put_run(early);
    let point = dspyglass::model::MetricPoint { step: 0, timestamp_ms: NOW_MS, value: 10.0 };
    live.put_metric(&"early".into(), "eval", vec![point]);
    harness.state_mut().act(Action::Refresh);
    wait(&mut harness, "three candidates", |harness| {
        let mut rows = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label());
        rows.any(|row| row.contains("C3"))
    });
    settle(&mut harness);
    let row = selected(&harness, Role::Row);
    assert!(row.len() == 1 && row[0].contains("C3"), "{row:?}");
    let rows: Vec<String> =
        harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect();
    assert!(rows.iter().any(|row| row.contains("eval_full_1")), "its evaluations are still unfolded: {rows:?}");
}

#[test]
fn a_trace_from_a_comparison_stands_in_its_experiment() {
    let mut harness = at(&store(), "compare/a/c?tab=examples", "of 5 that both scored");
    wait_for(&mut harness, "Fixed: Where is it?");
    settle(&mut harness);
    // The comparison itself stands in the optimization.
    wait(&mut harness, "the optimization in the tree", |harness| in_tree(harness) == ["bold-finch-218"]);
    click(&mut harness, "Open in C2 ★ · eval_full_2: Where is it?");
    settle(&mut harness);
    wait(&mut harness, "its run in the tree", |harness| in_tree(harness) == ["eval_full_2"]);
    for step in ["ticket-router", "eval_full_2"] {
        assert!(harness.query_all_by_role_and_label(Role::Link, step).next().is_some(), "{step}");
    }
}

#[test]
fn an_address_without_an_experiment_is_found_in_the_tree() {
    let mut harness = at(&store(), "run/b/trace/tr-b0", "Router.forward");
    wait(&mut harness, "its run in the tree", |harness| in_tree(harness) == ["eval_full_1"]);
    assert!(harness.query_all_by_role_and_label(Role::Link, "ticket-router").next().is_some());
    // Who folds the way afterwards is not contradicted.
    harness.state_mut().act(Action::Unfold(TreeKey::Experiment("1".into()), false));
    settle(&mut harness);
    settle(&mut harness);
    assert!(in_tree(&harness).is_empty());
}

#[test]
fn the_keys_lead_through_examples_and_back_to_them() {
    let mut harness = at(&store(), "compare/a/c?tab=examples", "of 5 that both scored");
    wait_for(&mut harness, "Fixed: Where is it?");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::List, "Differences").focus();
    harness.step();
    let chosen = |harness: &Harness<'_, Viewer>| {
        selected(harness, Role::ListItem).first().and_then(|row| row.split(',').next().map(str::to_owned))
    };
    // Captions and titles are stepped over.
    for wanted in ["Fixed: Where is it?", "Fixed: New address", "Broken: It does not start"] {
        press(&mut harness, Key::ArrowDown);
        assert_eq!(chosen(&harness).as_deref(), Some(wanted));
    }
    press(&mut harness, Key::ArrowUp);
    assert_eq!(chosen(&harness).as_deref(), Some("Fixed: New address"));
    press(&mut harness, Key::Enter);
    settle(&mut harness);
    assert_eq!(harness.state().state().location().to_string(), "dspyglass:experiment/1/run/c/trace/tr-c3");
    press(&mut harness, Key::Backspace);
    settle(&mut harness);
    wait_for(&mut harness, "Broken: It does not start");
    press(&mut harness, Key::ArrowDown);
    assert_eq!(chosen(&harness).as_deref(), Some("Broken: It does not start"));
}

#[test]
fn back_gives_the_keyboard_to_the_table_it_came_from() {
    for (place, what, table) in [
        ("", "another one", "Experiments"),
        ("experiment/1", "4 runs", "Runs"),
        ("experiment/1/run/p", "Candidates", "Candidates"),
        ("experiment/1/run/a?tab=traces", "Router.forward", "Traces"),
    ] {
        let mut harness = at(&store(), place, what);
        harness.state_mut().act(Action::GoTo(place.to_owned()));
        settle(&mut harness);
        harness.get_by_role_and_label(Role::Table, table).focus();
        harness.step();
        press(&mut harness, Key::ArrowDown);
        press(&mut harness, Key::ArrowDown);
        let (row, list) = (selected(&harness, Role::Row), keyboard(&harness));
        assert!(row.len() == 1 && list.is_some(), "{table}: {row:?}");
        press(&mut harness, Key::Enter);
        settle(&mut harness);
        assert_ne!(keyboard(&harness), list, "{table}");
        press(&mut harness, Key::Backspace);
        settle(&mut harness);
        wait(&mut harness, table, |harness| keyboard(harness) == list);
        assert_eq!(selected(&harness, Role::Row), row, "{table}");
    }
}
