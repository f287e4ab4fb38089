//! `dspyglass prompts`

use std::collections::BTreeMap;

use serde::Serialize;

use super::diff::Pieces;
use super::prompts_told::{Change, Told, told};
use super::{Answer, prompts_text, several};
use crate::cli::args::PromptsArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Entries, Warnings};
use crate::model::{Json, PromptContent, PromptUser, PromptVersion, RegisteredPrompt};
use crate::query::{Found, RegisteredPrompts, find_prompt};

#[derive(Serialize)]
struct Document<'a> {
    prompts: Vec<PromptJson<'a>>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct PromptJson<'a> {
    name: &'a str,
    workspace: Option<&'a str>,
    description: Option<&'a str>,
    creation_time_ms: Option<i64>,
    last_updated_time_ms: Option<i64>,
    experiment_ids: Vec<&'a str>,
    tags: Entries<'a>,
    aliases: BTreeMap<&'a str, u64>,
    versions: Vec<VersionJson<'a>>,
}

/// Of a list of prompts the number alone.
#[derive(Serialize)]
#[serde(untagged)]
enum VersionJson<'a> {
    Number { version: u64 },
    Whole(Box<WholeJson<'a>>),
}

#[derive(Serialize)]
struct WholeJson<'a> {
    version: u64,
    deleted: bool,
    creation_time_ms: Option<i64>,
    last_updated_time_ms: Option<i64>,
    commit_message: Option<&'a str>,
    user: Option<&'a str>,
    aliases: Vec<&'a str>,
    kind: Option<&'static str>,
    text: Option<String>,
    messages: Option<Vec<MessageJson<'a>>>,
    variables: Vec<String>,
    response_format: Option<&'a Json>,
    model_config: Option<&'a Json>,
    tags: Entries<'a>,
    compared_with: Option<u64>,
    diff: Option<Pieces<'a>>,
    diff_complete: Option<bool>,
    runs: Vec<&'a str>,
    traces: Vec<&'a str>,
}

#[derive(Serialize)]
struct MessageJson<'a> {
    role: &'a str,
    content: &'a str,
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    other: &'a serde_json::Map<String, Json>,
}

pub(super) fn answer(args: &PromptsArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let Some(wanted) = &args.prompt else {
        let all = answer.session.ask(&RegisteredPrompts)?;
        return match answer.is_json {
            true => {
                let number = |version: &u64| VersionJson::Number { version: *version };
                let prompts = all.iter().map(|one| prompt_json(one, one.versions.iter().map(number).collect()));
                let document =
                    Document { prompts: prompts.collect(), warnings: answer.session.cx.take_warnings().into() };
                json::write(&document, answer.out)
            }
            false => prompts_text::print_list(&all, answer),
        };
    };
    let wish = match find_prompt(&mut answer.session, wanted)? {
        Found::One(wish) => wish,
        Found::Several(names) => return Err(several("prompts", wanted, &names)),
        Found::Nothing => return Err(answer.absent("prompt", wanted)),
    };
    let told = told(&wish, args.against, answer)?;
    if answer.is_json { print_json(&told, answer) } else { prompts_text::print(&told, wish.version, answer) }
}

fn prompt_json<'a>(prompt: &'a RegisteredPrompt, versions: Vec<VersionJson<'a>>) -> PromptJson<'a> {
    PromptJson {
        name: &prompt.key.name,
        workspace: prompt.key.workspace.as_deref(),
        description: prompt.description.as_deref(),
        creation_time_ms: prompt.created_ms,
        last_updated_time_ms: prompt.updated_ms,
        experiment_ids: prompt.experiments.iter().map(|one| one.as_str()).collect(),
        tags: Entries(&prompt.tags),
        aliases: prompt.aliases.iter().map(|alias| (alias.name.as_str(), alias.version)).collect(),
        versions,
    }
}

fn print_json(told: &Told, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let page = &told.page;
    let versions = told.versions.iter().filter_map(|(at, change)| {
        let version = page.versions.get(*at)?;
        Some(VersionJson::Whole(Box::new(whole_json(told, version, change.as_ref()))))
    });
    let mut warnings = answer.session.cx.take_warnings();
    warnings.extend(told.cut_warning());
    let document = Document { prompts: vec![prompt_json(&page.prompt, versions.collect())], warnings: warnings.into() };
    json::write(&document, answer.out)
}

fn whole_json<'a>(told: &'a Told, one: &'a PromptVersion, change: Option<&'a Change>) -> WholeJson<'a> {
    let messages = match &one.content {
        Some(PromptContent::Chat(messages)) => Some(messages.iter().map(|message| MessageJson {
            role: &message.role,
            content: &message.content,
            other: &message.other,
        })),
        _ => None,
    };
    let (mut runs, mut traces) = (Vec::new(), Vec::new());
    for one in told.uses.of(one.version) {
        match &one.user {
            PromptUser::Run(run) => runs.push(run.as_str()),
            PromptUser::Trace(trace) => traces.push(trace.as_str()),
        }
    }
    WholeJson {
        version: one.version,
        deleted: one.is_deleted,
        creation_time_ms: one.created_ms,
        last_updated_time_ms: one.updated_ms,
        commit_message: one.message.as_deref(),
        user: one.user.as_deref(),
        aliases: told.page.prompt.aliases_of(one.version).collect(),
        kind: one.content.as_ref().map(PromptContent::kind),
        text: one.content.as_ref().map(|content| content.text().into_owned()),
        messages: messages.map(Iterator::collect),
        variables: one.content.as_ref().map(PromptContent::variables).unwrap_or_default(),
        response_format: one.response_format.as_ref(),
        model_config: one.model_config.as_ref(),
        tags: Entries(&one.tags),
        compared_with: change.map(|change| change.against),
        diff: change.map(|change| Pieces(&change.diff)),
        diff_complete: change.map(|change| change.diff.is_complete()),
        runs,
        traces,
    }
}
