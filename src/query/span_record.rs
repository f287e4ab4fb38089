//! All that is stored of one span, as one JSON value.

use serde_json::{Map, json};

use super::trace::{TraceTreeOf, span_body};
use crate::model::{Json, SpanBody, SpanHandle, SpanHead, TraceId};
use crate::query::ask::Session;
use crate::store::Result;

/// The record of a span under the keys of `trace --json`; `None` if it is gone. Keys of the record that are not known
/// here stand as they were stored.
///
/// # Errors
/// Those of the store.
pub fn span_record(session: &mut Session<'_>, trace: &TraceId, span: SpanHandle) -> Result<Option<Json>> {
    let tree = session.ask(&TraceTreeOf(trace.clone()))?;
    let head = tree.as_ref().as_ref().and_then(|tree| tree.spans.iter().find(|one| one.handle == span));
    let Some(head) = head else { return Ok(None) };
    Ok(span_body(session, trace, span)?.map(|body| record(trace, head, body)))
}

fn record(trace: &TraceId, head: &SpanHead, body: SpanBody) -> Json {
    let SpanBody { inputs, outputs, attributes, events, status_message, other } = body;
    let event = |event: &crate::model::SpanEvent| json!({"name": event.name, "time_ns": event.time_ns, "attributes": event.attributes});
    let mut record = Map::new();
    record.insert("trace_id".to_owned(), json!(trace.as_str()));
    record.insert("id".to_owned(), json!(head.id));
    record.insert("parent_id".to_owned(), json!(head.parent_id));
    record.insert("name".to_owned(), json!(head.name));
    record.insert("type".to_owned(), json!(head.kind));
    record.insert("status".to_owned(), json!(Some(&head.status).filter(|status| !status.is_empty())));
    if !status_message.is_empty() {
        record.insert("status_message".to_owned(), Json::String(status_message));
    }
    record.insert("start_ns".to_owned(), json!(head.start_ns));
    record.insert("end_ns".to_owned(), json!(head.end_ns));
    record.insert("inputs".to_owned(), inputs.unwrap_or(Json::Null));
    record.insert("outputs".to_owned(), outputs.unwrap_or(Json::Null));
    record.insert("attributes".to_owned(), Json::Object(attributes));
    record.insert("events".to_owned(), Json::Array(events.iter().map(event).collect()));
    if !other.is_empty() {
        record.insert("other".to_owned(), Json::Object(other));
    }
    Json::Object(record)
}
