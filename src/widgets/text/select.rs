//! What is selected of a text: bytes, so that it stays when the lines are broken otherwise.

use super::visible::visible_line;
use std::borrow::Cow;
use std::ops::Range;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// A selected part of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextSelection {
    /// The byte where it began.
    pub anchor: usize,
    /// The byte where it ends, before or after its beginning.
    pub head: usize,
}

impl TextSelection {
    /// The selected bytes.
    pub fn range(self) -> Range<usize> {
        self.anchor.min(self.head)..self.anchor.max(self.head)
    }

    /// Whether nothing is selected: it is only a place.
    pub fn is_empty(self) -> bool {
        self.anchor == self.head
    }
}

/// A step of the keyboard within a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Right,
    Left,
    WordRight,
    WordLeft,
}

/// Where a step from a byte leads.
pub(super) fn stepped(text: &str, byte: usize, step: Step) -> usize {
    let byte = text.floor_char_boundary(byte.min(text.len()));
    match step {
        Step::Right => GraphemeCursor::new(byte, text.len(), true).next_boundary(text, 0).ok().flatten(),
        Step::Left => GraphemeCursor::new(byte, text.len(), true).prev_boundary(text, 0).ok().flatten(),
        Step::WordRight => {
            let mut words = text[byte..].split_word_bound_indices().skip(1);
            words.find(|(_, word)| !word.trim().is_empty()).map(|(at, _)| byte + at).or(Some(text.len()))
        }
        Step::WordLeft => {
            let mut words = text[..byte].split_word_bound_indices().rev();
            words.find(|(_, word)| !word.trim().is_empty()).map(|(at, _)| at).or(Some(0))
        }
    }
    .unwrap_or(byte)
}

/// The word at a byte of a line; what lies between two words is one, too.
pub fn word_at(line: &str, byte: usize) -> Range<usize> {
    let words = line.split_word_bound_indices().map(|(at, word)| at..at + word.len());
    let mut last = 0..0;
    for word in words {
        if word.contains(&byte) {
            return word;
        }
        last = word;
    }
    last
}

/// How many characters are shown before a byte of a line.
pub fn shown_chars(line: &str, byte: usize) -> usize {
    visible_line(&line[..line.floor_char_boundary(byte)]).chars().count()
}

/// The byte of a line before which so many characters are shown.
pub fn byte_of_shown(line: &str, chars: usize) -> usize {
    if let Cow::Borrowed(_) = visible_line(line) {
        return line.char_indices().nth(chars).map_or(line.len(), |(at, _)| at);
    }
    // What is shown before a byte only grows.
    let places: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
    let at = places.partition_point(|byte| shown_chars(line, *byte) < chars);
    places.get(at).copied().unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_by_what_is_seen() {
        let text = "e\u{301}a 👨‍👩‍👧‍👦b\n  word";
        assert_eq!(stepped(text, 0, Step::Right), 3);
        assert_eq!(stepped(text, 3, Step::Left), 0);
        let family = text.find('👨').expect("there");
        assert_eq!(stepped(text, family, Step::Right), text.find('b').expect("there"));
        assert_eq!(stepped(text, text.find('b').expect("there"), Step::WordRight), text.find("word").expect("there"));
        assert_eq!(stepped(text, text.len(), Step::WordLeft), text.find("word").expect("there"));
        assert_eq!((stepped(text, 0, Step::Left), stepped(text, text.len(), Step::WordRight)), (0, text.len()));
        assert_eq!(stepped("", 9, Step::Right), 0);
    }

    #[test]
    fn words_and_places_are_found() {
        assert_eq!(word_at("one two", 5), 4..7);
        assert_eq!(word_at("one two", 3), 3..4);
        assert_eq!(word_at("one", 3), 0..3);
        assert_eq!(word_at("", 0), 0..0);
        let line = "a\tb\u{0}c";
        for byte in 0..=line.len() {
            assert_eq!(byte_of_shown(line, shown_chars(line, byte)), byte);
        }
        assert_eq!(byte_of_shown("佐藤", 1), 3);
        assert_eq!(byte_of_shown("ab", 9), 2);
    }
}
