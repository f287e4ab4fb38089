//! The fields of a prediction whose `repr` is all that was stored.
//!
//! GEPA evaluates through `bootstrap_trace_data` (DSPy 3.4), which returns a prediction and its
//! trace. MLflow writes such a root's outputs as `["Prediction(\n    answer='42'\n)", [[…]]]`:
//! the prediction is text. What is read back from it is as good as the `repr` was, so whoever
//! shows it says that it was read from one.

use super::program_state::python_string;
use crate::model::program::Object;
use crate::model::{Json, Unmasked};

/// How the `repr` of a prediction begins.
const PREDICTION: &str = "Prediction(";

/// Deeper values stay the text that they were.
const MAX_DEPTH: usize = 64;

/// The fields of the prediction in a root's outputs, where these are its `repr` and its trace;
/// `None` for outputs of any other shape. As text it was masked by shapes alone: now it has keys.
pub fn prediction_of_outputs(outputs: &Json) -> Option<Unmasked<Object>> {
    match outputs.as_array()?.as_slice() {
        [Json::String(text), Json::Array(_)] => prediction_of_text(text),
        _ => None,
    }
}

/// The fields of a prediction of which the `repr` is all that there is, as [`prediction_of_outputs`] reads it.
pub fn prediction_of_text(text: &str) -> Option<Unmasked<Object>> {
    prediction_of_repr(text).map(Unmasked::new)
}

/// The fields of `Prediction(name=value, …)` in order; `None` if the text is no such thing or
/// ends within it. Literals of Python become what JSON has for them, `Name(key=value)` an object
/// of its keys, and what is neither stays the text that it was.
fn prediction_of_repr(text: &str) -> Option<Object> {
    let mut rest = text.trim_start().strip_prefix(PREDICTION)?.trim_start();
    let mut fields = Object::new();
    while !rest.starts_with(')') {
        let (name, after) = identifier(rest)?;
        let (value, after) = value_or_text(after.strip_prefix('=')?)?;
        // What DSPy appends to several completions is no field.
        if !(name == "completions" && after.trim_start().starts_with(')') && is_completions(&value)) {
            fields.insert(name.to_owned(), value);
        }
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some(fields)
}

fn is_completions(value: &Json) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("Completions("))
}

/// `[a-z_][a-z_0-9]*` of any script.
fn identifier(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    name.chars().next().filter(|first| !first.is_numeric()).map(|_| (name, rest))
}

/// A value up to the `,` or `)` that ends it, and what stands from there on.
fn value_or_text(text: &str) -> Option<(Json, &str)> {
    let ends = |rest: &str| rest.trim_start().starts_with([',', ')']);
    if let Some((value, rest)) = value(text, 0).filter(|(_, rest)| ends(rest)) {
        return Some((value, rest));
    }
    let end = end_outside(text).or_else(|| end_by_layout(text))?;
    Some((Json::from(text[..end].trim()), &text[end..]))
}

/// Where a value ends: at the first `,` or closing bracket outside of strings and brackets.
fn end_outside(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        match c {
            '\'' | '"' => {
                let (_, after) = python_string(rest)?;
                at = text.len() - after.len();
                continue;
            }
            '[' | '(' | '{' => depth += 1,
            ',' | ')' if depth == 0 => return Some(at),
            ']' | ')' | '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

/// The same by how DSPy writes fields, for a `repr` with a quote or a bracket of its own.
fn end_by_layout(text: &str) -> Option<usize> {
    let is_next = |at: &usize| {
        let after = identifier(&text[*at + FIELD.len()..]);
        after.is_some_and(|(_, rest)| rest.starts_with('='))
    };
    let next = text.match_indices(FIELD).map(|(at, _)| at).find(is_next);
    next.or_else(|| text.rfind("\n)").map(|at| at + 1))
}

/// What DSPy writes between two fields.
const FIELD: &str = ",\n    ";

/// A literal, a collection of them or a call with keywords; `None` for anything else.
fn value(text: &str, depth: usize) -> Option<(Json, &str)> {
    if depth > MAX_DEPTH {
        return None;
    }
    let text = text.trim_start();
    match text.chars().next()? {
        '\'' | '"' => string(text),
        '[' => items(Vec::new(), text[1..].trim_start(), ']', depth),
        '(' => items(Vec::new(), text[1..].trim_start(), ')', depth),
        '{' => dict(&text[1..], depth),
        c if c.is_ascii_digit() || matches!(c, '-' | '.') => number(text),
        _ => word(text, depth),
    }
}

fn string(text: &str) -> Option<(Json, &str)> {
    let (value, rest) = python_string(text)?;
    Some((Json::String(value), rest))
}

/// A list, a tuple or a set: what was read of it, and what stands from the next item on.
fn items(mut found: Vec<Json>, mut rest: &str, end: char, depth: usize) -> Option<(Json, &str)> {
    loop {
        if let Some(after) = rest.strip_prefix(end) {
            return Some((Json::Array(found), after));
        }
        let (item, after) = value(rest, depth + 1)?;
        found.push(item);
        rest = next(after, end)?;
    }
}

/// A dict without its first bracket, or a set.
fn dict(text: &str, depth: usize) -> Option<(Json, &str)> {
    let mut found = Object::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return Some((Json::Object(found), after));
        }
        let (key, after) = value(rest, depth + 1)?;
        let Some(after) = after.trim_start().strip_prefix(':') else {
            return if found.is_empty() { items(vec![key], next(after, '}')?, '}', depth) } else { None };
        };
        let (value, after) = value(after, depth + 1)?;
        // JSON has no other keys than text; Python's `json` writes them in the same way.
        let key = match key {
            Json::String(text) => text,
            other => other.to_string(),
        };
        found.insert(key, value);
        rest = next(after, '}')?;
    }
}

/// What follows an item: behind its comma, or at the closing bracket.
fn next(text: &str, end: char) -> Option<&str> {
    let text = text.trim_start();
    match text.strip_prefix(',') {
        Some(after) => Some(after.trim_start()),
        None => text.starts_with(end).then_some(text),
    }
}

/// A number that JSON can hold as it is; others stay text.
fn number(text: &str) -> Option<(Json, &str)> {
    if let Some(rest) = text.strip_prefix("-inf") {
        return Some((Json::from("-Infinity"), rest));
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let number = if let Ok(whole) = digits.parse::<i64>() {
        Json::from(whole)
    } else if let Ok(whole) = digits.parse::<u64>() {
        Json::from(whole)
    } else {
        let is_whole = digits.trim_start_matches('-').chars().all(|c| c.is_ascii_digit());
        let real = digits.parse::<f64>().ok().filter(|real| real.is_finite() && !is_whole)?;
        Json::from(real)
    };
    Some((number, rest))
}

/// `None`, `True`, `False`, `nan`, `inf`, `Name(key=value, …)` or `set()`.
fn word(text: &str, depth: usize) -> Option<(Json, &str)> {
    let (name, rest) = identifier(text)?;
    let known = match name {
        "None" => Json::Null,
        "True" => Json::Bool(true),
        "False" => Json::Bool(false),
        "nan" => Json::from("NaN"),
        "inf" => Json::from("Infinity"),
        _ => return call(rest.strip_prefix('(')?, depth),
    };
    Some((known, rest))
}

/// The keywords of a call, behind its bracket; one with anything else in it is not read.
fn call(text: &str, depth: usize) -> Option<(Json, &str)> {
    let mut found = Object::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix(')') {
            // Without any keyword its name is all that it says.
            return (!found.is_empty()).then_some((Json::Object(found), after));
        }
        let (name, after) = identifier(rest)?;
        let (value, after) = value(after.strip_prefix('=')?, depth + 1)?;
        found.insert(name.to_owned(), value);
        rest = next(after, ')')?;
    }
}

#[cfg(test)]
mod tests;
