//! The LM calls of a trace, read as DSPy wrote them.

use super::trace::{TraceDocument, TraceTree, TraceTreeOf, span_body};
use crate::analysis::dspy;
use crate::analysis::dspy::{Around, CallBodies};
use crate::analysis::span_groups::SpanGroup;
use crate::model::program::Object;
use crate::model::{Json, SpanBody, SpanHandle, SpanHead, TraceId};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::Result;

pub use crate::analysis::dspy::{
    AdapterKind, AdapterSource, Beside, Call, Completion, Language, Media, Message, Part, PartKind, Place, Request,
    TraceCall,
};

/// The LM calls of a trace in the order of its tree.
pub fn chat(document: &TraceDocument) -> Vec<TraceCall> {
    let tree = &document.tree;
    dspy::calls(&tree.outline.forest, &tree.spans, &document.bodies, &tree.fallbacks)
}

/// One LM call of a trace, read: of all other spans only those are read that tell of it. `None` inside of a span that
/// is gone, or no such call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallOf {
    /// The trace.
    pub trace: TraceId,
    /// The span's place there.
    pub span: SpanHandle,
}

/// A call and what became of its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadCall {
    /// The call.
    pub call: TraceCall,
    /// The fields that were made of the answer.
    pub parsed: Option<Parsed>,
    /// Who asked the model: the span that the call is part of, by its place in the list of spans.
    pub parent: Option<usize>,
}

/// What an adapter made of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// By name.
    pub fields: Object,
    /// The span that says so, by its place in the list of spans: the adapter's, else the predictor's.
    pub span: usize,
}

impl Question for CallOf {
    type Answer = Option<ReadCall>;
    const LABEL: &'static str = "LM call";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let tree = session.ask(&TraceTreeOf(self.trace.clone()))?;
        let Some(tree) = tree.as_ref() else { return Ok(None) };
        let Some(span) = tree.spans.iter().position(|one| one.handle == self.span) else { return Ok(None) };
        let around = dspy::around_call(&tree.outline.forest, &tree.spans, span);
        let mut body = |at: Option<usize>| body_at(session, tree, at);
        let Some((head, call)) = tree.spans.get(span).zip(body(Some(span))?) else { return Ok(None) };
        let format = body(around.format.as_ref().map(|(format, _)| *format))?;
        let failed_parse = body(around.failed_parse)?;
        let parsed = parsed(tree, (span, &around), &mut body)?;
        let parent = around.parent;
        let bodies = CallBodies { call: &call, format: format.as_ref(), failed_parse: failed_parse.as_ref() };
        let call = dspy::read_call((span, head), around, bodies, &tree.fallbacks);
        Ok(call.map(|call| ReadCall { call, parsed, parent }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, ReadCall::bytes)
    }
}

impl ReadCall {
    fn bytes(&self) -> usize {
        let call = &self.call.call;
        let messages = call.messages.iter().chain(call.completions.iter().map(|one| &one.message));
        let of_message = |message: &Message| message.text.len() + message.parts.len() * 200;
        messages.map(of_message).sum::<usize>() + call.tools.iter().map(|(_, text)| text.len() + 64).sum::<usize>()
    }
}

fn body_at(session: &mut Session<'_>, tree: &TraceTree, at: Option<usize>) -> Result<Option<SpanBody>> {
    let Some(head) = at.and_then(|at| tree.spans.get(at)) else { return Ok(None) };
    span_body(session, &tree.head.row.id, head.handle)
}

/// What was made of the answer: as the adapter says, where it stands in the tree, else as the predictor says whose last
/// call this was.
fn parsed(
    tree: &TraceTree,
    (span, around): (usize, &Around),
    body: &mut impl FnMut(Option<usize>) -> Result<Option<SpanBody>>,
) -> Result<Option<Parsed>> {
    let by_adapter = around.parse;
    let by_predictor = around.parent.filter(|parent| {
        let is_predictor = tree.shape.groups.get(*parent) == Some(&SpanGroup::Predictor);
        let is_call = |one: &SpanHead| one.kind == "CHAT_MODEL";
        let parent_id = tree.spans.get(*parent).map(|parent| &*parent.id);
        let of_parent = |one: &SpanHead| one.parent_id.as_deref() == parent_id;
        let later = tree.spans.get(span + 1..).unwrap_or_default();
        is_predictor && around.failed_parse.is_none() && !later.iter().any(|one| is_call(one) && of_parent(one))
    });
    let Some(at) = by_adapter.or(by_predictor) else { return Ok(None) };
    let outputs = body(Some(at))?.and_then(|body| body.outputs);
    Ok(match outputs {
        Some(Json::Object(fields)) if !fields.is_empty() => Some(Parsed { fields, span: at }),
        _ => None,
    })
}
