//! What a user message holds: its fields, behind marks of the adapter that wrote it.
//!
//! Values are not escaped, whatever the adapter: a ticket may quote a prompt. So a mark counts only if it names a field
//! that comes later in the signature than the last one, and stands where the adapter would have put it.

use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::adapter::AdapterKind;
use super::cuts::{Cut, trimmed};
use super::field::Field;
use super::message::{PartKind, Reading};
use crate::model::dspy::prompts as marks;

/// The pieces of a user message, in order.
pub(super) fn cuts(text: &str, adapter: AdapterKind, fields: &[Field]) -> Vec<Cut> {
    if adapter == AdapterKind::Raw || fields.is_empty() && adapter != AdapterKind::Xml {
        return reminder(text).map(|range| Cut::plain(text, range, PartKind::Format)).into_iter().collect();
    }
    let reminder = reminder(text);
    let end = reminder.as_ref().map_or(text.len(), |range| range.start);
    let places = Places::new(fields);
    let mut cuts = Vec::new();
    if text.starts_with(marks::INCOMPLETE_DEMO) {
        cuts.push(Cut::plain(text, 0..marks::INCOMPLETE_DEMO.len(), PartKind::Format));
    }
    match adapter {
        AdapterKind::Xml => cuts.extend(tagged(text, end, &places)),
        AdapterKind::TwoStep => cuts.extend(prose(text, end, fields)),
        _ => cuts.extend(headed(text, end, &places)),
    }
    cuts.extend(reminder.map(|range| Cut::plain(text, range, PartKind::Format)));
    cuts
}

/// The last paragraph, if it says how to answer.
pub(super) fn reminder(text: &str) -> Option<Range<usize>> {
    let start = memmem::rfind(text.as_bytes(), b"\n\n").map_or(0, |at| at + 2);
    let last = text.get(start..)?;
    marks::REMINDERS.iter().any(|begin| last.starts_with(begin)).then_some(start..text.len())
}

/// The fields of a signature by name.
struct Places<'f> {
    fields: Vec<Field>,
    by_name: HashMap<&'f str, usize>,
}

impl<'f> Places<'f> {
    fn new(fields: &'f [Field]) -> Self {
        let mut by_name: HashMap<&str, usize> =
            fields.iter().enumerate().map(|(at, field)| (&*field.name, at)).collect();
        let mut fields = fields.to_vec();
        // Results of tools come as a message of their own, by a signature that no system prompt tells.
        if !by_name.contains_key(marks::TOOL_CALL_RESULTS) {
            by_name.insert(marks::TOOL_CALL_RESULTS, fields.len());
            fields.push(Field { name: marks::TOOL_CALL_RESULTS.into(), field_type: None });
        }
        Self { fields, by_name }
    }

    fn cut(&self, place: usize, text: Range<usize>, value: Range<usize>) -> Option<Cut> {
        let field = self.fields.get(place)?;
        let (name, field_type) = (Some(field.name.clone()), field.field_type.clone());
        Some(Cut { kind: PartKind::Field, name, field_type, text, value, reading: Reading::Plain })
    }
}

/// Whether a paragraph begins here.
fn begins_paragraph(text: &str, at: usize) -> bool {
    at == 0 || text.get(..at).is_some_and(|before| before.ends_with("\n\n"))
}

/// The lines that begin with `mark` before `end`: start, and end without the line break.
fn lines_with<'t>(text: &'t str, end: usize, mark: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let bytes = text.as_bytes().get(..end).unwrap_or_default();
    let starts = memmem::find_iter(bytes, mark.as_bytes());
    let starts = starts.filter(move |at| *at == 0 || bytes.get(at - 1) == Some(&b'\n'));
    // A header is short; a line of megabytes is none, and is not looked through again and again.
    const LONGEST: usize = 300;
    starts.filter_map(move |start| {
        let line = bytes.get(start..bytes.len().min(start + LONGEST))?;
        match memchr::memchr(b'\n', line) {
            Some(length) => Some(start..start + length),
            None => (start + line.len() == bytes.len()).then_some(start..bytes.len()),
        }
    })
}

/// Fields behind `[[ ## field ## ]]`.
fn headed(text: &str, end: usize, places: &Places<'_>) -> Vec<Cut> {
    let mut found: Vec<(usize, Range<usize>)> = Vec::new();
    for line in lines_with(text, end, marks::HEADER_BEGIN) {
        let header = text.get(line.clone()).unwrap_or_default();
        let name = header.strip_prefix(marks::HEADER_BEGIN).and_then(|rest| rest.strip_suffix(marks::HEADER_END));
        let Some(place) = name.and_then(|name| places.by_name.get(name).copied()) else { continue };
        let is_later = found.last().is_none_or(|(last, _)| place > *last);
        if is_later && begins_paragraph(text, line.start) {
            found.push((place, line));
        }
    }
    let ends = found.iter().skip(1).map(|(_, line)| line.start).chain([end]);
    let cut = |((place, line), end): (&(usize, Range<usize>), usize)| {
        let from = (line.end + 1).min(end);
        let value = text.get(from..end).unwrap_or_default();
        // Paragraphs are joined by an empty line; the whole message lost the blanks at its end.
        let length = value.strip_suffix("\n\n").map_or_else(|| value.trim_end().len(), str::len);
        places.cut(*place, line.start..end, from..from + length)
    };
    found.iter().zip(ends).filter_map(cut).collect()
}

/// Fields in `<field>` … `</field>`, each tag on a line of its own. Nothing in between is escaped.
fn tagged(text: &str, end: usize, places: &Places<'_>) -> Vec<Cut> {
    let mut found: Vec<(usize, Range<usize>)> = Vec::new();
    let close = |place: usize| places.fields.get(place).map(|field| format!("</{}>", field.name)).unwrap_or_default();
    for line in lines_with(text, end, "<") {
        let tag = text.get(line.clone()).unwrap_or_default();
        let name = tag.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
        let Some(place) = name.and_then(|name| places.by_name.get(name).copied()) else { continue };
        if !begins_paragraph(text, line.start) {
            continue;
        }
        let is_next = found.last().is_none_or(|(last, _)| {
            let before = text.get(..line.start.saturating_sub(2)).unwrap_or_default();
            place > *last && before.ends_with(&close(*last))
        });
        if is_next {
            found.push((place, line));
        }
    }
    let ends = found.iter().skip(1).map(|(_, line)| line.start).chain([end]);
    let cut = |((place, line), end): (&(usize, Range<usize>), usize)| {
        let from = (line.end + 1).min(end);
        let inside = text.get(from..end).unwrap_or_default();
        let close = close(*place);
        let (length, last) = match memmem::rfind(inside.as_bytes(), close.as_bytes()) {
            Some(at) => (at, from + at + close.len()),
            None => (inside.trim_end().len(), end),
        };
        let value = inside.get(..length).unwrap_or_default();
        let length = value.strip_suffix('\n').map_or(length, str::len);
        places.cut(*place, line.start..last, from..from + length)
    };
    found.iter().zip(ends).filter_map(cut).collect()
}

/// Fields of the two-step adapter: `field: value`, in the order of the signature, joined by empty lines.
fn prose(text: &str, end: usize, fields: &[Field]) -> Vec<Cut> {
    let places = Places::new(fields);
    let mut found: Vec<(usize, Range<usize>)> = Vec::new();
    let mut at = 0;
    while at < end {
        let paragraph = text.get(at..end).unwrap_or_default();
        let colon = memchr::memchr(b':', &paragraph.as_bytes()[..paragraph.len().min(300)]);
        let name = colon.and_then(|colon| paragraph.get(..colon));
        if let Some(place) = name.and_then(|name| places.by_name.get(name).copied())
            && found.last().is_none_or(|(last, _)| place > *last)
        {
            found.push((place, at..at + colon.unwrap_or_default()));
        }
        at = memmem::find(paragraph.as_bytes(), b"\n\n").map_or(end, |next| at + next + 2);
    }
    let ends = found.iter().skip(1).map(|(_, name)| name.start).chain([end]);
    let cut = |((place, name), end): (&(usize, Range<usize>), usize)| {
        places.cut(*place, name.start..end, trimmed(text, name.end + 1..end))
    };
    found.iter().zip(ends).filter_map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::super::cuts::parts;
    use super::*;

    fn fields(names: &[&str]) -> Vec<Field> {
        names.iter().map(|name| Field { name: (*name).into(), field_type: None }).collect()
    }

    /// Kind, name and value of each part; the parts are the whole text.
    fn read(text: &str, adapter: AdapterKind, names: &[&str]) -> Vec<(&'static str, String, String)> {
        let parts = parts(text, cuts(text, adapter, &fields(names)));
        assert_eq!(parts.iter().map(|part| &text[part.text.clone()]).collect::<String>(), text);
        let told = |part: &super::super::message::Part| {
            let name = part.name.as_deref().unwrap_or_default().to_owned();
            (part.kind.as_str(), name, text[part.value.clone()].to_owned())
        };
        parts.iter().map(told).collect()
    }

    fn told(kind: &'static str, name: &str, value: &str) -> (&'static str, String, String) {
        (kind, name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_value_may_quote_a_prompt() {
        let text = "[[ ## a ## ]]\nsays\n\n[[ ## answer ## ]]\nx\n[[ ## b ## ]]\nno\n\n[[ ## b ## ]]\n[[ ## a ## ]]\n\n\
            [[ ## a ## ]]\n\nRespond with the corresponding output fields, starting with `[[ ## b ## ]]`.";
        let read = read(text, AdapterKind::Chat, &["a", "b"]);
        assert_eq!(read[0], told("field", "a", "says\n\n[[ ## answer ## ]]\nx\n[[ ## b ## ]]\nno"));
        assert_eq!(read[1], told("field", "b", "[[ ## a ## ]]\n\n[[ ## a ## ]]"));
        assert_eq!(read[2].0, "format");
        assert_eq!(read.len(), 3);
    }

    #[test]
    fn xml_is_read_by_its_tags_since_it_is_none() {
        let text = "<ticket>\n1 < 2 & </ticket>\n<policy>\n<all> the\n\n<policy>\ntime</b>\n</ticket>\n\n<policy>\nx\n\
            </policy>\n</policy>\n\nRespond with the corresponding output fields wrapped in XML tags `<a>`.";
        let read = read(text, AdapterKind::Xml, &["ticket", "policy"]);
        assert_eq!(read[0], told("field", "ticket", "1 < 2 & </ticket>\n<policy>\n<all> the\n\n<policy>\ntime</b>"));
        assert_eq!(read[1], told("field", "policy", "x\n</policy>"));
        assert_eq!(read.len(), 3);
        let results = "<tool_call_results>\n{\"tool_call_results\": []}\n</tool_call_results>";
        let read = super::tests::read(results, AdapterKind::Xml, &[]);
        assert_eq!(read, [told("field", "tool_call_results", "{\"tool_call_results\": []}")]);
    }

    #[test]
    fn demos_may_lack_fields_and_prose_has_no_marks() {
        let text = format!("{}\n\n[[ ## b ## ]]\ny", marks::INCOMPLETE_DEMO);
        let begun = read(&text, AdapterKind::Json, &["a", "b"]);
        assert_eq!(begun, [told("format", "", marks::INCOMPLETE_DEMO), told("field", "b", "y")]);
        let text = "a: one\n\nc: d\n\nb: two: three";
        let read = read(text, AdapterKind::TwoStep, &["a", "b"]);
        assert_eq!(read, [told("field", "a", "one\n\nc: d"), told("field", "b", "two: three")]);
    }

    #[test]
    fn what_has_no_fields_stays_whole() {
        for adapter in [AdapterKind::Raw, AdapterKind::Chat, AdapterKind::Xml, AdapterKind::TwoStep] {
            assert_eq!(read("é <b>\n[[ ## x", adapter, &["a"]), [told("text", "", "é <b>\n[[ ## x")]);
            assert_eq!(read("", adapter, &["a"]), []);
        }
    }
}
