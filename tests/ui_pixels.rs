//! What the window looks like, pixel by pixel: each main place in both themes, and the picture of the README.
//! Needs the feature `pixels` and a software renderer (Debian: `mesa-vulkan-drivers`). After a change that is meant,
//! this renews all of them, the README's included:
//!
//! ```sh
//! UPDATE_SNAPSHOTS=1 cargo test --features pixels --test ui_pixels
//! ```
//!
//! Look at every picture that it changed.
#![cfg(feature = "pixels")]

#[expect(dead_code, reason = "these pictures need fewer of the helpers than the other tests")]
mod common;

use std::path::Path;

use common::{NOW_MS, PATH, click, real_window, settle, small_store, wait, wait_for, window, window_saving};
use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::gallery::{GalleryState, gallery_ui};
use dspyglass::model::{MetricPoint, RunId};
use dspyglass::state::{Action, ThemeChoice};
use dspyglass::widgets::theme;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};
use tempfile::TempDir;

const THEMES: [(ThemeChoice, &str); 2] = [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")];
const SIZE: egui::Vec2 = egui::vec2(1_100.0, 700.0);

fn picture(harness: &mut Harness<'static, Viewer>, name: &str) {
    for (theme, word) in THEMES {
        harness.state_mut().act(Action::Theme(theme));
        settle(harness);
        harness.run_steps(4);
        harness.snapshot_options(format!("{name}-{word}"), &options("tests/ui_pixels"));
    }
}

fn options(folder: &str) -> SnapshotOptions {
    SnapshotOptions::new().output_path(folder)
}

/// One place of the small store.
fn place(place: &str, name: &str, label: &str) {
    let mut harness = window(&small_store(), Some(place), Some(PATH));
    harness.set_size(SIZE);
    wait_for(&mut harness, label);
    picture(&mut harness, name);
}

/// The sample store, unpacked where nothing else looks.
fn sample() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/sample/sample-store.tar.gz");
    let packed = std::fs::File::open(packed).expect("the sample store");
    tar::Archive::new(flate2::read::GzDecoder::new(packed)).unpack(folder.path()).expect("it unpacks");
    folder
}

/// The window over the sample store, which must live as long.
fn at_sample(place: &str, size: egui::Vec2, label: &str) -> (Harness<'static, Viewer>, TempDir) {
    let folder = sample();
    let args = Args { at: Some(place.to_owned()), store: Some(folder.path().to_owned()), utc: true, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    harness.set_size(size);
    wait_for(&mut harness, label);
    settle(&mut harness);
    (harness, folder)
}

/// One place of the sample store.
fn sample_place(place: &str, name: &str, label: &str) {
    let (mut harness, _folder) = at_sample(place, SIZE, label);
    picture(&mut harness, name);
}

const ROUTER: &str = "experiment/1/run/1276446fd2b449e996a4a90d74cfbbd1";
const SEED: &str = "eb6bb25f064d497e984870b28e3bc49f";
const WINNER: &str = "beac6fc95a2d426d8ad2b6a3e19210a5";

#[test]
fn the_picture_of_the_readme() {
    let (mut harness, _folder) = at_sample(ROUTER, egui::vec2(1_320.0, 850.0), "Score by evaluation");
    harness.state_mut().act(Action::Theme(ThemeChoice::Dark));
    settle(&mut harness);
    harness.run_steps(4);
    harness.snapshot_options("screenshot", &options("assets"));
}

#[test]
fn no_store() {
    let mut harness = window(&small_store(), None, None);
    harness.set_size(SIZE);
    wait_for(&mut harness, "the sample store");
    picture(&mut harness, "welcome");
}

#[test]
fn a_store() {
    place("", "store", "ticket-router");
}

#[test]
fn an_experiment() {
    place("experiment/1", "experiment", "bold-finch-218");
}

#[test]
fn a_table_of_runs() {
    sample_place("experiment/1", "runs", "bold-finch-218");
}

#[test]
fn a_run() {
    place("experiment/1/run/child?tab=overview", "run", "Run id");
}

#[test]
fn a_metric() {
    place("experiment/1/run/child?tab=metrics", "metrics", "eval");
}

#[test]
fn the_values_of_children() {
    let (mut harness, _folder) = at_sample(&format!("{ROUTER}?tab=metrics"), SIZE, "eval_full over steps");
    click(&mut harness, "All children");
    settle(&mut harness);
    wait_for(&mut harness, "eval over runs in order of start");
    harness.remove_cursor();
    picture(&mut harness, "children");
}

#[test]
fn an_artifact() {
    let place = format!("experiment/1/run/{WINNER}?tab=artifacts&item=model.json");
    sample_place(&place, "artifact", "route.predict");
}

#[test]
fn an_optimization() {
    sample_place(ROUTER, "optimization", "Score by evaluation");
}

#[test]
fn an_evolution() {
    sample_place(&format!("{ROUTER}?tab=evolution"), "evolution", "C2");
}

#[test]
fn a_program() {
    sample_place(&format!("experiment/1/run/{WINNER}?tab=program"), "program", "Copy instructions");
}

#[test]
fn a_program_wherever_it_is() {
    sample_place("program/116bd2260ef7", "program_history", "Where it stands");
}

#[test]
fn a_comparison() {
    sample_place(&format!("compare/{SEED}/{WINNER}"), "compare", "Instructions of C1 seed · eval_full_0");
}

#[test]
fn a_trace() {
    place("experiment/1/run/child/trace/tr-1/span/d", "trace", "LM.__call__");
}

#[test]
fn the_gallery() {
    let mut results = SnapshotResults::new();
    for (title, name) in [("Tables", "gallery-tables"), ("Charts and time", "gallery-charts")] {
        for (theme_choice, word) in [(egui::Theme::Dark, "dark"), (egui::Theme::Light, "light")] {
            let mut harness = Harness::builder()
                .with_size(egui::vec2(900.0, 560.0))
                .with_theme(theme_choice)
                .allow_missing_glyphs()
                .with_context_setup(move |ctx| {
                    theme::apply(ctx);
                    dspyglass::widgets::fonts::without_system_fonts(ctx);
                })
                .build_ui_state(gallery_ui, GalleryState::default());
            let sheet = GalleryState::titles().position(|one| one == title).expect("a sheet of this title");
            harness.state_mut().turn_to(sheet);
            harness.run_steps(4);
            harness.snapshot_options(format!("{name}-{word}"), &options("tests/ui_pixels"));
            results.extend_harness(&mut harness);
        }
    }
}

#[test]
fn a_chart_is_saved_as_png() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = small_store();
    let point = |step| MetricPoint { step, timestamp_ms: NOW_MS, value: 1.0 / (step + 1) as f64 };
    store.put_metric(&RunId::from("child"), "loss", (0..20).map(point).collect());
    let mut harness = window_saving(&store, "experiment/1/run/child?tab=metrics&item=loss", folder.path());
    harness.set_size(SIZE);
    wait_for(&mut harness, "loss over steps, 20 points");
    settle(&mut harness);
    click(&mut harness, "More for loss");
    click(&mut harness, "Save as PNG…");
    let file = folder.path().join("loss.png");
    wait(&mut harness, "the file", |_| file.exists());
    wait_for(&mut harness, "Saved as");
    let image = image::open(&file).expect("a PNG").to_rgba8();
    // The card of the chart, which has the room beside the tree and the lists.
    let (width, height) = image.dimensions();
    assert!((450..=600).contains(&width) && (380..=560).contains(&height), "{width} × {height}");
    let colors: std::collections::HashSet<_> = image.pixels().map(|pixel| pixel.0).collect();
    assert!(colors.len() > 20, "it shows a chart: {} colours", colors.len());
}
