//! One example of one evaluation: what was answered, what the metric said to it, and which scores it has.

use super::example_answer::{ExampleAnswer, answer};
use super::example_rows::{EvaluationRowsOf, ScoreSource};
use super::scores::TracesOfExamples;
use crate::model::json::bytes_of;
use crate::model::result_table::SCORE_COLUMN;
use crate::model::{Assessment, EvaluationId, ResultRow};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// What an evaluation tells of one example.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleCell {
    /// What was answered; `None` if neither the table nor a trace tells.
    pub answer: Option<ExampleAnswer>,
    /// No table told the answer, but the example's trace.
    pub is_from_trace: bool,
    /// What was said to the answer, each with who said it; that name is empty for the metric itself.
    pub feedback: Vec<(String, String)>,
    /// Its scores by name, where there are several; the one that the others are parts of is none of them.
    pub scores: Vec<(String, f64)>,
    /// What its scores were read from.
    pub source: ScoreSource,
}

/// One row of an evaluation's examples; `None` inside if there is no such row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExampleCellOf {
    /// The evaluation.
    pub of: EvaluationId,
    /// Its row, as a matrix of scores tells it.
    pub row: usize,
}

impl Question for ExampleCellOf {
    type Answer = Option<ExampleCell>;
    const LABEL: &'static str = "answer to an example";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let rows = session.ask(&EvaluationRowsOf { of: self.of.clone(), score: None })?;
        let Some(row) = rows.table.rows.get(self.row) else { return Ok(None) };
        let mut cell = ExampleCell {
            answer: (!row.prediction.is_empty())
                .then(|| ExampleAnswer { fields: row.prediction.clone(), from_repr: false }),
            is_from_trace: false,
            feedback: said(row),
            scores: parts(row, &rows.table.score_names),
            source: rows.source.clone(),
        };
        if cell.answer.is_some() {
            return Ok(Some(cell));
        }
        let links = session.ask(&TracesOfExamples(self.of.clone()))?;
        let Some(trace) = links.get(self.row).and_then(|link| link.trace()) else { return Ok(Some(cell)) };
        cell.answer = answer(session, trace)?;
        cell.is_from_trace = cell.answer.is_some();
        if !cell.feedback.is_empty() {
            return Ok(Some(cell));
        }
        let head = session.store.trace(session.cx, trace)?;
        for one in head.iter().flat_map(|head| &head.assessments).filter(|one| one.is_valid) {
            cell.feedback.extend(said_by(one));
        }
        Ok(Some(cell))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let of = |cell: &ExampleCell| {
            let fields = cell.answer.iter().flat_map(|answer| &answer.fields);
            let fields: usize = fields.map(|(name, value)| name.len() + bytes_of(value)).sum();
            fields + cell.feedback.iter().map(|(who, said)| who.len() + said.len()).sum::<usize>() + 200
        };
        answer.as_ref().map_or(0, of)
    }
}

/// Why an assessment is what it is, with its name.
fn said_by(one: &Assessment) -> Option<(String, String)> {
    let said = one.rationale.as_ref().map(|said| said.as_str().to_owned());
    said.filter(|said| !said.trim().is_empty()).map(|said| (one.name.clone(), said))
}

/// What the metric said, or each of several scorers; last why one of them gave no score.
pub(super) fn said(row: &ResultRow) -> Vec<(String, String)> {
    let mut said: Vec<(String, String)> = row.said.iter().map(|(who, said)| (who.clone(), said.clone())).collect();
    if said.is_empty() {
        said.extend(row.feedback.iter().map(|said| (String::new(), said.clone())));
    }
    said.extend(row.error.iter().map(|error| ("Error".to_owned(), error.clone())));
    said
}

/// The scores of a row in the order of their names.
pub(super) fn parts(row: &ResultRow, names: &[String]) -> Vec<(String, f64)> {
    let named = |name: &String| Some((name.clone(), row.scores.get(name).copied()?));
    names.iter().filter(|name| *name != SCORE_COLUMN).filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_and_what_was_said_are_told_by_their_names() {
        let names = ["score", "tone", "label"].map(str::to_owned);
        let scores = [("score", 0.5), ("label", 1.0)].map(|(name, score)| (name.to_owned(), score));
        let row = ResultRow { scores: scores.into(), feedback: Some("long".into()), ..ResultRow::default() };
        assert_eq!(parts(&row, &names), [("label".to_owned(), 1.0)]);
        assert_eq!(said(&row), [(String::new(), "long".to_owned())]);
        let several =
            ResultRow { said: [("tone".into(), "rude".into())].into(), error: Some("label: x".into()), ..row };
        let told = [("tone", "rude"), ("Error", "label: x")].map(|(who, said)| (who.to_owned(), said.to_owned()));
        assert_eq!(said(&several), told);
    }
}
