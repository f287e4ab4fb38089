//! A span's record as JSON, of every MLflow: the `content` of the table `spans` (3.5 and
//! later), an entry of `traces.json` (2.21 – 3.3). Shared by all readers.

mod beginning;
mod direct;
mod find;

use std::borrow::Cow;
use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Map;
use serde_json::value::RawValue;

use crate::model::attachment;
use crate::model::dspy::agents;
use crate::model::mlflow::span::{CACHED_INPUT, INPUTS, KIND, MODEL, OUTPUTS, TOKENS};
use crate::model::span::{SERVICE_TIER, SIGNATURES};
use crate::model::{
    Attachment, EXCEPTION_TYPE, Json, Reveal, SpanBody, SpanEvent, SpanFacts, SpanHandle, SpanHead, Tokens, Unmasked,
    json,
};
pub use beginning::beginning;
pub use find::{FoundInRecord, find, may_be_in};

/// Keys of a record that a head or a body holds in another form.
const KNOWN: [&str; 14] = [
    "trace_id",
    "span_id",
    "parent_span_id",
    "context",
    "parent_id",
    "name",
    "start_time_unix_nano",
    "end_time_unix_nano",
    "start_time",
    "end_time",
    "status",
    "status_code",
    "status_message",
    "attributes",
];

/// The head of a span from its record; `None` if it has no id.
pub fn head(record: &Unmasked<Json>, handle: SpanHandle) -> Option<SpanHead> {
    let record = record.as_stored_for_structure();
    let text = |value: Option<&Json>| value.and_then(Json::as_str).map(str::to_owned);
    let id = id_in(record)?;
    let parent_id = match record.get("context") {
        Some(_) => text(record.get("parent_id")),
        None => text(record.get("parent_span_id")).map(|id| hex_of(&id)),
    };
    let end_ns = time(record, "end_time_unix_nano", "end_time");
    let kind = record.get("attributes").and_then(|attributes| attributes.get(KIND));
    let kind = kind.cloned().map(|kind| Unmasked::new(kind).unwrap_encoded());
    Some(SpanHead {
        id,
        parent_id: parent_id.map(|id| without_prefix(&id).to_owned()).filter(|id| !id.is_empty()),
        name: text(record.get("name")).unwrap_or_default(),
        kind: kind.as_ref().and_then(|kind| kind.as_stored_for_structure().as_str()).unwrap_or("UNKNOWN").to_owned(),
        status: if end_ns.is_some() { status(record) } else { "IN_PROGRESS".to_owned() },
        start_ns: time(record, "start_time_unix_nano", "start_time").unwrap_or(0),
        end_ns,
        handle,
    })
}

/// The id of a span from its record; `None` if it has none.
pub fn id(record: &Unmasked<Json>) -> Option<String> {
    id_in(record.as_stored_for_structure())
}

fn id_in(record: &Json) -> Option<String> {
    let id = match record.get("context") {
        // MLflow 2: hex, sometimes with 0x.
        Some(context) => context.get("span_id")?.as_str()?.to_owned(),
        None => hex_of(record.get("span_id")?.as_str()?),
    };
    Some(without_prefix(&id).to_owned())
}

/// The body of a span from its record. Nothing is dropped: what has no field of its own is in
/// `attributes` or `other`.
pub fn body(record: Unmasked<Json>, reveal: Reveal) -> SpanBody {
    let mut body = SpanBody { status_message: status_message(&record, reveal), ..SpanBody::default() };
    let fields = match record.into_entries() {
        Ok(fields) => fields,
        Err(strange) => {
            // Not even an object: all of it is shown as it is.
            body.other.insert("content".to_owned(), strange.mask("", reveal));
            return body;
        }
    };
    for (key, value) in fields {
        match key.as_str() {
            "attributes" => match value.into_entries() {
                Ok(attributes) => {
                    for (key, value) in attributes {
                        let value = value.unwrap_encoded().mask(&key, reveal);
                        place(&mut body, key, value);
                    }
                }
                Err(strange) => {
                    body.other.insert(key, strange.mask("", reveal));
                }
            },
            "events" => match value.into_items() {
                Ok(events) => body.events = events.into_iter().map(|event| self::event(event, reveal)).collect(),
                Err(strange) if is_empty(&strange) => {}
                Err(strange) => {
                    body.other.insert(key, strange.mask("", reveal));
                }
            },
            known if KNOWN.contains(&known) => {}
            _ if is_empty(&value) => {}
            _ => {
                let value = value.mask(&key, reveal);
                body.other.insert(key, value);
            }
        }
    }
    body
}

/// The body of a span from the text of its record, and whether that is no JSON and stands in
/// the body as it is.
pub fn body_of(content: &Unmasked<&[u8]>, reveal: Reveal) -> (SpanBody, bool) {
    if let Some(body) = direct::body(content, reveal) {
        return (body, false);
    }
    let decoded = content.decode();
    (body(decoded.value, reveal), decoded.marks.is_raw)
}

/// Puts a decoded attribute where it belongs.
fn place<'a>(body: &mut SpanBody, key: impl Into<Cow<'a, str>>, value: Json) {
    let key = key.into();
    match &*key {
        INPUTS => body.inputs = Some(value),
        OUTPUTS => body.outputs = Some(value),
        _ => {
            body.attributes.insert(key.into_owned(), value);
        }
    }
}

/// Whether a part of a record that is not known here says nothing.
fn is_empty(value: &Unmasked<Json>) -> bool {
    let value = value.as_stored_for_structure();
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// The facts that a tree shows, read from a record's text without building all of it.
pub fn facts(content: &Unmasked<&[u8]>) -> SpanFacts {
    #[derive(serde::Deserialize)]
    struct Record<'a> {
        #[serde(borrow)]
        attributes: HashMap<Cow<'a, str>, &'a RawValue>,
        #[serde(borrow)]
        events: Option<&'a RawValue>,
    }
    let text = std::str::from_utf8(content.as_stored_for_structure()).ok();
    let parsed = text.and_then(|text| serde_json::from_str::<Record<'_>>(text).ok());
    match parsed {
        Some(record) => {
            let mut attachments = text.map(attachment::find).unwrap_or_default();
            attachments.sort();
            let decoded = |key: &str| record.attributes.get(key).map(|raw| json::decode(raw.get().as_bytes()).value);
            let events = record.events.map(|raw| json::decode(raw.get().as_bytes()).value);
            let outputs = record.attributes.get(OUTPUTS).map(|raw| raw.get());
            // Most need not be decoded.
            let is_hinted = outputs.is_some_and(|raw| agents::WORDS.iter().any(|word| raw.contains(word)));
            SpanFacts {
                tells_steps: is_hinted && tells_steps(decoded),
                ..facts_from(decoded, events.as_ref(), attachments)
            }
        }
        // Something that Python writes and the standard forbids: the long way.
        None => facts_of(&content.decode().value),
    }
}

/// The facts that a tree shows, from a record that is already parsed.
pub fn facts_of(record: &Unmasked<Json>) -> SpanFacts {
    let attributes = record.as_stored_for_structure().get("attributes").and_then(Json::as_object);
    let events = record.as_stored_for_structure().get("events").cloned().map(Unmasked::new);
    let texts = attributes.into_iter().flatten().filter_map(|(_, value)| value.as_str());
    let mut attachments: Vec<Attachment> = texts.flat_map(attachment::find).collect();
    attachments.sort();
    attachments.dedup();
    let attribute = |key: &str| attributes?.get(key).cloned().map(Unmasked::new);
    SpanFacts { tells_steps: tells_steps(attribute), ..facts_from(attribute, events.as_ref(), attachments) }
}

fn tells_steps(attribute: impl Fn(&str) -> Option<Unmasked<Json>>) -> bool {
    let outputs = attribute(OUTPUTS).map(Unmasked::unwrap_encoded);
    outputs.is_some_and(|outputs| agents::tells_steps(outputs.as_stored_for_structure()))
}

fn facts_from(
    attribute: impl Fn(&str) -> Option<Unmasked<Json>>,
    events: Option<&Unmasked<Json>>,
    attachments: Vec<Attachment>,
) -> SpanFacts {
    let decoded = |key: &str| attribute(key).map(Unmasked::unwrap_encoded);
    // No tree reveals a secret, whatever was asked for.
    let text = |key: &str| {
        let value = decoded(key)?;
        value.as_stored_for_structure().as_str().map(|text| Unmasked::new(text).readable(Reveal::Masked))
    };
    let usage = decoded(TOKENS);
    let usage = usage.as_ref().map(Unmasked::as_stored_for_structure);
    SpanFacts {
        tokens: usage.and_then(Tokens::from_usage),
        model: text("model").or_else(|| text(MODEL)),
        attachments,
        cached_input: usage.and_then(|usage| usage.get(CACHED_INPUT)?.as_u64()),
        signature: SIGNATURES.iter().find_map(|key| text(key)),
        exception: events.and_then(last_exception),
        service_tier: text(SERVICE_TIER),
        text: None,
        tells_steps: false,
    }
}

/// The type of the last exception among events.
fn last_exception(events: &Unmasked<Json>) -> Option<String> {
    let events = events.as_stored_for_structure().as_array()?;
    let kinds = events.iter().rev().filter_map(|event| event.get("attributes")?.get(EXCEPTION_TYPE)?.as_str());
    kinds.map(|kind| Unmasked::new(kind).readable(Reveal::Masked)).next()
}

fn event(event: Unmasked<Json>, reveal: Reveal) -> SpanEvent {
    let mut parsed = SpanEvent { name: String::new(), time_ns: None, attributes: Map::new() };
    let fields = match event.into_entries() {
        Ok(fields) => fields,
        Err(strange) => {
            parsed.attributes.insert("event".to_owned(), strange.mask("", reveal));
            return parsed;
        }
    };
    for (key, value) in fields {
        match (key.as_str(), value.as_stored_for_structure()) {
            ("name", Json::String(name)) => parsed.name.clone_from(name),
            ("time_unix_nano" | "timestamp", time) if whole(time).is_some() => {
                parsed.time_ns = whole(time).map(event_time_ns);
            }
            ("attributes", Json::Object(_)) => {
                for (key, value) in value.into_entries().into_iter().flatten() {
                    let value = value.mask(&key, reveal);
                    parsed.attributes.insert(key, value);
                }
            }
            (_, Json::Null) => {}
            _ => {
                let value = value.mask(&key, reveal);
                parsed.attributes.insert(key, value);
            }
        }
    }
    parsed
}

/// MLflow 2.21 – 3.5 writes the time of an event in microseconds even where the key says
/// nanoseconds (seen in recorded stores); before the year 1973 there were no spans.
fn event_time_ns(time: i64) -> i64 {
    if time.unsigned_abs() < 100_000_000_000_000_000 { time.saturating_mul(1000) } else { time }
}

fn time(record: &Json, key: &str, old_key: &str) -> Option<i64> {
    let found = record.get(key).filter(|value| !value.is_null()).or_else(|| record.get(old_key))?;
    whole(found)
}

/// A whole number, also one written as text (protobuf's JSON does that with 64 bits).
fn whole(value: &Json) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|n| n as i64)).or_else(|| value.as_str()?.trim().parse().ok())
}

fn status(record: &Json) -> String {
    let code = record.get("status_code").or_else(|| record.get("status").and_then(|status| status.get("code")));
    let code = code.or_else(|| record.get("status"));
    match code {
        Some(Json::String(code)) => code.strip_prefix("STATUS_CODE_").unwrap_or(code).to_owned(),
        Some(Json::Number(number)) => match number.as_i64() {
            Some(0) => "UNSET".to_owned(),
            Some(1) => "OK".to_owned(),
            Some(2) => "ERROR".to_owned(),
            _ => number.to_string(),
        },
        _ => "UNSET".to_owned(),
    }
}

fn status_message(record: &Unmasked<Json>, reveal: Reveal) -> String {
    let record = record.as_stored_for_structure();
    let message =
        record.get("status_message").or_else(|| record.get("status").and_then(|status| status.get("message")));
    let message = message.and_then(Json::as_str).unwrap_or_default();
    Unmasked::new(message).shown("", reveal).as_str().to_owned()
}

/// MLflow 3 keeps ids in base64 there; anything else is taken for hex already.
fn hex_of(id: &str) -> String {
    let is_hex = (id.len() == 16 || id.len() == 32) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bytes = if is_hex { None } else { STANDARD.decode(id).ok().filter(|bytes| matches!(bytes.len(), 8 | 16)) };
    match bytes {
        Some(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        None => id.to_owned(),
    }
}

fn without_prefix(id: &str) -> &str {
    id.strip_prefix("0x").unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const HANDLE: SpanHandle = SpanHandle(0);

    #[test]
    fn a_span_of_mlflow_2() {
        let record = json!({"name": "LM.__call___1", "context": {"span_id": "0xf54b", "trace_id": "x"}, "parent_id": "0xab",
            "start_time": 1, "end_time": 5, "status_code": "OK", "status_message": "", "events": [],
            "attributes": {"mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.spanInputs": "{\"q\": 1}", "api_key": "\"sk-fake\""}});
        let record = Unmasked::new(record);
        let head = head(&record, HANDLE).expect("has an id");
        assert_eq!(
            (head.id.as_str(), head.parent_id.as_deref(), head.kind.as_str()),
            ("f54b", Some("ab"), "CHAT_MODEL")
        );
        let masked = body(record.clone(), Reveal::Masked);
        assert_eq!(masked.inputs, Some(json!({"q": 1})));
        assert_eq!(masked.attributes["api_key"], json!({"masked": true}));
        assert_eq!(body(record, Reveal::Revealed).attributes["api_key"], json!("sk-fake"));
    }

    #[test]
    fn a_span_of_mlflow_3() {
        let record = json!({"trace_id": "BHI2e589L3mNexPN6lUDeQ==", "span_id": "cMLpN80tVVE=", "parent_span_id": "",
            "name": "x", "start_time_unix_nano": "12", "end_time_unix_nano": null, "links": [], "new": 1,
            "status": {"code": "STATUS_CODE_ERROR", "message": "bad"}, "attributes": {"a": "plain"},
            "events": [{"name": "exception", "time_unix_nano": 1795212770012794i64, "attributes": {"exception.type": "E"}}]});
        let record = Unmasked::new(record);
        let head = head(&record, HANDLE).expect("has an id");
        assert_eq!(
            (head.id.as_str(), head.parent_id, head.start_ns, head.end_ns),
            ("70c2e937cd2d5551", None, 12, None)
        );
        assert_eq!(head.status, "IN_PROGRESS");
        let body = body(record, Reveal::Masked);
        assert_eq!((body.inputs, body.status_message.as_str()), (None, "bad"));
        assert_eq!(body.attributes["a"], json!("plain"));
        assert_eq!(body.other, *json!({"new": 1}).as_object().expect("object"));
        assert_eq!(body.events[0].time_ns, Some(1_795_212_770_012_794_000));
    }

    #[test]
    fn facts_come_from_the_text_or_the_long_way() {
        let usage = r#"{"attributes": {"mlflow.chat.tokenUsage": "{\"input_tokens\": 3, \"output_tokens\": 4, \"total_tokens\": 7, \"cache_read_input_tokens\": 2}", "model": "\"m\"", "signature": "\"q -> a\"", "service_tier": "\"flex\"", "x": 1}, "events": [{"name": "exception", "attributes": {"exception.type": "KeyError"}}, {"name": "x"}]}"#;
        let wanted = SpanFacts {
            tokens: Tokens::new(Some(3), Some(4), Some(7)),
            model: Some("m".to_owned()),
            attachments: Vec::new(),
            cached_input: Some(2),
            signature: Some("q -> a".to_owned()),
            exception: Some("KeyError".to_owned()),
            service_tier: Some("flex".to_owned()),
            text: None,
            tells_steps: false,
        };
        let facts = |text: &str| facts(&Unmasked::new(text.as_bytes()));
        assert_eq!(facts(usage), wanted);
        assert_eq!(facts(&usage.replace("\"x\": 1", "\"x\": NaN")), wanted);
        assert_eq!(facts("nonsense"), SpanFacts::default());
    }
}
