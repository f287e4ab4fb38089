//! Traces beside each other: their spans aligned, what of them differs.

use egui::Ui;

use super::parts::{place_frame, short_id};
use super::scene::Scene;
use crate::state::{ComparedTraces, Place};
use crate::widgets::chips::Chip;
use crate::widgets::section::title_ui;
use crate::widgets::tokens::size;

/// Draws the page.
pub(super) fn compare_traces_ui(ui: &mut Ui, scene: &mut Scene<'_>, compared: &ComparedTraces) {
    place_frame().show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
            title_ui(ui, "Compare traces");
            for trace in &compared.traces {
                let tip = format!("Go to {trace}");
                if ui.add(Chip::button(&short_id(trace.as_str()))).on_hover_text(tip).clicked() {
                    scene.go(Place::of_trace(None, None, trace.clone()));
                }
            }
        });
    });
}
