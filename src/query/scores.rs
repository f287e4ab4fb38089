//! Examples over evaluations: the matrix, on which scale it is, and what became of each example.

mod evaluated;
mod has_plain;
mod prompts;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use super::example_rows::{ExampleRows, ScoreSource, links, rows_of};
use super::experiments::Experiments;
use super::optimization::OptimizationOf;
use super::program_names::NamedProgram;
use super::result_table::example_inputs;
use crate::analysis::example_traces::TraceLink;
use crate::analysis::matrix_view::{
    MatrixColumn, MatrixField, MatrixRow, MatrixSettings, MatrixSource, MatrixView, fields, view,
};
use crate::analysis::metric_match::ScoreRange;
use crate::analysis::optimization::EvaluationKind;
use crate::analysis::result_table::RightRule;
use crate::analysis::score_matrix::{Classifier, ExampleClass, MatrixExample, ScoreMatrix};
use crate::analysis::statistics::{Confidence, ScoreInterval, score_interval};
use crate::model::program::Object;
use crate::model::{EvaluationId, ExperimentId, ResultTable, RunId, TriedPrompt};
use crate::query::ask::{Question, Session};
use crate::store::{Allowance, Part, Result};
use evaluated::{Described, Wanted};

pub(super) use crate::analysis::score_unit::unit;

pub use evaluated::Evaluated;
pub use has_plain::HasPlainEvaluations;

/// Examples over evaluations.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Examples by evaluations.
    pub matrix: ScoreMatrix,
    /// The evaluations; of an optimization in the order of [`Optimization::evaluations`](super::Optimization::evaluations).
    pub columns: Vec<ScoreColumn>,
    /// The names of the scores that can be chosen, where examples have several; empty where they have one.
    pub score_names: Vec<String>,
    /// Between which numbers all scores lie; `None` without any.
    pub range: Option<ScoreRange>,
    /// Which fields the program was given, if a trace tells.
    pub inputs: Option<BTreeSet<String>>,
    /// The candidate that is the seed; plain evaluations have none.
    pub seed: Option<usize>,
    /// The candidate that is the winner; plain evaluations have none.
    pub winner: Option<usize>,
}

/// An evaluation as a column.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreColumn {
    /// The run.
    pub run_id: RunId,
    /// The prompt that was tried in it, where each is an evaluation of its own.
    pub prompt: Option<TriedPrompt>,
    /// What the run is called, or the prompt.
    pub run_name: String,
    /// Which program it evaluated: those of one state have one number, in the order of first evaluation. Of an
    /// optimization it is the place among [`Optimization::candidates`](super::Optimization::candidates).
    pub candidate: usize,
    /// What that program is called by the optimization that the run is part of; `None` for a plain evaluation.
    pub program: Option<NamedProgram>,
    /// What it was made on.
    pub kind: EvaluationKind,
    /// What its scores were read from.
    pub source: ScoreSource,
    /// So many rows its table has.
    pub examples: usize,
    /// So many of them have a score.
    pub scored: usize,
    /// The mean of these; `None` of none.
    pub mean: Option<f64>,
    /// The metric `eval`.
    pub score: Option<f64>,
    /// In which interval the program's true score lies, in the unit of the examples.
    pub interval: Option<ScoreInterval>,
    /// What the program scored by each of GEPA's objectives on average, where no example tells.
    pub objectives: BTreeMap<String, f64>,
    /// What is strange about its examples, and what is to be known of how they were read, each as a sentence.
    pub told: Vec<String>,
}

impl ScoreColumn {
    /// What names it among the others.
    pub fn id(&self) -> EvaluationId {
        EvaluationId { run: self.run_id.clone(), prompt: self.prompt }
    }

    /// Whether it is of this name.
    pub fn is(&self, id: &EvaluationId) -> bool {
        self.run_id == id.run && self.prompt == id.prompt
    }

    /// From low to high on the scale of the evaluation's score; `None` where it has no interval or the scale is unknown.
    pub fn scaled_interval(&self) -> Option<[f64; 2]> {
        let interval = self.interval?.interval.scaled(unit(&[(self.score?, self.mean?)])?);
        Some([interval.low, interval.high])
    }
}

impl Scores {
    /// From which score on an example counts as right: 1 where all are 0 or 1, else half of the range.
    pub fn usual_rule(&self) -> Option<RightRule> {
        self.range.map(ScoreRange::rule)
    }

    /// What became of each example over full evaluations, by a rule.
    pub fn classes(&self, rule: RightRule) -> Vec<Option<ExampleClass>> {
        let mut classifier = self.classifier();
        self.matrix.examples.iter().map(|one| classifier.class(&one.scores, rule)).collect()
    }

    /// What became of one of them.
    pub fn class_of(&self, example: &MatrixExample, rule: RightRule) -> Option<ExampleClass> {
        self.classifier().class(&example.scores, rule)
    }

    fn classifier(&self) -> Classifier {
        let full = self.columns.iter().enumerate().filter(|(_, column)| column.kind == EvaluationKind::Full);
        Classifier::new(full.map(|(at, column)| (at, column.candidate)), [self.seed, self.winner])
    }

    /// The matrix as it is looked at. It takes milliseconds, of thousands of examples more: not to be done in a frame.
    pub fn view(&self, settings: &MatrixSettings) -> MatrixView {
        let column = |column: &ScoreColumn| MatrixColumn {
            candidate: column.candidate,
            is_full: column.kind == EvaluationKind::Full,
            scored: column.scored,
        };
        let columns: Vec<MatrixColumn> = self.columns.iter().map(column).collect();
        let (seed, winner, rule) = (self.seed, self.winner, self.usual_rule());
        view(&MatrixSource { matrix: &self.matrix, columns: &columns, seed, winner, rule }, settings)
    }

    /// The fields of the examples with their values. Not to be done in a frame.
    pub fn fields(&self) -> Vec<MatrixField> {
        fields(&self.matrix)
    }

    /// In which interval the score of a column lies over the examples that a view shows, in the unit of the examples.
    /// Of graded scores it takes milliseconds: not to be done in a frame.
    pub fn interval_of(&self, view: &MatrixView, column: usize) -> Option<ScoreInterval> {
        let shown = view.rows.iter().filter_map(|row| match row {
            MatrixRow::Example(row) => self.matrix.examples.get(row.example),
            MatrixRow::Group(_) => None,
        });
        let scores: Vec<f64> = shown.filter_map(|one| one.scores.get(column).copied().flatten()).collect();
        score_interval(&scores, Confidence::USUAL)
    }

    /// An example parted into what the program was given and the rest. All of it is input where no trace tells.
    pub fn parted(&self, example: &Object) -> (Object, Object) {
        let is_input = |name: &String| self.inputs.as_ref().is_none_or(|inputs| inputs.contains(name));
        example.iter().map(|(name, value)| (name.clone(), value.clone())).partition(|(name, _)| is_input(name))
    }

    /// The scores of the examples that two evaluations both scored, in the order of the matrix.
    pub fn pairs(&self, before: usize, after: usize) -> Vec<(f64, f64)> {
        let of = |one: &MatrixExample| {
            Some((one.scores.get(before).copied().flatten()?, one.scores.get(after).copied().flatten()?))
        };
        self.matrix.examples.iter().filter_map(of).collect()
    }

    /// What one point of an example is on the scale on which evaluations are told: 100 where most of their scores are
    /// 100 times the mean of their examples, as DSPy's `Evaluate` logs it, else 1.
    pub fn scale(&self) -> f64 {
        let scored = || self.columns.iter().filter_map(|one| Some((one.score?, one.mean?)));
        let fits = |wanted: f64| scored().filter(|one| one.1 != 0.0 && unit(&[*one]) == Some(wanted)).count();
        if fits(100.0) > fits(1.0) { 100.0 } else { 1.0 }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.matrix.bytes() + self.columns.len() * 400
    }
}

/// Examples over some evaluations; `None` if the store does not have the optimization, none of the runs, or not the
/// experiment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScoresOf {
    /// Which evaluations.
    pub of: Evaluated,
    /// Which of several scores of the examples, by its name; `None` for the one that the evaluation has its own from.
    pub score: Option<String>,
}

impl ScoresOf {
    /// All evaluations of an optimization, by its parent run; of one of prompts these.
    pub fn optimization(parent: RunId) -> Self {
        Self { of: Evaluated::Optimization(parent), score: None }
    }

    /// These evaluations, in this order.
    pub fn runs(runs: impl IntoIterator<Item = RunId>) -> Self {
        Self { of: Evaluated::Runs(runs.into_iter().collect()), score: None }
    }

    /// The plain evaluations of an experiment.
    pub fn experiment(experiment: ExperimentId) -> Self {
        Self { of: Evaluated::Experiment(experiment), score: None }
    }
}

impl Question for ScoresOf {
    type Answer = Option<Scores>;
    const LABEL: &'static str = "examples of evaluations";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let time = session.cx.begin(Part::Scores);
        let score = self.score.as_deref();
        match &self.of {
            Evaluated::Optimization(parent) => {
                if let Some(tried) = prompts::tried(session, parent, score)? {
                    return scores(session, &tried.described, &tried.tables, [tried.seed, tried.winner]).map(Some);
                }
                let found = session.ask(&OptimizationOf(parent.clone()))?;
                let Some(found) = found.as_ref() else { return Ok(None) };
                let described = evaluated::of_optimization(found);
                let mut tables = Vec::with_capacity(described.len());
                for (place, one) in described.iter().enumerate() {
                    session.cx.check()?;
                    session.tell_progress(place, described.len());
                    tables.push(evaluated::scored_rows(session, &(&one.run).into(), score, time)?);
                }
                let of = |runs: &[RunId]| described.iter().find(|one| runs.contains(&one.run)).map(|one| one.candidate);
                let seed = found.seed.as_ref().and_then(|seed| of(&seed.run_ids));
                let winner = found.winner.as_ref().and_then(|winner| of(&winner.run_ids));
                scores(session, &described, &tables, [seed, winner]).map(Some)
            }
            Evaluated::Runs(ids) => {
                let runs = evaluated::runs(session, ids)?;
                if runs.is_empty() {
                    return Ok(None);
                }
                let (described, tables) =
                    evaluated::plain(session, &runs, Wanted { only_with_examples: false, score }, time)?;
                scores(session, &described, &tables, [None; 2]).map(Some)
            }
            Evaluated::Experiment(id) => {
                let runs = evaluated::plain_runs(session, id)?;
                if runs.is_empty() && !session.ask(&Experiments)?.iter().any(|one| one.id == *id) {
                    return Ok(None);
                }
                let (described, tables) =
                    evaluated::plain(session, &runs, Wanted { only_with_examples: true, score }, time)?;
                scores(session, &described, &tables, [None; 2]).map(Some)
            }
        }
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, Scores::bytes)
    }
}

fn scores(
    session: &mut Session<'_>,
    evaluations: &[Described],
    tables: &[ExampleRows],
    [seed, winner]: [Option<usize>; 2],
) -> Result<Scores> {
    let inputs = inputs(session, evaluations, tables)?;
    let with_rows: Vec<Option<&ResultTable>> = tables.iter().map(|rows| rows.count().map(|_| &rows.table)).collect();
    let matrix = ScoreMatrix::join(&with_rows);
    Ok(Scores {
        range: ScoreRange::of(matrix.examples.iter().flat_map(|one| one.scores.iter().copied().flatten())),
        score_names: score_names(tables),
        columns: evaluations
            .iter()
            .zip(tables)
            .enumerate()
            .map(|(at, (one, rows))| column(one, rows, told::about(&matrix, at, rows)))
            .collect(),
        seed,
        winner,
        matrix,
        inputs,
    })
}

/// The names of all scores, in the order in which the evaluations have them.
fn score_names(tables: &[ExampleRows]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in tables.iter().flat_map(|rows| &rows.table.score_names) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn column(evaluation: &Described, rows: &ExampleRows, told: Vec<String>) -> ScoreColumn {
    let scores: Vec<f64> = rows.table.rows.iter().filter_map(|row| row.score).collect();
    let mean = Some(scores.iter().sum::<f64>() / scores.len() as f64).filter(|mean| mean.is_finite());
    ScoreColumn {
        run_id: evaluation.run.clone(),
        prompt: evaluation.prompt,
        run_name: evaluation.name.clone(),
        candidate: evaluation.candidate,
        program: evaluation.program.clone(),
        kind: evaluation.kind,
        source: rows.source.clone(),
        examples: rows.table.rows.len(),
        scored: scores.len(),
        mean,
        score: evaluation.score,
        interval: score_interval(&scores, Confidence::USUAL),
        told,
        objectives: rows.objectives.clone(),
    }
}

/// Which fields the program was given: of traces alone all that they tell, else what a trace of an evaluation tells.
fn inputs(
    session: &mut Session<'_>,
    evaluations: &[Described],
    tables: &[ExampleRows],
) -> Result<Option<BTreeSet<String>>> {
    /// The newest traces tell; where these have none, more would hardly.
    const TRIED: usize = 8;
    let known = || evaluations.iter().zip(tables).filter(|(_, rows)| rows.count().is_some());
    for (evaluation, rows) in known().filter(|(_, rows)| rows.is_from_table()).take(TRIED) {
        if let Some(given) = &rows.given {
            return Ok(Some(given.clone()));
        }
        if let Some(told) = example_inputs(session, &evaluation.run, &rows.table)? {
            return Ok(Some(told));
        }
    }
    let of_traces: BTreeSet<String> =
        known().filter(|(_, rows)| !rows.is_from_table()).flat_map(|(_, rows)| rows.given_fields()).collect();
    Ok(Some(of_traces).filter(|fields| !fields.is_empty()))
}

/// The trace of each row of an evaluation's table, or why it cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TracesOfExamples(pub EvaluationId);

impl Question for TracesOfExamples {
    type Answer = Vec<TraceLink>;
    const LABEL: &'static str = "traces of examples";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let time: Allowance = session.cx.begin(Part::ExampleTraces);
        let rows = rows_of(session, &self.0, None, time)?;
        let all: Vec<usize> = (0..rows.table.rows.len()).collect();
        links(session, &self.0.run, &rows, &all, time)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 64
    }
}
