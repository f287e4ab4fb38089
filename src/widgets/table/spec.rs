//! What a table is told and what it remembers.

use super::selection::SelectionChange;
use crate::widgets::scroll::RowScroll;
use egui::Align;

/// The width of a column of boxes.
const CHECK_WIDTH: f32 = 36.0;

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// The words in the header.
    pub title: &'a str,
    /// The width until the user drags it.
    pub width: f32,
    /// Where texts stand; numbers stand at the right.
    pub align: Align,
    /// Whether a click on the header asks for sorting.
    pub sortable: bool,
    /// Whether it takes what is left of the width.
    pub grows: bool,
    /// Whether it shows with a box which rows are selected.
    pub is_check: bool,
    /// What the column says, for whoever points at its title; may be empty.
    pub hint: &'a str,
}

impl<'a> Column<'a> {
    /// A column of texts.
    pub fn text(title: &'a str, width: f32) -> Self {
        Self { title, width, align: Align::Min, sortable: true, grows: false, is_check: false, hint: "" }
    }

    /// A column of numbers, at the right.
    pub fn number(title: &'a str, width: f32) -> Self {
        Self { align: Align::Max, ..Self::text(title, width) }
    }

    /// A column of boxes to select rows by, for a table with
    /// [`Table::selection`](super::Table::selection); its cells are not asked for.
    pub fn check() -> Self {
        Self { sortable: false, is_check: true, ..Self::text("Select all rows", CHECK_WIDTH) }
    }

    /// This column takes what is left of the width.
    pub fn growing(mut self) -> Self {
        self.grows = true;
        self
    }

    /// What the column says, for whoever points at its title.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// This column cannot be sorted.
    pub fn unsorted(mut self) -> Self {
        self.sortable = false;
        self
    }
}

/// By which column the rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: usize,
    /// Whether the largest come first.
    pub descending: bool,
}

/// What a table remembers; the caller keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableState {
    /// Which rows are shown.
    pub scroll: RowScroll,
    /// How far it is scrolled to the right, in points.
    pub x: f32,
    /// Widths that the user set, by column; `NaN` or absent: as the column says.
    pub widths: Vec<f32>,
}

/// What the user did with a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableEvents {
    /// Asked to sort by this column.
    pub sort: Option<usize>,
    /// Clicked this row, or moved to it with a key: it should be the selected one.
    pub selected: Option<usize>,
    /// The pointer stands on this row.
    pub hovered: Option<usize>,
    /// Double-clicked this row, or pressed Enter on it.
    pub opened: Option<usize>,
    /// Clicked this cell: row and column.
    pub cell: Option<(usize, usize)>,
    /// With [`Table::selection`](super::Table::selection): what should be selected now.
    pub select: Option<SelectionChange>,
    /// With [`Table::selection`](super::Table::selection): copy the selected rows, as `csv::Separated::Tsv`.
    pub copy: bool,
    /// Clicked with the second button: this row, for a menu. It is selected first if it was not.
    pub menu: Option<usize>,
    /// With [`Table::reorderable`](super::Table::reorderable): the column at the first place should stand at the
    /// second.
    pub moved_column: Option<(usize, usize)>,
    /// Asked to show or hide the rows below this one, by its triangle or by ← and →.
    pub folded: Option<usize>,
    /// The rows that were drawn, for loading ahead.
    pub visible: std::ops::Range<usize>,
}
