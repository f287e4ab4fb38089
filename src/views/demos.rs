//! The demos of a predictor: a row each, and the chosen one whole.

use egui::Ui;

use super::body::Body;
use super::body::text::{Block, Face, TextMemory, text_block_ui};
use super::scene::Scene;
use crate::loader::{DemoOrigin, PreparedDemo, PreparedPredictor};
use crate::state::Action;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_heading_ui, card_ui};
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size;
use crate::words;

/// More demos than this scroll.
const ROWS_MOST: usize = 8;
/// More lines of the chosen demo than this scroll.
const LINES_MOST: usize = 24;
/// Columns that are not values: number and kind, origin.
const BEFORE: usize = 2;

/// What the state calls this list.
pub(super) const DEMOS: &str = "demos";

/// What finds a demo of a predictor again, by its place from 0.
pub(super) fn demo_key(predictor: &str, demo: usize) -> String {
    format!("{predictor}#{demo}")
}

/// What is remembered of the demos of one predictor.
#[derive(Default)]
pub(super) struct DemosMemory {
    table: TableState,
    /// The one that is shown whole.
    chosen: Option<usize>,
    text: TextMemory,
}

impl DemosMemory {
    /// The demo of this key is shown whole, if it is one of this predictor; says whether it is.
    pub fn choose(&mut self, key: &str, predictor: &str) -> bool {
        let wanted = key.strip_prefix(predictor).and_then(|rest| rest.strip_prefix('#')?.parse().ok());
        self.chosen = wanted.or(self.chosen);
        wanted.is_some()
    }

    /// The first demo is shown whole, too, until another one is chosen.
    pub fn with_first(&mut self) -> &mut Self {
        self.chosen.get_or_insert(0);
        self
    }
}

pub(super) fn demos_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DemosMemory, predictor: &PreparedPredictor) {
    let demos = &predictor.demos;
    let mut columns = vec![Column::text("Demo", 136.0).unsorted(), Column::text("From trainset", 110.0).unsorted()];
    columns.extend(predictor.demo_columns.iter().map(|name| Column::text(name, 150.0).unsorted().growing()));
    let at = memory.chosen.map(|at| at.min(demos.len().saturating_sub(1)));
    let height = Table::height_of(demos.len().min(ROWS_MOST)) + size::SCROLL_BAR;
    let events = Table::new("demos", "Demos", &columns, demos.len()).selected(at).height(height).show(
        ui,
        &mut memory.table,
        |row, column| cell(row, &demos[row], column),
    );
    if events.selected.is_some() {
        memory.chosen = events.selected;
    }
    let chosen = events.selected.or(at).and_then(|at| Some((at, demos.get(at)?)));
    let Some((at, demo)) = chosen else { return };
    ui.add_space(size::GAP_XS);
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            card_heading_ui(ui, &demo_title(at + 1, demo.is_bootstrapped, &demo.origin));
            if ui.add(Chip::button("Copy demo")).clicked() {
                scene.act(Action::Copy(demo.whole.text().to_string()));
            }
        });
        let body = Body { id: "demo", label: "Demo", text: &demo.whole };
        let block = Block { face: Face::Prose, most_lines: LINES_MOST, offer: None };
        text_block_ui(ui, scene, &mut memory.text, body, block);
    });
}

/// `Demos · 3 bootstrapped, 1 labelled`
pub(super) fn demos_heading(demos: usize, bootstrapped: usize) -> String {
    match (demos, bootstrapped) {
        (0, _) => "Demos".to_owned(),
        (all, made) if made == all => format!("Demos · {all} bootstrapped"),
        (all, 0) => format!("Demos · {all} labelled"),
        (all, made) => format!("Demos · {made} bootstrapped, {} labelled", all - made),
    }
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
            let text = format!("{}  {}", row + 1, demo_kind(demo.is_bootstrapped));
            CellText::text(text).glyph(glyph.0, glyph.1).hover(what)
        }
        1 => {
            let tone = match demo.origin {
                DemoOrigin::Unknown | DemoOrigin::Nowhere => Tone::Faint,
                _ => Tone::Muted,
            };
            CellText::text(origin(&demo.origin)).tone(tone).hover(origin_sentence(&demo.origin))
        }
        _ => match demo.cells.get(column - BEFORE) {
            Some(Some(text)) => CellText::text(text.as_str()),
            _ => CellText::unknown(),
        },
    }
}

/// Where a demo came from, in a word or two.
pub(super) fn origin(origin: &DemoOrigin) -> String {
    match origin {
        DemoOrigin::Row(row) => format!("row {row}"),
        DemoOrigin::Rows(rows) => match rows.as_slice() {
            [one, other] => format!("row {one} or {other}"),
            [first, ..] => format!("row {first} or {} others", words::count(rows.len() as u64 - 1)),
            [] => "unknown".to_owned(),
        },
        DemoOrigin::Nowhere => "not there".to_owned(),
        DemoOrigin::Unknown => "unknown".to_owned(),
    }
}

/// Where a demo came from, as a sentence.
pub(super) fn origin_sentence(origin: &DemoOrigin) -> String {
    match origin {
        DemoOrigin::Row(row) => format!("Row {row} of trainset.json, counted from 1, has these values"),
        DemoOrigin::Rows(rows) => {
            let rows: Vec<String> = rows.iter().take(8).map(usize::to_string).collect();
            format!("Several rows of trainset.json have these values: {}", rows.join(", "))
        }
        DemoOrigin::Nowhere => "No row of trainset.json has these values".to_owned(),
        DemoOrigin::Unknown => "There is no trainset.json to look in, or none of these values stands in it".to_owned(),
    }
}

/// A title for a demo: `Demo 3 · bootstrapped · row 7 of trainset.json`.
fn demo_title(number: usize, is_bootstrapped: bool, from: &DemoOrigin) -> String {
    let from = match from {
        DemoOrigin::Row(_) | DemoOrigin::Rows(_) => format!("{} of trainset.json", origin(from)),
        DemoOrigin::Nowhere => "not in trainset.json".to_owned(),
        DemoOrigin::Unknown => "origin unknown".to_owned(),
    };
    format!("Demo {number} · {} · {from}", demo_kind(is_bootstrapped))
}

/// DSPy's word for how a demo came to be.
pub(super) fn demo_kind(is_bootstrapped: bool) -> &'static str {
    if is_bootstrapped { "bootstrapped" } else { "labelled" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_origin_stays_unknown() {
        assert_eq!(origin(&DemoOrigin::Unknown), "unknown");
        assert_eq!(origin(&DemoOrigin::Rows(vec![1, 4, 9])), "row 1 or 2 others");
        assert_eq!(demo_title(3, true, &DemoOrigin::Row(7)), "Demo 3 · bootstrapped · row 7 of trainset.json");
        assert_eq!(demo_title(1, false, &DemoOrigin::Nowhere), "Demo 1 · labelled · not in trainset.json");
    }
}
