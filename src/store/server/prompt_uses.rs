//! Which runs and traces used which versions of prompts, as far as a server tells: the tag `mlflow.linkedPrompts` of
//! both, traces that it finds by a version (MLflow 3.6 and later), and the tag of a version that names runs (2.21 –
//! 3.1).

use std::cmp::Reverse;
use std::collections::HashSet;

use serde_json::json;

use super::client::Answer;
use super::fields::{list, name, next, stored};
use super::filters::quoted;
use super::lists::SEARCH_RUNS;
use super::prompts::number;
use super::trace_lists::{TRACES, TraceSearch};
use super::{Shared, runs, traces};
use crate::model::mlflow::registered_prompts::{LINKED, RUNS};
use crate::model::{
    Json, Lifecycle, PromptKey, PromptRef, PromptUse, PromptUser, PromptUsesWanted, Run, RunId, TraceRow,
};
use crate::store::prompt_text::{named, stands_as_it_is};
use crate::store::{ReadCx, Result};

/// Runs of a page.
const ROWS: usize = 1_000;

impl Shared {
    /// See [`crate::store::Store::prompt_uses`].
    pub fn prompt_uses(&self, cx: &ReadCx, wanted: &PromptUsesWanted) -> Result<Vec<PromptUse>> {
        let (runs, traces) = match wanted {
            PromptUsesWanted::OfPrompt(prompt, most) => {
                (self.runs_using(cx, prompt, *most)?, self.traces_using(cx, prompt, *most)?)
            }
            PromptUsesWanted::By(PromptUser::Run(run)) => (self.used_by_run(cx, run)?, Vec::new()),
            PromptUsesWanted::By(PromptUser::Trace(trace)) => {
                let info = self.trace_info_soon(cx, trace)?;
                let info = info.as_ref().map(|info| info.as_stored_for_structure());
                let row = info.and_then(|info| Some((info, traces::row(info, cx.reveal())?)));
                (Vec::new(), row.map(|(info, row)| linked(cx, info, &of_trace(&row))).unwrap_or_default())
            }
        };
        let most = if let PromptUsesWanted::OfPrompt(_, most) = wanted { *most } else { usize::MAX };
        let mut found = sorted(runs, most);
        found.extend(sorted(traces, most));
        Ok(found)
    }

    fn used_by_run(&self, cx: &ReadCx, id: &RunId) -> Result<Vec<PromptUse>> {
        let Some(told) = self.run(cx, id)? else { return Ok(Vec::new()) };
        let told = told.as_stored_for_structure();
        let Some((run, _)) = runs::run(told, cx.reveal()).filter(|(run, _)| run.lifecycle == Lifecycle::Active) else {
            return Ok(Vec::new());
        };
        let user = of_run(&run);
        let mut found = linked(cx, told.get("data").unwrap_or(&Json::Null), &user);
        for version in self.versions_noting(cx, id.as_str())? {
            let version = version.as_stored_for_structure();
            let is_noted = noted(version).iter().any(|run| run == id.as_str());
            found.extend(version_of(version).filter(|_| is_noted).map(|used| PromptUse { used, ..user.clone() }));
        }
        Ok(found)
    }

    /// Runs that list a prompt, and those that its versions note.
    fn runs_using(&self, cx: &ReadCx, prompt: &PromptKey, most: usize) -> Result<Vec<PromptUse>> {
        let mut found = Vec::new();
        let experiments = self.experiments(cx, true)?;
        let ids: Vec<&str> = experiments.iter().map(|one| one.id.as_str()).collect();
        let pattern = Some(&*prompt.name).filter(|name| stands_as_it_is(name)).unwrap_or_default();
        let mut token: Option<String> = None;
        while !ids.is_empty() {
            let mut body = json!({"experiment_ids": ids, "run_view_type": "ACTIVE_ONLY", "max_results": ROWS,
                "filter": format!("tags.`{LINKED}` LIKE '%{pattern}%'"), "order_by": ["attributes.start_time DESC"]});
            if let (Some(token), Some(map)) = (&token, body.as_object_mut()) {
                map.insert("page_token".to_owned(), Json::from(token.as_str()));
            }
            let Answer::Found(page) = self.client.search(cx, SEARCH_RUNS, &body)? else { break };
            let page = page.as_stored_for_structure();
            let rows = list(page, "runs");
            for row in rows {
                let Some((run, _)) = runs::run(row, cx.reveal()) else { continue };
                found.extend(linked(cx, row.get("data").unwrap_or(&Json::Null), &of_run(&run)));
            }
            found.retain(|one| one.used.prompt == *prompt);
            let behind = next(page).filter(|_| !rows.is_empty() && found.len() < most);
            if behind.is_none() || behind == token {
                break;
            }
            token = behind;
        }
        for version in self.versions_as_told(cx, prompt)? {
            let version = version.as_stored_for_structure();
            let Some(used) = version_of(version) else { continue };
            for run in noted(version) {
                let Some(told) = self.run(cx, &RunId::from(run))? else { continue };
                let run = runs::run(told.as_stored_for_structure(), cx.reveal());
                let run = run.filter(|(run, _)| run.lifecycle == Lifecycle::Active);
                found.extend(run.map(|(run, _)| PromptUse { used: used.clone(), ..of_run(&run) }));
            }
        }
        Ok(found)
    }

    /// Traces that a server finds by the versions of a prompt.
    fn traces_using(&self, cx: &ReadCx, prompt: &PromptKey, most: usize) -> Result<Vec<PromptUse>> {
        let mut found = Vec::new();
        let experiments = self.experiments(cx, true)?;
        let mut numbers: Vec<u64> = {
            let versions = self.versions_as_told(cx, prompt)?;
            versions.iter().filter_map(|version| number(version.as_stored_for_structure())).collect()
        };
        numbers.sort_unstable();
        for number in numbers {
            let Some(wanted) = quoted(&format!("{}/{number}", prompt.name)) else { break };
            let mut search = TraceSearch {
                experiments: experiments.iter().map(|one| one.id.as_str()).collect(),
                clauses: vec![format!("attributes.prompt = {wanted}")],
                order_by: vec!["timestamp_ms DESC".to_owned()],
                limit: TRACES,
                token: None,
            };
            let used = PromptRef { prompt: prompt.clone(), version: number };
            let before = found.len();
            loop {
                let page = self.search_traces(cx, &search)?;
                if page.refused.is_some() {
                    cx.warn(format!("traces that used prompt {prompt}"), "this server does not find them");
                    return Ok(found);
                }
                let is_empty = page.infos.is_empty();
                for info in page.infos {
                    let row = traces::row(info.as_stored_for_structure(), cx.reveal());
                    found.extend(row.map(|row| PromptUse { used: used.clone(), ..of_trace(&row) }));
                }
                if is_empty || found.len() - before >= most || page.next.is_none() || page.next == search.token {
                    break;
                }
                search.token = page.next;
            }
        }
        Ok(found)
    }
}

/// What a run or trace lists in its tag.
fn linked(cx: &ReadCx, of: &Json, user: &PromptUse) -> Vec<PromptUse> {
    let Some(tag) = stored(of, "tags", LINKED) else { return Vec::new() };
    // Names lead to prompts, and are not masked there either.
    let listed = tag.decode().value;
    let Json::Array(listed) = listed.as_stored_for_structure() else {
        let (what, id) = match &user.user {
            PromptUser::Run(id) => ("run", id.as_str()),
            PromptUser::Trace(id) => ("trace", id.as_str()),
        };
        cx.warn(format!("tag {LINKED} of {what} {id}"), "it is no list of prompts");
        return Vec::new();
    };
    listed.iter().filter_map(|item| Some(PromptUse { used: named(item, user)?, ..user.clone() })).collect()
}

/// Each use once, the newest first, of no more than so many.
fn sorted(uses: Vec<PromptUse>, most: usize) -> Vec<PromptUse> {
    let mut known = HashSet::new();
    let mut found: Vec<PromptUse> = uses.into_iter().filter(|one| one.used.version != 0).collect();
    found.retain(|one| known.insert((one.user.clone(), one.used.clone())));
    found.sort_by_key(|one| Reverse(one.started_ms));
    let mut users = HashSet::new();
    found.retain(|one| {
        let is_new = users.insert(one.user.clone());
        !is_new || users.len() <= most
    });
    found
}

fn nobody() -> PromptRef {
    PromptRef { prompt: PromptKey::named(""), version: 0 }
}

fn of_run(run: &Run) -> PromptUse {
    PromptUse {
        used: nobody(),
        user: PromptUser::Run(run.id.clone()),
        name: run.name.clone(),
        experiment: Some(run.experiment_id.clone()),
        status: run.status.as_str().to_owned(),
        started_ms: run.start_time_ms,
    }
}

fn of_trace(row: &TraceRow) -> PromptUse {
    PromptUse {
        used: nobody(),
        user: PromptUser::Trace(row.id.clone()),
        name: row.name.clone(),
        experiment: Some(row.experiment_id.clone()),
        status: row.status.clone(),
        started_ms: Some(row.start_time_ms),
    }
}

/// The runs that a version names.
fn noted(version: &Json) -> Vec<String> {
    let runs = stored(version, "tags", RUNS).map(|runs| (*runs.as_stored_for_structure()).to_owned());
    runs.unwrap_or_default().split(',').map(str::trim).filter(|run| !run.is_empty()).map(str::to_owned).collect()
}

fn version_of(version: &Json) -> Option<PromptRef> {
    Some(PromptRef { prompt: PromptKey::named(&name(version, "name")?), version: number(version)? })
}
