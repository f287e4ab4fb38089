//! Two LM calls, by the parts of their prompts and answers.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde_json::Map;

use super::{Comparer, PartPlace, Unit};
use crate::analysis::dspy::{Call, Message, Part, PartKind, Place};
use crate::model::Json;
use crate::words;

/// Compares what was sent, and the tools that were offered.
pub(super) fn compare_prompts(comparer: &mut Comparer, calls: [Option<&Call>; 2]) {
    let of = |is_it: fn(&Message) -> bool| calls.map(|call| units(call, is_it));
    let [first, other] = of(|message| message.place == Place::System);
    comparer.by_name(first, other);
    demos(comparer, calls);
    let [first, other] = of(|message| !matches!(message.place, Place::System | Place::Demo(_)));
    comparer.by_name(first, other);
    let [first, other] = calls.map(|call| call.map(tools).unwrap_or_default());
    comparer.by_name(first, other);
}

/// Compares what came back.
pub(super) fn compare_answers(comparer: &mut Comparer, calls: [Option<&Call>; 2]) {
    let [first, other] = calls.map(|call| call.map(answers).unwrap_or_default());
    comparer.by_name(first, other);
}

/// What a call was given beside messages and tools.
pub(super) fn beside_messages(inputs: &Json) -> Json {
    let Json::Object(map) = inputs else { return Json::Object(Map::new()) };
    let is_beside = |key: &str| !matches!(key, "messages" | "prompt" | "input" | "system" | "instructions" | "tools");
    Json::Object(
        map.iter().filter(|(key, _)| is_beside(key)).map(|(key, value)| (key.clone(), value.clone())).collect(),
    )
}

fn units(call: Option<&Call>, is_it: fn(&Message) -> bool) -> Vec<Unit> {
    let messages = call.into_iter().flat_map(|call| &call.messages).filter(|message| is_it(message));
    messages.flat_map(|message| of_message(message, &place(message))).collect()
}

fn place(message: &Message) -> PartPlace {
    match message.place {
        Place::System => PartPlace::System,
        Place::Demo(number) => PartPlace::Demo(number),
        Place::Turn(number) => PartPlace::Turn(number, Arc::from(message.role.as_str())),
        Place::Request => PartPlace::Request,
        Place::Other => PartPlace::Message(Arc::from(message.role.as_str())),
    }
}

/// The parts of a message; what its adapter adds around fields is the same in all and says nothing.
fn of_message(message: &Message, place: &PartPlace) -> Vec<Unit> {
    let told = message.parts.iter().filter(|part| part.kind != PartKind::Format);
    let unit = |part: &Part| Unit {
        place: place.clone(),
        kind: Some(part.kind),
        name: part.name.as_deref().unwrap_or_default().to_owned(),
        text: text(message, part),
    };
    told.map(unit).collect()
}

/// Of a field in the list of a signature all but its number: `question (str): what is asked`.
fn without_number(text: &str) -> &str {
    let text = text.trim();
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.strip_prefix(". ").filter(|_| rest.len() < text.len()).unwrap_or(text)
}

/// What a part says; of what is in no text, what is known of it.
fn text(message: &Message, part: &Part) -> String {
    let in_text = || match part.kind {
        PartKind::InputField | PartKind::OutputField => without_number(message.text_of(part)).to_owned(),
        _ => message.value_of(part).into_owned(),
    };
    let Some(beside) = &part.beside else { return in_text() };
    if !beside.text.is_empty() {
        return beside.text.clone();
    }
    let Some(media) = &beside.media else { return in_text() };
    let size = media.size.map(words::bytes);
    let told = [media.media_type.clone(), size, media.attachment.clone(), media.address.clone()];
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The demos of a call: what the user said and what was answered, by their numbers.
fn demos_of(call: Option<&Call>) -> Vec<Vec<Unit>> {
    let mut demos: Vec<Vec<Unit>> = Vec::new();
    for message in call.into_iter().flat_map(|call| &call.messages) {
        let Place::Demo(number) = message.place else { continue };
        if demos.len() < number {
            demos.resize_with(number, Vec::new);
        }
        if let Some(demo) = number.checked_sub(1).and_then(|at| demos.get_mut(at)) {
            demo.extend(of_message(message, &PartPlace::Demo(number)));
        }
    }
    demos
}

fn said(demo: &[Unit]) -> Vec<(&str, &str)> {
    demo.iter().map(|unit| (unit.name.as_str(), unit.text.as_str())).collect()
}

/// A demo is the same wherever it stands; one that is not the same is another one.
fn demos(comparer: &mut Comparer, calls: [Option<&Call>; 2]) {
    let [first, other] = calls.map(demos_of);
    // Which of the other call's demos say what a demo of the first says, in their order.
    let mut same: HashMap<Vec<(&str, &str)>, VecDeque<usize>> = HashMap::new();
    for (at, demo) in other.iter().enumerate() {
        same.entry(said(demo)).or_default().push_back(at);
    }
    let partners: Vec<Option<usize>> =
        first.iter().map(|demo| same.get_mut(&said(demo)).and_then(VecDeque::pop_front)).collect();
    let mut others: Vec<Option<Vec<Unit>>> = other.into_iter().map(Some).collect();
    let mut removed = Vec::new();
    for (demo, partner) in first.into_iter().zip(partners) {
        if partner.and_then(|at| others.get_mut(at)?.take()).is_none() {
            removed.extend(demo);
            continue;
        }
        for unit in demo {
            let text = unit.text.clone();
            comparer.both(unit, &text);
        }
    }
    removed.into_iter().for_each(|unit| comparer.alone(unit, 0));
    others.into_iter().flatten().flatten().for_each(|unit| comparer.alone(unit, 1));
}

fn tools(call: &Call) -> Vec<Unit> {
    let tool = |(name, text): &(Option<String>, String)| Unit {
        place: PartPlace::Tools,
        kind: None,
        name: name.clone().unwrap_or_default(),
        text: text.clone(),
    };
    call.tools.iter().map(tool).collect()
}

fn answers(call: &Call) -> Vec<Unit> {
    let numbered = call.completions.iter().zip(1..);
    numbered.flat_map(|(answer, number)| of_message(&answer.message, &PartPlace::Answer(number))).collect()
}
