//! Two texts compared: their pieces as wrapped lines, and how a line is painted. What was added is
//! underlined, what was removed struck through, so that nothing depends on colour.

mod lines;
mod paint;
mod phrase;
mod select;

pub use lines::{DiffLine, DiffPiece, DiffRow, Mark, Wrap, side_by_side, unified};
pub use paint::{layout, paint, paint_selected};
pub use phrase::mark_phrase;
pub use select::{LinesSelection, Spot};
