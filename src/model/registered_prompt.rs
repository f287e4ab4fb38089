//! Prompts of MLflow's registry (`mlflow.genai.register_prompt`, MLflow 2.21 and later): a registered model whose tags
//! say that it is a prompt, its versions, and who used them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::{Entry, ExperimentId, Json, RunId, TraceId};

/// The workspace of whatever is in none (MLflow 3.10 and later).
pub const DEFAULT_WORKSPACE: &str = "default";

/// Which prompt: its name, and the workspace in which that name means it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PromptKey {
    /// What it is called.
    pub name: Arc<str>,
    /// The workspace it is in; `None` for the usual one, and where a store has none.
    pub workspace: Option<Arc<str>>,
}

impl PromptKey {
    /// A prompt of the usual workspace.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), workspace: None }
    }

    /// A prompt as a row says it; the usual workspace is none.
    pub fn new(name: &str, workspace: Option<&str>) -> Self {
        let workspace = workspace.filter(|workspace| !workspace.is_empty() && *workspace != DEFAULT_WORKSPACE);
        Self { name: name.into(), workspace: workspace.map(Arc::from) }
    }
}

/// Its name, and of another workspace than the usual one that before it.
impl fmt::Display for PromptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.workspace {
            Some(workspace) => write!(f, "{workspace}/{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A name that stands for a version and can be moved to another one (`prompts:/name@production`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptAlias {
    /// The name.
    pub name: String,
    /// The version that it stands for, which may be gone.
    pub version: u64,
}

/// A prompt, without its versions' texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredPrompt {
    /// Which one.
    pub key: PromptKey,
    /// What people wrote about it.
    pub description: Option<String>,
    /// When it was made, milliseconds since the epoch.
    pub created_ms: Option<i64>,
    /// When it, a version or an alias of it changed last, milliseconds since the epoch.
    pub updated_ms: Option<i64>,
    /// The tags that people gave it, by key.
    pub tags: Vec<Entry>,
    /// The experiments in which it was registered or used, as MLflow 3.4 and later notes.
    pub experiments: Vec<ExperimentId>,
    /// Its aliases, by name.
    pub aliases: Vec<PromptAlias>,
    /// The numbers of its versions that are not deleted, ascending.
    pub versions: Vec<u64>,
}

impl RegisteredPrompt {
    /// The newest version.
    pub fn latest(&self) -> Option<u64> {
        self.versions.last().copied()
    }

    /// What stands for a version.
    pub fn aliases_of(&self, version: u64) -> impl Iterator<Item = &str> {
        self.aliases.iter().filter(move |alias| alias.version == version).map(|alias| alias.name.as_str())
    }

    /// The version that an alias stands for; `latest` is the newest one, as in MLflow (3.0 and later), unless somebody
    /// gave that name to another.
    pub fn version_of(&self, alias: &str) -> Option<u64> {
        let named = self.aliases.iter().find(|one| one.name == alias).map(|one| one.version);
        named.or_else(|| self.latest().filter(|_| alias == "latest"))
    }
}

/// A message of a chat prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptMessage {
    /// Whose it is; empty if that is not said.
    pub role: String,
    /// What it says: text, else what is there instead as JSON.
    pub content: String,
    /// What else stands in it (`tool_calls`, …).
    pub other: serde_json::Map<String, Json>,
}

/// What a version says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptContent {
    /// A text with `{{ variables }}`.
    Text(String),
    /// Messages.
    Chat(Vec<PromptMessage>),
    /// It is said to be a chat, but this is no list of messages.
    Broken(String),
}

impl PromptContent {
    /// MLflow's word for its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Chat(_) | Self::Broken(_) => "chat",
        }
    }

    /// All of it as one text, of messages each below its role.
    pub fn text(&self) -> Cow<'_, str> {
        let messages = match self {
            Self::Text(text) | Self::Broken(text) => return Cow::Borrowed(text),
            Self::Chat(messages) => messages,
        };
        let written = messages.iter().map(|message| {
            let other = match message.other.is_empty() {
                true => String::new(),
                false => format!("\n{}", Json::Object(message.other.clone())),
            };
            format!(
                "{}:\n{}{other}",
                if message.role.is_empty() { "(no role)" } else { &message.role },
                message.content
            )
        });
        Cow::Owned(written.collect::<Vec<_>>().join("\n\n"))
    }

    /// The variables in it, in the order in which they are met: what stands in two braces and is a name, as MLflow's
    /// `PROMPT_TEMPLATE_VARIABLE_PATTERN` finds them.
    pub fn variables(&self) -> Vec<String> {
        let text = self.text();
        let mut found: Vec<String> = Vec::new();
        let begins = text.bytes().enumerate().filter(|(_, byte)| *byte == b'{').map(|(at, _)| at);
        for rest in begins.filter_map(|at| text.get(at..)?.strip_prefix("{{")) {
            let rest = rest.trim_start();
            let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_' && one != '.');
            let Some((name, behind)) = end.and_then(|end| rest.split_at_checked(end)) else { continue };
            let is_closed = behind.trim_start().starts_with("}}");
            if is_closed && is_variable(name) && !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        }
        found
    }
}

/// A name, or names joined by dots.
fn is_variable(text: &str) -> bool {
    text.split('.').all(|part| {
        let mut chars = part.chars();
        chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && chars.all(|one| one.is_ascii_alphanumeric() || one == '_')
    })
}

/// A version of a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptVersion {
    /// Its number, from 1.
    pub version: u64,
    /// When it was registered, milliseconds since the epoch.
    pub created_ms: Option<i64>,
    /// When it was changed last, milliseconds since the epoch.
    pub updated_ms: Option<i64>,
    /// The commit message.
    pub message: Option<String>,
    /// Who registered it, if that was noted.
    pub user: Option<String>,
    /// It was deleted: MLflow shows no such version any more, and its text is not read.
    pub is_deleted: bool,
    /// What it says; `None` if no text was stored, or it is deleted.
    pub content: Option<PromptContent>,
    /// The structure that answers should have.
    pub response_format: Option<Json>,
    /// The model and its settings (MLflow 3.6 and later).
    pub model_config: Option<Json>,
    /// The tags that people gave it, by key.
    pub tags: Vec<Entry>,
}

impl PromptVersion {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let json = |value: &Option<Json>| value.as_ref().map_or(0, super::json::bytes_of);
        let text = self.content.as_ref().map_or(0, |content| content.text().len());
        let tags: usize = self.tags.iter().map(|tag| 64 + tag.key.len() + tag.value.as_str().len()).sum();
        256 + text + json(&self.response_format) + json(&self.model_config) + tags
    }
}

/// Who used a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PromptUser {
    /// A run: it loaded, optimized or registered the prompt.
    Run(RunId),
    /// A trace: while it was recorded the prompt was loaded.
    Trace(TraceId),
}

/// A version of a prompt that somebody used.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PromptRef {
    /// The prompt, which may be gone.
    pub prompt: PromptKey,
    /// The number of the version, which may be gone.
    pub version: u64,
}

/// One use of a prompt, as it was linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptUse {
    /// Which version.
    pub used: PromptRef,
    /// By whom.
    pub user: PromptUser,
    /// What the run or trace is called; may be empty.
    pub name: String,
    /// The experiment that it is in, if that is known.
    pub experiment: Option<ExperimentId>,
    /// MLflow's word for how it stands; may be empty.
    pub status: String,
    /// When it began, milliseconds since the epoch.
    pub started_ms: Option<i64>,
}

/// Whose uses of prompts are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PromptUsesWanted {
    /// Of a prompt, all versions: no more than so many runs and so many traces, the newest.
    OfPrompt(PromptKey, usize),
    /// Of a run or a trace.
    By(PromptUser),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_names_in_two_braces() {
        let of = |text: &str| PromptContent::Text(text.to_owned()).variables();
        assert_eq!(of("Ask {{ who }} about {{topic.name}} and {{ who }}"), ["who", "topic.name"]);
        // As MLflow's pattern: no number first, no filter, no braces that never close, one pair within three.
        assert!(of("{{1a}} {{ a | b }} {{a.}} {a} {{ open").is_empty());
        assert_eq!(of("{{{a}}}"), ["a"]);
        let message = |role: &str, content: &str| PromptMessage {
            role: role.to_owned(),
            content: content.to_owned(),
            other: serde_json::Map::new(),
        };
        let chat = PromptContent::Chat(vec![message("system", "Be {{ tone }}."), message("user", "{{q}}")]);
        assert_eq!(chat.variables(), ["tone", "q"]);
        assert_eq!(chat.text(), "system:\nBe {{ tone }}.\n\nuser:\n{{q}}");
    }

    #[test]
    fn the_usual_workspace_is_none_and_an_alias_leads_to_a_version() {
        assert_eq!(PromptKey::new("a", Some("default")), PromptKey::named("a"));
        assert_eq!(PromptKey::new("a", Some("team")).to_string(), "team/a");
        let alias = |name: &str, version| PromptAlias { name: name.to_owned(), version };
        let prompt = RegisteredPrompt {
            key: PromptKey::named("a"),
            description: None,
            created_ms: None,
            updated_ms: None,
            tags: Vec::new(),
            experiments: Vec::new(),
            aliases: vec![alias("production", 2)],
            versions: vec![1, 2, 4],
        };
        assert_eq!(["production", "latest", "none"].map(|name| prompt.version_of(name)), [Some(2), Some(4), None]);
        let moved = RegisteredPrompt { aliases: vec![alias("latest", 1)], ..prompt };
        assert_eq!(moved.version_of("latest"), Some(1));
    }
}
