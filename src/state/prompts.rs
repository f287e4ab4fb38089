//! The prompts of the registry: all of them, or one, a version of it and what of that is looked at.

use super::tabs::PromptTab;
use crate::model::PromptKey;

/// What is looked at of the prompts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct PromptPlace {
    /// The prompt; with none, all of them are listed.
    pub prompt: Option<PromptKey>,
    /// The version; with none, the newest.
    pub version: Option<u64>,
    /// What of it is shown.
    pub tab: PromptTab,
}

impl PromptPlace {
    /// A prompt, looked at from the start: the newest version.
    pub fn of(prompt: PromptKey) -> Self {
        Self { prompt: Some(prompt), ..Self::default() }
    }

    /// One version of a prompt.
    pub fn version(prompt: PromptKey, version: u64) -> Self {
        Self { version: Some(version), ..Self::of(prompt) }
    }

    /// What an address says beside the path and the tab, by its keys.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let workspace = self.prompt.as_ref().and_then(|prompt| prompt.workspace.as_ref());
        let parts = [
            workspace.map(|workspace| ("workspace", workspace.to_string())),
            self.version.map(|version| ("version", version.to_string())),
        ];
        parts.into_iter().flatten().collect()
    }

    /// Chooses what an address says under a key; says whether there is such a thing.
    pub(super) fn choose(&mut self, key: &str, text: &str) -> bool {
        match (key, &mut self.prompt) {
            ("workspace", Some(prompt)) => {
                *prompt = PromptKey::new(&prompt.name, Some(text));
                true
            }
            ("version", Some(_)) => {
                self.version = text.parse().ok();
                self.version.is_some()
            }
            (_, Some(_)) => self.tab.choose(key, text),
            (_, None) => false,
        }
    }
}
