//! What frames cost while two programs of 100 kB are read and compared beside them, and once the
//! comparison stands: the bound is 16 ms.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use dspyglass::app::{Args, SettingsPlace, Viewer, ViewerOptions};
use dspyglass::model::{ArtifactOwner, RunId};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{Store, StoreError, StoreLocation};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use serde_json::json;

use crate::texts::{chinese, every_third, text};
use crate::window::{go, logged, scroll, tessellate, until};
use crate::{Failure, median};

const ROUNDS: usize = 5;
/// Frames that are looked at once the comparison stands.
const FRAMES: usize = 100;
const PATH: &str = "/memory/texts.db";

/// Measures and prints.
pub fn measure() -> Result<(), Failure> {
    println!(
        "\na comparison of two programs of 100 kB opens, milliseconds: until it stands; CPU of the longest frame \
         meanwhile; of the longest while scrolling"
    );
    let prose = text(1, 400, 12);
    let cases = [
        ("every third word changed", prose.clone(), every_third(&prose)),
        ("two texts of the same words", prose, text(2, 400, 12)),
        ("Chinese", chinese(5), chinese(6)),
    ];
    for (what, old, new) in cases {
        let store = store(&old, &new);
        let rounds: Result<Vec<[f64; 3]>, Failure> = (0..ROUNDS).map(|_| open(&store)).collect();
        let rounds = rounds?;
        let of = |place: usize| median(rounds.iter().map(|round| round[place]).collect());
        println!("  {what:<44} {:>8.0} {:>8.1} {:>8.1}", of(0), of(1), of(2));
    }
    Ok(())
}

fn store(old: &str, new: &str) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "texts");
    for (id, instructions) in [("a", old), ("b", new)] {
        store.put_run(MemoryStore::run(id, "1", id, 1_763_712_000_000));
        let state = json!({"traces": [], "train": [], "demos": [], "lm": null, "signature": {
            "instructions": instructions, "fields": [{"prefix": "Text:", "description": "${text}"}]}});
        let owner = ArtifactOwner::Run(RunId::from(id));
        store.put_artifact(owner, "model.json", json!({ "solve": state }).to_string().into_bytes());
    }
    store
}

fn open(store: &MemoryStore) -> Result<[f64; 3], Failure> {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comparing-frames.csv");
    let opened = store.clone();
    let opener: dspyglass::loader::Opener =
        Arc::new(move |location: &StoreLocation| match location.to_string().as_str() {
            PATH => opened.fork(),
            other => Err(StoreError::Missing(other.into())),
        });
    let options = ViewerOptions {
        args: Args { store: Some(PATH.into()), ..Args::default() },
        settings: SettingsPlace::nowhere(),
        frame_log: Some(log.clone()),
        ..ViewerOptions::default()
    };
    let mut harness = Harness::builder()
        .with_size([1600.0, 1000.0])
        .allow_missing_glyphs()
        .build_eframe(move |cc| Viewer::with_opener(&cc.egui_ctx, options, opener));
    until(&mut harness, "texts")?;
    // Fonts are laid out for the first time, which has nothing to do with what is compared.
    for _ in 0..20 {
        harness.step();
    }
    let mut drawn = Vec::new();
    let start = Instant::now();
    go(&mut harness, "compare/a/b");
    while harness.query_all_by_label_contains("Predictor solve").next().is_none() {
        if start.elapsed().as_secs() > 30 {
            return Err("waited in vain for the comparison".into());
        }
        harness.step();
        drawn.push(tessellate(&harness.ctx, harness.output()));
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let opened = start.elapsed().as_secs_f64() * 1000.0;
    let until_there = drawn.len();
    for frame in 0..FRAMES {
        scroll(&mut harness, egui::pos2(900.0, 600.0), frame);
        harness.step();
        drawn.push(tessellate(&harness.ctx, harness.output()));
    }
    drop(harness);
    let frames = logged(&log)?;
    let frames = &frames[frames.len().saturating_sub(drawn.len())..];
    let cost: Vec<f64> = frames.iter().zip(&drawn).map(|(layout, drawn)| layout + drawn).collect();
    let longest = |frames: &[f64]| frames.iter().copied().fold(0.0, f64::max);
    let (before, after) = cost.split_at(until_there.min(cost.len()));
    Ok([opened, longest(before), longest(after)])
}
