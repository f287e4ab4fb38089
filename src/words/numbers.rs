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
    // Sums of hundredths leave a rest in the last places of a float.
    let difference = (difference * 1e9).round() / 1e9;
    let text = value(difference.abs());
    match difference {
        difference if difference > 0.0 => format!("+{text}"),
        difference if difference < 0.0 => format!("−{text}"),
        _ => format!("±{text}"),
    }
}

/// A measured value in six digits, for whoever points at it: `58.33`, `0.302833`. What is no more than the noise of
/// a sum does not show.
pub fn precise(v: f64) -> String {
    let rounded = significant(v, 6);
    let size = rounded.abs();
    if !rounded.is_finite() || rounded == rounded.trunc() && size < 1e15 {
        return value(rounded);
    }
    if (1e-4..1e15).contains(&size) { rounded.to_string() } else { format!("{rounded:e}") }
}

/// A measured value with every digit that a float can keep, which is fifteen: `29.999999999999996` is written `30`.
pub fn exact(v: f64) -> String {
    let v = if v == v.trunc() { v } else { significant(v, 15) };
    if v.is_finite() && (v == 0.0 || (1e-6..1e16).contains(&v.abs())) {
        v.to_string()
    } else if v.is_finite() {
        format!("{v:e}")
    } else {
        value(v)
    }
}

/// The nearest value of so many digits.
fn significant(v: f64, digits: usize) -> f64 {
    let decimals = digits.saturating_sub(1);
    format!("{v:.decimals$e}").parse().unwrap_or(v)
}

/// A value beside the marks of an axis, which are `step` apart: all of them with the same decimals, or all in the same
/// power of ten.
pub fn on_axis(v: f64, step: f64) -> String {
    if !(v.is_finite() && step.is_finite() && step > 0.0) {
        return value(v);
    }
    // A sum of steps misses 0 by its noise.
    let v = if v.abs() < step * 1e-6 { 0.0 } else { v };
    let power = (step * 1.000_001).log10().floor();
    if (0.0..9.0).contains(&power) {
        return value(v.round());
    }
    if (-6.0..0.0).contains(&power) {
        let decimals = -power as usize;
        return format!("{v:.decimals$}");
    }
    let times = (v / 10f64.powf(power)).round();
    if times == 0.0 { "0".to_owned() } else { format!("{times}e{power}") }
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
        Some(cost) if cost == 0.0 || cost.abs() >= 1.0 => format!("${cost:.2}"),
        Some(cost) if cost.abs() >= 0.01 => {
            let text = format!("${cost:.3}");
            text.strip_suffix('0').map_or(text.clone(), str::to_owned)
        }
        Some(cost) if cost.abs() >= 1e-4 => format!("${cost:.6}").trim_end_matches('0').to_owned(),
        // Some, however little, is never written as none.
        Some(cost) if cost.abs() < 1e-9 => "< $0.000000001".to_owned(),
        Some(cost) => format!("${cost:.9}").trim_end_matches('0').to_owned(),
    }
}

/// A cost with the sign of how sure it is: `≤ $0.0012`.
pub fn cost(usd: f64, sign: &str) -> String {
    format!("{sign}{}", dollars(Some(usd)))
}

/// `p = 0.003`, `p < 0.001`.
pub fn p_value(p: f64) -> String {
    match p {
        p if p < 0.001 => "p < 0.001".to_owned(),
        p if p < 0.1 => format!("p = {p:.3}"),
        p if p < 0.995 => format!("p = {p:.2}"),
        _ => "p = 1".to_owned(),
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
    fn the_noise_of_a_sum_is_not_written() {
        for (v, text) in [
            (29.999_999_999_999_996, "30"),
            (58.329_999_999_999_99, "58.33"),
            (0.302_833_333_333, "0.302833"),
            (1_234_567.89, "1,234,570"),
            (-1.234_567_8e-7, "-1.23457e-7"),
            (f64::INFINITY, "∞"),
            (0.0, "0"),
        ] {
            assert_eq!(precise(v), text);
        }
        assert_eq!((exact(29.999_999_999_999_996), exact(0.1 + 0.2)), ("30".to_owned(), "0.3".to_owned()));
        assert_eq!(
            (exact(9_007_199_254_740_991.0), exact(0.123_456_789)),
            ("9007199254740991".into(), "0.123456789".into())
        );
    }

    #[test]
    fn the_marks_of_an_axis_are_written_alike() {
        let axis = |marks: &[f64], step| marks.iter().map(|v| on_axis(*v, step)).collect::<Vec<_>>();
        assert_eq!(axis(&[0.25, 0.3, 0.350_000_000_000_000_03], 0.05), ["0.25", "0.30", "0.35"]);
        assert_eq!(axis(&[-1e-17, 0.5, 1.0], 0.5), ["0.0", "0.5", "1.0"]);
        assert_eq!(axis(&[0.0, 20.0, 1_000.0], 20.0), ["0", "20", "1,000"]);
        assert_eq!(axis(&[0.0, 8e-9, 1e-8], 2e-9), ["0", "8e-9", "10e-9"]);
        assert_eq!(axis(&[0.0, 5e9, 1e10], 5e9), ["0", "5e9", "10e9"]);
        assert_eq!(axis(&[999_999.998, 1_000_000.0], 0.002), ["999999.998", "1000000.000"]);
        assert_eq!((on_axis(f64::NAN, 1.0), on_axis(1.5, 0.0)), ("NaN".to_owned(), "1.5".to_owned()));
    }

    #[test]
    fn words_and_money() {
        assert_eq!((counted(1, "run"), counted(0, "run")), ("1 run".to_owned(), "0 runs".to_owned()));
        assert_eq!(counted(12_345, "run"), "12,345 runs");
        assert_eq!(dollars(Some(0.0012)), "$0.0012");
        assert_eq!((dollars(Some(12.0)), dollars(None)), ("$12.00".to_owned(), "–".to_owned()));
    }

    #[test]
    fn what_a_test_found_is_as_exact_as_it_is_known() {
        let told = [0.0, 2.5e-5, 0.0029, 0.042, 0.23, 0.999].map(p_value);
        assert_eq!(told, ["p < 0.001", "p < 0.001", "p = 0.003", "p = 0.042", "p = 0.23", "p = 1"]);
        assert_eq!([29.999_999_999_999_996, -2.0, 1e-14].map(signed), ["+30", "−2", "±0"]);
    }
}
