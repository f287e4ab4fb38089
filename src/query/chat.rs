//! The LM calls of a trace, read as DSPy wrote them.

use super::trace::{TraceDocument, TraceTree, TraceTreeOf, span_body};
use crate::analysis::dspy;
use crate::analysis::dspy::{Around, CallBodies};
use crate::analysis::span_groups::SpanGroup;
use crate::model::json::bytes_of;
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
        let Some(OneCall { body: _, call: Some((call, around)) }) = one_call(session, tree, span)? else {
            return Ok(None);
        };
        let parsed = parsed(tree, (span, &around), &mut |at| body_at(session, tree, at))?;
        Ok(Some(ReadCall { call, parsed, parent: around.parent }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, ReadCall::bytes)
    }
}

impl ReadCall {
    fn bytes(&self) -> usize {
        let call = &self.call.call;
        let messages = call.messages.iter().chain(call.completions.iter().map(|one| &one.message));
        let of_part = |part: &Part| {
            let beside = part.beside.as_ref();
            let base64 = beside.and_then(|beside| beside.media.as_ref()?.base64.as_ref()).map_or(0, |text| text.len());
            200 + beside.map_or(0, |beside| beside.text.len()) + base64
        };
        let of_message = |message: &Message| message.text.len() + message.parts.iter().map(of_part).sum::<usize>();
        let parsed = self.parsed.iter().flat_map(|parsed| parsed.fields.values()).map(bytes_of).sum::<usize>();
        let tools = call.tools.iter().map(|(_, text)| text.len() + 64).sum::<usize>();
        messages.map(of_message).sum::<usize>() + tools + parsed
    }
}

/// A span that was read, as an LM call if it is one.
pub(super) struct OneCall {
    pub(super) body: SpanBody,
    /// The call, and what stands around it.
    pub(super) call: Option<(TraceCall, Around)>,
}

/// Reads one span, and of all others those that tell of the call that it is; `None` if it is gone.
pub(super) fn one_call(session: &mut Session<'_>, tree: &TraceTree, span: usize) -> Result<Option<OneCall>> {
    let Some((head, body)) = tree.spans.get(span).zip(body_at(session, tree, Some(span))?) else { return Ok(None) };
    if !dspy::is_call(head, &body) {
        return Ok(Some(OneCall { body, call: None }));
    }
    let around = session.ask(&AroundCallsOf(tree.head.row.id.clone()))?.get(span).cloned().unwrap_or_default();
    let format = body_at(session, tree, around.format.as_ref().map(|(format, _)| *format))?;
    let failed_parse = body_at(session, tree, around.failed_parse)?;
    let bodies = CallBodies { call: &body, format: format.as_ref(), failed_parse: failed_parse.as_ref() };
    let call = dspy::read_call((span, head), around.clone(), bodies, &tree.fallbacks);
    Ok(Some(OneCall { body, call: call.map(|call| (call, around)) }))
}

/// What stands around each span of a trace, in the order of its list of spans.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct AroundCallsOf(TraceId);

impl Question for AroundCallsOf {
    type Answer = Vec<Around>;
    const LABEL: &'static str = "what stands around LM calls";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let tree = session.ask(&TraceTreeOf(self.0.clone()))?;
        let around = |tree: &TraceTree| dspy::around_calls(&tree.outline.forest, &tree.spans);
        Ok(tree.as_ref().as_ref().map(around).unwrap_or_default())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 140
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;

    #[test]
    fn a_call_with_an_image_is_as_large_as_its_bytes() {
        let image = format!("data:image/png;base64,{}", "A".repeat(100_000));
        let content = json!([{"type": "image_url", "image_url": {"url": image}}]);
        let body = SpanBody {
            inputs: Some(json!({"messages": [{"role": "user", "content": content}]})),
            ..SpanBody::default()
        };
        let store = MemoryStore::new();
        let call = MemoryStore::span("a", None, "LM.__call__", 1, 2);
        let call = SpanHead { kind: "CHAT_MODEL".to_owned(), ..call };
        store.put_trace(MemoryStore::trace_head("tr-1", "1", None, "QA", 5), vec![(call, body)]);
        let (mut reader, cx) = (store.clone(), ReadCx::new());
        let mut session = Session::alone(&mut reader, &cx);
        let span =
            session.ask(&TraceTreeOf("tr-1".into())).expect("read").as_ref().as_ref().expect("there").spans[0].handle;
        let call = session.ask(&CallOf { trace: "tr-1".into(), span }).expect("read");
        assert!(CallOf::bytes(&call) >= 100_000, "{}", CallOf::bytes(&call));
    }
}
