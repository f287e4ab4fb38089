//! `dspyglass trace --chat --json`

use serde::Serialize;

use super::Answer;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Warnings};
use crate::query::TraceDocument;
use crate::query::chat::{AdapterSource, Message, Part, Place, TraceCall};

#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    calls: Vec<OneCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_spans: Option<String>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct OneCall<'a> {
    span_id: &'a str,
    model: Option<&'a str>,
    adapter: &'static str,
    /// By the span that wrote the prompt, or inferred from its text.
    adapter_from: &'static str,
    /// The class in the name of that span.
    adapter_class: Option<&'a str>,
    /// The call whose answer was of no use.
    fallback_of: Option<&'a str>,
    fallback_reason: Option<&'a str>,
    parse_error: Option<&'a str>,
    messages: Vec<OneMessage<'a>>,
    output: Vec<OnePart<'a>>,
    completions: usize,
    tools: Vec<Tool<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: Option<&'a str>,
    text: &'a str,
}

#[derive(Serialize)]
struct OneMessage<'a> {
    role: &'a str,
    text: &'a str,
    place: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    turn: Option<usize>,
    parts: Vec<OnePart<'a>>,
}

#[derive(Serialize)]
struct OnePart<'a> {
    kind: &'static str,
    name: Option<String>,
    text: &'a str,
    /// What it says without marks and escapes.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    field_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment: Option<&'a str>,
    /// Of several answers, which one; from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    completion: Option<usize>,
    /// What a demo is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<OnePart<'a>>>,
}

impl<'a> OnePart<'a> {
    fn new(message: &'a Message, part: &'a Part) -> Self {
        let beside = part.beside.as_ref();
        let media = beside.and_then(|beside| beside.media.as_ref());
        let in_text = message.text_of(part);
        // Of what stands beside the text, calls and thoughts have one of their own; media have none.
        let own = beside.filter(|beside| media.is_none() && !beside.text.is_empty()).map(|beside| &*beside.text);
        let value = match media.zip(beside) {
            Some((_, beside)) => Some(beside.text.clone()).filter(|text| !text.is_empty()),
            None if beside.is_some() => None,
            None => Some(message.value_of(part).into_owned()).filter(|value| value != in_text),
        };
        Self {
            kind: part.kind.as_str(),
            name: part.name.as_deref().map(str::to_owned),
            text: own.unwrap_or(in_text),
            value,
            field_type: part.field_type.as_deref(),
            call_id: beside.and_then(|beside| beside.id.as_deref()),
            media_type: media.and_then(|media| media.media_type.as_deref()),
            size: media.and_then(|media| media.size),
            attachment: media.and_then(|media| media.attachment.as_deref()),
            completion: None,
            parts: None,
        }
    }

    fn all(message: &'a Message) -> Vec<Self> {
        message.parts.iter().map(|part| Self::new(message, part)).collect()
    }

    /// A whole message that is one half of a demo.
    fn demo(message: &'a Message, number: usize) -> Self {
        Self {
            kind: "demo",
            name: Some(format!("demo {number}")),
            text: &message.text,
            value: None,
            field_type: None,
            call_id: None,
            media_type: None,
            size: None,
            attachment: None,
            completion: None,
            parts: Some(Self::all(message)),
        }
    }
}

impl<'a> OneMessage<'a> {
    fn new(message: &'a Message) -> Self {
        let (place, turn) = match message.place {
            Place::System => ("system", None),
            Place::Demo(number) => ("demo", Some(number)),
            Place::Turn(number) => ("turn", Some(number)),
            Place::Request => ("request", None),
            Place::Other => ("other", None),
        };
        let parts = match message.place {
            Place::Demo(number) => vec![OnePart::demo(message, number)],
            _ => OnePart::all(message),
        };
        Self { role: &message.role, text: &message.text, place, turn, parts }
    }
}

impl<'a> OneCall<'a> {
    fn new(document: &'a TraceDocument, call: &'a TraceCall) -> Option<Self> {
        let span_id = |at: usize| document.tree.spans.get(at).map(|span| &*span.id);
        let read = &call.call;
        let several = read.completions.len() > 1;
        let output = read.completions.iter().enumerate().flat_map(|(at, one)| {
            let parts = OnePart::all(&one.message).into_iter();
            parts.map(move |part| OnePart { completion: several.then_some(at), ..part })
        });
        Some(Self {
            span_id: span_id(call.span)?,
            model: document.figures.spans.get(call.span).and_then(|figures| figures.model.as_deref()),
            adapter: read.adapter.as_str(),
            adapter_from: match read.adapter_source {
                AdapterSource::Span => "span",
                AdapterSource::Text => "text",
            },
            adapter_class: call.adapter_class.as_deref(),
            fallback_of: call.fallback_of.as_ref().and_then(|(before, _)| span_id((*before)?)),
            fallback_reason: call.fallback_of.as_ref().map(|(_, reason)| &**reason),
            parse_error: call.parse_error.as_deref(),
            messages: read.messages.iter().map(OneMessage::new).collect(),
            output: output.collect(),
            completions: read.completions.len(),
            tools: read.tools.iter().map(|(name, text)| Tool { name: name.as_deref(), text }).collect(),
        })
    }
}

/// Prints the calls as a document.
pub(super) fn print(document: &TraceDocument, calls: &[TraceCall], answer: &mut Answer<'_>) -> Result<(), Failure> {
    let written = Document {
        id: document.tree.head.row.id.as_str(),
        calls: calls.iter().filter_map(|call| OneCall::new(document, call)).collect(),
        no_spans: document.tree.no_spans.as_ref().map(crate::query::NoSpans::sentence),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&written, answer.out)
}
