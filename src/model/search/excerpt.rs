//! The piece of a text around what was found in it.

use std::ops::Range;

use super::MAX_BYTES;

/// Characters that are shown before what was found.
const BEFORE: usize = 40;
/// Characters that are shown behind it.
const BEHIND: usize = 80;

/// What was found, with a little of the text around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Excerpt {
    /// The piece of the text; `…` stands where it goes on.
    pub text: String,
    /// Where in it what was found stands, in bytes. Of what is longer than can be looked for, the beginning.
    pub found: Range<usize>,
}

impl Excerpt {
    /// The excerpt of a text around a place in it.
    pub(super) fn of(text: &str, found: Range<usize>) -> Self {
        let (before, rest) = text.split_at_checked(found.start).unwrap_or((text, ""));
        let mut end = found.len().min(MAX_BYTES).min(rest.len());
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (middle, behind) = rest.split_at(end);
        let from = before.char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
        let until = behind.char_indices().nth(BEHIND).map_or(behind.len(), |(at, _)| at);
        let mark = |is_cut: bool| if is_cut { "…" } else { "" };
        let (begin, end) = (mark(from > 0), mark(until < behind.len()));
        let start = begin.len() + before.len() - from;
        let text = [begin, &before[from..], middle, &behind[..until], end].concat();
        Self { text, found: start..start + middle.len() }
    }

    /// What stands before, what was found, what stands behind.
    pub fn parts(&self) -> [&str; 3] {
        let Range { start, end } = self.found;
        let part = |range: Range<usize>| self.text.get(range).unwrap_or_default();
        [part(0..start), part(start..end), part(end..self.text.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_cut_between_characters_and_says_so() {
        let whole = Excerpt::of("hello world", 6..11);
        assert_eq!(whole, Excerpt { text: "hello world".to_owned(), found: 6..11 });
        let text = format!("{}漢字{}", "é".repeat(41), "字".repeat(81));
        let at = text.find('漢').expect("there");
        let cut = Excerpt::of(&text, at..at + 6);
        assert_eq!(cut.parts()[1], "漢字");
        assert_eq!(cut.parts()[0], format!("…{}", "é".repeat(40)));
        assert_eq!(cut.parts()[2], format!("{}…", "字".repeat(80)));
    }

    #[test]
    fn of_a_long_match_the_beginning_is_kept() {
        let text = "字".repeat(20_000);
        let excerpt = Excerpt::of(&text, 0..text.len());
        assert_eq!(excerpt.parts()[1].len(), MAX_BYTES - 1);
        assert_eq!(excerpt.text.chars().count(), MAX_BYTES / 3 + BEHIND + 1);
    }
}
