//! One example of one evaluation: what was answered, what the metric said to it, and which scores it has.

use super::example_answer::{ExampleAnswer, answer};
use super::example_rows::{ExampleRows, ScoreSource, example_rows};
use super::scores::TracesOfExamples;
use crate::analysis::result_table::score;
use crate::model::json::bytes_of;
use crate::model::{Assessment, Json, RunId};
use crate::query::ask::{Question, Session};
use crate::store::{Part, Result};

/// What an evaluation tells of one example.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleCell {
    /// What was answered; `None` if neither the table nor a trace tells.
    pub answer: Option<ExampleAnswer>,
    /// No table told the answer, but the example's trace.
    pub is_from_trace: bool,
    /// What was said to the answer, each with who said it; that name is empty for the metric itself.
    pub feedback: Vec<(String, String)>,
    /// The parts of a score that is made of several, by name.
    pub scores: Vec<(String, f64)>,
    /// What its scores were read from.
    pub source: ScoreSource,
}

/// One row of an evaluation's examples; `None` inside if there is no such row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExampleCellOf {
    /// The evaluation.
    pub run: RunId,
    /// Its row, as a matrix of scores tells it.
    pub row: usize,
}

impl Question for ExampleCellOf {
    type Answer = Option<ExampleCell>;
    const LABEL: &'static str = "answer to an example";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let rows = session.ask(&ExampleRowsOf(self.run.clone()))?;
        let Some(row) = rows.table.rows.get(self.row) else { return Ok(None) };
        let mut cell = ExampleCell {
            answer: (!row.prediction.is_empty())
                .then(|| ExampleAnswer { fields: row.prediction.clone(), from_repr: false }),
            is_from_trace: false,
            feedback: row.feedback.iter().map(|said| (String::new(), said.clone())).collect(),
            scores: parts_of(&row.stored_score),
            source: rows.source.clone(),
        };
        if cell.answer.is_some() {
            return Ok(Some(cell));
        }
        let links = session.ask(&TracesOfExamples(self.run.clone()))?;
        let Some(trace) = links.get(self.row).and_then(|link| link.trace()) else { return Ok(Some(cell)) };
        cell.answer = answer(session, trace)?;
        cell.is_from_trace = cell.answer.is_some();
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

/// The numbers and truth values of a score that is an object, and of objects in it; the score itself is none of them.
fn parts_of(stored: &Json) -> Vec<(String, f64)> {
    let Json::Object(parts) = stored else { return Vec::new() };
    let mut found = Vec::new();
    for (name, part) in parts.iter().filter(|(name, _)| *name != "score") {
        match part {
            Json::Object(inner) => {
                found.extend(inner.iter().filter_map(|(name, value)| Some((name.clone(), score(value)?))));
            }
            value => found.extend(score(value).map(|score| (name.clone(), score))),
        }
    }
    found
}

/// The examples of an evaluation, kept: who looks at one of them looks at the next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ExampleRowsOf(RunId);

impl Question for ExampleRowsOf {
    type Answer = ExampleRows;
    const LABEL: &'static str = "examples of an evaluation";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let time = session.cx.begin(Part::ExampleTraces);
        example_rows(session, &self.0, time)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let of = |fields: &crate::model::program::Object| -> usize {
            fields.iter().map(|(name, value)| name.len() + bytes_of(value)).sum()
        };
        answer.table.rows.iter().map(|row| of(&row.example) + of(&row.prediction) + of(&row.other) + 300).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::parts_of;
    use serde_json::json;

    #[test]
    fn a_score_of_several_parts_is_told_by_their_names() {
        let told =
            parts_of(&json!({"score": 0.5, "feedback": "long", "label": true, "objective_scores": {"tone": 0.25}}));
        assert_eq!(told, [("label".to_owned(), 1.0), ("tone".to_owned(), 0.25)]);
        assert_eq!(parts_of(&json!(0.5)), []);
    }
}
