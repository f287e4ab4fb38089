//! Counts, sizes and measured values.

use super::UNKNOWN;

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

/// `1 run`, `2 runs`, `12,345 runs`
pub fn counted(n: impl TryInto<u64>, one: &str) -> String {
    let n = n.try_into().unwrap_or(u64::MAX);
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A figure that may be larger: `at least 12,345 traces`
pub fn at_least(figure: &str) -> String {
    format!("at least {figure}")
}

/// The same where there is no place for words: `12,345+`
pub fn count_or_more(n: u64) -> String {
    format!("{}+", count(n))
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

/// A difference with its sign: `+23.4`, `−1.5`, `±0`.
pub fn signed(difference: f64) -> String {
    let text = value(difference.abs());
    match difference {
        difference if difference > 0.0 => format!("+{text}"),
        difference if difference < 0.0 => format!("−{text}"),
        _ => format!("±{text}"),
    }
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

/// A measured value as other programs read it: every digit, and Python's words for what is no number.
pub fn for_programs(v: f64) -> String {
    if v.is_infinite() { if v > 0.0 { "Infinity" } else { "-Infinity" }.to_owned() } else { v.to_string() }
}

/// How many tokens were used: in all, or what is known of it (`1,200 in`), or unknown.
pub fn tokens(total: Option<u64>, input: Option<u64>, output: Option<u64>) -> String {
    match (total, input, output) {
        (Some(total), ..) => count(total),
        (None, Some(input), _) => format!("{} in", count(input)),
        (None, None, Some(output)) => format!("{} out", count(output)),
        (None, None, None) => UNKNOWN.to_owned(),
    }
}

/// `$0.0012`, or unknown.
pub fn dollars(cost: Option<f64>) -> String {
    match cost {
        None => UNKNOWN.to_owned(),
        Some(cost) if cost == 0.0 || cost.abs() >= 0.01 => format!("${cost:.2}"),
        Some(cost) => format!("${cost:.6}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_bytes() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_234_567, "1,234,567")] {
            assert_eq!(count(n), text);
        }
        for (n, text) in [(812, "812 B"), (1_000, "1.0 kB"), (20_000_000, "20 MB"), (1_800_000_000, "1.8 GB")] {
            assert_eq!(bytes(n), text);
        }
        assert!(bytes(u64::MAX).ends_with("TB"));
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(at_least(&counted(1, "trace")), "at least 1 trace");
        assert_eq!(count_or_more(12_345), "12,345+");
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
    fn words_and_money() {
        assert_eq!((counted(1, "run"), counted(0, "run")), ("1 run".to_owned(), "0 runs".to_owned()));
        assert_eq!(counted(12_345, "run"), "12,345 runs");
        assert_eq!(dollars(Some(0.0012)), "$0.0012");
        assert_eq!((dollars(Some(12.0)), dollars(None)), ("$12.00".to_owned(), "–".to_owned()));
    }
}
