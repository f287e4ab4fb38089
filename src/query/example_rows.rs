//! The examples of an evaluation with their scores and traces: from its table of results, else
//! from GEPA's table of its optimization, else from a table that a user logged, else from its traces and the
//! assessments on them.

mod assessed;
mod assessment;
mod links;
mod prompts;
mod source;
mod users;

use std::collections::{BTreeMap, BTreeSet};

use super::program::program_state;
use super::result_table::result_table;
use super::runs::{RelatedRuns, RunOf};
use super::valset_scores::{ValsetRows, valset_rows};
use crate::analysis::example_traces::{NoTrace, TraceLink};
use crate::model::json::bytes_of;
use crate::model::program::Object;
use crate::model::result_table::SCORE_COLUMN;
use crate::model::{EvaluationId, ProgramSource, ResultRow, ResultTable, RunId};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::program::StateOf;
use crate::store::{Allowance, Part, Result};

pub use assessment::{by_weight, only_score, score_of};
pub use links::links;
pub use source::{NoScores, ScoreSource};

/// The examples of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleRows {
    /// The examples; those from traces know their inputs, and of `mlflow.genai.evaluate` what was expected.
    pub table: ResultTable,
    /// Where the scores were read.
    pub source: ScoreSource,
    /// Which fields of the examples the program was given, where the rows tell it by themselves.
    pub given: Option<BTreeSet<String>>,
    /// What the scores of the program are on average by name, where no example tells them: GEPA's objectives.
    pub objectives: BTreeMap<String, f64>,
    /// What is to be known of how they were read, as sentences.
    pub notes: Vec<String>,
    /// The trace of each row; empty where they have yet to be looked for.
    links: Vec<TraceLink>,
}

impl ExampleRows {
    /// Rows whose traces have yet to be looked for.
    fn of_table(table: ResultTable, source: ScoreSource) -> Self {
        let (given, objectives, notes, links) = (None, BTreeMap::new(), Vec::new(), Vec::new());
        Self { table, source, given, objectives, notes, links }
    }

    fn nothing(why: NoScores) -> Self {
        Self::of_table(ResultTable::default(), ScoreSource::Nothing(why))
    }

    /// Whether the rows are whole examples, whose traces have yet to be looked for.
    pub fn is_from_table(&self) -> bool {
        self.links.len() < self.table.rows.len()
    }

    /// How many examples there are, if that is known.
    pub fn count(&self) -> Option<usize> {
        match self.source {
            ScoreSource::Nothing(_) if self.table.rows.is_empty() => None,
            _ => Some(self.table.rows.len()),
        }
    }

    /// Whether any example may have a score, as far as the source tells.
    pub fn has_scores(&self) -> bool {
        !matches!(self.source, ScoreSource::Nothing(_))
    }

    /// The fields that the program was given, of rows that traces tell.
    pub fn given_fields(&self) -> Vec<String> {
        let is_given = |name: &&String| self.given.as_ref().is_none_or(|given| given.contains(*name));
        self.table.example_fields.iter().filter(is_given).cloned().collect()
    }

    /// Counts the score of this name instead.
    fn chosen(mut self, name: &str) -> Self {
        let names = self.table.score_names.clone();
        let is_there = names.iter().any(|one| one == name) || names.is_empty() && name == SCORE_COLUMN;
        if self.table.rows.is_empty() {
            return self;
        }
        self.table.count_by(name);
        if !is_there {
            self.source = ScoreSource::Nothing(NoScores::NotOfThisName { chosen: name.to_owned(), names });
            return self;
        }
        let scored = self.table.rows.iter().filter(|row| row.score.is_some()).count();
        self.source = match self.source {
            ScoreSource::UsersTable { path, rule, .. } => {
                ScoreSource::UsersTable { path, column: name.to_owned(), rule }
            }
            ScoreSource::Nothing(NoScores::SeveralMetrics(_)) => ScoreSource::Assessments {
                metric: name.to_owned(),
                scored,
                examples: self.table.rows.len(),
                complete: self.links.iter().all(|link| *link != TraceLink::Unknown(NoTrace::NotRead)),
            },
            ScoreSource::Assessments { examples, complete, .. } => {
                ScoreSource::Assessments { metric: name.to_owned(), scored, examples, complete }
            }
            other => other,
        };
        self
    }
}

/// The examples of an evaluation as it logged them, in its table of results or in one of the user's; traces are not
/// looked into.
///
/// # Errors
/// Those of the store; what is damaged is a warning.
pub fn logged_table(session: &mut Session<'_>, run: &RunId) -> Result<Option<ResultTable>> {
    if let Some(table) = result_table(session, run)? {
        return Ok(Some(table));
    }
    Ok(users::users_rows(session, run)?.map(|rows| rows.table))
}

/// The examples of a run. Without a table its traces are looked into, as long as there is `time`.
///
/// # Errors
/// Those of the store; what is damaged is a warning.
pub fn example_rows(session: &mut Session<'_>, run: &RunId, time: Allowance) -> Result<ExampleRows> {
    if let Some(table) = result_table(session, run)? {
        return Ok(ExampleRows::of_table(table, ScoreSource::Table));
    }
    if let Some(ValsetRows { table, parent, candidate, objectives }) = valset_rows(session, run)? {
        let rows = ExampleRows::of_table(table, ScoreSource::Valset { parent, candidate });
        return Ok(ExampleRows { objectives, ..rows });
    }
    if has_children(session, run)? {
        return Ok(ExampleRows::nothing(NoScores::HasChildren));
    }
    if let Some(rows) = users::users_rows(session, run)? {
        return Ok(rows);
    }
    assessed::from_assessments(session, run, time)
}

/// The same, where one of several scores was chosen by its name; `None` for the one that [`example_rows`] takes.
///
/// # Errors
/// Those of [`example_rows`].
pub fn example_rows_by(
    session: &mut Session<'_>,
    run: &RunId,
    score: Option<&str>,
    time: Allowance,
) -> Result<ExampleRows> {
    let rows = example_rows(session, run, time)?;
    Ok(match score {
        Some(name) => rows.chosen(name),
        None => rows,
    })
}

/// The examples of an evaluation, be it a run or a prompt that was tried within one.
///
/// # Errors
/// Those of [`example_rows`].
pub fn rows_of(
    session: &mut Session<'_>,
    evaluation: &EvaluationId,
    score: Option<&str>,
    time: Allowance,
) -> Result<ExampleRows> {
    let Some(prompt) = evaluation.prompt else { return example_rows_by(session, &evaluation.run, score, time) };
    let rows = prompts::prompt_rows(session, &evaluation.run, prompt)?;
    Ok(match score {
        Some(name) => rows.chosen(name),
        None => rows,
    })
}

/// The rows of an evaluation; several questions read the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EvaluationRowsOf {
    /// The evaluation.
    pub of: EvaluationId,
    /// Which of several scores, by its name; `None` for the one that counts by itself.
    pub score: Option<String>,
}

impl Question for EvaluationRowsOf {
    type Answer = ExampleRows;
    const LABEL: &'static str = "examples of an evaluation";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let time = session.cx.begin(Part::ExampleTraces);
        rows_of(session, &self.of, self.score.as_deref(), time)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let object = |object: &Object| object.iter().map(|(name, value)| name.len() + bytes_of(value)).sum::<usize>();
        let of = |row: &ResultRow| {
            let said = [&row.feedback, &row.error].into_iter().flatten().map(String::len).sum::<usize>();
            300 + said + object(&row.example) + object(&row.prediction) + object(&row.other) + row.scores.len() * 60
        };
        answer.table.rows.iter().map(of).sum()
    }
}

/// Whether other runs are part of this one, or it is an optimization that says so itself.
fn has_children(session: &mut Session<'_>, run: &RunId) -> Result<bool> {
    let stored = session.ask(&RunOf(run.clone()))?;
    let Some(stored) = stored.as_ref() else { return Ok(false) };
    let family = session.ask(&RelatedRuns { experiment: Some(stored.experiment_id.clone()), with_deleted: false })?;
    if family.iter().any(|other| other.parent_id.as_ref() == Some(run)) {
        return Ok(true);
    }
    let best = session.ask(&StateOf { run: run.clone(), best: true })?;
    Ok(best.as_ref().as_ref().is_some_and(|best| best.source == ProgramSource::BestModelJson))
}

/// The program has a Flex, so that GEPA scores it by itself.
fn has_source(session: &mut Session<'_>, run: &RunId) -> Result<bool> {
    Ok(program_state(session, run, false)?.is_some_and(|program| program.has_source()))
}
