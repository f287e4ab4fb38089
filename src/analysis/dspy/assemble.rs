//! A message put together of its text, what was found in it, and what stands beside it.

use std::sync::Arc;

use super::beside::Beside;
use super::content::Content;
use super::cuts::{Cut, parts};
use super::message::{Message, Part, PartKind, Place, Reading};

/// The message of a content with these pieces of its text.
pub(super) fn assembled(role: String, content: Content, cuts: Vec<Cut>) -> Message {
    let Content { text, mut beside } = content;
    if role == "tool" {
        let (name, beside) = beside.drain(..).next().map_or((None, None), |(_, _, name, beside)| (name, Some(beside)));
        let parts = vec![Part { name: name.map(Into::into), ..part_beside(PartKind::ToolResult, 0, beside) }];
        let parts = parts.into_iter().map(|part| Part { text: 0..text.len(), value: 0..text.len(), ..part }).collect();
        return Message { role, text, parts, place: Place::Other };
    }
    let mut beside = beside.into_iter().peekable();
    let mut all: Vec<Part> = Vec::new();
    let mut field: Option<Arc<str>> = None;
    for part in parts(&text, cuts) {
        while let Some((_, kind, name, one)) = beside.next_if(|(at, ..)| *at <= part.text.start) {
            all.push(named(kind, name, part.text.start, one, field.as_ref()));
        }
        let end = part.text.end;
        field = part.name.clone().filter(|_| part.kind == PartKind::Field);
        all.push(part);
        while let Some((_, kind, name, one)) = beside.next_if(|(at, ..)| *at < end) {
            all.push(named(kind, name, end, one, field.as_ref()));
        }
    }
    all.extend(beside.map(|(_, kind, name, one)| named(kind, name, text.len(), one, field.as_ref())));
    Message { role, text, parts: all, place: Place::Other }
}

/// An image, a sound or a file goes by the name of the field that it belongs to.
fn named(kind: PartKind, name: Option<String>, at: usize, beside: Beside, field: Option<&Arc<str>>) -> Part {
    let of_field = field.filter(|_| beside.media.is_some()).cloned();
    Part { name: name.map(Into::into).or(of_field), ..part_beside(kind, at, Some(beside)) }
}

fn part_beside(kind: PartKind, at: usize, beside: Option<Beside>) -> Part {
    Part { kind, name: None, field_type: None, text: at..at, value: at..at, reading: Reading::Plain, beside }
}
