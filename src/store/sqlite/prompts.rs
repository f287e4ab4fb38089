//! The registry's prompts: registered models and versions whose tags say so. Names are unique within a workspace, in
//! schemas that have workspaces (MLflow 3.10 and later).

use std::collections::HashMap;

use super::reader::Reader;
use super::row;
use crate::model::mlflow::registered_prompts::{
    DELETED, EXPERIMENTS, IS_PROMPT, KIND, MODEL_CONFIG, RESPONSE_FORMAT, RUNS, TEXT, is_chat,
};
use crate::model::registered_prompt::DEFAULT_WORKSPACE;
use crate::model::{Entry, ExperimentId, Json, PromptAlias, PromptKey, PromptVersion, RegisteredPrompt, Unmasked};
use crate::store::Result;
use crate::store::prompt_text::content;
use crate::words::natural;

/// A prompt's name and workspace as they are stored.
type Stored = (String, Option<String>);

/// What the tags of a version say, by their keys.
#[derive(Default)]
struct VersionTags {
    text: Option<Unmasked<String>>,
    is_chat: bool,
    response_format: Option<Json>,
    model_config: Option<Json>,
    others: Vec<Entry>,
}

impl Reader<'_> {
    /// See [`crate::store::Store::prompts`].
    pub fn prompts(&self) -> Result<Vec<RegisteredPrompt>> {
        if !self.schema.keeps_prompts() {
            return Ok(Vec::new());
        }
        let _look = self.look()?;
        let column = |name| self.schema.column("registered_models", "m", name);
        let sql = format!(
            "select m.name, {}, {}, {}, {} from registered_models m where {}",
            column("workspace"),
            column("creation_time"),
            column("last_updated_time"),
            column("description"),
            self.is_prompt("registered_models", "m"),
        );
        let mut found: Vec<RegisteredPrompt> = Vec::new();
        let mut places: HashMap<Stored, usize> = HashMap::new();
        self.each("prompts", &sql, [], |values| {
            let Some(name) = row::name(values, 0) else { return };
            let workspace = row::name(values, 1);
            let key = PromptKey::new(&name, workspace.as_deref());
            places.insert((name, workspace), found.len());
            found.push(RegisteredPrompt {
                key,
                description: row::text(values, 4)
                    .map(|text| text.readable(self.cx.reveal()))
                    .filter(|it| !it.is_empty()),
                created_ms: row::int(values, 2),
                updated_ms: row::int(values, 3),
                tags: Vec::new(),
                experiments: Vec::new(),
                aliases: Vec::new(),
                versions: Vec::new(),
            });
        })?;
        let place = |values: &rusqlite::Row<'_>| {
            let stored = (row::name(values, 0)?, row::name(values, 1));
            places.get(&stored).copied()
        };
        let of_all = |table: &'static str, columns: &str| {
            let workspace = self.schema.column(table, "x", "workspace");
            format!("select x.name, {workspace}, {columns} from {table} x where {}", self.is_prompt(table, "x"))
        };
        self.each("tags of prompts", &of_all("registered_model_tags", "x.key, x.value"), [], |values| {
            let Some(prompt) = place(values).and_then(|at| found.get_mut(at)) else { return };
            let key = row::name(values, 2).unwrap_or_default();
            match &*key {
                IS_PROMPT => {}
                EXPERIMENTS => {
                    let ids = row::name(values, 3).unwrap_or_default();
                    prompt.experiments = ids.split(',').filter(|id| !id.is_empty()).map(ExperimentId::from).collect();
                }
                _ => {
                    let value = row::stored(values, 3).shown(&key, self.cx.reveal());
                    prompt.tags.push(Entry { key: key.into(), value });
                }
            }
        })?;
        if self.schema.has("registered_model_aliases", "alias") {
            self.each("aliases of prompts", &of_all("registered_model_aliases", "x.alias, x.version"), [], |values| {
                let Some(prompt) = place(values).and_then(|at| found.get_mut(at)) else { return };
                if let (Some(name), Some(version)) = (row::name(values, 2), row::count(values, 3)) {
                    prompt.aliases.push(PromptAlias { name, version });
                }
            })?;
        }
        if self.schema.has("model_versions", "version") {
            let sql = of_all("model_versions", "x.version");
            let sql = format!("{sql} and {} is not '{DELETED}'", self.stage("x"));
            self.each("versions of prompts", &sql, [], |values| {
                let Some(prompt) = place(values).and_then(|at| found.get_mut(at)) else { return };
                prompt.versions.extend(row::count(values, 2));
            })?;
        }
        for prompt in &mut found {
            prompt.tags.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            prompt.aliases.sort_unstable_by(|a, b| natural::compare(&a.name, &b.name));
            prompt.versions.sort_unstable();
        }
        found.sort_by(|a, b| {
            natural::compare(&a.key.name, &b.key.name).then_with(|| a.key.workspace.cmp(&b.key.workspace))
        });
        Ok(found)
    }

    /// See [`crate::store::Store::prompt_versions`].
    pub fn prompt_versions(&self, prompt: &PromptKey) -> Result<Vec<PromptVersion>> {
        if !self.schema.keeps_prompts() || !self.schema.has("model_versions", "version") {
            return Ok(Vec::new());
        }
        let Some(wanted) = self.workspace_condition("model_versions", "v", prompt) else { return Ok(Vec::new()) };
        let _look = self.look()?;
        let mut tags = self.tags_of_versions(prompt)?;
        let column = |name| self.schema.column("model_versions", "v", name);
        let sql = format!(
            "select v.version, {}, {}, {}, {}, {} from model_versions v where v.name = ?1 and {wanted} and {} \
             order by v.version",
            column("creation_time"),
            column("last_updated_time"),
            column("description"),
            column("user_id"),
            self.stage("v"),
            self.is_prompt("model_versions", "v"),
        );
        let reveal = self.cx.reveal();
        let mut found = Vec::new();
        self.each("versions of a prompt", &sql, [&*prompt.name], |values| {
            let Some(version) = row::count(values, 0) else {
                self.cx.warn(format!("versions of prompt {prompt}"), "one without a number is left out");
                return;
            };
            let is_deleted = row::key(values, 5) == DELETED.as_bytes();
            let said = tags.remove(&version).unwrap_or_default();
            let readable = |column| {
                let text = row::text(values, column)?.readable(reveal);
                Some(text).filter(|text| !text.is_empty())
            };
            found.push(PromptVersion {
                version,
                created_ms: row::int(values, 1),
                updated_ms: row::int(values, 2),
                message: readable(3),
                user: readable(4),
                is_deleted,
                content: said.text.filter(|_| !is_deleted).map(|text| content(text, said.is_chat, reveal)),
                response_format: said.response_format.filter(|_| !is_deleted),
                model_config: said.model_config.filter(|_| !is_deleted),
                tags: said.others,
            });
        })?;
        Ok(found)
    }

    fn tags_of_versions(&self, prompt: &PromptKey) -> Result<HashMap<u64, VersionTags>> {
        let mut found: HashMap<u64, VersionTags> = HashMap::new();
        if !self.schema.has("model_version_tags", "version") {
            return Ok(found);
        }
        let Some(wanted) = self.workspace_condition("model_version_tags", "g", prompt) else { return Ok(found) };
        let sql = format!(
            "select g.version, g.key, g.value from model_version_tags g where g.name = ?1 and {wanted} order by g.key"
        );
        let reveal = self.cx.reveal();
        self.each("tags of versions", &sql, [&*prompt.name], |values| {
            let Some(version) = row::count(values, 0) else { return };
            let said = found.entry(version).or_default();
            let key = row::name(values, 1).unwrap_or_default();
            let json = || Some(row::text(values, 2)?.decode().value.mask("", reveal)).filter(|value| !value.is_null());
            match &*key {
                IS_PROMPT | RUNS => {}
                TEXT => said.text = row::text(values, 2),
                KIND => said.is_chat = is_chat(row::key(values, 2)),
                RESPONSE_FORMAT => said.response_format = json(),
                MODEL_CONFIG => said.model_config = json(),
                _ => {
                    let value = row::stored(values, 2).shown(&key, reveal);
                    said.others.push(Entry { key: key.into(), value });
                }
            }
        })?;
        Ok(found)
    }

    /// Whether rows of a table are those of prompts, as a condition.
    pub(super) fn is_prompt(&self, table: &str, alias: &str) -> String {
        let workspace =
            match self.schema.has("registered_model_tags", "workspace") && self.schema.has(table, "workspace") {
                true => format!(" and p.workspace = {alias}.workspace"),
                false => String::new(),
            };
        format!(
            "exists (select 1 from registered_model_tags p where p.key = '{IS_PROMPT}' and p.value = 'true' \
             and p.name = {alias}.name{workspace})"
        )
    }

    /// Whether rows of a table are in the workspace of a prompt, as a condition; `None` if none can be.
    pub(super) fn workspace_condition(&self, table: &str, alias: &str, prompt: &PromptKey) -> Option<String> {
        let workspace = prompt.workspace.as_deref();
        if !self.schema.has(table, "workspace") {
            return workspace.is_none().then(|| "1".to_owned());
        }
        let name = workspace.unwrap_or(DEFAULT_WORKSPACE).replace('\'', "''");
        Some(format!("{alias}.workspace = '{name}'"))
    }

    fn stage(&self, alias: &str) -> String {
        self.schema.column("model_versions", alias, "current_stage")
    }
}
