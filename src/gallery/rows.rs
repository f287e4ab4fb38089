//! Trees and lists.

use super::{Parts, boxed, data, specimen};
use crate::widgets::glyphs::{Glyph, Status};
use crate::widgets::scroll::RowScroll;
use crate::widgets::tokens::{Tone, size};
use crate::widgets::tree_row::{Fold, Mark, Trailing, TreeEvent, TreeRow};
use crate::widgets::virtual_rows::{RowsKind, VirtualRows};
use egui::Ui;

#[derive(Debug, Default)]
pub(super) struct State {
    runs: RowScroll,
    huge: RowScroll,
    hostile: RowScroll,
    selected: Option<usize>,
    huge_selected: Option<usize>,
}

const NAMES: [&str; 8] = [
    "ticket-router",
    "bold-finch-218",
    "eval_full_0",
    "eval_minibatch_0",
    "eval_minibatch_1_with_a_very_long_name_that_does_not_fit_anywhere",
    "eval_full_1",
    "eval_minibatch_2",
    "eval_full_2",
];

const STATUS: [Status; 5] = [Status::Finished, Status::Failed, Status::Running, Status::Stalled, Status::Unknown];

pub(super) fn rows_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.rows;
    specimen(ui, "Runs", |ui| {
        boxed(ui, 8.0 * size::ROW + 2.0, |ui| {
            let rows =
                VirtualRows::new("runs", 80, size::ROW).kind(RowsKind::Tree).label("Runs").cursor(state.selected);
            let mut clicked = None;
            let shown = rows.show(ui, &mut state.runs, |ui, row| {
                let at = row.index % NAMES.len();
                let score = (40 + row.index % 60).to_string();
                let trailing =
                    [if at == 0 { Trailing::caption("412 runs", 56.0) } else { Trailing::value(&score, 24.0) }];
                let event = TreeRow {
                    depth: at.min(2),
                    fold: if at < 2 { Fold::Open } else { Fold::Leaf },
                    mark: if at == 0 { Mark::None } else { Mark::Status(STATUS[row.index % 5]) },
                    name: NAMES[at],
                    strong: at == 0,
                    star: at == 7,
                    note: if at == 5 { "inferred" } else { "" },
                    bar: (at > 1).then_some((0.3 + at as f32 * 0.08, if at == 7 { Tone::Good } else { Tone::Accent })),
                    trailing: &trailing,
                    selected: state.selected == Some(row.index),
                    ..TreeRow::default()
                }
                .show(ui, row);
                if event == TreeEvent::Clicked {
                    clicked = Some(row.index);
                }
            });
            state.selected = shown.moved_to.or(clicked).or(state.selected);
        });
    });
    specimen(ui, "Ten million rows, a hundred deep", |ui| {
        boxed(ui, 6.0 * size::ROW + 2.0, |ui| {
            let rows = VirtualRows::new("huge", 10_000_000, size::ROW).kind(RowsKind::Tree).label("Huge tree");
            let shown = rows.cursor(state.huge_selected).show(ui, &mut state.huge, |ui, row| {
                let name = format!("row {}", row.index);
                let depth = row.index % 100;
                let mark = Mark::Glyph(Glyph::Diamond, Tone::Category(row.index));
                let selected = state.huge_selected == Some(row.index);
                TreeRow { depth, mark, name: &name, selected, ..TreeRow::default() }.show(ui, row);
            });
            state.huge_selected = shown.moved_to.or(state.huge_selected);
        });
    });
    specimen(ui, "Hostile names", |ui| {
        let rows =
            VirtualRows::new("hostile", data::HOSTILE.len(), size::ROW).kind(RowsKind::Tree).label("Hostile names");
        boxed(ui, data::HOSTILE.len() as f32 * size::ROW + 2.0, |ui| {
            rows.show(ui, &mut state.hostile, |ui, row| {
                let (note, name) = data::HOSTILE[row.index];
                let trailing = [Trailing::value(name, 120.0)];
                let mark = Mark::Square(Tone::Violet);
                TreeRow { mark, name, note, trailing: &trailing, ..TreeRow::default() }.show(ui, row);
            });
        });
    });
}
