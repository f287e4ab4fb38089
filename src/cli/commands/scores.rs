//! `dspyglass scores`

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::{Answer, scores_text};
use crate::analysis::score_matrix::ExampleClass;
use crate::cli::args::ScoresArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Warnings};
use crate::model::program::Object;
use crate::model::{RunId, TraceId};
use crate::query::{
    Evaluated, EvaluationRowsOf, ExampleRows, OptimizationOf, PromptCandidate, PromptCandidatesOf, ScoreColumn,
    ScoreSource, Scores, ScoresOf, TraceLink, TracesOfExamples,
};

#[derive(Serialize)]
struct Document<'a> {
    evaluations: Vec<&'a str>,
    examples: Vec<ExampleJson<'a>>,
    columns: Vec<ColumnJson<'a>>,
    /// The score from which on an example is right; null without scores.
    threshold: Option<Real>,
    /// By which fields examples were told apart.
    joined_by: &'a [String],
    /// The scores that can be chosen; empty where examples have one.
    score_names: &'a [String],
    /// The one that was chosen; null for the one that counts by itself.
    score: Option<&'a str>,
    /// The prompts that an optimization of prompts tried; not there for other runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    prompts: Vec<PromptJson<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct ExampleJson<'a> {
    inputs: Object,
    expected: Object,
    scores: Vec<Option<Real>>,
    trace_ids: Vec<Option<&'a str>>,
    class: Option<&'static str>,
    /// All scores by name, in the order of the evaluations; not there where examples have one score.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    all_scores: Vec<Option<BTreeMap<&'a str, Real>>>,
}

#[derive(Serialize)]
struct ColumnJson<'a> {
    run_id: &'a str,
    /// Which prompt of an optimization of prompts it is, by its iteration or candidate; not there for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<String>,
    name: &'a str,
    kind: &'static str,
    candidate: usize,
    source: Option<&'static str>,
    without_scores: Option<String>,
    rows: usize,
    scored: usize,
    mean: Option<Real>,
    interval: Option<[Real; 2]>,
    /// The same in the unit of the examples, which is known without a score.
    mean_interval: Option<[Real; 2]>,
    /// The metric `eval`.
    score: Option<Real>,
    /// Where the scores come from, in words.
    source_told: String,
    /// What the program scored by each of GEPA's objectives on average.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    objectives: BTreeMap<&'a str, Real>,
    /// None of its examples is here: it has no field in common with the others.
    left_out: bool,
    /// What is strange about its examples.
    told: &'a [String],
}

pub(super) fn answer(args: &ScoresArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let (of, prompts) = match (&args.experiment, &args.run) {
        (Some(experiment), _) => (Evaluated::Experiment(answer.experiment(experiment)?.id), Vec::new()),
        (None, run) => {
            let run = answer.run(run.as_deref().unwrap_or_default())?.id;
            let prompts = answer.session.ask(&PromptCandidatesOf(run.clone()))?;
            (evaluated(answer, run)?, (*prompts).clone())
        }
    };
    let scores = answer.session.ask(&ScoresOf { of, score: args.score.clone() })?;
    let Some(scores) = scores.as_ref() else {
        return Err(answer.absent("run", args.run.as_deref().unwrap_or_default()));
    };
    if answer.is_json {
        print_json(scores, args, &prompts, answer)
    } else {
        scores_text::print(scores, args.score.as_deref(), &prompts, answer)
    }
}

/// An optimization stands for its evaluations or the prompts that it tried, any other run for itself.
pub(super) fn evaluated(answer: &mut Answer<'_>, run: RunId) -> Result<Evaluated, Failure> {
    if !answer.session.ask(&PromptCandidatesOf(run.clone()))?.is_empty() {
        return Ok(Evaluated::Optimization(run));
    }
    let optimization = answer.session.ask(&OptimizationOf(run.clone()))?;
    let has_evaluations = optimization.as_ref().as_ref().is_some_and(|found| !found.evaluations.is_empty());
    Ok(if has_evaluations { Evaluated::Optimization(run) } else { Evaluated::Runs(vec![run]) })
}

fn print_json(
    scores: &Scores,
    args: &ScoresArgs,
    prompts: &[PromptCandidate],
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let mut traces: Vec<Arc<Vec<TraceLink>>> = Vec::with_capacity(scores.columns.len());
    let mut rows: Vec<Arc<ExampleRows>> = Vec::new();
    for column in &scores.columns {
        traces.push(answer.session.ask(&TracesOfExamples(column.id()))?);
        if !scores.score_names.is_empty() {
            rows.push(answer.session.ask(&EvaluationRowsOf { of: column.id(), score: None })?);
        }
    }
    let rule = scores.usual_rule();
    let classes = rule.map_or_else(|| vec![None; scores.matrix.examples.len()], |rule| scores.classes(rule));
    let examples = scores.matrix.examples.iter().zip(classes).map(|(one, class)| {
        let (inputs, expected) = scores.parted(&one.example);
        ExampleJson {
            inputs,
            expected,
            scores: one.scores.iter().map(|score| score.map(Real)).collect(),
            trace_ids: one.rows.iter().zip(&traces).map(|(row, links)| trace_of(*row, links)).collect(),
            all_scores: one.rows.iter().zip(&rows).map(|(row, rows)| all_scores(*row, rows)).collect(),
            class: class.map(ExampleClass::as_str),
        }
    });
    let document = Document {
        evaluations: scores.columns.iter().map(|column| column.run_id.as_str()).collect(),
        examples: examples.collect(),
        columns: scores.columns.iter().enumerate().map(|(at, column)| column_json(scores, at, column)).collect(),
        threshold: rule.map(|rule| Real(rule.threshold)),
        joined_by: &scores.matrix.shared_fields,
        score_names: &scores.score_names,
        score: args.score.as_deref(),
        prompts: prompts.iter().map(PromptJson::from).collect(),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

/// A prompt that was tried.
#[derive(Serialize)]
struct PromptJson<'a> {
    iteration: Option<usize>,
    candidate: Option<usize>,
    prompts: &'a BTreeMap<String, String>,
    score: Option<Real>,
    scores: BTreeMap<&'a str, Real>,
    /// In the order of its examples.
    examples: Vec<Option<Real>>,
}

impl<'a> From<&'a PromptCandidate> for PromptJson<'a> {
    fn from(one: &'a PromptCandidate) -> Self {
        Self {
            iteration: one.iteration,
            candidate: one.candidate,
            prompts: &one.prompts,
            score: one.score.map(Real),
            scores: one.scores.iter().map(|(name, mean)| (name.as_str(), Real(*mean))).collect(),
            examples: one.table.rows.iter().map(|row| row.score.map(Real)).collect(),
        }
    }
}

/// `None` where the example was not evaluated.
fn all_scores(row: Option<u32>, rows: &ExampleRows) -> Option<BTreeMap<&str, Real>> {
    let row = rows.table.rows.get(row? as usize)?;
    Some(row.scores.iter().map(|(name, score)| (name.as_str(), Real(*score))).collect())
}

fn trace_of(row: Option<u32>, links: &[TraceLink]) -> Option<&str> {
    links.get(row? as usize)?.trace().map(TraceId::as_str)
}

fn column_json<'a>(scores: &Scores, at: usize, column: &'a ScoreColumn) -> ColumnJson<'a> {
    let without_scores = match &column.source {
        ScoreSource::Nothing(why) => Some(why.to_string()),
        _ => None,
    };
    ColumnJson {
        run_id: column.run_id.as_str(),
        prompt: column.prompt.map(|prompt| prompt.to_string()),
        name: &column.run_name,
        kind: column.kind.as_str(),
        candidate: column.candidate,
        source: column.source.as_str(),
        without_scores,
        rows: column.examples,
        scored: column.scored,
        mean: column.mean.map(Real),
        interval: column.scaled_interval().map(|ends| ends.map(Real)),
        mean_interval: column.interval.map(|it| [Real(it.interval.low), Real(it.interval.high)]),
        score: column.score.map(Real),
        source_told: column.source.words(),
        objectives: column.objectives.iter().map(|(name, mean)| (name.as_str(), Real(*mean))).collect(),
        left_out: scores.matrix.left_out.contains(&at),
        told: &column.told,
    }
}
