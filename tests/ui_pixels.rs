//! What the window looks like, pixel by pixel: few places, both themes. Needs the feature
//! `pixels` and a software renderer; `UPDATE_SNAPSHOTS=1` renews the pictures.
#![cfg(feature = "pixels")]

#[expect(dead_code, reason = "these pictures need fewer of the helpers than the other tests")]
mod common;

use common::{PATH, settle, small_store, wait_for, window};
use dspyglass::app::Viewer;
use dspyglass::state::{Action, ThemeChoice};
use egui_kittest::{Harness, SnapshotOptions};

fn picture(harness: &mut Harness<'static, Viewer>, name: &str) {
    for (theme, word) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        harness.state_mut().act(Action::Theme(theme));
        settle(harness);
        harness.run_steps(4);
        let options = SnapshotOptions::new().output_path("tests/ui_pixels");
        harness.snapshot_options(format!("{name}-{word}"), &options);
    }
}

/// One place in both themes.
fn place(place: &str, name: &str, label: &str) {
    let mut harness = window(&small_store(), Some(place), Some(PATH));
    harness.set_size(egui::vec2(1100.0, 700.0));
    wait_for(&mut harness, label);
    picture(&mut harness, name);
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
fn a_run() {
    place("experiment/1/run/child", "run", "num_trials");
}

#[test]
fn a_metric() {
    place("experiment/1/run/child?tab=metrics", "metrics", "eval");
}

#[test]
fn a_trace() {
    place("experiment/1/run/child/trace/tr-1/span/d", "trace", "LM.__call__");
}
