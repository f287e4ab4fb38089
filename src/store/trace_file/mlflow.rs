//! A trace as MLflow writes it (`Trace.to_json`, 2.14 – 3.18): info and data.

use chrono::DateTime;

use super::{FileTrace, NO_EXPERIMENT};
use crate::model::mlflow::trace as keys;
use crate::model::{
    Assessment, Entry, Json, Reveal, Session, Shown, SpanBody, SpanHandle, SpanHead, Tokens, TraceHead, TraceRow,
    Unmasked, json,
};
use crate::store::span_json;

/// Ids and names are no longer, in bytes.
const LONGEST_ID: usize = 400;

/// A trace.
pub fn trace(document: Unmasked<Json>) -> Result<FileTrace, String> {
    let document = document.as_stored_for_structure();
    let (Some(info), Some(data)) = (document.get("info"), document.get("data")) else {
        return Err("it lacks info or data".to_owned());
    };
    let id = text(info, &["trace_id", "request_id"]).filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    let id = id.ok_or("its info names no trace_id")?;
    let spans = match data.get("spans") {
        Some(Json::Array(spans)) => spans_of(spans),
        Some(Json::Null) | None => Vec::new(),
        Some(_) => return Err(format!("the spans of trace {id} are no list")),
    };
    let metadata = entries(info.get("trace_metadata").or_else(|| info.get("request_metadata")));
    let tags = entries(info.get("tags"));
    let found = |key: &str| {
        let all = metadata.iter().chain(&tags);
        all.into_iter().find(|entry| *entry.key == *key).map(|entry| entry.value.as_str().to_owned())
    };
    let decoded = |key: &str| Some(json::decode(found(key)?.as_bytes()).value);
    let usage = decoded(keys::TOKENS);
    let cost = decoded(keys::COST);
    let root = spans.iter().map(|(span, _)| span).find(|span| span.parent_id.is_none());
    let location = info.get("trace_location").and_then(|one| one.get("mlflow_experiment"));
    let experiment = location.and_then(|one| text(one, &["experiment_id"])).or_else(|| text(info, &["experiment_id"]));
    let row = TraceRow {
        id: id.as_str().into(),
        experiment_id: experiment.as_deref().unwrap_or(NO_EXPERIMENT).into(),
        run_id: found(keys::RUN).filter(|run| !run.is_empty()).map(|run| run.as_str().into()),
        name: found(keys::NAME).or_else(|| root.map(|root| root.name.clone())).unwrap_or_default(),
        status: text(info, &["state", "status"]).unwrap_or_default(),
        start_time_ms: info
            .get("request_time")
            .or_else(|| info.get("timestamp_ms"))
            .and_then(moment)
            .or_else(|| root.map(|root| root.start_ns / 1_000_000))
            .unwrap_or(0),
        duration_ms: ["execution_duration_ms", "execution_time_ms", "execution_duration"]
            .into_iter()
            .find_map(|key| duration(info.get(key)?)),
        tokens: usage.and_then(|usage| Tokens::from_usage(usage.as_stored_for_structure())),
        cost_usd: cost.and_then(|cost| cost.as_stored_for_structure().get("total_cost")?.as_f64()),
        cached: None,
        span_count: Some(spans.len() as u64),
        session: found(keys::SESSION).and_then(|id| Session::read(Unmasked::new(id), Reveal::Revealed)),
        request_preview: text(info, &["request_preview"]).map(shown),
        response_preview: text(info, &["response_preview"]).map(shown),
    };
    let assessments = info.get("assessments").and_then(Json::as_array).into_iter().flatten();
    let head = TraceHead {
        assessments: assessments.filter_map(assessment).collect(),
        client_request_id: text(info, &["client_request_id"]).filter(|id| !id.is_empty()).map(shown),
        row,
        tags,
        metadata,
    };
    Ok(FileTrace { head, spans })
}

/// The spans of records as MLflow writes them; what has no id is left out.
pub fn spans_of(records: &[Json]) -> Vec<(SpanHead, SpanBody)> {
    let span = |record: &Json| {
        let record = Unmasked::new(record.clone());
        Some((span_json::head(&record, SpanHandle(0))?, span_json::body(record, Reveal::Revealed)))
    };
    records.iter().filter_map(span).collect()
}

fn shown(text: String) -> Shown {
    Shown::Text(text.into())
}

/// The first of these keys that holds a text, or a number as one.
fn text(value: &Json, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match value.get(key)? {
        Json::String(text) => Some(text.clone()),
        number @ Json::Number(_) => Some(number.to_string()),
        _ => None,
    })
}

/// Tags and metadata: an object, or a list of keys and values (MLflow 2).
fn entries(value: Option<&Json>) -> Vec<Entry> {
    let entry = |key: &str, value: &Json| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Entry { key: key.into(), value: shown(text) }
    };
    let mut found: Vec<Entry> = match value {
        Some(Json::Object(map)) => map.iter().map(|(key, value)| entry(key, value)).collect(),
        Some(Json::Array(list)) => {
            list.iter().filter_map(|one| Some(entry(one.get("key")?.as_str()?, one.get("value")?))).collect()
        }
        _ => Vec::new(),
    };
    found.sort_by(|a, b| a.key.cmp(&b.key));
    found
}

/// A time in milliseconds since the epoch: as protobuf's JSON writes it, or a number of them.
fn moment(value: &Json) -> Option<i64> {
    match value {
        Json::String(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(time) => Some(time.timestamp_millis()),
            Err(_) => text.parse().ok(),
        },
        value => value.as_i64(),
    }
}

/// Milliseconds, or seconds as protobuf's JSON writes them: `1.5s`.
fn duration(value: &Json) -> Option<i64> {
    match value {
        Json::String(text) => {
            let seconds: f64 = text.strip_suffix('s')?.parse().ok()?;
            Some((seconds * 1_000.0).round() as i64)
        }
        value => value.as_i64(),
    }
}

fn assessment(one: &Json) -> Option<Assessment> {
    let (kind, value) =
        ["feedback", "expectation", "issue"].into_iter().find_map(|kind| Some((kind, one.get(kind)?)))?;
    let serialized = value.get("serialized_value").and_then(|value| text(value, &["value"]));
    let given = match serialized {
        Some(text) => json::decode(text.as_bytes()).value.into_stored_to_take_apart(),
        None => value.get("value").or_else(|| value.get("issue_name")).cloned().unwrap_or(Json::Null),
    };
    let source = one.get("source").unwrap_or(&Json::Null);
    let error = value.get("error").or_else(|| one.get("error")).filter(|error| !error.is_null());
    Some(Assessment {
        id: text(one, &["assessment_id"]).unwrap_or_default(),
        name: text(one, &["assessment_name", "name"]).unwrap_or_default(),
        kind: kind.to_owned(),
        value: given,
        error: error.map(|error| error.as_str().map_or_else(|| error.to_string(), str::to_owned)),
        rationale: text(one, &["rationale"]),
        source_type: text(source, &["source_type"]).unwrap_or_default(),
        source_id: text(source, &["source_id"]),
        span_id: text(one, &["span_id"]),
        created_ms: one.get("create_time").or_else(|| one.get("create_time_ms")).and_then(moment),
        is_valid: one.get("valid") != Some(&Json::Bool(false)),
        overrides: text(one, &["overrides"]).filter(|id| !id.is_empty()),
        metadata: one.get("metadata").cloned().unwrap_or(Json::Null),
    })
}
