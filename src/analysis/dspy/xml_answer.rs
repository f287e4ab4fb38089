//! The fields of an answer in XML: elements by their known names, in any order. What is inside need not be XML.

use std::collections::HashMap;
use std::ops::Range;

use super::cuts::{Cut, trimmed};
use super::field::Field;
use super::message::Reading;

/// A tag with the name of a field.
struct Tag {
    field: usize,
    range: Range<usize>,
    kind: TagKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TagKind {
    Open,
    Close,
    Empty,
}

/// The elements that are fields; the first of a name counts.
pub(super) fn cuts(text: &str, fields: &[Field]) -> Vec<Cut> {
    let tags = tags(text, fields);
    let mut last_close: Vec<Option<usize>> = vec![None; fields.len()];
    for (at, tag) in tags.iter().enumerate().filter(|(_, tag)| tag.kind == TagKind::Close) {
        if let Some(last) = last_close.get_mut(tag.field) {
            *last = Some(at);
        }
    }
    let mut seen = vec![false; fields.len()];
    let mut cuts = Vec::new();
    let mut at = 0;
    while let Some(tag) = tags.get(at) {
        at += 1;
        let is_first = seen.get(tag.field).is_some_and(|seen| !seen);
        let (Some(field), true) = (fields.get(tag.field), is_first && tag.kind != TagKind::Close) else { continue };
        if let Some(seen) = seen.get_mut(tag.field) {
            *seen = true;
        }
        let (inside, end) = if tag.kind == TagKind::Empty {
            (tag.range.end..tag.range.end, tag.range.end)
        } else {
            let last = last_close.get(tag.field).copied().flatten().filter(|last| *last >= at);
            let close = last.map(|last| matching(&tags, at, tag.field).unwrap_or(last));
            match close.and_then(|close| Some((close, tags.get(close)?))) {
                Some((place, close)) => {
                    at = place + 1;
                    (tag.range.end..close.range.start, close.range.end)
                }
                // It is never closed: the next field begins behind it.
                None => {
                    let mut behind = tags.get(at..).unwrap_or_default().iter();
                    let next = behind.find(|next| next.field != tag.field && next.kind != TagKind::Close);
                    let end = next.map_or(text.len(), |next| next.range.start);
                    (tag.range.end..end, end)
                }
            }
        };
        cuts.push(Cut::of_field(field.clone(), tag.range.start..end, trimmed(text, inside), Reading::Escaped));
    }
    cuts
}

/// The tag that closes the element whose inside begins with the tag `from`.
fn matching(tags: &[Tag], from: usize, field: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, tag) in tags.iter().enumerate().skip(from).filter(|(_, tag)| tag.field == field) {
        match tag.kind {
            TagKind::Open => depth += 1,
            TagKind::Close if depth == 0 => return Some(at),
            TagKind::Close => depth -= 1,
            TagKind::Empty => {}
        }
    }
    None
}

/// The tags that bear the names of fields.
fn tags(text: &str, fields: &[Field]) -> Vec<Tag> {
    let by_name: HashMap<&str, usize> = fields.iter().enumerate().rev().map(|(at, one)| (&*one.name, at)).collect();
    let longest = by_name.keys().map(|name| name.len()).max().unwrap_or_default();
    let mut tags = Vec::new();
    for start in memchr::memchr_iter(b'<', text.as_bytes()) {
        let is_close = text.as_bytes().get(start + 1) == Some(&b'/');
        let begin = start + 1 + usize::from(is_close);
        let rest = text.get(begin..).unwrap_or_default();
        let head = rest.get(..rest.floor_char_boundary(longest + 1)).unwrap_or_default();
        let length = head.find(|letter: char| letter == '>' || letter == '/' || letter.is_whitespace());
        let Some(length) = length else { continue };
        let Some(field) = head.get(..length).and_then(|name| by_name.get(name).copied()) else { continue };
        // Nothing but `>`, `/>` or blanks before one: fields have no attributes.
        let behind = rest.get(length..).unwrap_or_default();
        let behind = behind.get(..behind.floor_char_boundary(8)).unwrap_or_default();
        let ending = behind.trim_start();
        let blanks = behind.len() - ending.len();
        let (length_of_end, kind) = match (is_close, ending) {
            (false, ending) if ending.starts_with("/>") => (2, TagKind::Empty),
            (true, ending) if ending.starts_with('>') => (1, TagKind::Close),
            (false, ending) if ending.starts_with('>') => (1, TagKind::Open),
            _ => continue,
        };
        tags.push(Tag { field, range: start..begin + length + blanks + length_of_end, kind });
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::super::adapter::AdapterKind;
    use super::super::answers::tests::read;

    #[test]
    fn elements_are_read_by_name() {
        let text = "<b>\n1 &lt; 2 &amp;lt; é\n</b>\n\n<a><item><a>x</a></item></a> so <c />";
        let wanted = ["field b=1 < 2 &lt; é", "field a=<item><a>x</a></item>", "text=so", "field c="];
        assert_eq!(read(text, AdapterKind::Xml, &["a", "b", "c"]), wanted);
        let loose = "<think>hm</think>\n<a>1 < 2 & <b> </a><a>again</a>";
        assert_eq!(
            read(loose, AdapterKind::Xml, &["a"]),
            ["text=<think>hm</think>", "field a=1 < 2 & <b>", "text=<a>again</a>"]
        );
    }

    #[test]
    fn what_is_not_closed_ends_where_the_next_field_begins() {
        assert_eq!(read("<a>one <b>two", AdapterKind::Xml, &["a", "b"]), ["field a=one", "field b=two"]);
        assert_eq!(read("</a><a x=1>", AdapterKind::Xml, &["a"]), ["text=</a><a x=1>"]);
    }
}
