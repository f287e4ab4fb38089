//! Where in a span a text stands.

use std::fmt;

use super::{Excerpt, Matcher};
use crate::model::secret::{Reveal, masked_json};
use crate::model::{Json, SpanBody, SpanEvent};

/// A part of a span in which text is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SearchField {
    /// What it is called.
    Name,
    /// What it was given.
    Inputs,
    /// What it gave back.
    Outputs,
    /// Another attribute: its key and its value.
    Attribute(String),
    /// What happened during it.
    Events,
    /// The message of its status.
    StatusMessage,
    /// Something of its record that has no other name here: its key and its value.
    Other(String),
}

/// `inputs`, `attributes.model`, `events`, …
impl fmt::Display for SearchField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("name"),
            Self::Inputs => f.write_str("inputs"),
            Self::Outputs => f.write_str("outputs"),
            Self::Attribute(key) => write!(f, "attributes.{key}"),
            Self::Events => f.write_str("events"),
            Self::StatusMessage => f.write_str("status_message"),
            Self::Other(key) => write!(f, "other.{key}"),
        }
    }
}

/// What was found in a field: the first place in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FoundText {
    /// The field.
    pub field: SearchField,
    /// What stands there.
    pub excerpt: Excerpt,
}

impl Matcher {
    /// Looks in a text.
    pub fn in_text(&self, text: &str, reveal: Reveal) -> Option<Excerpt> {
        self.find(text, reveal).map(|found| Excerpt::of(text, found))
    }

    /// Looks in a value: its texts, its numbers as they are written, and the keys of its objects.
    pub fn in_value(&self, value: &Json, reveal: Reveal) -> Option<Excerpt> {
        match value {
            Json::String(text) => self.in_text(text, reveal),
            Json::Number(number) => self.in_text(&number.to_string(), reveal),
            Json::Array(items) => items.iter().find_map(|item| self.in_value(item, reveal)),
            // It stands for a secret, and says nothing by itself.
            Json::Object(_) if reveal == Reveal::Masked && *value == masked_json() => None,
            Json::Object(entries) => entries.iter().find_map(|(key, value)| self.in_entry(key, value, reveal)),
            Json::Null | Json::Bool(_) => None,
        }
    }

    /// Looks in a key and its value.
    pub fn in_entry(&self, key: &str, value: &Json, reveal: Reveal) -> Option<Excerpt> {
        self.in_text(key, reveal).or_else(|| self.in_value(value, reveal))
    }

    /// Looks in events.
    pub fn in_events(&self, events: &[SpanEvent], reveal: Reveal) -> Option<Excerpt> {
        events.iter().find_map(|event| {
            let mut attributes = event.attributes.iter();
            self.in_text(&event.name, reveal)
                .or_else(|| attributes.find_map(|(key, value)| self.in_entry(key, value, reveal)))
        })
    }

    /// Looks in all of a body: each field in which something was found, once.
    pub fn in_body(&self, body: &SpanBody, reveal: Reveal) -> Vec<FoundText> {
        let of_value = |value: &Option<Json>| self.in_value(value.as_ref()?, reveal);
        let attributes = body.attributes.iter();
        let attributes =
            attributes.map(|(key, value)| (SearchField::Attribute(key.clone()), self.in_entry(key, value, reveal)));
        let other = body.other.iter();
        let other = other.map(|(key, value)| (SearchField::Other(key.clone()), self.in_entry(key, value, reveal)));
        let found = [(SearchField::Inputs, of_value(&body.inputs)), (SearchField::Outputs, of_value(&body.outputs))];
        let found = found.into_iter().chain(attributes);
        let found = found.chain([
            (SearchField::Events, self.in_events(&body.events, reveal)),
            (SearchField::StatusMessage, self.in_text(&body.status_message, reveal)),
        ]);
        let found = found.chain(other);
        found.filter_map(|(field, excerpt)| Some(FoundText { field, excerpt: excerpt? })).collect()
    }
}
