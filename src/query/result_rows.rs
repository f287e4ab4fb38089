//! What a table of results says row by row: which examples are right, and which trace an example left.

use super::example_rows::{example_rows, links};
use super::result_table::result_table;
use crate::analysis::example_traces::{NoTrace, TraceLink};
use crate::analysis::metric_match::ScoreRange;
use crate::analysis::result_table::RightRule;
use crate::model::RunId;
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{Part, Result};

/// The scores of a table of results, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultScores {
    /// As many as the table has rows; `None` where a row has none.
    pub scores: Vec<Option<f64>>,
    /// From which score on an example counts as right.
    pub rule: RightRule,
}

impl ResultScores {
    /// Whether the example of a row is right, if it has a score.
    pub fn is_right(&self, row: usize) -> Option<bool> {
        let score = self.scores.get(row).copied().flatten()?;
        Some(self.rule.is_right(score))
    }

    /// How many are right, and how many are wrong.
    pub fn counts(&self) -> (usize, usize) {
        let right = self.scores.iter().flatten().filter(|score| self.rule.is_right(**score)).count();
        (right, self.scores.iter().flatten().count() - right)
    }
}

/// The scores in the table of results of a run; `None` if it has no table that can be read, or no score.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResultScoresOf(pub RunId);

impl Question for ResultScoresOf {
    type Answer = Option<ResultScores>;
    const LABEL: &'static str = "scores of a table of results";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(table) = result_table(session, &self.0)? else { return Ok(None) };
        let scores: Vec<Option<f64>> = table.rows.iter().map(|row| row.score).collect();
        let rule = ScoreRange::of(scores.iter().copied().flatten()).map(ScoreRange::rule);
        Ok(rule.map(|rule| ResultScores { scores, rule }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(8, |answer| 32 + answer.scores.len() * size_of::<Option<f64>>())
    }
}

/// The trace of the example in a row of the table of results of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResultTraceOf {
    /// The evaluation.
    pub run: RunId,
    /// The row, from 0.
    pub row: usize,
}

impl Question for ResultTraceOf {
    type Answer = TraceLink;
    const LABEL: &'static str = "trace of an example";
    const COST: CostClass = CostClass::Facts;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let time = session.cx.begin(Part::ExampleTraces);
        let rows = example_rows(session, &self.run, time)?;
        let mut links = links(session, &self.run, &rows, &[self.row], time)?;
        Ok(links.pop().unwrap_or(TraceLink::Unknown(NoTrace::NotRead)))
    }

    fn bytes(_: &Self::Answer) -> usize {
        96
    }
}
