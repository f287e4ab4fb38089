//! Registered prompts as a server tells them (MLflow 2.21 – 3.18): registered models and versions whose tags say that
//! they are prompts. Of versions that were deleted it tells nothing.

use std::collections::HashMap;

use super::Shared;
use super::client::Answer;
use super::fields::{entries, list, name, next, readable, stored, whole};
use super::filters::quoted;
use super::places::Place;
use super::together::together;
use crate::model::mlflow::registered_prompts::{
    EXPERIMENTS, IS_PROMPT, KIND, MODEL_CONFIG, RESPONSE_FORMAT, RUNS, TEXT, is_chat,
};
use crate::model::{ExperimentId, Json, PromptAlias, PromptKey, PromptVersion, RegisteredPrompt, Reveal, Unmasked};
use crate::store::prompt_text::content;
use crate::store::{ReadCx, Result};
use crate::words::natural;

const MODELS: &str = "/api/2.0/mlflow/registered-models/search";
const VERSIONS: &str = "/api/2.0/mlflow/model-versions/search";
/// Of a page.
const ROWS: &str = "1000";

/// Tags of versions that are shown elsewhere.
const SHOWN: [&str; 6] = [IS_PROMPT, RUNS, TEXT, KIND, RESPONSE_FORMAT, MODEL_CONFIG];

impl Shared {
    /// See [`crate::store::Store::prompts`].
    pub fn prompts(&self, cx: &ReadCx) -> Result<Vec<RegisteredPrompt>> {
        let both = together(cx, &[MODELS, VERSIONS], |cx, path| self.registered(cx, path, &is_prompt()))?;
        let [models, versions] = &*both else { return Ok(Vec::new()) };
        let mut numbers: HashMap<String, Vec<u64>> = HashMap::new();
        for version in versions.iter().map(Unmasked::as_stored_for_structure) {
            let Some(of) = name(version, "name") else { continue };
            numbers.entry(of).or_default().extend(number(version));
        }
        let prompt = |of: &Unmasked<Json>| {
            let of = of.as_stored_for_structure();
            let own_name = name(of, "name")?;
            let mut versions = numbers.remove(&own_name).unwrap_or_default();
            versions.sort_unstable();
            Some(prompt(of, &own_name, versions, cx.reveal()))
        };
        let mut found: Vec<RegisteredPrompt> = models.iter().filter_map(prompt).collect();
        found.sort_by(|a, b| natural::compare(&a.key.name, &b.key.name));
        found.dedup_by(|a, b| a.key == b.key);
        Ok(found)
    }

    /// See [`crate::store::Store::prompt_versions`].
    pub fn prompt_versions(&self, cx: &ReadCx, prompt: &PromptKey) -> Result<Vec<PromptVersion>> {
        let mut found: Vec<PromptVersion> = self
            .versions_as_told(cx, prompt)?
            .iter()
            .filter_map(|version| self::version(version.as_stored_for_structure(), cx.reveal()))
            .collect();
        found.sort_by_key(|version| version.version);
        found.dedup_by_key(|version| version.version);
        Ok(found)
    }

    /// The versions of a prompt as a server tells them.
    pub fn versions_as_told(&self, cx: &ReadCx, prompt: &PromptKey) -> Result<Vec<Unmasked<Json>>> {
        // A server tells of one workspace, whatever that is called.
        if prompt.workspace.is_some() {
            return Ok(Vec::new());
        }
        let own = quoted(&prompt.name).map(|name| format!("name = {name}"));
        let filter = own.into_iter().chain([is_prompt()]).collect::<Vec<_>>().join(" AND ");
        let mut found = self.registered(cx, VERSIONS, &filter)?;
        found.retain(|version| name(version.as_stored_for_structure(), "name").as_deref() == Some(&*prompt.name));
        Ok(found)
    }

    /// The versions that note this run (MLflow 2.21 – 3.1).
    pub fn versions_noting(&self, cx: &ReadCx, run: &str) -> Result<Vec<Unmasked<Json>>> {
        let Some(run) = quoted(&format!("%{run}%")) else { return Ok(Vec::new()) };
        self.registered(cx, VERSIONS, &format!("{} AND tags.`{RUNS}` LIKE {run}", is_prompt()))
    }

    /// Registered models or versions, page by page; none where a server has no registry.
    fn registered(&self, cx: &ReadCx, path: &str, filter: &str) -> Result<Vec<Unmasked<Json>>> {
        let mut found: Vec<Unmasked<Json>> = Vec::new();
        let mut place = Some(Place::default());
        while let Some(here) = place {
            let mut query = vec![("filter", filter), ("max_results", ROWS)];
            query.extend(here.token.as_deref().map(|token| ("page_token", token)));
            let page = match self.client.get(cx, path, &query)? {
                Answer::Found(page) => page,
                Answer::Absent | Answer::NoEndpoint => break,
                Answer::Rejected(why) => {
                    cx.warn("registered prompts", why);
                    break;
                }
            };
            let behind = next(page.as_stored_for_structure());
            let rows = page.into_entries().into_iter().flatten().find_map(|(key, rows)| {
                if key == "registered_models" || key == "model_versions" { rows.into_items().ok() } else { None }
            });
            let rows = rows.unwrap_or_default();
            place = here.behind_rows(rows.len(), behind, cx);
            found.extend(rows);
        }
        Ok(found)
    }
}

fn is_prompt() -> String {
    format!("tags.`{IS_PROMPT}` = 'true'")
}

/// The number of a version.
pub fn number(of: &Json) -> Option<u64> {
    whole(of, "version").and_then(|number| u64::try_from(number).ok())
}

fn prompt(of: &Json, own_name: &str, versions: Vec<u64>, reveal: Reveal) -> RegisteredPrompt {
    let experiments = stored(of, "tags", EXPERIMENTS).map(|ids| (*ids.as_stored_for_structure()).to_owned());
    let experiments = experiments.unwrap_or_default();
    let alias = |of: &Json| Some(PromptAlias { name: name(of, "alias")?, version: number(of)? });
    let mut aliases: Vec<PromptAlias> = list(of, "aliases").iter().filter_map(alias).collect();
    aliases.sort_unstable_by(|a, b| natural::compare(&a.name, &b.name));
    let mut tags = entries(of, "tags", reveal);
    tags.retain(|tag| ![IS_PROMPT, EXPERIMENTS].contains(&&*tag.key));
    RegisteredPrompt {
        key: PromptKey::named(own_name),
        description: readable(of, "description", reveal).filter(|text| !text.is_empty()),
        created_ms: whole(of, "creation_timestamp"),
        updated_ms: whole(of, "last_updated_timestamp"),
        tags,
        experiments: experiments.split(',').filter(|id| !id.is_empty()).map(ExperimentId::from).collect(),
        aliases,
        versions,
    }
}

fn version(of: &Json, reveal: Reveal) -> Option<PromptVersion> {
    let tag = |key: &str| stored(of, "tags", key);
    let json = |key: &str| {
        let value = tag(key)?.decode().value.mask("", reveal);
        Some(value).filter(|value| !value.is_null())
    };
    let text = |key: &str| readable(of, key, reveal).filter(|text| !text.is_empty());
    let is_chat = tag(KIND).is_some_and(|kind| is_chat(kind.as_stored_for_structure().as_bytes()));
    let mut tags = entries(of, "tags", reveal);
    tags.retain(|tag| !SHOWN.contains(&&*tag.key));
    Some(PromptVersion {
        version: number(of)?,
        created_ms: whole(of, "creation_timestamp"),
        updated_ms: whole(of, "last_updated_timestamp"),
        message: text("description"),
        user: text("user_id"),
        is_deleted: false,
        content: tag(TEXT)
            .map(|text| content(Unmasked::new((*text.as_stored_for_structure()).to_owned()), is_chat, reveal)),
        response_format: json(RESPONSE_FORMAT),
        model_config: json(MODEL_CONFIG),
        tags,
    })
}
