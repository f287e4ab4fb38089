//! A file's table: virtual, sorted on a worker, the chosen row to be read whole below it.

use std::cmp::Ordering;
use std::sync::Arc;

use egui::Ui;

use super::content::Prepared;
use super::grid::{CellKind, Grid};
use super::results::Results;
use crate::loader::{DerivedKey, Lane, Text};
use crate::model::RunId;
use crate::views::body::Body;
use crate::views::body::text::{Face, TextMemory, searched_text_ui};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::section::{card_heading_ui, text_ui};
use crate::widgets::split::{Split, SplitAxis};
use crate::widgets::table::{CellText, Column, Sort, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use crate::words::natural;

/// What a table remembers.
#[derive(Default)]
pub(super) struct GridMemory {
    table: TableState,
    sort: Option<Sort>,
    /// The chosen row, as it stands in the file.
    row: Option<usize>,
    /// The row whose trace is to be opened as soon as it is known which it is.
    opens: Option<usize>,
    text: TextMemory,
    shown: Option<(usize, Text)>,
    height: Option<f32>,
}

/// How wide a column of scores with their marks is.
const SCORE: f32 = 92.0;

/// Which rows stand where; `None`: as they stand in the file.
type Order = Option<Arc<Vec<u32>>>;

/// A file that is a table, and of which run it is the table of results, if it is one.
#[derive(Clone, Copy)]
pub(super) struct TableFile<'a> {
    pub prepared: &'a Arc<Prepared>,
    pub grid: &'a Grid,
    /// Tells the bytes apart from those of any other file.
    pub source: u64,
    pub results_of: Option<&'a RunId>,
}

pub(super) fn grid_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut GridMemory, file: TableFile<'_>) {
    let TableFile { prepared, grid, source, results_of } = file;
    let results = results_of.map(|run| Results::ask(scene, grid, run));
    let results = results.as_ref();
    facts_ui(ui, grid, results);
    let order = order(scene, memory.sort, source, prepared);
    let Some(row) = memory.row.filter(|row| *row < grid.rows()) else {
        rows_ui(ui, scene, memory, (grid, results), &order);
        return;
    };
    let mut points = memory.height.unwrap_or(260.0);
    let shared = std::cell::RefCell::new((scene, memory));
    let has_changed =
        Split::new("row split", "Height of the row", SplitAxis::Vertical).normal(260.0).least(120.0, 120.0).show(
            ui,
            &mut points,
            |ui| {
                let (scene, memory) = &mut *shared.borrow_mut();
                rows_ui(ui, scene, memory, (grid, results), &order);
            },
            |ui| {
                let (scene, memory) = &mut *shared.borrow_mut();
                reader_ui(ui, scene, memory, (grid, results), row);
            },
        );
    if has_changed {
        shared.into_inner().1.height = Some(points);
    }
}

fn facts_ui(ui: &mut Ui, grid: &Grid, results: Option<&Results<'_>>) {
    let count = |n: usize, one: &str, more: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{} {more}", words::count(n as u64)),
    };
    ui.horizontal_wrapped(|ui| {
        let columns = count(grid.columns.len(), "column", "columns");
        let text = format!("{} · {columns}", count(grid.rows(), "row", "rows"));
        text_ui(ui, &text, Type::Small, Tone::Muted);
        if let Some(results) = results {
            results.facts_ui(ui);
        }
        if grid.missing_rows > 0 {
            let text = format!("{} more rows are only in the text", words::count(grid.missing_rows as u64));
            text_ui(ui, &text, Type::Small, Tone::Warn);
        }
        if grid.uneven_rows > 0 {
            let text = format!("{} have another number of cells", count(grid.uneven_rows, "row", "rows"));
            text_ui(ui, &text, Type::Small, Tone::Warn);
        }
    });
}

fn order(scene: &mut Scene<'_>, sort: Option<Sort>, source: u64, prepared: &Arc<Prepared>) -> Order {
    let sort = sort?;
    let prepared = Arc::clone(prepared);
    let variant = sort.column as u64 * 2 + u64::from(sort.descending);
    let key = DerivedKey { what: "order of rows", source, variant };
    let slot = scene.loader.derive(key, Lane::Selection, move || {
        let order = match &prepared.content {
            super::content::Content::Table(grid, _) => sorted(grid, sort),
            _ => Vec::new(),
        };
        let bytes = order.len() * 4;
        (order, bytes)
    });
    slot.value().map(Arc::clone)
}

/// Numbers by value, texts in natural order, what is missing at the end either way.
fn sorted(grid: &Grid, sort: Sort) -> Vec<u32> {
    struct Line<'g> {
        row: u32,
        is_missing: bool,
        number: Option<f64>,
        text: &'g str,
    }
    let mut lines: Vec<Line<'_>> = (0..grid.rows())
        .filter_map(|row| {
            let cell = grid.cell(row, sort.column)?;
            let number = (cell.kind == CellKind::Number).then(|| cell.text.trim().parse().ok()).flatten();
            Some(Line { row: row as u32, is_missing: cell.kind == CellKind::Missing, number, text: &cell.text })
        })
        .collect();
    lines.sort_by(|a, b| {
        let by_value = match (a.number, b.number) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => natural::compare(a.text, b.text),
        };
        let by_value = if sort.descending { by_value.reverse() } else { by_value };
        a.is_missing.cmp(&b.is_missing).then(by_value).then(a.row.cmp(&b.row))
    });
    lines.into_iter().map(|line| line.row).collect()
}

fn rows_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut GridMemory,
    (grid, results): (&Grid, Option<&Results<'_>>),
    order: &Order,
) {
    let order = order.as_ref().filter(|order| order.len() == grid.rows());
    let row_at = |place: usize| order.map_or(Some(place), |order| order.get(place).map(|row| *row as usize));
    let place_of = |row: usize| match order {
        Some(order) => order.iter().position(|one| *one as usize == row),
        None => Some(row),
    };
    let last = grid.columns.len().saturating_sub(1);
    let columns: Vec<Column<'_>> = grid
        .columns
        .iter()
        .enumerate()
        .map(|(index, title)| {
            let width = (grid.width_of(index, 44) as f32 * 7.2 + 24.0).clamp(64.0, 340.0);
            let is_score = results.is_some_and(|results| results.column == Some(index));
            let width = if is_score { SCORE } else { width };
            let column = if is_score || grid.is_numeric(index) {
                Column::number(title, width)
            } else {
                Column::text(title, width)
            };
            let column = column.keyed();
            if index == last { column.growing() } else { column }
        })
        .collect();
    let selected = memory.row.and_then(place_of);
    let events = Table::new("file table", "Table of the file", &columns, grid.rows())
        .sort(memory.sort)
        .selected(selected)
        .show(ui, &mut memory.table, |place, column| {
            let Some(row) = row_at(place) else { return CellText::unknown() };
            if let Some(cell) = results.and_then(|results| results.cell(row, column)) {
                return cell;
            }
            match grid.cell(row, column) {
                None => CellText::unknown(),
                Some(cell) => match cell.kind {
                    CellKind::Missing => CellText::unknown(),
                    CellKind::Number => CellText::value(cell.text.to_string()),
                    CellKind::Text => CellText::text(words::one_line(&cell.text, 200).into_owned()),
                },
            }
        });
    if let (Some(results), Some(row)) = (results, events.opened.and_then(row_at)) {
        memory.opens = Some(row);
        memory.row = Some(row);
        results.open_when_known(scene, &mut memory.opens);
    } else if let Some(results) = results {
        results.open_when_known(scene, &mut memory.opens);
    }
    if let Some(place) = events.selected {
        memory.row = row_at(place);
    }
    if let Some(column) = events.sort {
        // Up, down, and as it stands in the file.
        memory.sort = match memory.sort {
            Some(sort) if sort.column == column && sort.descending => None,
            Some(sort) if sort.column == column => Some(Sort { column, descending: true }),
            _ => Some(Sort { column, descending: false }),
        };
    }
}

fn reader_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut GridMemory,
    (grid, results): (&Grid, Option<&Results<'_>>),
    row: usize,
) {
    ui.add_space(size::GAP_S);
    ui.horizontal(|ui| {
        card_heading_ui(ui, &format!("Row {} of {}", row + 1, words::count(grid.rows() as u64)));
        if ui.add(Chip::button("Close row")).clicked() {
            memory.row = None;
        }
        if let Some(results) = results {
            results.trace_ui(ui, scene, row);
        }
    });
    let is_same = memory.shown.as_ref().is_some_and(|(shown, _)| *shown == row);
    if !is_same {
        let (text, keys) = grid.row_text(row);
        memory.shown = Some((row, Text::with_keys(text, keys)));
    }
    let Some((_, text)) = memory.shown.clone() else { return };
    let body = Body { id: "row text", label: "this row", text: &text };
    searched_text_ui(ui, scene, &mut memory.text, body, Face::Prose);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_go_by_value_and_what_is_missing_last() {
        let value = json!({"columns": ["n"], "data": [[10], [null], [9], ["a"], [-1.5]]});
        let grid = Grid::of_json(&value).expect("a table");
        let at = |descending| sorted(&grid, Sort { column: 0, descending });
        assert_eq!(at(false), [4, 2, 0, 3, 1]);
        assert_eq!(at(true), [3, 0, 2, 4, 1]);
    }
}
