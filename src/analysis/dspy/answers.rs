//! What an answer holds, or an assistant's message in a demo or an earlier turn: its fields, as its adapter would read
//! it.

use std::collections::HashSet;
use std::ops::Range;

use super::adapter::AdapterKind;
use super::cuts::{Cut, trimmed};
use super::field::{Field, field};
use super::json_fields;
use super::message::PartKind;
use super::xml_answer;
use crate::model::dspy::prompts as marks;

/// The pieces of an answer, in order.
pub(super) fn cuts(text: &str, adapter: AdapterKind, fields: &[Field]) -> Vec<Cut> {
    match adapter {
        AdapterKind::Chat => headed(text, fields),
        AdapterKind::Json | AdapterKind::Baml => json_fields::cuts(text, fields),
        AdapterKind::Xml => xml_answer::cuts(text, fields),
        // Prose, of which another model makes fields.
        AdapterKind::TwoStep | AdapterKind::Raw => Vec::new(),
    }
}

/// Behind `[[ ## field ## ]]`, which may have something behind it on its line; the first of a name counts. This is
/// `ChatAdapter.parse` (DSPy 2.6 – 3.5).
fn headed(text: &str, fields: &[Field]) -> Vec<Cut> {
    let mut headers: Vec<(Range<usize>, &str)> = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), marks::HEADER_BEGIN) {
        let begin = at + marks::HEADER_BEGIN.len();
        let rest = text.get(begin..).unwrap_or_default();
        let length = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or_default();
        let is_header = !name.is_empty() && rest.get(length..).is_some_and(|rest| rest.starts_with(marks::HEADER_END));
        if is_header && starts_line(text, at) {
            headers.push((at..begin + length + marks::HEADER_END.len(), name));
        }
    }
    let ends = headers.iter().skip(1).map(|(header, _)| header.start).chain([text.len()]);
    let mut seen: HashSet<&str> = HashSet::new();
    let mut cuts = Vec::new();
    for ((header, name), end) in headers.iter().zip(ends) {
        let cut = Cut::plain(text, header.start..end, PartKind::Text);
        if !seen.insert(name) {
            cuts.push(cut);
        } else if let Some(Field { name, field_type }) = field(fields, name).filter(|_| *name != marks::COMPLETED) {
            let value = trimmed(text, header.end..end);
            cuts.push(Cut { kind: PartKind::Field, name: Some(name), field_type, value, ..cut });
        } else if *name == marks::COMPLETED {
            cuts.push(Cut { kind: PartKind::Format, ..cut });
        } else {
            cuts.push(cut);
        }
    }
    cuts
}

/// Whether nothing but blanks stands before this on its line.
fn starts_line(text: &str, at: usize) -> bool {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::cuts::parts;
    use super::super::message::{Message, Place};
    use super::*;

    /// Kind, name and value of each part; the parts are the whole text.
    pub(in super::super) fn read(text: &str, adapter: AdapterKind, names: &[&str]) -> Vec<String> {
        let fields: Vec<_> = names.iter().map(|name| Field { name: (*name).into(), field_type: None }).collect();
        let parts = parts(text, cuts(text, adapter, &fields));
        let message = Message { role: String::new(), text: text.to_owned(), parts, place: Place::Other };
        assert_eq!(message.parts.iter().map(|part| message.text_of(part)).collect::<String>(), text);
        let told = |part: &super::super::message::Part| {
            let name = part.name.as_deref().map_or_else(String::new, |name| format!(" {name}"));
            format!("{}{name}={}", part.kind.as_str(), message.value_of(part))
        };
        message.parts.iter().map(told).collect()
    }

    #[test]
    fn headers_are_read_as_dspy_does() {
        let text = "Well.\n  [[ ## a ## ]] one\ntwo [[ ## b ## ]]\n[[ ## b ## ]]\n[[ ## a ## ]]\nno\n[[ ## x ## ]]\n\
            y\n\n[[ ## completed ## ]]\n";
        let wanted = ["text=Well.", "field a=one\ntwo [[ ## b ## ]]", "field b=", "text=[[ ## a ## ]]\nno"];
        let read_all = read(text, AdapterKind::Chat, &["a", "b"]);
        assert_eq!(read_all[..4], wanted);
        assert_eq!(read_all[4..], ["text=[[ ## x ## ]]\ny", "format=[[ ## completed ## ]]"]);
        assert_eq!(read("[[ ## z ## ]]\n1", AdapterKind::Chat, &[]), ["field z=1"]);
    }
}
