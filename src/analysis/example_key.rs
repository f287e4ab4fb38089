//! Examples by their values, so that equal ones are found at once.

use std::collections::HashMap;

use super::canonical;
use crate::model::Json;
use crate::model::program::Object;

/// The fields by which examples are told apart.
pub struct ExampleKey<'f> {
    places: HashMap<&'f str, usize>,
}

impl<'f> ExampleKey<'f> {
    /// These fields.
    pub fn new(fields: impl IntoIterator<Item = &'f String>) -> Self {
        Self { places: fields.into_iter().enumerate().map(|(at, field)| (field.as_str(), at)).collect() }
    }

    /// Whether there is nothing to tell examples apart by.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether an example has any of the fields.
    pub fn is_in(&self, example: &Object) -> bool {
        example.keys().any(|field| self.places.contains_key(field.as_str()))
    }

    /// What examples that have equal values in these fields, and no others, have alike. It is no longer than what
    /// the example holds itself, however many fields there are.
    pub fn of(&self, example: &Object, value: fn(&Json) -> Vec<u8>) -> Vec<u8> {
        let known = example.iter().filter_map(|(field, value)| Some((*self.places.get(field.as_str())?, value)));
        let mut known: Vec<(usize, &Json)> = known.collect();
        known.sort_unstable_by_key(|(place, _)| *place);
        let mut key = Vec::new();
        for (place, known) in known {
            canonical::write_count('f', place, &mut |part: &[u8]| key.extend_from_slice(part));
            key.extend(value(known));
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_tell_apart_and_order_does_not() {
        let fields: Vec<String> = (0..100_000).map(|at| at.to_string()).collect();
        let key = ExampleKey::new(&fields);
        let of = |value: Json| match value {
            Json::Object(example) => key.of(&example, canonical::bytes),
            _ => Vec::new(),
        };
        assert_eq!(of(json!({"1": "x", "2": 3, "other": 1})), of(json!({"2": 3.0, "1": "x"})));
        assert_ne!(of(json!({"1": "x"})), of(json!({"2": "x"})));
        assert_ne!(of(json!({"1": null})), of(json!({})));
        assert!(of(json!({})).is_empty(), "fields that are absent take no room");
    }
}
