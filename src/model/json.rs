//! The one way from bytes to JSON.
//!
//! Python writes JSON that the standard does not know: `NaN`, `Infinity`, half of a surrogate
//! pair. Nothing is dropped for it: what is no JSON at all stays readable as text, and
//! [`Decoded::marks`] says what had to be mended. The order of keys is kept, and so are
//! numbers to the last digit.

use std::borrow::Cow;

use super::secret::{Reveal, Unmasked};

/// A JSON value with keys in stored order and numbers as they were written.
pub type Json = serde_json::Value;

/// Texts longer than this are not parsed but shown as text.
pub const MAX_BYTES: usize = 256 << 20;

/// What was unusual about a decoded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Marks {
    /// `NaN`, `Infinity` or `-Infinity` stood for a number; they became those words as text.
    pub has_non_finite: bool,
    /// Half of a surrogate pair became U+FFFD.
    pub has_lone_surrogate: bool,
    /// Bytes that are no UTF-8 became U+FFFD.
    pub has_bad_utf8: bool,
    /// It could not be parsed (no JSON, nested too deeply, too long) and is its own text.
    pub is_raw: bool,
}

/// A decoded text and what was unusual about it.
#[derive(Debug, PartialEq)]
pub struct Decoded {
    /// The value; the text itself if it could not be parsed. Where the text was masked before, that was by shapes
    /// alone: only the keys that it shows now tell the rest.
    pub value: Unmasked<Json>,
    /// What had to be mended.
    pub marks: Marks,
}

/// Decodes bytes from a store or a file.
pub fn decode(bytes: &[u8]) -> Decoded {
    let mut marks = Marks::default();
    let text = utf8(bytes, &mut marks);
    if text.len() <= MAX_BYTES {
        if let Ok(value) = serde_json::from_str(&text) {
            return Decoded { value, marks };
        }
        if let Some(mended) = mend(&text, &mut marks)
            && let Ok(value) = serde_json::from_str(&mended)
        {
            return Decoded { value, marks };
        }
    }
    marks = Marks { is_raw: true, has_bad_utf8: marks.has_bad_utf8, ..Marks::default() };
    Decoded { value: Unmasked::new(Json::String(text.into_owned())), marks }
}

impl<T: AsRef<[u8]>> Unmasked<T> {
    /// What it says as JSON.
    pub fn decode(&self) -> Decoded {
        decode(self.as_stored_for_structure().as_ref())
    }
}

impl<T: AsRef<str> + Into<String>> Unmasked<T> {
    /// A text that may be JSON, as it may be shown: what is a secret only where its escapes are read is replaced, too,
    /// since whoever reads the text as JSON gets it.
    pub fn readable_json(self, reveal: Reveal) -> String {
        let decoded = (reveal == Reveal::Masked).then(|| decode(self.as_stored_for_structure().as_ref().as_bytes()));
        let value = decoded.filter(|decoded| !decoded.marks.is_raw).map(|decoded| decoded.value);
        match value.and_then(Unmasked::<Json>::masked_if_secret) {
            Some(masked) => Unmasked::new(masked.to_string()).readable(reveal),
            None => self.readable(reveal),
        }
    }
}

impl Unmasked<Json> {
    /// Decodes a value that MLflow wrapped once more: span attributes are JSON written into a
    /// JSON string (MLflow 2.21 – 3.18). A text that is no JSON stays itself.
    pub fn unwrap_encoded(self) -> Self {
        match self.as_stored_for_structure() {
            Json::String(text) => unwrap_text(text),
            _ => self,
        }
    }
}

/// As [`Unmasked::unwrap_encoded`], of a text that nobody keeps.
pub fn unwrap_text(text: &str) -> Unmasked<Json> {
    match serde_json::from_str(text) {
        Ok(value) if text.len() <= MAX_BYTES => value,
        _ => decode(text.as_bytes()).value,
    }
}

/// Bytes as text; what is no UTF-8 becomes U+FFFD and is marked.
pub fn utf8<'a>(bytes: &'a [u8], marks: &mut Marks) -> Cow<'a, str> {
    let text = String::from_utf8_lossy(bytes);
    marks.has_bad_utf8 |= matches!(text, Cow::Owned(_));
    text
}

/// Replaces what Python writes and the standard forbids; `None` if there is nothing of it.
fn mend(text: &str, marks: &mut Marks) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut kept = 0; // everything before it is in `out`
    let mut replace = |out: &mut String, from: usize, to: usize, by: &str| {
        out.push_str(&text[kept..from]);
        out.push_str(by);
        kept = to;
    };
    let mut at = 0;
    let mut in_string = false;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                let Some(unit) = escaped_unit(bytes, at) else {
                    at += 2;
                    continue;
                };
                at += 6;
                if (0xD800..0xDC00).contains(&unit) {
                    if escaped_unit(bytes, at).is_some_and(|low| (0xDC00..0xE000).contains(&low)) {
                        at += 6;
                        continue;
                    }
                } else if !(0xDC00..0xE000).contains(&unit) {
                    continue;
                }
                replace(&mut out, at - 6, at, "\u{FFFD}");
                marks.has_lone_surrogate = true;
                continue;
            }
            b'N' | b'I' | b'-' if !in_string => {
                let word = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| text[at..].starts_with(word));
                if let Some(word) = word {
                    replace(&mut out, at, at + word.len(), &format!("\"{word}\""));
                    marks.has_non_finite = true;
                    at += word.len();
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if kept == 0 {
        return None;
    }
    out.push_str(&text[kept..]);
    Some(out)
}

/// The UTF-16 unit of a `\uXXXX` at `at`.
fn escaped_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let escape = bytes.get(at..at + 6)?;
    if escape[0] != b'\\' || escape[1] != b'u' {
        return None;
    }
    escape[2..].iter().try_fold(0, |sum, digit| Some(sum * 16 + (*digit as char).to_digit(16)?))
}

/// A number for JSON output: NaN and ±infinity as the words that Python writes, as text.
pub fn number(value: f64) -> Json {
    match serde_json::Number::from_f64(value) {
        Some(number) => Json::Number(number),
        None => Json::from(crate::words::for_programs(value)),
    }
}

/// About how many bytes a value takes.
pub fn bytes_of(value: &Json) -> usize {
    32 + match value {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(bytes_of).sum(),
        Json::Object(map) => map.iter().map(|(key, value)| key.len() + bytes_of(value)).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keeps_order_and_every_digit() {
        let text = r#"{"b": 1.0, "a": 12345678901234567890123, "c": 1e400}"#;
        let decoded = decode(text.as_bytes());
        assert_eq!(
            decoded.value.as_stored_for_structure().to_string(),
            r#"{"b":1.0,"a":12345678901234567890123,"c":1e+400}"#
        );
    }

    #[test]
    fn python_specials_become_words() {
        let decoded = decode(br#"{"a": NaN, "b": [-Infinity, Infinity], "NaN": "NaN \" NaN"}"#);
        assert!(decoded.marks.has_non_finite && !decoded.marks.is_raw);
        assert_eq!(
            *decoded.value.as_stored_for_structure(),
            json!({"a": "NaN", "b": ["-Infinity", "Infinity"], "NaN": "NaN \" NaN"})
        );
    }

    #[test]
    fn half_a_surrogate_pair_is_marked_and_a_whole_one_kept() {
        let decoded = decode(br#"["\ud83e\uddee", "x\ud83ey", "\udde0", "\\ud83e"]"#);
        assert!(decoded.marks.has_lone_surrogate);
        assert_eq!(*decoded.value.as_stored_for_structure(), json!(["🧮", "x\u{FFFD}y", "\u{FFFD}", "\\ud83e"]));
    }

    #[test]
    fn what_is_no_json_stays_text() {
        for text in ["", "hello", "{\"a\": ", "[1,]", "\u{1}", "NaN NaN", "\"\\u12"] {
            let decoded = decode(text.as_bytes());
            assert!(decoded.marks.is_raw, "{text:?}");
            assert_eq!(decoded.value, Unmasked::new(Json::from(text)));
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(decode(deep.as_bytes()).value, Unmasked::new(Json::from(deep)));
        let decoded = decode(b"\"\xff\"");
        assert!(decoded.marks.has_bad_utf8);
        assert_eq!(decoded.value, Unmasked::new(json!("\u{FFFD}")));
    }

    #[test]
    fn attributes_are_decoded_once_more() {
        let unwrap_encoded = |value| Unmasked::new(value).unwrap_encoded().into_stored_to_take_apart();
        assert_eq!(unwrap_encoded(json!("{\"q\": \"x\"}")), json!({"q": "x"}));
        assert_eq!(unwrap_encoded(json!("plain words")), json!("plain words"));
        assert_eq!(unwrap_encoded(json!("\"CHAIN\"")), json!("CHAIN"));
        assert_eq!(unwrap_encoded(json!(7)), json!(7));
    }
}
