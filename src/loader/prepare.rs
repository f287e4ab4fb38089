//! A span's body, laid out for the screen on the worker.

use serde_json::Map;

use super::readable::readable;
use super::span_fields::PreparedFields;
use super::text::Text;
use crate::model::secret::has_masked;
use crate::model::{Json, SpanBody, SpanEvent};
use crate::query::causes;

/// One text in the two ways it can be looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedText {
    /// For reading: real line breaks, no quotes.
    pub readable: Text,
    /// As JSON, indented; also what is copied. `None` for a long text, whose JSON is made when
    /// it is asked for (`SpanTextOf`): nobody looks at most of it.
    pub json: Option<Text>,
}

/// Up to this many bytes the JSON of a text is made at once.
const JSON_AT_ONCE: usize = 256 << 10;

/// No more causes of an exception are told.
const MOST_CAUSES: usize = 8;

/// A part of a span's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyPart {
    /// What it was given.
    Inputs,
    /// What it gave back.
    Outputs,
    /// Everything else that was noted.
    Attributes,
    /// What happened during it.
    Events,
}

/// One part of a body as JSON; `None` if it has no such part.
pub(super) fn part_as_json(body: SpanBody, part: BodyPart) -> Option<Json> {
    Some(match part {
        BodyPart::Inputs => body.inputs?,
        BodyPart::Outputs => body.outputs?,
        BodyPart::Attributes => all_attributes(body.attributes, body.other),
        BodyPart::Events => events_json(&body.events),
    })
}

fn all_attributes(mut attributes: Map<String, Json>, other: Map<String, Json>) -> Json {
    for (key, value) in other {
        attributes.entry(key).or_insert(value);
    }
    Json::Object(attributes)
}

impl PreparedText {
    fn new(value: &Json) -> Self {
        let made = readable(value);
        let json = (made.text.len() <= JSON_AT_ONCE).then(|| Text::new(pretty(value)));
        Self { readable: Text::with_keys(made.text, made.keys), json }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.readable.bytes() + self.json.as_ref().map_or(0, Text::bytes)
    }
}

/// One event of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedEvent {
    /// Its name.
    pub name: String,
    /// When, nanoseconds since the epoch.
    pub time_ns: Option<i64>,
    /// `exception.type`, if it is an exception.
    pub exception: Option<String>,
    /// `exception.message`, at most about 2,000 bytes of it.
    pub message: Option<String>,
    /// The exceptions before it, nearest first: `caused by KeyError: 'x'`.
    pub causes: Vec<String>,
}

/// A span's body, ready for the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedBody {
    /// What it was given.
    pub inputs: Option<PreparedFields>,
    /// What it gave back.
    pub outputs: Option<PreparedFields>,
    /// Everything else that was noted, and keys of the record that are not known here.
    pub attributes: Option<PreparedText>,
    /// How many attributes there are.
    pub attribute_count: usize,
    /// Its events, in stored order.
    pub events: Vec<PreparedEvent>,
    /// All of the events as text, with their stacks.
    pub events_text: Option<PreparedText>,
    /// The message of its status; mostly empty.
    pub status_message: String,
    /// Something in it was withheld as a secret.
    pub has_masked: bool,
    /// Writing to the store cannot change it any more.
    pub is_final: bool,
    /// It is the beginning of a long one: its last text is cut, and what comes later is missing.
    pub is_beginning: bool,
}

impl PreparedBody {
    /// Lays `body` out. `is_final`: its span has ended.
    pub fn new(body: SpanBody, is_final: bool) -> Self {
        let attribute_count = body.attributes.len();
        let attributes = all_attributes(body.attributes, body.other);
        let has_masked =
            [body.inputs.as_ref(), body.outputs.as_ref(), Some(&attributes)].into_iter().flatten().any(has_masked);
        Self {
            inputs: body.inputs.as_ref().map(PreparedFields::new),
            outputs: body.outputs.as_ref().map(PreparedFields::of_outputs),
            attributes: attributes
                .as_object()
                .is_some_and(|map| !map.is_empty())
                .then(|| PreparedText::new(&attributes)),
            attribute_count,
            events_text: (!body.events.is_empty()).then(|| events_text(&body.events)),
            events: body.events.iter().map(prepare_event).collect(),
            status_message: body.status_message,
            has_masked,
            is_final,
            is_beginning: false,
        }
    }

    /// Lays out the beginning of a long body.
    pub fn of_beginning(body: SpanBody, is_final: bool) -> Self {
        Self { is_beginning: true, ..Self::new(body, is_final) }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let fields = [&self.inputs, &self.outputs].into_iter().flatten().map(PreparedFields::bytes);
        let texts = [&self.attributes, &self.events_text].into_iter().flatten().map(PreparedText::bytes);
        fields.chain(texts).sum::<usize>() + self.status_message.len() + 256
    }
}

fn prepare_event(event: &SpanEvent) -> PreparedEvent {
    let text = |key: &str| {
        let text = event.attributes.get(key)?.as_str()?;
        Some(text[..text.floor_char_boundary(2_000)].to_owned())
    };
    let stack = event.attributes.get("exception.stacktrace").and_then(Json::as_str);
    PreparedEvent {
        name: event.name.clone(),
        time_ns: event.time_ns,
        exception: text("exception.type"),
        message: text("exception.message"),
        causes: stack.map(causes).into_iter().flatten().take(MOST_CAUSES).map(|cause| cause.text()).collect(),
    }
}

fn events_text(events: &[SpanEvent]) -> PreparedText {
    let mut text = String::new();
    for (index, event) in events.iter().enumerate() {
        if index > 0 {
            text.push_str("\n\n");
        }
        let mut attributes = event.attributes.clone();
        let kind = attributes.remove("exception.type");
        let message = attributes.remove("exception.message");
        let stack = attributes.remove("exception.stacktrace");
        let words: Vec<&str> = [&kind, &message].into_iter().flatten().filter_map(Json::as_str).collect();
        text.push_str(if words.is_empty() { &event.name } else { "" });
        text.push_str(&words.join(": "));
        if let Some(stack) = stack {
            text.push_str("\n\n");
            text.push_str(readable(&stack).text.trim_end());
        }
        if !attributes.is_empty() {
            text.push_str("\n\n");
            text.push_str(&readable(&Json::Object(attributes)).text);
        }
    }
    let json = (text.len() <= JSON_AT_ONCE).then(|| Text::new(pretty(&events_json(events))));
    PreparedText { readable: Text::new(text), json }
}

fn events_json(events: &[SpanEvent]) -> Json {
    let as_json = |event: &SpanEvent| serde_json::json!({ "name": event.name, "time_ns": event.time_ns, "attributes": event.attributes });
    Json::Array(events.iter().map(as_json).collect())
}

/// JSON, indented.
pub(super) fn pretty(value: &Json) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_exception_leads_with_its_type_and_stack() {
        let attributes = json!({"exception.type": "ValueError", "exception.message": "bad",
            "exception.stacktrace": "Traceback (most recent call last):\n  line 1\nKeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\nValueError: bad"});
        let Json::Object(attributes) = attributes else { panic!("an object") };
        let body = SpanBody {
            inputs: Some(json!({"api_key": {"masked": true}})),
            events: vec![SpanEvent { name: "exception".into(), time_ns: Some(1), attributes }],
            ..SpanBody::default()
        };
        let prepared = PreparedBody::new(body, true);
        assert!(prepared.has_masked && prepared.outputs.is_none() && prepared.attributes.is_none());
        assert_eq!(prepared.events[0].exception.as_deref(), Some("ValueError"));
        assert_eq!(prepared.events[0].causes, ["while handling KeyError: 'x'"]);
        let text = prepared.events_text.as_ref().map(|text| text.readable.text().to_string());
        assert!(text.is_some_and(|text| {
            text.starts_with("ValueError: bad\n\nTraceback (most recent call last):\n  line 1\nKeyError: 'x'")
        }));
    }
}
