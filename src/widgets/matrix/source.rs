//! What a matrix shows, told one visible thing at a time.

use crate::widgets::tokens::Tone;
use std::borrow::Cow;

/// Where a matrix gets what it shows. Asked for what is seen alone.
pub trait MatrixSource {
    /// So many lines there are: rows and headings.
    fn lines(&self) -> usize;

    /// So many columns there are behind those that stay.
    fn columns(&self) -> usize;

    /// The head of a column.
    fn column(&self, column: usize) -> MatrixColumn<'_>;

    /// What a column says where the pointer rests on its head.
    fn column_hover(&self, column: usize) -> String;

    /// The heading that a line is; `None` of a row.
    fn heading(&self, line: usize) -> Option<Cow<'_, str>>;

    /// What stands in a row under one of the columns that stay.
    fn staying(&self, line: usize, staying: usize) -> StayingText<'_>;

    /// What stands where a line meets a column.
    fn cell(&self, line: usize, column: usize) -> MatrixCell<'_>;

    /// The same in a word or two, for those who do not see it.
    fn spoken(&self, line: usize, column: usize) -> String;

    /// What is told where the pointer rests on a cell; empty for nothing.
    fn hover(&self, line: usize, column: usize) -> String;

    /// What stands below a column; `None` where there is no line for sums.
    fn sum(&self, column: usize) -> Option<MatrixSum<'_>>;
}

/// The head of a column.
#[derive(Clone, Debug, Default)]
pub struct MatrixColumn<'a> {
    /// Its name; its middle gives way where there is no room for all of it.
    pub title: Cow<'a, str>,
    /// A second, faint line.
    pub note: Cow<'a, str>,
    /// The colour of what it stands for.
    pub tone: Option<Tone>,
    /// It leads all others.
    pub has_star: bool,
}

/// What stands where a line meets a column.
#[derive(Clone, Debug, PartialEq)]
pub enum MatrixCell<'a> {
    /// Nothing was done here.
    Absent,
    /// Something was done, and what came of it is unknown.
    Unknown,
    /// Good or bad.
    Plain {
        /// Which of them.
        is_good: bool,
    },
    /// More or less good or bad.
    Graded {
        /// Which of them.
        is_good: bool,
        /// How much so, from 0 to 1.
        strength: f32,
        /// The figure, written where there is room for all of it.
        figure: Cow<'a, str>,
    },
    /// A figure of a heading: what its rows come to.
    Figure(Cow<'a, str>),
    /// Nothing at all.
    Blank,
}

/// What stands below a column.
#[derive(Clone, Debug, Default)]
pub struct MatrixSum<'a> {
    /// The figure; never cut.
    pub figure: Cow<'a, str>,
    /// A second, faint line: of how many.
    pub note: Cow<'a, str>,
    /// The tone of the figure.
    pub tone: Tone,
}

/// What a column that stays holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StayingKind {
    /// The number of the row.
    Number,
    /// A text; it takes what is left of the width.
    Text,
    /// A short value.
    Value,
}

/// A column that stays in view while the others are scrolled to the side.
#[derive(Clone, Copy, Debug)]
pub struct StayingColumn<'a> {
    /// The words in the head.
    pub title: &'a str,
    /// What it holds.
    pub kind: StayingKind,
    /// How wide it is where there is room.
    pub width: f32,
}

/// What stands in a row under a column that stays.
#[derive(Clone, Debug, Default)]
pub struct StayingText<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// Its tone.
    pub tone: Tone,
}

/// A place in a matrix: a row, and maybe one of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MatrixCursor {
    /// The line.
    pub line: usize,
    /// The column; `None` for the row as a whole.
    pub column: Option<usize>,
}

/// What a matrix remembers; the caller keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MatrixState {
    /// Which lines are shown.
    pub scroll: crate::widgets::scroll::RowScroll,
    /// How far it is scrolled to the right, in points.
    pub x: f32,
    /// This place is to be scrolled to in the next frame.
    pub reveal: Option<MatrixCursor>,
}

/// What the user did with a matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatrixEvents {
    /// Clicked this place, or moved to it with a key: it should be the chosen one.
    pub chosen: Option<MatrixCursor>,
    /// Double-clicked this place, or pressed Enter on it.
    pub opened: Option<MatrixCursor>,
    /// Clicked the head of this column.
    pub head: Option<usize>,
    /// Clicked the head of this column, or a cell of it, with the second button.
    pub menu: Option<usize>,
    /// The lines that were drawn.
    pub lines: std::ops::Range<usize>,
    /// The columns that were drawn.
    pub columns: std::ops::Range<usize>,
}
