//! `dspyglass diff`

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::program::{OneField, values, without_program};
use super::{Answer, diff_text};
use crate::analysis::program_diff::{DemoChange, DemoDiff, FieldDiff, KeyChange, PredictorDiff};
use crate::analysis::text_diff::TextDiff;
use crate::cli::args::DiffArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, ShownText, Warnings};
use crate::model::program::Object;
use crate::model::{Json, Program, Run, TraceId};
use crate::query::{self, ExampleChange, ExampleDiff, MetricChange, ParamChange, RunDiff, ScoreSource, TraceLink};

#[derive(Serialize)]
struct Document<'a> {
    same: bool,
    predictors: Vec<OnePredictor<'a>>,
    params: Params<'a>,
    metrics: Metrics<'a>,
    examples: Examples<'a>,
    run_a: Side<'a>,
    run_b: Side<'a>,
    /// Both programs are completely known.
    complete: bool,
    /// All instructions were compared word by word; what long ones left counts as replaced.
    texts_complete: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other: Vec<OneKey<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct Side<'a> {
    run_id: &'a str,
    source: &'a str,
    state_hash: Option<&'a str>,
    stale: Option<&'a str>,
}

impl<'a> Side<'a> {
    fn new(run: &'a Run, program: &'a Program) -> Self {
        Self {
            run_id: run.id.as_str(),
            source: program.source.as_str(),
            state_hash: program.state_hash.as_ref().map(|hash| hash.as_str()),
            stale: program.stale.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct OnePredictor<'a> {
    path: &'a str,
    change: &'a str,
    instructions: Pieces<'a>,
    /// They were compared word by word in full.
    instructions_complete: bool,
    demos: Demos<'a>,
    fields: Vec<OneFieldDiff<'a>>,
    lm: Vec<OneKey<'a>>,
    other: Vec<OneKey<'a>>,
    /// It changed, but only in what is masked.
    is_hidden: bool,
}

struct Pieces<'a>(&'a TextDiff);

impl Serialize for Pieces<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct One<'a> {
            op: &'a str,
            text: &'a str,
        }
        serializer.collect_seq(self.0.pieces.iter().map(|piece| One { op: piece.op.as_str(), text: &piece.text }))
    }
}

#[derive(Serialize)]
struct Demos<'a> {
    added: Vec<&'a Object>,
    removed: Vec<&'a Object>,
    kept: usize,
    moved: usize,
    recounted: usize,
    /// Places in `removed` and `added` that are one example, and the fields that differ.
    changed: Vec<OneDemoChange<'a>>,
}

#[derive(Serialize)]
struct OneDemoChange<'a> {
    removed: usize,
    added: usize,
    fields: &'a [String],
}

impl<'a> From<&'a DemoDiff> for Demos<'a> {
    fn from(demos: &'a DemoDiff) -> Self {
        let change =
            |one: &'a DemoChange| OneDemoChange { removed: one.removed, added: one.added, fields: &one.fields };
        Self {
            added: values(&demos.added),
            removed: values(&demos.removed),
            kept: demos.kept,
            moved: demos.moved,
            recounted: demos.recounted,
            changed: demos.changed.iter().map(change).collect(),
        }
    }
}

#[derive(Serialize)]
struct OneFieldDiff<'a> {
    change: &'a str,
    keys: &'a [String],
    a: Option<OneField<'a>>,
    b: Option<OneField<'a>>,
}

impl<'a> From<&'a FieldDiff> for OneFieldDiff<'a> {
    fn from(diff: &'a FieldDiff) -> Self {
        Self {
            change: diff.change.as_str(),
            keys: &diff.keys,
            a: diff.old.as_ref().map(OneField::from),
            b: diff.new.as_ref().map(OneField::from),
        }
    }
}

/// A key whose value differs.
#[derive(Serialize)]
struct OneKey<'a> {
    key: &'a str,
    a: &'a Option<Json>,
    b: &'a Option<Json>,
}

fn keys(changes: &[KeyChange]) -> Vec<OneKey<'_>> {
    changes.iter().map(|one| OneKey { key: &one.key, a: &one.old, b: &one.new }).collect()
}

impl<'a> From<&'a PredictorDiff> for OnePredictor<'a> {
    fn from(diff: &'a PredictorDiff) -> Self {
        Self {
            path: &diff.path,
            change: diff.change.as_str(),
            instructions: Pieces(&diff.instructions),
            instructions_complete: !diff.instructions.is_cut,
            demos: Demos::from(&diff.demos),
            fields: diff.fields.iter().map(OneFieldDiff::from).collect(),
            lm: keys(&diff.lm),
            other: keys(&diff.other),
            is_hidden: diff.is_hidden,
        }
    }
}

/// The two values of what differs.
#[derive(Serialize)]
struct Both<T> {
    a: Option<T>,
    b: Option<T>,
}

struct Params<'a>(&'a [ParamChange]);

impl Serialize for Params<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for change in self.0 {
            let both = Both { a: change.old.as_ref().map(ShownText), b: change.new.as_ref().map(ShownText) };
            map.serialize_entry(&change.key, &both)?;
        }
        map.end()
    }
}

struct Metrics<'a>(&'a [MetricChange]);

impl Serialize for Metrics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for change in self.0 {
            map.serialize_entry(&change.key, &Both { a: change.old.map(Real), b: change.new.map(Real) })?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Examples<'a> {
    fixed: Vec<OneExample<'a>>,
    broken: Vec<OneExample<'a>>,
    /// Where the scores of `a` and `b` were read; null where there are none.
    sources: [Option<&'static str>; 2],
    /// Why there are no scores of `a` and `b`.
    without_scores: [Option<String>; 2],
    /// How many examples both evaluated; null unless both have scores of them.
    joined: Option<usize>,
    scored: Option<usize>,
    /// From which score on an example is right.
    threshold: Option<f64>,
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
}

impl<'a> From<&'a ExampleChange> for OneExample<'a> {
    fn from(change: &'a ExampleChange) -> Self {
        Self {
            inputs: &change.inputs,
            expected: &change.expected,
            scores: [change.old, change.new],
            trace_ids: change.traces.each_ref().map(|link| link.trace().map(TraceId::as_str)),
            without_trace: change.traces.each_ref().map(TraceLink::why),
        }
    }
}

impl<'a> Examples<'a> {
    fn new(diff: Option<&'a ExampleDiff>, sources: &[ScoreSource; 2]) -> Self {
        let list = |pick: fn(&ExampleDiff) -> &Vec<ExampleChange>| {
            diff.map_or_else(Vec::new, |diff| pick(diff).iter().map(OneExample::from).collect())
        };
        Self {
            fixed: list(|diff| &diff.fixed),
            broken: list(|diff| &diff.broken),
            sources: sources.each_ref().map(ScoreSource::as_str),
            without_scores: sources.each_ref().map(|source| match source {
                ScoreSource::Nothing(why) => Some(why.to_string()),
                _ => None,
            }),
            joined: diff.map(|diff| diff.joined),
            scored: diff.map(|diff| diff.scored),
            threshold: diff.and_then(|diff| diff.rule).map(|rule| rule.threshold),
        }
    }
}

pub(super) fn answer(args: &DiffArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let (a, b) = (answer.run(&args.run_a)?, answer.run(&args.run_b)?);
    let Some(diff) = query::diff(&mut answer.session, &a.id, &b.id)? else {
        let has_program = query::program_state(&mut answer.session, &a.id, false)?.is_some();
        return Err(without_program(if has_program { &b } else { &a }, false, answer));
    };
    if answer.is_json { print_json((&a, &b), &diff, answer) } else { diff_text::print((&a, &b), &diff, answer) }
}

fn print_json((a, b): (&Run, &Run), diff: &RunDiff, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let document = Document {
        same: diff.program.same,
        predictors: diff.program.predictors.iter().map(OnePredictor::from).collect(),
        params: Params(&diff.params),
        metrics: Metrics(&diff.metrics),
        examples: Examples::new(diff.examples.as_ref(), &diff.sources),
        run_a: Side::new(a, &diff.old),
        run_b: Side::new(b, &diff.new),
        complete: diff.program.complete,
        texts_complete: diff.program.cut_texts().next().is_none(),
        other: keys(&diff.program.other),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}
