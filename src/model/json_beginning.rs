//! The beginning of a JSON text that is too long to be read at once.

use super::Json;
use super::json::decode;
use super::secret::Unmasked;

/// What the beginning of a JSON text says: a text that is cut stays cut, what is open is closed,
/// and a number or a key that may go on is left out. `None` if nothing can be told yet.
pub fn decode_beginning(text: &str) -> Option<Unmasked<Json>> {
    decode_cut(text).map(|(value, _)| value)
}

/// The same, and within how many brackets and texts it ends.
pub fn decode_cut(text: &str) -> Option<(Unmasked<Json>, usize)> {
    let mut cut = Cut::default();
    cut.read(text.as_bytes());
    let decoded = decode(cut.closed(text)?.as_bytes());
    let depth = cut.open.len() + usize::from(cut.open_text.is_some());
    (!decoded.marks.is_raw).then_some((decoded.value, depth))
}

/// How far a text can be trusted, and what is open there.
#[derive(Default)]
struct Cut {
    /// Opened and not closed, outermost first.
    open: Vec<u8>,
    /// Everything before it is whole values, commas and opened brackets.
    whole: usize,
    /// A value's text is open; everything of it before this byte is whole characters.
    open_text: Option<usize>,
}

impl Cut {
    fn read(&mut self, bytes: &[u8]) {
        let mut at = 0;
        let mut awaits_key = false;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' | b'[' => {
                    self.open.push(*byte);
                    self.whole = at;
                    awaits_key = *byte == b'{';
                }
                b'}' | b']' => {
                    self.open.pop();
                    self.whole = at;
                }
                // A number or a word before it has ended.
                b',' => {
                    self.whole = at - 1;
                    awaits_key = self.open.last() == Some(&b'{');
                }
                b':' => awaits_key = false,
                b'"' => {
                    let text = text_end(bytes, at);
                    match text {
                        Ok(end) => at = end,
                        Err(whole) => {
                            self.open_text = (!awaits_key).then_some(whole);
                            return;
                        }
                    }
                    if !awaits_key {
                        self.whole = at;
                    }
                }
                _ => {}
            }
        }
    }

    fn closed(&self, text: &str) -> Option<String> {
        let end = self.open_text.unwrap_or(self.whole);
        let mut closed = text.get(..text.floor_char_boundary(end))?.to_owned();
        if self.open_text.is_some() {
            closed.push('"');
        }
        closed.extend(self.open.iter().rev().map(|bracket| if *bracket == b'{' { '}' } else { ']' }));
        (!closed.is_empty()).then_some(closed)
    }
}

/// Behind the closing quote of a text that begins at `at`; else how far it is whole.
fn text_end(bytes: &[u8], mut at: usize) -> Result<usize, usize> {
    let mut whole = at;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Ok(at + 1),
            b'\\' => {
                let unit = bytes.get(at + 1) == Some(&b'u');
                let next = at + if unit { 6 } else { 2 };
                if next > bytes.len() {
                    return Err(whole);
                }
                // The first half of a pair waits for the second.
                let is_first_half = unit
                    && matches!(
                        bytes.get(at + 2..at + 4),
                        Some([b'd' | b'D', b'8'..=b'9' | b'a' | b'b' | b'A' | b'B'])
                    );
                at = next;
                if !is_first_half || bytes.len() > at + 5 {
                    whole = at;
                }
            }
            _ => {
                at += 1;
                whole = at;
            }
        }
    }
    Err(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_open_is_closed_and_what_may_go_on_is_left_out() {
        let cases = [
            (r#"{"a": "one two"#, json!({"a": "one two"})),
            (r#"{"a": 1, "b": [true, {"c": "x\u00"#, json!({"a": 1, "b": [true, {"c": "x"}]})),
            (r#"{"a": 1, "b"#, json!({"a": 1})),
            (r#"{"a": 1, "b": 12"#, json!({"a": 1})),
            (r#"{"a": "x\"#, json!({"a": "x"})),
            (r#"{"a": "x\ud83e"#, json!({"a": "x"})),
            (r#"["#, json!([])),
            (r#"["a","#, json!(["a"])),
            (r#"{"a": {}"#, json!({"a": {}})),
            (r#""only a text"#, json!("only a text")),
        ];
        for (text, wanted) in cases {
            assert_eq!(decode_beginning(text), Some(Unmasked::new(wanted)), "{text}");
        }
        assert_eq!(decode_beginning(""), None);
        assert_eq!(decode_beginning("12"), None);
    }

    #[test]
    fn every_beginning_of_a_text_says_something_or_nothing() {
        let text = r#"{"name": "佐藤 \ud83e\uddee", "list": [1, -2.5e3, null, "a\"b\\"], "in": "{\"q\": \"x\\n\"}", "n": {"m": []}}"#;
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let made = decode_beginning(&text[..end]);
            let is_object = made.is_some_and(|made| made.as_stored_for_structure().is_object());
            assert!(end == 0 || is_object, "{}", &text[..end]);
        }
        assert_eq!(decode_beginning(text), serde_json::from_str(text).ok());
    }
}
