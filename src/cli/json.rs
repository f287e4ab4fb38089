//! How things of the model look in a JSON document.

use std::io::Write;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::failure::Failure;
use crate::model::{Cached, Entry, Json, LatestMetric, RunStatus, Session, Shown, Tokens, Warning, json};

/// Writes one document on one line.
pub(super) fn write(document: &impl Serialize, out: &mut dyn Write) -> Result<(), Failure> {
    let mut chunks = Chunks { bytes: Vec::with_capacity(2 * CHUNK_BYTES), out };
    serde_json::to_writer(&mut chunks, document)?;
    chunks.write_all(b"\n")?;
    chunks.flush()?;
    Ok(())
}

/// So much of a document is gathered before it is passed on.
const CHUNK_BYTES: usize = 64 << 10;

/// Gathers the million small pieces of a large document, each of which would be a call through
/// `dyn Write` otherwise.
struct Chunks<'a> {
    bytes: Vec<u8>,
    out: &'a mut dyn Write,
}

impl Write for Chunks<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() < CHUNK_BYTES { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

/// A number; NaN and ±infinity as the words that Python writes.
pub(super) struct Real(pub(super) f64);

impl Serialize for Real {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() { serializer.serialize_f64(self.0) } else { json::number(self.0).serialize(serializer) }
    }
}

/// A text, or `{"masked": true}`.
pub(super) struct ShownText<'a>(pub(super) &'a Shown);

impl Serialize for ShownText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Shown::Text(text) => serializer.serialize_str(text),
            masked => masked.to_json().serialize(serializer),
        }
    }
}

/// Params, tags or metadata as an object.
pub(super) struct Entries<'a>(pub(super) &'a [Entry]);

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
pub(super) struct Latest<'a>(pub(super) &'a [LatestMetric]);

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
pub(super) struct Usage {
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
pub(super) struct CachedWord(pub(super) Cached);

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
pub(super) struct SessionIds<'a>(pub(super) &'a Session);

impl Serialize for SessionIds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.ids() {
            [id] => serializer.serialize_str(id),
            ids => serializer.collect_seq(ids.iter().map(|id| &**id)),
        }
    }
}

/// `null` for the empty text that stands for nothing in the model.
pub(super) fn known(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A status word, `null` if there is none.
pub(super) fn status(status: &RunStatus) -> Option<&str> {
    known(status.as_str())
}

/// The warnings at the end of a document.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Warnings(Vec<OneWarning>);

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
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The beginning of a value on one line, for people: a text as it is, anything else as JSON.
/// Long values are not written out to be cut.
pub(super) fn preview(value: &Json, cells: usize) -> String {
    let text = match value {
        Json::String(text) => text.chars().take(cells * 2 + 2).collect(),
        other => {
            let mut begun = Beginning { bytes: Vec::new(), limit: cells * 8 + 8 };
            // It ends with an error as soon as there is enough.
            let _ = serde_json::to_writer(&mut begun, other);
            String::from_utf8_lossy(&begun.bytes).into_owned()
        }
    };
    super::words::cut(&super::words::clean(&text), cells)
}

/// Takes so many bytes and no more.
struct Beginning {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = self.limit - self.bytes.len();
        if room == 0 {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        let taken = room.min(bytes.len());
        self.bytes.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_that_json_lacks() {
        let text = |value: f64| serde_json::to_string(&Real(value)).expect("json");
        assert_eq!(text(f64::NAN), "\"NaN\"");
        assert_eq!(text(f64::INFINITY), "\"Infinity\"");
        assert_eq!(text(f64::NEG_INFINITY), "\"-Infinity\"");
        assert_eq!(text(72.5), "72.5");
    }

    #[test]
    fn previews_are_cut_on_the_way() {
        assert_eq!(preview(&json!("a\nb"), 10), "a b");
        assert_eq!(preview(&json!({"q": "x".repeat(1_000_000)}), 10), "{\"q\":\"xxx…");
        assert_eq!(preview(&json!("x".repeat(1_000_000)), 3), "xx…");
        assert_eq!(preview(&json!(["é".repeat(1000)]), 5), "[\"éé…");
    }
}
