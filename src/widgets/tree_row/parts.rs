//! What a row of a tree is made of.

use crate::widgets::glyphs::{Glyph, Status};
use crate::widgets::tokens::Tone;

/// Whether a row has children, and whether they are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fold {
    /// No children.
    #[default]
    Leaf,
    /// No children, and in this list no row has any: the name begins at the edge.
    Flat,
    /// Children that are shown.
    Open,
    /// Children that are not shown.
    Closed,
}

/// The mark before the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// A square that says a kind.
    Square(Tone),
    /// A dot that says a category.
    Dot(Tone),
    /// An icon that says a status.
    Status(Status),
    /// Any other icon.
    Glyph(Glyph, Tone),
}

/// A text in a column at the right edge of the row.
#[derive(Clone, Copy, Debug)]
pub struct Trailing<'a> {
    /// The text.
    pub text: &'a str,
    /// The width of the column; the text stands at its right.
    pub width: f32,
    /// The tone of the text.
    pub tone: Tone,
    /// Whether it is a value, in figures of one width.
    pub mono: bool,
}

impl<'a> Trailing<'a> {
    /// A value: monospace, secondary.
    pub fn value(text: &'a str, width: f32) -> Self {
        Self { text, width, tone: Tone::Muted, mono: true }
    }

    /// A caption: proportional, faint.
    pub fn caption(text: &'a str, width: f32) -> Self {
        Self { text, width, tone: Tone::Faint, mono: false }
    }
}

/// What the user did with a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TreeEvent {
    /// Nothing.
    #[default]
    None,
    /// Clicked the row.
    Clicked,
    /// Double-clicked the row.
    DoubleClicked,
    /// Clicked the fold triangle.
    FoldToggled,
    /// Clicked the row for its menu.
    MenuAsked,
}
