//! What slices say, in words: the same in window and terminal.

use super::{Slices, WorstSlice};
use crate::analysis::slices::{Slice, SliceValue, Worst, worst};
use crate::words;

/// No more of a value is written into a sentence.
const VALUE: usize = 60;

/// Below this, a difference is called more than luck.
const ALPHA: f64 = 0.05;

impl Slices {
    /// The slice that the sentence speaks of.
    pub fn worst(&self) -> Option<&Slice> {
        match worst(&self.slices)? {
            Worst::Fell(at) | Worst::HasWorse(at) => self.slices.get(at),
        }
    }

    /// What is to be seen first: `billing got worse: 90 → 70, 2 of 10 examples`, and what that is worth. `None` of one
    /// evaluation alone, or without slices.
    pub fn headline(&self) -> Option<String> {
        let field = self.field.as_ref()?.title();
        if self.slices.iter().all(|slice| slice.comparison.is_none()) {
            return None;
        }
        let figures = |slice: &Slice| format!("{}, {}", change(slice, self.unit), worse(slice));
        let of = self.slices.len();
        Some(match worst(&self.slices) {
            Some(Worst::Fell(at)) => {
                let slice = self.slices.get(at)?;
                let name = named(&field, slice);
                format!("{name} got worse on average: {} – {}", figures(slice), luck(slice, of))
            }
            Some(Worst::HasWorse(at)) => {
                let slice = self.slices.get(at)?;
                let name = named(&field, slice);
                let [worse, n] = counts(slice);
                let change = change(slice, self.unit);
                format!("On average no {field} got worse; examples of {name} did most often: {worse} of {n} ({change})")
            }
            None => format!("No {field} got worse, and no example of any"),
        })
    }
}

impl WorstSlice {
    /// In a line below a verdict: `but billing got worse: 90 → 70, 2 of 10 examples got worse; could be luck`; where no
    /// mean fell `changelog: 2 of 9 examples got worse, though 33.78 → 53.6 on average`.
    pub fn words(&self) -> String {
        let (name, worse) = (named(&self.field, &self.slice), worse(&self.slice));
        if self.fell {
            let change = change(&self.slice, self.unit);
            format!("but {name} got worse: {change}, {worse}; {}", self.luck())
        } else {
            format!("{name}: {worse}, though {} on average", self.kept())
        }
    }

    /// The same for a line with less room: `but billing got worse: 90 → 70; could be luck`,
    /// `changelog: 2 of 9 got worse (33.78 → 53.6)`.
    pub fn short_words(&self) -> String {
        let name = named(&self.field, &self.slice);
        if self.fell {
            format!("but {name} got worse: {}; {}", change(&self.slice, self.unit), self.luck())
        } else {
            let [worse, of] = counts(&self.slice);
            format!("{name}: {worse} of {of} got worse ({})", self.kept())
        }
    }

    /// What its mean was and is: `33.78 → 53.6`, `still 80`.
    fn kept(&self) -> String {
        let change = change(&self.slice, self.unit);
        match change.split_once(" → ") {
            Some((before, after)) if before == after => format!("still {after}"),
            _ => change,
        }
    }

    fn luck(&self) -> &'static str {
        let is_sure = self.slice.corrected_p(self.of).is_some_and(|p| p < ALPHA);
        if is_sure { "more than luck" } else { "could be luck" }
    }

    /// How it was chosen, and what that does to its claim.
    pub fn reason(&self) -> String {
        let [n, of] = [self.slice.examples.len(), self.of].map(|count| words::count(count as u64));
        let chosen = format!(
            "Chosen from {of} groups of examples, by the values of all fields that repeat, of 3 examples at least"
        );
        match (self.slice.comparison, self.slice.corrected_p(self.of)) {
            (Some(told), Some(corrected)) => {
                let (p, corrected) = (words::p_value(told.p), words::p_value(corrected));
                format!("{chosen}\nOf {n} examples {p} by itself, {corrected} as one of {of} (Bonferroni)")
            }
            _ => chosen,
        }
    }
}

/// What it is worth: `could be luck (p = 0.5, of 7 slices)`.
fn luck(slice: &Slice, count: usize) -> String {
    let (Some(told), Some(corrected)) = (slice.comparison, slice.corrected_p(count)) else { return String::new() };
    let p = words::p_value(corrected);
    let of = words::counted(count, "slice");
    match (told.p < ALPHA, corrected < ALPHA) {
        (_, true) => format!("more than luck, also as one of {of} ({p} at most)"),
        (true, false) => format!("more than luck by itself; as one of {of} it could be luck ({p} at most)"),
        _ => format!("could be luck ({}; {of})", words::p_value(told.p)),
    }
}

/// `90 → 70`
fn change(slice: &Slice, unit: f64) -> String {
    let before = slice.before.map_or_else(|| words::UNKNOWN.to_owned(), |it| words::value(it.mean * unit));
    format!("{before} → {}", words::value(slice.after.mean * unit))
}

/// How many of its examples got worse, and how many it has.
fn counts(slice: &Slice) -> [String; 2] {
    [slice.worse.len(), slice.examples.len()].map(|count| words::count(count as u64))
}

/// `2 of 10 examples got worse`
fn worse(slice: &Slice) -> String {
    let [worse, of] = counts(slice);
    format!("{worse} of {of} examples got worse")
}

/// A text stands for itself; `true`, `7` and `12 – 40` say nothing without their field.
fn named(field: &str, slice: &Slice) -> String {
    let text = slice.value.text();
    let text = words::one_line(&text, VALUE);
    match slice.value {
        SliceValue::Text(_) => text.into_owned(),
        _ => format!("{field} {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::slices::worst::WorstSlice;

    fn worst(before: f64, after: f64) -> WorstSlice {
        let side = |mean| crate::analysis::slices::SideScore { mean, interval: None };
        let value = SliceValue::Text("changelog".into());
        let slice = Slice {
            value,
            examples: vec![0, 1, 2],
            before: Some(side(before)),
            after: side(after),
            worse: vec![1],
            better: Vec::new(),
            comparison: None,
        };
        WorstSlice { field: "topic".into(), slice, fell: after < before, of: 7, unit: 100.0 }
    }

    #[test]
    fn a_slice_is_named_before_what_became_of_it() {
        let told = |before, after| [worst(before, after).words(), worst(before, after).short_words()];
        assert_eq!(
            told(0.5, 0.75),
            [
                "changelog: 1 of 3 examples got worse, though 50 → 75 on average",
                "changelog: 1 of 3 got worse (50 → 75)"
            ]
        );
        assert_eq!(told(0.5, 0.5)[0], "changelog: 1 of 3 examples got worse, though still 50 on average");
        assert_eq!(told(0.5, 0.25)[1], "but changelog got worse: 50 → 25; could be luck");
    }
}
