//! A passage in the lines of the new text: how it is broken into lines and spaced does not count.

use std::ops::Range;

use super::lines::{DiffLine, Mark};

/// Marks wherever a passage stands in the new text. A removed piece is no part of it.
pub fn mark_phrase(lines: &mut [DiffLine], phrase: &str) {
    let needle = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
    if needle.is_empty() {
        return;
    }
    let stream = Stream::of(lines);
    let mut found: Vec<(usize, Range<usize>)> = Vec::new();
    for (at, hit) in stream.text.match_indices(&needle) {
        let first = stream.places.partition_point(|place| place.byte < at);
        let within = stream.places.get(first..).unwrap_or_default();
        for place in within.iter().take_while(|place| place.byte < at + hit.len()) {
            match found.last_mut() {
                Some((line, chars)) if *line == place.line && chars.end == place.column => chars.end += 1,
                _ => found.push((place.line, place.column..place.column + 1)),
            }
        }
    }
    for (line, chars) in found {
        if let Some(line) = lines.get_mut(line) {
            line.marked.push(chars);
        }
    }
}

/// Where a character of the stream stands.
struct Place {
    byte: usize,
    line: usize,
    column: usize,
}

/// The new text with one space between its words.
#[derive(Default)]
struct Stream {
    text: String,
    places: Vec<Place>,
}

impl Stream {
    fn of(lines: &[DiffLine]) -> Self {
        let mut stream = Self::default();
        for (line, it) in lines.iter().enumerate() {
            let mut column = 0;
            for piece in &it.pieces {
                let count = piece.text.chars().count();
                if piece.mark != Mark::Removed {
                    // Spaces may be shown as signs.
                    let is_shown_as_it_is = piece.text == piece.raw;
                    for (at, c) in piece.text.chars().enumerate() {
                        let is_sign = !is_shown_as_it_is && matches!(c, '·' | '→' | '↵' | '␍');
                        match is_sign || c.is_whitespace() {
                            true => stream.space(Some((line, column + at))),
                            false => stream.push(c, line, column + at),
                        }
                    }
                    if piece.raw.ends_with(char::is_whitespace) {
                        stream.space(None);
                    }
                }
                column += count;
            }
        }
        stream
    }

    fn push(&mut self, c: char, line: usize, column: usize) {
        self.places.push(Place { byte: self.text.len(), line, column });
        self.text.push(c);
    }

    /// Spaces are one, wherever they stand; a line end has no place of its own.
    fn space(&mut self, place: Option<(usize, usize)>) {
        if self.text.is_empty() {
            return;
        }
        if !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        let byte = self.text.len() - 1;
        self.places.extend(place.map(|(line, column)| Place { byte, line, column }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Wrap, unified};
    use super::*;
    use crate::widgets::text::CharWidths;

    /// What is marked of each line.
    fn marked(pieces: &[(Mark, &str)], phrase: &str, width: f32, shows_space: bool) -> Vec<String> {
        let widths = CharWidths::monospace();
        let mut lines = unified(pieces, Wrap { width, widths: &widths, shows_space });
        mark_phrase(&mut lines, phrase);
        let text = |line: &DiffLine| {
            let of = |chars: &Range<usize>| line.text().chars().skip(chars.start).take(chars.len()).collect::<String>();
            line.marked.iter().map(of).collect::<Vec<_>>().join("|")
        };
        lines.iter().map(text).collect()
    }

    #[test]
    fn a_passage_is_marked_across_lines_and_changes() {
        let pieces =
            [(Mark::Same, "Route the "), (Mark::Removed, "old "), (Mark::Added, "new\n"), (Mark::Same, "ticket, é")];
        assert_eq!(marked(&pieces, "the new  ticket", 80.0, false), ["the |new↵", "ticket"]);
        assert_eq!(marked(&pieces, "the new ticket", 80.0, true), ["the·|new↵", "ticket"]);
        assert_eq!(marked(&pieces, "old", 80.0, false), ["", ""], "what was removed is no part of this text");
        assert_eq!(marked(&pieces, "é", 80.0, false), ["", "é"]);
        assert_eq!(marked(&[(Mark::Same, "one two one")], "one", 80.0, false), ["one|one"]);
        assert_eq!(marked(&[(Mark::Same, "one two")], " ", 80.0, false), [""]);
        let wrapped = marked(&[(Mark::Same, "alpha beta gamma")], "beta gamma", 11.0, false);
        assert_eq!(wrapped.concat().replace(' ', ""), "betagamma", "{wrapped:?}");
    }
}
