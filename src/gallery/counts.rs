//! Grids of counts, bars of how often, points against each other.

use super::{Parts, specimen};
use crate::widgets::charts::{Histogram, HistogramBin, Scatter, ScatterPoint};
use crate::widgets::count_grid::{CountGrid, GridCell};
use crate::widgets::section;
use crate::widgets::tokens::Tone;
use egui::Ui;

const LABELS: [&str; 4] = ["billing", "a name that is longer than its column", "shipping", "技術"];
const COUNTS: [[usize; 4]; 4] = [[18, 0, 2, 0], [0, 1_234, 5, 1], [3, 0, 9, 0], [0, 0, 0, 0]];

pub(super) fn counts_ui(ui: &mut Ui, parts: &mut Parts) {
    specimen(ui, "A grid of counts", |ui| {
        section::card_ui(ui, |ui| {
            ui.set_width(ui.available_width());
            let labels = LABELS.map(str::to_owned);
            let grid = CountGrid::new("grid", &labels, &labels).axes("expected ↓", "predicted →");
            let clicked = grid.show(ui, |row, column| {
                let count = COUNTS[row][column];
                GridCell {
                    count,
                    tone: if row == column { Tone::Good } else { Tone::Bad },
                    share: count as f32 / COUNTS[row].iter().sum::<usize>().max(1) as f32,
                    words: format!("{} taken for {}", LABELS[row], LABELS[column]),
                }
            });
            if let Some((row, column)) = clicked {
                parts.said = format!("{} taken for {}", LABELS[row], LABELS[column]);
            }
        });
    });
    specimen(ui, "How often which value, of two series and of one", |ui| {
        let bin = |at: usize, counts: [usize; 2]| {
            let from = at as f64 / 10.0;
            HistogramBin { label: crate::words::value(from), words: format!("from {from}"), counts }
        };
        let bins: Vec<HistogramBin> = (0..10).map(|at| bin(at, [(at * 7) % 11, (at * 5) % 13])).collect();
        section::card_ui(ui, |ui| {
            ui.set_width(ui.available_width());
            Histogram::new("two", ["before", "after"], &bins).height(130.0).show(ui);
            Histogram::new("one", ["", "score"], &bins).height(110.0).show(ui);
            Histogram::new("none", ["", "score"], &[]).height(20.0).show(ui);
        });
    });
    specimen(ui, "Two values of each thing", |ui| {
        section::card_ui(ui, |ui| {
            ui.set_width(ui.available_width());
            let point = |at: usize| ScatterPoint {
                x: ((at * 37) % 100) as f64,
                y: ((at * 61) % 100) as f64,
                count: 1 + (at % 9) * (at % 4),
            };
            let points: Vec<ScatterPoint> = (0..30).map(point).collect();
            let tip = |at: usize| format!("point {at}");
            Scatter::new(["before", "after"], &points).height(220.0).show(ui, tip);
            Scatter::new(["before", "after"], &[]).height(20.0).show(ui, tip);
        });
    });
}
