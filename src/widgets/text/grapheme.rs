//! Where a text may be cut: never within what a reader takes for one character.

use unicode_segmentation::GraphemeCursor;

/// The last grapheme boundary at or before `cut`; `cut` itself if the grapheme is absurdly long.
pub(super) fn grapheme_boundary(text: &str, cut: usize) -> usize {
    let bytes = text.as_bytes();
    let is_plain = |at: usize| bytes.get(at).is_some_and(|b| (0x20..0x7F).contains(b));
    if cut == 0 || cut >= text.len() || (is_plain(cut - 1) && is_plain(cut)) {
        return cut;
    }
    // A window is enough, and keeps a line of nothing but combining marks from costing its square.
    let from = text.floor_char_boundary(cut.saturating_sub(256));
    let to = text.ceil_char_boundary((cut + 64).min(text.len()));
    let window = &text[from..to];
    let mut cursor = GraphemeCursor::new(cut - from, window.len(), true);
    if cursor.is_boundary(window, 0) == Ok(true) {
        return cut;
    }
    match cursor.prev_boundary(window, 0) {
        Ok(Some(at)) if at > 0 => from + at,
        _ => cut,
    }
}
