//! Numbers, times and foreign text as people read them.

use chrono::{DateTime, Local, Utc};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::{Cached, Tokens};

/// What stands where something is unknown.
pub(super) const UNKNOWN: &str = "–";

/// Text from a store without what could move the cursor, colour the terminal or turn the
/// direction of writing; line ends and tabs become spaces.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                None
            }
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect()
}

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

/// `12,345`
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `12,345`, or unknown.
pub(super) fn count_or_unknown(number: Option<u64>) -> String {
    number.map_or_else(|| UNKNOWN.to_owned(), count)
}

/// `1 run`, `2 runs`
pub(super) fn counted(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", count(number))
}

/// `482 ms`, `1.3 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`
pub(super) fn duration_ms(ms: i64) -> String {
    let ms = ms.max(0);
    let seconds = (ms + 500) / 1_000;
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..59_950 => {
            let tenths = (ms + 50) / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        _ if seconds < 3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ if seconds < 86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// The same, with a digit behind the point below 10 ms.
pub(super) fn duration_ns(ns: i64) -> String {
    let ns = ns.max(0);
    if ns < 9_950_000 {
        let tenths = (ns + 50_000) / 100_000;
        format!("{}.{} ms", tenths / 10, tenths % 10)
    } else {
        duration_ms(ns.saturating_add(500_000) / 1_000_000)
    }
}

/// A duration, or unknown.
pub(super) fn duration_or_unknown(ms: Option<i64>) -> String {
    ms.map_or_else(|| UNKNOWN.to_owned(), duration_ms)
}

/// `2025-11-21 07:48:03`, local or UTC.
pub(super) fn time(ms: Option<i64>, is_utc: bool) -> String {
    const FORMAT: &str = "%Y-%m-%d %H:%M:%S";
    match ms.map(|ms| (ms, DateTime::<Utc>::from_timestamp_millis(ms))) {
        None => UNKNOWN.to_owned(),
        Some((ms, None)) => format!("{ms} ms"),
        Some((_, Some(time))) if is_utc => time.format(FORMAT).to_string(),
        Some((_, Some(time))) => time.with_timezone(&Local).format(FORMAT).to_string(),
    }
}

/// The header of a column of times.
pub(super) fn time_header(name: &str, is_utc: bool) -> String {
    if is_utc { format!("{name} (UTC)") } else { name.to_owned() }
}

/// A metric's value: at most four digits behind the point, more only where it is tiny.
pub(super) fn real(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "∞".to_owned() } else { "-∞".to_owned() }
    } else if size != 0.0 && !(1e-3..1e15).contains(&size) {
        format!("{value:.3e}")
    } else {
        let text = format!("{value:.4}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// The total of a usage, or input and output where only they are known.
pub(super) fn tokens(tokens: Option<Tokens>) -> String {
    let Some(tokens) = tokens else { return UNKNOWN.to_owned() };
    match (tokens.total, tokens.input, tokens.output) {
        (Some(total), ..) => count(total),
        (None, Some(input), _) => format!("{} in", count(input)),
        (None, None, Some(output)) => format!("{} out", count(output)),
        (None, None, None) => UNKNOWN.to_owned(),
    }
}

/// Whether answers came from a cache, in a word.
pub(super) fn cached(cached: Cached) -> &'static str {
    match cached {
        Cached::No => "no",
        Cached::Partly => "partly",
        Cached::Likely => "likely",
    }
}

/// `$0.0012`, or unknown.
pub(super) fn dollars(cost: Option<f64>) -> String {
    match cost {
        None => UNKNOWN.to_owned(),
        Some(cost) if cost == 0.0 || cost.abs() >= 0.01 => format!("${cost:.2}"),
        Some(cost) => format!("${cost:.6}").trim_end_matches('0').to_owned(),
    }
}

/// `12.3 MB`
pub(super) fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if size < 1_000 {
        return counted(size, "byte");
    }
    let mut value = size as f64 / 1_000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1_000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let cases = [(0, "0 ms"), (482, "482 ms"), (1_300, "1.3 s"), (59_949, "59.9 s"), (59_950, "1 min 0 s")];
        let more = [(252_000, "4 min 12 s"), (7_500_000, "2 h 5 min"), (273_600_000, "3 d 4 h"), (-5, "0 ms")];
        for (ms, wanted) in cases.into_iter().chain(more) {
            assert_eq!(duration_ms(ms), wanted);
        }
        for (ns, wanted) in [(0, "0.0 ms"), (340_000, "0.3 ms"), (9_949_999, "9.9 ms"), (9_950_000, "10 ms")] {
            assert_eq!(duration_ns(ns), wanted);
        }
        assert_eq!(duration_ns(999_700_000), "1.0 s");
        assert!(duration_ns(i64::MAX).ends_with('h'));
    }

    #[test]
    fn numbers() {
        for (number, wanted) in [(0, "0"), (999, "999"), (12_345, "12,345"), (1_234_567, "1,234,567")] {
            assert_eq!(count(number), wanted);
        }
        for (value, wanted) in
            [(70.0, "70"), (72.54321, "72.5432"), (0.5, "0.5"), (0.0, "0"), (1e-5, "1.000e-5"), (-2.25, "-2.25")]
        {
            assert_eq!(real(value), wanted);
        }
        assert_eq!(dollars(Some(0.0012)), "$0.0012");
        assert_eq!(dollars(Some(12.0)), "$12.00");
        assert_eq!(bytes(1_250_000), "1.2 MB");
        assert_eq!(tokens(None), "–");
        assert_eq!(tokens(Tokens::new(Some(0), Some(0), None)), "0");
    }

    #[test]
    fn foreign_text() {
        assert_eq!(clean("a\u{1b}[31mb\nc\td\u{202e}e\u{9b}f\0"), "a[31mb c def");
        assert_eq!(cut("hello world", 7), "hello…");
        assert_eq!(cut("漢字漢字", 5), "漢字…");
        assert_eq!(cut("漢字", 4), "漢字");
    }

    #[test]
    fn times() {
        assert_eq!(time(Some(0), true), "1970-01-01 00:00:00");
        assert_eq!(time(None, true), "–");
        assert_eq!(time(Some(i64::MAX), true), "9223372036854775807 ms");
    }
}
