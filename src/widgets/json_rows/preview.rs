//! The beginning of a value on one line.

use crate::words;
use serde_json::Value;

/// A preview of what is folded is never longer than this.
pub(super) const PREVIEW_MOST: usize = 100;

/// Whether a value is what stands in the place of a secret.
pub(super) fn is_masked(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.len() == 1 && map.get("masked") == Some(&Value::Bool(true)))
}

/// The beginning of a container on one line.
pub(super) fn preview_of(value: &Value) -> Box<str> {
    let mut out = String::new();
    push_preview(&mut out, value, 2);
    match words::one_line(&out, PREVIEW_MOST) {
        std::borrow::Cow::Borrowed(_) => out.into(),
        std::borrow::Cow::Owned(cut) => cut.into(),
    }
}

fn push_preview(out: &mut String, value: &Value, depth: usize) {
    let is_full = |out: &String| out.len() > PREVIEW_MOST;
    match value {
        _ if is_masked(value) => out.push_str("masked"),
        Value::String(text) => {
            out.push('"');
            out.push_str(&text[..text.floor_char_boundary(PREVIEW_MOST)]);
            out.push('"');
        }
        Value::Array(items) if depth > 0 => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if is_full(out) {
                    break;
                }
                out.push_str(if index > 0 { ", " } else { "" });
                push_preview(out, item, depth - 1);
            }
            out.push(']');
        }
        Value::Object(map) if depth > 0 => {
            out.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                if is_full(out) {
                    break;
                }
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&key[..key.floor_char_boundary(PREVIEW_MOST)]);
                out.push_str(": ");
                push_preview(out, value, depth - 1);
            }
            out.push('}');
        }
        Value::Array(items) => out.push_str(if items.is_empty() { "[]" } else { "[…]" }),
        Value::Object(map) => out.push_str(if map.is_empty() { "{}" } else { "{…}" }),
        other => out.push_str(&other.to_string()),
    }
}
