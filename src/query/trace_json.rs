//! All of a trace as a JSON document.

use serde::{Serialize, Serializer};

use super::json::{self, Entries, Usage, Warnings};
use super::{
    Fallback, FallbackOutcome, FallbackReason, NamedAttachment, NoSpans, TraceDocument, TraceTree, answer_of_repr,
};
use crate::analysis::cost::TraceCost;
use crate::model::{Assessment, ForestNode, Json, Reveal, SpanEvent, Warning};

type Object = serde_json::Map<String, Json>;

/// A trace as `trace --json` writes it.
#[derive(Serialize)]
pub(crate) struct TraceJson<'a> {
    id: &'a str,
    status: Option<&'a str>,
    tokens: Option<Usage>,
    spans: Spans<'a>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_spans: Option<String>,
    /// The stored total, only where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens_stored: Option<Usage>,
    run_id: Option<&'a str>,
    experiment_id: &'a str,
    name: Option<&'a str>,
    start_time_ms: i64,
    duration_ms: Option<i64>,
    cost_usd: Option<f64>,
    cost_certainty: Option<&'static str>,
    /// As MLflow stored it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_stored: Option<f64>,
    tags: Entries<'a>,
    metadata: Entries<'a>,
    assessments: Vec<OneAssessment<'a>>,
    session: Option<json::SessionIds<'a>>,
    user: Option<json::ShownText<'a>>,
    client_request_id: Option<json::ShownText<'a>>,
    cached: Option<json::CachedWord>,
    fallbacks: Vec<OneFallback<'a>>,
    attachments: Vec<OneAttachment<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

struct Spans<'a>(&'a TraceDocument, Reveal);

impl Serialize for Spans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.tree.forest.nodes.iter().map(|node| One::new((self.0, self.1), node)))
    }
}

#[derive(Serialize)]
struct One<'a> {
    id: &'a str,
    parent_id: Option<&'a str>,
    depth: u32,
    name: &'a str,
    r#type: &'a str,
    status: Option<&'a str>,
    start_ns: i64,
    end_ns: Option<i64>,
    inputs: &'a Option<Json>,
    outputs: &'a Option<Json>,
    /// The fields of a prediction, where `outputs` holds only its repr.
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs_from_repr: Option<Object>,
    attributes: &'a Object,
    events: Vec<Event<'a>>,
    tokens: SpanUsage,
    own_time_ns: Option<i64>,
    /// With what is below it.
    cost_usd: Option<f64>,
    cost_certainty: Option<&'static str>,
    /// Whether it is on the critical path.
    critical: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    status_message: &'a str,
    /// Parts of the span's record that are not known here.
    #[serde(skip_serializing_if = "Object::is_empty")]
    other: &'a Object,
}

#[derive(Serialize)]
struct SpanUsage {
    own: Option<Usage>,
    total: Option<Usage>,
}

#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    time_ns: Option<i64>,
    attributes: &'a Object,
}

impl<'a> From<&'a SpanEvent> for Event<'a> {
    fn from(event: &'a SpanEvent) -> Self {
        Self { name: &event.name, time_ns: event.time_ns, attributes: &event.attributes }
    }
}

impl<'a> One<'a> {
    fn new((document, reveal): (&'a TraceDocument, Reveal), node: &ForestNode) -> Self {
        let span = &document.tree.spans[node.item];
        let body = &document.bodies[node.item];
        let figures = &document.figures.spans[node.item];
        Self {
            id: &span.id,
            parent_id: span.parent_id.as_deref(),
            depth: node.depth,
            name: &span.name,
            r#type: &span.kind,
            status: json::known(&span.status),
            start_ns: span.start_ns,
            end_ns: span.end_ns,
            inputs: &body.inputs,
            outputs: &body.outputs,
            outputs_from_repr: body.outputs.as_ref().and_then(|outputs| answer_of_repr(outputs, reveal)),
            attributes: &body.attributes,
            events: body.events.iter().map(Event::from).collect(),
            tokens: SpanUsage {
                own: figures.tokens.own.map(Usage::from),
                total: figures.tokens.total.map(Usage::from),
            },
            own_time_ns: figures.own_time_ns,
            cost_usd: figures.cost.map(|cost| cost.usd),
            cost_certainty: figures.cost.map(|cost| cost.certainty.as_str()),
            critical: document.tree.shape.is_critical(node.item),
            status_message: &body.status_message,
            other: &body.other,
        }
    }
}

#[derive(Serialize)]
struct OneAssessment<'a> {
    name: &'a str,
    kind: &'a str,
    value: &'a Json,
    error: Option<&'a str>,
    rationale: Option<&'a str>,
    source_type: &'a str,
    source_id: Option<&'a str>,
    span_id: Option<&'a str>,
    created_ms: Option<i64>,
    is_valid: bool,
    id: Option<&'a str>,
    overrides: Option<&'a str>,
    metadata: &'a Json,
}

impl<'a> From<&'a Assessment> for OneAssessment<'a> {
    fn from(one: &'a Assessment) -> Self {
        Self {
            name: &one.name,
            kind: &one.kind,
            value: &one.value,
            error: one.error.as_deref(),
            rationale: one.rationale.as_deref(),
            source_type: &one.source_type,
            source_id: one.source_id.as_deref(),
            span_id: one.span_id.as_deref(),
            created_ms: one.created_ms,
            is_valid: one.is_valid,
            id: json::known(&one.id),
            overrides: one.overrides.as_deref(),
            metadata: &one.metadata,
        }
    }
}

#[derive(Serialize)]
struct OneFallback<'a> {
    /// The span that writes the second prompt.
    span_id: &'a str,
    from: &'a str,
    to: &'a str,
    reason: &'static str,
    succeeded: Option<bool>,
}

impl<'a> OneFallback<'a> {
    fn new(tree: &'a TraceTree, one: &'a Fallback) -> Option<Self> {
        Some(Self {
            span_id: &tree.spans.get(one.format)?.id,
            from: &one.from,
            to: &one.to,
            reason: match one.reason {
                FallbackReason::ParseFailed => "parse_failed",
                FallbackReason::CallFailed => "call_failed",
                FallbackReason::NothingParsed => "nothing_parsed",
            },
            succeeded: match one.outcome {
                FallbackOutcome::Parsed => Some(true),
                FallbackOutcome::Failed => Some(false),
                FallbackOutcome::Unknown => None,
            },
        })
    }
}

#[derive(Serialize)]
struct OneAttachment<'a> {
    id: &'a str,
    content_type: Option<&'a str>,
    size: Option<u64>,
    /// Below the trace's artifacts.
    path: String,
    span_ids: Vec<&'a str>,
    missing: Option<bool>,
}

impl<'a> OneAttachment<'a> {
    fn new(tree: &'a TraceTree, one: &'a NamedAttachment) -> Self {
        Self {
            id: &one.attachment.id,
            content_type: json::known(&one.attachment.content_type),
            size: one.attachment.size,
            path: one.attachment.path(),
            span_ids: one.spans.iter().filter_map(|at| tree.spans.get(*at)).map(|span| &*span.id).collect(),
            missing: one.is_there.map(|is_there| !is_there),
        }
    }
}

/// The document of a trace. `warnings`: what was found wrong while it was read.
pub(crate) fn trace_json(document: &TraceDocument, reveal: Reveal, warnings: Vec<Warning>) -> TraceJson<'_> {
    let (tree, attachments) = (&document.tree, &document.figures.attachments);
    let head = &tree.head;
    let row = &head.row;
    let tokens = document.figures.tokens;
    let cost = document.figures.cost.as_ref().and_then(TraceCost::known);
    TraceJson {
        id: row.id.as_str(),
        status: json::known(&row.status),
        tokens: tokens.map(Usage::from),
        spans: Spans(document, reveal),
        no_spans: tree.no_spans.as_ref().map(NoSpans::sentence),
        tokens_stored: row.tokens.filter(|stored| tokens != Some(*stored)).map(Usage::from),
        run_id: row.run_id.as_ref().map(|id| id.as_str()),
        experiment_id: row.experiment_id.as_str(),
        name: json::known(&row.name),
        start_time_ms: row.start_time_ms,
        duration_ms: row.duration_ms,
        cost_usd: cost.map(|cost| cost.usd),
        cost_certainty: cost.map(|cost| cost.certainty.as_str()),
        cost_stored: row.cost_usd.filter(|cost| cost.is_finite()),
        tags: Entries(&head.tags),
        metadata: Entries(&head.metadata),
        assessments: head.assessments.iter().map(OneAssessment::from).collect(),
        session: row.session.as_ref().map(json::SessionIds),
        user: head.user().map(json::ShownText),
        client_request_id: head.client_request_id.as_ref().map(json::ShownText),
        cached: row.cached.map(json::CachedWord),
        fallbacks: tree.fallbacks.iter().filter_map(|one| OneFallback::new(tree, one)).collect(),
        attachments: attachments.list.iter().map(|one| OneAttachment::new(tree, one)).collect(),
        warnings: warnings.into(),
    }
}
