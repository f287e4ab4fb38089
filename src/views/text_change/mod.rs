//! What changed in a text: a card with its lines, as rows of one height. A comparison and an evolution show such cards.

mod paint;
mod rows;

pub(super) use paint::{
    DrawnLine, Look, ROW, SENTENCE_LEFT, Sides, TextEvent, line_ui, row_ui, sign, text_at, titled_ui,
};
pub(super) use rows::{Card, Side, TextRow, marked};

/// Said where the deadline came first.
pub(super) const NOT_IN_FULL: &str =
    "Not compared word by word in full, the texts are too long; what is left counts as replaced";

/// What is offered to do with a passage of instructions.
pub(super) const HISTORY: &str = "History of this phrase";
