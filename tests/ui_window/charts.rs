//! Charts of metrics: which, of which runs, over which axis; as a table and as files.

use crate::common::{NOW_MS, PATH, click, settle, small_store, wait, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::model::{MetricPoint, RunId};
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::accesskit::{Role, Toggled};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn points(values: impl IntoIterator<Item = f64>) -> Vec<MetricPoint> {
    let at = |(index, value): (usize, f64)| MetricPoint {
        step: index as i64,
        timestamp_ms: NOW_MS - 500_000 + index as i64 * 1_000,
        value,
    };
    values.into_iter().enumerate().map(at).collect()
}

fn store() -> MemoryStore {
    let store = small_store();
    let parent = RunId::from("parent");
    store.put_metric(&parent, "eval_full", points([40.0, 55.0, 71.7]));
    store.put_metric(&parent, "loss", points((0..50).map(|n| 1.0 / f64::from(n + 1))));
    store
}

fn metrics(store: &MemoryStore) -> Harness<'static, Viewer> {
    let mut harness = window(store, Some("experiment/1/run/parent?tab=metrics"), Some(PATH));
    wait_for(&mut harness, "eval_full over steps");
    settle(&mut harness);
    harness
}

fn is_checked(harness: &Harness<'_, Viewer>, label: &str) -> bool {
    harness.get_by_role_and_label(Role::CheckBox, label).accesskit_node().toggled() == Some(Toggled::True)
}

#[test]
fn each_metric_has_its_own_chart_and_can_be_hidden() {
    let mut harness = metrics(&store());
    wait_for(&mut harness, "loss over steps, 50 points");
    wait_for(&mut harness, "eval_full over steps, 3 points");
    assert!(is_checked(&harness, "loss"));
    harness.get_by_role_and_label(Role::CheckBox, "loss").click();
    harness.step();
    settle(&mut harness);
    assert!(!is_checked(&harness, "loss"));
    assert!(harness.query_all_by_label_contains("loss over steps").next().is_none());
}

#[test]
fn runs_are_added_as_lines_of_the_same_chart() {
    let store = store();
    store.put_metric(&RunId::from("child"), "loss", points([0.5, f64::NAN, f64::INFINITY]));
    let mut harness = metrics(&store);
    assert!(!is_checked(&harness, "C1 · eval_full_0"));
    harness.get_by_role_and_label(Role::CheckBox, "C1 · eval_full_0").click();
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "loss over steps, 53 points: chart of 2 series");
    wait_for(&mut harness, "2 not finite");
    wait_for(&mut harness, "eval over steps, 3 points");
    click(&mut harness, "Only this");
    settle(&mut harness);
    wait_for(&mut harness, "loss over steps, 50 points");
}

#[test]
fn axes_and_smoothing_are_chosen() {
    let mut harness = metrics(&store());
    click(&mut harness, "Relative time");
    settle(&mut harness);
    wait_for(&mut harness, "loss over relative time, 50 points");
    click(&mut harness, "Time");
    settle(&mut harness);
    wait_for(&mut harness, "loss over time, 50 points");
    click(&mut harness, "Log scale");
    settle(&mut harness);
    let toggled = |harness: &Harness<'_, Viewer>, label: &str| {
        harness.get_by_role_and_label(Role::Button, label).accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(toggled(&harness, "Log scale"));
    harness.get_by_role_and_label(Role::Slider, "Smoothing").focus();
    harness.step();
    harness.key_press(egui::Key::ArrowRight);
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "loss over time, 50 points: chart of 2 series");
}

#[test]
fn a_chart_is_read_as_a_table_and_saved_as_csv() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = crate::common::window_saving(&store(), "experiment/1/run/parent?tab=metrics", folder.path());
    wait_for(&mut harness, "eval_full over steps");
    settle(&mut harness);
    click(&mut harness, "More for eval_full");
    click(&mut harness, "Show as table");
    settle(&mut harness);
    wait_for(&mut harness, "71.7");
    click(&mut harness, "More for eval_full");
    click(&mut harness, "Save as CSV…");
    let file = folder.path().join("eval_full.csv");
    wait(&mut harness, "the file", |_| file.exists());
    wait_for(&mut harness, "Saved as");
    let text = std::fs::read_to_string(&file).expect("written");
    assert!(
        text.starts_with("run_id,run,metric,step,timestamp_ms,value\r\nparent,bold-finch-218,eval_full,0,"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 4);
}

#[test]
fn a_chart_is_zoomed_by_keys_and_seen_whole_again() {
    let mut harness = metrics(&store());
    click(&mut harness, "More for loss");
    click(&mut harness, "Zoom in");
    settle(&mut harness);
    wait_for(&mut harness, "See all");
    click(&mut harness, "See all");
    settle(&mut harness);
    wait(&mut harness, "the whole", |harness| harness.query_by_label("See all").is_none());
}

#[test]
fn runs_that_are_selected_in_the_table_are_drawn_too() {
    let store = store();
    store.put_run(MemoryStore::run("other", "1", "calm-otter-77", NOW_MS - 300_000));
    store.put_metric(&RunId::from("other"), "loss", points([0.5, 0.4]));
    let mut harness = metrics(&store);
    assert!(harness.query_by_role_and_label(Role::CheckBox, "calm-otter-77").is_none());
    let ids = vec![RunId::from("parent"), RunId::from("other")];
    harness.state_mut().act(Action::SelectRuns("1".into(), ids));
    settle(&mut harness);
    wait_for(&mut harness, "loss over steps, 52 points: chart of 2 series");
    assert!(is_checked(&harness, "calm-otter-77"));
    harness.get_by_role_and_label(Role::CheckBox, "calm-otter-77").click();
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "loss over steps, 50 points");
}

/// An optimization with three evaluations, each of which logged one value, as DSPy's do.
fn evaluations() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    store.put_run(MemoryStore::run("p", "1", "bold-finch-218", NOW_MS - 900_000));
    for (order, (id, value)) in [("a", 45.0), ("b", f64::NAN), ("c", 87.5)].into_iter().enumerate() {
        let start = NOW_MS - 800_000 + order as i64 * 60_000;
        let mut run = MemoryStore::run(id, "1", &format!("eval_full_{order}"), start);
        run.parent_id = Some(RunId::from("p"));
        store.put_run(run);
        store.put_metric(&RunId::from(id), "eval", vec![MetricPoint { step: 0, timestamp_ms: start, value }]);
    }
    store
}

#[test]
fn runs_with_one_value_each_stand_in_their_order() {
    let mut harness = window(&evaluations(), Some("experiment/1/run/p?tab=metrics"), Some(PATH));
    click(&mut harness, "All children");
    settle(&mut harness);
    wait_for(&mut harness, "eval over runs in order of start, 3 points: chart of 3 series; eval 2 points from 45 to");
    wait_for(&mut harness, "1 not finite");
    let is_on = |harness: &Harness<'_, Viewer>, label: &str| {
        harness.get_by_role_and_label(Role::Button, label).accesskit_node().toggled() == Some(Toggled::True)
    };
    wait(&mut harness, "the axis", |harness| is_on(harness, "Run order"));
    click(&mut harness, "Step");
    settle(&mut harness);
    wait_for(&mut harness, "eval over steps, 3 points");
    assert!(is_on(&harness, "Step") && !is_on(&harness, "Run order"));
    click(&mut harness, "Run order");
    settle(&mut harness);
    wait_for(&mut harness, "eval over runs in order of start");
}
