//! The examples of `dspyglass diff`, for programs.

use serde::Serialize;

use crate::model::TraceId;
use crate::model::program::Object;
use crate::query::{ExampleChange, ExampleDiff, ScoreSource, TraceLink, UnchangedExamples};

#[derive(Serialize)]
pub(super) struct Examples<'a> {
    fixed: Vec<OneExample<'a>>,
    broken: Vec<OneExample<'a>>,
    /// Those that are wrong and right in both, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    still_wrong: Option<Vec<OneExample<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    still_right: Option<Vec<OneExample<'a>>>,
    /// How many these are; null unless one metric scored both.
    unchanged: Option<Unchanged>,
    /// Where the scores of `a` and `b` were read; null where there are none.
    sources: [Option<&'static str>; 2],
    /// Why there are no scores of `a` and `b`.
    without_scores: [Option<String>; 2],
    /// Whether the inputs of an example are told apart from the rest; else `inputs` holds all of it.
    inputs_told: Option<bool>,
    /// How many examples both evaluated; null unless both have scores of them.
    joined: Option<usize>,
    scored: Option<usize>,
    /// From which score on an example is right in both; null unless they have one metric
    /// and examples that both scored.
    threshold: Option<f64>,
    /// The same for `a` and `b`, each by its own scores where they have not one metric; null
    /// as `threshold` is.
    thresholds: [Option<f64>; 2],
    /// How many of the examples that both scored are right in `a` and `b`.
    right: Option<[usize; 2]>,
    /// Whether one metric scored both; only then an example is fixed or broken.
    metric: Option<Metric<'a>>,
}

#[derive(Serialize)]
struct Unchanged {
    wrong: usize,
    right: usize,
}

#[derive(Serialize)]
struct Metric<'a> {
    /// Null where it cannot be told.
    same: Option<bool>,
    inferred: bool,
    reason: &'a str,
}

#[derive(Serialize)]
struct OneExample<'a> {
    inputs: &'a Object,
    expected: &'a Object,
    scores: [f64; 2],
    /// Its traces in `a` and `b`; null where they cannot be told.
    trace_ids: [Option<&'a str>; 2],
    /// Why they cannot be told.
    without_trace: [Option<String>; 2],
    /// What was answered in `a` and `b`; null where that is not known.
    predictions: [Option<&'a Object>; 2],
    /// Where that was read: `stored`, or `repr` where only the text of a prediction was stored.
    prediction_sources: [Option<&'static str>; 2],
}

impl<'a> From<&'a ExampleChange> for OneExample<'a> {
    fn from(change: &'a ExampleChange) -> Self {
        Self {
            inputs: &change.inputs,
            expected: &change.expected,
            scores: [change.old, change.new],
            trace_ids: change.traces.each_ref().map(|link| link.trace().map(TraceId::as_str)),
            without_trace: change.traces.each_ref().map(TraceLink::why),
            predictions: change.answers.each_ref().map(|answer| answer.as_ref().map(|answer| &answer.fields)),
            prediction_sources: change
                .answers
                .each_ref()
                .map(|answer| answer.as_ref().map(|answer| if answer.from_repr { "repr" } else { "stored" })),
        }
    }
}

impl<'a> Examples<'a> {
    pub(super) fn new(
        diff: Option<&'a ExampleDiff>,
        unchanged: Option<&'a UnchangedExamples>,
        sources: &[ScoreSource; 2],
    ) -> Self {
        let still = |list: &'a Vec<ExampleChange>| list.iter().map(OneExample::from).collect();
        let list = |pick: fn(&ExampleDiff) -> &Vec<ExampleChange>| {
            diff.map_or_else(Vec::new, |diff| pick(diff).iter().map(OneExample::from).collect())
        };
        Self {
            fixed: list(|diff| &diff.fixed),
            broken: list(|diff| &diff.broken),
            still_wrong: unchanged.map(|all| still(&all.wrong)),
            still_right: unchanged.map(|all| still(&all.right)),
            unchanged: diff.and_then(ExampleDiff::unchanged).map(|[wrong, right]| Unchanged { wrong, right }),
            sources: sources.each_ref().map(ScoreSource::as_str),
            without_scores: sources.each_ref().map(|source| match source {
                ScoreSource::Nothing(why) => Some(why.to_string()),
                _ => None,
            }),
            inputs_told: diff.map(|diff| diff.tells_inputs),
            joined: diff.map(|diff| diff.joined),
            scored: diff.map(|diff| diff.scored),
            threshold: diff.and_then(ExampleDiff::rule).map(|rule| rule.threshold),
            thresholds: diff
                .filter(|diff| diff.scored > 0)
                .map_or([None; 2], |diff| diff.rules.map(|rule| rule.map(|rule| rule.threshold))),
            right: diff.filter(|diff| diff.scored > 0).map(|diff| diff.right),
            metric: diff.map(|diff| Metric {
                same: diff.metric.same,
                inferred: diff.metric.inferred,
                reason: &diff.metric.reason,
            }),
        }
    }
}
