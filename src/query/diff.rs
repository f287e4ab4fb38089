//! What changed between two runs: their programs if they have some, their params, tags and
//! metrics, and the examples that one got right and the other wrong.

mod examples;
mod files;
mod metric;
mod stand_in;
mod verdict;

use std::collections::BTreeSet;

use super::example_rows::ScoreSource;
use super::program::program;
use super::verdict::Between;
use crate::analysis::program_diff::{ProgramDiff, diff_programs};
use crate::analysis::program_state::ProgramKeys;
use crate::model::dspy::keys::SCORE;
use crate::model::{Program, RunId, RunValues, Shown, mlflow};
use crate::query::ask::Session;
use crate::query::runs::ValuesOf;
use crate::store::{Part, Result};
use examples::Wanted;

pub use examples::{ExampleChange, ExampleDiff, UnchangedExamples};
pub use files::{FileDiff, diff_files};
pub use stand_in::StandIn;
pub use verdict::VerdictBetween;

/// What of two runs can be compared, even where one has no program.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The program of `a`, if it has one.
    pub old: Option<Program>,
    /// The program of `b`, if it has one.
    pub new: Option<Program>,
    /// What changed in the program; `None` unless both have one.
    pub program: Option<ProgramDiff>,
    /// The params that differ, by key.
    pub params: Vec<ParamChange>,
    /// The tags that differ, by key; MLflow's own among them.
    pub tags: Vec<TagChange>,
    /// The metrics whose latest values differ, by key.
    pub metrics: Vec<MetricChange>,
    /// The examples that both evaluated; `None` unless both have scores of them.
    pub examples: Option<ExampleDiff>,
    /// Where the scores of the examples of `a` and `b` were read.
    pub sources: [ScoreSource; 2],
    /// How many examples `a` and `b` have, if that is known.
    pub rows: [Option<usize>; 2],
    /// The evaluations whose examples and scores these are, where `a` or `b` is an optimization.
    pub stands_for: [Option<StandIn>; 2],
    /// The scores of `a` and `b`, on whatever scale each has; `None` where there is none.
    pub scores: [Option<f64>; 2],
    /// Whether `b` is better by more than luck, by each score that both have by the same name, where examples have
    /// several; empty where they have one.
    pub named: Vec<(String, Between)>,
}

impl Comparison {
    /// What must be known before two values of a metric are set against each other; `None` if
    /// nothing: the score of an evaluation is only as good as it had the same metric.
    pub fn scale_note(&self, change: &MetricChange) -> Option<&'static str> {
        if change.key == SCORE { self.score_note() } else { None }
    }

    /// The same of the two scores.
    pub fn score_note(&self) -> Option<&'static str> {
        match self.examples.as_ref()?.metric.same {
            Some(true) => None,
            Some(false) => Some("scored by different metrics"),
            None => Some("whether one metric scored both is not known"),
        }
    }

    /// How much the score grew from `a` to `b`; `None` unless both have one, on one scale.
    pub fn score_difference(&self) -> Option<f64> {
        let [Some(old), Some(new)] = self.scores else { return None };
        // The difference of two figures has digits that neither had.
        let difference = ((new - old) * 1e9).round() / 1e9;
        (self.score_note().is_none() && difference.is_finite()).then_some(difference)
    }
}

/// A param that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamChange {
    /// The key.
    pub key: String,
    /// Its value in `a`, if it has one.
    pub old: Option<Shown>,
    /// Its value in `b`, if it has one.
    pub new: Option<Shown>,
    /// It repeats what the program's state says.
    pub is_of_program: bool,
}

/// A tag that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagChange {
    /// The key.
    pub key: String,
    /// Its value in `a`, if it has one.
    pub old: Option<Shown>,
    /// Its value in `b`, if it has one.
    pub new: Option<Shown>,
}

impl TagChange {
    /// MLflow writes it by itself.
    pub fn is_of_mlflow(&self) -> bool {
        self.key.starts_with(mlflow::OWN)
    }
}

/// Why a run has no program, as a sentence without its beginning.
pub const NO_PROGRAM: &str =
    "there is neither model.json nor best_model.json, nor params of a program or a place in GEPA's tables";

/// A metric that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricChange {
    /// The key.
    pub key: String,
    /// Its latest value in `a`, if it has one.
    pub old: Option<f64>,
    /// Its latest value in `b`, if it has one.
    pub new: Option<f64>,
}

/// Compares run `b` with run `a`. An optimization stands for its best program and for the evaluation of its winner.
///
/// # Errors
/// Those of the store.
pub fn compare(session: &mut Session<'_>, a: &RunId, b: &RunId) -> Result<Comparison> {
    let (old, new) = (program(session, a, false)?, program(session, b, false)?);
    session.cx.check()?;
    let deadline = session.cx.begin(Part::Texts).ends();
    let program = old.as_ref().zip(new.as_ref()).map(|(old, new)| diff_programs(old, new, deadline));
    let (old_values, new_values) = (session.ask(&ValuesOf(a.clone()))?, session.ask(&ValuesOf(b.clone()))?);
    let told = examples::examples(session, a, b, Wanted::Changed)?;
    let examples::Examples { diff: examples, unchanged: _, sources, rows, stands_for, scores, named } = told;
    Ok(Comparison {
        params: diff_params(&old_values, &new_values),
        tags: diff_tags(&old_values, &new_values),
        metrics: diff_metrics(&old_values, &new_values),
        old,
        new,
        program,
        examples,
        sources,
        rows,
        stands_for,
        scores,
        named,
    })
}

/// The examples that are wrong in both runs and those that are right in both; none unless one metric scored both. Apart
/// from [`compare`], as they are many and asked for seldom.
///
/// # Errors
/// Those of the store.
pub fn unchanged_examples(session: &mut Session<'_>, a: &RunId, b: &RunId) -> Result<UnchangedExamples> {
    Ok(examples::examples(session, a, b, Wanted::Unchanged)?.unchanged)
}

fn diff_params(old: &RunValues, new: &RunValues) -> Vec<ParamChange> {
    let keys: BTreeSet<&str> = old.params.iter().chain(&new.params).map(|entry| &*entry.key).collect();
    let of_programs = ProgramKeys::of(keys.iter().copied());
    let value = |values: &RunValues, key: &str| super::lookup::param(values, key).map(|entry| entry.value.clone());
    let change = |key: &str| {
        let (old, new) = (value(old, key), value(new, key));
        let is_of_program = of_programs.describe(key);
        (old != new).then(|| ParamChange { key: key.to_owned(), old, new, is_of_program })
    };
    keys.into_iter().filter_map(change).collect()
}

fn diff_tags(old: &RunValues, new: &RunValues) -> Vec<TagChange> {
    let keys: BTreeSet<&str> = old.tags.iter().chain(&new.tags).map(|entry| &*entry.key).collect();
    let value = |values: &RunValues, key: &str| super::lookup::tag(values, key).map(|entry| entry.value.clone());
    let change = |key: &str| {
        let (old, new) = (value(old, key), value(new, key));
        (old != new).then(|| TagChange { key: key.to_owned(), old, new })
    };
    keys.into_iter().filter_map(change).collect()
}

fn diff_metrics(old: &RunValues, new: &RunValues) -> Vec<MetricChange> {
    let keys: BTreeSet<&str> = old.metrics.iter().chain(&new.metrics).map(|metric| &*metric.key).collect();
    let value = |values: &RunValues, key: &str| super::lookup::metric(values, key).map(|metric| metric.point.value);
    let is_equal = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => a == b || (a.is_nan() && b.is_nan()),
        (a, b) => a.is_none() && b.is_none(),
    };
    let change = |key: &str| {
        let (old, new) = (value(old, key), value(new, key));
        (!is_equal(old, new)).then(|| MetricChange { key: key.to_owned(), old, new })
    };
    keys.into_iter().filter_map(change).collect()
}
