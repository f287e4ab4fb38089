//! The demos of a predictor: a row each, and the chosen one whole.

use egui::Ui;

use super::{ProgramMemory, rows};
use crate::loader::{DemoOrigin, PreparedDemo, PreparedPredictor};
use crate::state::Action;
use crate::views::body::Body;
use crate::views::body::text::{Block, Face, text_block_ui};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_heading_ui, card_ui};
use crate::widgets::table::{CellText, Column, Table};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size;

/// More demos than this scroll.
const ROWS_MOST: usize = 8;
/// More lines of the chosen demo than this scroll.
const LINES_MOST: usize = 24;
/// Columns that are not values: number and kind, origin.
const BEFORE: usize = 2;

pub(super) fn demos_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ProgramMemory, predictor: &PreparedPredictor) {
    let demos = &predictor.demos;
    let mut columns = vec![Column::text("Demo", 136.0).unsorted(), Column::text("From trainset", 110.0).unsorted()];
    columns.extend(predictor.demo_columns.iter().map(|name| Column::text(name, 150.0).unsorted().growing()));
    let at = memory.demo.unwrap_or(0).min(demos.len().saturating_sub(1));
    let height = Table::height_of(demos.len().min(ROWS_MOST)) + size::SCROLL_BAR;
    let events = Table::new("demos", "Demos", &columns, demos.len()).selected(Some(at)).height(height).show(
        ui,
        &mut memory.demos,
        |row, column| cell(row, &demos[row], column),
    );
    if events.selected.is_some() {
        memory.demo = events.selected;
    }
    let at = events.selected.unwrap_or(at);
    let Some(demo) = demos.get(at) else { return };
    ui.add_space(size::GAP_XS);
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            card_heading_ui(ui, &rows::demo_title(at + 1, demo.is_bootstrapped, &demo.origin));
            if ui.add(Chip::button("Copy demo")).clicked() {
                scene.act(Action::Copy(demo.whole.text().to_string()));
            }
        });
        let body = Body { id: "demo", label: "Demo", text: &demo.whole };
        let block = Block { face: Face::Prose, most_lines: LINES_MOST, offer: None };
        text_block_ui(ui, scene, &mut memory.demo_text, body, block);
    });
}

fn cell(row: usize, demo: &PreparedDemo, column: usize) -> CellText<'_> {
    match column {
        0 => {
            let glyph = if demo.is_bootstrapped { (Glyph::Diamond, Tone::Accent) } else { (Glyph::Ring, Tone::Muted) };
            let what = if demo.is_bootstrapped {
                "Bootstrapped: the program itself made it while it was optimized"
            } else {
                "Labelled: an example as it was given"
            };
            let text = format!("{}  {}", row + 1, rows::demo_kind(demo.is_bootstrapped));
            CellText::text(text).glyph(glyph.0, glyph.1).hover(what)
        }
        1 => {
            let tone = match demo.origin {
                DemoOrigin::Unknown | DemoOrigin::Nowhere => Tone::Faint,
                _ => Tone::Muted,
            };
            CellText::text(rows::origin(&demo.origin)).tone(tone).hover(rows::origin_sentence(&demo.origin))
        }
        _ => match demo.cells.get(column - BEFORE) {
            Some(Some(text)) => CellText::text(text.as_str()),
            _ => CellText::unknown(),
        },
    }
}
