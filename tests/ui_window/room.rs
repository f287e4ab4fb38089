//! Every table of the window, at every size: no figure is cut, and what tells rows apart stays on screen.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::common::{click, real_window, settle, small_store, wait, wait_for, window};
use crate::painted::{cut_texts, filled, frames, whole_texts};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::state::{Action, RunTableSettings, ShownColumn};
use dspyglass::store::memory::MemoryStore;
use dspyglass::widgets::tokens::Tokens;
use dspyglass::words::is_figure;
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

const SIZES: [[f32; 2]; 4] = [[1600.0, 1000.0], [1100.0, 700.0], [800.0, 600.0], [640.0, 480.0]];

/// A MIPROv2 and a GEPA that were recorded with a real model and long texts, and the winner of the first.
const MIPRO: &str = "experiment/1/run/a69060d61a334a9280527a000071796f";
const GEPA: &str = "experiment/2/run/371a32c960db4ebb890a23242cb85013";
const WINNER: &str = "277b4d7907e3a69ea3a41008d411fa578b23ee1e160b25b878d7ff7c6cfe21ea";

/// Three traces of it that called models.
const TRACES: [&str; 3] = [
    "tr-0ce05e756cd600e25c6b3402f202387c",
    "tr-15339173b3a938cd8980c620f4148e87",
    "tr-28621d483eb568ed444774df4d73d93d",
];

fn database() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/real-3.18/mlflow.db")
}

fn at(place: &str) -> Harness<'static, Viewer> {
    // Nothing was registered in the other store.
    let has_prompts = place.starts_with("prompt");
    let with_prompts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/modern-3.18/mlflow.db");
    let store = if has_prompts { with_prompts } else { database() };
    let args = Args { store: Some(store), at: Some(place.to_owned()), utc: true, ..Args::default() };
    real_window(ViewerOptions { args, ..ViewerOptions::default() })
}

/// The names of all tables that `views` draws, as they stand in its source.
fn tables_of_views() -> BTreeSet<String> {
    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() { files(&path, found) } else { found.push(path) }
        }
    }
    let mut paths = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/views"), &mut paths);
    let mut names = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a source");
        for (begin, _) in text.match_indices(" Table::new(") {
            let call: String = text[begin..].chars().take(160).collect();
            // `Table::new("runs", "Runs", …`: the second text; a name made of parts begins with `Points of`.
            let texts: Vec<&str> = call.split('"').skip(1).step_by(2).collect();
            let is_made = call.contains("&label");
            names.insert(if is_made { "Points of".to_owned() } else { texts[1].to_owned() });
        }
    }
    names
}

/// Names of the tables on screen.
fn tables(harness: &Harness<'_, Viewer>) -> BTreeSet<String> {
    let name = |label: String| if label.starts_with("Points of") { "Points of".to_owned() } else { label };
    let all = harness.query_all_by_role(Role::Table);
    all.filter_map(|table| table.accesskit_node().label()).map(name).collect()
}

fn cut_figures(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let cut = cut_texts(&harness.output().shapes);
    cut.into_iter().filter(|cut| is_figure(&cut.text)).map(|cut| format!("{} at {:?}", cut.text, cut.rect)).collect()
}

#[test]
fn no_table_of_the_window_cuts_a_figure() {
    let result_table = "experiment/3/run/7863724a537f49eaa0381321215f3496?tab=artifacts&item=result_table.json";
    let places: Vec<(String, &str)> = vec![
        (String::new(), "Experiments"),
        ("experiment/1".into(), "Runs"),
        ("experiment/1?tab=traces".into(), "Traces"),
        ("experiment/1?tab=traces".into(), "Aggregates"),
        ("experiment/1?tab=optimizations".into(), "Optimizations"),
        (format!("compare-traces/{}", TRACES.join("/")), "Aligned spans"),
        (format!("{MIPRO}?tab=optimization"), "Candidates"),
        (format!("{GEPA}?tab=slices"), "Slices"),
        ("experiment/3/run/7863724a537f49eaa0381321215f3496?tab=slices".into(), "Classes"),
        (format!("{GEPA}?tab=slices"), "Failures"),
        (format!("{GEPA}?tab=lineage"), "Family tree"),
        (format!("{MIPRO}?tab=overview"), "Params"),
        (format!("{GEPA}?tab=overview"), "Latest metrics"),
        (format!("{MIPRO}?tab=program"), "Demos"),
        (format!("{MIPRO}?tab=program"), "Fields"),
        (format!("program/{WINNER}"), "Evaluations"),
        (result_table.into(), "Table of the file"),
        (format!("{MIPRO}?tab=metrics"), "Points of"),
        (format!("{GEPA}?tab=metrics"), "Metrics of one point"),
        ("prompts".into(), "Prompts"),
        ("prompt/bike-shop-prompt".into(), "Versions"),
        ("prompt/bike-shop-prompt?tab=uses".into(), "Uses"),
    ];
    let mut seen = BTreeSet::new();
    for (place, table) in places {
        let mut harness = at(&place);
        settle(&mut harness);
        if table == "Aggregates" {
            click(&mut harness, "Aggregates");
            click(&mut harness, "Span");
        }
        if table == "Points of" {
            wait_for(&mut harness, "More for eval_full");
            click(&mut harness, "More for eval_full");
            click(&mut harness, "Show as table");
        }
        wait(&mut harness, table, |harness| tables(harness).contains(table));
        if table == "Runs" {
            make_hostile(&mut harness);
        }
        for size in SIZES {
            harness.set_size(size.into());
            for _ in 0..4 {
                harness.step();
            }
            settle(&mut harness);
            seen.extend(tables(&harness));
            assert!(!whole_texts(&harness.output().shapes).is_empty(), "what was painted is seen");
            let cut = cut_figures(&harness);
            assert!(cut.is_empty(), "{place} at {size:?}: {cut:#?}");
        }
    }
    assert_eq!(seen, tables_of_views(), "every table was drawn");
}

/// Each column of the runs as narrow as nobody would want it.
fn make_hostile(harness: &mut Harness<'_, Viewer>) {
    let columns = ["run_name", "status", "start_time", "duration"].map(|name| format!("attributes.{name}"));
    let others = ["metrics.eval", "metrics.eval_full", "traces", "tokens"].map(str::to_owned);
    let narrow = |column| ShownColumn { column, width: Some(1.0), ..ShownColumn::default() };
    let shown = columns.into_iter().chain(others).map(narrow).collect();
    let settings = RunTableSettings { shown, ..RunTableSettings::default() };
    harness.state_mut().act(Action::ArrangeRuns("1".into(), settings));
    settle(harness);
}

fn headers(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let all = harness.query_all_by_role(Role::ColumnHeader);
    all.filter_map(|header| header.accesskit_node().label()).collect()
}

/// How many rows of a table stand whole in the window.
fn whole_rows(harness: &Harness<'_, Viewer>, table: &str, size: [f32; 2]) -> usize {
    // Below it stands the bar of the window.
    let bottom = size[1] - 24.0;
    let table = harness.get_by_role_and_label(Role::Table, table).rect();
    let rows = harness.query_all_by_role(Role::Row).map(|row| row.rect());
    rows.filter(|row| table.intersects(*row) && row.height() > 27.0 && row.bottom() <= bottom).count()
}

#[test]
fn small_windows_keep_what_tells_rows_apart() {
    let family_tree = format!("{GEPA}?tab=lineage");
    let places: [(&str, &str, &[&str], usize); 3] = [
        ("experiment/1?tab=traces", "Traces", &["Name", "Inputs", "Outputs"], 4),
        ("run/parent?tab=optimization", "Candidates", &["Candidate", "Full", "Instructions"], 5),
        (&family_tree, "Family tree", &["Candidate", "Score", "What changed"], 5),
    ];
    for (place, table, wanted, rows) in places {
        let mut harness = match table {
            "Candidates" => window(&eight_candidates(), Some(place), Some(crate::common::PATH)),
            _ => at(place),
        };
        wait(&mut harness, table, |harness| tables(harness).contains(table));
        for size in [[1100.0, 700.0], [800.0, 600.0]] {
            harness.set_size(size.into());
            for _ in 0..4 {
                harness.step();
            }
            settle(&mut harness);
            let shown = headers(&harness);
            assert!(wanted.iter().all(|one| shown.iter().any(|title| title == one)), "{place} {size:?}: {shown:?}");
            for title in wanted {
                let header = harness.get_by_role_and_label(Role::ColumnHeader, title).rect();
                assert!(header.right() <= size[0] && header.width() > 40.0, "{title} at {size:?}: {header:?}");
            }
            let side = harness.query_by_role_and_label(Role::ScrollBar, "Scroll to the side");
            assert!(side.is_none(), "{place} at {size:?} is scrolled to the side");
            let whole = whole_rows(&harness, table, size);
            let rects: Vec<_> = harness.query_all_by_role(Role::Row).map(|row| row.rect()).collect();
            assert!(whole >= rows, "{place} at {size:?}: {whole} rows of {table}; {rects:?}");
        }
    }
}

/// The desk, and ten more candidates that were tried on minibatches.
fn desk_with_candidates() -> MemoryStore {
    let store = crate::desk::desk();
    for number in 1..=10_i64 {
        let id = format!("mini-{number}");
        let mut run = MemoryStore::run(&id, "1", &format!("eval_minibatch_{number}"), 1_500 + number);
        (run.parent_id, run.end_time_ms) = (Some("parent".into()), Some(1_900 + number));
        store.put_run(run);
        let run = dspyglass::model::RunId::from(id.as_str());
        let point = dspyglass::model::MetricPoint { step: 0, timestamp_ms: 0, value: 40.0 + 3.0 * number as f64 };
        let metrics = vec![dspyglass::model::LatestMetric { key: "eval".into(), point }];
        store.put_values(&run, dspyglass::model::RunValues { metrics, ..Default::default() });
        let text = format!("Sort with care, in way {number} of ten");
        let program = serde_json::json!({"traces": [], "train": [], "demos": [], "lm": null,
            "signature": {"instructions": text, "fields": []}});
        let owner = dspyglass::model::ArtifactOwner::Run(run);
        store.put_artifact(owner, "model.json", program.to_string().into_bytes());
    }
    store
}

/// On a store whose head has all of its lines, each once: the verdict, the worst slice, the doctor.
#[test]
fn five_candidates_stand_below_chart_verdict_worst_slice_and_doctor() {
    let at = Some("experiment/1/run/parent?tab=optimization");
    let mut harness = window(&desk_with_candidates(), at, Some(crate::common::PATH));
    wait_for(&mut harness, "Slices by queue");
    for size in [[1100.0, 700.0], [800.0, 600.0]] {
        harness.set_size(size.into());
        for _ in 0..4 {
            harness.step();
        }
        settle(&mut harness);
        let table = harness.get_by_role_and_label(Role::Table, "Candidates").rect();
        let line = |words: &str| {
            let all = harness.query_all_by_label_contains(words).map(|node| node.rect());
            let above = all.filter(|line| line.left() >= table.left() && line.bottom() <= table.top());
            above.min_by(|a, b| b.top().total_cmp(&a.top())).unwrap_or_else(|| panic!("no {words} at {size:?}"))
        };
        let lines = ["best of", "Open the matrix", "Slices by queue", "warning"].map(line);
        assert!(lines.iter().all(|line| line.height() < 20.0), "each is one line: {lines:?}");
        let chart = harness.get_by_label_contains("Score by evaluation, 13 evaluations").rect();
        let is_between = lines.iter().all(|line| line.bottom() <= chart.top()) && chart.bottom() <= table.top();
        assert!(is_between && chart.height() >= 40.0, "at {size:?}: {chart:?}, {table:?}, {lines:?}");
        let rows = whole_rows(&harness, "Candidates", size);
        assert!(rows >= 5, "at {size:?}: {rows} rows");
        assert!(cut_figures(&harness).is_empty(), "{:?}", cut_figures(&harness));
    }
}

#[test]
fn runs_without_names_keep_the_column_that_says_which_they_are() {
    let mut harness = window(&nameless(), Some("experiment/1"), Some(crate::common::PATH));
    wait(&mut harness, "Runs", |harness| tables(harness).contains("Runs"));
    settle(&mut harness);
    click(&mut harness, "Columns…");
    harness.step();
    let run = || "Run".to_owned();
    assert!(headers(&harness).contains(&run()));
    // Its box cannot be emptied; that of another column can.
    let box_of = |harness: &Harness<'_, Viewer>, title: &str| {
        let all = harness.query_all_by_role_and_label(Role::ListItem, title);
        all.map(|item| item.rect().center()).next().expect("listed")
    };
    for title in ["Run", "Status"] {
        let at = box_of(&harness, title);
        harness.hover_at(at);
        harness.drag_at(at);
        harness.drop_at(at);
        harness.step();
        settle(&mut harness);
    }
    let shown = headers(&harness);
    assert!(shown.contains(&run()) && !shown.contains(&"Status".to_owned()), "{shown:?}");
    // What was lost before comes back.
    let shown = vec![ShownColumn { column: "attributes.status".into(), ..ShownColumn::default() }];
    let settings = RunTableSettings { shown, ..RunTableSettings::default() };
    harness.state_mut().act(Action::ArrangeRuns("1".into(), settings));
    settle(&mut harness);
    assert!(headers(&harness).contains(&run()));
    // Escape closes the list, and nothing else.
    assert!(harness.query_by_label("Find a column").is_some());
    harness.key_press(Key::Escape);
    harness.step();
    harness.step();
    assert!(harness.query_by_label("Find a column").is_none());
}

/// An optimization that tried eight programs, some of them twice.
fn eight_candidates() -> MemoryStore {
    let store = MemoryStore::new();
    let start = crate::common::NOW_MS - 600_000;
    store.add_experiment("1", "ticket-router");
    store.put_run(MemoryStore::run("parent", "1", "bold-finch-218", start));
    for number in 0..12_usize {
        let kind = if number % 3 == 1 { "minibatch" } else { "full" };
        let id = format!("run-{number}");
        let begin = start + 1_000 * (number as i64 + 1);
        let mut run = MemoryStore::run(&id, "1", &format!("eval_{kind}_{number}"), begin);
        run.parent_id = Some("parent".into());
        store.put_run(run);
        let run = dspyglass::model::RunId::from(id.as_str());
        let text = format!("Route the ticket to the queue that suits it, in way {} of eight", number % 8);
        let program = serde_json::json!({"predict": {"demos": [], "signature": {"instructions": text, "fields": []}}});
        let owner = dspyglass::model::ArtifactOwner::Run(run.clone());
        store.put_artifact(owner, "model.json", program.to_string().into_bytes());
        let value = 45.0 + number as f64 * 2.75;
        store.put_metric(&run, "eval", vec![dspyglass::model::MetricPoint { step: 0, timestamp_ms: begin, value }]);
    }
    store
}

/// Two runs that nobody named.
fn nameless() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "nameless");
    for id in ["a-run", "another-run"] {
        store.put_run(MemoryStore::run(id, "1", "", crate::common::NOW_MS - 600_000));
    }
    store
}

#[test]
fn the_tree_has_no_frame_while_it_has_the_keyboard() {
    let mut harness = window(&small_store(), Some("experiment/1"), Some(crate::common::PATH));
    wait_for(&mut harness, "bold-finch-218");
    settle(&mut harness);
    harness.get_by_role_and_label(Role::TreeItem, "ticket-router").click();
    harness.step();
    settle(&mut harness);
    let tree = harness.get_all_by_role(Role::Tree).next().expect("the tree").rect();
    let accent = Tokens::get(true, Default::default()).accent;
    let shapes = &harness.output().shapes;
    let around = frames(shapes, accent);
    assert!(around.iter().all(|rect| rect.height() < tree.height() / 2.0), "{around:?}");
    let row = harness.get_by_role_and_label(Role::TreeItem, "ticket-router").rect();
    let marks = filled(shapes, accent);
    assert!(marks.iter().any(|mark| row.contains_rect(*mark) && mark.width() <= 3.0), "{marks:?}");
}
