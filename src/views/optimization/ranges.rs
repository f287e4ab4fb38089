//! How sure scores are, and how far those of one program stray: in the chart, beside it and in the table.

use std::sync::Arc;

use crate::analysis::optimization::EvaluationKind;
use crate::analysis::statistics::{Confidence, wilson};
use crate::loader::{Lane, Optimization};
use crate::model::RunId;
use crate::model::dspy::score_scale;
use crate::query::ask::Question;
use crate::query::{RepeatsOf, ScoresOf, noise};
use crate::views::scene::Scene;
use crate::widgets::charts::{Bracket, Marked, Whisker};
use crate::widgets::tokens::Tone;
use crate::words;

/// From this many evaluations on, brackets would cover what they stand beside: only that of what is pointed at is drawn.
const BRACKETS_ALL: usize = 40;

/// What is known of the ranges of one optimization.
#[derive(Default)]
pub(super) struct Ranges {
    of: Option<RunId>,
    /// What the examples said when `ends` was made.
    scores: Option<Arc<<ScoresOf as Question>::Answer>>,
    /// From low to high by the place of the evaluation, on the scale of its score.
    ends: Vec<Option<[f64; 2]>>,
    repeats: Option<Arc<<RepeatsOf as Question>::Answer>>,
}

impl Ranges {
    /// Takes what is known by now; waits for nothing.
    pub fn update(&mut self, scene: &mut Scene<'_>, found: &Optimization) {
        let parent = &found.run.id;
        if self.of.as_ref() != Some(parent) {
            *self = Self { of: Some(parent.clone()), ..Self::default() };
        }
        let slot = scene.loader.ask(&ScoresOf::optimization(parent.clone()), Lane::Visible);
        let is_known = |new: &Arc<_>| self.scores.as_ref().is_some_and(|known| Arc::ptr_eq(known, new));
        if let Some(new) = slot.value().filter(|new| !is_known(new)) {
            let columns = new.as_ref().as_ref().map(|scores| scores.columns.as_slice()).unwrap_or_default();
            let of = |run: &RunId| columns.iter().find(|column| column.run_id == *run)?.scaled_interval();
            self.ends = found.evaluations.iter().map(|one| of(&one.run_id)).collect();
            self.scores = Some(Arc::clone(new));
        }
        if let Some(new) = scene.loader.ask(&RepeatsOf(parent.clone()), Lane::Visible).value() {
            self.repeats = Some(Arc::clone(new));
        }
    }

    /// The 95 % interval of an evaluation, by its place.
    pub fn interval(&self, place: usize) -> Option<[f64; 2]> {
        self.ends.get(place).copied().flatten()
    }

    /// Whether any evaluation has an interval.
    pub fn has_intervals(&self) -> bool {
        self.ends.iter().any(Option::is_some)
    }

    /// The bars behind the points; those of what is marked are strong.
    pub fn whiskers(&self, found: &Optimization, marked: &[Marked]) -> Vec<Whisker> {
        let bar = |(one, ends): (&crate::analysis::optimization::Evaluation, &Option<[f64; 2]>)| {
            let [low, high] = (*ends)?;
            let x = one.order as f64;
            let ring = marked.iter().find(|ring| ring.at[0] == x);
            let own = if one.kind == EvaluationKind::Full { Tone::Accent } else { Tone::Faint };
            Some(Whisker { x, low, high, tone: ring.map_or(own, |ring| ring.tone), is_strong: ring.is_some() })
        };
        found.evaluations.iter().zip(&self.ends).filter_map(bar).collect()
    }

    /// The brackets of programs that were evaluated repeatedly; of many evaluations only those of what is marked.
    pub fn brackets(&self, found: &Optimization, marked: &[Marked]) -> Vec<Bracket> {
        let is_marked = |places: &[usize]| marked.iter().any(|ring| places.iter().any(|at| *at as f64 == ring.at[0]));
        let all = self.repeats.iter().flat_map(|all| all.iter());
        all.filter(|one| one.low < one.high)
            .filter(|one| found.evaluations.len() <= BRACKETS_ALL || is_marked(&one.evaluations))
            .filter_map(|one| {
                let x = one.evaluations.last()?;
                Some(Bracket { x: *x as f64, low: one.low, high: one.high, tone: Tone::Category(one.candidate) })
            })
            .collect()
    }

    /// From where to where the axis has to go, so that it stays as it is when the intervals come: none is wider than that
    /// of as many examples that are right or wrong, where scores go from 0 to 100. `None` where there will be none.
    pub fn axis(&self, found: &Optimization) -> Option<(f64, f64)> {
        if self.scores.is_some() && !self.has_intervals() {
            return None;
        }
        let scored = || found.evaluations.iter().filter_map(|one| Some((one.score?, one.n?)));
        // Scores up to 1 are likely means themselves.
        if !scored().any(|(score, _)| score > 1.0) {
            return None;
        }
        let ends = |(score, n): (f64, u64)| {
            let right = (score_scale::share(score) * n as f64).round() as usize;
            let interval = wilson(right, usize::try_from(n).ok()?, Confidence::USUAL)?;
            Some((score_scale::of_mean(interval.low), score_scale::of_mean(interval.high)))
        };
        let on_scale = scored().filter(|(score, _)| (0.0..=100.0).contains(score));
        on_scale.filter_map(ends).reduce(|(low, high), (a, b)| (low.min(a), high.max(b)))
    }

    /// How far the scores of one program stray, in words, and of how many programs that is told.
    pub fn noise(&self, found: &Optimization) -> Option<(String, String)> {
        noise(found, self.repeats.as_ref()?)
    }
}

/// `95 % interval 60.33 – 81.52`
pub(super) fn interval_words([low, high]: [f64; 2]) -> String {
    format!("95 % interval {} – {}", words::value(low), words::value(high))
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::found;
    use super::*;

    /// Wilson's interval of 4 in 5, by statsmodels: 0.37553 to 0.96379; of 6 in 12: 0.25378 to 0.74622.
    #[test]
    fn the_axis_is_there_before_the_intervals_and_stays() {
        let found = found();
        let mut ranges = Ranges::default();
        let (low, high) = ranges.axis(&found).expect("scores from 0 to 100");
        // 3 of 5 reach lowest, 4 of 5 highest.
        assert_eq!(((low * 100.0).round(), (high * 100.0).round()), (2307.0, 9638.0));
        ranges.ends = vec![Some([25.4, 74.6]), Some([37.6, 96.3]), None, None, None];
        assert_eq!(ranges.axis(&found), Some((low, high)));
        let bars = ranges.whiskers(&found, &[Marked { at: [1.0, 80.0], tone: Tone::Category(1) }]);
        let told: Vec<_> = bars.iter().map(|bar| (bar.x, bar.low, bar.tone, bar.is_strong)).collect();
        assert_eq!(told, [(0.0, 25.4, Tone::Accent, false), (1.0, 37.6, Tone::Category(1), true)]);
        assert!(bars.iter().all(|bar| bar.low >= low && bar.high <= high));
    }

    #[test]
    fn without_intervals_the_axis_is_that_of_the_scores() {
        let mut found = found();
        let known = Ranges { scores: Some(Arc::new(None)), ..Ranges::default() };
        assert_eq!(known.axis(&found), None);
        found.evaluations.iter_mut().for_each(|one| one.score = one.score.map(|score| score / 100.0));
        assert_eq!(Ranges::default().axis(&found), None, "means themselves");
    }
}
