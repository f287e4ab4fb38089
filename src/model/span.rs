//! Spans: the head is what a tree needs, the body is read when it is looked at.

use super::dspy::agents;
use super::json::bytes_of;
use super::mlflow;
use super::{Attachment, Json, Reveal, Tokens, Unmasked, attachment};

/// The attributes of a span of `Predict` or `ChainOfThought` that tell its signature, the one that was really used
/// first (DSPy 2.5 – 3.5).
pub const SIGNATURES: [&str; 2] = ["extended_signature", "signature"];

/// The attribute of an event that names the type of an exception (OpenTelemetry).
pub const EXCEPTION_TYPE: &str = "exception.type";

/// The attribute that tells how a call was asked to be served: a setting of the LM, if it was made with one.
pub const SERVICE_TIER: &str = "service_tier";

/// Where a store finds the body of a span again; means nothing to anybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpanHandle(pub u64);

/// A span without inputs, outputs and attributes. Within a trace a span is known by its
/// place in the list of heads (its ordinal), since damaged stores repeat ids.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanHead {
    /// Its id in hex, as stored (2.x sometimes with `0x`, which is dropped).
    pub id: String,
    /// Its parent's id, even if that span is absent; `None` for a root.
    pub parent_id: Option<String>,
    /// Its name.
    pub name: String,
    /// `CHAIN`, `LLM`, `CHAT_MODEL`, `PARSER`, … or any other word; `UNKNOWN` if none.
    pub kind: String,
    /// `OK`, `ERROR`, `UNSET`, or `IN_PROGRESS` for a span with no end.
    pub status: String,
    /// Start, nanoseconds since the epoch.
    pub start_ns: i64,
    /// End, nanoseconds since the epoch; `None` if it has not ended.
    pub end_ns: Option<i64>,
    /// The way to its body.
    pub handle: SpanHandle,
}

impl SpanHead {
    /// End − start in nanoseconds, if it has ended; never negative.
    pub fn duration_ns(&self) -> Option<i64> {
        self.end_ns.map(|end| end.saturating_sub(self.start_ns).max(0))
    }
}

/// The few facts of a body that a tree shows beside the name; read after the tree is drawn.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SpanFacts {
    /// The span's own usage (attribute `mlflow.chat.tokenUsage`).
    pub tokens: Option<Tokens>,
    /// The model that it called (attribute `model` or `mlflow.llm.model`).
    pub model: Option<String>,
    /// The attachments that it names (MLflow ≥ 3.18), each once.
    pub attachments: Vec<Attachment>,
    /// How many of its input tokens came from the provider's cache.
    pub cached_input: Option<u64>,
    /// The signature of the predictor that it is a call of, or wraps: `question -> answer`.
    pub signature: Option<String>,
    /// The type of the last exception that was noted in it.
    pub exception: Option<String>,
    /// Its outputs look like those of an agent: [`agents::tells_steps`].
    pub tells_steps: bool,
    /// How the call was asked to be served (attribute `service_tier`, which DSPy notes with all settings of an LM).
    pub service_tier: Option<String>,
    /// How much text the call was given and gave back, if anybody had to know.
    pub text: Option<CallText>,
}

/// How much text a call was given and gave back, in bytes of all texts in its inputs and outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct CallText {
    /// In its inputs.
    pub given: u64,
    /// In its outputs.
    pub gave: u64,
}

/// What a span was given, gave back and noted.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SpanBody {
    /// Attribute `mlflow.spanInputs`, decoded; `None` if there is none.
    pub inputs: Option<Json>,
    /// Attribute `mlflow.spanOutputs`, decoded; `None` if there is none.
    pub outputs: Option<Json>,
    /// All other attributes in stored order, decoded (a value that is no JSON stays text).
    pub attributes: serde_json::Map<String, Json>,
    /// Its events in stored order.
    pub events: Vec<SpanEvent>,
    /// The message of its status, mostly empty.
    pub status_message: String,
    /// Keys of the span's record that are not known here, as stored (`links`, …).
    pub other: serde_json::Map<String, Json>,
}

impl SpanBody {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let events = self.events.iter().flat_map(|event| event.attributes.values());
        let values = self.attributes.values().chain(self.other.values()).chain(events);
        let values = values.chain(&self.inputs).chain(&self.outputs);
        400 + values.map(bytes_of).sum::<usize>() + self.status_message.len()
    }
}

/// Something that happened during a span, for DSPy always an exception.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanEvent {
    /// Its name, for instance `exception`.
    pub name: String,
    /// When, nanoseconds since the epoch.
    pub time_ns: Option<i64>,
    /// `exception.type`, `exception.message`, `exception.stacktrace`, …
    pub attributes: serde_json::Map<String, Json>,
}

/// The bytes of all texts in a value, without its keys.
fn text_bytes(value: &Json) -> u64 {
    match value {
        Json::String(text) => text.len() as u64,
        Json::Array(items) => items.iter().map(text_bytes).sum(),
        Json::Object(entries) => entries.values().map(text_bytes).sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
    }
}

impl SpanBody {
    /// How much text is in its inputs and outputs.
    pub fn text(&self) -> CallText {
        let of = |value: &Option<Json>| value.as_ref().map_or(0, text_bytes);
        CallText { given: of(&self.inputs), gave: of(&self.outputs) }
    }

    /// The span's own usage, if it has any.
    pub fn tokens(&self) -> Option<Tokens> {
        self.attributes.get(mlflow::span::TOKENS).and_then(Tokens::from_usage)
    }

    /// What a tree shows of it; no secret even if the body was read with secrets.
    pub fn facts(&self) -> SpanFacts {
        let masked = |value: &Json| Some(Unmasked::new(value.as_str()?).readable(Reveal::Masked));
        let text = |key: &str| self.attributes.get(key).and_then(masked);
        let usage = self.attributes.get(mlflow::span::TOKENS);
        let exceptions = self.events.iter().rev().filter_map(|event| event.attributes.get(EXCEPTION_TYPE));
        let values = self.inputs.iter().chain(&self.outputs).chain(self.attributes.values());
        SpanFacts {
            tokens: self.tokens(),
            model: text("model").or_else(|| text(mlflow::span::MODEL)),
            attachments: attachment::find_in(values),
            cached_input: usage.and_then(|usage| usage.get(mlflow::span::CACHED_INPUT)?.as_u64()),
            signature: SIGNATURES.iter().find_map(|key| text(key)),
            exception: exceptions.filter_map(masked).next(),
            service_tier: text(SERVICE_TIER),
            text: None,
            tells_steps: self.outputs.as_ref().is_some_and(agents::tells_steps),
        }
    }
}
