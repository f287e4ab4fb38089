//! By what lists of traces are sorted.

use std::fmt;
use std::str::FromStr;

use super::grammar::TRACES;
use super::syntax::Field;
use super::trace_keys::{TraceAttribute, TraceField};

/// An order of traces by one of the keys that they can be filtered by; traces that have none come last, those that are
/// alike newest first. As a text: `latency_ms:desc`, `tags.team`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceSort {
    pub(in crate::query) field: TraceField,
    /// The largest come first.
    pub is_descending: bool,
}

/// The newest come first.
impl Default for TraceSort {
    fn default() -> Self {
        Self { field: TraceField::Attribute(TraceAttribute::Start), is_descending: true }
    }
}

impl TraceSort {
    /// Whether it asks for scores.
    pub(in crate::query) fn wants_scores(&self) -> bool {
        self.field == TraceField::Attribute(TraceAttribute::Score)
    }

    /// The name of the key: `latency_ms`, `tags.team`.
    pub fn key(&self) -> String {
        match &self.field {
            TraceField::Tag(key) => format!("tags.{key}"),
            TraceField::Metadata(key) => format!("metadata.{key}"),
            TraceField::Assessment(name, kind) => format!("{}.{name}", kind.unwrap_or("assessments")),
            TraceField::Attribute(one) => one.name().to_owned(),
        }
    }
}

impl fmt::Display for TraceSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key(), if self.is_descending { "desc" } else { "asc" })
    }
}

/// No key of traces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSort;

impl fmt::Display for NoSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a key of traces; write KEY, KEY:asc or KEY:desc, with KEY one of")?;
        for (place, (name, ..)) in (TRACES.shown)().into_iter().enumerate() {
            write!(f, "{} {name}", if place == 0 { "" } else { "," })?;
        }
        f.write_str(", tags.<key>, metadata.<key>, assessments.<name>")
    }
}

impl std::error::Error for NoSort {}

impl FromStr for TraceSort {
    type Err = NoSort;

    fn from_str(text: &str) -> Result<Self, NoSort> {
        let (key, is_descending) = match text.rsplit_once(':') {
            Some((key, "desc")) => (key, true),
            Some((key, "asc")) => (key, false),
            _ => (text, false),
        };
        let entity = key.split_once('.').and_then(|(word, rest)| Some((TRACES.entity(word)?, rest)));
        let field = match entity {
            Some((entity, rest)) if !rest.is_empty() => Some((entity.field)(rest.to_owned())),
            Some(_) => None,
            None => (TRACES.attribute)(&key.to_lowercase()),
        };
        match field {
            Some(Field::Trace(field)) => Ok(Self { field, is_descending }),
            _ => Err(NoSort),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_as_it_is_written() {
        for text in ["latency_ms:desc", "tags.a:b:asc", "assessments.quality:desc", "time:asc", "feedback.x:asc"] {
            assert_eq!(text.parse::<TraceSort>().map(|sort| sort.to_string()).as_deref(), Ok(text));
        }
        assert_eq!(
            "execution_time_ms".parse::<TraceSort>().map(|sort| sort.to_string()).as_deref(),
            Ok("latency_ms:asc")
        );
        for text in ["", "colour", "tags.", "latency_ms:down"] {
            assert!(text.parse::<TraceSort>().is_err(), "{text}");
        }
        assert_eq!(TraceSort::default().to_string(), "time:desc");
    }
}
