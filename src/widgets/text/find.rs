//! Finding a text within another, for the hits that views mark.

use std::ops::Range;

/// Whether `a` and `A` are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Case {
    /// They differ.
    #[default]
    Exact,
    /// They are the same, in every script that has two cases.
    Ignored,
}

/// The bytes at which `needle` stands in `text`, from left to right and apart; none for an empty needle.
pub fn find_all<'a>(text: &'a str, needle: &'a str, case: Case) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut from = 0;
    let lower: Vec<char> = match case {
        Case::Exact => Vec::new(),
        Case::Ignored => needle.chars().flat_map(char::to_lowercase).collect(),
    };
    std::iter::from_fn(move || {
        if needle.is_empty() {
            return None;
        }
        let found = match case {
            Case::Exact => text[from..].find(needle).map(|at| from + at..from + at + needle.len()),
            Case::Ignored => find_folded(text, from, &lower),
        }?;
        from = found.end;
        Some(found)
    })
}

/// The first place at or after `from` whose lower case begins with `lower`.
fn find_folded(text: &str, from: usize, lower: &[char]) -> Option<Range<usize>> {
    let first = *lower.first()?;
    text[from..].char_indices().find_map(|(at, c)| {
        // Most characters are not the first one: one comparison each.
        if c.to_lowercase().next() != Some(first) {
            return None;
        }
        let start = from + at;
        folded_len(&text[start..], lower).map(|len| start..start + len)
    })
}

/// How many bytes of `text` are `lower` when written in lower case, if it begins with it.
fn folded_len(text: &str, lower: &[char]) -> Option<usize> {
    let mut wanted = lower.iter();
    let mut chars = text.char_indices();
    while let Some(mut next) = wanted.next() {
        let (_, c) = chars.next()?;
        // A character may have several in lower case: all of them have to be wanted.
        for (index, small) in c.to_lowercase().enumerate() {
            if index > 0 {
                next = wanted.next()?;
            }
            if small != *next {
                return None;
            }
        }
    }
    Some(chars.offset())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, needle: &str, case: Case) -> Vec<(usize, usize)> {
        find_all(text, needle, case).map(|range| (range.start, range.end)).collect()
    }

    #[test]
    fn every_place_is_found() {
        assert_eq!(found("abcABC", "b", Case::Exact), [(1, 2)]);
        assert_eq!(found("abcABC", "b", Case::Ignored), [(1, 2), (4, 5)]);
        assert_eq!(found("aaaa", "aa", Case::Exact), [(0, 2), (2, 4)]);
        assert_eq!(found("aaaa", "aa", Case::Ignored), [(0, 2), (2, 4)]);
        assert!(found("abc", "", Case::Ignored).is_empty());
        assert!(found("ab", "abc", Case::Ignored).is_empty());
    }

    #[test]
    fn other_scripts_have_cases_too() {
        assert_eq!(found("ЖУК жук", "жук", Case::Ignored).len(), 2);
        // İ is two characters in lower case.
        assert_eq!(found("xİy", "i\u{307}y", Case::Ignored), [(1, 4)]);
        assert_eq!(found("佐藤です", "藤", Case::Ignored), [(3, 6)]);
        assert!(found("Straße", "SSE", Case::Ignored).is_empty());
    }
}
