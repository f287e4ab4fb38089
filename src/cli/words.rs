//! What a terminal adds to [`crate::words`]: the width of cells, and words for what is unknown.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::Tokens;
use crate::words::{self, Zone, moment};
pub(super) use crate::words::{
    UNKNOWN, at_least, bytes, clean, cost, count, counted, dollars, duration_ms, duration_ns, exact, id_head, p_value,
    signed, signed_duration_ns, value,
};

/// How many cells a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// A text cut to so many cells, ending with `…` if anything was cut.
pub(super) fn cut(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1; // the ellipsis
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > cells {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// `12,345`, or unknown.
pub(super) fn count_or_unknown(number: Option<u64>) -> String {
    number.map_or_else(|| UNKNOWN.to_owned(), count)
}

/// A duration, or unknown.
pub(super) fn duration_or_unknown(ms: Option<i64>) -> String {
    ms.map_or_else(|| UNKNOWN.to_owned(), duration_ms)
}

/// `2025-11-21 07:48:03`, local or UTC.
pub(super) fn time(ms: Option<i64>, is_utc: bool) -> String {
    let zone = if is_utc { Zone::Utc } else { Zone::Local };
    ms.map_or_else(|| UNKNOWN.to_owned(), |ms| moment(ms, zone))
}

/// The header of a column of times.
pub(super) fn time_header(name: &str, is_utc: bool) -> String {
    if is_utc { format!("{name} (UTC)") } else { name.to_owned() }
}

/// The total of a usage, or input and output where only they are known.
pub(super) fn tokens(tokens: Option<Tokens>) -> String {
    tokens.map_or_else(|| UNKNOWN.to_owned(), |usage| words::tokens(usage.total, usage.input, usage.output))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_cells() {
        assert_eq!(cut("hello world", 7), "hello…");
        assert_eq!(cut("漢字漢字", 5), "漢字…");
        assert_eq!(cut("漢字", 4), "漢字");
    }

    #[test]
    fn what_is_unknown_is_no_0() {
        assert_eq!(tokens(None), "–");
        assert_eq!(tokens(Tokens::new(Some(0), Some(0), None)), "0");
        assert_eq!(time(Some(0), true), "1970-01-01 00:00:00");
        assert_eq!((time(None, true), count_or_unknown(None)), ("–".to_owned(), "–".to_owned()));
    }
}
