//! What a view of a text remembers between frames.

use super::select::TextSelection;
use crate::widgets::scroll::RowScroll;

/// What a text view remembers; the caller keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextState {
    /// Which lines are shown.
    pub scroll: RowScroll,
    /// How far it is scrolled to the right, in points.
    pub x: f32,
    /// What is selected.
    pub selected: Option<TextSelection>,
    /// The pointer is selecting.
    pub(super) is_dragging: bool,
}
