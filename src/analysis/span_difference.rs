//! What differs between two spans that stand for each other: of LM calls the prompt and the answer by DSPy's parts, of
//! others inputs and outputs by field; how both were set up and how they ended. Texts are compared word by word.

mod chat;
mod json;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::dspy::{Call, PartKind};
use super::text_diff::{Piece, PieceOp, TextDiff, diff_texts};
use super::trace_alignment::settings;
use crate::model::{EXCEPTION_TYPE, Json, SpanBody, SpanHead};

/// One thing that two spans have, or one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PartDiff {
    /// Where it stands.
    pub place: PartPlace,
    /// What it is, if it is a part of a prompt or an answer.
    pub kind: Option<PartKind>,
    /// The field, the key or the path of keys, the tool; empty of what has no name.
    pub name: String,
    /// The words of both.
    pub text: TextDiff,
    /// Which of the two spans have it.
    pub has: [bool; 2],
}

/// Where a part of a span stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PartPlace {
    /// In the message that says what is to be done.
    System,
    /// In a demo. Each side counts its own; of one that both have it is the number in the first, from 1.
    Demo(usize),
    /// In an earlier turn, from 1, said by a role.
    Turn(usize, Arc<str>),
    /// In what is asked now.
    Request,
    /// In another message, by its role.
    Message(Arc<str>),
    /// Among the tools that the provider was told of.
    Tools,
    /// In an answer, from 1.
    Answer(usize),
    /// In what it was given.
    Inputs,
    /// In what it gave back.
    Outputs,
    /// In how it was set up.
    Settings,
    /// In how it ended.
    End,
}

impl PartPlace {
    /// What it is called.
    pub fn title(&self) -> String {
        let role = |role: &str, rest: &str| match role {
            "" => format!("message{rest}"),
            role => format!("{role}{rest}"),
        };
        match self {
            Self::System => "system".to_owned(),
            Self::Demo(number) => format!("demo {number}"),
            Self::Turn(number, of) => role(of, &format!(", turn {number}")),
            Self::Request => "request".to_owned(),
            Self::Message(of) => role(of, ""),
            Self::Tools => "tools".to_owned(),
            Self::Answer(1) => "answer".to_owned(),
            Self::Answer(number) => format!("answer {number}"),
            Self::Inputs => "inputs".to_owned(),
            Self::Outputs => "outputs".to_owned(),
            Self::Settings => "settings".to_owned(),
            Self::End => "how it ended".to_owned(),
        }
    }
}

/// How a part differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartChange {
    /// Both have the same.
    Same,
    /// Both have it, not the same.
    Changed,
    /// Only the first has it.
    Removed,
    /// Only the other has it.
    Added,
}

impl PartChange {
    /// The word for scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Added => "added",
        }
    }
}

impl PartDiff {
    /// What it is called at its place.
    pub fn title(&self) -> String {
        let called = |what: &str| if self.name.is_empty() { what.to_owned() } else { format!("{what} {}", self.name) };
        match self.kind {
            Some(PartKind::Objective) => "instructions".to_owned(),
            Some(PartKind::InputField) => called("input field"),
            Some(PartKind::OutputField) => called("output field"),
            Some(PartKind::ToolCall) => called("call of"),
            Some(PartKind::ToolResult) => called("result of"),
            Some(PartKind::Field) | None => self.name.clone(),
            Some(kind) => called(kind.as_str()),
        }
    }

    /// How it differs.
    pub fn change(&self) -> PartChange {
        match self.has {
            [true, false] => PartChange::Removed,
            [false, _] => PartChange::Added,
            [true, true] if self.text.is_same() => PartChange::Same,
            [true, true] => PartChange::Changed,
        }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        120 + self.name.len() + self.text.pieces.iter().map(|piece| 40 + piece.text.len()).sum::<usize>()
    }
}

/// A part before it is compared.
struct Unit {
    place: PartPlace,
    kind: Option<PartKind>,
    name: String,
    text: String,
}

/// Compares the texts of parts, or says which of two has one alone.
struct Comparer {
    deadline: Option<Instant>,
    parts: Vec<PartDiff>,
}

impl Comparer {
    fn both(&mut self, first: Unit, other: &str) {
        let Unit { place, kind, name, text } = first;
        let text = diff_texts(&text, other, self.deadline);
        self.parts.push(PartDiff { place, kind, name, text, has: [true, true] });
    }

    fn alone(&mut self, unit: Unit, side: usize) {
        let Unit { place, kind, name, text } = unit;
        let op = if side == 0 { PieceOp::Delete } else { PieceOp::Insert };
        let pieces = if text.is_empty() { Vec::new() } else { vec![Piece { op, text }] };
        let text = TextDiff { pieces, is_cut: false, unknown: None };
        self.parts.push(PartDiff { place, kind, name, text, has: [side == 0, side == 1] });
    }

    /// What differs only where no part of a prompt shows it – a blank, what an adapter adds – is shown as it is stored.
    fn raw_if_hidden(&mut self, begin: usize, place: &PartPlace, values: [Option<&Json>; 2]) {
        let is_shown = |part: &PartDiff| part.change() != PartChange::Same;
        if values[0] != values[1] && !self.parts.iter().skip(begin).any(is_shown) {
            json::compare(self, place, values);
        }
    }

    /// Compares what has one name, in the order of the first; what only the other has stands where it stands there.
    fn by_name(&mut self, first: Vec<Unit>, other: Vec<Unit>) {
        let key = |unit: &Unit| (unit.place.clone(), unit.kind.map(PartKind::as_str), unit.name.clone());
        let keys: HashSet<_> = first.iter().map(key).collect();
        let mut places: HashMap<_, VecDeque<usize>> = HashMap::new();
        let mut is_shared = Vec::with_capacity(other.len());
        for (at, unit) in other.iter().enumerate() {
            let key = key(unit);
            is_shared.push(keys.contains(&key));
            places.entry(key).or_default().push_back(at);
        }
        let mut waiting: Vec<Option<Unit>> = other.into_iter().map(Some).collect();
        // All before this one are told.
        let mut next = 0;
        for unit in first {
            while let Some(slot) = waiting.get_mut(next).filter(|slot| slot.is_none() || !is_shared[next]) {
                next += 1;
                if let Some(unit) = slot.take() {
                    self.alone(unit, 1);
                }
            }
            let found = places.get_mut(&key(&unit)).and_then(VecDeque::pop_front);
            match found.and_then(|at| waiting.get_mut(at)?.take()) {
                Some(other) => self.both(unit, &other.text),
                None => self.alone(unit, 0),
            }
        }
        for unit in waiting.into_iter().flatten() {
            self.alone(unit, 1);
        }
    }
}

/// A span to compare: its head and body, and what of an LM call it is, if it is one.
#[derive(Clone, Copy, Debug)]
pub struct ComparedSpan<'a> {
    /// The head.
    pub head: &'a SpanHead,
    /// The body.
    pub body: &'a SpanBody,
    /// The same read as an LM call.
    pub call: Option<&'a Call>,
}

/// What two spans have, part by part, in the order in which it is read. Of a span that has no partner all of it. Ends
/// soon after `deadline`: what has not been compared by then counts as replaced.
pub fn span_difference(
    first: Option<ComparedSpan<'_>>,
    other: Option<ComparedSpan<'_>>,
    deadline: Option<Instant>,
) -> Vec<PartDiff> {
    let mut comparer = Comparer { deadline, parts: Vec::new() };
    let sides = [first, other];
    let has_calls = sides.iter().flatten().all(|side| side.call.is_some());
    let values = |of: fn(&SpanBody) -> Option<&Json>| sides.map(|side| side.and_then(|side| of(side.body)));
    let (inputs, outputs) = (values(|body| body.inputs.as_ref()), values(|body| body.outputs.as_ref()));
    if has_calls {
        let calls = sides.map(|side| side.and_then(|side| side.call));
        chat::compare_prompts(&mut comparer, calls);
        let beside = inputs.map(|inputs| inputs.map(chat::beside_messages));
        json::compare(&mut comparer, &PartPlace::Inputs, beside.each_ref().map(Option::as_ref));
        comparer.raw_if_hidden(0, &PartPlace::Inputs, inputs);
        let begin = comparer.parts.len();
        chat::compare_answers(&mut comparer, calls);
        comparer.raw_if_hidden(begin, &PartPlace::Outputs, outputs);
    } else {
        json::compare(&mut comparer, &PartPlace::Inputs, inputs);
        json::compare(&mut comparer, &PartPlace::Outputs, outputs);
    }
    let [first, other] = sides.map(|side| side.map(ends).unwrap_or_default());
    comparer.by_name(first, other);
    let [first, other] = sides.map(|side| side.map(set_up).unwrap_or_default());
    comparer.by_name(first, other);
    comparer.parts
}

/// Everything beside inputs and outputs that says how a call was set up; the settings of an LM call stand there, too,
/// among what it was given.
fn set_up(side: ComparedSpan<'_>) -> Vec<Unit> {
    let unit = |(key, value): (&String, &Json)| json::unit(&PartPlace::Settings, key.clone(), value);
    settings(side.body).map(unit).collect()
}

/// The status, unless it is that of most, and what an exception says.
fn ends(side: ComparedSpan<'_>) -> Vec<Unit> {
    let unit = |name: &str, text: &str| Unit {
        place: PartPlace::End,
        kind: None,
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let mut units = vec![unit("status", &side.head.status)];
    let last = side.body.events.iter().rev().find(|event| event.attributes.contains_key(EXCEPTION_TYPE));
    let told = |key: &str| last.and_then(|event| event.attributes.get(key)?.as_str());
    match (told(EXCEPTION_TYPE), told("exception.message")) {
        (Some(name), message) => units.push(unit("exception", &format!("{name}: {}", message.unwrap_or_default()))),
        (None, _) if !side.body.status_message.is_empty() => units.push(unit("message", &side.body.status_message)),
        (None, _) => {}
    }
    units
}

#[cfg(test)]
mod tests;
