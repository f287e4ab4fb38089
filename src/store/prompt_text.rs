//! What the tags of prompts and of their users hold, for every reader.

use crate::model::{Json, PromptContent, PromptKey, PromptMessage, PromptRef, PromptUse, Reveal, Unmasked};

/// What a version says, as it may be shown.
pub(super) fn content(text: Unmasked<String>, is_chat: bool, reveal: Reveal) -> PromptContent {
    if !is_chat {
        return PromptContent::Text(text.readable(reveal));
    }
    match text.decode().value.mask("", reveal) {
        Json::Array(items) if items.iter().all(Json::is_object) => {
            PromptContent::Chat(items.into_iter().map(message).collect())
        }
        _ => PromptContent::Broken(text.readable(reveal)),
    }
}

fn message(item: Json) -> PromptMessage {
    let Json::Object(mut other) = item else {
        return PromptMessage { role: String::new(), content: item.to_string(), other: serde_json::Map::new() };
    };
    let role = match other.remove("role") {
        Some(Json::String(role)) => role,
        Some(role) => role.to_string(),
        None => String::new(),
    };
    let content = match other.remove("content") {
        None | Some(Json::Null) => String::new(),
        Some(content) => content_text(&content),
    };
    PromptMessage { role, content, other }
}

/// A text, or the texts of parts; what is no text stays JSON.
fn content_text(content: &Json) -> String {
    let of_part = |part: &Json| match part.get("text") {
        Some(Json::String(text)) => text.clone(),
        _ => part.to_string(),
    };
    match content {
        Json::String(text) => text.clone(),
        Json::Array(parts) => parts.iter().map(of_part).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// What an item of a list names: `{"name": "desk", "version": "2"}`.
pub(super) fn named(item: &Json, user: &PromptUse) -> Option<PromptRef> {
    let version = match item.get("version")? {
        Json::String(text) => text.parse().ok()?,
        number => number.as_u64()?,
    };
    let prompt = PromptKey { name: item.get("name")?.as_str()?.into(), workspace: user.used.prompt.workspace.clone() };
    Some(PromptRef { prompt, version })
}

/// Whether JSON writes a name as it is.
pub(super) fn stands_as_it_is(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-. ".contains(&byte))
}
