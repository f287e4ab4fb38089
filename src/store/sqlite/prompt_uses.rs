//! Which runs and traces used which versions of prompts: the tag `mlflow.linkedPrompts` of both, associations of traces
//! (MLflow 3.6 and later), and the tag of a version that names runs (MLflow 2.21 – 3.1).

use std::collections::HashSet;
use std::ops::ControlFlow;

use rusqlite::Row;
use rusqlite::types::Value;

use super::reader::Reader;
use super::row;
use crate::model::mlflow::registered_prompts::{ENTITY, LINKED, RUNS};
use crate::model::{ExperimentId, Json, PromptKey, PromptRef, PromptUse, PromptUser, PromptUsesWanted, RunId, TraceId};
use crate::store::Result;
use crate::store::prompt_text::{named, stands_as_it_is};

/// A piece of a `select` that gives who used prompts.
struct Users {
    is_run: bool,
    /// `select … from …` up to its `where`: id, what it used, name, experiment, status, start, workspace.
    select: String,
    /// What holds of all of them.
    condition: String,
    /// The columns of the id and of what was used.
    id: &'static str,
    used: &'static str,
    started: String,
}

/// What is gathered, each use once.
struct Gathered<'a> {
    only: Option<&'a PromptKey>,
    known: HashSet<(PromptUser, PromptRef)>,
    users: HashSet<PromptUser>,
    most: usize,
    uses: Vec<PromptUse>,
}

impl Gathered<'_> {
    /// Adds a use; breaks where there are enough users.
    fn add(&mut self, one: PromptUse) -> ControlFlow<()> {
        if self.only.is_some_and(|only| one.used.prompt != *only) || one.used.version == 0 {
            return ControlFlow::Continue(());
        }
        if !self.users.contains(&one.user) {
            if self.users.len() >= self.most {
                return ControlFlow::Break(());
            }
            self.users.insert(one.user.clone());
        }
        if self.known.insert((one.user.clone(), one.used.clone())) {
            self.uses.push(one);
        }
        ControlFlow::Continue(())
    }
}

impl Reader<'_> {
    /// See [`crate::store::Store::prompt_uses`].
    pub fn prompt_uses(&self, wanted: &PromptUsesWanted) -> Result<Vec<PromptUse>> {
        let _look = self.look()?;
        let mut found = self.uses_of_kind(wanted, true)?;
        found.extend(self.uses_of_kind(wanted, false)?);
        Ok(found)
    }

    /// The uses by runs, or those by traces, the newest first.
    fn uses_of_kind(&self, wanted: &PromptUsesWanted, is_run: bool) -> Result<Vec<PromptUse>> {
        let (only, user, most) = match wanted {
            PromptUsesWanted::OfPrompt(prompt, most) => (Some(prompt), None, *most),
            PromptUsesWanted::By(PromptUser::Run(run)) if is_run => (None, Some(run.as_str()), usize::MAX),
            PromptUsesWanted::By(PromptUser::Trace(trace)) if !is_run => (None, Some(trace.as_str()), usize::MAX),
            PromptUsesWanted::By(_) => return Ok(Vec::new()),
        };
        let gathered = Gathered { only, known: HashSet::new(), users: HashSet::new(), most, uses: Vec::new() };
        let mut gathered = gathered;
        if let Some(users) = self.linked(is_run) {
            self.gather_linked(&users, user, &mut gathered)?;
        }
        // What was gathered before must not keep newer ones of another kind away.
        gathered.users.clear();
        match is_run {
            true => self.gather_noted_runs(user, &mut gathered)?,
            false => self.gather_associated(user, &mut gathered)?,
        }
        let mut uses = gathered.uses;
        uses.sort_by_key(|one| std::cmp::Reverse(one.started_ms));
        let mut users = HashSet::new();
        uses.retain(|one| {
            let is_new = users.insert(one.user.clone());
            !is_new || users.len() <= most
        });
        Ok(uses)
    }

    /// Runs or traces that list what they used in a tag.
    fn linked(&self, is_run: bool) -> Option<Users> {
        let (table, owner) = if is_run { ("tags", "run_uuid") } else { ("trace_tags", "request_id") };
        if !self.schema.has(table, owner) {
            return None;
        }
        let (columns, joined) = self.user_columns(is_run, &format!("g.{owner}"))?;
        Some(Users {
            is_run,
            select: format!("select g.{owner}, g.value, {columns} from {table} g {joined}"),
            condition: format!("g.key = '{LINKED}'"),
            id: if is_run { "g.run_uuid" } else { "g.request_id" },
            used: "g.value",
            started: self.start_column(is_run),
        })
    }

    /// Traces that are associated with a version.
    fn associated(&self) -> Option<Users> {
        if !self.schema.has("entity_associations", "destination_id") {
            return None;
        }
        let (columns, joined) = self.user_columns(false, "g.source_id")?;
        Some(Users {
            is_run: false,
            select: format!("select g.source_id, g.destination_id, {columns} from entity_associations g {joined}"),
            condition: format!("g.source_type = 'trace' and g.destination_type = '{ENTITY}'"),
            id: "g.source_id",
            used: "g.destination_id",
            started: self.start_column(false),
        })
    }

    fn start_column(&self, is_run: bool) -> String {
        match is_run {
            true => self.schema.column("runs", "t", "start_time"),
            false => self.schema.column("trace_info", "t", "timestamp_ms"),
        }
    }

    /// What is told of a run or trace `t` whose id stands in `id`: name, experiment, status, start, workspace; and what
    /// has to be joined for it.
    fn user_columns(&self, is_run: bool, id: &str) -> Option<(String, String)> {
        let (table, owner) = if is_run { ("runs", "run_uuid") } else { ("trace_info", "request_id") };
        if !self.schema.has(table, owner) {
            return None;
        }
        let column = |name| self.schema.column(table, "t", name);
        let name = if is_run { column("name") } else { self.name_column() };
        let experiment = column("experiment_id");
        let has_workspaces = self.schema.has("experiments", "workspace") && experiment != "null";
        let (workspace, of_workspace) = match has_workspaces {
            true => ("e.workspace", format!("left join experiments e on e.experiment_id = {experiment}")),
            false => ("null", String::new()),
        };
        let deleted = match is_run && self.schema.has("runs", "lifecycle_stage") {
            true => " and t.lifecycle_stage is not 'deleted'",
            false => "",
        };
        let columns = format!("{name}, {experiment}, {}, {}, {workspace}", column("status"), self.start_column(is_run));
        Some((columns, format!("join {table} t on t.{owner} = {id}{deleted} {of_workspace}")))
    }

    /// Reads users who list what they used, as JSON.
    fn gather_linked(&self, users: &Users, user: Option<&str>, gathered: &mut Gathered<'_>) -> Result<()> {
        let mut conditions = vec![users.condition.clone()];
        let mut params: Vec<Value> = Vec::new();
        if let Some(user) = user {
            params.push(user.to_owned().into());
            conditions.push(format!("{} = ?1", users.id));
        } else if let Some(name) = gathered.only.map(|only| &*only.name).filter(|name| stands_as_it_is(name)) {
            // Most links are of other prompts: these are not decoded.
            params.push(name.to_owned().into());
            conditions.push(format!("instr({}, ?1) > 0", users.used));
        }
        let sql = format!("{} where {} order by {} desc", users.select, conditions.join(" and "), users.started);
        self.each_until("linked prompts", &sql, rusqlite::params_from_iter(&params), |values| {
            let Some(one) = read_user(values, users.is_run) else { return ControlFlow::Continue(()) };
            // Names lead to prompts, and are not masked there either.
            let listed = row::stored(values, 1).decode().value;
            let Json::Array(listed) = listed.as_stored_for_structure() else {
                let id = row::name(values, 0).unwrap_or_default();
                let what = if users.is_run { "run" } else { "trace" };
                self.cx.warn(format!("tag {LINKED} of {what} {id}"), "it is no list of prompts");
                return ControlFlow::Continue(());
            };
            listed
                .iter()
                .filter_map(|item| named(item, &one))
                .try_for_each(|used| gathered.add(PromptUse { used, ..one.clone() }))
        })?;
        Ok(())
    }

    /// Reads traces by their associations, `name/version`.
    fn gather_associated(&self, user: Option<&str>, gathered: &mut Gathered<'_>) -> Result<()> {
        let Some(users) = self.associated() else { return Ok(()) };
        let mut condition = users.condition.clone();
        let mut params: Vec<Value> = Vec::new();
        if let Some(user) = user {
            params.push(user.to_owned().into());
            condition = format!("{condition} and {} = ?1", users.id);
        } else if let Some(only) = gathered.only {
            // A range of an index.
            params.extend([Value::from(format!("{}/", only.name)), Value::from(format!("{}0", only.name))]);
            condition = format!("{condition} and {used} >= ?1 and {used} < ?2", used = users.used);
        }
        let sql = format!("{} where {condition} order by {} desc", users.select, users.started);
        self.each_until("associated prompts", &sql, rusqlite::params_from_iter(&params), |values| {
            let Some(one) = read_user(values, users.is_run) else { return ControlFlow::Continue(()) };
            let used = row::name(values, 1).unwrap_or_default();
            let Some((name, version)) = used.rsplit_once('/') else { return ControlFlow::Continue(()) };
            let Ok(version) = version.parse() else { return ControlFlow::Continue(()) };
            let prompt = PromptKey { name: name.into(), workspace: one.used.prompt.workspace.clone() };
            gathered.add(PromptUse { used: PromptRef { prompt, version }, ..one })
        })?;
        Ok(())
    }

    /// Reads the runs that versions name.
    fn gather_noted_runs(&self, user: Option<&str>, gathered: &mut Gathered<'_>) -> Result<()> {
        if !self.schema.has("model_version_tags", "version") {
            return Ok(());
        }
        let (Some((columns, joined)), only) = (self.user_columns(true, "?1"), gathered.only) else { return Ok(()) };
        let (condition, param) = match (only, user) {
            (Some(prompt), _) => ("g.name = ?1", prompt.name.to_string()),
            (None, Some(run)) => ("instr(g.value, ?1) > 0", run.to_owned()),
            (None, None) => return Ok(()),
        };
        let workspace = self.schema.column("model_version_tags", "g", "workspace");
        let sql = format!(
            "select g.name, {workspace}, g.version, g.value from model_version_tags g where g.key = '{RUNS}' and {condition}"
        );
        let mut noted: Vec<(PromptRef, String)> = Vec::new();
        self.each("runs of prompts", &sql, [&param], |values| {
            let (Some(name), Some(version)) = (row::name(values, 0), row::count(values, 2)) else { return };
            let prompt = PromptKey::new(&name, row::name(values, 1).as_deref());
            let runs = row::name(values, 3).unwrap_or_default();
            let wanted = runs.split(',').map(str::trim).filter(|run| user.is_none_or(|user| user == *run));
            noted.extend(wanted.map(|run| (PromptRef { prompt: prompt.clone(), version }, run.to_owned())));
        })?;
        let sql = format!("select ?1, null, {columns} from (select 1) {joined}");
        for (used, run) in noted {
            self.cx.check()?;
            let one = self.first("runs of prompts", &sql, [&run], |values| read_user(values, true))?.flatten();
            if let Some(one) = one
                && gathered.add(PromptUse { used, ..one }).is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

/// A run or trace, without what it used: of that only the workspace is known.
fn read_user(values: &Row<'_>, is_run: bool) -> Option<PromptUse> {
    let id = row::name(values, 0)?;
    let workspace = row::name(values, 6);
    Some(PromptUse {
        used: PromptRef { prompt: PromptKey::new("", workspace.as_deref()), version: 0 },
        user: if is_run { PromptUser::Run(RunId::from(id)) } else { PromptUser::Trace(TraceId::from(id)) },
        name: row::name(values, 2).unwrap_or_default(),
        experiment: row::name(values, 3).map(ExperimentId::from),
        status: row::name(values, 4).unwrap_or_default(),
        started_ms: row::int(values, 5),
    })
}
