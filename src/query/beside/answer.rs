//! What a program was expected to answer, and what it answered, field by field.

use super::data;
use super::example::{TraceExampleOf, bytes_of_fields};
use crate::analysis::text_diff::{TextDiff, diff_texts};
use crate::model::program::Object;
use crate::model::{Json, TraceHead, TraceId};
use crate::query::ask::{Question, Session};
use crate::query::example_answer::{ExampleAnswer, answer};
use crate::query::example_rows::by_weight;
use crate::store::{Part, Result};

/// What was expected and what was answered.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TraceAnswer {
    /// What was expected: the fields of the example that was evaluated, else of the one in the data, then the expectations noted on the trace.
    pub expected: Vec<ExpectedField>,
    /// What was answered under other names.
    pub rest: Object,
    /// The answer was read out of the `repr` of a prediction, which is all that was stored.
    pub from_repr: bool,
    /// The root of the trace gave back what has no names, or nothing.
    pub is_unknown: bool,
}

/// Something that was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedField {
    /// Its name.
    pub name: String,
    /// What was expected.
    pub expected: Json,
    /// What was answered to it; `None` if nothing was.
    pub answered: Option<Json>,
    /// The field of the answer that this is.
    pub answered_as: Option<String>,
    /// What is different, where both are texts that are not the same.
    pub diff: Option<TextDiff>,
    /// Who says so.
    pub by: ExpectedBy,
}

/// Who says what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedBy {
    /// The example that was evaluated.
    Example,
    /// The example in this data file of the optimization that the trace is of.
    Data(&'static str),
    /// Who noted it on the trace: `HUMAN ana@example.org`.
    Noted(String),
}

impl ExpectedBy {
    /// In words, where there is something to say: `expected by HUMAN ana@example.org`, `from trainset.json`.
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Example => None,
            Self::Data(file) => Some(format!("from {file}")),
            Self::Noted(who) if who.is_empty() => Some("noted on the trace".to_owned()),
            Self::Noted(who) => Some(format!("expected by {who}")),
        }
    }
}

impl ExpectedField {
    /// Whether the answer is what was expected, word for word; `None` where nothing was answered to it. The
    /// metric may see it otherwise.
    pub fn is_same(&self) -> Option<bool> {
        self.answered.as_ref().map(|answered| *answered == self.expected)
    }
}

/// What a trace's program was expected to answer and what it answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceAnswerOf(pub TraceId);

impl Question for TraceAnswerOf {
    type Answer = TraceAnswer;
    const LABEL: &'static str = "expected answer";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(head) = session.store.trace(session.cx, &self.0)? else { return Ok(TraceAnswer::default()) };
        let wanted = expectations(session, &head)?;
        let answered = answer(session, &self.0)?;
        let is_unknown = answered.is_none();
        let ExampleAnswer { fields, from_repr } =
            answered.unwrap_or(ExampleAnswer { fields: Object::new(), from_repr: false });
        let ends = session.cx.begin(Part::Texts).ends();
        let expected: Vec<ExpectedField> = wanted
            .into_iter()
            .map(|(name, expected, by)| {
                let answered_as = answered_as(&name, &fields, &by);
                let answered = answered_as.as_ref().and_then(|field| fields.get(field)).cloned();
                let diff = match (&expected, &answered) {
                    (Json::String(old), Some(Json::String(new))) if old != new => Some(diff_texts(old, new, ends)),
                    _ => None,
                };
                ExpectedField { name, expected, answered, answered_as, diff, by }
            })
            .collect();
        let is_rest = |name: &str| expected.iter().all(|field| field.answered_as.as_deref() != Some(name));
        let rest = fields.into_iter().filter(|(name, _)| is_rest(name)).collect();
        Ok(TraceAnswer { expected, rest, from_repr, is_unknown })
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let of = |field: &ExpectedField| {
            let both = crate::model::json::bytes_of(&field.expected);
            let answered = field.answered.as_ref().map_or(0, crate::model::json::bytes_of);
            200 + both + answered + field.diff.as_ref().map_or(0, |diff| diff.pieces.len() * 64 + both + answered)
        };
        answer.expected.iter().map(of).sum::<usize>() + bytes_of_fields(&answer.rest)
    }
}

/// What was expected of a trace, by name, and who says so; of the same name the last one counts.
///
/// # Errors
/// Those of the store.
pub fn expectations(session: &mut Session<'_>, head: &TraceHead) -> Result<Vec<(String, Json, ExpectedBy)>> {
    let example = session.ask(&TraceExampleOf(head.row.id.clone()))?;
    let mut wanted: Vec<(String, Json, ExpectedBy)> = Vec::new();
    let told = example.iter().flat_map(|one| &one.expected);
    wanted.extend(told.map(|(name, value)| (name.clone(), value.clone(), ExpectedBy::Example)));
    if let Some(run) = head.row.run_id.as_ref().filter(|_| example.is_none())
        && let Some((fields, file)) = data::expected(session, run, &head.row.id)?
    {
        wanted.extend(fields.into_iter().map(|(name, value)| (name, value, ExpectedBy::Data(file))));
    }
    for one in by_weight(&head.assessments).into_iter().filter(|one| one.is_expectation()) {
        // What the example says, too, is told once.
        if !wanted.iter().any(|(name, value, _)| *name == one.name && *value == one.value) {
            wanted.push((one.name.clone(), one.value.clone(), ExpectedBy::Noted(one.source())));
        }
    }
    Ok(wanted)
}

/// The field of an answer that an expectation is about: the one of its name; where somebody noted it on the trace also
/// that without `expected_`, as MLflow's scorers read it, and of `expected_response` the only one there is.
pub fn answered_as(name: &str, fields: &Object, by: &ExpectedBy) -> Option<String> {
    if fields.contains_key(name) {
        return Some(name.to_owned());
    }
    let bare = name.strip_prefix("expected_").filter(|_| matches!(by, ExpectedBy::Noted(_)))?;
    if fields.contains_key(bare) {
        return Some(bare.to_owned());
    }
    fields.keys().next().filter(|_| bare == "response" && fields.len() == 1).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_somebody_expects_is_about_the_field_without_the_prefix() {
        let fields = |value: Json| if let Json::Object(fields) = value { fields } else { Object::new() };
        let noted = ExpectedBy::Noted("HUMAN".to_owned());
        let one = fields(json!({"answer": "x"}));
        let two = fields(json!({"answer": "x", "reasoning": "y"}));
        assert_eq!(answered_as("answer", &two, &noted).as_deref(), Some("answer"));
        assert_eq!(answered_as("expected_answer", &two, &noted).as_deref(), Some("answer"));
        assert_eq!(answered_as("expected_answer", &two, &ExpectedBy::Example), None);
        assert_eq!(answered_as("expected_response", &one, &noted).as_deref(), Some("answer"));
        assert_eq!(answered_as("expected_response", &two, &noted), None, "which of the two is not said");
        assert_eq!(answered_as("stars", &one, &noted), None);
    }
}
