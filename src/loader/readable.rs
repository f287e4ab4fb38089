//! JSON for reading: keys on lines of their own, texts with their real line breaks, nothing quoted
//! that need not be. What is copied is JSON; this is what is looked at.

use std::ops::Range;

use crate::model::Json;

/// Deeper than this, values are written as JSON on one line.
const MAX_DEPTH: usize = 24;
/// Lists and objects that fit into this many characters stay on one line.
const ONE_LINE: usize = 72;

/// A text for reading, and which bytes of it are keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readable {
    /// The text.
    pub text: String,
    /// The keys, in order.
    pub keys: Vec<Range<usize>>,
}

/// Writes `value` for reading.
pub fn readable(value: &Json) -> Readable {
    let mut out = Readable::default();
    // Growing by doubling would hold a long text three times over.
    out.text.reserve_exact(longest(value) + 4096);
    write(&mut out, value, 0);
    out.text.truncate(out.text.trim_end_matches('\n').len());
    out
}

/// The length of the longest text inside.
fn longest(value: &Json) -> usize {
    match value {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(longest).max().unwrap_or(0),
        Json::Object(map) => map.values().map(longest).max().unwrap_or(0),
        _ => 0,
    }
}

fn write(out: &mut Readable, value: &Json, depth: usize) {
    match value {
        Json::Object(map) if !map.is_empty() && depth < MAX_DEPTH => {
            for (key, item) in map {
                entry(out, key, item, depth);
            }
        }
        Json::Array(items) if !items.is_empty() && depth < MAX_DEPTH => {
            if let Some(short) = short(value) {
                line(out, depth, &short);
                return;
            }
            if let [Json::String(text)] = items.as_slice() {
                block(out, text, depth);
                return;
            }
            if items.iter().all(|item| message(item).is_some()) {
                messages(out, items, depth.saturating_sub(1));
                return;
            }
            for (index, item) in items.iter().enumerate() {
                entry(out, &format!("{}", index + 1), item, depth);
            }
        }
        Json::String(text) => block(out, text, depth),
        other => line(out, depth, &other.to_string()),
    }
}

/// Role and text of a chat message that holds nothing else.
fn message(item: &Json) -> Option<(&str, &str)> {
    let map = item.as_object().filter(|map| map.len() == 2)?;
    Some((map.get("role")?.as_str()?, map.get("content")?.as_str()?))
}

/// A conversation: each role as a key, its text below it.
fn messages(out: &mut Readable, items: &[Json], depth: usize) {
    for (role, text) in items.iter().filter_map(message) {
        if !out.text.is_empty() && !out.text.ends_with("\n\n") {
            out.text.push('\n');
        }
        push_key(out, depth, role);
        out.text.push('\n');
        block(out, text, depth + 1);
    }
}

fn entry(out: &mut Readable, key: &str, item: &Json, depth: usize) {
    let key = key.replace(['\n', '\r'], " ");
    let inline = match item {
        Json::String(text) if text.is_empty() => Some("\"\"".to_owned()),
        Json::String(text) if text.len() <= ONE_LINE && !text.contains('\n') => Some(text.clone()),
        Json::String(_) => None,
        other => short(other),
    };
    match inline {
        Some(text) => {
            push_key(out, depth, &key);
            out.text.push_str("  ");
            out.text.push_str(&text);
            out.text.push('\n');
        }
        None => {
            // A longer text stands apart from what is before it.
            if !out.text.is_empty() && !out.text.ends_with("\n\n") {
                out.text.push('\n');
            }
            push_key(out, depth, &key);
            out.text.push('\n');
            write(out, item, depth + 1);
            if depth == 0 && !out.text.ends_with("\n\n") {
                out.text.push('\n');
            }
        }
    }
}

/// The value on one line, if it is no text, short, and holds no text with line breaks.
fn short(value: &Json) -> Option<String> {
    let is_flat = |item: &Json| match item {
        Json::String(text) => text.len() <= ONE_LINE && !text.contains('\n'),
        Json::Array(items) => items.is_empty(),
        Json::Object(map) => map.is_empty() || map.get("masked") == Some(&Json::Bool(true)),
        _ => true,
    };
    match value {
        Json::Object(map) if map.len() == 1 && map.get("masked") == Some(&Json::Bool(true)) => {
            return Some(crate::model::secret::MASK.to_owned());
        }
        Json::Object(map) if !map.is_empty() => return None,
        Json::Array(items) if items.len() > 16 || !items.iter().all(is_flat) => return None,
        _ => {}
    }
    let text = value.to_string();
    (text.len() <= ONE_LINE).then_some(text)
}

fn line(out: &mut Readable, depth: usize, text: &str) {
    indent(out, depth);
    out.text.push_str(text);
    out.text.push('\n');
}

fn indent(out: &mut Readable, depth: usize) {
    for _ in 0..depth {
        out.text.push_str("    ");
    }
}

fn push_key(out: &mut Readable, depth: usize, key: &str) {
    indent(out, depth);
    let start = out.text.len();
    out.text.push_str(key);
    out.keys.push(start..out.text.len());
}

/// A text stands below its key, no further to the right.
fn block(out: &mut Readable, text: &str, depth: usize) {
    let depth = depth.saturating_sub(1);
    if text.is_empty() {
        line(out, depth, "\"\"");
    }
    for part in text.lines() {
        line(out, depth, part);
    }
}

#[cfg(test)]
mod tests {
    use super::readable;
    use serde_json::json;

    #[test]
    fn texts_keep_their_lines_and_lists_their_order() {
        let value = json!({"question": "What?", "n": 3, "demos": [], "plan": ["a", "b"],
            "messages": [{"role": "user", "content": "one\ntwo"}], "api_key": {"masked": true}, "none": null});
        let wanted = concat!(
            "question  What?\nn  3\ndemos  []\nplan  [\"a\",\"b\"]\n\nmessages\n\nuser\none\ntwo\n\n",
            "api_key  ‹masked›\nnone  null",
        );
        let made = readable(&value);
        assert_eq!(made.text, wanted);
        let keys: Vec<&str> = made.keys.iter().map(|range| &made.text[range.clone()]).collect();
        assert_eq!(keys, ["question", "n", "demos", "plan", "messages", "user", "api_key", "none"]);
        assert_eq!(readable(&json!("plain\ntext")).text, "plain\ntext");
        assert_eq!(readable(&json!(null)).text, "null");
        assert_eq!(readable(&json!({})).text, "{}");
        assert_eq!(readable(&json!(["one\ntwo"])).text, "one\ntwo");
    }

    #[test]
    fn depth_ends_somewhere() {
        let mut value = json!("end".repeat(100));
        for _ in 0..100 {
            value = json!([value]);
        }
        assert!(readable(&value).text.lines().all(|line| line.len() < 1_000));
    }
}
