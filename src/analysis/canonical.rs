//! One way to write a JSON value, so that equal values look alike and different ones never do:
//! kind, length, content; keys sorted, numbers by what they are and not by how they are written.

use crate::model::Json;
use crate::model::program::Object;

/// The value as bytes that are equal only for equal values.
pub fn bytes(value: &Json) -> Vec<u8> {
    let mut out = Vec::new();
    write_value(value, &mut |part: &[u8]| out.extend_from_slice(part));
    out
}

/// The same of an object.
pub fn object_bytes(object: &Object) -> Vec<u8> {
    let mut out = Vec::new();
    write_entries(object.iter().map(|(key, value)| (&**key, value)), &mut |part: &[u8]| out.extend_from_slice(part));
    out
}

/// Writes a value piece by piece.
pub(super) fn write_value(value: &Json, out: &mut dyn FnMut(&[u8])) {
    match value {
        Json::Null => out(b"z"),
        Json::Bool(true) => out(b"t"),
        Json::Bool(false) => out(b"f"),
        Json::Number(written) => write_text('n', &number(&written.to_string()), out),
        Json::String(text) => write_text('s', text, out),
        Json::Array(items) => {
            write_count('a', items.len(), out);
            for item in items {
                write_value(item, out);
            }
        }
        Json::Object(map) => write_entries(map.iter().map(|(key, value)| (&**key, value)), out),
    }
}

/// Writes an object, of which something may have been left out.
pub(super) fn write_entries<'a>(entries: impl Iterator<Item = (&'a str, &'a Json)>, out: &mut dyn FnMut(&[u8])) {
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|a, b| a.0.cmp(b.0));
    write_count('o', entries.len(), out);
    for (key, value) in entries {
        write_text('k', key, out);
        write_value(value, out);
    }
}

/// How many follow.
pub(super) fn write_count(kind: char, count: usize, out: &mut dyn FnMut(&[u8])) {
    out(format!("{kind}{count}:").as_bytes());
}

/// A text after its length.
pub(super) fn write_text(kind: char, text: &str, out: &mut dyn FnMut(&[u8])) {
    write_count(kind, text.len(), out);
    out(text.as_bytes());
}

/// The one way to write a number, exact to the last digit: `-12e-3` for `-0.0120`.
fn number(text: &str) -> String {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return "0".to_owned();
    }
    let shift = (digits.len() - significant.len()) as i64 - fraction.len() as i64;
    match exponent.parse::<i64>().ok().and_then(|exponent| exponent.checked_add(shift)) {
        Some(exponent) => format!("{sign}{significant}e{exponent}"),
        // No real number is written so.
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_have_one_form() {
        for (written, wanted) in [
            ("1", "1e0"),
            ("1.0", "1e0"),
            ("1e0", "1e0"),
            ("10E-1", "1e0"),
            ("1e+2", "1e2"),
            ("-0.0120", "-12e-3"),
            ("0", "0"),
            ("-0.0", "0"),
            ("0e7", "0"),
            ("1000", "1e3"),
            ("12345678901234567890123", "12345678901234567890123e0"),
            ("1e99999999999999999999", "1e99999999999999999999"),
        ] {
            assert_eq!(number(written), wanted, "{written}");
        }
    }

    #[test]
    fn values_that_look_alike_when_joined_differ() {
        assert_ne!(bytes(&json!(["ab", "c"])), bytes(&json!(["a", "bc"])));
        assert_ne!(bytes(&json!(["a", []])), bytes(&json!(["a"])));
        assert_ne!(bytes(&json!({"a": {"b": 1}})), bytes(&json!({"a": "b", "1": null})));
        assert_ne!(bytes(&json!(1)), bytes(&json!("1")));
        assert_eq!(bytes(&json!({"a": 1, "b": [2.0]})), bytes(&json!({"b": [2], "a": 1.0})));
    }
}
