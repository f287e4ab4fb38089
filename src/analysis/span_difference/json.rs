//! Two JSON values, field by field.

use serde_json::Map;

use super::{Comparer, PartPlace, Unit};
use crate::model::Json;
use crate::model::secret::MASK;

/// Objects within objects are told apart no deeper than this.
const DEEPEST: usize = 6;
/// Of more keys or items than this each is not told apart: they are compared as one text.
const FIELDS_MOST: usize = 200;

/// Compares what both have at a place.
pub(super) fn compare(comparer: &mut Comparer, place: &PartPlace, values: [Option<&Json>; 2]) {
    at_path(comparer, place, String::new(), values, 0);
}

fn at_path(comparer: &mut Comparer, place: &PartPlace, path: String, values: [Option<&Json>; 2], depth: usize) {
    let inner = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match values {
        [None, None] => {}
        [Some(Json::Object(first)), Some(Json::Object(other))] if are_few(first, other, depth) => {
            let mut others = other.keys().filter(|key| !first.contains_key(*key));
            for (key, value) in first {
                at_path(comparer, place, inner(key), [Some(value), other.get(key)], depth + 1);
            }
            for key in others.by_ref() {
                at_path(comparer, place, inner(key), [None, other.get(key)], depth + 1);
            }
        }
        // Of one that stands alone the fields are told, too.
        [Some(Json::Object(only)), None] if depth == 0 && are_few(only, only, depth) => {
            for (key, value) in only {
                at_path(comparer, place, inner(key), [Some(value), None], depth + 1);
            }
        }
        [None, Some(Json::Object(only))] if depth == 0 && are_few(only, only, depth) => {
            for (key, value) in only {
                at_path(comparer, place, inner(key), [None, Some(value)], depth + 1);
            }
        }
        [Some(Json::Object(first)), Some(Json::Object(other))]
            if depth == 0 && first.is_empty() && other.is_empty() => {}
        [Some(first), Some(other)] => comparer.both(unit(place, path, first), &text(other)),
        [Some(first), None] => comparer.alone(unit(place, path, first), 0),
        [None, Some(other)] => comparer.alone(unit(place, path, other), 1),
    }
}

fn are_few(first: &Map<String, Json>, other: &Map<String, Json>, depth: usize) -> bool {
    let is_withheld = |map: &Map<String, Json>| map.len() == 1 && map.get("masked") == Some(&Json::Bool(true));
    let is_some = !first.is_empty() || !other.is_empty();
    is_some
        && depth < DEEPEST
        && first.len().max(other.len()) <= FIELDS_MOST
        && !is_withheld(first)
        && !is_withheld(other)
}

/// A value as one part.
pub(super) fn unit(place: &PartPlace, name: String, value: &Json) -> Unit {
    Unit { place: place.clone(), kind: None, name, text: text(value) }
}

/// A text as it is, anything else as JSON: short on one line, long on several, so that lines can be compared.
fn text(value: &Json) -> String {
    if let Json::String(text) = value {
        return text.clone();
    }
    if is_withheld(value) {
        return MASK.to_owned();
    }
    let short = value.to_string();
    if short.len() <= 80 { short } else { serde_json::to_string_pretty(value).unwrap_or(short) }
}

/// Whether this stands for a value that was withheld.
fn is_withheld(value: &Json) -> bool {
    value.as_object().is_some_and(|map| map.len() == 1 && map.get("masked") == Some(&Json::Bool(true)))
}
