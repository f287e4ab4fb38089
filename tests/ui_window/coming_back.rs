//! Who comes back finds tables, lists and charts as they were left.

use crate::common::{NOW_MS, PATH, click, settle, type_into, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{ArtifactOwner, Entry, MetricPoint, RunId, RunValues, Shown};
use dspyglass::state::{Action, CompareTab};
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

/// Two experiments of many runs; one run has a child, metrics and many files, and so has another.
fn store() -> MemoryStore {
    let store = MemoryStore::new();
    for experiment in ["1", "2"] {
        store.add_experiment(experiment, &format!("experiment-{experiment}"));
        for number in 0..120 {
            let id = format!("run-{experiment}-{number:03}");
            let run = MemoryStore::run(&id, experiment, &id, NOW_MS - 1_000_000 + number * 1_000);
            store.put_run(run);
        }
        let parent = RunId::from(format!("run-{experiment}-000").as_str());
        let mut child =
            MemoryStore::run(&format!("child-{experiment}"), experiment, &format!("child-{experiment}"), NOW_MS);
        child.parent_id = Some(parent.clone());
        store.put_run(child);
        for step in 0..8 {
            let point = MetricPoint { step: 0, timestamp_ms: NOW_MS, value: 0.5 };
            let points = vec![point, MetricPoint { step: 1, ..point }];
            store.put_metric(&parent, &format!("metric_{step}"), points);
        }
        for file in 0..80 {
            store.put_artifact(ArtifactOwner::Run(parent.clone()), &format!("file_{file:02}.txt"), b"some text");
        }
    }
    store
}

fn go(harness: &mut Harness<'_, Viewer>, place: &str) {
    harness.state_mut().act(Action::GoTo(place.to_owned()));
    settle(harness);
}

fn back(harness: &mut Harness<'_, Viewer>) {
    harness.state_mut().act(Action::Back);
    harness.step();
    settle(harness);
}

fn selected(harness: &Harness<'_, Viewer>, role: Role, part: &str) -> Option<String> {
    let mut rows = harness.query_all_by_role(role).filter(|row| row.accesskit_node().is_selected() == Some(true));
    rows.find_map(|row| row.accesskit_node().label().filter(|label| label.contains(part)))
}

#[test]
fn the_table_of_runs_has_its_row_and_its_scroll() {
    let mut harness = window(&store(), Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "121 runs");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::Table, "Runs").focus();
    harness.step();
    for _ in 0..3 {
        harness.key_press(Key::PageDown);
        harness.step();
    }
    settle(&mut harness);
    let row = selected(&harness, Role::Row, "run-1-").expect("a selected run");
    let scroll = harness.state().state().scroll("runs");
    assert!(scroll.is_some_and(|scroll| scroll.row > 20), "{scroll:?}");
    harness.key_press(Key::Enter);
    harness.step();
    settle(&mut harness);
    assert!(harness.state().state().location().to_string().contains("/run/run-1-"));
    // Another table of the same kind, with a row of its own.
    go(&mut harness, "experiment/2");
    wait_for(&mut harness, "run-2-117");
    harness.get_by_role_and_label(Role::Table, "Runs").focus();
    harness.step();
    harness.key_press(Key::ArrowDown);
    harness.step();
    settle(&mut harness);
    assert!(selected(&harness, Role::Row, "run-2-").is_some());
    back(&mut harness);
    back(&mut harness);
    wait(&mut harness, "the same run", |harness| {
        selected(harness, Role::Row, "run-1-").as_deref() == Some(row.as_str())
    });
    assert_eq!(harness.state().state().scroll("runs"), scroll);
    assert_eq!(harness.state().state().selected_runs.experiment.as_ref().map(ToString::to_string), Some("1".into()));
    // The keys go on from there.
    harness.key_press(Key::ArrowDown);
    harness.step();
    settle(&mut harness);
    let next = selected(&harness, Role::Row, "run-1-");
    assert!(next.is_some() && next.as_deref() != Some(row.as_str()), "{next:?}");
}

#[test]
fn charts_have_the_runs_and_metrics_that_were_chosen() {
    let mut harness = window(&store(), Some("experiment/1/run/run-1-000?tab=metrics"), Some(PATH));
    wait_for(&mut harness, "metric_0 over steps");
    settle(&mut harness);
    for label in ["child-1", "metric_3"] {
        harness.get_by_role_and_label(Role::CheckBox, label).click();
        harness.step();
    }
    settle(&mut harness);
    let toggled = |harness: &Harness<'_, Viewer>, label: &str| {
        harness.get_by_role_and_label(Role::CheckBox, label).accesskit_node().toggled()
    };
    assert_eq!(toggled(&harness, "child-1"), Some(Toggled::True));
    assert_eq!(toggled(&harness, "metric_3"), Some(Toggled::False));
    go(&mut harness, "experiment/2/run/run-2-000?tab=metrics");
    wait_for(&mut harness, "child-2");
    assert_eq!(toggled(&harness, "child-2"), Some(Toggled::False), "another run has its own choice");
    assert_eq!(toggled(&harness, "metric_3"), Some(Toggled::True));
    back(&mut harness);
    wait_for(&mut harness, "child-1");
    assert_eq!(toggled(&harness, "child-1"), Some(Toggled::True));
    assert_eq!(toggled(&harness, "metric_3"), Some(Toggled::False));
}

#[test]
fn the_files_of_a_run_have_their_row_and_their_scroll() {
    let mut harness = window(&store(), Some("experiment/1/run/run-1-000?tab=artifacts"), Some(PATH));
    wait_for(&mut harness, "file_00.txt");
    click(&mut harness, "file_00.txt");
    settle(&mut harness);
    harness.key_press(Key::End);
    harness.step();
    settle(&mut harness);
    let is_there =
        |harness: &Harness<'_, Viewer>| selected(harness, Role::TreeItem, "file_").as_deref() == Some("file_79.txt");
    wait(&mut harness, "the last file", is_there);
    go(&mut harness, "experiment/2/run/run-2-000?tab=artifacts");
    wait_for(&mut harness, "file_00.txt");
    back(&mut harness);
    wait(&mut harness, "the last file again", is_there);
    assert!(harness.query_by_role_and_label(Role::TreeItem, "file_00.txt").is_none(), "it is scrolled to the end");
}

/// More experiments than tables are kept ready, each with a parent and two children.
fn many_tables() -> MemoryStore {
    let store = MemoryStore::new();
    for experiment in 1..=11 {
        let id = experiment.to_string();
        store.add_experiment(&id, &format!("experiment-{id}"));
        let parent = format!("parent-{id}");
        store.put_run(MemoryStore::run(&parent, &id, &parent, NOW_MS - 9_000));
        for child in ["first", "second"] {
            let name = format!("{child}-{id}");
            let mut run = MemoryStore::run(&name, &id, &name, NOW_MS - 8_000);
            run.parent_id = Some(RunId::from(parent.as_str()));
            store.put_run(run);
        }
    }
    store
}

#[test]
fn the_filter_the_folds_and_the_selected_run_outlast_many_tables() {
    let mut harness = window(&many_tables(), Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "3 runs");
    click(&mut harness, "Fold all");
    wait(&mut harness, "folded", |harness| harness.query_by_role_and_label(Role::Cell, "first-1").is_none());
    go(&mut harness, "experiment/2");
    wait_for(&mut harness, "3 runs");
    type_into(&mut harness, "Filter these runs", "second");
    wait_for(&mut harness, "1 of 3 runs");
    for other in 3..=11 {
        go(&mut harness, &format!("experiment/{other}"));
        wait_for(&mut harness, &format!("first-{other}"));
    }
    harness.get_by_role_and_label(Role::Table, "Runs").focus();
    harness.step();
    harness.key_press(Key::ArrowDown);
    harness.step();
    settle(&mut harness);
    let row = selected(&harness, Role::Row, "-11").expect("a selected run");
    go(&mut harness, "experiment/1");
    wait(&mut harness, "the parent", |harness| harness.query_by_role_and_label(Role::Cell, "parent-1").is_some());
    assert!(harness.query_by_role_and_label(Role::Cell, "first-1").is_none(), "it was folded");
    go(&mut harness, "experiment/2");
    wait_for(&mut harness, "1 of 3 runs");
    for other in 3..=10 {
        go(&mut harness, &format!("experiment/{other}"));
        wait_for(&mut harness, &format!("first-{other}"));
    }
    go(&mut harness, "experiment/11");
    wait(&mut harness, "the same run", |harness| selected(harness, Role::Row, "-11").as_deref() == Some(row.as_str()));
}

#[test]
fn folders_stay_folded() {
    let store = many_tables();
    for run in ["parent-1", "parent-2"] {
        store.put_artifact(ArtifactOwner::Run(run.into()), "plots/loss.txt", b"some text");
    }
    let mut harness = window(&store, Some("experiment/1/run/parent-1?tab=artifacts"), Some(PATH));
    wait_for(&mut harness, "loss.txt");
    harness.get_by_role_and_label(Role::TreeItem, "plots").click();
    harness.step();
    let is_hidden =
        |harness: &Harness<'_, Viewer>| harness.query_by_role_and_label(Role::TreeItem, "loss.txt").is_none();
    wait(&mut harness, "folded", is_hidden);
    go(&mut harness, "experiment/2/run/parent-2?tab=artifacts");
    wait_for(&mut harness, "loss.txt");
    go(&mut harness, "run/parent-1?tab=artifacts");
    wait_for(&mut harness, "plots");
    settle(&mut harness);
    assert!(is_hidden(&harness), "another way leads to the same page");
}

#[test]
fn the_experiments_of_a_store_have_their_row_and_those_of_another_have_none() {
    let store = many_tables();
    let mut harness = window(&store, None, Some(PATH));
    wait_for(&mut harness, "experiment-11");
    harness.get_by_role_and_label(Role::Table, "Experiments").focus();
    harness.step();
    for _ in 0..3 {
        harness.key_press(Key::ArrowDown);
        harness.step();
    }
    settle(&mut harness);
    let row = selected(&harness, Role::Row, "experiment-").expect("a row");
    go(&mut harness, "experiment/2");
    back(&mut harness);
    wait(&mut harness, "the row", |harness| {
        selected(harness, Role::Row, "experiment-").as_deref() == Some(row.as_str())
    });
    harness.state_mut().act(Action::CloseStore);
    harness.step();
    settle(&mut harness);
    harness.state_mut().act(Action::OpenStore(PATH.into()));
    wait_for(&mut harness, "experiment-11");
    harness.state_mut().act(Action::GoTo(String::new()));
    settle(&mut harness);
    wait(&mut harness, "the experiments", |harness| {
        harness.query_by_role_and_label(Role::Table, "Experiments").is_some()
    });
    assert_eq!(selected(&harness, Role::Row, "experiment-"), None);
}

#[test]
fn each_tab_of_a_comparison_is_scrolled_as_it_was_left() {
    let store = store();
    for (run, text) in [("run-1-001", "old"), ("run-1-002", "new")] {
        let param = |number| Entry { key: format!("param_{number:02}").into(), value: Shown::Text(text.into()) };
        store.put_values(&run.into(), RunValues { params: (0..90).map(param).collect(), ..RunValues::default() });
    }
    let mut harness = window(&store, Some("compare/run-1-001/run-1-002?tab=params"), Some(PATH));
    wait_for(&mut harness, "Compare");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::List, "Differences").focus();
    harness.step();
    for _ in 0..2 {
        harness.key_press(Key::PageDown);
        harness.step();
    }
    settle(&mut harness);
    let left = harness.state().state().scroll("params").expect("scrolled");
    assert!(left.row > 5, "{left:?}");
    for tab in [CompareTab::Tags, CompareTab::Params] {
        harness.state_mut().act(Action::ShowCompareTab(tab));
        harness.step();
        settle(&mut harness);
    }
    assert_eq!(harness.state().state().scroll("params"), Some(left));
    let mut shown = harness.query_all_by_role(Role::ListItem).filter_map(|item| item.accesskit_node().label());
    assert!(!shown.any(|row| row.contains("param_00")), "the list is not at its beginning");
}
