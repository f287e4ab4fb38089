//! What the columns of a table need, learned from the cells that were seen.

use super::{CELL_PADDING, CellText, Column};
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

/// What a cell needs to be seen whole, and without its note; `figure` is 0 unless it must not be cut.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Need {
    pub whole: f32,
    pub bare: f32,
    pub figure: f32,
}

impl Need {
    fn of_title(width: f32) -> Self {
        Self { whole: width, bare: width, figure: 0.0 }
    }
}

/// The needs of all columns. They only grow while the table is the same, so that nothing shakes while it is scrolled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Needs {
    columns: Vec<Need>,
    /// By what it is told that the columns are the same.
    titles: u64,
    total: usize,
    /// The rows that were looked at last.
    rows: Range<usize>,
}

impl Needs {
    /// Begins anew where the columns are others or rows went away, and looks at the rows of `visible` that are new.
    pub fn learn<'d>(
        &mut self,
        painter: &Painter,
        columns: &[Column<'_>],
        (total, visible): (usize, Range<usize>),
        cell: &mut impl FnMut(usize, usize) -> CellText<'d>,
    ) {
        let titles = identity(columns);
        if titles != self.titles || columns.len() != self.columns.len() || total < self.total {
            let title = |column: &Column<'_>| Need::of_title(title_need(painter, column));
            *self = Self { columns: columns.iter().map(title).collect(), titles, ..Self::default() };
        }
        self.total = total;
        let known = std::mem::replace(&mut self.rows, visible.clone());
        for row in visible.filter(|row| !known.contains(row)) {
            for (at, column) in columns.iter().enumerate().take(COLUMNS_MOST).filter(|(_, column)| !column.is_check) {
                let need = super::paint::need(painter, &cell(row, at), column);
                self.note(at, need);
            }
        }
    }

    /// Takes in what a cell needs; says whether its column has to be wider now.
    pub fn note(&mut self, column: usize, need: Need) -> bool {
        let Some(known) = self.columns.get_mut(column) else { return false };
        let has_grown = need.whole > known.whole + 0.5 || need.figure > known.figure + 0.5;
        known.whole = known.whole.max(need.whole);
        known.figure = known.figure.max(need.figure);
        known.bare = known.bare.max(need.bare);
        has_grown
    }

    pub fn of(&self, column: usize) -> Need {
        self.columns.get(column).copied().unwrap_or_default()
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
