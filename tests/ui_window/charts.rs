//! Charts of metrics: which, of which runs, over which axis; as a table and as files.

use crate::common::{NOW_MS, PATH, click, settle, small_store, wait, wait_for, window, window_saving};
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
    let mut harness = window_saving(&store(), "experiment/1/run/parent?tab=metrics", folder.path());
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

/// Nothing draws pixels in these tests: it is the driver that gives none.
#[test]
fn a_picture_without_pixels_is_given_up_with_a_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = small_store();
    let point = |step| MetricPoint { step, timestamp_ms: NOW_MS, value: 1.0 / (step + 1) as f64 };
    store.put_metric(&RunId::from("child"), "loss", (0..20).map(point).collect());
    let mut harness = window_saving(&store, "experiment/1/run/child?tab=metrics&item=loss", folder.path());
    wait_for(&mut harness, "loss over steps, 20 points");
    settle(&mut harness);
    click(&mut harness, "More for loss");
    click(&mut harness, "Save as PNG…");
    wait_for(&mut harness, "the graphics driver did not give the window's pixels");
    assert!(!folder.path().join("loss.png").exists());
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

/// The texts that the last frame painted, and where.
fn painted_at(harness: &Harness<'_, Viewer>) -> Vec<(egui::Pos2, String)> {
    fn texts(shape: &egui::Shape, into: &mut Vec<(egui::Pos2, String)>) {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts(shape, into)),
            egui::Shape::Text(text) => into.push((text.pos, text.galley.text().to_owned())),
            _ => {}
        }
    }
    let mut all = Vec::new();
    harness.output().shapes.iter().for_each(|one| texts(&one.shape, &mut all));
    all
}

fn painted(harness: &Harness<'_, Viewer>) -> Vec<String> {
    painted_at(harness).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn metrics_of_one_point_stand_in_one_table_above_the_charts() {
    let store = store();
    let parent = RunId::from("parent");
    for (key, value) in [("best_candidate", 3.0), ("total_calls", 269.0), ("average", 29.999_999_999_999_996)] {
        store.put_metric(&parent, key, points([value]));
    }
    let mut harness = metrics(&store);
    wait_for(&mut harness, "loss over steps, 50 points");
    let rows: Vec<String> =
        harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label()).collect();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows[0].contains("average") && rows[0].contains("Value 30,"), "{rows:?}");
    assert!(rows[1].contains("best_candidate") && rows[2].contains("total_calls"), "{rows:?}");
    let charts = |harness: &Harness<'_, Viewer>| harness.query_all_by_role(Role::Image).count();
    assert_eq!(charts(&harness), 2, "a chart for each of the others alone");
    let table = harness.get_by_role_and_label(Role::Table, "Metrics of one point").rect();
    assert!(harness.query_all_by_role(Role::Image).all(|chart| chart.rect().top() > table.bottom()));
    assert_eq!(store.calls("metric_history"), 2, "what is in the table was not read again");
    // A second run with a value of its own: two points, which are a curve over the runs.
    store.put_metric(&RunId::from("child"), "total_calls", points([100.0]));
    harness.state_mut().act(Action::Refresh);
    settle(&mut harness);
    harness.get_by_role_and_label(Role::CheckBox, "C1 · eval_full_0").click();
    harness.step();
    settle(&mut harness);
    wait_for(&mut harness, "total_calls over runs in order of start, 2 points");
    let table = harness.query_all_by_role(Role::Row).filter_map(|row| row.accesskit_node().label());
    assert!(table.into_iter().all(|row| !row.contains("total_calls")));
}

#[test]
fn a_constant_is_a_flat_line_whatever_smooths_it() {
    let store = small_store();
    store.put_metric(&RunId::from("parent"), "flat", points([0.3763; 40]));
    let mut harness = window(&store, Some("experiment/1/run/parent?tab=metrics"), Some(PATH));
    wait_for(&mut harness, "flat over steps, 40 points: chart of 1 series; flat 40 points from 0.3763 to 0.3763");
    settle(&mut harness);
    let labels = ["0.34", "0.36", "0.38", "0.40"];
    let has_all =
        |harness: &Harness<'_, Viewer>| labels.iter().all(|label| painted(harness).iter().any(|one| one == label));
    wait(&mut harness, "a sensible axis with labels of one format", has_all);
    harness.get_by_role_and_label(Role::Slider, "Smoothing").focus();
    harness.step();
    // It has the arrows from the frame on that follows the one in which it got the keyboard.
    harness.step();
    for _ in 0..3 {
        harness.key_press(egui::Key::ArrowRight);
        harness.step();
    }
    settle(&mut harness);
    let smooth = "flat over steps, 40 points: chart of 2 series; flat 40 points from 0.3763 to 0.3763; flat 40 points from \
                  0.3763 to 0.3763";
    wait_for(&mut harness, smooth);
    assert!(has_all(&harness), "{:?}", painted(&harness));
}

#[test]
fn selected_runs_are_drawn_together_with_one_legend() {
    let store = store();
    store.put_run(MemoryStore::run("other", "1", "calm-otter-77", NOW_MS - 300_000));
    store.put_metric(&RunId::from("other"), "loss", points([0.5, 0.4]));
    let mut harness = window(&store, Some("experiment/1"), Some(PATH));
    wait_for(&mut harness, "Columns…");
    settle(&mut harness);
    assert!(harness.query_by_label("Charts").is_none(), "of one run the page has the charts");
    harness.get_by_role_and_label(Role::Table, "Runs").focus();
    harness.step();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.step();
    wait_for(&mut harness, "3 selected");
    click(&mut harness, "Charts");
    settle(&mut harness);
    wait_for(&mut harness, "loss over steps, 52 points: chart of 2 series");
    settle(&mut harness);
    let list = harness.get_by_role_and_label(Role::CheckBox, "calm-otter-77").rect();
    let chart = harness
        .query_all_by_role(Role::Image)
        .find(|chart| chart.accesskit_node().label().is_some_and(|label| label.starts_with("loss")));
    let chart = chart.expect("the chart of loss").rect();
    // The list is the legend of all charts: beside the lines no name is written.
    let beside = chart.with_max_x(chart.right() + 115.0);
    let names = painted_at(&harness).into_iter().filter(|(at, text)| beside.contains(*at) && text.contains("otter"));
    assert_eq!(names.count(), 0);
    // The last point of the second run stands at step 1 of 49; it marks its run in the list.
    let is_marked = |harness: &Harness<'_, Viewer>| {
        let fill = dspyglass::widgets::tokens::Tokens::get(true, Default::default()).bg_raised;
        harness.output().shapes.iter().any(|one| match &one.shape {
            egui::Shape::Rect(rect) => {
                rect.fill == fill && rect.rect.center().distance(list.center()) < 30.0 && rect.rect.width() > 100.0
            }
            _ => false,
        })
    };
    assert!(!is_marked(&harness));
    let found = (5..20).flat_map(|x| (0..20).map(move |y| (x, y))).any(|(x, y)| {
        harness.hover_at(egui::pos2(chart.left() + x as f32 * 8.0, chart.top() + y as f32 * chart.height() / 20.0));
        harness.step();
        harness.step();
        is_marked(&harness)
    });
    assert!(found, "no point of the second run marks it in the list");
}
