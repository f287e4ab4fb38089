//! Split panels.

use super::{Parts, boxed, specimen};
use crate::widgets::section;
use crate::widgets::split::{PanelPlan, Sized, Split, SplitAxis};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use egui::Ui;

#[derive(Debug)]
pub(super) struct State {
    left: f32,
    lower: f32,
}

impl Default for State {
    fn default() -> Self {
        Self { left: 160.0, lower: 90.0 }
    }
}

pub(super) fn split_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.panels;
    let words = |ui: &mut Ui, text: &str| {
        egui::Frame::new().inner_margin(8).show(ui, |ui| section::text_ui(ui, text, Type::Small, Tone::Muted));
    };
    specimen(ui, "Drag a border, or give it the keyboard; a double click brings it back", |ui| {
        boxed(ui, 260.0, |ui| {
            let lower = &mut state.lower;
            Split::new("across", "Width of the tree", SplitAxis::Horizontal)
                .sized(Sized::First)
                .normal(160.0)
                .least(80.0, 120.0)
                .show(
                    ui,
                    &mut state.left,
                    |ui| words(ui, "Tree"),
                    |ui| {
                        Split::new("down", "Height of the details", SplitAxis::Vertical)
                            .normal(90.0)
                            .least(60.0, 40.0)
                            .show(ui, lower, |ui| words(ui, "Centre"), |ui| words(ui, "Details"));
                    },
                );
        });
    });
    specimen(ui, "How the window's panels share its width", |ui| {
        for window in [1_600.0, 1_100.0, 1_000.0, 920.0, 800.0] {
            let plan = PanelPlan::new(window, Some(292.0), 400.0);
            let right = plan.right.map_or("a tab".to_owned(), |right| format!("{right}"));
            let centre = window - plan.left - plan.right.unwrap_or(0.0);
            let text = format!("{window:>5}   left {}   centre {centre}   right {right}", plan.left);
            section::text_ui(ui, &text, Type::Value, Tone::Muted);
        }
    });
}
