//! The LM calls of a trace, each with what its neighbours in the tree tell of it.

use super::adapter::AdapterKind;
use super::call::Call;
use crate::analysis::Fallback;
use crate::analysis::adapters::{AdapterStep, StepKind, step};
use crate::model::{Forest, Json, SpanBody, SpanHead};

/// An LM call of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceCall {
    /// Its span, by its place in the list of spans.
    pub span: usize,
    /// The class of the adapter whose span wrote the prompt, as its name says.
    pub adapter_class: Option<String>,
    /// Of a call that was made because another one's answer was of no use: that call's span, and why.
    pub fallback_of: Option<(Option<usize>, String)>,
    /// Why its answer could not be parsed, as the span of the adapter says.
    pub parse_error: Option<String>,
    /// What was sent and what came back.
    pub call: Call,
}

/// What stands around a call in the tree: which spans have to be read to read it. All are places in the list of spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The span that wrote the prompt, and the class in its name.
    pub format: Option<(usize, String)>,
    /// The last call before this one.
    pub before: Option<usize>,
    /// The span that could not parse the answer.
    pub failed_parse: Option<usize>,
    /// The span that parsed it.
    pub parse: Option<usize>,
    /// The span that the call is part of.
    pub parent: Option<usize>,
}

/// The bodies that a call is read from.
#[derive(Clone, Copy, Debug)]
pub struct CallBodies<'b> {
    /// The call's own.
    pub call: &'b SpanBody,
    /// That of [`Around::format`].
    pub format: Option<&'b SpanBody>,
    /// That of [`Around::failed_parse`].
    pub failed_parse: Option<&'b SpanBody>,
}

/// Reads the LM calls among the spans, in the order of the tree. `outline` is the forest with adapters folded;
/// `bodies` stand in the order of `spans`.
pub fn calls(outline: &Forest, spans: &[SpanHead], bodies: &[SpanBody], fallbacks: &[Fallback]) -> Vec<TraceCall> {
    let around = around_calls(outline, spans);
    let mut found = Vec::new();
    // Behind the last span within a call: MLflow 2.21 puts the provider's call into DSPy's own, with the same messages.
    let mut within = 0;
    for (position, node) in outline.nodes.iter().enumerate() {
        let (Some(span), Some(body)) = (spans.get(node.item), bodies.get(node.item)) else { continue };
        if position < within || !is_call(span, body) {
            continue;
        }
        within = position + 1 + node.descendants;
        let around = around.get(node.item).cloned().unwrap_or_default();
        let bodies = CallBodies {
            call: body,
            format: around.format.as_ref().and_then(|(format, _)| bodies.get(*format)),
            failed_parse: around.failed_parse.and_then(|parse| bodies.get(parse)),
        };
        found.push(read(node.item, around, bodies, fallbacks));
    }
    found
}

/// Reads one call from the bodies around it; `None` of a span that is none.
pub fn read_call(
    (span, head): (usize, &SpanHead),
    around: Around,
    bodies: CallBodies<'_>,
    fallbacks: &[Fallback],
) -> Option<TraceCall> {
    is_call(head, bodies.call).then(|| read(span, around, bodies, fallbacks))
}

fn read(span: usize, around: Around, bodies: CallBodies<'_>, fallbacks: &[Fallback]) -> TraceCall {
    let CallBodies { call, format, failed_parse } = bodies;
    let kind = around.format.as_ref().and_then(|(_, class)| AdapterKind::of_class(class));
    let fallback = fallbacks.iter().find(|fallback| fallback.call == Some(span));
    TraceCall {
        span,
        adapter_class: around.format.map(|(_, class)| class),
        fallback_of: fallback.map(|fallback| (around.before, fallback.text())),
        parse_error: failed_parse.and_then(error_of),
        call: Call::read(call.inputs.as_ref(), call.outputs.as_ref(), kind, format.and_then(demos_of)),
    }
}

/// Whether a span is an LM call.
pub fn is_call(span: &SpanHead, body: &SpanBody) -> bool {
    let is_asked = |inputs: &Json| inputs.get("messages").is_some() || inputs.get("prompt").is_some();
    span.kind == "CHAT_MODEL" || span.kind == "LLM" && body.inputs.as_ref().is_some_and(is_asked)
}

/// By the place of each span: what its siblings tell. As [`calls`], of the forest with adapters folded.
pub fn around_calls(outline: &Forest, spans: &[SpanHead]) -> Vec<Around> {
    let mut all = vec![Around::default(); spans.len()];
    // What was seen last at each depth that is open, and the span that is open there.
    let mut open: Vec<Around> = Vec::new();
    let mut above: Vec<usize> = Vec::new();
    let mut last_call: Vec<Option<usize>> = Vec::new();
    for node in &outline.nodes {
        let depth = node.depth as usize;
        above.truncate(depth);
        let parent = above.last().copied();
        above.push(node.item);
        open.truncate(depth + 1);
        last_call.truncate(depth + 1);
        open.resize_with(depth + 1, Around::default);
        last_call.resize(depth + 1, None);
        if node.depth == 0 {
            // Roots are no siblings.
            (open[0], last_call[0]) = (Around::default(), None);
        }
        let (Some(span), Some(here), Some(last)) =
            (spans.get(node.item), open.get_mut(depth), last_call.get_mut(depth))
        else {
            continue;
        };
        match step(span) {
            Some(AdapterStep { adapter, kind: StepKind::Format }) => {
                here.format = Some((node.item, adapter.to_owned()));
            }
            Some(AdapterStep { kind: StepKind::Parse, .. }) if span.status == "ERROR" => {
                if let Some(call) = last.and_then(|call| all.get_mut(call)) {
                    call.failed_parse = call.failed_parse.or(Some(node.item));
                }
            }
            Some(AdapterStep { kind: StepKind::Parse, .. }) => {
                if let Some(call) = last.and_then(|call| all.get_mut(call)) {
                    call.parse = call.parse.or(Some(node.item));
                }
            }
            None => {
                if let Some(one) = all.get_mut(node.item) {
                    *one = Around { before: *last, parent, ..here.clone() };
                }
                if span.kind == "CHAT_MODEL" {
                    *last = Some(node.item);
                }
            }
        }
    }
    all
}

/// How many demos an adapter was given that it could write down: with an input and an output each. Which fields are
/// which is not known here, so that all are counted; `None` if it does not say.
fn demos_of(body: &SpanBody) -> Option<usize> {
    let inputs = body.inputs.as_ref()?;
    let demos = inputs.get("demos").or_else(|| inputs.get("args")?.get(1))?;
    demos.as_array().map(Vec::len)
}

/// What a failed span says: its exception, else its status.
pub fn error_of(body: &SpanBody) -> Option<String> {
    let exception = body.events.iter().find_map(|event| event.attributes.get("exception.message")?.as_str());
    let status = Some(body.status_message.as_str()).filter(|message| !message.is_empty());
    exception.or(status).map(str::to_owned)
}
