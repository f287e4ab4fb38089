//! One evaluation by itself: its score with an interval, its examples, and where the scores come from.

use std::collections::BTreeMap;

use super::example_rows::{EvaluationRowsOf, ExampleRows, ScoreSource};
use super::run_page::score_of_run;
use crate::analysis::metric_match::ScoreRange;
use crate::analysis::result_table::RightRule;
use crate::analysis::score_unit::unit;
use crate::analysis::statistics::{Confidence, Interval, ScoreInterval, score_interval};
use crate::model::result_table::SCORE_COLUMN;
use crate::model::{ResultTable, RunId};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// An evaluation by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct PlainEvaluation {
    /// Where the scores were read.
    pub source: ScoreSource,
    /// What is to be known of how they were read, as sentences.
    pub notes: Vec<String>,
    /// So many examples were evaluated.
    pub examples: usize,
    /// The score that was logged, on whatever scale.
    pub score: Option<f64>,
    /// Its scores: the one that counts first, if one does.
    pub means: Vec<NamedMean>,
    /// What the program scored by each of GEPA's objectives on average, where no example tells.
    pub objectives: BTreeMap<String, f64>,
    /// So many examples have words of the metric.
    pub with_feedback: usize,
    /// Of so many a scorer failed.
    pub failed: usize,
}

/// A score over all examples.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedMean {
    /// Its name; `None` where there is one score without a name.
    pub name: Option<String>,
    /// It is the one that counts.
    pub counts: bool,
    /// So many examples have it.
    pub scored: usize,
    /// The mean of these, in the unit of the examples.
    pub mean: f64,
    /// In which interval the true mean lies; `None` where nothing tells.
    pub interval: Option<ScoreInterval>,
    /// So many are right by the rule.
    pub right: usize,
    /// From which score on an example is right.
    pub rule: RightRule,
}

impl PlainEvaluation {
    /// The score that counts, on the scale on which it was logged, with its interval; on that of the examples where none
    /// was logged or the examples do not add up to it. `None` if no score counts.
    pub fn figures(&self) -> Option<(f64, Option<Interval>)> {
        let one = self.means.iter().find(|one| one.counts)?;
        let interval = one.interval.map(|it| it.interval);
        Some(match self.score.map(|score| (score, unit(&[(score, one.mean)]))) {
            Some((score, Some(unit))) => (score, interval.map(|it| it.scaled(unit))),
            _ => (one.mean, interval),
        })
    }

    /// The score that was logged is another one than the mean of the examples.
    pub fn adds_up(&self) -> Option<bool> {
        let one = self.means.iter().find(|one| one.counts)?;
        Some(unit(&[(self.score?, one.mean)]).is_some())
    }
}

/// One evaluation by itself; `None` if the run has no examples with scores, or is made of other runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlainEvaluationOf(pub RunId);

impl Question for PlainEvaluationOf {
    type Answer = Option<PlainEvaluation>;
    const LABEL: &'static str = "evaluation";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let rows = session.ask(&EvaluationRowsOf { of: self.0.clone().into(), score: None })?;
        if rows.count().unwrap_or_default() == 0 {
            return Ok(None);
        }
        let score = score_of_run(session, &self.0)?;
        Ok(Some(PlainEvaluation {
            source: rows.source.clone(),
            notes: rows.notes.clone(),
            examples: rows.table.rows.len(),
            score,
            means: means(&rows),
            objectives: rows.objectives.clone(),
            with_feedback: rows.table.rows.iter().filter(|row| row.feedback.is_some()).count(),
            failed: rows.table.rows.iter().filter(|row| row.error.is_some()).count(),
        }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(8, |one| 300 + one.means.len() * 160)
    }
}

/// Which named score counts, if one does.
fn counting(rows: &ExampleRows) -> Option<&str> {
    match &rows.source {
        ScoreSource::UsersTable { column, .. } => Some(column),
        ScoreSource::Assessments { metric, .. } => Some(metric),
        ScoreSource::Table | ScoreSource::Valset { .. } => Some(SCORE_COLUMN),
        ScoreSource::Nothing(_) => None,
    }
}

fn means(rows: &ExampleRows) -> Vec<NamedMean> {
    let table: &ResultTable = &rows.table;
    let of = |name: Option<&String>, counts: bool, scores: &[f64]| {
        let rule = ScoreRange::of(scores.iter().copied())?.rule();
        Some(NamedMean {
            name: name.cloned(),
            counts,
            scored: scores.len(),
            mean: scores.iter().sum::<f64>() / scores.len() as f64,
            interval: score_interval(scores, Confidence::USUAL),
            right: scores.iter().filter(|score| rule.is_right(**score)).count(),
            rule,
        })
    };
    if table.score_names.is_empty() {
        let scores: Vec<f64> = table.rows.iter().filter_map(|row| row.score).collect();
        return of(None, true, &scores).into_iter().collect();
    }
    let counting = counting(rows);
    let mut means: Vec<NamedMean> = table
        .score_names
        .iter()
        .filter_map(|name| of(Some(name), counting == Some(name.as_str()), &table.scores_named(name)))
        .collect();
    means.sort_by_key(|one| !one.counts);
    means
}
