//! `dspyglass prompts` for people.

use super::Answer;
use super::diff_program_text::lines;
use super::prompts_told::{Change, Told};
use crate::cli::failure::Failure;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::{Entry, PromptContent, PromptUse, PromptUser, PromptVersion, RegisteredPrompt};

/// So many who used a version are named.
const USERS_NAMED: usize = 5;

/// Each prompt in a line.
pub(super) fn print_list(all: &[RegisteredPrompt], answer: &mut Answer<'_>) -> Result<(), Failure> {
    if all.is_empty() {
        let why = match answer.session.store.capabilities().keeps_prompts {
            true => "No prompts are registered",
            false => "This store has no registry of prompts",
        };
        writeln!(answer.out, "{why}")?;
        return Ok(());
    }
    let changed = words::time_header("Changed", answer.style.is_utc);
    let mut table = Table::new(&[
        ("Prompt", Side::LeftCut),
        ("Versions", Side::Right),
        ("Latest", Side::Right),
        ("Aliases", Side::LeftCut),
        (&*changed, Side::Left),
    ]);
    for one in all {
        let aliases = one.aliases.iter().map(|alias| format!("{} → {}", alias.name, alias.version));
        table.row(vec![
            one.key.to_string(),
            words::count(one.versions.len() as u64),
            words::count_or_unknown(one.latest()),
            aliases.collect::<Vec<_>>().join(", "),
            words::time(one.updated_ms, answer.style.is_utc),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}

/// A prompt: its versions, the oldest first, each as what changed in it; one version alone in full.
pub(super) fn print(told: &Told, version: Option<u64>, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let prompt = &told.page.prompt;
    writeln!(answer.out, "{}", words::clean(&prompt.key.to_string()))?;
    if let Some(description) = &prompt.description {
        writeln!(answer.out, "{}", words::clean(description))?;
    }
    let tags = tags(&prompt.tags);
    if !tags.is_empty() {
        writeln!(answer.out, "Tags  {tags}")?;
    }
    if told.page.versions.is_empty() {
        writeln!(answer.out, "\nIt has no versions")?;
    }
    for (at, change) in &told.versions {
        let Some(one) = told.page.versions.get(*at) else { continue };
        print_version(told, one, (change.as_ref(), version.is_some()), answer)?;
    }
    if let Some(warning) = told.cut_warning() {
        writeln!(answer.out, "\nOf {} {}", warning.place, warning.what)?;
    }
    Ok(())
}

fn print_version(
    told: &Told,
    one: &PromptVersion,
    (change, is_alone): (Option<&Change>, bool),
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let aliases = told.page.prompt.aliases_of(one.version).map(|alias| format!("@{alias}"));
    let mut head = vec![format!("Version {}", one.version)];
    head.extend(aliases);
    head.extend(one.is_deleted.then(|| "deleted".to_owned()));
    head.extend(one.content.as_ref().filter(|it| it.kind() == "chat").map(|_| "chat".to_owned()));
    head.push(words::time(one.created_ms, answer.style.is_utc));
    head.extend(one.user.clone());
    head.extend(one.message.clone());
    writeln!(answer.out, "\n{}", words::clean(&head.join(" · ")))?;
    match (&one.content, change.filter(|_| !is_alone)) {
        (None, _) if one.is_deleted => {}
        (None, _) => writeln!(answer.out, "    No text was stored")?,
        (Some(_), Some(change)) if change.diff.is_same() => {
            writeln!(answer.out, "    The same text as version {}", change.against)?;
        }
        (Some(_), Some(change)) => {
            writeln!(answer.out, "    Changed from version {}", change.against)?;
            for line in lines(&change.diff, answer.style) {
                writeln!(answer.out, "    {line}")?;
            }
        }
        (Some(content), None) => {
            if matches!(content, PromptContent::Broken(_)) {
                writeln!(answer.out, "    It is said to be a chat, but this is no list of messages:")?;
            }
            for line in content.text().lines() {
                writeln!(answer.out, "{}", format!("    {}", words::clean(line)).trim_end())?;
            }
        }
    }
    if is_alone && let Some(change) = change.filter(|change| !change.diff.is_same()) {
        writeln!(answer.out, "\n  Changed from version {}", change.against)?;
        for line in lines(&change.diff, answer.style) {
            writeln!(answer.out, "    {line}")?;
        }
    }
    if let Some(change) = change {
        if !change.diff.is_complete() {
            writeln!(answer.out, "    Not compared in full: a text is too long")?;
        }
        for what in &change.others {
            writeln!(answer.out, "    The {what} changed, too")?;
        }
    }
    if is_alone {
        print_settings(one, answer)?;
    }
    let tags = tags(&one.tags);
    if !tags.is_empty() {
        writeln!(answer.out, "  Tags  {tags}")?;
    }
    print_users(told.uses.of(one.version), answer)
}

fn print_settings(one: &PromptVersion, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let variables = one.content.as_ref().map(PromptContent::variables).unwrap_or_default();
    if !variables.is_empty() {
        writeln!(answer.out, "\n  Variables  {}", words::clean(&variables.join(", ")))?;
    }
    let parts = [("Response format", &one.response_format), ("Model config", &one.model_config)];
    for (title, value) in parts {
        let Some(value) = value else { continue };
        writeln!(answer.out, "  {title}")?;
        for line in serde_json::to_string_pretty(value)?.lines() {
            writeln!(answer.out, "    {}", words::clean(line))?;
        }
    }
    Ok(())
}

/// `owner = desk, team = a`
fn tags(tags: &[Entry]) -> String {
    let written = tags.iter().map(|tag| format!("{} = {}", tag.key, tag.value.as_str()));
    words::cut(&words::clean(&written.collect::<Vec<_>>().join(", ")), 400)
}

fn print_users<'a>(users: impl Iterator<Item = &'a PromptUse>, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let (runs, traces): (Vec<_>, Vec<_>) = users.partition(|one| matches!(one.user, PromptUser::Run(_)));
    for (what, users) in [("run", runs), ("trace", traces)] {
        if users.is_empty() {
            continue;
        }
        let named = users.iter().take(USERS_NAMED).map(|one| {
            let id = match &one.user {
                PromptUser::Run(run) => run.as_str(),
                PromptUser::Trace(trace) => trace.as_str(),
            };
            if one.name.is_empty() { id.to_owned() } else { format!("{} ({})", one.name, words::id_head(id)) }
        });
        let named = words::clean(&named.collect::<Vec<_>>().join(", "));
        let more = users.len().saturating_sub(USERS_NAMED);
        let more = if more > 0 { format!(" and {} more", words::count(more as u64)) } else { String::new() };
        writeln!(answer.out, "  Used by {}: {named}{more}", words::counted(users.len(), what))?;
    }
    Ok(())
}
