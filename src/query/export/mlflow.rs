//! A trace as `mlflow.entities.Trace.to_json` writes it (MLflow 3; read by `Trace.from_json` of 3.0 – 3.18).

use std::io::Write;

use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::json;

use super::span_ids::{base64, span_bytes, trace_bytes};
use super::{ExportError, write_spans};
use crate::model::mlflow::span::{INPUTS, OUTPUTS, REQUEST_ID};
use crate::model::mlflow::trace as keys;
use crate::model::{Assessment, Entry, Json, Reveal, Shown, SpanBody, SpanEvent, SpanHead, TraceHead};
use crate::query::ask::Session;
use crate::query::json::known;

type Object = serde_json::Map<String, Json>;

/// The types of sources that MLflow takes (`AssessmentSourceType`).
const SOURCES: [&str; 4] = ["HUMAN", "LLM_JUDGE", "AI_JUDGE", "CODE"];
/// The states that it takes (`TraceState`).
const STATES: [&str; 3] = ["OK", "ERROR", "IN_PROGRESS"];

/// Writes a trace.
pub fn write(session: &mut Session<'_>, head: &TraceHead, out: &mut dyn Write) -> Result<(), ExportError> {
    out.write_all(b"{\"info\":")?;
    serde_json::to_writer(&mut *out, &Info::new(head, session.cx.reveal()))?;
    out.write_all(b",\"data\":{\"spans\":[")?;
    let trace = head.row.id.as_str();
    let (bytes, request_id) = (base64(&trace_bytes(trace)), Json::from(trace).to_string());
    write_spans(session, head, out, |span, body| record(&bytes, &request_id, span, body))?;
    Ok(out.write_all(b"]}}")?)
}

/// `TraceInfo.to_dict`; another key than these is an error to MLflow.
#[derive(Serialize)]
struct Info<'a> {
    trace_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_request_id: Option<&'a str>,
    trace_location: Json,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_preview: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_preview: Option<&'a str>,
    request_time: String,
    state: &'a str,
    trace_metadata: Object,
    tags: Object,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assessments: Vec<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_duration_ms: Option<i64>,
}

impl<'a> Info<'a> {
    fn new(head: &'a TraceHead, reveal: Reveal) -> Self {
        let row = &head.row;
        let text = |shown: &'a Option<Shown>| shown.as_ref().map(Shown::as_str);
        let mut metadata = texts(&head.metadata);
        let mut tags = texts(&head.tags);
        // What newer MLflow keeps in tables and columns of their own.
        if let Some(run) = &row.run_id {
            metadata.entry(keys::RUN).or_insert_with(|| run.as_str().into());
        }
        if let Some([session]) = row.session.as_ref().map(|session| session.ids()) {
            metadata.entry(keys::SESSION).or_insert_with(|| Json::from(&**session));
        }
        if let Some(name) = known(&row.name) {
            tags.entry(keys::NAME).or_insert_with(|| name.into());
        }
        let time = timestamp(row.start_time_ms);
        Self {
            trace_id: row.id.as_str(),
            client_request_id: text(&head.client_request_id),
            trace_location: json!({
                "type": "MLFLOW_EXPERIMENT",
                "mlflow_experiment": {"experiment_id": row.experiment_id.as_str()},
            }),
            request_preview: text(&row.request_preview),
            response_preview: text(&row.response_preview),
            state: STATES.into_iter().find(|state| *state == row.status).unwrap_or("STATE_UNSPECIFIED"),
            trace_metadata: metadata,
            tags,
            assessments: head.assessments.iter().map(|one| assessment(one, (row.id.as_str(), &time), reveal)).collect(),
            request_time: time,
            execution_duration_ms: row.duration_ms,
        }
    }
}

fn texts(entries: &[Entry]) -> Object {
    entries.iter().map(|entry| (entry.key.to_string(), Json::from(entry.value.as_str()))).collect()
}

/// As protobuf's JSON writes a time.
fn timestamp(ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `Assessment.to_dictionary`
fn assessment(one: &Assessment, (trace, trace_time): (&str, &str), reveal: Reveal) -> Json {
    let mut all = Object::new();
    let mut put = |key: &str, value: Json| all.insert(key.to_owned(), value);
    put("assessment_id", one.id.as_str().into());
    put("assessment_name", one.name.as_str().into());
    put("trace_id", trace.into());
    let source = SOURCES.into_iter().find(|source| *source == one.source_type);
    let source_id = one.source_id.as_deref().and_then(known).unwrap_or("default");
    put("source", json!({"source_type": source.unwrap_or("SOURCE_TYPE_UNSPECIFIED"), "source_id": source_id}));
    let time = one.created_ms.map_or_else(|| trace_time.to_owned(), timestamp);
    put("create_time", time.as_str().into());
    put("last_update_time", time.into());
    match one.kind.as_str() {
        Assessment::EXPECTATION => put("expectation", expected(&one.value)),
        "issue" => put("issue", json!({"issue_name": one.value.as_str().unwrap_or(&one.name)})),
        _ => put("feedback", feedback(one, reveal)),
    };
    for (key, text) in [("rationale", &one.rationale), ("span_id", &one.span_id), ("overrides", &one.overrides)] {
        if let Some(text) = text {
            put(key, text.as_str().into());
        }
    }
    if let Json::Object(metadata) = &one.metadata {
        let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        put("metadata", metadata.iter().map(|(key, value)| (key.clone(), Json::from(text(value)))).collect());
    }
    put("valid", one.is_valid.into());
    Json::Object(all)
}

/// Lists and objects are JSON in a text there.
fn expected(value: &Json) -> Json {
    match value {
        Json::Null | Json::Array(_) | Json::Object(_) => {
            json!({"serialized_value": {"serialization_format": "JSON_FORMAT", "value": value.to_string()}})
        }
        value => json!({"value": value}),
    }
}

fn feedback(one: &Assessment, reveal: Reveal) -> Json {
    let mut all = Object::new();
    all.insert("value".to_owned(), one.value.clone());
    if let Some(text) = &one.error {
        let parsed = crate::model::json::decode(text.as_bytes()).value.mask("", reveal);
        let known = ["error_code", "error_message", "stack_trace"];
        let error: Object = match parsed {
            Json::Object(map) => map.into_iter().filter(|(key, _)| known.contains(&&**key)).collect(),
            _ => Object::new(),
        };
        let whole = || json!({"error_code": "ERROR", "error_message": text});
        all.insert("error".to_owned(), if error.contains_key("error_code") { error.into() } else { whole() });
    }
    Json::Object(all)
}

/// `Span.to_dict`: attributes are JSON in texts.
fn record(trace: &str, request_id: &str, span: &SpanHead, body: &SpanBody) -> Object {
    let mut attributes = Object::new();
    attributes.insert(REQUEST_ID.to_owned(), request_id.into());
    let own = body.attributes.iter().filter(|(key, _)| *key != REQUEST_ID).map(|(key, value)| (&**key, value));
    let asked = body.inputs.iter().map(|inputs| (INPUTS, inputs));
    let answered = body.outputs.iter().map(|outputs| (OUTPUTS, outputs));
    attributes.extend(own.chain(asked).chain(answered).map(|(key, value)| (key.to_owned(), value.to_string().into())));
    let code = match span.status.as_str() {
        "OK" => "STATUS_CODE_OK",
        "ERROR" => "STATUS_CODE_ERROR",
        _ => "STATUS_CODE_UNSET",
    };
    // What is not known here goes back as it came, below what is.
    let mut all = body.other.clone();
    let mut put = |key: &str, value: Json| all.insert(key.to_owned(), value);
    put("trace_id", trace.into());
    put("span_id", base64(&span_bytes(&span.id)).into());
    put("parent_span_id", span.parent_id.as_ref().map(|id| base64(&span_bytes(id))).into());
    put("name", span.name.as_str().into());
    put("start_time_unix_nano", span.start_ns.into());
    put("end_time_unix_nano", span.end_ns.into());
    put("events", body.events.iter().map(|one| event(one, span.start_ns)).collect());
    put("status", json!({"code": code, "message": body.status_message}));
    put("attributes", attributes.into());
    all
}

fn event(event: &SpanEvent, start_ns: i64) -> Json {
    let time = event.time_ns.unwrap_or(start_ns);
    json!({"name": event.name, "time_unix_nano": time, "attributes": event.attributes})
}
