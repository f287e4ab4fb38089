//! `dspyglass diff`

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::diff_examples::Examples;
use super::program::{OneField, values};
use super::verdict::BetweenJson;
use super::{Answer, diff_text};
use crate::analysis::program_diff::{DemoChange, DemoDiff, FieldDiff, KeyChange, PredictorDiff, ProgramDiff};
use crate::analysis::program_state::PARAM_CUT;
use crate::analysis::text_diff::{TextCut, TextDiff};
use crate::cli::args::DiffArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, ShownText, Warnings};
use crate::model::program::Object;
use crate::model::{Json, Program, Run};
use crate::query::{self, Comparison, MetricChange, ParamChange, StandIn, TagChange, UnchangedExamples};

#[derive(Serialize)]
struct Document<'a> {
    /// Null where a program is missing.
    same: Option<bool>,
    predictors: Vec<OnePredictor<'a>>,
    params: Params<'a>,
    metrics: Metrics<'a>,
    tags: Tags<'a>,
    examples: Examples<'a>,
    scores: Scores,
    /// Whether b is better by more than luck, on the examples that both scored; null unless one metric scored both.
    verdict: Option<BetweenJson>,
    /// The same by each score that both have by one name, where examples have several.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    verdicts: BTreeMap<&'a str, BetweenJson>,
    run_a: Side<'a>,
    run_b: Side<'a>,
    /// Both programs are completely known; null where one is missing.
    complete: Option<bool>,
    /// All instructions are known to their ends and were compared word by word; what long ones
    /// left counts as replaced, what stood behind a cut is told apart. Null where a program is
    /// missing.
    texts_complete: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other: Vec<OneKey<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
pub(super) struct Side<'a> {
    pub(super) run_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    pub(super) source: Option<&'a str>,
    pub(super) state_hash: Option<&'a str>,
    pub(super) stale: Option<&'a str>,
    /// Why there is no program.
    pub(super) without_program: Option<&'a str>,
    /// The evaluation whose examples and score these are, where the run is an optimization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evaluation: Option<Evaluated<'a>>,
}

/// The evaluation of an optimization's winner.
#[derive(Serialize)]
pub(super) struct Evaluated<'a> {
    run_id: &'a str,
    name: &'a str,
    /// Nothing names the winner: it is the best full evaluation.
    inferred: bool,
}

impl<'a> From<&'a StandIn> for Evaluated<'a> {
    fn from(it: &'a StandIn) -> Self {
        Self { run_id: it.run.as_str(), name: &it.name, inferred: it.inferred }
    }
}

/// The scores of the two runs, and by how much the second is higher; null where that is not known or they have not one
/// metric.
#[derive(Serialize)]
struct Scores {
    a: Option<Real>,
    b: Option<Real>,
    difference: Option<Real>,
}

impl<'a> Side<'a> {
    fn new(run: &'a Run, program: Option<&'a Program>, stands_for: Option<&'a StandIn>) -> Self {
        let evaluation = stands_for.map(Evaluated::from);
        Self { run_id: Some(run.id.as_str()), evaluation, ..Self::of(program) }
    }

    /// A program without a run.
    pub(super) fn of(program: Option<&'a Program>) -> Self {
        Self {
            run_id: None,
            file: None,
            source: program.map(|program| program.source.as_str()),
            state_hash: program.and_then(|program| program.state_hash.as_ref()).map(|hash| hash.as_str()),
            stale: program.and_then(|program| program.stale.as_deref()),
            without_program: program.is_none().then_some(query::NO_PROGRAM),
            evaluation: None,
        }
    }
}

#[derive(Serialize)]
pub(super) struct OnePredictor<'a> {
    path: &'a str,
    change: &'a str,
    instructions: Pieces<'a>,
    /// They were compared word by word in full.
    instructions_complete: bool,
    /// Where one of them was cut.
    instructions_cut: Option<Cut<'a>>,
    /// The source of a Flex, line by line.
    #[serde(skip_serializing_if = "Option::is_none")]
    module_src: Option<Pieces<'a>>,
    demos: Demos<'a>,
    fields: Vec<OneFieldDiff<'a>>,
    lm: Vec<OneKey<'a>>,
    other: Vec<OneKey<'a>>,
    /// It changed, but only in what is masked.
    is_hidden: bool,
}

/// Instructions of which MLflow kept the beginning.
#[derive(Serialize)]
struct Cut<'a> {
    /// After so many characters.
    at: usize,
    a: bool,
    b: bool,
    /// What `a` has behind the cut of `b`; whether `b` has it, too, is not known.
    rest_a: Option<&'a str>,
    rest_b: Option<&'a str>,
}

impl<'a> From<&'a TextCut> for Cut<'a> {
    fn from(cut: &'a TextCut) -> Self {
        let rest = |text: &'a str| (!text.is_empty()).then_some(text);
        Self { at: PARAM_CUT, a: cut.old, b: cut.new, rest_a: rest(&cut.old_rest), rest_b: rest(&cut.new_rest) }
    }
}

/// The pieces of two texts.
pub(super) struct Pieces<'a>(pub(super) &'a TextDiff);

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
pub(super) struct OneKey<'a> {
    key: &'a str,
    a: &'a Option<Json>,
    b: &'a Option<Json>,
}

pub(super) fn keys(changes: &[KeyChange]) -> Vec<OneKey<'_>> {
    changes.iter().map(|one| OneKey { key: &one.key, a: &one.old, b: &one.new }).collect()
}

impl<'a> From<&'a PredictorDiff> for OnePredictor<'a> {
    fn from(diff: &'a PredictorDiff) -> Self {
        Self {
            path: &diff.path,
            change: diff.change.as_str(),
            instructions: Pieces(&diff.instructions),
            instructions_complete: diff.instructions.is_complete(),
            instructions_cut: diff.instructions.unknown.as_ref().map(Cut::from),
            module_src: Some(&diff.module_src).filter(|source| !source.pieces.is_empty()).map(Pieces),
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

struct Tags<'a>(&'a [TagChange]);

impl Serialize for Tags<'_> {
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

pub(super) fn answer(args: &DiffArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let (a, b) = (answer.run(&args.run_a)?, answer.run(args.run_b.as_deref().unwrap_or_default())?);
    let diff = query::compare(&mut answer.session, &a.id, &b.id)?;
    let unchanged = match args.all {
        true => Some(query::unchanged_examples(&mut answer.session, &a.id, &b.id)?),
        false => None,
    };
    let told = (&diff, unchanged.as_ref());
    if answer.is_json { print_json((&a, &b), told, answer) } else { diff_text::print((&a, &b), told, answer) }
}

fn print_json(
    (a, b): (&Run, &Run),
    (diff, unchanged): (&Comparison, Option<&UnchangedExamples>),
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let program = diff.program.as_ref();
    let document = Document {
        same: program.map(|program| program.same),
        predictors: program.iter().flat_map(|program| &program.predictors).map(OnePredictor::from).collect(),
        params: Params(&diff.params),
        metrics: Metrics(&diff.metrics),
        tags: Tags(&diff.tags),
        examples: Examples::new(diff.examples.as_ref(), unchanged, &diff.sources),
        scores: Scores {
            a: diff.scores[0].map(Real),
            b: diff.scores[1].map(Real),
            difference: diff.score_difference().map(Real),
        },
        verdict: diff.examples.as_ref().and_then(|all| all.verdict.as_ref()).map(BetweenJson::from),
        verdicts: diff.named.iter().map(|(name, verdict)| (name.as_str(), BetweenJson::from(verdict))).collect(),
        run_a: Side::new(a, diff.old.as_ref(), diff.stands_for[0].as_ref()),
        run_b: Side::new(b, diff.new.as_ref(), diff.stands_for[1].as_ref()),
        complete: program.map(|program| program.complete),
        texts_complete: program.map(ProgramDiff::texts_complete),
        other: program.map(|program| keys(&program.other)).unwrap_or_default(),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}
