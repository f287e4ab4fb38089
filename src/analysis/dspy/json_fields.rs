//! The fields of an answer in JSON, read by its letters: models leave brackets open, put it into a fence or add words,
//! and each value is to be found in the text again.

use std::collections::HashSet;
use std::ops::Range;

use super::cuts::Cut;
use super::field::{Field, field};
use super::message::{PartKind, Reading};

/// The fields of the first object in a text, as far as it can be read.
pub(super) fn cuts(text: &str, fields: &[Field]) -> Vec<Cut> {
    let Some(open) = memchr::memchr(b'{', text.as_bytes()) else { return Vec::new() };
    let mut cuts = Vec::new();
    let mut seen: HashSet<Range<usize>> = HashSet::new();
    let mut names: HashSet<std::sync::Arc<str>> = HashSet::new();
    let mut at = open + 1;
    let mut end = None;
    while let Some(entry) = entry(text, at) {
        let name = text.get(entry.key.clone()).and_then(|key| serde_json::from_str::<String>(key).ok());
        let known = name.and_then(|name| field(fields, &name)).filter(|field| names.insert(field.name.clone()));
        if let Some(known) = known.filter(|_| seen.insert(entry.key.clone())) {
            cuts.push(Cut::of_field(known, entry.key.start..entry.end, entry.value.clone(), Reading::Json));
        }
        at = entry.end;
        if !entry.goes_on {
            end = memchr::memchr(b'}', text.get(at..).unwrap_or_default().as_bytes()).map(|close| at + close);
            break;
        }
    }
    let Some(first) = cuts.first().map(|cut| cut.text.start) else { return Vec::new() };
    let begin = Cut::plain(text, open..first.min(open + 1), PartKind::Format);
    cuts.insert(0, begin);
    cuts.extend(end.map(|end| Cut::plain(text, end..end + 1, PartKind::Format)));
    cuts
}

/// A key with its value.
struct Entry {
    /// With its quotes.
    key: Range<usize>,
    value: Range<usize>,
    /// Behind the comma, if there is one.
    end: usize,
    goes_on: bool,
}

/// The entry that begins at `at`; `None` if there is none.
fn entry(text: &str, at: usize) -> Option<Entry> {
    let bytes = text.as_bytes();
    let key_start = blanks(bytes, at);
    let key = key_start..string(bytes, key_start)?;
    let colon = blanks(bytes, key.end);
    if bytes.get(colon) != Some(&b':') {
        return None;
    }
    let start = blanks(bytes, colon + 1);
    let value = start..any_value(bytes, start);
    let behind = blanks(bytes, value.end);
    let goes_on = bytes.get(behind) == Some(&b',');
    let end = if goes_on { behind + 1 } else { value.end };
    (value.end > value.start).then_some(Entry { key, value, end, goes_on })
}

fn blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// Behind the closing quote of the string that begins here.
fn string(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            _ => return Some(at + 1),
        }
    }
}

/// Behind the value that begins here; of one that does not end, the end of the text.
fn any_value(bytes: &[u8], start: usize) -> usize {
    if bytes.get(start) == Some(&b'"') {
        return string(bytes, start).unwrap_or(bytes.len());
    }
    let (mut at, mut depth) = (start, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => match string(bytes, at) {
                Some(end) => {
                    at = end;
                    continue;
                }
                None => return bytes.len(),
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return trimmed_end(bytes, start, at),
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return trimmed_end(bytes, start, at),
            _ => {}
        }
        at += 1;
    }
    trimmed_end(bytes, start, bytes.len())
}

fn trimmed_end(bytes: &[u8], start: usize, mut end: usize) -> usize {
    while end > start && bytes.get(end - 1).is_some_and(u8::is_ascii_whitespace) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::super::adapter::AdapterKind;
    use super::super::answers::tests::read;

    #[test]
    fn an_object_is_read_wherever_it_stands() {
        let text = "Sure:\n```json\n{\"a\": \"x \\\"} , é\", \"n\": {\"b\": [1, \"}\"]},\n \"z\": 7, \"b\": null}\n```";
        let wanted = ["text=Sure:\n```json", "format={", "field a=x \"} , é", "field n={\"b\": [1, \"}\"]}"];
        let read_all = read(text, AdapterKind::Json, &["a", "b", "n"]);
        assert_eq!(read_all[..4], wanted);
        assert_eq!(read_all[4..], ["text=\"z\": 7,", "field b=null", "format=}", "text=```"]);
        assert_eq!(read("{\"a\": 1}", AdapterKind::Baml, &[])[1], "field a=1");
    }

    #[test]
    fn what_breaks_off_is_kept() {
        assert_eq!(read("{\"a\": \"on and", AdapterKind::Json, &["a"]), ["format={", "field a=\"on and"]);
        assert_eq!(read("{\"a\": [1, \"x", AdapterKind::Json, &["a"]), ["format={", "field a=[1, \"x"]);
        assert_eq!(read("{\"a\": 1, oh", AdapterKind::Json, &["a"]), ["format={", "field a=1", "text=oh"]);
        for text in ["", "{", "{}", "{\"a\"", "{\"a\":", "{\"a\": }", "no", "{\"b\": 1}", "[1, 2]", "{\"a\\"] {
            assert!(read(text, AdapterKind::Json, &["a"]).iter().all(|part| part.starts_with("text=")), "{text}");
        }
    }
}
