//! Looks at the rows that are about to be drawn, so that their columns have room from the first frame on.

use super::cell::CellText;
use super::needs::Needs;
use super::{CELL_PADDING, Column, paint};
use crate::widgets::row_text;
use crate::widgets::tokens::size::Type;
use egui::Painter;
use std::hash::{Hash as _, Hasher as _};
use std::ops::Range;

/// Cells of further columns are looked at only when they are drawn.
const COLUMNS_MOST: usize = 64;
/// A title makes its column no wider.
const TITLE_MOST: f32 = 180.0;
/// The mark of the sorting beside a title.
const SORT_MARK: f32 = 12.0;

/// Begins anew where the table is another, and looks at the rows of `visible` that are new.
pub(super) fn learn<'d>(
    needs: &mut Needs,
    painter: &Painter,
    columns: &[Column<'_>],
    (total, visible): (usize, Range<usize>),
    cell: &mut impl FnMut(usize, usize) -> CellText<'d>,
) {
    let identity = identity(columns);
    if needs.are_of_others(identity, columns.len(), total) {
        *needs = Needs::begin(identity, columns.iter().map(|column| title_need(painter, column)));
    }
    for row in needs.new_rows(total, visible) {
        for (at, column) in columns.iter().enumerate().take(COLUMNS_MOST).filter(|(_, column)| !column.is_check) {
            let need = paint::need(painter, &cell(row, at), column);
            needs.note(at, need);
        }
    }
}

fn identity(columns: &[Column<'_>]) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    for column in columns {
        column.title.hash(&mut hasher);
    }
    hasher.finish()
}

fn title_need(painter: &Painter, column: &Column<'_>) -> f32 {
    if column.is_check {
        return column.width;
    }
    let title = row_text::fitted(painter, column.title, Type::Small, TITLE_MOST).size().x;
    title + 2.0 * CELL_PADDING + if column.sortable { SORT_MARK } else { 0.0 }
}
