//! Texts from elsewhere, fit for one line.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// A text without what could move a cursor, colour a terminal or turn the direction of writing;
/// line ends and tabs become spaces.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    // Most texts are plain from one end to the other.
    while let Some(at) = rest.bytes().position(|byte| !matches!(byte, b' '..=b'~')) {
        let (plain, odd) = rest.split_at(at);
        cleaned.push_str(plain);
        let mut odd = odd.chars();
        cleaned.extend(odd.next().and_then(clean_char));
        rest = odd.as_str();
    }
    cleaned.push_str(rest);
    cleaned
}

/// What stands for a character on one line.
fn clean_char(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// `text` cut to at most `max` graphemes, the last of them then being `…`.
pub fn ellipsize_graphemes(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let mut ends = text.grapheme_indices(true).map(|(start, _)| start);
    // The byte where grapheme number `max - 1` starts is where the ellipsis goes, if one more follows.
    let Some(cut) = ends.nth(max.saturating_sub(1)) else {
        return Cow::Borrowed(text);
    };
    if max > 0 && ends.next().is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", &text[..cut]))
}

/// `text` with so many graphemes of its beginning and of its end, and `…` between them; whole, if there are no more.
pub fn ellipsize_middle(text: &str, head: usize, tail: usize) -> Cow<'_, str> {
    let starts: Vec<usize> = text.grapheme_indices(true).map(|(start, _)| start).collect();
    if starts.len() <= head.saturating_add(tail).saturating_add(1) {
        return Cow::Borrowed(text);
    }
    let end = starts.len().checked_sub(tail).and_then(|at| starts.get(at)).copied().unwrap_or(text.len());
    Cow::Owned(format!("{}…{}", &text[..starts[head]], &text[end..]))
}

/// The beginning of a long id: enough to tell it from others, and to be typed for it.
pub fn id_head(id: &str) -> &str {
    const SHORT: usize = 14;
    const HEAD: usize = 11;
    let mut ends = id.char_indices().map(|(at, _)| at);
    match (ends.nth(HEAD), ends.nth(SHORT - HEAD - 1)) {
        (Some(end), Some(_)) => &id[..end],
        _ => id,
    }
}

/// `text` as one line for a cell: at most `max` graphemes, line breaks and other controls as spaces.
pub fn one_line(text: &str, max: usize) -> Cow<'_, str> {
    // A grapheme has no length limit; a cell has.
    let limit = max.saturating_mul(16);
    let head = if text.len() > limit { &text[..text.floor_char_boundary(limit)] } else { text };
    let is_plain = !head.chars().any(char::is_control);
    let cut = ellipsize_graphemes(head, max);
    let was_cut = head.len() < text.len();
    if is_plain && !was_cut {
        return cut;
    }
    let mut out = String::with_capacity(cut.len());
    for c in cut.chars() {
        if c.is_control() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    if was_cut && !out.ends_with('…') {
        out.push('…');
    }
    Cow::Owned(out)
}

/// With a capital letter at the beginning.
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_cleaned() {
        assert_eq!(clean("a\u{1b}[31mb\nc\td\u{202e}e\u{9b}f\0"), "a[31mb c def");
    }

    #[test]
    fn text_is_cut_at_graphemes() {
        assert_eq!(ellipsize_graphemes("short", 10), "short");
        assert_eq!(ellipsize_graphemes("abcdef", 4), "abc…");
        assert_eq!(ellipsize_graphemes("abcd", 4), "abcd");
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(ellipsize_graphemes(family, 1), family);
        let many = family.repeat(5);
        assert_eq!(ellipsize_graphemes(&many, 3), format!("{family}{family}…"));
        assert_eq!(ellipsize_graphemes("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }

    #[test]
    fn the_middle_gives_way() {
        assert_eq!(ellipsize_middle("abcdefghij", 2, 3), "ab…hij");
        assert_eq!(ellipsize_middle("abcdef", 2, 3), "abcdef");
        assert_eq!(ellipsize_middle("abcdefghij", 0, 0), "…");
        assert_eq!(ellipsize_middle("e\u{301}bcde\u{301}", 1, 1), "e\u{301}…e\u{301}");
    }

    #[test]
    fn long_ids_are_told_by_their_beginning() {
        for (id, head) in [
            ("", ""),
            ("12345678901234", "12345678901234"),
            ("123456789012345", "12345678901"),
            ("佐藤佐藤佐藤佐藤佐藤佐藤佐藤佐藤", "佐藤佐藤佐藤佐藤佐藤佐"),
        ] {
            assert_eq!(id_head(id), head);
        }
    }

    #[test]
    fn cells_are_one_line() {
        assert_eq!(one_line("a\r\nb\tc", 20), "a b c");
        assert!(matches!(one_line("plain", 20), Cow::Borrowed(_)));
        let long = "x".repeat(5_000_000);
        assert_eq!(one_line(&long, 200).chars().count(), 200);
        let marks = format!("a{}", "\u{301}".repeat(10_000));
        assert!(one_line(&marks, 200).len() < 4_000);
        assert!(one_line(&marks, 200).ends_with('…'));
    }
}
