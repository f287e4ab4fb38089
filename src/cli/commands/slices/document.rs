//! The document of `slices --json`.

use serde::Serialize;

use super::is_by_value;
use crate::analysis::failures::FailureChange;
use crate::analysis::slices::{Confusion, LabelScores, Parting, Slice};
use crate::analysis::statistics::Interval;
use crate::cli::json::{Real, Warnings};
use crate::query::{Failures, FeedbackSource, Slices};

#[derive(Serialize)]
pub(super) struct Document<'a> {
    slices: Vec<SliceJson<'a>>,
    confusion: Option<ConfusionJson<'a>>,
    /// What examples can be parted by: their values.
    fields: Vec<&'a str>,
    /// Other ways to part them: ranges, lengths, items of lists.
    other_fields: Vec<FieldJson<'a>>,
    headline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<FailuresJson<'a>>,
    /// Why there are none.
    without_slices: Option<&'a str>,
    /// The scores that can be chosen; empty where examples have one.
    score_names: &'a [String],
    /// The one that was chosen; null for the one that counts by itself.
    score: Option<&'a str>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct FieldJson<'a> {
    name: String,
    field: &'a str,
    by: &'static str,
}

#[derive(Serialize)]
struct SliceJson<'a> {
    value: String,
    kind: &'static str,
    n: usize,
    seed: Option<Real>,
    winner: Real,
    difference: Option<Real>,
    interval: Option<[Real; 2]>,
    seed_interval: Option<[Real; 2]>,
    winner_interval: Option<[Real; 2]>,
    p: Option<f64>,
    p_corrected: Option<f64>,
    examples: &'a [u32],
    better: &'a [u32],
    worse: &'a [u32],
}

#[derive(Serialize)]
struct ConfusionJson<'a> {
    labels: &'a [String],
    seed: &'a [Vec<usize>],
    winner: &'a [Vec<usize>],
    classes: Vec<ClassJson<'a>>,
}

#[derive(Serialize)]
struct ClassJson<'a> {
    label: &'a str,
    support: usize,
    seed: ClassScores,
    winner: ClassScores,
}

#[derive(Serialize)]
struct ClassScores {
    precision: Option<f64>,
    recall: Option<f64>,
    f1: Option<f64>,
}

impl From<&LabelScores> for ClassScores {
    fn from(scores: &LabelScores) -> Self {
        Self { precision: scores.precision, recall: scores.recall, f1: scores.f1 }
    }
}

#[derive(Serialize)]
struct FailuresJson<'a> {
    seed_wrong: Option<usize>,
    winner_wrong: Option<usize>,
    threshold: f64,
    complete: bool,
    /// Where feedback was read: table, assessments.
    seed_feedback: Option<&'static str>,
    winner_feedback: Option<&'static str>,
    groups: Vec<GroupJson<'a>>,
}

#[derive(Serialize)]
struct GroupJson<'a> {
    kind: &'static str,
    what: &'a str,
    seed: Option<&'a [u32]>,
    winner: Option<&'a [u32]>,
    change: Option<&'static str>,
    sample: &'a str,
}

/// The scores that can be chosen, and the one that was.
pub(super) type Chosen<'a> = (&'a [String], Option<&'a str>);

impl<'a> Document<'a> {
    pub(super) fn without(why: &'a str, (score_names, score): Chosen<'a>, warnings: Warnings) -> Self {
        Self {
            slices: Vec::new(),
            confusion: None,
            fields: Vec::new(),
            other_fields: Vec::new(),
            headline: None,
            failures: None,
            without_slices: Some(why),
            score_names,
            score,
            warnings,
        }
    }

    pub(super) fn new(
        found: &'a Slices,
        failures: Option<&'a Failures>,
        (score_names, score): Chosen<'a>,
        warnings: Warnings,
    ) -> Self {
        let (by_value, others): (Vec<_>, Vec<_>) = found.fields.iter().partition(|field| is_by_value(field));
        let other = |field: &&'a crate::analysis::slices::SliceField| FieldJson {
            name: field.title(),
            field: &field.name,
            by: match field.parting {
                Parting::Values => "values",
                Parting::Elements => "items",
                Parting::Quarters => "quarters",
                Parting::Lengths => "lengths",
            },
        };
        Self {
            slices: found.slices.iter().map(|one| slice(one, found)).collect(),
            confusion: found.confusion.as_ref().map(confusion),
            fields: by_value.iter().map(|field| field.name.as_str()).collect(),
            other_fields: others.iter().map(other).collect(),
            headline: found.headline(),
            failures: failures.map(failures_json),
            without_slices: None,
            score_names,
            score,
            warnings,
        }
    }
}

fn slice<'a>(one: &'a Slice, found: &Slices) -> SliceJson<'a> {
    let ends =
        |interval: Option<Interval>| interval.map(|it| it.scaled(found.unit)).map(|it| [Real(it.low), Real(it.high)]);
    SliceJson {
        value: one.value.text(),
        kind: one.value.kind(),
        n: one.examples.len(),
        seed: one.before.map(|side| Real(side.mean * found.unit)),
        winner: Real(one.after.mean * found.unit),
        difference: one.difference().map(|difference| Real(difference * found.unit)),
        interval: ends(one.comparison.and_then(|told| told.interval)),
        seed_interval: ends(one.before.and_then(|side| side.interval)),
        winner_interval: ends(one.after.interval),
        p: one.comparison.map(|told| told.p),
        p_corrected: one.corrected_p(found.slices.len()),
        examples: &one.examples,
        better: &one.better,
        worse: &one.worse,
    }
}

fn confusion(told: &Confusion) -> ConfusionJson<'_> {
    let scores = [0, 1].map(|side| Confusion::scores(told.side(side)));
    let classes = told.labels.iter().zip(scores[0].iter().zip(&scores[1]));
    ConfusionJson {
        labels: &told.labels,
        seed: &told.seed,
        winner: &told.winner,
        classes: classes
            .map(|(label, (seed, winner))| ClassJson {
                label,
                support: winner.support,
                seed: seed.into(),
                winner: winner.into(),
            })
            .collect(),
    }
}

fn failures_json(found: &Failures) -> FailuresJson<'_> {
    let group = |one: &'_ crate::analysis::failures::FailureGroup| -> Option<&'static str> {
        found.change(one).map(|change| match change {
            FailureChange::New => "new",
            FailureChange::Solved => "solved",
            FailureChange::Stays => "stays",
        })
    };
    FailuresJson {
        seed_wrong: found.wrong[0],
        winner_wrong: found.wrong[1],
        threshold: found.threshold,
        complete: found.complete,
        seed_feedback: found.feedback_from[0].map(FeedbackSource::as_str),
        winner_feedback: found.feedback_from[1].map(FeedbackSource::as_str),
        groups: found
            .groups
            .iter()
            .map(|one| GroupJson {
                kind: one.kind.as_str(),
                what: &one.what,
                seed: found.examples(one, 0),
                winner: found.examples(one, 1),
                change: group(one),
                sample: &one.sample,
            })
            .collect(),
    }
}
