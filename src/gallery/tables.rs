//! Tables.

use super::{Parts, data, specimen};
use crate::widgets::empty;
use crate::widgets::glyphs::Glyph;
use crate::widgets::table::{CellText, Column, RowSelection, Sort, Table, TableState};
use crate::widgets::tokens::{Tone, size};
use crate::words::csv::Separated;
use egui::Ui;

#[derive(Debug)]
pub(super) struct State {
    candidates: TableState,
    huge: TableState,
    hostile: TableState,
    none: TableState,
    selected: RowSelection,
    order: Vec<usize>,
    sort: Option<Sort>,
    row: Option<usize>,
}

impl Default for State {
    fn default() -> Self {
        let mut selected = RowSelection::of(0);
        selected.apply(crate::widgets::table::SelectionChange::Extend(2), 100);
        Self {
            candidates: TableState::default(),
            huge: TableState::default(),
            hostile: TableState::default(),
            none: TableState::default(),
            selected,
            order: (0..COLUMNS.len()).collect(),
            sort: Some(Sort { column: 1, descending: true }),
            row: None,
        }
    }
}

const COLUMNS: [&str; 9] = ["Candidate", "Full", "Mini", "n", "Instruction", "Demos", "Tokens", "Cost", "p50"];

fn column(index: usize) -> Column<'static> {
    match index {
        0 => Column::text(COLUMNS[0], 110.0),
        4 => Column::text(COLUMNS[4], 260.0).growing(),
        5 => Column::text(COLUMNS[5], 90.0).unsorted(),
        other => Column::number(COLUMNS[other], 80.0),
    }
}

fn cell(row: usize, column: usize) -> CellText<'static> {
    match column {
        0 => CellText::text(format!("C{row}")).dot(Tone::Category(row)).strong(),
        1 if row % 4 == 3 => CellText::unknown(),
        1 => CellText::value("71.7").tone(if row == 0 { Tone::Good } else { Tone::Neutral }).note("±11"),
        2 => CellText::value("72.0").tint([Tone::Good, Tone::Bad, Tone::Warn][row % 3]),
        3 => CellText::value("60 + 25").tone(Tone::Muted),
        4 => CellText::text("Classify the ticket by its first actionable request. Ignore greetings.").tone(Tone::Muted),
        5 => CellText::text("3 bootstrapped").glyph(Glyph::Check, Tone::Good),
        6 => CellText::value("212 k"),
        7 => CellText::value("$0.14"),
        _ => CellText::value("1.2 s"),
    }
}

pub(super) fn tables_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.tables;
    specimen(ui, "Several rows and columns that move: click, Shift, Ctrl, Ctrl+A, Ctrl+C, drag a title", |ui| {
        let columns: Vec<Column<'_>> = state.order.iter().map(|index| column(*index)).collect();
        let events = Table::new("candidates", "Candidates", &columns, 100)
            .sort(state.sort)
            .selection(&state.selected)
            .reorderable()
            .height(Table::height_of(6))
            .show(ui, &mut state.candidates, |row, at| cell(row, state.order[at]));
        if let Some(change) = events.select {
            state.selected.apply(change, 100);
        }
        if let Some((from, to)) = events.moved_column {
            crate::widgets::menu::move_to(&mut state.order, from, to);
        }
        if let Some(column) = events.sort {
            let descending = state.sort.is_none_or(|sort| sort.column != column || !sort.descending);
            state.sort = Some(Sort { column, descending });
        }
        if events.copy {
            let titles: Vec<&str> = state.order.iter().map(|index| COLUMNS[*index]).collect();
            let text = Separated::Tsv
                .table(&titles, state.selected.rows(), |row, at| cell(row, state.order[at]).text.into_owned().into());
            parts.said = format!("Copied {} rows", state.selected.len());
            ui.ctx().copy_text(text);
        }
    });
    specimen(ui, "Half a million rows, twenty columns, of which the first stays", |ui| {
        let titles: Vec<String> = (0..20).map(|index| format!("metric_{index}")).collect();
        let columns: Vec<Column<'_>> = titles.iter().map(|title| Column::number(title, 96.0)).collect();
        let events = Table::new("huge", "Huge table", &columns, 500_000)
            .selected(state.row)
            .staying(1)
            .height(Table::height_of(6))
            .show(ui, &mut state.huge, |row, column| CellText::value(format!("{row}.{column}")));
        state.row = events.selected.or(state.row);
    });
    specimen(ui, "Hostile cells", |ui| {
        let columns =
            [Column::text("What", 160.0), Column::text("Text", 200.0).growing(), Column::number("Value", 120.0)];
        Table::new("hostile", "Hostile cells", &columns, data::HOSTILE.len())
            .height(Table::height_of(data::HOSTILE.len()))
            .show(ui, &mut state.hostile, |row, column| {
                let (name, text) = data::HOSTILE[row];
                match column {
                    0 => CellText::text(name),
                    1 => CellText::text(text).note(name),
                    _ => CellText::value(text),
                }
            });
    });
    specimen(ui, "No rows, and rows that are being read", |ui| {
        let columns = [Column::text("Candidate", 140.0), Column::number("Score", 80.0)];
        let table = Table::new("none", "Empty table", &columns, 0).height(size::TABLE_ROW);
        table.show(ui, &mut state.none, |_, _| CellText::unknown());
        empty::skeleton_rows_ui(ui, 3, size::TABLE_ROW);
    });
}
