//! Prompts of the registry.

use super::{fields, kinds};
use crate::model::{
    PromptAlias, PromptContent, PromptKey, PromptMessage, PromptRef, PromptUse, PromptUser, PromptUsesWanted,
    PromptVersion, RegisteredPrompt,
};

fields! {
    PromptKey { name, workspace }
    PromptAlias { name, version }
    RegisteredPrompt { key, description, created_ms, updated_ms, tags, experiments, aliases, versions }
    PromptMessage { role, content, other }
    PromptVersion {
        version, created_ms, updated_ms, message, user, is_deleted, content, response_format, model_config, tags,
    }
    PromptRef { prompt, version }
    PromptUse { used, user, name, experiment, status, started_ms }
}

kinds! {
    PromptContent { 0 => Text(text), 1 => Chat(messages), 2 => Broken(text) }
    PromptUser { 0 => Run(run), 1 => Trace(trace) }
    PromptUsesWanted { 0 => OfPrompt(prompt, most), 1 => By(user) }
}
