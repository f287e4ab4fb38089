//! Which examples are looked at, whatever their class.

use std::sync::Arc;

use super::settings::{FieldFilter, MatrixSettings};
use crate::analysis::score_matrix::MatrixExample;
use crate::analysis::value_text::value_text;

pub(super) struct Filter<'s> {
    only: Option<&'s Arc<[u32]>>,
    fields: &'s [FieldFilter],
    /// In lower case; empty for all.
    text: String,
}

impl<'s> Filter<'s> {
    pub fn new(settings: &'s MatrixSettings) -> Self {
        Self { only: settings.only.as_ref(), fields: &settings.fields, text: settings.text.trim().to_lowercase() }
    }

    pub fn lets_pass(&self, place: usize, example: &MatrixExample) -> bool {
        let is_of = |only: &Arc<[u32]>| u32::try_from(place).is_ok_and(|place| only.binary_search(&place).is_ok());
        self.only.is_none_or(is_of)
            && self.fields.iter().all(|field| has_value(field, example))
            && self.has_text(example)
    }

    fn has_text(&self, example: &MatrixExample) -> bool {
        self.text.is_empty() || example.example.values().any(|value| contains(&value_text(value), &self.text))
    }
}

fn has_value(filter: &FieldFilter, example: &MatrixExample) -> bool {
    example.example.get(&filter.field).is_some_and(|value| filter.values.contains(&*value_text(value)))
}

/// Whether a text contains one that is in lower case.
fn contains(text: &str, needle: &str) -> bool {
    if needle.is_ascii() && text.is_ascii() {
        let (Some(first), needle) = (needle.as_bytes().first(), needle.as_bytes()) else { return true };
        let starts = |window: &[u8]| window[0].to_ascii_lowercase() == *first && window.eq_ignore_ascii_case(needle);
        return text.as_bytes().windows(needle.len()).any(starts);
    }
    text.to_lowercase().contains(needle)
}
