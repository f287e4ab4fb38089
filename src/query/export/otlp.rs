//! Spans as OTLP/JSON writes them (OpenTelemetry protocol 1.x, "JSON Protobuf encoding": ids in hex, 64-bit numbers as
//! text, enumerations as numbers). What MLflow keeps of a trace beside its spans has no place there.

use std::io::Write;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::span_ids::{hex, span_bytes, trace_bytes};
use super::{ExportError, write_spans};
use crate::model::mlflow::span::{INPUTS, OUTPUTS, REQUEST_ID};
use crate::model::mlflow::trace as keys;
use crate::model::{Json, SpanBody, SpanEvent, SpanHead, TraceHead};
use crate::query::ask::Session;

type Object = serde_json::Map<String, Json>;

/// `SPAN_KIND_INTERNAL`
const INTERNAL: u8 = 1;

/// Values are nested no deeper: a level of theirs is four of the document, and readers allow 100 or more of those.
const DEEPEST: usize = 20;

/// Writes the `resourceSpans` of a trace.
pub fn write(session: &mut Session<'_>, head: &TraceHead, out: &mut dyn Write) -> Result<(), ExportError> {
    let row = &head.row;
    out.write_all(b"{\"resource\":{\"attributes\":")?;
    let mut about = vec![("service.name", "mlflow"), (keys::EXPERIMENT, row.experiment_id.as_str())];
    about.extend(row.run_id.as_ref().map(|run| (keys::RUN, run.as_str())));
    let about: Vec<(&str, Json)> = about.into_iter().map(|(key, text)| (key, Json::from(text))).collect();
    serde_json::to_writer(&mut *out, &Pairs(about.iter().map(|(key, value)| (*key, value)).collect()))?;
    out.write_all(b"},\"scopeSpans\":[{\"scope\":{\"name\":\"mlflow\"},\"spans\":[")?;
    let trace_id = hex(&trace_bytes(row.id.as_str()));
    let name = Json::from(row.id.as_str());
    write_spans(session, head, out, |span, body| OtlpSpan::new(&trace_id, &name, span, body))?;
    Ok(out.write_all(b"]}]}")?)
}

/// A span, made into JSON in the moment it is written.
struct OtlpSpan(Object);

impl Serialize for OtlpSpan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl OtlpSpan {
    fn new(trace_id: &str, trace: &Json, span: &SpanHead, body: &SpanBody) -> Self {
        let mut attributes: Vec<(&str, &Json)> = vec![(REQUEST_ID, trace)];
        attributes.extend(body.attributes.iter().filter(|(key, _)| *key != REQUEST_ID).map(|(key, one)| (&**key, one)));
        attributes.extend(body.inputs.iter().map(|inputs| (INPUTS, inputs)));
        attributes.extend(body.outputs.iter().map(|outputs| (OUTPUTS, outputs)));
        let mut all = Object::new();
        let mut put = |key: &str, value: Json| all.insert(key.to_owned(), value);
        put("traceId", trace_id.into());
        put("spanId", hex(&span_bytes(&span.id)).into());
        if let Some(parent) = &span.parent_id {
            put("parentSpanId", hex(&span_bytes(parent)).into());
        }
        put("name", span.name.as_str().into());
        put("kind", INTERNAL.into());
        put("startTimeUnixNano", span.start_ns.to_string().into());
        if let Some(end) = span.end_ns {
            put("endTimeUnixNano", end.to_string().into());
        }
        put("attributes", value_of(&Pairs(attributes)));
        if !body.events.is_empty() {
            put("events", body.events.iter().map(|one| event(one, span.start_ns)).collect());
        }
        let code = match span.status.as_str() {
            "OK" => 1,
            "ERROR" => 2,
            _ => 0,
        };
        let mut status = Object::new();
        if !body.status_message.is_empty() {
            status.insert("message".to_owned(), body.status_message.as_str().into());
        }
        status.insert("code".to_owned(), code.into());
        put("status", Json::Object(status));
        Self(all)
    }
}

fn event(event: &SpanEvent, start_ns: i64) -> Json {
    let attributes = Pairs(event.attributes.iter().map(|(key, value)| (&**key, value)).collect());
    serde_json::json!({
        "timeUnixNano": event.time_ns.unwrap_or(start_ns).to_string(),
        "name": event.name,
        "attributes": value_of(&attributes),
    })
}

/// Nothing of these can fail: keys are texts.
fn value_of(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

/// `KeyValue`s.
struct Pairs<'a>(Vec<(&'a str, &'a Json)>);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(key, value)| Pair { key, value: AnyValue(value, 0) }))
    }
}

#[derive(Serialize)]
struct Pair<'a> {
    key: &'a str,
    value: AnyValue<'a>,
}

/// `AnyValue`, and how deep it stands within another one. One without any field is null.
struct AnyValue<'a>(&'a Json, usize);

impl Serialize for AnyValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(value, depth) = *self;
        let mut map = serializer.serialize_map(None)?;
        match value {
            Json::Null => {}
            Json::Bool(is) => map.serialize_entry("boolValue", is)?,
            Json::String(text) => map.serialize_entry("stringValue", text)?,
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => map.serialize_entry("intValue", &whole.to_string())?,
                (None, Some(real)) if real.is_finite() => map.serialize_entry("doubleValue", number)?,
                _ => map.serialize_entry("stringValue", &number.to_string())?,
            },
            _ if depth >= DEEPEST => map.serialize_entry("stringValue", &value.to_string())?,
            Json::Array(items) => map.serialize_entry("arrayValue", &Items(items, depth + 1))?,
            Json::Object(entries) => map.serialize_entry("kvlistValue", &Entries(entries, depth + 1))?,
        }
        map.end()
    }
}

struct Items<'a>(&'a [Json], usize);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("values", &self.0.iter().map(|one| AnyValue(one, self.1)).collect::<Vec<_>>())?;
        map.end()
    }
}

struct Entries<'a>(&'a Object, usize);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct List<'a>(&'a Object, usize);
        impl Serialize for List<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut list = serializer.serialize_seq(Some(self.0.len()))?;
                for (key, value) in self.0 {
                    list.serialize_element(&Pair { key, value: AnyValue(value, self.1) })?;
                }
                list.end()
            }
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("values", &List(self.0, self.1))?;
        map.end()
    }
}
