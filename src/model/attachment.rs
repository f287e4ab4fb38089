//! Attachments: what MLflow (≥ 3.18) takes out of a span's texts and keeps as a file of the trace.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::Json;
use super::mlflow::trace::ATTACHMENTS;

/// How such a text begins: `mlflow-attachment://<id>?content_type=image%2Fpng&trace_id=tr-…&size=78`.
const SCHEME: &str = "mlflow-attachment://";

/// Looks for it; made once, since it is asked for each text of each span.
static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(SCHEME));

/// No more are looked for in one span.
const MOST: usize = 10_000;

/// An image, sound or file that a span names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attachment {
    /// The name of its file.
    pub id: String,
    /// Its type, for instance `image/png`; empty if the address does not say.
    pub content_type: String,
    /// Its size in bytes, as the address says.
    pub size: Option<u64>,
}

impl Attachment {
    /// Where its bytes are, below the trace's artifacts.
    pub fn path(&self) -> String {
        format!("{ATTACHMENTS}{}", self.id)
    }

    /// What it is, in words: `image/png`.
    pub fn kind(&self) -> &str {
        if self.content_type.is_empty() { "file" } else { &self.content_type }
    }
}

/// The attachments that a text names, each once, in the order in which they stand. The text may be
/// JSON, or JSON inside of JSON.
pub fn find(text: &str) -> Vec<Attachment> {
    let mut found: Vec<Attachment> = Vec::new();
    // Texts are megabytes long, and hardly one names any.
    for at in FINDER.find_iter(text.as_bytes()) {
        let address = &text[at + SCHEME.len()..];
        // An ampersand may be escaped; nothing else of an address is.
        let end = |c: char| c == '"' || c == '\'' || c == '<' || c == ')' || c.is_whitespace() || c.is_control();
        let address = &address[..address.find(end).unwrap_or(address.len()).min(address.floor_char_boundary(2_000))];
        let address = address.replace("\\u0026", "&").replace("&amp;", "&");
        let address = address.split('\\').next().unwrap_or_default();
        let (id, query) = address.split_once('?').unwrap_or((address, ""));
        // It becomes a path: nothing but the letters of an id.
        if id.is_empty() || id.len() > 100 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            continue;
        }
        if found.iter().any(|known| known.id == id) {
            continue;
        }
        let value = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
        found.push(Attachment {
            id: id.to_owned(),
            content_type: value("content_type").map(decoded).unwrap_or_default(),
            size: value("size").and_then(|size| size.parse().ok()),
        });
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// The attachments that the texts within some values name, each once, sorted.
pub fn find_in<'v>(values: impl IntoIterator<Item = &'v Json>) -> Vec<Attachment> {
    fn visit(value: &Json, found: &mut Vec<Attachment>) {
        match value {
            Json::String(text) if text.len() > SCHEME.len() => found.extend(find(text)),
            Json::Array(items) => items.iter().for_each(|item| visit(item, found)),
            Json::Object(map) => map.values().for_each(|item| visit(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    values.into_iter().for_each(|value| visit(value, &mut found));
    found.sort();
    found.dedup();
    found
}

/// Undoes percent encoding; what is no text then stays as it is.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), |text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_json_and_in_json_within_it() {
        let address = "mlflow-attachment://13182ade-8a1a-45ff?content_type=image%2Fpng&trace_id=tr-3&size=78";
        let wanted = Attachment { id: "13182ade-8a1a-45ff".into(), content_type: "image/png".into(), size: Some(78) };
        let once = serde_json::json!({"url": address, "again": address}).to_string();
        let twice = serde_json::json!({ "a": once }).to_string();
        for text in [address, &*once, &*twice, &*twice.replace('&', "\\u0026")] {
            assert_eq!(find(text), std::slice::from_ref(&wanted), "{text}");
        }
        assert_eq!(wanted.path(), "attachments/13182ade-8a1a-45ff");
        assert_eq!(find("mlflow-attachment://ab").first().map(|one| one.kind().to_owned()).as_deref(), Some("file"));
    }

    #[test]
    fn no_address_leads_out_of_the_folder() {
        for hostile in
            ["mlflow-attachment://../../etc/passwd", "mlflow-attachment://", "mlflow-attachment://a/b?size=1"]
        {
            assert_eq!(find(hostile), [], "{hostile}");
        }
    }
}
