//! The registry's prompts of a [`MemoryStore`], and who used them.

use std::collections::HashSet;

use super::{Content, MemoryStore, masking};
use crate::model::{
    PromptContent, PromptKey, PromptMessage, PromptUse, PromptUser, PromptUsesWanted, PromptVersion, RegisteredPrompt,
    Reveal, Unmasked,
};
use crate::store::{ReadCx, Result, Store};
use crate::words::natural;

/// So many uses of each kind are copied.
const MOST_USES: usize = 1_000_000;

impl MemoryStore {
    /// Adds a prompt with its versions, or replaces the one of this key.
    pub fn put_prompt(&self, prompt: RegisteredPrompt, versions: Vec<PromptVersion>) {
        self.change(|content| {
            content.prompts.retain(|(known, _)| known.key != prompt.key);
            content.prompts.push((prompt, versions));
        });
    }

    /// Adds uses of prompts.
    pub fn put_prompt_uses(&self, uses: Vec<PromptUse>) {
        self.change(|content| content.prompt_uses.extend(uses));
    }

    /// Takes over the prompts of another store.
    pub(super) fn copy_prompts(&self, store: &mut dyn Store, cx: &ReadCx) -> Result<()> {
        for prompt in store.prompts(cx)? {
            let versions = store.prompt_versions(cx, &prompt.key)?;
            let wanted = PromptUsesWanted::OfPrompt(prompt.key.clone(), MOST_USES);
            self.put_prompt_uses(store.prompt_uses(cx, &wanted)?);
            self.put_prompt(prompt, versions);
        }
        Ok(())
    }
}

impl Content {
    pub(super) fn prompts(&self, reveal: Reveal) -> Vec<RegisteredPrompt> {
        let shown = |(prompt, _): &(RegisteredPrompt, Vec<PromptVersion>)| RegisteredPrompt {
            description: prompt.description.as_ref().map(|text| readable(text, reveal)),
            tags: masking::entries(&prompt.tags, reveal),
            ..prompt.clone()
        };
        let mut found: Vec<RegisteredPrompt> = self.prompts.iter().map(shown).collect();
        found.sort_by(|a, b| {
            natural::compare(&a.key.name, &b.key.name).then_with(|| a.key.workspace.cmp(&b.key.workspace))
        });
        found
    }

    pub(super) fn prompt_versions(&self, prompt: &PromptKey, reveal: Reveal) -> Vec<PromptVersion> {
        let found = self.prompts.iter().find(|(known, _)| known.key == *prompt);
        let mut versions: Vec<PromptVersion> =
            found.into_iter().flat_map(|(_, versions)| versions).map(|one| version(one, reveal)).collect();
        versions.sort_by_key(|one| one.version);
        versions
    }

    pub(super) fn prompt_uses(&self, wanted: &PromptUsesWanted) -> Vec<PromptUse> {
        let is_wanted = |one: &&PromptUse| match wanted {
            PromptUsesWanted::OfPrompt(prompt, _) => one.used.prompt == *prompt,
            PromptUsesWanted::By(user) => one.user == *user,
        };
        let most = match wanted {
            PromptUsesWanted::OfPrompt(_, most) => *most,
            PromptUsesWanted::By(_) => usize::MAX,
        };
        let mut all: Vec<PromptUse> = self.prompt_uses.iter().filter(is_wanted).cloned().collect();
        let is_trace = |one: &PromptUse| matches!(one.user, PromptUser::Trace(_));
        all.sort_by_key(|one| (is_trace(one), std::cmp::Reverse(one.started_ms)));
        let mut users = [HashSet::new(), HashSet::new()];
        all.retain(|one| {
            let users = &mut users[usize::from(is_trace(one))];
            if users.len() >= most && !users.contains(&one.user) {
                return false;
            }
            users.insert(one.user.clone());
            true
        });
        all
    }
}

fn readable(text: &str, reveal: Reveal) -> String {
    Unmasked::new(text.to_owned()).readable(reveal)
}

fn version(one: &PromptVersion, reveal: Reveal) -> PromptVersion {
    let json = |value: &Option<crate::model::Json>| value.clone().map(|it| Unmasked::new(it).mask("", reveal));
    let message = |one: &PromptMessage| PromptMessage {
        role: one.role.clone(),
        content: readable(&one.content, reveal),
        other: Unmasked::new(one.other.clone()).mask(reveal),
    };
    let content = one.content.as_ref().map(|content| match content {
        PromptContent::Text(text) => PromptContent::Text(readable(text, reveal)),
        PromptContent::Chat(messages) => PromptContent::Chat(messages.iter().map(message).collect()),
        PromptContent::Broken(text) => PromptContent::Broken(readable(text, reveal)),
    });
    PromptVersion {
        message: one.message.as_ref().map(|text| readable(text, reveal)),
        content,
        response_format: json(&one.response_format),
        model_config: json(&one.model_config),
        tags: masking::entries(&one.tags, reveal),
        ..one.clone()
    }
}
