//! Cutting a text into parts of which nothing is lost.

use std::ops::Range;
use std::sync::Arc;

use super::field::Field;
use super::message::{Part, PartKind, Reading};

/// A piece of a text that was found to be something.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) kind: PartKind,
    pub(super) name: Option<Arc<str>>,
    pub(super) field_type: Option<Arc<str>>,
    pub(super) text: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) reading: Reading,
}

impl Cut {
    /// A piece whose value is a field's.
    pub(super) fn of_field(field: Field, text: Range<usize>, value: Range<usize>, reading: Reading) -> Self {
        let Field { name, field_type } = field;
        Self { kind: PartKind::Field, name: Some(name), field_type, text, value, reading }
    }

    /// A piece whose value is all of it but the blanks at its ends.
    pub(super) fn plain(text: &str, range: Range<usize>, kind: PartKind) -> Self {
        let value = trimmed(text, range.clone());
        Self { kind, name: None, field_type: None, text: range, value, reading: Reading::Plain }
    }
}

/// A range without the white space at its ends.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(piece) = text.get(range.clone()) else { return range.start..range.start };
    let end = range.start + piece.trim_end().len();
    let start = end - piece.trim().len();
    start..end
}

/// All of a text as parts. Cuts stand in order; one that overlaps the one before it, or does not lie within the text,
/// is left out. White space between two belongs to the first, other text between them is a part of its own.
pub(super) fn parts(text: &str, cuts: Vec<Cut>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::with_capacity(cuts.len() + 1);
    let mut at = 0;
    for cut in cuts {
        let is_inside = cut.text.start >= at && cut.text.start < cut.text.end && text.get(cut.text.clone()).is_some();
        if !is_inside {
            continue;
        }
        let gap = at..cut.text.start;
        let mut start = cut.text.start;
        if text.get(gap.clone()).is_some_and(|between| between.trim().is_empty()) {
            match parts.last_mut() {
                Some(before) => before.text.end = start,
                None => start = 0,
            }
        } else {
            parts.push(plain(text, gap));
        }
        at = cut.text.end;
        let Cut { kind, name, field_type, value, reading, .. } = cut;
        let is_value = value.start >= start && value.end <= at && text.get(value.clone()).is_some();
        let value = if is_value { value } else { trimmed(text, start..at) };
        parts.push(Part { kind, name, field_type, text: start..at, value, reading, beside: None });
    }
    if at < text.len() {
        match parts.last_mut() {
            Some(last) if text.get(at..).is_some_and(|rest| rest.trim().is_empty()) => last.text.end = text.len(),
            _ => parts.push(plain(text, at..text.len())),
        }
    }
    parts
}

fn plain(text: &str, range: Range<usize>) -> Part {
    let Cut { kind, name, field_type, text, value, reading } = Cut::plain(text, range, PartKind::Text);
    Part { kind, name, field_type, text, value, reading, beside: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_cut_the_parts_are_the_text() {
        let text = "  aé\n\nb tail  ";
        for (from, to) in (0..=text.len() + 2).flat_map(|from| (0..=text.len() + 2).map(move |to| (from, to))) {
            for next in [0..3, 5..9, 7..text.len()] {
                let cut = |text: Range<usize>| Cut {
                    kind: PartKind::Field,
                    name: None,
                    field_type: None,
                    value: text.clone(),
                    text,
                    reading: Reading::Plain,
                };
                let parts = parts(text, vec![cut(Range { start: from, end: to }), cut(next)]);
                let joined: String = parts.iter().map(|part| &text[part.text.clone()]).collect();
                assert_eq!(joined, text);
                assert!(parts.iter().all(|part| text.get(part.value.clone()).is_some()));
            }
        }
    }
}
