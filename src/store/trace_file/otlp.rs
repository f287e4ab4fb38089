//! Spans as OTLP/JSON writes them, put together to traces.

use std::collections::HashMap;

use serde_json::{Map, json};

use super::{FileTrace, NO_EXPERIMENT, mlflow::spans_of};
use crate::model::mlflow::{span as span_keys, trace as trace_keys};
use crate::model::{Json, TraceHead, TraceRow, Unmasked, json};
use crate::store::otlp_values::pairs;

/// The spans of one trace.
#[derive(Default)]
struct Gathered {
    records: Vec<Json>,
    experiment: Option<String>,
    run: Option<String>,
}

/// The traces of a document, in the order in which it speaks of them first.
pub fn traces(document: Unmasked<Json>) -> Result<Vec<FileTrace>, String> {
    let document = document.as_stored_for_structure();
    let Some(resources) = document.get("resourceSpans").and_then(Json::as_array) else {
        return Err("its resourceSpans are no list".to_owned());
    };
    let (mut order, mut gathered) = (Vec::new(), HashMap::<String, Gathered>::new());
    for resource in resources {
        let about = resource.get("resource").map(attributes_of).unwrap_or_default();
        let named = |key: &str| about.get(key).and_then(Json::as_str).map(str::to_owned);
        // `instrumentationLibrarySpans` before OTLP 0.15.
        let scopes =
            ["scopeSpans", "instrumentationLibrarySpans"].into_iter().find_map(|key| resource.get(key)?.as_array());
        let spans = scopes.into_iter().flatten().filter_map(|scope| scope.get("spans")?.as_array()).flatten();
        for span in spans {
            let Some((trace, record)) = record(span) else { continue };
            let one = gathered.entry(trace.clone()).or_insert_with(|| {
                order.push(trace);
                Gathered {
                    experiment: named(trace_keys::EXPERIMENT),
                    run: named(trace_keys::RUN),
                    ..Gathered::default()
                }
            });
            one.records.push(record);
        }
    }
    if order.is_empty() {
        return Err("its resourceSpans hold no span with a traceId and a spanId".to_owned());
    }
    Ok(order.into_iter().filter_map(|id| gathered.remove(&id).map(|one| trace(&id, one))).collect())
}

fn trace(id: &str, gathered: Gathered) -> FileTrace {
    let spans = spans_of(&gathered.records);
    let heads = || spans.iter().map(|(head, _)| head);
    let root = heads().find(|span| span.parent_id.is_none()).or_else(|| heads().min_by_key(|span| span.start_ns));
    let row = TraceRow {
        id: id.into(),
        experiment_id: gathered.experiment.as_deref().unwrap_or(NO_EXPERIMENT).into(),
        run_id: gathered.run.as_deref().map(Into::into),
        name: root.map(|root| root.name.clone()).unwrap_or_default(),
        // What OpenTelemetry leaves unset ended without an error.
        status: root
            .map(|root| if root.status == "UNSET" { "OK".to_owned() } else { root.status.clone() })
            .unwrap_or_default(),
        start_time_ms: heads().map(|span| span.start_ns).min().unwrap_or(0) / 1_000_000,
        duration_ms: root.and_then(|root| root.duration_ns()).map(|ns| ns / 1_000_000),
        tokens: None,
        cost_usd: None,
        cached: None,
        span_count: Some(spans.len() as u64),
        session: None,
        request_preview: None,
        response_preview: None,
    };
    let (tags, metadata, assessments) = (Vec::new(), Vec::new(), Vec::new());
    FileTrace { head: TraceHead { row, tags, metadata, assessments, client_request_id: None }, spans }
}

/// The record that MLflow would write of a span, and its trace.
fn record(span: &Json) -> Option<(String, Json)> {
    let text = |key: &str| span.get(key).and_then(Json::as_str).filter(|text| !text.is_empty());
    let (trace, id) = (text("traceId")?, text("spanId")?);
    let mut attributes = attributes_of(span);
    // MLflow's own exporter hands on what it keeps: JSON in texts, recognized by the quotes around this one. Everybody
    // else writes values as they are, and texts among them are wrapped for a reader that unwraps them.
    let is_wrapped = [span_keys::REQUEST_ID, span_keys::KIND]
        .into_iter()
        .any(|key| attributes.get(key).and_then(Json::as_str).is_some_and(|text| text.starts_with('"')));
    let unwrapped = |value: &Json| match value.as_str() {
        Some(text) if is_wrapped => json::decode(text.as_bytes()).value.into_stored_to_take_apart(),
        _ => value.clone(),
    };
    let named = attributes.get(span_keys::REQUEST_ID).map(unwrapped);
    let named = named.as_ref().and_then(Json::as_str).filter(|id| !id.is_empty());
    let trace = named.map_or_else(|| format!("tr-{}", trace.to_lowercase()), str::to_owned);
    if !is_wrapped {
        for value in attributes.values_mut().filter(|value| value.is_string()) {
            *value = value.to_string().into();
        }
    }
    let time = |key: &str| span.get(key).filter(|time| !is_zero(time)).cloned().unwrap_or(Json::Null);
    let event = |event: &Json| {
        let time = event.get("timeUnixNano").cloned().unwrap_or(Json::Null);
        json!({"name": event.get("name"), "time_unix_nano": time, "attributes": attributes_of(event)})
    };
    let events = span.get("events").and_then(Json::as_array).into_iter().flatten().map(event);
    let status = span.get("status").unwrap_or(&Json::Null);
    let code = match status.get("code") {
        Some(Json::Number(number)) => match number.as_i64() {
            Some(1) => "STATUS_CODE_OK",
            Some(2) => "STATUS_CODE_ERROR",
            _ => "STATUS_CODE_UNSET",
        },
        Some(Json::String(code)) => code,
        _ => "STATUS_CODE_UNSET",
    };
    let record = json!({
        "span_id": id,
        "parent_span_id": text("parentSpanId"),
        "name": text("name").unwrap_or_default(),
        "start_time_unix_nano": time("startTimeUnixNano"),
        "end_time_unix_nano": time("endTimeUnixNano"),
        "events": events.collect::<Vec<_>>(),
        "status": {"code": code, "message": status.get("message").and_then(Json::as_str).unwrap_or_default()},
        "attributes": attributes,
    });
    Some((trace, record))
}

/// A time of 0 is none.
fn is_zero(time: &Json) -> bool {
    time.as_i64() == Some(0) || time.as_str() == Some("0")
}

/// `KeyValue`s as an object.
fn attributes_of(of: &Json) -> Map<String, Json> {
    of.get("attributes").map(pairs).unwrap_or_default()
}
