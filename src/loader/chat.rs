//! One LM call, laid out for the screen on the worker: cards, each with a title and pieces.

mod media;
mod pieces;

use std::sync::Arc;

use super::text::Text;
use crate::model::dspy::prompts::NOT_SUPPLIED;
use crate::model::{Json, Reveal, json};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::chat::{AdapterSource, CallOf, Completion, Message, PartKind, Place, ReadCall};
use crate::query::trace::TraceTreeOf;
use crate::store::Result;

pub use media::{MEDIA_MOST, MediaSource, PreparedMedia};
pub use pieces::{Piece, SignatureField};

/// A call as it is drawn; `None` inside of a span that is gone, or no LM call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChatOf(pub CallOf);

/// An LM call as cards from top to bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedChat {
    /// Which adapter wrote the prompt: `ChatAdapter`, or `chat, inferred from the text`; `None` if none is known.
    pub adapter: Option<String>,
    /// The call was made because another one's answer was of no use: why, and that call's place in the list of spans.
    pub fallback_of: Option<(String, Option<usize>)>,
    /// Why its answer could not be parsed, and what was tried next.
    pub parse_error: Option<ParseError>,
    /// The cards.
    pub cards: Vec<ChatCard>,
}

/// Why an answer could not be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What the adapter said, at most about 2,000 bytes of it.
    pub reason: String,
    /// What was done then, if another adapter was tried.
    pub next: Option<String>,
    /// The call that was made then, by its place in the list of spans.
    pub call: Option<usize>,
}

/// What a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// The system prompt.
    System,
    /// The tools that the provider was told of.
    Tools,
    /// Demos.
    Demos,
    /// A message of an earlier turn.
    Turn,
    /// What is asked now.
    Request,
    /// What came back.
    Answer,
    /// What was made of it.
    Parsed,
    /// Any other message.
    Other,
}

/// A card.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatCard {
    /// What it is.
    pub kind: CardKind,
    /// `user · turn 2`
    pub title: String,
    /// What it holds; of [`CardKind::Demos`] nothing.
    pub pieces: Vec<Piece>,
    /// Of [`CardKind::Demos`]: the demos.
    pub demos: Vec<ChatDemo>,
}

/// A demo of a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatDemo {
    /// Its number, from 1.
    pub number: usize,
    /// What tells it from others, in a few words: its first short answer.
    pub about: String,
    /// Both halves of it.
    pub pieces: Vec<Piece>,
}

impl Question for ChatOf {
    type Answer = Option<PreparedChat>;
    const LABEL: &'static str = "chat of an LM call";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let call = session.ask(&self.0)?;
        let Some(read) = call.as_ref() else { return Ok(None) };
        let tree = session.ask(&TraceTreeOf(self.0.trace.clone()))?;
        let mut prepared = PreparedChat::new(read, session.cx.reveal());
        let Some(tree) = tree.as_ref() else { return Ok(Some(prepared)) };
        let name = |at: usize| tree.spans.get(at).map(|span| span.name.clone()).unwrap_or_default();
        if let Some(error) = &mut prepared.parse_error {
            // The call after this one that was made because of it.
            let next = tree.fallbacks.iter().find(|one| one.call.is_some_and(|call| call > read.call.span));
            error.next = next.map(|next| next.text());
            error.call = next.and_then(|next| next.call);
        }
        if let (Some(parsed), Some(card)) = (&read.parsed, prepared.parsed_card_mut()) {
            card.title = format!("parsed · {}", name(parsed.span));
        }
        Ok(Some(prepared))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, PreparedChat::bytes)
    }
}

impl PreparedChat {
    /// Lays a call out.
    pub fn new(read: &ReadCall, reveal: Reveal) -> Self {
        let call = &read.call.call;
        let adapter = match (&read.call.adapter_class, call.adapter_source) {
            (Some(class), _) => Some(class.clone()),
            (None, AdapterSource::Text) if call.adapter.as_str() == "raw" => None,
            (None, _) => Some(format!("{}, inferred from the text", call.adapter.as_str())),
        };
        let mut cards = Vec::new();
        let tools: Vec<Piece> =
            call.tools.iter().map(|(name, text)| Piece::tool(name.as_deref(), text, reveal)).collect();
        let mut messages = call.messages.iter().peekable();
        while let Some(message) = messages.next() {
            if let Place::Demo(number) = message.place {
                let second = messages.next_if(|next| next.place == message.place);
                let demo = ChatDemo::new(number, (message, second), reveal);
                match cards.last_mut() {
                    Some(ChatCard { kind: CardKind::Demos, demos, .. }) => demos.push(demo),
                    _ => cards.push(ChatCard { demos: vec![demo], ..ChatCard::new(CardKind::Demos, "demos") }),
                }
                continue;
            }
            cards.push(ChatCard::of_message(message, reveal));
        }
        if !tools.is_empty() {
            let system = cards.iter().take_while(|card| card.kind == CardKind::System).count();
            let title = crate::words::counted(tools.len(), "tool");
            cards.insert(system, ChatCard { pieces: tools, ..ChatCard::new(CardKind::Tools, &title) });
        }
        let count = call.completions.len();
        for (at, one) in call.completions.iter().enumerate() {
            cards.push(ChatCard::of_answer(one, (at + 1, count), reveal));
        }
        if let Some(parsed) = &read.parsed
            && !says_the_same(&call.completions, &parsed.fields, reveal)
        {
            let types = |name: &str| call.outputs.iter().find(|field| *field.name == *name)?.field_type.clone();
            let piece = |(name, value): (&String, &Json)| Piece::of_value(name, types(name), value);
            let pieces = parsed.fields.iter().map(piece).collect();
            cards.push(ChatCard { pieces, ..ChatCard::new(CardKind::Parsed, "parsed") });
        }
        let reason = |text: &String| {
            let beginning = text.trim()[..text.trim().floor_char_boundary(2_000)].to_owned();
            let paragraphs = beginning.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
            paragraphs.collect::<Vec<_>>().join("\n")
        };
        let parse_error =
            read.call.parse_error.as_ref().map(|text| ParseError { reason: reason(text), next: None, call: None });
        let fallback_of = read.call.fallback_of.clone().map(|(before, reason)| (reason, before));
        Self { adapter, fallback_of, parse_error, cards }
    }

    fn parsed_card_mut(&mut self) -> Option<&mut ChatCard> {
        self.cards.iter_mut().find(|card| card.kind == CardKind::Parsed)
    }

    /// All texts in the order in which they stand.
    pub fn texts(&self) -> Vec<&Text> {
        self.cards.iter().flat_map(ChatCard::texts).collect()
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let of_pieces = |pieces: &[Piece]| pieces.iter().map(Piece::bytes).sum::<usize>();
        let of_card = |card: &ChatCard| {
            of_pieces(&card.pieces) + card.demos.iter().map(|demo| of_pieces(&demo.pieces) + 64).sum::<usize>() + 96
        };
        self.cards.iter().map(of_card).sum::<usize>() + 256
    }
}

/// Whether the fields that were made of an answer are those that stand in it, letter by letter.
fn says_the_same(answers: &[Completion], parsed: &crate::model::program::Object, reveal: Reveal) -> bool {
    let [answer] = answers else { return false };
    let message = &answer.message;
    let is_there = |(name, value): (&String, &Json)| {
        let part = message.field(name);
        part.is_some_and(|part| match value {
            Json::String(text) => message.value_of(part).trim() == text.trim(),
            other => read_json(message.value_of(part).trim(), reveal).is_some_and(|read| read == *other),
        })
    };
    parsed.iter().all(is_there)
}

impl ChatCard {
    fn new(kind: CardKind, title: &str) -> Self {
        Self { kind, title: title.to_owned(), pieces: Vec::new(), demos: Vec::new() }
    }

    fn of_message(message: &Message, reveal: Reveal) -> Self {
        let role = if message.role.is_empty() { "no role" } else { &message.role };
        let (kind, title) = match message.place {
            Place::System => (CardKind::System, role.to_owned()),
            Place::Turn(number) => (CardKind::Turn, format!("{role} · turn {number}")),
            Place::Request => (CardKind::Request, role.to_owned()),
            Place::Demo(number) => (CardKind::Demos, format!("{role} · demo {number}")),
            Place::Other => (CardKind::Other, role.to_owned()),
        };
        Self { pieces: pieces::pieces(message, reveal), ..Self::new(kind, &title) }
    }

    fn of_answer(one: &Completion, (number, count): (usize, usize), reveal: Reveal) -> Self {
        let title = if count > 1 { format!("assistant · {number} of {count}") } else { "assistant".to_owned() };
        let mut pieces = pieces::pieces(&one.message, reveal);
        if one.is_null && one.message.text.is_empty() {
            pieces.insert(0, Piece::Note("The provider gave back no text".to_owned()));
        }
        Self { pieces, ..Self::new(CardKind::Answer, &title) }
    }

    /// All texts in the order in which they stand.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let pieces = self.pieces.iter().chain(self.demos.iter().flat_map(|demo| &demo.pieces));
        pieces.flat_map(Piece::texts)
    }
}

impl ChatDemo {
    fn new(number: usize, (message, second): (&Message, Option<&Message>), reveal: Reveal) -> Self {
        let about = second.and_then(about).or_else(|| about(message)).unwrap_or_default();
        let mut all = pieces::pieces(message, reveal);
        all.extend(second.into_iter().flat_map(|second| pieces::pieces(second, reveal)));
        Self { number, about, pieces: all }
    }
}

/// So much of a demo's value is told where it is folded.
const ABOUT: usize = 28;

/// What tells a half of a demo from those of others, in a few words: a short value that says something, else the
/// beginning of the first one.
fn about(message: &Message) -> Option<String> {
    let fields = message.parts.iter().filter(|part| part.kind == PartKind::Field);
    let beginning = |part| message.value_of(part).trim().chars().take(200).collect::<String>();
    let is_there = |value: &String| !value.is_empty() && !value.starts_with(NOT_SUPPLIED);
    let values: Vec<String> = fields.map(beginning).filter(is_there).collect();
    let says = |value: &&String| {
        let has_letter = value.chars().any(char::is_alphabetic) && !value.starts_with(['{', '[']);
        has_letter && !["true", "false", "none", "null"].contains(&value.to_lowercase().as_str())
    };
    let is_short = |value: &&String| value.chars().count() <= ABOUT && !value.contains('\n');
    let told = values.iter().filter(says).find(is_short).or_else(|| values.iter().find(says)).or(values.first());
    told.map(|value| crate::words::one_line(value, ABOUT).into_owned())
}

/// A text as JSON, masked by the keys that it shows now; `None` if it is none.
fn read_json(text: &str, reveal: Reveal) -> Option<Json> {
    let json::Decoded { value, marks } = json::decode(text.as_bytes());
    (!marks.is_raw).then(|| value.mask("", reveal))
}

/// A text that many may hold.
fn shared(text: &str) -> Text {
    Text::new(Arc::<str>::from(text))
}

#[cfg(test)]
mod tests;
