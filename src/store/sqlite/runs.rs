//! Runs, their params, tags and latest metrics.

use std::collections::HashMap;
use std::sync::Arc;

use super::connection::explain;
use super::reader::Reader;
use super::row;
use crate::model::secret::{is_secret_key, shown_under};
use crate::model::{Entry, ExperimentId, LatestMetric, Lifecycle, MetricPoint, Run, RunId, RunStatus, RunValues};
use crate::model::{metric, natural};
use crate::store::{Result, RunQuery, RunScope};

/// The tag that names the parent (MLflow 2.21 – 3.18).
const PARENT: &str = "mlflow.parentRunId";

fn parent(values: &rusqlite::Row<'_>, column: usize) -> Option<RunId> {
    row::text(values, column).filter(|parent| !parent.is_empty()).map(RunId::from)
}

/// The `where` of a question for runs and its parameter, for runs under the alias `r`.
fn condition(reader: &Reader<'_>, query: &RunQuery) -> (String, Vec<String>) {
    let (scope, params) = match &query.scope {
        RunScope::All => ("1", vec![]),
        // A number as MLflow writes it is compared as one, which can be looked up and costs less;
        // anything else as text: an experiment's id is whatever the user typed.
        RunScope::Experiment(id)
            if id.as_str().parse::<i64>().is_ok_and(|number| number.to_string() == id.as_str()) =>
        {
            ("r.experiment_id = cast(?1 as integer)", vec![id.to_string()])
        }
        RunScope::Experiment(id) => ("cast(r.experiment_id as text) = ?1", vec![id.to_string()]),
        RunScope::One(id) => ("r.run_uuid = ?1", vec![id.to_string()]),
    };
    let hides_deleted =
        !query.with_deleted && !matches!(query.scope, RunScope::One(_)) && reader.schema.has("runs", "lifecycle_stage");
    let deleted = if hides_deleted { " and r.lifecycle_stage is not 'deleted'" } else { "" };
    (format!("{scope}{deleted}"), params)
}

impl Reader<'_> {
    /// See [`crate::store::Store::runs`].
    pub fn runs(&self, query: &RunQuery) -> Result<Vec<Run>> {
        self.runs_with(query, true)
    }

    /// Runs, with their parents if they are asked for: to look up a tag of each costs as much as
    /// the run itself.
    fn runs_with(&self, query: &RunQuery, parents: bool) -> Result<Vec<Run>> {
        let column = |name| self.schema.column("runs", "r", name);
        let has_tags = self.schema.has("tags", "run_uuid");
        let tag = |key: &str| {
            if has_tags {
                format!("(select value from tags t where t.key = '{key}' and t.run_uuid = r.run_uuid)")
            } else {
                "null".to_owned()
            }
        };
        let (condition, params) = condition(self, query);
        let sql = format!(
            "select r.run_uuid, {}, {}, {}, {}, {}, {}, {}, {}, case when coalesce({}, '') = '' then {} end \
             from runs r where {condition}",
            column("experiment_id"),
            column("name"),
            column("status"),
            column("lifecycle_stage"),
            column("start_time"),
            column("end_time"),
            column("artifact_uri"),
            if parents { tag(PARENT) } else { "null".to_owned() },
            column("name"),
            tag("mlflow.runName"),
        );
        let mut experiments: HashMap<String, ExperimentId> = HashMap::new();
        let mut found = Vec::new();
        self.each("runs", &sql, rusqlite::params_from_iter(params), |values| {
            let Some(id) = row::text(values, 0) else {
                self.cx.warn("runs", "a run without an id is left out");
                return;
            };
            let experiment = row::text(values, 1).unwrap_or_default();
            let experiment_id =
                experiments.entry(experiment).or_insert_with_key(|id| ExperimentId::from(id.as_str())).clone();
            let name = row::text(values, 2).filter(|name| !name.is_empty());
            found.push(Run {
                id: RunId::from(id),
                experiment_id,
                name: name.or_else(|| row::text(values, 9)).unwrap_or_default(),
                parent_id: parent(values, 8),
                parent_inferred: false,
                status: RunStatus::parse(&row::text(values, 3).unwrap_or_default()),
                lifecycle: Lifecycle::parse(row::text(values, 4).as_deref()),
                start_time_ms: row::int(values, 5),
                end_time_ms: row::int(values, 6),
                artifact_uri: row::text(values, 7),
            });
        })?;
        found.sort_by(|a, b| {
            let by_name = || natural::compare(&a.name, &b.name).then_with(|| a.id.cmp(&b.id));
            a.start_time_ms.cmp(&b.start_time_ms).then_with(by_name)
        });
        Ok(found)
    }

    /// See [`crate::store::Store::run_rows`].
    pub fn run_rows(&self, query: &RunQuery) -> Result<Vec<(Run, RunValues)>> {
        // One look at the database: without it each of thousands of questions would lock the file.
        let _look = self.look()?;
        let mut all: Vec<_> =
            self.runs_with(query, false)?.into_iter().map(|run| (run, RunValues::default())).collect();
        let mut keys = Keys::default();
        self.values_of("params", "key, value", &mut all, |(_, values), row| {
            values.params.push(self.entry(&mut keys, row));
        })?;
        self.values_of("tags", "key, value", &mut all, |(run, values), row| {
            let tag = self.entry(&mut keys, row);
            if *tag.key == *PARENT {
                run.parent_id = parent(row, 1);
            }
            values.tags.push(tag);
        })?;
        self.values_of("latest_metrics", "key, value, timestamp, step, is_nan", &mut all, |(run, values), row| {
            let (key, _) = keys.get(row::bytes(row, 0));
            let is_nan = row::int(row, 4) == Some(1);
            let Some(value) = row::real(row, 1).or(is_nan.then_some(0.0)) else {
                self.cx.warn(format!("latest metric {key} of run {}", run.id), "its value is no number");
                return;
            };
            let point = MetricPoint {
                step: row::int(row, 3).unwrap_or(0),
                timestamp_ms: row::int(row, 2).unwrap_or(0),
                value: metric::from_stored(value, is_nan),
            };
            values.metrics.push(LatestMetric { key, point });
        })?;
        for (_, values) in &mut all {
            values.params.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            values.tags.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            values.metrics.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        }
        Ok(all)
    }

    /// Reads a table run by run. A join would read the runs once more for each table, and they
    /// are found by experiment only by looking at them all: MLflow keeps no index for that.
    fn values_of(
        &self,
        table: &str,
        columns: &str,
        runs: &mut [(Run, RunValues)],
        mut take: impl FnMut(&mut (Run, RunValues), &rusqlite::Row<'_>),
    ) -> Result<()> {
        if !self.schema.has(table, "run_uuid") {
            return Ok(());
        }
        let sql = format!("select {columns} from {table} where run_uuid = ?1");
        let mut statement = self.conn.prepare_cached(&sql).map_err(|error| explain(self.path, table, &error))?;
        for run in runs {
            let id = run.0.id.clone();
            if !self.each_answer(table, &mut statement, [id.as_str()], |values| take(run, values))? {
                break;
            }
        }
        Ok(())
    }

    fn entry(&self, keys: &mut Keys, values: &rusqlite::Row<'_>) -> Entry {
        let (key, is_secret) = keys.get(row::bytes(values, 0));
        let value = shown_under(is_secret, row::text(values, 1).unwrap_or_default(), self.cx.reveal());
        Entry { key, value }
    }
}

/// One shared text per key, and whether its values are secrets: thousands of runs have the same
/// few.
#[derive(Default)]
struct Keys {
    places: HashMap<Vec<u8>, usize>,
    /// The distinct keys in the order they were met, with whether their values are secrets.
    known: Vec<(Arc<str>, bool)>,
    /// Runs repeat their keys in one order: after this one mostly comes the next.
    last: usize,
}

impl Keys {
    fn get(&mut self, key: &[u8]) -> (Arc<str>, bool) {
        let next = self.last + 1;
        let guess = if next < self.known.len() { next } else { 0 };
        let is_right = self.known.get(guess).is_some_and(|(known, _)| known.as_bytes() == key);
        let place = if is_right { guess } else { self.place_of(key) };
        self.last = place;
        self.known[place].clone()
    }

    fn place_of(&mut self, key: &[u8]) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let text: Arc<str> = String::from_utf8_lossy(key).into();
        let is_secret = is_secret_key(&text);
        self.known.push((text, is_secret));
        self.places.insert(key.to_vec(), self.known.len() - 1);
        self.known.len() - 1
    }
}
