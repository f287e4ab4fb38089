//! What was sent and what came back, in the shapes of OpenAI's chat and responses, of Anthropic's messages, and of DSPy.

use super::beside::Beside;
use super::content::Content;
use super::message::{PartKind, text_of};
use crate::model::Json;
use crate::model::dspy::keys::lm::CHOICES;

/// The messages that were sent: `messages` (or `input` of the responses API), else `prompt` as one of a user.
pub(super) fn messages(asked: Option<&Json>) -> Vec<(String, Content)> {
    let Some(asked) = asked else { return Vec::new() };
    let list = [asked.get("messages"), asked.get("input"), Some(asked)].into_iter().flatten().find_map(Json::as_array);
    let mut found = Vec::new();
    // Anthropic's system prompt stands beside the messages, as do the instructions of a response.
    for system in [asked.get("system"), asked.get("instructions")].into_iter().flatten().filter(|one| !one.is_null()) {
        found.push(("system".to_owned(), Content::read(system)));
    }
    if let Some(list) = list {
        found.extend(list.iter().map(message));
        return found;
    }
    let prompt = [asked.get("prompt"), asked.get("input"), Some(asked)].into_iter().flatten();
    let mut prompt = prompt.filter(|one| text_of(one).is_some());
    if let Some(prompt) = prompt.next() {
        found.push(("user".to_owned(), Content::read(prompt)));
    } else if found.is_empty() && !asked.is_null() && !asked.as_object().is_some_and(|map| map.contains_key("messages"))
    {
        let mut content = Content::default();
        content.other(asked);
        found.push((String::new(), content));
    }
    found
}

/// One message, or an item of a response that is none.
fn message(value: &Json) -> (String, Content) {
    let role = value.get("role").and_then(text_of).unwrap_or_default().to_owned();
    if role.is_empty() {
        return (role, Content::read(value));
    }
    let mut content = Content::read(value.get("content").unwrap_or(&Json::Null));
    content.reasoning(value.get("reasoning_content"));
    content.tool_calls(value.get("tool_calls"));
    if role == "tool" {
        // Its whole text is what the tool gave back.
        let name = value.get("name").and_then(text_of).map(str::to_owned);
        let id = value.get("tool_call_id").and_then(Json::as_str).map(str::to_owned);
        let beside = Beside { text: String::new(), id, media: None };
        content.beside.insert(0, (0, PartKind::ToolResult, name, beside));
    }
    (role, content)
}

/// The tools that a call names.
pub(super) fn tools(asked: Option<&Json>) -> Vec<(Option<String>, String)> {
    let list = asked.and_then(|asked| asked.get("tools")).and_then(Json::as_array);
    let name = |tool: &Json| tool.get("function").unwrap_or(tool).get("name").and_then(text_of).map(str::to_owned);
    list.into_iter().flatten().map(|tool| (name(tool), tool.to_string())).collect()
}

/// The answers, and whether the provider gave back nothing in place of one.
pub(super) fn completions(answered: Option<&Json>) -> Vec<(Content, bool)> {
    let one = |value: &Json| -> (Content, bool) {
        let mut content = Content::default();
        match value {
            Json::Null => return (content, true),
            // DSPy's own, and a message of OpenAI's.
            Json::Object(map)
                if map.contains_key("text") || map.contains_key("content") || map.contains_key("tool_calls") =>
            {
                let text = map.get("text").or_else(|| map.get("content")).unwrap_or(&Json::Null);
                content.reasoning(map.get("reasoning_content"));
                let read = Content::read(text);
                content.text = read.text;
                content.beside.extend(read.beside);
                content.tool_calls(map.get("tool_calls"));
                return (content, text.is_null());
            }
            other => content = Content::read(other),
        }
        (content, false)
    };
    let Some(answered) = answered else { return Vec::new() };
    if let Some(choices) = answered.get(CHOICES).and_then(Json::as_array) {
        return choices.iter().map(|choice| one(choice.get("message").unwrap_or(choice))).collect();
    }
    if let Some(items) = answered.get("output").and_then(Json::as_array) {
        return vec![(Content::read(&Json::Array(items.clone())), false)];
    }
    match answered {
        Json::Null => Vec::new(),
        Json::Array(list) => list.iter().map(one).collect(),
        other => vec![one(other)],
    }
}
