//! The table of very many runs: what a frame of scrolling costs, how long sorting and filtering take.
//!
//! `DSPYGLASS_BENCH_RUNS` says how many; half a million in release.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use dspyglass::app::{SettingsPlace, Viewer, ViewerOptions};
use dspyglass::model::{Entry, LatestMetric, MetricPoint, RunId, RunValues, Shown};
use dspyglass::query::ask::Session;
use dspyglass::query::table::{LineOptions, RunColumn, RunLines, prepared_runs};
use dspyglass::query::{Filter, trace_counts_by_run};
use dspyglass::state::{Action, RunTableSettings, ShownColumn};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{ReadCx, Store};
use egui_kittest::Harness;

use crate::window::{FRAMES, go, logged, p95, scroll, tessellate, until};
use crate::{Failure, median};

const ROUNDS: usize = 5;
const METRICS: usize = 12;
const PARAMS: usize = 4;

/// Measures and prints.
pub fn measure() -> Result<(), Failure> {
    let asked = std::env::var("DSPYGLASS_BENCH_RUNS").ok().and_then(|text| text.parse().ok());
    let runs = asked.unwrap_or(if cfg!(debug_assertions) { 5_000 } else { 500_000 });
    println!("\na table of {runs} runs × 20 columns, milliseconds");
    let store = many(runs);
    on_a_worker(&mut store.clone())?;
    in_the_window(&store)
}

/// Parents with 24 children each, and numbers that are in no order.
fn many(runs: usize) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "many");
    let metrics: Vec<Arc<str>> = (0..METRICS).map(|index| format!("metric_{index}").into()).collect();
    let params: Vec<Arc<str>> = (0..PARAMS).map(|index| format!("param_{index}").into()).collect();
    let mut state = 1_u64;
    let mut all = Vec::with_capacity(runs);
    for number in 0..runs {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let id = format!("{state:016x}{number:016x}");
        let mut run = MemoryStore::run(&id, "1", &format!("eval_full_{number}"), (number as i64) * 1_000);
        run.parent_id = (number % 25 != 0).then(|| RunId::from(format!("parent-{}", number / 25)));
        if number % 25 == 0 {
            run.id = RunId::from(format!("parent-{}", number / 25));
        }
        let value = |index: usize| ((state >> (index * 3 % 40)) % 100_000) as f64 / 1_000.0;
        let point = |index| MetricPoint { step: 0, timestamp_ms: 0, value: value(index) };
        let latest =
            metrics.iter().enumerate().map(|(index, key)| LatestMetric { key: Arc::clone(key), point: point(index) });
        let text = |index: usize| Shown::Text(format!("{}", value(index + 7) as u64).into());
        let entries = params.iter().enumerate().map(|(index, key)| Entry { key: Arc::clone(key), value: text(index) });
        let values = RunValues { metrics: latest.collect(), params: entries.collect(), tags: Vec::new() };
        store.put_values(&run.id, values);
        all.push(run);
    }
    store.add_runs(all);
    store
}

fn on_a_worker(store: &mut dyn Store) -> Result<(), Failure> {
    let cx = ReadCx::new();
    let start = Instant::now();
    let runs = prepared_runs(&mut Session::alone(store, &cx), &"1".into())?;
    told("reading and preparing them, from memory", vec![ms(start)]);
    let traces = trace_counts_by_run(&mut Session::alone(store, &cx), Some(&"1".into()))?;
    let metric = RunColumn::Metric("metric_3".into());
    let name = RunColumn::parse("attributes.run_name");
    let filter = Filter::parse("metrics.metric_1 > 50 and (params.param_0 = '7' or run_name LIKE 'eval%9')")?;
    let plain = LineOptions::default();
    let cases = [
        ("as a tree, by start", plain.clone()),
        ("as a tree, by a metric", LineOptions { sort: Some((metric.clone(), true)), ..plain.clone() }),
        ("flat, by a metric", LineOptions { sort: Some((metric, true)), is_flat: true, ..plain.clone() }),
        ("flat, by name", LineOptions { sort: name.map(|name| (name, false)), is_flat: true, ..plain.clone() }),
        ("a filter of three comparisons", LineOptions { filter, is_flat: true, ..plain }),
    ];
    for (what, options) in cases {
        let times = (0..ROUNDS).map(|_| {
            let start = Instant::now();
            std::hint::black_box(RunLines::new(&runs, &traces, &options));
            ms(start)
        });
        told(what, times.collect());
    }
    Ok(())
}

fn in_the_window(store: &MemoryStore) -> Result<(), Failure> {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frames-of-runs.csv");
    let mut p95s = Vec::new();
    for _ in 0..ROUNDS.min(if cfg!(debug_assertions) { 1 } else { ROUNDS }) {
        let options = ViewerOptions {
            settings: SettingsPlace::nowhere(),
            frame_log: Some(log.clone()),
            args: dspyglass::app::Args { store: Some("/memory/mlflow.db".into()), ..Default::default() },
            ..ViewerOptions::default()
        };
        let opened = store.clone();
        let opener: dspyglass::loader::Opener = Arc::new(move |_| opened.fork());
        let mut harness = Harness::builder()
            .with_size([1600.0, 1000.0])
            .allow_missing_glyphs()
            .build_eframe(move |cc| Viewer::with_opener(&cc.egui_ctx, options, opener));
        until(&mut harness, "Experiments and runs")?;
        harness.state_mut().act(Action::ArrangeRuns("1".into(), arrangement()));
        go(&mut harness, "experiment/1");
        until(&mut harness, "eval_full_")?;
        for _ in 0..10 {
            harness.step();
        }
        let mut tessellation = Vec::new();
        for frame in 0..FRAMES {
            scroll(&mut harness, egui::pos2(900.0, 600.0), frame);
            harness.step();
            tessellation.push(tessellate(&harness.ctx, harness.output()));
        }
        drop(harness);
        let frames = logged(&log)?;
        let last = &frames[frames.len().saturating_sub(FRAMES)..];
        p95s.push(p95(last.iter().zip(&tessellation).map(|(layout, tessellation)| layout + tessellation).collect()));
    }
    told("CPU per frame while scrolling, p95", p95s);
    Ok(())
}

/// Four attributes, twelve metrics, four params.
fn arrangement() -> RunTableSettings {
    let attributes = ["run_name", "status", "start_time", "duration_ms"].map(|name| format!("attributes.{name}"));
    let metrics = (0..METRICS).map(|index| format!("metrics.metric_{index}"));
    let params = (0..PARAMS).map(|index| format!("params.param_{index}"));
    let column = |column| ShownColumn { column, width: Some(72.0), ..ShownColumn::default() };
    let shown = attributes.into_iter().chain(metrics).chain(params).map(column).collect();
    RunTableSettings { shown, ..RunTableSettings::default() }
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

fn told(what: &str, times: Vec<f64>) {
    println!("  {what:<44} {:>8.2}", median(times));
}
