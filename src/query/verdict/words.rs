//! A verdict in words, the same in window and terminal.

use super::{Between, HeldOut, Verdict};
use crate::analysis::statistics::{Comparison, Interval};
use crate::words;

impl Verdict {
    /// `+23.4 points, 17 fixed, 3 broken of 60, p = 0.003`
    pub fn figures(&self) -> String {
        let points = if self.unit == 100.0 { " points" } else { "" };
        let difference = words::signed(self.comparison.difference() * self.unit);
        format!("{difference}{points}, {}", self.changed())
    }

    /// What it means: `more than luck`, `could be luck, about 140 more examples would settle it`.
    pub fn meaning(&self) -> String {
        self.meaning_as(&self.chosen())
    }

    fn meaning_as(&self, chosen: &str) -> String {
        if !self.comparison.is_more_than_luck() {
            return luck(&self.comparison);
        }
        let worse = if self.comparison.difference() < 0.0 { "worse by " } else { "" };
        if self.best_of <= 2 {
            return format!("{worse}more than luck");
        }
        let p = words::p_value(self.corrected_p());
        if self.corrected_p() < 0.05 {
            format!("{worse}more than luck, also as the {chosen} ({p} at most)")
        } else {
            format!("{worse}more than luck by itself; as the {chosen} it could be luck ({p} at most)")
        }
    }

    /// What it means, for a table: `more than luck, also as the best of 4 (p < 0.001 at most)`.
    pub fn short_meaning(&self) -> String {
        self.meaning_as(&self.short_chosen())
    }

    fn short_chosen(&self) -> String {
        format!("best of {}", words::count(self.best_of as u64))
    }

    /// On what it was chosen: `best of 13 on the data it was chosen on`.
    pub fn chosen(&self) -> String {
        format!("best of {} on the data it was chosen on", words::count(self.best_of as u64))
    }

    /// What it means, and on what it was chosen.
    pub fn judgement(&self) -> String {
        self.judgement_as(&self.chosen())
    }

    /// The same for a line with less room: `could be luck, about 140 more examples would settle it; best of 13`.
    pub fn short_judgement(&self) -> String {
        self.judgement_as(&self.short_chosen())
    }

    fn judgement_as(&self, chosen: &str) -> String {
        let meaning = self.meaning_as(chosen);
        if meaning.contains(chosen) { meaning } else { format!("{meaning}; {chosen}") }
    }

    /// `17 fixed, 3 broken of 60, p = 0.003`
    pub fn changed(&self) -> String {
        format!("{}, {}", self.changed_counts(), words::p_value(self.comparison.p))
    }

    /// `17 fixed, 3 broken of 60`
    pub fn changed_counts(&self) -> String {
        let [fixed, broken, n] = [self.fixed, self.broken, self.comparison.examples].map(|n| words::count(n as u64));
        format!("{fixed} fixed, {broken} broken of {n}")
    }

    /// All of it in one line.
    pub fn text(&self, held_out: Option<&HeldOut>) -> String {
        let mut text = format!("{}: {}", self.figures(), self.judgement());
        if let Some(held_out) = held_out {
            text.push_str("; ");
            text.push_str(&held_out.words());
        }
        text
    }
}

impl HeldOut {
    /// `held out: +11 [4, 18], n = 20, p = 0.04`
    pub fn words(&self) -> String {
        format!("{}, {}", self.figures(), words::p_value(self.comparison.p))
    }

    /// `held out: +11 [4, 18], n = 20`
    pub fn figures(&self) -> String {
        let interval = self.comparison.interval.map_or_else(String::new, |interval| told_interval(interval, self.unit));
        let n = words::count(self.comparison.examples as u64);
        format!("held out: {}{interval}, n = {n}", self.difference())
    }

    /// `held out: +11`
    pub fn short_figures(&self) -> String {
        format!("held out: {}", self.difference())
    }

    fn difference(&self) -> String {
        words::signed(self.comparison.difference() * self.unit)
    }
}

impl Between {
    /// What it means: `more than luck`, `worse by more than luck`, `could be luck, about 140 more examples would settle
    /// it`.
    pub fn meaning(&self) -> String {
        luck(&self.comparison)
    }

    /// `+11 [4, 18], n = 60, p = 0.003`
    pub fn difference_words(&self) -> String {
        let n = words::count(self.comparison.examples as u64);
        format!("{}, n = {n}, {}", self.difference(), words::p_value(self.comparison.p))
    }

    /// `+11 [4, 18], 17 fixed, 3 broken of 60, p = 0.003`
    pub fn figures(&self) -> String {
        let [fixed, broken, n] = [self.fixed, self.broken, self.comparison.examples].map(|n| words::count(n as u64));
        let p = words::p_value(self.comparison.p);
        format!("{}, {fixed} fixed, {broken} broken of {n}, {p}", self.difference())
    }

    /// `+11 [4, 18]`
    fn difference(&self) -> String {
        let difference = words::signed(self.comparison.difference() * self.shown_unit());
        let interval = self.comparison.interval;
        difference + &interval.map_or_else(String::new, |interval| told_interval(interval, self.shown_unit()))
    }

    /// All of it in one line.
    pub fn text(&self) -> String {
        format!("{}: {}", self.figures(), self.meaning())
    }
}

/// What a difference means by itself.
fn luck(comparison: &Comparison) -> String {
    let difference = comparison.difference();
    if comparison.is_more_than_luck() {
        let worse = if difference < 0.0 { "worse by " } else { "" };
        return format!("{worse}more than luck");
    }
    match comparison.more_examples() {
        Some(more) => format!("could be luck, about {} more examples would settle it", words::count(rounded(more))),
        None if difference == 0.0 => "no difference".to_owned(),
        None => "could be luck".to_owned(),
    }
}

fn told_interval(interval: Interval, unit: f64) -> String {
    let interval = interval.scaled(unit);
    format!(" [{}, {}]", words::value(interval.low), words::value(interval.high))
}

/// To two digits, for an estimate.
fn rounded(count: usize) -> u64 {
    let count = count as u64;
    let step = 10_u64.pow(count.max(1).ilog10().saturating_sub(1));
    count.div_ceil(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_have_two_digits() {
        assert_eq!([7, 99, 101, 1_234, 13].map(rounded), [7, 99, 110, 1_300, 13]);
    }
}
