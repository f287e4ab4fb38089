//! Traces and spans, and what is found in them.

use std::sync::Arc;

use super::{Bytes, Malformed, Put, Take, Taken, Writer, fields, kinds};
use crate::model::{
    Assessment, Attachment, Cached, CallText, Excerpt, FoundText, Matcher, SearchField, SearchPattern, Session,
    SpanBody, SpanEvent, SpanFacts, SpanHead, Tokens, TraceHead, TracePreview, TraceRow,
};
use crate::store::{RunTraces, SearchPage, SearchScope, Sought, SpanHit, SpanSearch, TracePlace};

fields! {
    Tokens { input, output, total }
    TraceRow {
        id, experiment_id, run_id, name, status, start_time_ms, duration_ms, tokens, cost_usd, cached, span_count,
        session, request_preview, response_preview,
    }
    TracePreview { id, request, response }
    TraceHead { row, tags, metadata, assessments, client_request_id }
    Assessment {
        id, name, kind, value, error, rationale, source_type, source_id, span_id, created_ms, is_valid, overrides,
        metadata,
    }
    SpanHead { id, parent_id, name, kind, status, start_ns, end_ns, handle }
    SpanFacts {
        tokens, model, attachments, cached_input, signature, exception, tells_steps, service_tier, text,
    }
    CallText { given, gave }
    Attachment { id, content_type, size }
    SpanBody { inputs, outputs, attributes, events, status_message, other }
    SpanEvent { name, time_ns, attributes }
    TracePlace { position, previous, next }
    RunTraces { traces, errors, with_tokens, tokens, last_ms }
    SearchPattern { text, ignores_case, is_whole_word, is_regex }
    Sought { matcher, is_counted }
    SpanSearch { sought, scope, cursor, most, within }
    SearchPage { hits, spans, in_spans, next, share }
    SpanHit { trace, span_id, span_name, span_kind, handle, found }
    FoundText { field, excerpt }
    Excerpt { text, found }
}

kinds! {
    Cached { 0 => No, 1 => Partly, 2 => Likely }
    SearchScope { 0 => Store, 1 => Traces { experiment, run }, 2 => Runs(runs), 3 => Trace(trace) }
    SearchField {
        0 => Name, 1 => Inputs, 2 => Outputs, 3 => Attribute(key), 4 => Events, 5 => StatusMessage, 6 => Other(key),
    }
}

impl Put for Session {
    fn put(&self, to: &mut Writer) {
        self.ids().put(to);
    }
}

impl Take for Session {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Self::of_shown(Take::take(from)?).ok_or(Malformed)
    }
}

/// As the pattern that it was made of.
impl Put for Matcher {
    fn put(&self, to: &mut Writer) {
        self.pattern().put(to);
    }
}

impl Take for Matcher {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Self::new(&Take::take(from)?).map_err(|_| Malformed)
    }
}

impl Put for Arc<Matcher> {
    fn put(&self, to: &mut Writer) {
        (**self).put(to);
    }
}

impl Take for Arc<Matcher> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Matcher::take(from).map(Self::new)
    }
}
