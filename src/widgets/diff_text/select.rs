//! Selecting in the lines of a comparison, and what text that is.

use super::lines::{DiffLine, DiffPiece, Mark};
use crate::widgets::text::{byte_of_shown, word_at};
use std::ops::Range;

/// A place in lines: which line, and how many of its characters stand before it as it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The line.
    pub line: usize,
    /// The characters before the place.
    pub chars: usize,
}

/// A selected part of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinesSelection {
    /// Where it began.
    pub anchor: Spot,
    /// Where it ends, before or after its beginning.
    pub head: Spot,
}

impl LinesSelection {
    /// The word at a place.
    pub fn word(line: &DiffLine, at: Spot) -> Self {
        let text = line.text();
        let word = word_at(&text, byte_at(&text, at.chars));
        let spot = |byte: usize| Spot { line: at.line, chars: text[..byte].chars().count() };
        Self { anchor: spot(word.start), head: spot(word.end) }
    }

    /// Its first and its last place.
    pub fn ends(self) -> (Spot, Spot) {
        (self.anchor.min(self.head), self.anchor.max(self.head))
    }

    /// Whether nothing is selected.
    pub fn is_empty(self) -> bool {
        self.anchor == self.head
    }

    /// Which characters of a line are selected, if any are.
    pub fn within(self, line: usize, chars: usize) -> Option<Range<usize>> {
        let (from, to) = self.ends();
        if line < from.line || line > to.line {
            return None;
        }
        let start = if line == from.line { from.chars.min(chars) } else { 0 };
        let end = if line == to.line { to.chars.min(chars) } else { chars };
        (start < end).then_some(start..end)
    }

    /// The selected text of the new version, as it is stored; of the old one if only removed text is selected.
    pub fn text<'a>(self, line_at: impl Fn(usize) -> Option<&'a DiffLine>) -> String {
        self.text_within(usize::MAX, line_at).unwrap_or_default()
    }

    /// The same if it has no more than `most` bytes; no more of the lines are looked at than that takes.
    pub fn text_within<'a>(self, most: usize, line_at: impl Fn(usize) -> Option<&'a DiffLine>) -> Option<String> {
        let (from, to) = self.ends();
        let (mut new, mut old) = (String::new(), String::new());
        for index in from.line..=to.line {
            // A line may add nothing but what was removed.
            if new.len() > most || old.len() > most.saturating_mul(8) {
                return None;
            }
            let line = line_at(index)?;
            let mut begin = 0;
            for piece in &line.pieces {
                let shown = piece.text.chars().count();
                let start = if index == from.line { from.chars.saturating_sub(begin).min(shown) } else { 0 };
                // What goes on in the next line has its line end.
                let is_whole = index < to.line || to.chars >= begin + shown && is_plain_end(piece, to, begin + shown);
                let end = if is_whole { piece.raw.len() } else { raw_byte(piece, to.chars.saturating_sub(begin)) };
                let start = raw_byte(piece, start);
                if start < end {
                    let text = &piece.raw[start..end];
                    if piece.mark == Mark::Removed { old.push_str(text) } else { new.push_str(text) }
                }
                begin += shown;
            }
        }
        Some(if new.trim().is_empty() { old } else { new }).filter(|text| text.len() <= most)
    }
}

/// Whether a piece that ends at the selection's end, or before it, is selected to its last byte.
fn is_plain_end(piece: &DiffPiece, to: Spot, end: usize) -> bool {
    to.chars > end || !piece.raw.ends_with('\n') || piece.text.ends_with('↵')
}

fn byte_at(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

/// The stored byte of a piece before which so many characters of it are shown.
fn raw_byte(piece: &DiffPiece, chars: usize) -> usize {
    if piece.text == piece.raw {
        return byte_at(&piece.raw, chars);
    }
    let body = piece.raw.trim_end_matches(['\n', '\r']);
    // Where spaces are shown by signs, a tab is as wide as its arrow.
    let is_signed = piece.text.contains(['·', '→']) && !piece.raw.contains(['·', '→']);
    if is_signed {
        let signs = |c: char| if c == '\t' { 4 } else { 1 };
        let mut seen = 0;
        for (at, c) in body.char_indices() {
            if seen >= chars {
                return at;
            }
            seen += signs(c);
        }
        return body.len();
    }
    byte_of_shown(body, chars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::diff_text::{Wrap, unified};
    use crate::widgets::text::CharWidths;
    use Mark::{Added, Removed, Same};

    fn lines(columns: f32, shows_space: bool) -> Vec<DiffLine> {
        let pieces = [(Same, "Route the "), (Removed, "support"), (Added, "first"), (Same, " ticket.\nEnd\tof it")];
        unified(&pieces, Wrap { width: columns, widths: &CharWidths::monospace(), shows_space })
    }

    fn text(lines: &[DiffLine], anchor: (usize, usize), head: (usize, usize)) -> String {
        let spot = |(line, chars): (usize, usize)| Spot { line, chars };
        LinesSelection { anchor: spot(anchor), head: spot(head) }.text(|at| lines.get(at))
    }

    #[test]
    fn the_new_text_is_taken_as_it_is_stored() {
        let all = lines(80.0, false);
        assert_eq!(text(&all, (0, 6), (0, 29)), "the first ticket");
        assert_eq!(text(&all, (0, 10), (0, 17)), "support", "where nothing else is selected");
        assert_eq!(text(&all, (1, 3), (0, 23)), "ticket.\nEnd", "backwards over a line end");
        assert_eq!(text(&all, (1, 0), (1, 99)), "End\tof it");
        let all_of_it = LinesSelection { anchor: Spot::default(), head: Spot { line: usize::MAX, chars: 0 } };
        let looked = std::cell::Cell::new(0);
        let found = all_of_it.text_within(10, |_| {
            looked.set(looked.get() + 1);
            Some(&all[0])
        });
        assert_eq!((found, looked.get()), (None, 1), "what is too long is not gathered");
    }

    #[test]
    fn broken_lines_and_signs_for_spaces_are_not_part_of_it() {
        let broken = lines(12.0, false);
        let last = broken.len() - 1;
        assert_eq!(text(&broken, (0, 0), (last, 99)), "Route the first ticket.\nEnd\tof it");
        let signed = lines(80.0, true);
        assert_eq!(text(&signed, (0, 0), (1, 99)), "Route the first ticket.\nEnd\tof it");
        assert_eq!(text(&signed, (1, 0), (1, 8)), "End\to");
    }

    #[test]
    fn what_is_selected_of_a_line() {
        let selection = LinesSelection { anchor: Spot { line: 2, chars: 3 }, head: Spot { line: 1, chars: 5 } };
        assert_eq!(selection.within(1, 9), Some(5..9));
        assert_eq!(selection.within(2, 9), Some(0..3));
        assert_eq!((selection.within(0, 9), selection.within(3, 9), selection.within(1, 4)), (None, None, None));
        let all = lines(80.0, false);
        let word = LinesSelection::word(&all[0], Spot { line: 0, chars: 12 });
        assert_eq!(word.within(0, 99), Some(10..22), "removed and added stand together as one word");
    }
}
