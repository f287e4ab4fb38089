//! What of an experiment is shown first, and how its runs stand everywhere.

use crate::common::{NOW_MS, PATH, click, settle, small_store, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{Entry, RunId, RunStatus, RunValues, Shown};
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

const MINUTE: i64 = 60_000;

fn location(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

#[test]
fn an_experiment_of_traces_alone_opens_on_them_and_says_so_in_the_tree() {
    let store = small_store();
    store.add_experiment("3", "help-desk");
    for number in 0..3 {
        let head = MemoryStore::trace_head(&format!("tr-desk-{number}"), "3", None, "Desk", NOW_MS - 1_000);
        store.put_trace(head, Vec::new());
    }
    let mut harness = window(&store, None, Some(PATH));
    wait_for(&mut harness, "help-desk");
    settle(&mut harness);
    let described = |harness: &Harness<'_, Viewer>, name: &str| {
        let row = harness.query_by_role_and_label(Role::TreeItem, name);
        row.and_then(|row| row.accesskit_node().data().description().map(str::to_owned)).unwrap_or_default()
    };
    assert_eq!(described(&harness, "help-desk"), "3 traces");
    assert_eq!(
        (described(&harness, "empty-one").as_str(), described(&harness, "ticket-router").as_str()),
        ("0 runs", "2 runs")
    );
    harness.get_by_role_and_label(Role::TreeItem, "help-desk").click();
    harness.run_steps(2);
    settle(&mut harness);
    assert_eq!(location(&harness), "dspyglass:experiment/3?tab=traces");
    wait_for(&mut harness, "Desk");
    // Who asks for its runs is told that there are none.
    harness.get_by_role_and_label(Role::Tab, "Runs").click();
    harness.run_steps(2);
    settle(&mut harness);
    wait_for(&mut harness, "No runs yet");
    // Others open on their runs, also where there are none of both.
    for experiment in ["1", "2"] {
        harness.state_mut().act(dspyglass::state::Action::GoTo(format!("experiment/{experiment}")));
        settle(&mut harness);
        assert_eq!(location(&harness), format!("dspyglass:experiment/{experiment}"));
    }
}

/// Two optimizations that say that they are running: one wrote a moment ago, one more than two hours ago.
fn running() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "router");
    let put = |id: &str, name: &str, parent: Option<&str>, start_ms: i64, status: RunStatus| {
        let mut run = MemoryStore::run(id, "1", name, start_ms);
        (run.parent_id, run.end_time_ms) = (parent.map(RunId::from), None);
        run.status = status;
        store.put_run(run);
    };
    let entry = |(key, value): (&str, &str)| Entry { key: key.into(), value: Shown::Text(value.into()) };
    let settings = [("num_trials", "6"), ("minibatch", "True"), ("minibatch_full_eval_steps", "2")];
    for (id, name, start) in [("old", "night-owl", NOW_MS - 130 * MINUTE), ("new", "early-bird", NOW_MS - 5 * MINUTE)] {
        put(id, name, None, start, RunStatus::Running);
        let params = settings.map(entry).into();
        store.put_values(&id.into(), RunValues { params, ..RunValues::default() });
        put(&format!("{id}-0"), "eval_full_0", Some(id), start + 1_000, RunStatus::Finished);
        put(&format!("{id}-1"), "eval_minibatch_0", Some(id), start + 2_000, RunStatus::Running);
    }
    let head = MemoryStore::trace_head("tr-new", "1", Some("new-1"), "Router", NOW_MS - 90_000);
    store.put_trace(head, Vec::new());
    store
}

#[test]
fn a_run_that_stalled_says_so_on_every_page() {
    let mut harness = window(&running(), Some("experiment/1/run/old"), Some(PATH));
    // Its page.
    wait_for(&mut harness, "2 of 10 evaluations");
    wait_for(&mut harness, "last written 2 h ago");
    settle(&mut harness);
    assert!(harness.query_by_label("stalled").is_some() && harness.query_by_label("running").is_none());
    // The tree.
    let row = harness.get_by_role_and_label(Role::TreeItem, "night-owl");
    assert!(row.accesskit_node().data().description().is_some_and(|said| said.starts_with("stalled for 2 h")));
    // A comparison.
    harness.state_mut().act(dspyglass::state::Action::GoTo("compare/old/new".to_owned()));
    wait_for(&mut harness, "stalled for 2 h");
    // The table.
    harness.state_mut().act(dspyglass::state::Action::GoTo("experiment/1".to_owned()));
    settle(&mut harness);
    wait(&mut harness, "the table", |harness| {
        harness.query_all_by_role(Role::Row).any(|row| {
            row.accesskit_node().label().is_some_and(|label| label.contains("night-owl") && label.contains("stalled"))
        })
    });
}

#[test]
fn a_run_that_is_running_says_how_far_it_is() {
    let mut harness = window(&running(), Some("experiment/1/run/new"), Some(PATH));
    for said in ["for 5 min 0 s", "evaluation 2 of 10", "last written 1 min ago"] {
        wait_for(&mut harness, said);
    }
    assert!(harness.query_by_label("running").is_some() && harness.query_by_label("stalled").is_none());
}

#[test]
fn the_newest_run_stands_first_and_its_evaluations_in_their_order() {
    let mut harness = window(&running(), Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "6 runs");
    settle(&mut harness);
    let names = |harness: &Harness<'_, Viewer>| -> Vec<String> {
        let mut rows: Vec<(usize, String)> = harness
            .query_all_by_role(Role::Row)
            .map(|row| {
                let label = row.accesskit_node().label().unwrap_or_default();
                let name = label.split(", Status").next().unwrap_or_default().trim_start_matches("Run ").to_owned();
                (row.accesskit_node().position_in_set().unwrap_or_default(), name)
            })
            .collect();
        rows.sort();
        rows.into_iter().map(|(_, name)| name).collect()
    };
    let expected = ["early-bird", "eval_full_0", "eval_minibatch_0", "night-owl", "eval_full_0", "eval_minibatch_0"];
    assert_eq!(names(&harness), expected);
    click(&mut harness, "Under parents");
    settle(&mut harness);
    let expected = ["eval_minibatch_0", "eval_full_0", "early-bird", "eval_minibatch_0", "eval_full_0", "night-owl"];
    assert_eq!(names(&harness), expected);
    click(&mut harness, "Started");
    settle(&mut harness);
    click(&mut harness, "Started");
    settle(&mut harness);
    assert_eq!(names(&harness)[0], "night-owl");
}
