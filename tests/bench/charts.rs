//! What a frame of a chart costs: ten lines of 100,000 points each, while the pointer reads them and while it zooms.

use std::path::Path;
use std::sync::Arc;

use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{MetricPoint, RunId};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{Store, StoreError, StoreLocation};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::window::{logged, p95, tessellate, until};
use crate::{Failure, median};

const LINES: usize = 10;
const POINTS: usize = 100_000;
const RUNS: usize = 5;
const FRAMES: usize = 200;
const NOW_MS: i64 = 1_763_712_000_000;

/// Measures and prints.
pub fn measure() -> Result<(), Failure> {
    println!("\nCPU of the window's thread per frame, a chart of {LINES} lines × {POINTS} points, milliseconds: p95");
    let store = store();
    for (what, zooms) in [("the pointer reads values", false), ("zooming in and out", true)] {
        let times: Result<Vec<f64>, Failure> = (0..RUNS).map(|_| frames(&store, zooms)).collect();
        println!("  {what:<44} {:>8.2}", median(times?));
    }
    Ok(())
}

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "curves");
    store.put_run(MemoryStore::run("parent", "1", "parent", NOW_MS - 600_000));
    for line in 0..LINES {
        let id = format!("child-{line}");
        let mut run = MemoryStore::run(&id, "1", &id, NOW_MS - 500_000);
        run.parent_id = Some(RunId::from("parent"));
        store.put_run(run);
        let value = |step: usize| {
            let noise = (step as f64 * 12.9898 + line as f64).sin() * 43_758.545_3;
            1.0 / (1.0 + step as f64 / 5_000.0) + 0.1 * noise.fract() + 0.05 * line as f64
        };
        let point = |step| MetricPoint { step: step as i64, timestamp_ms: NOW_MS + step as i64, value: value(step) };
        store.put_metric(&RunId::from(&*id), "loss", (0..POINTS).map(point).collect());
    }
    store
}

fn frames(store: &MemoryStore, zooms: bool) -> Result<f64, Failure> {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chart-frames.csv");
    let (store, frame_log) = (store.clone(), Some(log.clone()));
    let opener: dspyglass::loader::Opener =
        Arc::new(move |location: &StoreLocation| match location.to_string().as_str() {
            "/memory/curves.db" => store.fork(),
            other => Err(StoreError::Missing(other.into())),
        });
    let args = Args {
        at: Some("experiment/1/run/parent?tab=metrics".to_owned()),
        store: Some("/memory/curves.db".into()),
        ..Args::default()
    };
    let options = ViewerOptions { args, frame_log, ..ViewerOptions::default() };
    let mut harness = Harness::builder()
        .with_size([1600.0, 1000.0])
        .allow_missing_glyphs()
        .build_eframe(move |cc| Viewer::with_opener(&cc.egui_ctx, options, opener));
    until(&mut harness, "All children")?;
    harness.get_by_label("All children").click();
    until(&mut harness, "loss over steps, 1,000,000 points: chart of 10 series")?;
    let mut tessellation = Vec::new();
    for frame in 0..FRAMES {
        let x = 700.0 + (frame * 7 % 700) as f32;
        harness.event(egui::Event::PointerMoved(egui::pos2(x, 400.0)));
        if zooms {
            harness.event(egui::Event::Zoom(if frame % 40 < 20 { 1.1 } else { 1.0 / 1.1 }));
        }
        harness.step();
        tessellation.push(tessellate(&harness.ctx, harness.output()));
    }
    drop(harness);
    let layout = logged(&log)?;
    let last = &layout[layout.len().saturating_sub(FRAMES)..];
    Ok(p95(last.iter().zip(&tessellation).map(|(layout, tessellation)| layout + tessellation).collect()))
}
