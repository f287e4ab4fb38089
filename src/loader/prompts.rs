//! A version of a prompt, laid out for the screen.

use std::ops::Range;

use serde_json::{Map, json};

use super::numbered::Numbered;
use super::readable::{Readable, readable};
use super::text::Text;
use crate::analysis::text_diff::TextDiff;
use crate::model::{Json, PromptContent, PromptKey, PromptVersion};
use crate::query::PromptPageOf;
use crate::query::ask::{CostClass, Question, Session};
use crate::store::Result;

/// What a version says, for reading.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedPrompt {
    /// Its text or messages, then its response format and model config; the roles and names of these are keys.
    pub text: Text,
    /// What is copied: the text alone, of a chat its messages as JSON.
    pub copied: Text,
    /// The variables in it.
    pub variables: Vec<String>,
    /// It is said to be a chat, but is no list of messages.
    pub is_broken: bool,
}

/// What a version of a prompt says; `None` if there is no such version, or nothing is known of what it says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PromptTextOf {
    /// The prompt.
    pub prompt: PromptKey,
    /// The number of the version.
    pub version: u64,
}

impl Question for PromptTextOf {
    type Answer = Option<PreparedPrompt>;
    const LABEL: &'static str = "text of a prompt";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let page = session.ask(&PromptPageOf(self.prompt.clone()))?;
        Ok(page.as_ref().as_ref().and_then(|page| prepared(page.version(self.version)?)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |one| one.text.bytes() + one.copied.bytes())
    }
}

fn prepared(version: &PromptVersion) -> Option<PreparedPrompt> {
    let content = version.content.as_ref()?;
    let (shown, copied) = match content {
        PromptContent::Text(text) | PromptContent::Broken(text) => {
            (Readable { text: text.clone(), keys: Vec::new() }, text.clone())
        }
        PromptContent::Chat(messages) => {
            let for_reading = messages.iter().map(|one| {
                let other = match one.other.is_empty() {
                    true => String::new(),
                    false => format!("\n{}", Json::from(one.other.clone())),
                };
                json!({"role": one.role, "content": format!("{}{other}", one.content)})
            });
            let whole = messages.iter().map(|one| {
                let mut message =
                    Map::from_iter([("role".to_owned(), json!(one.role)), ("content".to_owned(), json!(one.content))]);
                message.extend(one.other.clone());
                Json::Object(message)
            });
            let copied = Json::Array(whole.collect()).to_string();
            (readable(&Json::Array(for_reading.collect())), copied)
        }
    };
    let parts = [("Response format", &version.response_format), ("Model config", &version.model_config)];
    let settings: Map<String, Json> =
        parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect();
    let shown = if settings.is_empty() { shown } else { joined(shown, readable(&Json::Object(settings))) };
    Some(PreparedPrompt {
        text: Text::with_keys(shown.text, shown.keys),
        copied: Text::new(copied),
        variables: content.variables(),
        is_broken: matches!(content, PromptContent::Broken(_)),
    })
}

/// One text below the other.
fn joined(mut above: Readable, below: Readable) -> Readable {
    above.text.truncate(above.text.trim_end().len());
    above.text.push_str("\n\n");
    let at = above.text.len();
    above.keys.extend(below.keys.into_iter().map(|Range { start, end }| start + at..end + at));
    above.text.push_str(&below.text);
    above
}

/// What changed in a version.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedPromptChange {
    /// The version that it is compared with.
    pub against: u64,
    /// What changed in the text.
    pub diff: TextDiff,
    /// What else changed.
    pub others: Vec<&'static str>,
}

/// What changed in a version of a prompt; `None` inside if there is nothing to compare it with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PromptChangeOf {
    /// The prompt.
    pub prompt: PromptKey,
    /// The number of the version.
    pub version: u64,
    /// The version that it is compared with; the one before it if none is chosen.
    pub against: Option<u64>,
}

impl Question for PromptChangeOf {
    type Answer = Option<Numbered<PreparedPromptChange>>;
    const LABEL: &'static str = "changes in a prompt";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let page = session.ask(&PromptPageOf(self.prompt.clone()))?;
        let change = page.as_ref().as_ref().and_then(|page| page.change(self.version, self.against));
        Ok(change.map(|change| {
            let (diff, others) = (change.diff(session), change.others());
            Numbered::new(PreparedPromptChange { against: change.old.version, diff, others })
        }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let pieces = answer.iter().flat_map(|one| &one.value.diff.pieces);
        pieces.map(|piece| 40 + piece.text.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PromptMessage;

    fn version(content: PromptContent) -> PromptVersion {
        PromptVersion {
            version: 1,
            created_ms: None,
            updated_ms: None,
            message: None,
            user: None,
            is_deleted: false,
            content: Some(content),
            response_format: None,
            model_config: Some(json!({"model_name": "gpt-4o", "temperature": 0.2})),
            tags: Vec::new(),
        }
    }

    #[test]
    fn a_version_is_its_text_then_its_settings() {
        let text = prepared(&version(PromptContent::Text("Say {{ x }}.\n".to_owned()))).expect("a text");
        assert_eq!(&**text.text.text(), "Say {{ x }}.\n\nModel config\n    model_name  gpt-4o\n    temperature  0.2");
        let keys: Vec<&str> = text.text.keys().iter().map(|range| &text.text.text()[range.clone()]).collect();
        assert_eq!(keys, ["Model config", "model_name", "temperature"]);
        assert_eq!(&**text.copied.text(), "Say {{ x }}.\n", "what is copied is the text as it stands");
        assert!(prepared(&PromptVersion { content: None, ..version(PromptContent::Text(String::new())) }).is_none());
    }

    #[test]
    fn a_chat_is_its_messages_below_their_roles() {
        let message = |role: &str, content: &str, other: Json| PromptMessage {
            role: role.to_owned(),
            content: content.to_owned(),
            other: other.as_object().cloned().unwrap_or_default(),
        };
        let chat = PromptContent::Chat(vec![
            message("system", "Be kind.", json!({})),
            message("user", "{{ q }}", json!({"name": "ann"})),
        ]);
        let chat = prepared(&PromptVersion { model_config: None, ..version(chat) }).expect("a chat");
        assert_eq!(&**chat.text.text(), "system\nBe kind.\n\nuser\n{{ q }}\n{\"name\":\"ann\"}");
        let copied = r#"[{"role":"system","content":"Be kind."},{"role":"user","content":"{{ q }}","name":"ann"}]"#;
        assert_eq!(&**chat.copied.text(), copied);
    }
}
