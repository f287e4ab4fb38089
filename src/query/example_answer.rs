//! What a program answered to an example, as the root of its trace says.

use crate::analysis::python_repr::prediction_of_outputs;
use crate::model::json::bytes_of;
use crate::model::program::Object;
use crate::model::{Json, Reveal, SpanBody, TraceId};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// What a program answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleAnswer {
    /// Its fields.
    pub fields: Object,
    /// They were read out of the `repr` of a prediction, which is all that was stored.
    pub from_repr: bool,
}

/// What the root of a trace gave back, by name; `None` if that has no names.
///
/// # Errors
/// Those of the store.
pub fn answer(session: &mut Session<'_>, trace: &TraceId) -> Result<Option<ExampleAnswer>> {
    let outputs = root_body(session, trace)?.and_then(|body| body.outputs);
    Ok(outputs.and_then(|outputs| answer_of(outputs, session.cx.reveal())))
}

/// The same of outputs that are at hand.
pub fn answer_of(outputs: Json, reveal: Reveal) -> Option<ExampleAnswer> {
    match outputs {
        Json::Object(fields) => Some(ExampleAnswer { fields, from_repr: false }),
        outputs => Some(ExampleAnswer { fields: answer_of_repr(&outputs, reveal)?, from_repr: true }),
    }
}

/// The fields of a prediction of which only the text was stored; `None` for other outputs.
pub fn answer_of_repr(outputs: &Json, reveal: Reveal) -> Option<Object> {
    Some(prediction_of_outputs(outputs)?.mask(reveal))
}

/// The fields that the root of a trace gave back; `None` inside if they have no names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AnsweredFieldsOf(pub TraceId);

impl Question for AnsweredFieldsOf {
    type Answer = Option<Object>;
    const LABEL: &'static str = "answer of a trace";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        Ok(answer(session, &self.0)?.map(|answer| answer.fields))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().flatten().map(|(name, value)| name.len() + bytes_of(value)).sum()
    }
}

/// The body of a trace's root.
///
/// # Errors
/// Those of the store.
pub fn root_body(session: &mut Session<'_>, trace: &TraceId) -> Result<Option<SpanBody>> {
    let spans = session.store.spans(session.cx, trace)?;
    let Some(root) = spans.iter().find(|span| span.parent_id.is_none()) else { return Ok(None) };
    session.store.span_body(session.cx, trace, root.handle)
}
