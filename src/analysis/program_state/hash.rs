//! One text for what a program does.
//!
//! Left out is what does not change its answers: `metadata`, and the `traces` and `train` of
//! each predictor. The order of keys does not matter, nor how a number is written (`1`, `1.0`,
//! `1e0`). Everything else does, down to the order of demos. Secrets are part of it, since
//! masking them first would make two programs equal that are not.

use sha2::{Digest, Sha256};

use super::{HISTORY, METADATA, SELF, is_bare};
use crate::model::program::Object;
use crate::model::{Json, StateHash};

/// Begins every hash, so that a later way of counting gives none of today's.
const WAY: &str = "dspyglass program state 1\n";

/// The hash of a whole state; `None` if it names nothing at all, and so tells no program from
/// another.
pub(super) fn program(document: &Object) -> Option<StateHash> {
    let mut sum = Sum::new();
    if is_bare(document) {
        let body = document.iter().filter(|(key, _)| *key != METADATA && !HISTORY.contains(&key.as_str()));
        sum.object([("", Part::Object(body.map(|(key, value)| (&**key, value)).collect()))]);
        return Some(sum.finish());
    }
    let parts: Vec<(&str, Part<'_>)> = document
        .iter()
        .filter(|(key, _)| *key != METADATA)
        .map(|(key, value)| (if key == SELF { "" } else { key }, part(value)))
        .collect();
    if parts.is_empty() {
        return None;
    }
    sum.object(parts);
    Some(sum.finish())
}

/// The hash of one predictor.
pub(super) fn predictor(body: &Object) -> StateHash {
    let mut sum = Sum::new();
    let kept = body.iter().filter(|(key, _)| *key != METADATA && !HISTORY.contains(&key.as_str()));
    sum.object([("", Part::Object(kept.map(|(key, value)| (&**key, value)).collect()))]);
    sum.finish()
}

/// A value, or an object of which something was left out.
enum Part<'a> {
    Whole(&'a Json),
    Object(Vec<(&'a str, &'a Json)>),
}

fn part(value: &Json) -> Part<'_> {
    match value.as_object() {
        Some(body) => Part::Object(
            body.iter()
                .filter(|(key, _)| !HISTORY.contains(&key.as_str()))
                .map(|(key, value)| (&**key, value))
                .collect(),
        ),
        None => Part::Whole(value),
    }
}

/// Writes values so that different ones never look alike: kind, length, content.
struct Sum(Sha256);

impl Sum {
    fn new() -> Self {
        Self(Sha256::new_with_prefix(WAY))
    }

    fn finish(self) -> StateHash {
        let bytes = self.0.finalize();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
    }

    fn text(&mut self, kind: char, text: &str) {
        self.0.update(format!("{kind}{}:", text.len()));
        self.0.update(text);
    }

    fn object<'a>(&mut self, parts: impl IntoIterator<Item = (&'a str, Part<'a>)>) {
        let mut parts: Vec<_> = parts.into_iter().collect();
        parts.sort_by(|a, b| a.0.cmp(b.0));
        self.0.update(format!("o{}:", parts.len()));
        for (key, part) in parts {
            self.text('k', key);
            match part {
                Part::Whole(value) => self.value(value),
                Part::Object(entries) => self.entries(entries),
            }
        }
    }

    fn entries(&mut self, mut entries: Vec<(&str, &Json)>) {
        entries.sort_by(|a, b| a.0.cmp(b.0));
        self.0.update(format!("o{}:", entries.len()));
        for (key, value) in entries {
            self.text('k', key);
            self.value(value);
        }
    }

    fn value(&mut self, value: &Json) {
        match value {
            Json::Null => self.0.update("z"),
            Json::Bool(true) => self.0.update("t"),
            Json::Bool(false) => self.0.update("f"),
            Json::Number(number) => self.text('n', &canonical_number(&number.to_string())),
            Json::String(text) => self.text('s', text),
            Json::Array(items) => {
                self.0.update(format!("a{}:", items.len()));
                for item in items {
                    self.value(item);
                }
            }
            Json::Object(map) => self.entries(map.iter().map(|(key, value)| (&**key, value)).collect()),
        }
    }
}

/// The one way to write a number, exact to the last digit: `-12e-3` for `-0.0120`.
fn canonical_number(text: &str) -> String {
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

    fn hash(document: &str) -> Option<StateHash> {
        let document: Json = serde_json::from_str(document).expect("json");
        program(document.as_object().expect("an object"))
    }

    #[test]
    fn numbers_have_one_form() {
        for (written, wanted) in [
            ("1", "1e0"),
            ("1.0", "1e0"),
            ("1e0", "1e0"),
            ("10E-1", "1e0"),
            ("-0.0120", "-12e-3"),
            ("0", "0"),
            ("-0.0", "0"),
            ("0e7", "0"),
            ("1000", "1e3"),
            ("12345678901234567890123", "12345678901234567890123e0"),
            ("1e99999999999999999999", "1e99999999999999999999"),
        ] {
            assert_eq!(canonical_number(written), wanted, "{written}");
        }
    }

    #[test]
    fn only_what_the_program_does_counts() {
        let one = hash(r#"{"p": {"demos": [], "traces": [], "train": [], "lm": {"n": 1.0}}, "metadata": {"v": 1}}"#);
        assert!(one.is_some());
        for same in [
            r#"{"p": {"lm": {"n": 1}, "demos": []}}"#,
            r#"{"metadata": 7, "p": {"train": [1], "traces": [{"a": 2}], "demos": [], "lm": {"n": 10e-1}}}"#,
        ] {
            assert_eq!(hash(same), one, "{same}");
        }
        for other in [
            r#"{"q": {"lm": {"n": 1}, "demos": []}}"#,
            r#"{"p": {"lm": {"n": "1"}, "demos": []}}"#,
            r#"{"p": {"lm": {"n": 1}, "demos": [[]]}}"#,
            r#"{"p": {"lm": {"n": 1}, "demos": []}, "more": 1}"#,
            r#"{"p": {"lm": {"n": 1}, "demos": [], "x": null}}"#,
        ] {
            assert_ne!(hash(other), one, "{other}");
        }
        assert_eq!(hash("{}"), None);
        assert_eq!(hash(r#"{"metadata": {}}"#), None);
    }

    #[test]
    fn a_bare_predictor_is_the_one_that_older_versions_call_self() {
        let bare = hash(r#"{"demos": [], "signature": {"instructions": "x", "fields": []}, "lm": null, "train": [3]}"#);
        let named = hash(r#"{"self": {"demos": [], "signature": {"instructions": "x", "fields": []}, "lm": null}}"#);
        assert_eq!(bare, named);
    }

    #[test]
    fn values_that_look_alike_when_joined_differ() {
        let of = |value: Json| hash(&json!({"p": {"x": value}}).to_string());
        assert_ne!(of(json!(["ab", "c"])), of(json!(["a", "bc"])));
        assert_ne!(of(json!(["a", []])), of(json!(["a"])));
        assert_ne!(of(json!({"a": {"b": 1}})), of(json!({"a": "b", "1": null})));
    }
}
