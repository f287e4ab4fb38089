//! A prompt with all that `prompts` tells of it, read once for people and programs.

use super::Answer;
use crate::analysis::text_diff::TextDiff;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::model::{PromptKey, Warning};
use crate::query::{MOST_USERS, PromptPage, PromptPageOf, PromptUses, PromptUsesOf, PromptWish};

/// What changed in a version, and against which.
pub(super) struct Change {
    pub against: u64,
    pub diff: TextDiff,
    /// What else changed.
    pub others: Vec<&'static str>,
}

/// A prompt with all that is told of it.
pub(super) struct Told {
    pub page: PromptPage,
    pub uses: PromptUses,
    /// The places of the versions that were asked for, each with what changed in it.
    pub versions: Vec<(usize, Option<Change>)>,
}

impl Told {
    /// Said where more runs or traces used the prompt than are read.
    pub(super) fn cut_warning(&self) -> Option<Warning> {
        let most = words::count(MOST_USERS as u64);
        self.uses.is_cut.then(|| Warning {
            place: format!("uses of prompt {}", self.page.prompt.key),
            what: format!("only the newest {most} runs and {most} traces are counted"),
        })
    }
}

/// Reads a prompt, the versions that are wanted and who used them.
pub(super) fn told(wish: &PromptWish, against: Option<u64>, answer: &mut Answer<'_>) -> Result<Told, Failure> {
    let key: &PromptKey = &wish.prompt.key;
    let page = answer.session.ask(&PromptPageOf(key.clone()))?;
    let Some(page) = page.as_ref().as_ref() else { return Err(answer.absent("prompt", &key.to_string())) };
    for version in [wish.version, against].into_iter().flatten() {
        if page.version(version).is_none() {
            let known: Vec<String> = page.versions.iter().map(|one| one.version.to_string()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Failure::Absent(format!("prompt {key} has no version {version}; it has {known}")));
        }
    }
    let wanted = page.versions.iter().enumerate();
    let wanted = wanted.filter(|(_, one)| wish.version.is_none_or(|version| version == one.version));
    let versions = wanted.map(|(at, one)| {
        let change = page.change(one.version, against).map(|change| Change {
            against: change.old.version,
            diff: change.diff(&answer.session),
            others: change.others(),
        });
        (at, change)
    });
    let versions = versions.collect();
    let uses = answer.session.ask(&PromptUsesOf(key.clone()))?;
    Ok(Told { page: page.clone(), uses: (*uses).clone(), versions })
}
