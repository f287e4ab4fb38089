//! A message of a prompt and its parts.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::beside::Beside;
use crate::model::Json;

/// One message, or one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// `system`, `user`, `assistant`, `tool`, or whatever stands there; empty if nothing does.
    pub role: String,
    /// Its text: that of its content, of several pieces joined.
    pub text: String,
    /// Its parts in order. Those of its text touch each other and are all of it; what stands beside the text has an
    /// empty [`Part::text`] where it stood.
    pub parts: Vec<Part>,
    /// What it is in the conversation.
    pub place: Place,
}

/// What a message is in the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It says what is to be done.
    System,
    /// One half of a demo; the number counts from 1.
    Demo(usize),
    /// It belongs to an earlier turn; the number counts from 1.
    Turn(usize),
    /// What is asked now.
    Request,
    /// Nothing is known of it.
    Other,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// The field, or the tool, that it belongs to.
    pub name: Option<Arc<str>>,
    /// The type of the field, as the system prompt says it.
    pub field_type: Option<Arc<str>>,
    /// Where it stands in the message's text, with all marks and blanks.
    pub text: Range<usize>,
    /// Where its value stands there, without them.
    pub value: Range<usize>,
    /// How the value is written.
    pub reading: Reading,
    /// What is not in the text.
    pub beside: Option<Beside>,
}

/// What a part of a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// Text without a name.
    Text,
    /// A field with its value.
    Field,
    /// In a system prompt: a field that will be given.
    InputField,
    /// In a system prompt: a field that is to be answered.
    OutputField,
    /// In a system prompt: how all is laid out.
    Rules,
    /// In a system prompt: the instructions.
    Objective,
    /// What the adapter adds around fields: reminders, brackets, the mark of the end.
    Format,
    /// A call of a tool.
    ToolCall,
    /// What a tool gave back.
    ToolResult,
    /// What the model thought before it answered.
    Reasoning,
    /// An image.
    Image,
    /// A sound.
    Audio,
    /// Any other file.
    File,
    /// Something that is not known here, as JSON.
    Other,
}

impl PartKind {
    /// Its word in JSON documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Field => "field",
            Self::InputField => "input_field",
            Self::OutputField => "output_field",
            Self::Rules => "rules",
            Self::Objective => "objective",
            Self::Format => "format",
            Self::ToolCall => "tool_call",
            Self::ToolResult => "tool_result",
            Self::Reasoning => "reasoning",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::File => "file",
            Self::Other => "other",
        }
    }
}

/// How a value is written in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As it is.
    Plain,
    /// With `&lt;` and `&amp;` for `<` and `&` (answers in XML).
    Escaped,
    /// As JSON.
    Json,
    /// Each line behind the first is indented by eight blanks (the objective).
    Indented,
}

impl Message {
    /// A part's own piece of the text.
    pub fn text_of(&self, part: &Part) -> &str {
        self.text.get(part.text.clone()).unwrap_or_default()
    }

    /// A part's value as people read it: escapes undone, a JSON string without its quotes.
    pub fn value_of(&self, part: &Part) -> Cow<'_, str> {
        let text = self.text.get(part.value.clone()).unwrap_or_default();
        match part.reading {
            Reading::Plain => Cow::Borrowed(text),
            Reading::Escaped if !text.contains('&') => Cow::Borrowed(text),
            Reading::Escaped => {
                let unescaped = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
                Cow::Owned(unescaped.replace("&apos;", "'").replace("&amp;", "&"))
            }
            Reading::Indented => Cow::Owned(text.replace("\n        ", "\n")),
            Reading::Json if text.starts_with('"') && !hides_letters(text) => {
                match serde_json::from_str::<String>(text) {
                    Ok(text) => Cow::Owned(text),
                    Err(_) => Cow::Borrowed(text),
                }
            }
            Reading::Json => Cow::Borrowed(text),
        }
    }

    /// The parts that are fields with values, of this name.
    pub fn field(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.kind == PartKind::Field && part.name.as_deref() == Some(name))
    }

    /// The names of the fields with values, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter(|part| part.kind == PartKind::Field).filter_map(|part| part.name.as_deref())
    }
}

/// Whether letters, digits or signs of ASCII are escaped in JSON (`\u0073`). No writer of JSON does that, and what it
/// hides was not seen when secrets were masked: such a text stays as it is.
fn hides_letters(text: &str) -> bool {
    text.split("\\u00").skip(1).any(|after| after.starts_with(|digit: char| ('2'..='7').contains(&digit)))
}

/// A text that may have been withheld: what is no text at all is `None`.
pub(super) fn text_of(value: &Json) -> Option<&str> {
    match value {
        Json::String(text) => Some(text),
        Json::Object(map) if map.len() == 1 && map.get("masked") == Some(&Json::Bool(true)) => {
            Some(crate::model::secret::MASK)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_hides_is_not_unescaped() {
        assert!(hides_letters(r#""\u0073k-hidden""#));
        assert!(!hides_letters(r#""caf\u00e9\n\u9375""#));
    }
}
