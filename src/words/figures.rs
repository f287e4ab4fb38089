//! What is a figure, and how the figures of one column are written.

use super::numbers::value;

/// No figure is longer, in bytes.
const LONGEST: usize = 48;

/// Words that stand beside digits: units, and what tokens and dates are said with.
const WORDS: [&str; 20] = [
    "ns", "µs", "ms", "s", "min", "h", "d", "y", "B", "kB", "MB", "GB", "TB", "k", "M", "UTC", "today", "in", "out",
    "NaN",
];

/// Signs that stand within figures, dates, ranges and shares.
const SIGNS: &str = ".,:/%$+-–±×·≥≤~→∞?()[]";

/// Whether a text is a number, a duration, a date, a range or a change of them: what says something else when it is
/// cut. `2 min 16 s`, `-0.0023`, `11-21 08:40:17`, `1.116 → 1.238`, `60 + 2 × 25`.
pub fn is_figure(text: &str) -> bool {
    if text.len() > LONGEST || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let is_part = |part: &str| {
        WORDS.contains(&part)
            || part.chars().all(|c| c.is_ascii_digit() || SIGNS.contains(c))
            || part.parse::<f64>().is_ok()
    };
    text.split_whitespace().all(is_part)
}

/// With how many decimals the measured values of one column are written: two, or none where all are whole. Values
/// that are all below 1 keep four: `0.2695`, not `0.27`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decimals(Option<usize>);

impl Decimals {
    /// Two: for figures in little room that are told exactly elsewhere.
    pub const HUNDREDTHS: Self = Self(Some(2));

    /// What suits all of these.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut seen = ColumnValues::default();
        values.into_iter().for_each(|one| seen.add(one));
        seen.decimals()
    }

    /// A value of the column. One that so many decimals would make another, or 0, is written as anywhere else.
    pub fn write(self, v: f64) -> String {
        let size = v.abs();
        let Some(decimals) = self.0.filter(|_| v.is_finite() && size < 1e15) else { return value(v) };
        let least = 0.5 * 10f64.powi(-i32::try_from(decimals).unwrap_or(0));
        if v != 0.0 && size < least || decimals == 0 && v != v.trunc() {
            return value(v);
        }
        let text = format!("{size:.decimals$}");
        let (whole, part) = text.split_once('.').map_or((&*text, None), |(whole, part)| (whole, Some(part)));
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), super::count);
        let sign = if v < 0.0 { "-" } else { "" };
        part.map_or_else(|| format!("{sign}{whole}"), |part| format!("{sign}{whole}.{part}"))
    }
}

/// What was seen of the values of a column, one by one.
#[derive(Clone, Copy, Debug, Default)]
pub struct ColumnValues {
    largest: Option<f64>,
    has_parts: bool,
}

impl ColumnValues {
    /// One more value.
    pub fn add(&mut self, v: f64) {
        if v.is_finite() {
            self.has_parts |= v != v.trunc();
            self.largest = Some(self.largest.map_or(v.abs(), |known| known.max(v.abs())));
        }
    }

    /// What suits all of them.
    pub fn decimals(self) -> Decimals {
        Decimals(match self.largest {
            None => None,
            Some(_) if !self.has_parts => Some(0),
            Some(largest) if largest < 1.0 => Some(4),
            Some(_) => Some(2),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_from_words() {
        for figure in [
            "2 min 16 s",
            "-0.0023",
            "1.200e-7",
            "11-21 08:40:17",
            "today 13:44:21",
            "1.116 → 1.238",
            "60 + 2 × 25",
            "33.33 – 66.67",
            "≥ 12,345",
            "13 / 30",
            "1,200 in",
            "$0.0012",
            "66.67 %",
            "-12,345",
        ] {
            assert!(is_figure(figure), "{figure}");
        }
        for word in ["", "–", "finished", "eval_full_0", "3 evaluations", "a69060d61a33", "n = 24", "[plant-care] 'M"]
        {
            assert!(!is_figure(word), "{word}");
        }
        assert!(!is_figure(&"1 ".repeat(40)));
    }

    #[test]
    fn a_column_has_two_decimals_or_none() {
        let column = |values: &[f64]| {
            let decimals = Decimals::of(values.iter().copied());
            values.iter().map(|v| decimals.write(*v)).collect::<Vec<_>>()
        };
        assert_eq!(column(&[45.833_333, 50.0, 91.666_667]), ["45.83", "50.00", "91.67"]);
        assert_eq!(column(&[50.0, 100.0, -1_200.0]), ["50", "100", "-1,200"]);
        assert_eq!(column(&[0.2695, 0.341, 0.0]), ["0.2695", "0.3410", "0.0000"]);
        assert_eq!(column(&[f64::NAN, 12_345.5, 1e-7]), ["NaN", "12,345.50", "1.000e-7"]);
        assert_eq!(column(&[29.999_999_999_999_996, 0.5]), ["30.00", "0.50"]);
        assert_eq!(column(&[f64::INFINITY]), ["∞"]);
        assert_eq!(Decimals::of([1.0, 2.0]).write(2.5), "2.5", "a value that came later");
    }
}
