//! How things of the model look in a JSON document.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::model::{Cached, Entry, LatestMetric, RunStatus, Session, Shown, Tokens, Warning, json};

/// A number; NaN and ±infinity as the words that Python writes.
pub(crate) struct Real(pub(crate) f64);

impl Serialize for Real {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() { serializer.serialize_f64(self.0) } else { json::number(self.0).serialize(serializer) }
    }
}

/// A text, or `{"masked": true}`.
pub(crate) struct ShownText<'a>(pub(crate) &'a Shown);

impl Serialize for ShownText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Shown::Text(text) => serializer.serialize_str(text),
            masked => masked.to_json().serialize(serializer),
        }
    }
}

/// Params, tags or metadata as an object.
pub(crate) struct Entries<'a>(pub(crate) &'a [Entry]);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for entry in self.0 {
            map.serialize_entry(&*entry.key, &ShownText(&entry.value))?;
        }
        map.end()
    }
}

/// The latest values of metrics as an object.
pub(crate) struct Latest<'a>(pub(crate) &'a [LatestMetric]);

impl Serialize for Latest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for metric in self.0 {
            map.serialize_entry(&*metric.key, &Real(metric.point.value))?;
        }
        map.end()
    }
}

/// Token usage.
#[derive(Serialize)]
pub(crate) struct Usage {
    input: Option<u64>,
    output: Option<u64>,
    total: Option<u64>,
}

impl From<Tokens> for Usage {
    fn from(tokens: Tokens) -> Self {
        Self { input: tokens.input, output: tokens.output, total: tokens.total }
    }
}

/// Whether answers came from a cache: `true` (likely), `false`, or `"partly"`.
pub(crate) struct CachedWord(pub(crate) Cached);

impl Serialize for CachedWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cached::No => serializer.serialize_bool(false),
            Cached::Likely => serializer.serialize_bool(true),
            Cached::Partly => serializer.serialize_str("partly"),
        }
    }
}

/// A session: a text, or a list of texts where there are several ids.
pub(crate) struct SessionIds<'a>(pub(crate) &'a Session);

impl Serialize for SessionIds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.ids() {
            [id] => serializer.serialize_str(id),
            ids => serializer.collect_seq(ids.iter().map(|id| &**id)),
        }
    }
}

/// `null` for the empty text that stands for nothing in the model.
pub(crate) fn known(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A status word, `null` if there is none.
pub(crate) fn status(status: &RunStatus) -> Option<&str> {
    known(status.as_str())
}

/// The warnings at the end of a document.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Warnings(Vec<OneWarning>);

#[derive(Serialize)]
struct OneWarning {
    r#where: String,
    what: String,
}

impl From<Vec<Warning>> for Warnings {
    fn from(warnings: Vec<Warning>) -> Self {
        Self(warnings.into_iter().map(|warning| OneWarning { r#where: warning.place, what: warning.what }).collect())
    }
}

impl Warnings {
    /// For `skip_serializing_if`.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_lacks() {
        let text = |value: f64| serde_json::to_string(&Real(value)).expect("json");
        assert_eq!(text(f64::NAN), "\"NaN\"");
        assert_eq!(text(f64::INFINITY), "\"Infinity\"");
        assert_eq!(text(f64::NEG_INFINITY), "\"-Infinity\"");
        assert_eq!(text(72.5), "72.5");
    }
}
