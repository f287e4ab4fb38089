//! What an evaluation predicted for examples: from its table, else from the traces of the examples.

use crate::analysis::example_traces::TraceLink;
use crate::model::{EvaluationId, Json, ResultRow};
use crate::query::ask::Session;
use crate::query::example_answer::answer;
use crate::query::example_rows::{ExampleRows, links, rows_of};
use crate::query::feedback_source::FeedbackSource;
use crate::query::scores::{ScoreColumn, Scores};
use crate::store::{Allowance, Result};

/// The rows of an evaluation, by the places of examples in the matrix.
pub(in crate::query) struct Predictions<'a> {
    scores: &'a Scores,
    column: usize,
    of: EvaluationId,
    rows: ExampleRows,
    time: Allowance,
}

impl<'a> Predictions<'a> {
    /// Those of a column; `None` if there is no such one.
    pub fn of(session: &mut Session<'_>, scores: &'a Scores, column: usize, time: Allowance) -> Result<Option<Self>> {
        let Some(of) = scores.columns.get(column).map(ScoreColumn::id) else { return Ok(None) };
        let rows = rows_of(session, &of, None, time)?;
        Ok(Some(Self { scores, column, of, rows, time }))
    }

    /// The place in the table at which an example stands.
    fn row_at(&self, example: u32) -> Option<usize> {
        let example = self.scores.matrix.examples.get(example as usize)?;
        Some(*example.rows.get(self.column)?.as_ref()? as usize)
    }

    /// The row of an example, if it was evaluated.
    pub fn row(&self, example: u32) -> Option<&ResultRow> {
        self.rows.table.rows.get(self.row_at(example)?)
    }

    /// Where its rows tell from what was said of examples; `None` if they tell nothing.
    pub fn feedback_from(&self) -> Option<FeedbackSource> {
        let has_feedback = self.rows.table.rows.iter().any(|row| row.feedback.is_some() || !row.said.is_empty());
        has_feedback.then_some(match self.rows.source.as_str() {
            // Its rows were made of assessments, also where none of several scores counts.
            None | Some("assessments") => FeedbackSource::Assessments,
            Some(_) => FeedbackSource::Table,
        })
    }

    /// Which fields its table says to be predictions.
    pub fn fields(&self) -> &[String] {
        &self.rows.table.prediction_fields
    }

    /// The traces of examples, as far as they can be told in time; `None` for an example that was not evaluated.
    pub fn traces(&self, session: &mut Session<'_>, examples: &[u32]) -> Result<Vec<Option<TraceLink>>> {
        let rows: Vec<Option<usize>> = examples.iter().map(|example| self.row_at(*example)).collect();
        let wanted: Vec<usize> = rows.iter().copied().flatten().collect();
        let links = links(session, &self.of.run, &self.rows, &wanted, self.time)?;
        let mut links = links.into_iter();
        Ok(rows.iter().map(|row| row.and_then(|_| links.next())).collect())
    }

    /// What was predicted in a field; `None` where that is not known.
    pub fn of_field(&self, session: &mut Session<'_>, examples: &[u32], field: &str) -> Result<Vec<Option<String>>> {
        if self.fields().iter().any(|name| name == field) {
            let told = |example: &u32| self.row(*example)?.prediction.get(field).map(text);
            return Ok(examples.iter().map(told).collect());
        }
        let traces = self.traces(session, examples)?;
        let mut told = Vec::with_capacity(traces.len());
        for link in &traces {
            session.cx.check()?;
            told.push(match link.as_ref().and_then(TraceLink::trace) {
                Some(trace) if !self.time.is_spent() => {
                    answer(session, trace)?.and_then(|answer| answer.fields.get(field).map(text))
                }
                _ => None,
            });
        }
        Ok(told)
    }
}

/// A value as a word: a text as it is, others as JSON.
pub(in crate::query) fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
