//! Which adapter wrote a prompt.

use crate::model::dspy::prompts::{self, adapters};

/// How a prompt is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AdapterKind {
    /// `[[ ## field ## ]]`
    Chat,
    /// Inputs as in [`Self::Chat`], the answer in JSON.
    Json,
    /// `<field>`
    Xml,
    /// As [`Self::Json`], with types in other words.
    Baml,
    /// Prose.
    TwoStep,
    /// None that is known.
    Raw,
}

/// How an adapter is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdapterSource {
    /// By the span that wrote the prompt.
    Span,
    /// Inferred from the prompt's own text.
    Text,
}

impl AdapterKind {
    /// Its word in JSON documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Json => "json",
            Self::Xml => "xml",
            Self::Baml => "baml",
            Self::TwoStep => "two-step",
            Self::Raw => "raw",
        }
    }

    /// By the class in the name of its span; `None` of one that is not DSPy's.
    pub(super) fn of_class(class: &str) -> Option<Self> {
        match class.rsplit('.').next().unwrap_or(class) {
            adapters::CHAT => Some(Self::Chat),
            adapters::JSON => Some(Self::Json),
            adapters::XML => Some(Self::Xml),
            adapters::BAML => Some(Self::Baml),
            adapters::TWO_STEP => Some(Self::TwoStep),
            _ => None,
        }
    }

    /// By the sentences of a system prompt.
    pub(super) fn of_text(system: &str) -> Self {
        if system.starts_with(prompts::TWO_STEP_BEGINNING) && system.contains(prompts::TWO_STEP_INPUTS) {
            return Self::TwoStep;
        }
        let (Some(rules), true) = (system.find(prompts::RULES), system.starts_with(prompts::INPUT_FIELDS)) else {
            return Self::Raw;
        };
        let rules = system.get(rules..).unwrap_or_default();
        let rules = rules.find(prompts::OBJECTIVE).and_then(|end| rules.get(..end)).unwrap_or(rules);
        let has_line = |begin: &str| rules.lines().any(|line| line.starts_with(begin));
        if has_line(prompts::JSON_RULE) {
            Self::Json
        } else if has_line(prompts::BAML_RULE) {
            Self::Baml
        } else if has_line(prompts::HEADER_BEGIN) {
            Self::Chat
        } else if rules.lines().any(|line| line.starts_with('<') && line.ends_with('>')) {
            Self::Xml
        } else {
            Self::Raw
        }
    }
}
