//! How numbers and cut texts are written, the same everywhere.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// A duration: `0.4 ms`, `482 ms`, `1.3 s`, `4 min 12 s`, `2 h 05 min`.
pub fn duration_ns(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.unsigned_abs();
    if ns == 0 {
        return "0 ms".to_owned();
    }
    if ns < 1_000_000 {
        let us = ns as f64 / 1e3;
        return if ns < 1_000 {
            format!("{sign}{ns} ns")
        } else if us < 9.95 {
            format!("{sign}{us:.1} µs")
        } else {
            format!("{sign}{us:.0} µs")
        };
    }
    let ms = (ns + 500_000) / 1_000_000;
    if ms < 1_000 {
        return format!("{sign}{ms} ms");
    }
    let tenths = (ms + 50) / 100;
    if tenths < 600 {
        return format!("{sign}{}.{} s", tenths / 10, tenths % 10);
    }
    let seconds = (ms + 500) / 1_000;
    if seconds < 3_600 {
        return format!("{sign}{} min {} s", seconds / 60, seconds % 60);
    }
    let minutes = (seconds + 30) / 60;
    if minutes < 48 * 60 {
        return format!("{sign}{} h {:02} min", minutes / 60, minutes % 60);
    }
    let hours = (minutes + 30) / 60;
    format!("{sign}{} d {} h", hours / 24, hours % 24)
}

/// A duration in milliseconds, written like [`duration_ns`].
pub fn duration_ms(ms: i64) -> String {
    duration_ns(ms.saturating_mul(1_000_000))
}

/// A count with separators: `12,345`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count in few characters: `950`, `84 k`, `1.21 M`, `3.4 G`.
pub fn count_short(n: u64) -> String {
    let scaled = |unit: f64, name: &str| {
        let value = n as f64 / unit;
        let decimals = if value < 9.995 {
            2
        } else if value < 99.95 {
            1
        } else {
            0
        };
        let text = format!("{value:.decimals$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        format!("{text} {name}")
    };
    match n {
        0..1_000 => n.to_string(),
        1_000..999_500 => scaled(1e3, "k"),
        999_500..999_500_000 => scaled(1e6, "M"),
        _ => scaled(1e9, "G"),
    }
}

/// A size in bytes: `812 B`, `1.8 GB`, in powers of 1000 as file managers show them.
pub fn bytes(n: u64) -> String {
    if n < 1_000 {
        return format!("{n} B");
    }
    let mut value = n as f64 / 1e3;
    for unit in ["kB", "MB", "GB", "TB"] {
        if value < 999.5 || unit == "TB" {
            return if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") };
        }
        value /= 1e3;
    }
    format!("{n} B")
}

/// A measured value in few digits, without losing what it is: `0.7133`, `71.7`, `1.2e-7`, `NaN`, `∞`.
pub fn value(v: f64) -> String {
    if v.is_nan() {
        return "NaN".to_owned();
    }
    if v.is_infinite() {
        return if v > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    let size = v.abs();
    if v == v.trunc() && size < 1e15 {
        let grouped = count(size as u64);
        return if v < 0.0 { format!("-{grouped}") } else { grouped };
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{v:.3e}");
    }
    // Four significant digits, and no fewer decimals than one.
    let decimals = (3 - size.log10().floor() as i32).clamp(1, 8) as usize;
    let text = format!("{v:.decimals$}");
    let trimmed = text.trim_end_matches('0');
    if trimmed.ends_with('.') { format!("{trimmed}0") } else { trimmed.to_owned() }
}

/// A measured value with every digit that it has.
pub fn exact(v: f64) -> String {
    if v.is_finite() && (v == 0.0 || (1e-6..1e16).contains(&v.abs())) {
        v.to_string()
    } else if v.is_finite() {
        format!("{v:e}")
    } else {
        value(v)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (ns, text) in [
            (0, "0 ms"),
            (730, "730 ns"),
            (1_500, "1.5 µs"),
            (400_000, "400 µs"),
            (482_000_000, "482 ms"),
            (999_600_000, "1.0 s"),
            (1_300_000_000, "1.3 s"),
            (59_940_000_000, "59.9 s"),
            (59_960_000_000, "1 min 0 s"),
            (252_000_000_000, "4 min 12 s"),
            (7_500_000_000_000, "2 h 05 min"),
            (-1_300_000_000, "-1.3 s"),
        ] {
            assert_eq!(duration_ns(ns), text);
        }
        assert_eq!(duration_ms(482), "482 ms");
        assert!(duration_ns(i64::MIN).starts_with('-'));
        assert!(duration_ms(i64::MAX).ends_with('h'));
    }

    #[test]
    fn counts_and_bytes() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")] {
            assert_eq!(count(n), text);
        }
        for (n, text) in [(950, "950"), (84_000, "84 k"), (999_499, "999 k"), (999_500, "1 M"), (1_210_000, "1.21 M")] {
            assert_eq!(count_short(n), text);
        }
        for (n, text) in [(812, "812 B"), (1_000, "1.0 kB"), (20_000_000, "20 MB"), (1_800_000_000, "1.8 GB")] {
            assert_eq!(bytes(n), text);
        }
        assert!(bytes(u64::MAX).ends_with("TB"));
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn values() {
        for (v, text) in [
            (71.7, "71.7"),
            (0.713_333, "0.7133"),
            (100.0, "100"),
            (-12_345.0, "-12,345"),
            (1.2e-7, "1.200e-7"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-∞"),
            (0.0, "0"),
        ] {
            assert_eq!(value(v), text);
        }
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
