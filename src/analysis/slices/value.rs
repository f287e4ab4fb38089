//! What the examples of a slice have in common.

use crate::model::Json;
use crate::words;

/// What the examples of a slice have in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum SliceValue {
    /// This text.
    Text(String),
    /// This value that is no text, as JSON: `true`, `7`.
    Other(String),
    /// Null, or no such field.
    Nothing,
    /// A number between these two, both included: a quarter of the examples.
    Range {
        /// The lowest number of the slice.
        low: f64,
        /// The highest.
        high: f64,
    },
}

impl SliceValue {
    /// The value of a field that may be missing.
    pub fn of(value: Option<&Json>) -> Self {
        match value {
            None | Some(Json::Null) => Self::Nothing,
            Some(Json::String(text)) => Self::Text(text.clone()),
            Some(other) => Self::Other(other.to_string()),
        }
    }

    /// As a word: `billing`, `true`, `null`, `12 – 340`.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Other(text) => text.clone(),
            Self::Nothing => "null".to_owned(),
            Self::Range { low, high } if low == high => words::value(*low),
            Self::Range { low, high } => format!("{} – {}", words::value(*low), words::value(*high)),
        }
    }

    /// What kind of value it is: `text`, `value`, `nothing`, `range`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Other(_) => "value",
            Self::Nothing => "nothing",
            Self::Range { .. } => "range",
        }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::Other(text) => text.len() + 32,
            Self::Nothing | Self::Range { .. } => 32,
        }
    }
}
