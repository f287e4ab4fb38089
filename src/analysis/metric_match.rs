//! Whether two evaluations were scored by the same metric.
//!
//! MLflow notes no metric with an evaluation (2.21 – 3.18): `eval` is the name for all of them.
//! What tells is whose evaluations they are, how assessments on their traces are called, what the
//! metric made of equal answers, and between which numbers the scores lie. All of it is inferred,
//! so every verdict comes with its reason.

use super::result_table::RightRule;

/// The function that GEPA wraps around a metric (DSPy 3.4): its name is not the metric's.
pub const WRAPPED_METRIC: &str = "wrapped_metric";

/// What is known of the metric of one evaluation.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MetricClues {
    /// The name of the assessments on its traces, if there is just one; never GEPA's wrapper.
    pub name: Option<String>,
    /// The name of the optimization whose evaluation it is, and an id that tells it from others.
    pub optimization: Option<(String, String)>,
    /// Between which numbers its scores lie.
    pub range: Option<ScoreRange>,
}

/// Between which numbers scores lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreRange {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// All of them are 0 or 1.
    pub is_binary: bool,
}

impl ScoreRange {
    /// That of some scores; `None` without any.
    pub fn of(scores: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut range: Option<Self> = None;
        for score in scores.into_iter().filter(|score| score.is_finite()) {
            let is_binary = score == 0.0 || score == 1.0;
            let known = range.get_or_insert(Self { low: score, high: score, is_binary });
            (known.low, known.high) = (known.low.min(score), known.high.max(score));
            known.is_binary &= is_binary;
        }
        range
    }

    /// Scores of DSPy's own metrics lie between 0 and 1.
    fn is_unit(self) -> bool {
        self.low >= 0.0 && self.high <= 1.0
    }

    /// From which score on an example counts as right, by these scores alone.
    pub fn rule(self) -> RightRule {
        let threshold = if self.is_binary { 1.0 } else { self.low + (self.high - self.low) / 2.0 };
        RightRule { threshold, is_binary: self.is_binary }
    }

    /// Of both together.
    pub fn with(self, other: Self) -> Self {
        let is_binary = self.is_binary && other.is_binary;
        Self { low: self.low.min(other.low), high: self.high.max(other.high), is_binary }
    }
}

/// Examples that both programs answered in the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Alike {
    /// So many of them have the same score.
    pub agree: usize,
    /// So many of them have not.
    pub differ: usize,
}

/// Whether two evaluations were scored by the same metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricMatch {
    /// They were, or were not; `None` if that cannot be told.
    pub same: Option<bool>,
    /// It is told by clues; false only for an evaluation beside itself.
    pub inferred: bool,
    /// Which, as a sentence without its end.
    pub reason: String,
}

impl MetricMatch {
    /// An evaluation beside itself.
    pub fn itself() -> Self {
        Self { same: Some(true), inferred: false, reason: "it is the same evaluation".to_owned() }
    }

    /// Scores may be set against each other.
    pub fn is_same(&self) -> bool {
        self.same == Some(true)
    }

    fn inferred(same: Option<bool>, reason: impl Into<String>) -> Self {
        Self { same, inferred: true, reason: reason.into() }
    }
}

/// Infers whether two evaluations have one metric, from the surest clue to the weakest.
pub fn match_metrics(a: &MetricClues, b: &MetricClues, alike: Alike) -> MetricMatch {
    let told = |same: bool, reason: String| MetricMatch::inferred(Some(same), reason);
    if let (Some((name, of_a)), Some((_, of_b))) = (&a.optimization, &b.optimization)
        && of_a == of_b
    {
        return told(true, format!("both are evaluations of {name}, and an optimizer scores with one metric"));
    }
    let ranges = a.range.zip(b.range);
    // Scores beyond 0 to 1 beside scores within.
    let is_other_scale = ranges.is_some_and(|(a, b)| a.is_unit() != b.is_unit());
    if let (Some(of_a), Some(of_b)) = (&a.name, &b.name) {
        return match (of_a == of_b, is_other_scale || alike.differ > 0) {
            (false, _) => told(false, format!("assessments on their traces are named “{of_a}” and “{of_b}”")),
            (true, false) => told(true, format!("assessments on the traces of both are named “{of_a}”")),
            (true, true) => {
                let why = format!("assessments on the traces of both are named “{of_a}”, but {}", scales(a, b, alike));
                MetricMatch::inferred(None, why)
            }
        };
    }
    if is_other_scale {
        return told(false, scales(a, b, alike));
    }
    match ranges {
        _ if alike.differ > 0 => MetricMatch::inferred(None, scales(a, b, alike)),
        None => MetricMatch::inferred(None, "one of them has no scores"),
        Some((a, b)) if a.is_binary != b.is_binary => {
            MetricMatch::inferred(None, "the scores of one are 0 or 1, those of the other lie between")
        }
        // Wider scales are alike only where they are about as wide.
        Some((a, b)) if !a.is_unit() && a.high.abs().max(b.high.abs()) > 2.0 * a.high.abs().min(b.high.abs()) => {
            MetricMatch::inferred(
                None,
                format!("the scores of one go up to {}, those of the other to {}", a.high, b.high),
            )
        }
        Some((a, _)) => {
            let values = match (a.is_binary, a.is_unit()) {
                (true, _) => "the scores of both are 0 or 1",
                (false, true) => "the scores of both lie between 0 and 1",
                (false, false) => "the scores of both are on about the same scale",
            };
            let alike = match alike.agree {
                0 => String::new(),
                1 => ", and the example that both answered alike has the same score".to_owned(),
                n => format!(", and {n} examples that both answered alike have the same scores"),
            };
            told(true, format!("nothing names their metrics, but {values}{alike}"))
        }
    }
}

/// What speaks against one metric.
fn scales(a: &MetricClues, b: &MetricClues, alike: Alike) -> String {
    match (a.range, b.range) {
        (Some(a), Some(b)) if a.is_unit() != b.is_unit() => {
            let range = |range: ScoreRange| format!("from {} to {}", range.low, range.high);
            format!("the scores of one go {}, those of the other {}", range(a), range(b))
        }
        _ if alike.differ == 1 => "an example that both answered alike has another score".to_owned(),
        _ => format!("{} examples that both answered alike have other scores", alike.differ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clues(name: &str, optimization: &str, scores: &[f64]) -> MetricClues {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        MetricClues {
            name: some(name),
            optimization: some(optimization).map(|id| (id.clone(), id)),
            range: ScoreRange::of(scores.iter().copied()),
        }
    }

    fn same(a: &MetricClues, b: &MetricClues) -> Option<bool> {
        let there = match_metrics(a, b, Alike::default());
        let back = match_metrics(b, a, Alike::default());
        assert_eq!(there.same, back.same);
        assert!(there.inferred && !there.reason.is_empty());
        there.same
    }

    #[test]
    fn each_clue_from_the_surest_on() {
        let (exact, stars) = (clues("exact", "", &[0.0, 1.0]), clues("stars", "", &[1.0, 5.0]));
        assert_eq!(same(&exact, &stars), Some(false));
        assert_eq!(same(&exact, &clues("exact", "", &[1.0])), Some(true));
        // Two of one name may be two functions: the scales speak against it.
        assert_eq!(same(&clues("metric", "", &[0.0, 1.0]), &clues("metric", "", &[1.0, 5.0])), None);
        // An optimizer has one metric, whatever the few kept scores look like.
        assert_eq!(same(&clues("", "p", &[0.0]), &clues("judged", "p", &[1.0, 5.0])), Some(true));
        assert_eq!(same(&clues("", "p", &[0.0, 1.0]), &clues("", "q", &[0.0, 5.0])), Some(false));
        assert_eq!(same(&clues("", "", &[0.0, 1.0]), &clues("exact", "", &[0.0])), Some(true));
        assert_eq!(same(&clues("", "", &[0.0, 1.0]), &clues("", "", &[0.1, 0.8])), None);
        assert_eq!(same(&clues("", "", &[0.3, 1.0]), &clues("", "", &[0.1, 0.8])), Some(true));
        assert_eq!(same(&clues("", "", &[0.0, 5.0]), &clues("", "", &[1.0, 4.0])), Some(true));
        assert_eq!(same(&clues("", "", &[0.0, 5.0]), &clues("", "", &[10.0, 90.0])), None);
        assert_eq!(same(&clues("", "", &[0.0, 1.0]), &clues("", "", &[])), None);
    }

    #[test]
    fn right_is_one_or_half_of_the_range() {
        let rule = |scores: &[f64]| ScoreRange::of(scores.iter().copied()).map(ScoreRange::rule);
        assert_eq!(rule(&[]), None);
        assert_eq!(rule(&[0.0, 1.0]), Some(RightRule { threshold: 1.0, is_binary: true }));
        assert_eq!(rule(&[0.0]), Some(RightRule { threshold: 1.0, is_binary: true }));
        assert_eq!(rule(&[0.2, 0.6, f64::NAN]).map(|rule| rule.is_binary), Some(false));
        assert!(rule(&[0.0, 10.0]).is_some_and(|rule| rule.is_right(5.0) && !rule.is_right(4.9)));
    }

    #[test]
    fn equal_answers_with_other_scores_speak_against_one_metric() {
        let (a, b) = (clues("", "", &[0.0, 1.0]), clues("", "", &[0.0, 1.0]));
        let matched = |agree, differ| match_metrics(&a, &b, Alike { agree, differ });
        assert_eq!(matched(0, 1).same, None);
        assert!(matched(2, 0).reason.contains("2 examples that both answered alike have the same scores"));
        // Whoever runs one optimization has one metric, and judges may waver.
        let of_one = clues("", "p", &[0.0, 1.0]);
        assert!(match_metrics(&of_one, &of_one, Alike { agree: 1, differ: 1 }).is_same());
    }
}
