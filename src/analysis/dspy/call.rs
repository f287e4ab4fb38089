//! An LM call: what was sent and what came back.

use super::adapter::{AdapterKind, AdapterSource};
use super::assemble::assembled;
use super::conversation::places;
use super::field::Field;
use super::message::{Message, Place};
use super::sent::{completions, messages, tools};
use super::system_prompt::SystemPrompt;
use super::{answers, inputs};
use crate::model::Json;

/// One LM call, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// How the prompt is laid out.
    pub adapter: AdapterKind,
    /// How that is known.
    pub adapter_source: AdapterSource,
    /// The input fields that the system prompt tells.
    pub inputs: Vec<Field>,
    /// The output fields that the system prompt tells.
    pub outputs: Vec<Field>,
    /// What was sent.
    pub messages: Vec<Message>,
    /// The tools that the provider was told of: name, and all that was said as JSON.
    pub tools: Vec<(Option<String>, String)>,
    /// What came back: one of most calls, several with `n`, none of a call that failed or still runs.
    pub completions: Vec<Completion>,
}

/// One answer of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The answer; its place is of no meaning.
    pub message: Message,
    /// The provider gave back nothing in place of a text (a refusal, a call of tools).
    pub is_null: bool,
}

impl Call {
    /// Reads the inputs and outputs of an `LM.__call__`. `adapter` is what the span of the adapter says, `demos` how
    /// many demos it was given.
    pub fn read(
        asked: Option<&Json>,
        answered: Option<&Json>,
        adapter: Option<AdapterKind>,
        demos: Option<usize>,
    ) -> Self {
        let mut messages = messages(asked);
        let system = messages.iter().find(|(role, _)| is_system(role)).map(|(_, content)| content.text.as_str());
        let system = system.unwrap_or_default();
        let read = SystemPrompt::read(system);
        let inferred = AdapterKind::of_text(system);
        let (kind, source) = match adapter {
            Some(kind) => (kind, AdapterSource::Span),
            None => (inferred, AdapterSource::Text),
        };
        let mut read_messages: Vec<Message> = Vec::with_capacity(messages.len());
        for (role, content) in messages.drain(..) {
            let is_first_system = is_system(&role) && read_messages.iter().all(|before| !is_system(&before.role));
            let cuts = match &*role {
                _ if is_first_system => read.cuts.clone(),
                "assistant" => answers::cuts(&content.text, kind, &read.outputs),
                "user" => inputs::cuts(&content.text, kind, &read.inputs),
                _ => Vec::new(),
            };
            read_messages.push(assembled(role, content, cuts));
        }
        let places = places(&read_messages, demos);
        for (message, place) in read_messages.iter_mut().zip(places) {
            message.place = place;
        }
        let completions = completions(answered).into_iter().map(|(content, is_null)| {
            let cuts = answers::cuts(&content.text, kind, &read.outputs);
            Completion { message: assembled("assistant".to_owned(), content, cuts), is_null }
        });
        Self {
            adapter: kind,
            adapter_source: source,
            messages: read_messages,
            tools: tools(asked),
            completions: completions.collect(),
            inputs: read.inputs,
            outputs: read.outputs,
        }
    }

    /// How many demos its prompt holds.
    pub fn demos(&self) -> usize {
        let demos = self.messages.iter().filter_map(|message| match message.place {
            Place::Demo(number) => Some(number),
            _ => None,
        });
        demos.max().unwrap_or_default()
    }

    /// Whether the fields of its prompt are known by name and those of the request were found.
    pub fn is_read_as_fields(&self) -> bool {
        let asks = |message: &Message| matches!(message.place, Place::Request | Place::Turn(_));
        let has_fields = |message: &Message| message.fields().next().is_some();
        !self.outputs.is_empty()
            && (self.inputs.is_empty() || self.messages.iter().any(|one| asks(one) && has_fields(one)))
    }
}

fn is_system(role: &str) -> bool {
    matches!(role, "system" | "developer")
}
