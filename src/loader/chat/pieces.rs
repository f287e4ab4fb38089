//! The parts of a message as they are drawn.

use std::sync::Arc;

use super::media::PreparedMedia;
use super::{read_json, shared};
use crate::loader::readable::readable;
use crate::loader::text::Text;
use crate::model::{Json, Reveal};
use crate::query::chat::{Message, Part, PartKind};

/// A piece of a card.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// A field with its value.
    Field {
        /// Its name.
        name: String,
        /// Its type, where the prompt tells it.
        field_type: Option<Arc<str>>,
        /// Its value.
        text: Text,
        /// It is prose, and no JSON or number.
        is_prose: bool,
    },
    /// Text without a name.
    Plain(Text),
    /// The instructions.
    Objective(Text),
    /// The fields of a signature.
    Signature(Vec<SignatureField>),
    /// What is folded at first: what an adapter adds, the rules.
    Folded {
        /// What it is called.
        title: &'static str,
        /// It.
        text: Text,
    },
    /// A tool that a provider was told of: folded at first.
    Tool {
        /// Its name.
        name: String,
        /// What it is for, if that is said.
        about: String,
        /// All that was said of it.
        text: Text,
    },
    /// A call of a tool.
    ToolCall {
        /// The tool.
        name: String,
        /// The id by which its result knows it.
        id: String,
        /// The arguments.
        text: Text,
    },
    /// What a tool gave back.
    ToolResult {
        /// The tool; empty if that is not said.
        name: String,
        /// The id of the call.
        id: String,
        /// It.
        text: Text,
    },
    /// What the model thought before it answered.
    Reasoning(Text),
    /// An image, a sound, a file.
    Media(PreparedMedia),
    /// Something that is said about the message.
    Note(String),
}

/// A field of a signature, as the system prompt tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureField {
    /// Its name.
    pub name: String,
    /// Its type in Python's words.
    pub field_type: Option<Arc<str>>,
    /// Its description, on one line; empty if there is none.
    pub description: String,
    /// It is to be answered.
    pub is_output: bool,
}

/// So much of a description is told in a line.
const DESCRIPTION: usize = 2_000;
/// What an adapter adds and is no longer says nothing to a reader: brackets.
const TRIVIAL: usize = 4;

impl Piece {
    /// A field whose value is known as JSON.
    pub(super) fn of_value(name: &str, field_type: Option<Arc<str>>, value: &Json) -> Self {
        let (text, is_prose) = match value {
            Json::String(text) => (shared(text), true),
            other => {
                let made = readable(other);
                (Text::with_keys(made.text, made.keys), false)
            }
        };
        Self::Field { name: name.to_owned(), field_type, text, is_prose }
    }

    /// A tool by what was said of it, as JSON.
    pub(super) fn tool(name: Option<&str>, said: &str, reveal: Reveal) -> Self {
        let value = read_json(said, reveal).unwrap_or_default();
        let function = value.get("function").unwrap_or(&value);
        let about = function.get("description").and_then(Json::as_str).unwrap_or_default();
        let about = crate::words::one_line(about, 120).into_owned();
        let text = if value.is_null() { said.to_owned() } else { readable(&value).text };
        Self::Tool { name: name.unwrap_or("no name").to_owned(), about, text: Text::new(text) }
    }

    /// Its texts.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let text = match self {
            Self::Field { text, .. }
            | Self::Plain(text)
            | Self::Objective(text)
            | Self::Folded { text, .. }
            | Self::Tool { text, .. }
            | Self::ToolCall { text, .. }
            | Self::ToolResult { text, .. }
            | Self::Reasoning(text) => Some(text),
            Self::Signature(_) | Self::Media(_) | Self::Note(_) => None,
        };
        text.into_iter()
    }

    /// About how many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        let texts: usize = self.texts().map(Text::bytes).sum();
        96 + texts
            + match self {
                Self::Media(media) => media.bytes(),
                Self::Signature(fields) => {
                    fields.iter().map(|field| field.name.len() + field.description.len() + 96).sum()
                }
                _ => 0,
            }
    }
}

/// The pieces of a message: fields of a signature together, what an adapter adds once at the end.
pub(super) fn pieces(message: &Message, reveal: Reveal) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut signature: Vec<SignatureField> = Vec::new();
    let mut added = String::new();
    let is_system = message.parts.iter().any(|part| matches!(part.kind, PartKind::InputField | PartKind::OutputField));
    for part in &message.parts {
        match part.kind {
            PartKind::InputField | PartKind::OutputField => signature.push(signature_field(message, part)),
            // The headings of the lists say nothing that the lists do not.
            PartKind::Format if is_system => {}
            PartKind::Format => {
                let said = message.text_of(part).trim();
                if said.len() > TRIVIAL {
                    added.push_str(if added.is_empty() { "" } else { "\n" });
                    added.push_str(said);
                }
            }
            _ => pieces.extend(piece(message, part, reveal)),
        }
    }
    if !signature.is_empty() {
        let at = pieces.iter().position(|piece| matches!(piece, Piece::Folded { .. })).unwrap_or(pieces.len());
        pieces.insert(at, Piece::Signature(signature));
    }
    without_empty_fields(&mut pieces);
    // What is to be done leads.
    if let Some(at) = pieces.iter().position(|piece| matches!(piece, Piece::Objective(_))) {
        let objective = pieces.remove(at);
        pieces.insert(0, objective);
    }
    if !added.is_empty() {
        pieces.push(Piece::Folded { title: "added by the adapter", text: Text::new(added) });
    }
    pieces
}

/// A field that is nothing but an image, a sound or a file is that.
fn without_empty_fields(pieces: &mut Vec<Piece>) {
    let mut at = 0;
    while at + 1 < pieces.len() {
        let is_media = match (&pieces[at], &pieces[at + 1]) {
            (Piece::Field { name, text, .. }, Piece::Media(media)) => media.field == *name && text.text().is_empty(),
            _ => false,
        };
        if is_media {
            pieces.remove(at);
        } else {
            at += 1;
        }
    }
}

fn signature_field(message: &Message, part: &Part) -> SignatureField {
    let value = message.value_of(part);
    let description = value.get(..value.floor_char_boundary(DESCRIPTION)).unwrap_or_default();
    SignatureField {
        name: part.name.as_deref().unwrap_or_default().to_owned(),
        field_type: part.field_type.clone(),
        description: crate::words::one_line(description, DESCRIPTION).into_owned(),
        is_output: part.kind == PartKind::OutputField,
    }
}

fn piece(message: &Message, part: &Part, reveal: Reveal) -> Option<Piece> {
    let value = message.value_of(part);
    let name = part.name.as_deref().unwrap_or_default().to_owned();
    let beside = part.beside.as_ref();
    let said = beside.map(|beside| &*beside.text).filter(|text| !text.is_empty()).unwrap_or(&value);
    let id = beside.and_then(|beside| beside.id.clone()).unwrap_or_default();
    Some(match part.kind {
        PartKind::Field => {
            let (text, is_prose) = laid_out(&value, reveal);
            Piece::Field { name, field_type: part.field_type.clone(), text, is_prose }
        }
        PartKind::Text if value.is_empty() => return None,
        PartKind::Text => Piece::Plain(shared(&value)),
        PartKind::Objective => Piece::Objective(shared(&value)),
        PartKind::Rules => Piece::Folded { title: "output rules", text: shared(&value) },
        PartKind::ToolCall => Piece::ToolCall { name, id, text: laid_out(said, reveal).0 },
        PartKind::ToolResult => Piece::ToolResult { name, id, text: laid_out(said, reveal).0 },
        PartKind::Reasoning => Piece::Reasoning(shared(said)),
        PartKind::Image | PartKind::Audio | PartKind::File => {
            Piece::Media(PreparedMedia::new(part.kind, name, beside?.media.clone().unwrap_or_default(), said))
        }
        PartKind::Other => Piece::Folded { title: "as it was stored", text: laid_out(said, reveal).0 },
        PartKind::Format | PartKind::InputField | PartKind::OutputField => return None,
    })
}

/// A value of more bytes is not taken apart: nobody reads it as JSON.
const LAID_OUT: usize = 1 << 20;

/// A value for reading: JSON with its keys on lines of their own. Whether it is prose.
fn laid_out(value: &str, reveal: Reveal) -> (Text, bool) {
    let trimmed = value.trim_start();
    if !trimmed.starts_with(['{', '[']) {
        return (shared(value), trimmed.parse::<f64>().is_err());
    }
    let read = if value.len() <= LAID_OUT { read_json(value, reveal) } else { None };
    match read {
        Some(json @ (Json::Object(_) | Json::Array(_))) => {
            let made = readable(&json);
            (Text::with_keys(made.text, made.keys), false)
        }
        _ => (shared(value), false),
    }
}
