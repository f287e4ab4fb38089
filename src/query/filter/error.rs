//! Why a filter was not understood, and where.

use std::fmt;
use std::ops::Range;

use super::Expected;

/// Why a filter was not understood. As a text it is a message for people: `found …, expected …`.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterError {
    /// The mistake: bytes of the text, at the boundaries of characters; empty at its end.
    pub range: Range<usize>,
    /// What stands there, in words for people.
    pub found: String,
    /// What could stand there; at least one thing.
    pub expected: Vec<Expected>,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "found {}", self.found)?;
        for (place, expected) in self.expected.iter().enumerate() {
            let before = match place {
                0 => ", expected ",
                _ if place + 1 == self.expected.len() => " or ",
                _ => ", ",
            };
            write!(f, "{before}{expected}")?;
        }
        Ok(())
    }
}

impl std::error::Error for FilterError {}

/// The mistake and what stands around it, for a line with carets below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excerpt<'a> {
    /// Which character the mistake begins at, counted from 1.
    pub character: usize,
    /// What stands before it.
    pub before: &'a str,
    /// The mistake; empty at the end of the text.
    pub marked: &'a str,
    /// What stands after it.
    pub after: &'a str,
    /// Whether `before` does not begin at the beginning of the text.
    pub is_cut_before: bool,
    /// Whether `after` does not end at the end of the text, or the mistake is longer.
    pub is_cut_after: bool,
}

impl FilterError {
    /// The mistake in the text that was read, with at most so many characters of each part.
    pub fn excerpt<'a>(&self, text: &'a str, around: usize) -> Excerpt<'a> {
        let (before, rest) = text.split_at_checked(self.range.start).unwrap_or((text, ""));
        let length = self.range.end.saturating_sub(self.range.start);
        let (marked, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let head = |text: &'a str| text.char_indices().nth(around).map_or(text, |(end, _)| &text[..end]);
        let skipped = before.chars().count().saturating_sub(around);
        let shown = before.char_indices().nth(skipped).map_or("", |(start, _)| &before[start..]);
        let is_long = head(marked).len() < marked.len();
        Excerpt {
            character: before.chars().count() + 1,
            before: shown,
            marked: head(marked),
            after: if is_long { "" } else { head(after) },
            is_cut_before: skipped > 0,
            is_cut_after: is_long || head(after).len() < after.len(),
        }
    }
}
