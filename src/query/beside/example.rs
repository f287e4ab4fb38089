//! Which example of its evaluation a trace answered, and what the evaluation tells of it.

use crate::analysis::example_traces::{ExampleTrace, ExampleTraces, NoTrace, TraceLink, named_inputs};
use crate::model::json::bytes_of;
use crate::model::program::Object;
use crate::model::{EvaluationId, ResultRow, ResultTable, TraceId};
use crate::query::ask::{Question, Session};
use crate::query::example_answer::{answer_of, root_body};
use crate::query::example_cell::{parts, said};
use crate::query::example_rows::{EvaluationRowsOf, ScoreSource};
use crate::query::scores::TracesOfExamples;
use crate::store::Result;

/// An example of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceExample {
    /// The evaluation.
    pub of: EvaluationId,
    /// The row of the example in it.
    pub row: usize,
    /// Its score, in the unit of the examples; `None` if it has none, or not all rows that it may be have the same.
    pub score: Option<f64>,
    /// The parts of the score by name, where there are some; the one that counts is none of them.
    pub parts: Vec<(String, f64)>,
    /// Where the scores were read.
    pub source: ScoreSource,
    /// What was said to the answer, each with who said it; that name is empty for the metric itself.
    pub feedback: Vec<(String, String)>,
    /// The fields of the example that the program was not given.
    pub expected: Object,
    /// The trace was given what the example says, and yet it cannot be told that it is the one that was scored.
    pub unsure: Option<NoTrace>,
}

/// The example that a trace answered; `None` inside where its run has none that was given the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceExampleOf(pub TraceId);

impl Question for TraceExampleOf {
    type Answer = Option<TraceExample>;
    const LABEL: &'static str = "example of a trace";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(head) = session.store.trace(session.cx, &self.0)? else { return Ok(None) };
        let Some(run) = head.row.run_id else { return Ok(None) };
        let of = EvaluationId::from(run);
        let rows = session.ask(&EvaluationRowsOf { of: of.clone(), score: None })?;
        if rows.table.rows.is_empty() {
            return Ok(None);
        }
        let Some(body) = root_body(session, &self.0)? else { return Ok(None) };
        let Some(given) = body.inputs.and_then(named_inputs) else { return Ok(None) };
        let links = session.ask(&TracesOfExamples(of.clone()))?;
        let found = links.iter().position(|link| link.trace() == Some(&self.0));
        let (fitting, is_answer) = match found {
            Some(row) => (vec![row], true),
            None => {
                let reveal = session.cx.reveal();
                let outputs = body.outputs.and_then(|outputs| answer_of(outputs, reveal)).map(|it| it.fields);
                fitting(&rows.table, ExampleTrace { id: self.0.clone(), inputs: Some(given.clone()), outputs })
            }
        };
        let Some(row) = fitting.first().copied() else { return Ok(None) };
        // Rows that are not the same example leave it open which of them it is.
        let Some(one) = rows.table.rows.get(row) else { return Ok(None) };
        if !all(&rows.table, &fitting, |row| row.example == one.example) {
            return Ok(None);
        }
        let unsure = match (found, links.get(row)) {
            (Some(_), _) => None,
            (None, Some(TraceLink::Unknown(why))) if is_answer => Some(*why),
            // What the row tells is of another trace.
            (None, _) => Some(NoTrace::OtherAnswer),
        };
        let is_told = is_answer && all(&rows.table, &fitting, |row| row.score == one.score);
        let is_alone = is_told && fitting.len() == 1;
        Ok(Some(TraceExample {
            of,
            row,
            score: one.score.filter(|_| is_told),
            parts: if is_alone { parts(one, &rows.table.score_names) } else { Vec::new() },
            source: rows.source.clone(),
            feedback: if is_alone { said(one) } else { Vec::new() },
            expected: expected(one, &given),
            unsure,
        }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let of = |one: &TraceExample| {
            let said = one.feedback.iter().map(|(who, said)| who.len() + said.len()).sum::<usize>();
            said + one.parts.len() * 60 + bytes_of_fields(&one.expected) + 300
        };
        answer.as_ref().map_or(0, of)
    }
}

/// The rows that say that a program was given what a trace was given, and whether they say that it answered this, too;
/// where none does, those whose answer is another one.
fn fitting(table: &ResultTable, trace: ExampleTrace) -> (Vec<usize>, bool) {
    let alone = [trace];
    let traces = ExampleTraces::new(table, &alone, true);
    let given: Vec<usize> = (0..table.rows.len()).filter(|row| !traces.candidates(*row).is_empty()).collect();
    let answered: Vec<usize> =
        given.iter().copied().filter(|row| traces.link(*row) != TraceLink::Unknown(NoTrace::OtherAnswer)).collect();
    if answered.is_empty() { (given, false) } else { (answered, true) }
}

/// About how many bytes fields hold.
pub(super) fn bytes_of_fields(fields: &Object) -> usize {
    fields.iter().map(|(name, value)| name.len() + bytes_of(value)).sum()
}

fn all(table: &ResultTable, places: &[usize], fits: impl Fn(&ResultRow) -> bool) -> bool {
    places.iter().filter_map(|place| table.rows.get(*place)).all(fits)
}

/// What of an example the program was not given.
fn expected(row: &ResultRow, given: &Object) -> Object {
    let fields = row.example.iter().filter(|(name, _)| !given.contains_key(*name));
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Json;
    use serde_json::json;

    fn object(value: Json) -> Object {
        if let Json::Object(fields) = value { fields } else { Object::new() }
    }

    #[test]
    fn rows_are_told_apart_by_what_was_answered() {
        let row = |question: &str, answer: &str| ResultRow {
            example: object(json!({"question": question, "answer": "right"})),
            prediction: object(json!({"answer": answer})),
            ..ResultRow::default()
        };
        let table = ResultTable {
            example_fields: vec!["question".to_owned(), "answer".to_owned()],
            rows: vec![row("other", "a"), row("twice", "a"), row("twice", "b")],
            ..ResultTable::default()
        };
        let found = |question: &str, outputs: Option<Json>| {
            let inputs = Some(object(json!({"question": question})));
            fitting(&table, ExampleTrace { id: "t".into(), inputs, outputs: outputs.map(object) })
        };
        assert_eq!(found("twice", Some(json!({"answer": "b"}))), (vec![2], true));
        assert_eq!(found("twice", None), (vec![1, 2], true), "what it answered is not known");
        assert_eq!(found("twice", Some(json!({"answer": "c"}))), (vec![1, 2], false));
        assert_eq!(found("new", None), (vec![], false));
    }

    #[test]
    fn what_the_program_was_not_given_was_expected() {
        let row = ResultRow {
            example: object(json!({"question": "?", "topic": "x", "answer": "y"})),
            ..ResultRow::default()
        };
        let given = object(json!({"question": "?", "config": {}}));
        assert_eq!(expected(&row, &given), object(json!({"topic": "x", "answer": "y"})));
    }
}
