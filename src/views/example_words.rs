//! How examples and answers are written in one line, wherever they stand in a list.

use crate::model::Json;
use crate::model::program::Object;
use crate::words;

/// Of a value no more is kept for the screen.
const MOST: usize = 4_000;
/// A line shows so many characters.
const LINE: usize = 200;

/// A value as text: a text without its quotes, everything else as JSON.
pub(super) fn json_text(value: &Json) -> String {
    match value {
        Json::String(text) => cut_text(text, MOST),
        other => cut_text(&other.to_string(), MOST),
    }
}

/// The beginning of a text that is too long.
pub(super) fn cut_text(text: &str, most: usize) -> String {
    match text.len() > most {
        true => format!("{}…", &text[..text.floor_char_boundary(most)]),
        false => text.to_owned(),
    }
}

/// Fields in one line: one alone is shown without its name.
pub(super) fn one_line(fields: &Object) -> String {
    match fields.iter().next() {
        Some((_, value)) if fields.len() == 1 => words::one_line(json_text(value).trim(), LINE).into_owned(),
        _ => named_line(fields),
    }
}

/// Fields in one line, each behind its name.
pub(super) fn named_line(fields: &Object) -> String {
    let named: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {}", json_text(value).trim())).collect();
    words::one_line(&named.join(" · "), LINE).into_owned()
}

/// Fields in one line of at most so many characters, their values alone.
pub(super) fn values_line(fields: &Object, most: usize) -> String {
    let values: Vec<String> = fields.values().map(|value| json_text(value).trim().to_owned()).collect();
    words::one_line(&values.join(" · "), most).into_owned()
}

/// What of an answer stands in place of what was expected; all of it where nothing in it is called so. Where nothing was
/// expected, what bears the name of an input.
pub(super) fn asked(inputs: &Object, expected: &Object, answer: &Object) -> Object {
    let asked_for = if expected.is_empty() { inputs } else { expected };
    let fields = answer.iter().filter(|(name, _)| asked_for.contains_key(*name));
    let asked: Object = fields.map(|(name, it)| (name.clone(), it.clone())).collect();
    if asked.is_empty() { answer.clone() } else { asked }
}

/// An answer in one line: what was asked for. Where several things were expected, the name of one that was answered says
/// which.
pub(super) fn answered(inputs: &Object, expected: &Object, answer: &Object) -> String {
    let asked = asked(inputs, expected, answer);
    if asked.len() == 1 && expected.len() > 1 { named_line(&asked) } else { one_line(&asked) }
}
