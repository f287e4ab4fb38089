//! JSON documents as they are printed.

use std::io::Write;

use serde::Serialize;

use super::failure::Failure;
use crate::model::Json;
pub(super) use crate::query::json::{
    CachedWord, Entries, Latest, Real, SessionIds, ShownText, Usage, Warnings, known, status,
};

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
    fn previews_are_cut_on_the_way() {
        assert_eq!(preview(&json!("a\nb"), 10), "a b");
        assert_eq!(preview(&json!({"q": "x".repeat(1_000_000)}), 10), "{\"q\":\"xxx…");
        assert_eq!(preview(&json!("x".repeat(1_000_000)), 3), "xx…");
        assert_eq!(preview(&json!(["é".repeat(1000)]), 5), "[\"éé…");
    }
}
