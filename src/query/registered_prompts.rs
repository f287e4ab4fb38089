//! The prompts of the registry: which there are, what their versions say and how they differ, who used them.

use std::collections::BTreeMap;

use crate::analysis::text_diff::{TextDiff, diff_texts};
use crate::model::{
    PromptContent, PromptKey, PromptUse, PromptUser, PromptUsesWanted, PromptVersion, RegisteredPrompt,
};
use crate::query::Found;
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{Part, Result};

/// No more runs and no more traces that used a prompt are read, the newest.
pub const MOST_USERS: usize = 10_000;

/// All prompts, by name; empty where the store has no registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegisteredPrompts;

impl Question for RegisteredPrompts {
    type Answer = Vec<RegisteredPrompt>;
    const LABEL: &'static str = "prompts";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        if !session.store.capabilities().keeps_prompts {
            return Ok(Vec::new());
        }
        session.store.prompts(session.cx)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(|one| 400 + one.versions.len() * 8 + one.tags.len() * 100 + one.aliases.len() * 60).sum()
    }
}

/// A prompt and what its versions say.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptPage {
    /// The prompt.
    pub prompt: RegisteredPrompt,
    /// Its versions, the oldest first, deleted ones too.
    pub versions: Vec<PromptVersion>,
}

impl PromptPage {
    /// A version by its number.
    pub fn version(&self, version: u64) -> Option<&PromptVersion> {
        self.versions.iter().find(|one| one.version == version)
    }

    /// The version before another one, of those that say something.
    pub fn before(&self, version: u64) -> Option<&PromptVersion> {
        self.versions.iter().rev().find(|one| one.version < version && one.content.is_some())
    }

    /// What changed in a version: against the one before it, or another one; `None` if there is none, or one of the two
    /// says nothing.
    pub fn change(&self, version: u64, against: Option<u64>) -> Option<PromptChange<'_>> {
        let new = self.version(version)?;
        let old = match against {
            Some(against) => self.version(against)?,
            None => self.before(version)?,
        };
        (old.content.is_some() && new.content.is_some()).then_some(PromptChange { old, new })
    }
}

/// Two versions that are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PromptChange<'a> {
    /// The one it is compared with.
    pub old: &'a PromptVersion,
    /// The one that is looked at.
    pub new: &'a PromptVersion,
}

impl PromptChange<'_> {
    /// What changed in their texts, word by word.
    pub fn diff(&self, session: &Session<'_>) -> TextDiff {
        let [old, new] =
            [self.old, self.new].map(|one| one.content.as_ref().map(PromptContent::text).unwrap_or_default());
        diff_texts(&old, &new, session.cx.begin(Part::Texts).ends())
    }

    /// What else changed: the response format, the model's settings.
    pub fn others(&self) -> Vec<&'static str> {
        let parts = [
            ("response format", self.old.response_format != self.new.response_format),
            ("model config", self.old.model_config != self.new.model_config),
            ("kind", self.old.content.as_ref().map(|it| it.kind()) != self.new.content.as_ref().map(|it| it.kind())),
        ];
        parts.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name).collect()
    }
}

/// A prompt with its versions; `None` if the store has no such prompt.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PromptPageOf(pub PromptKey);

impl Question for PromptPageOf {
    type Answer = Option<PromptPage>;
    const LABEL: &'static str = "versions of a prompt";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let all = session.ask(&RegisteredPrompts)?;
        let Some(prompt) = all.iter().find(|one| one.key == self.0) else { return Ok(None) };
        let versions = session.store.prompt_versions(session.cx, &self.0)?;
        Ok(Some(PromptPage { prompt: prompt.clone(), versions }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |page| 400 + page.versions.iter().map(PromptVersion::bytes).sum::<usize>())
    }
}

/// Who used a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PromptUses {
    /// Runs first, each kind newest first.
    pub uses: Vec<PromptUse>,
    /// There are more runs or more traces than [`MOST_USERS`].
    pub is_cut: bool,
    /// By how many runs and by how many traces each version was used.
    counts: BTreeMap<u64, [usize; 2]>,
}

impl PromptUses {
    fn new(uses: Vec<PromptUse>, is_cut: bool) -> Self {
        let mut counts = BTreeMap::<u64, [usize; 2]>::new();
        for one in &uses {
            let [runs, traces] = counts.entry(one.used.version).or_default();
            match one.user {
                PromptUser::Run(_) => *runs += 1,
                PromptUser::Trace(_) => *traces += 1,
            }
        }
        Self { uses, is_cut, counts }
    }

    /// Who used one version.
    pub fn of(&self, version: u64) -> impl Iterator<Item = &PromptUse> {
        self.uses.iter().filter(move |one| one.used.version == version)
    }

    /// By how many runs and by how many traces a version was used.
    pub fn counts(&self, version: u64) -> [usize; 2] {
        self.counts.get(&version).copied().unwrap_or_default()
    }
}

/// Which runs and traces used a prompt, as MLflow linked them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PromptUsesOf(pub PromptKey);

impl Question for PromptUsesOf {
    type Answer = PromptUses;
    const LABEL: &'static str = "uses of a prompt";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let wanted = PromptUsesWanted::OfPrompt(self.0.clone(), MOST_USERS + 1);
        let mut uses = session.store.prompt_uses(session.cx, &wanted)?;
        let mut users = [std::collections::HashSet::new(), std::collections::HashSet::new()];
        let mut is_cut = false;
        uses.retain(|one| {
            let users = &mut users[usize::from(matches!(one.user, PromptUser::Trace(_)))];
            let is_kept = users.contains(&one.user) || users.len() < MOST_USERS;
            if is_kept {
                users.insert(one.user.clone());
            }
            is_cut |= !is_kept;
            is_kept
        });
        Ok(PromptUses::new(uses, is_cut))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.uses.iter().map(|one| 200 + one.name.len()).sum()
    }
}

/// Which versions a run or a trace used, in the order in which it lists them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PromptsUsedBy(pub PromptUser);

impl Question for PromptsUsedBy {
    type Answer = Vec<PromptUse>;
    const LABEL: &'static str = "used prompts";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        session.store.prompt_uses(session.cx, &PromptUsesWanted::By(self.0.clone()))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 200
    }
}

/// A prompt as people write it, and maybe one of its versions: `desk`, `desk/3`, `desk@production`, and the same as
/// MLflow's addresses, `prompts:/desk/3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptWish {
    /// The prompt.
    pub prompt: RegisteredPrompt,
    /// The version that was named.
    pub version: Option<u64>,
}

/// Finds a prompt by what somebody typed. A prompt of another workspace than the usual one may be written with that
/// before it, `team/desk`; its name alone is enough if no other prompt has it.
///
/// # Errors
/// Those of the store.
pub fn find_prompt(session: &mut Session<'_>, typed: &str) -> Result<Found<PromptWish>> {
    let all = session.ask(&RegisteredPrompts)?;
    let text = typed.strip_prefix("prompts:/").unwrap_or(typed);
    let named = |name: &str| -> Vec<&RegisteredPrompt> {
        let exact: Vec<_> = all.iter().filter(|one| one.key.to_string() == name).collect();
        if exact.is_empty() { all.iter().filter(|one| *one.key.name == *name).collect() } else { exact }
    };
    let wish = |prompt: &RegisteredPrompt, version| PromptWish { prompt: prompt.clone(), version };
    let mut found: Vec<PromptWish> = named(text).into_iter().map(|prompt| wish(prompt, None)).collect();
    if found.is_empty()
        && let Some((name, version)) = text.rsplit_once('/')
        && let Ok(version) = version.parse()
    {
        found = named(name).into_iter().map(|prompt| wish(prompt, Some(version))).collect();
    }
    if found.is_empty()
        && let Some((name, alias)) = text.split_once('@')
    {
        let at = |prompt: &RegisteredPrompt| Some(wish(prompt, Some(prompt.version_of(alias)?)));
        found = named(name).into_iter().filter_map(at).collect();
    }
    Ok(super::one_of(found, |one| one.prompt.key.to_string()))
}
