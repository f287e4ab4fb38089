//! The terminal and the window write a value in the same words: each is read out of what the one prints and out of
//! what a screen reader hears of the other, over one store.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use crate::common::{NOW_MS, PATH, click, settle, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::cli::{Outcome, run_over};
use dspyglass::model::{
    ArtifactEntry, ArtifactOwner, ArtifactTree, Cached, MetricPoint, RunId, SpanBody, Tokens, TraceHead,
};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{OpenOptions, Store, StoreLocation};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

const DURATIONS_MS: [i64; 24] = [
    0,
    1,
    9,
    10,
    482,
    999,
    1_000,
    1_300,
    1_349,
    1_350,
    59_949,
    59_950,
    60_000,
    252_000,
    3_599_499,
    3_599_500,
    7_500_000,
    17_129_999,
    17_130_000,
    172_769_000,
    172_770_000,
    273_600_000,
    31_536_000_000,
    -5_000,
];

const SCORES: [f64; 24] = [
    72.54321,
    0.713_333,
    100.0,
    25.0,
    -12_345.0,
    1.2e-7,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    0.0,
    0.1 + 0.2,
    1e15,
    99.99,
    0.99995,
    12_345.678,
    1e-4,
    9.999e-5,
    -0.5,
    1.0,
    66.666_666_666,
    1e6,
    999_999.5,
    0.05,
    83.5,
];

/// Input, output and total.
type Usage = (Option<u64>, Option<u64>, Option<u64>);

const TOKENS: [Option<Usage>; 12] = [
    None,
    Some((Some(0), Some(0), None)),
    Some((Some(1), Some(0), None)),
    Some((Some(999), Some(0), None)),
    Some((Some(1_000), Some(0), None)),
    Some((Some(12_000), Some(345), None)),
    Some((Some(1_234_567), Some(1), Some(1_234_568))),
    Some((Some(1_200), None, None)),
    Some((None, Some(34), None)),
    Some((None, None, Some(5_000))),
    Some((Some(u64::MAX), None, Some(u64::MAX))),
    Some((Some(84_049), Some(1), None)),
];

const COSTS: [f64; 8] = [0.25, 0.0012, 0.000_001, 0.009_99, 0.01, 0.5, 12.0, 1_234.567];

const SIZES: [u64; 12] =
    [0, 1, 812, 999, 1_000, 1_049, 9_949, 9_950, 999_499, 999_500, 1_800_000_000, 123_456_789_012_345];

/// Paths of predictors, in the order in which they are stored.
const PATHS: [&str; 5] = ["", "plan", "solve.predict", "preds[2].predict", "preds[10].predict"];

/// What a terminal prints, line by line.
fn told(store: &MemoryStore, args: &[&str]) -> Vec<String> {
    let open = |_: &StoreLocation, _: &OpenOptions| store.fork();
    let mut line = vec!["dspyglass", args[0], "store"];
    line.extend(&args[1..]);
    line.push("--utc");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let outcome = run_over(line.into_iter().map(OsString::from), &open, &mut out, &mut err);
    let err = String::from_utf8(err).expect("text");
    let Outcome::Done(code) = outcome else { panic!("the window") };
    assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::SUCCESS), "{args:?}: {err}");
    String::from_utf8(out).expect("text").lines().map(str::to_owned).collect()
}

/// The cells of the row of a table that begins with a word, by the titles of the columns.
fn printed(lines: &[String], titles: &[&str], is_it: impl Fn(&[&str]) -> bool) -> BTreeMap<String, String> {
    let cells = |line: &'_ str| -> Vec<String> {
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    let rows = lines.iter().map(|line| cells(line));
    let mut rows =
        rows.filter(|row| row.len() == titles.len() && is_it(&row.iter().map(|it| &**it).collect::<Vec<_>>()));
    let row = rows.next().expect("a row");
    titles.iter().map(|title| (*title).to_owned()).zip(row).collect()
}

/// What each row of the window's table says, by its first cell that is a name.
fn rows(harness: &Harness<'_, Viewer>) -> Vec<Vec<String>> {
    let cells = |row: egui_kittest::Node<'_>| -> Vec<String> {
        let cells = row.children().filter(|cell| cell.accesskit_node().role() == Role::Cell);
        cells.map(|cell| cell.accesskit_node().label().unwrap_or_default()).collect()
    };
    harness.query_all_by_role(Role::Row).map(cells).collect()
}

/// The differences between the two, as a sentence each.
#[derive(Default)]
struct Compared {
    same: usize,
    differences: Vec<String>,
}

impl Compared {
    /// A word of the terminal must be one of those that the window says.
    fn has(&mut self, what: &str, terminal: &str, window: &[String]) {
        if window.iter().any(|said| said == terminal) {
            self.same += 1;
        } else {
            self.differences.push(format!("{what}: the terminal says {terminal:?}, the window {window:?}"));
        }
    }

    fn finish(self, least: usize) {
        assert!(self.differences.is_empty(), "\n{}\n", self.differences.join("\n"));
        assert!(self.same >= least, "only {} values were compared", self.same);
    }
}

fn named(rows: &[Vec<String>], name: &str) -> Vec<String> {
    let is_it = |row: &&Vec<String>| row.iter().any(|cell| cell == name || cell.starts_with(&format!("{name} (")));
    rows.iter().find(is_it).unwrap_or_else(|| panic!("no row {name} in {rows:?}")).clone()
}

/// Runs with a duration, a score and a start each.
fn store_of_runs() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "figures");
    for (at, (took, score)) in DURATIONS_MS.into_iter().zip(SCORES).enumerate() {
        let start = NOW_MS - 1_000 - at as i64 * 86_399_000;
        let mut run = MemoryStore::run(&format!("id-{at}"), "1", &format!("run {at}."), start);
        run.end_time_ms = Some(start + took);
        store.put_run(run);
        let point = MetricPoint { step: 0, timestamp_ms: start, value: score };
        store.put_metric(&RunId::from(format!("id-{at}")), "eval", vec![point]);
    }
    store
}

const RUN_COLUMNS: [&str; 6] = ["Run", "Status", "Started", "Duration", "Metrics", "Id"];

#[test]
fn durations_and_scores_of_runs() {
    let store = store_of_runs();
    let lines = told(&store, &["runs"]);
    let mut harness = window(&store, Some("experiment/1"), Some(PATH));
    harness.set_size(egui::vec2(1600.0, 1400.0));
    wait_for(&mut harness, "run 0.");
    settle(&mut harness);
    click(&mut harness, "Unfold figures");
    settle(&mut harness);
    let rows = rows(&harness);
    let mut compared = Compared::default();
    let column = dspyglass::words::Decimals::of(SCORES);
    for (at, number) in SCORES.into_iter().enumerate() {
        let name = format!("run {at}.");
        let printed = printed(&lines, &RUN_COLUMNS, |row| row[0].ends_with(&name) && row[0].len() == name.len());
        let said = named(&rows, &name);
        compared.has("duration", &printed["Duration"], &said);
        let score = printed["Metrics"].trim_start_matches("eval ");
        // In a column all values have as many decimals, whoever else writes them alone.
        let in_column = if number.is_finite() { column.write(number) } else { score.to_owned() };
        compared.has("score", &in_column, &said);
        let in_tree = harness
            .query_all_by_role(Role::TreeItem)
            .find(|item| item.accesskit_node().label().is_some_and(|label| label == name));
        if let Some(item) = in_tree.filter(|_| number.is_finite()) {
            let said = item.accesskit_node().description().unwrap_or_default();
            let said: Vec<String> = said.split(", ").map(|part| part.trim_start_matches("eval ").to_owned()).collect();
            compared.has("score in the tree", score, &said);
        }
    }
    compared.has("plural", lines.last().expect("a line"), &texts(&harness));
    compared.finish(24 * 2 + 15);
}

/// Whatever the window says anywhere.
fn texts(harness: &Harness<'_, Viewer>) -> Vec<String> {
    let all = harness.root().children_recursive();
    let said = all.flat_map(|node| {
        let node = node.accesskit_node();
        [node.label(), node.value(), node.description()]
    });
    said.flatten().collect()
}

#[test]
fn dates_and_ids_of_runs() {
    let store = store_of_runs();
    let lines = told(&store, &["runs"]);
    let mut compared = Compared::default();
    for at in [0, 1, 7, 23] {
        let name = format!("run {at}.");
        let printed = printed(&lines, &RUN_COLUMNS, |row| row[0] == name);
        let mut harness = window(&store, Some(&format!("experiment/1/run/id-{at}?tab=overview")), Some(PATH));
        wait_for(&mut harness, "Run id");
        settle(&mut harness);
        // `Started: 2025-11-21 07:59:59`
        let said = texts(&harness).into_iter().filter_map(|text| Some(text.split_once(": ")?.1.to_owned()));
        let said: Vec<String> = said.collect();
        for what in ["Started", "Duration", "Id"] {
            compared.has(what, &printed[what], &said);
        }
    }
    compared.finish(12);
}

#[test]
fn points_of_a_metric() {
    let store = MemoryStore::new();
    store.add_experiment("1", "figures");
    store.put_run(MemoryStore::run("r", "1", "the run", NOW_MS - 1_000_000));
    let point = |(step, value): (i64, f64)| MetricPoint { step, timestamp_ms: NOW_MS + step * 1_000, value };
    let mut compared = Compared::default();
    for (at, values) in SCORES.chunks(8).enumerate() {
        let key = format!("loss_{at}");
        store.put_metric(&RunId::from("r"), &key, (0..).zip(values.iter().copied()).map(point).collect());
        let lines = told(&store, &["metrics", "r", "--key", &key]);
        let mut harness = window(&store, Some(&format!("experiment/1/run/r?tab=metrics&item={key}")), Some(PATH));
        wait_for(&mut harness, &format!("{key} over steps, 8 points"));
        settle(&mut harness);
        click(&mut harness, &format!("More for {key}"));
        click(&mut harness, "Show as table");
        settle(&mut harness);
        let rows = rows(&harness);
        for step in 0..values.len() {
            let step = step.to_string();
            let printed = printed(&lines, &["Step", "Time", "Value"], |row| row[0] == step);
            let said = rows.iter().find(|row| row.get(1) == Some(&step)).unwrap_or_else(|| panic!("{step}: {rows:?}"));
            compared.has("time", &printed["Time"], said);
            compared.has("value", &printed["Value"], said);
        }
    }
    compared.finish(48);
}

/// Traces with a duration, tokens, costs, spans and a word for their cache.
fn store_of_traces() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "figures");
    for (at, took) in DURATIONS_MS.into_iter().enumerate() {
        let mut head =
            MemoryStore::trace_head(&format!("tr-{at}"), "1", None, &format!("call {at}."), NOW_MS - at as i64);
        head.row.duration_ms = (at != 3).then_some(took);
        let usage = TOKENS[at % TOKENS.len()];
        head.row.tokens = usage.and_then(|(input, output, total)| Tokens::new(input, output, total));
        head.row.cost_usd = (at % 3 != 2).then(|| COSTS[at % COSTS.len()]);
        head.row.span_count = (at != 5).then(|| [1, 12, 1_234, 98_765][at % 4]);
        head.row.cached = [None, Some(Cached::No), Some(Cached::Partly), Some(Cached::Likely)][at % 4];
        store.put_trace(head, Vec::new());
    }
    store
}

const TRACE_COLUMNS: [&str; 10] =
    ["Started", "Trace", "Name", "Status", "Duration", "Tokens", "Cost", "Cached", "Spans", "Run"];

#[test]
fn durations_tokens_and_counts_of_traces() {
    let store = store_of_traces();
    let lines = told(&store, &["traces"]);
    let mut harness = window(&store, Some("experiment/1?tab=traces"), Some(PATH));
    harness.set_size(egui::vec2(1600.0, 1400.0));
    wait_for(&mut harness, "call 0.");
    settle(&mut harness);
    let rows = rows(&harness);
    let mut compared = Compared::default();
    for at in 0..DURATIONS_MS.len() {
        let name = format!("call {at}.");
        let printed = printed(&lines, &TRACE_COLUMNS, |row| row[2] == name);
        let said = named(&rows, &name);
        for what in ["Duration", "Tokens", "Cached", "Spans"] {
            compared.has(what, &printed[what], &said);
        }
    }
    compared.has("plural", lines.last().expect("a line"), &texts(&harness));
    compared.finish(24 * 4 + 1);
}

#[test]
fn costs_and_caches_of_a_trace() {
    let store = store_of_traces();
    let lines = told(&store, &["traces"]);
    let mut compared = Compared::default();
    for at in [0, 1, 3, 4, 6, 7] {
        let id = format!("tr-{at}");
        let cells = printed(&lines, &TRACE_COLUMNS, |row| row[1] == id);
        let facts: Vec<String> = told(&store, &["trace", &id])[1].split(" · ").map(str::to_owned).collect();
        let mut harness = window(&store, Some(&format!("experiment/1/trace/{id}")), Some(PATH));
        wait_for(&mut harness, &format!("call {at}."));
        settle(&mut harness);
        let said = texts(&harness);
        compared.has("cost", &cells["Cost"], &said);
        if at != 3 {
            compared.has("duration", facts[1].trim_start_matches("took "), &said);
        }
        if let Some(cached) = facts.iter().find(|fact| fact.contains("cached")) {
            compared.has("cached", cached, &said);
        }
    }
    compared.finish(6 + 5 + 2);
}

#[test]
fn sizes_of_files() {
    let store = MemoryStore::new();
    store.add_experiment("1", "figures");
    store.put_run(MemoryStore::run("r", "1", "the run", NOW_MS - 1_000_000));
    let entry =
        |(at, size): (usize, u64)| ArtifactEntry { path: format!("file-{at}"), is_folder: false, size: Some(size) };
    let entries = SIZES.into_iter().enumerate().map(entry).collect();
    store.put_artifact_tree(ArtifactOwner::Run("r".into()), ArtifactTree { entries, ..ArtifactTree::default() });
    let address = |(at, size): (usize, u64)| {
        json!(format!("mlflow-attachment://file-{at}?content_type=image%2Fpng&trace_id=tr-1&size={size}"))
    };
    let (head, spans): (TraceHead, _) = (
        MemoryStore::trace_head("tr-1", "1", None, "call", NOW_MS),
        SIZES.into_iter().enumerate().map(|sized| {
            let head = MemoryStore::span(&format!("s{}", sized.0), None, "look", 0, 1);
            (head, SpanBody { inputs: Some(address(sized)), ..SpanBody::default() })
        }),
    );
    store.put_trace(head, spans.collect());
    let lines = told(&store, &["trace", "tr-1"]);
    let mut harness = window(&store, Some("experiment/1/run/r?tab=artifacts"), Some(PATH));
    wait_for(&mut harness, "file-0");
    settle(&mut harness);
    let mut compared = Compared::default();
    for at in 0..SIZES.len() {
        let name = format!("file-{at}");
        let line = lines.iter().find(|line| line.contains("att ") && line.contains(&format!("/{name},")));
        let line = line.unwrap_or_else(|| panic!("{name}: {lines:?}"));
        let size = line.split("image/png, ").nth(1).and_then(|rest| rest.split(": ").next()).expect("a size");
        let item =
            harness.query_all_by_role(Role::TreeItem).find(|item| item.accesskit_node().label() == Some(name.clone()));
        let said = item.and_then(|item| item.accesskit_node().description());
        compared.has("size", size, &[said.unwrap_or_default()]);
    }
    compared.finish(SIZES.len());
}

#[test]
fn plurals_and_the_order_of_experiments() {
    let store = MemoryStore::new();
    for (id, runs) in [("10", 2), ("2", 1), ("1", 0), ("3", 12)] {
        store.add_experiment(id, &format!("experiment {id}."));
        for at in 0..runs {
            store.put_run(MemoryStore::run(&format!("{id}-{at}"), id, "a run", NOW_MS));
        }
    }
    let heads: Vec<String> =
        told(&store, &["runs"]).into_iter().filter(|line| line.starts_with("Experiment ")).collect();
    let order: Vec<String> = told(&store, &["experiments"])[1..]
        .iter()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).nth(1).expect("a name").to_owned())
        .collect();
    let mut harness = window(&store, Some("experiment/2"), Some(PATH));
    wait_for(&mut harness, "experiment 10.");
    settle(&mut harness);
    let items: Vec<(String, Vec<String>)> = harness
        .query_all_by_role(Role::TreeItem)
        .map(|item| {
            let item = item.accesskit_node();
            (item.label().unwrap_or_default(), item.description().into_iter().collect())
        })
        .collect();
    let said: Vec<&String> =
        items.iter().map(|(name, _)| name).filter(|name| name.starts_with("experiment ")).collect();
    assert_eq!(said, order.iter().collect::<Vec<_>>(), "the order of the two");
    let mut compared = Compared::default();
    for head in &heads {
        let parts: Vec<&str> = head.split(" · ").collect();
        let (_, said) = items.iter().find(|(name, _)| name == parts[1]).expect("an experiment");
        compared.has("plural", parts[2], said);
    }
    compared.finish(3);
}

#[test]
fn titles_and_the_order_of_predictors() {
    let store = MemoryStore::new();
    store.add_experiment("1", "figures");
    store.put_run(MemoryStore::run("bare", "1", "bare one", NOW_MS));
    store.put_run(MemoryStore::run("more", "1", "with several", NOW_MS));
    let predictor = || json!({"demos": [], "signature": {"instructions": "Answer.", "fields": []}});
    store.put_artifact(ArtifactOwner::Run("bare".into()), "model.json", json!({"self": predictor()}).to_string());
    let several: serde_json::Map<String, serde_json::Value> =
        PATHS[1..].iter().map(|path| ((*path).to_owned(), predictor())).collect();
    store.put_artifact(ArtifactOwner::Run("more".into()), "model.json", json!(several).to_string());
    let mut compared = Compared::default();
    for run in ["bare", "more"] {
        let lines = told(&store, &["program", run]);
        let titles: Vec<&String> = lines.windows(2).filter(|pair| pair[0].is_empty()).map(|pair| &pair[1]).collect();
        assert_eq!(titles.len(), if run == "bare" { 1 } else { PATHS.len() - 1 }, "{lines:?}");
        let mut harness = window(&store, Some(&format!("experiment/1/run/{run}?tab=program")), Some(PATH));
        wait_for(&mut harness, "Answer.");
        settle(&mut harness);
        let said = texts(&harness);
        for title in &titles {
            compared.has("title", title, &said);
        }
        let places: Vec<usize> =
            titles.iter().filter_map(|title| said.iter().position(|said| said == *title)).collect();
        assert!(places.is_sorted(), "{titles:?} stand at {places:?}");
    }
    let seen: BTreeSet<&str> = PATHS.into_iter().collect();
    assert_eq!(seen.len(), PATHS.len());
    compared.finish(PATHS.len());
}
