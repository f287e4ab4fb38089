//! What a frame of the window costs while the matrix of a large optimization is scrolled both ways. The harness listens
//! as a screen reader does, so that every cell on screen is told in words, too: the window alone takes less.

use std::path::Path;

use dspyglass::app::{Args, SettingsPlace, Viewer, ViewerOptions};
use dspyglass::model::RunId;
use egui_kittest::Harness;

use crate::window::{FRAMES, go, logged, p95, tessellate, until};
use crate::{Failure, median};

const ROUNDS: usize = 3;

/// Measures and prints.
pub fn measure(database: &Path, parent: &RunId) -> Result<(), Failure> {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("frames-of-matrix.csv");
    let mut p95s = Vec::new();
    for _ in 0..ROUNDS {
        let options = ViewerOptions {
            args: Args { store: Some(database.to_owned()), ..Args::default() },
            settings: SettingsPlace::nowhere(),
            frame_log: Some(log.clone()),
            ..ViewerOptions::default()
        };
        let mut harness = Harness::builder()
            .with_size([1600.0, 1000.0])
            .allow_missing_glyphs()
            .build_eframe(move |cc| Viewer::new(cc, options));
        until(&mut harness, "Experiments and runs")?;
        go(&mut harness, &format!("run/{parent}?tab=examples"));
        until(&mut harness, "Mean, n")?;
        for _ in 0..10 {
            harness.step();
        }
        let mut tessellation = Vec::new();
        for frame in 0..FRAMES {
            scroll(&mut harness, frame);
            harness.step();
            tessellation.push(tessellate(&harness.ctx, harness.output()));
        }
        drop(harness);
        let frames = logged(&log)?;
        let last = &frames[frames.len().saturating_sub(FRAMES)..];
        p95s.push(p95(last.iter().zip(&tessellation).map(|(layout, tessellation)| layout + tessellation).collect()));
    }
    println!("{:<44} {:>10.2}", "CPU per frame while it is scrolled, p95", median(p95s));
    Ok(())
}

/// Down and to the right, and back.
fn scroll(harness: &mut Harness<'_, Viewer>, frame: usize) {
    let is_back = frame % 100 >= 80;
    harness.event(egui::Event::PointerMoved(egui::pos2(1_100.0, 600.0)));
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        source: egui::MouseWheelSource::Trackpad,
        delta: if is_back { egui::vec2(160.0, 193.0) } else { egui::vec2(-61.0, -97.0) },
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
    });
}
