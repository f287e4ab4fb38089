//! From pieces to lines. Made on a worker: nothing here knows the screen.

use std::ops::Range;

use crate::widgets::text::{CharWidths, TextLines, visible_line};

/// Where a piece of text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// In both texts.
    Same,
    /// Only in the new text.
    Added,
    /// Only in the old text.
    Removed,
}

/// A piece of a line, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffPiece {
    /// Where it stands.
    pub mark: Mark,
    /// Its text; what cannot be seen has become visible.
    pub text: String,
    /// Its text as it is stored, line end included.
    pub raw: String,
}

/// A line of either text, or of both in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffLine {
    /// Its pieces, from left to right.
    pub pieces: Vec<DiffPiece>,
    /// The characters that are marked, because what is looked for stands there; in order.
    pub marked: Vec<Range<usize>>,
}

impl DiffLine {
    /// Whether something in it changed.
    pub fn is_changed(&self) -> bool {
        self.pieces.iter().any(|piece| piece.mark != Mark::Same)
    }

    /// Its text, without marks.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// Its text with `[-removed-]` and `{+added+}`, for those who hear it.
    pub fn spoken(&self) -> String {
        let one = |mark: Mark, text: &str| match mark {
            _ if text.is_empty() => None,
            Mark::Same => Some(text.to_owned()),
            Mark::Added => Some(format!("{{+{text}+}}")),
            Mark::Removed => Some(format!("[-{text}-]")),
        };
        // Pieces of one mark are heard as one.
        let groups = self.pieces.chunk_by(|a, b| a.mark == b.mark);
        let whole = |group: &[DiffPiece]| {
            one(group.first()?.mark, &group.iter().map(|piece| piece.text.as_str()).collect::<String>())
        };
        groups.filter_map(whole).collect()
    }
}

/// How lines are broken.
#[derive(Clone, Copy, Debug)]
pub struct Wrap<'a> {
    /// No line is wider, in points.
    pub width: f32,
    /// The widths of the characters of the font.
    pub widths: &'a CharWidths,
    /// Spaces, tabs and line ends are shown by signs.
    pub shows_space: bool,
}

/// Both texts in one, removed pieces before those that were added.
pub fn unified(pieces: &[(Mark, &str)], wrap: Wrap<'_>) -> Vec<DiffLine> {
    lines_of(pieces, wrap)
}

/// A line of the old text and one of the new, where there are such.
pub type DiffRow = (Option<DiffLine>, Option<DiffLine>);

/// The old text beside the new one. Wherever a line ends in both, both go on in the same row.
pub fn side_by_side(pieces: &[(Mark, &str)], wrap: Wrap<'_>) -> Vec<DiffRow> {
    let mut rows = Vec::new();
    let mut left: Vec<(Mark, &str)> = Vec::new();
    let mut right: Vec<(Mark, &str)> = Vec::new();
    let mut flush = |left: &mut Vec<(Mark, &str)>, right: &mut Vec<(Mark, &str)>| {
        let (mut old, mut new) = (lines_of(left, wrap).into_iter(), lines_of(right, wrap).into_iter());
        loop {
            match (old.next(), new.next()) {
                (None, None) => break,
                row => rows.push(row),
            }
        }
        left.clear();
        right.clear();
    };
    for (mark, text) in pieces {
        match mark {
            Mark::Removed => left.push((*mark, text)),
            Mark::Added => right.push((*mark, text)),
            Mark::Same => {
                for part in text.split_inclusive('\n') {
                    left.push((*mark, part));
                    right.push((*mark, part));
                    if part.ends_with('\n') {
                        flush(&mut left, &mut right);
                    }
                }
            }
        }
    }
    flush(&mut left, &mut right);
    rows
}

fn lines_of(pieces: &[(Mark, &str)], wrap: Wrap<'_>) -> Vec<DiffLine> {
    let text: String = pieces.iter().map(|(_, text)| *text).collect();
    if text.is_empty() {
        return Vec::new();
    }
    let lines = TextLines::new(text.as_str()).wrapped(wrap.width, wrap.widths);
    let mut made = Vec::with_capacity(lines.len());
    // The piece that a line begins in, and where that piece begins.
    let (mut at, mut begin) = (0, 0);
    for index in 0..lines.len() {
        let range = lines.range(index);
        // After a last line end stands nothing.
        if range.is_empty() && index > 0 {
            break;
        }
        let mut line = DiffLine::default();
        while let Some((mark, piece)) = pieces.get(at) {
            let end = begin + piece.len();
            let (from, to) = (range.start.max(begin), range.end.min(end));
            if from < to {
                push(&mut line, *mark, &text[from..to], wrap.shows_space);
            }
            if end > range.end {
                break;
            }
            (at, begin) = (at + 1, end);
        }
        made.push(line);
    }
    made
}

fn push(line: &mut DiffLine, mark: Mark, text: &str, shows_space: bool) {
    let (body, ending) = match text.strip_suffix('\n') {
        Some(body) => match body.strip_suffix('\r') {
            Some(body) => (body, "␍↵"),
            None => (body, "↵"),
        },
        None => (text, ""),
    };
    let mut shown = visible_line(body).into_owned();
    if shows_space {
        let body = body.replace('\t', "→\u{a0}\u{a0}\u{a0}").replace(' ', "·");
        shown = visible_line(&body).into_owned();
    }
    // A line end that changed is always seen: nothing else would tell.
    if shows_space || mark != Mark::Same {
        shown.push_str(ending);
    }
    match line.pieces.last_mut() {
        // Only what is shown as it is can be counted through when it is joined.
        Some(last) if last.mark == mark && last.text == last.raw && shown == text => {
            last.text.push_str(&shown);
            last.raw.push_str(text);
        }
        _ => line.pieces.push(DiffPiece { mark, text: shown, raw: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Mark::{Added, Removed, Same};

    fn wrap(widths: &CharWidths, columns: f32) -> Wrap<'_> {
        Wrap { width: columns, widths, shows_space: false }
    }

    fn spoken(lines: &[DiffLine]) -> Vec<String> {
        lines.iter().map(DiffLine::spoken).collect()
    }

    #[test]
    fn both_texts_in_one() {
        let widths = CharWidths::monospace();
        let pieces = [(Same, "Route the "), (Removed, "support"), (Added, "first"), (Same, " ticket.\nEnd")];
        assert_eq!(spoken(&unified(&pieces, wrap(&widths, 80.0))), ["Route the [-support-]{+first+} ticket.", "End"]);
        assert!(unified(&pieces, wrap(&widths, 12.0)).len() > 2);
        assert!(unified(&[], wrap(&widths, 80.0)).is_empty());
    }

    #[test]
    fn sides_go_on_in_one_row_where_lines_end_in_both() {
        let widths = CharWidths::monospace();
        let pieces = [(Same, "one\n"), (Added, "new line\n"), (Same, "two\nthree"), (Removed, " four")];
        let rows = side_by_side(&pieces, wrap(&widths, 80.0));
        let text = |line: &Option<DiffLine>| line.as_ref().map_or("–".to_owned(), DiffLine::spoken);
        let shown: Vec<(String, String)> = rows.iter().map(|(old, new)| (text(old), text(new))).collect();
        let expected = [("one", "one"), ("two", "{+new line↵+}"), ("–", "two"), ("three[- four-]", "three")];
        assert_eq!(shown, expected.map(|(old, new)| (old.to_owned(), new.to_owned())));
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        let widths = CharWidths::monospace();
        let pieces = [(Same, "a"), (Removed, "\r\n"), (Added, "\n"), (Same, "b \tc\u{202e}")];
        assert_eq!(spoken(&unified(&pieces, wrap(&widths, 80.0)))[..2], ["a[-␍↵-]", "{+↵+}"]);
        let all = unified(&pieces, Wrap { shows_space: true, ..wrap(&widths, 80.0) });
        assert_eq!(all.last().map(DiffLine::text).as_deref(), Some("b·→\u{a0}\u{a0}\u{a0}c‹U+202E›"));
    }

    #[test]
    fn lines_join_back_to_the_texts() {
        let widths = CharWidths::monospace();
        let pieces =
            [(Same, "佐藤です。"), (Removed, "アプリ"), (Added, "家族👨‍👩‍👧‍👦"), (Same, "が e\u{301} 起動しません。")];
        for columns in [1.0, 3.0, 7.0, 40.0] {
            let rows = side_by_side(&pieces, wrap(&widths, columns));
            let old: String = rows.iter().filter_map(|(old, _)| old.as_ref()).map(DiffLine::text).collect();
            let new: String = rows.iter().filter_map(|(_, new)| new.as_ref()).map(DiffLine::text).collect();
            assert_eq!(old, "佐藤です。アプリが e\u{301} 起動しません。");
            assert_eq!(new, "佐藤です。家族👨‍👩‍👧‍👦が e\u{301} 起動しません。");
        }
    }
}
