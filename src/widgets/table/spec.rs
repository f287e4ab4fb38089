//! What a table is told and what it remembers.

use super::needs::Needs;
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
    /// The width where there is room, until the user drags it: wider if the contents need it, narrower if they do
    /// not and others do. A growing column that needs more is not made narrower than this by others.
    pub width: f32,
    /// Where texts stand; numbers stand at the right.
    pub align: Align,
    /// Whether a click on the header asks for sorting.
    pub sortable: bool,
    /// Whether it takes what is left of the width.
    pub grows: bool,
    /// Whether its cells are figures, which are never cut.
    pub is_figures: bool,
    /// In which order columns are given up where there is no room for all: the largest first, 0 never.
    pub minor: u8,
    /// Whether its title is a key, whose middle gives way where it has to be cut.
    pub is_key: bool,
    /// Whether it shows with a box which rows are selected.
    pub is_check: bool,
    /// What the column says, for whoever points at its title; may be empty.
    pub hint: &'a str,
}

impl<'a> Column<'a> {
    /// A column of texts.
    pub fn text(title: &'a str, width: f32) -> Self {
        Self {
            title,
            width,
            align: Align::Min,
            sortable: true,
            grows: false,
            is_figures: false,
            minor: 0,
            is_key: false,
            is_check: false,
            hint: "",
        }
    }

    /// A column of numbers, at the right. They are never cut.
    pub fn number(title: &'a str, width: f32) -> Self {
        Self { align: Align::Max, ..Self::text(title, width).figures() }
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

    /// What stands in it is never cut: dates, marks of a word.
    pub fn figures(mut self) -> Self {
        self.is_figures = true;
        self
    }

    /// Where there is no room for all columns this one is given up, those of a larger `order` before it.
    pub fn minor(mut self, order: u8) -> Self {
        self.minor = order;
        self
    }

    /// Its title is a key, and shortened in the middle.
    pub fn keyed(mut self) -> Self {
        self.is_key = true;
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
    /// What the contents need, as far as they were seen.
    pub(super) needs: Needs,
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
    /// The columns for which there was no room.
    pub given_up: Vec<usize>,
}
