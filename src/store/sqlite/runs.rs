//! Runs, their params, tags and latest metrics.

use std::collections::HashMap;
use std::sync::Arc;

use super::reader::Reader;
use super::row;
use crate::model::secret::{is_secret_key, shown_under};
use crate::model::{Entry, ExperimentId, LatestMetric, Lifecycle, MetricPoint, Run, RunId, RunStatus, RunValues};
use crate::model::{metric, natural};
use crate::store::{Result, RunQuery, RunScope};

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
            tag("mlflow.parentRunId"),
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
                parent_id: row::text(values, 8).filter(|parent| !parent.is_empty()).map(RunId::from),
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

    /// See [`crate::store::Store::run_values`].
    pub fn run_values(&self, query: &RunQuery) -> Result<Vec<(RunId, RunValues)>> {
        let (condition, params) = condition(self, query);
        let mut all = Collector::default();
        let read = |table: &str,
                    columns: &str,
                    all: &mut Collector,
                    take: &mut dyn FnMut(&mut Collector, usize, &rusqlite::Row<'_>)| {
            if !self.schema.has(table, "run_uuid") {
                return Ok(());
            }
            // `cross join` keeps runs outermost: their values are then found by run, in order.
            let sql = format!(
                "select v.run_uuid, {columns} from runs r cross join {table} v on v.run_uuid = r.run_uuid where {condition}"
            );
            self.each(table, &sql, rusqlite::params_from_iter(&params), |values| {
                if let Some(place) = all.place(row::bytes(values, 0)) {
                    take(all, place, values);
                }
            })
        };
        let entry = |all: &mut Collector, values: &rusqlite::Row<'_>| {
            let (key, is_secret) = all.key(row::bytes(values, 1));
            let value = shown_under(is_secret, row::text(values, 2).unwrap_or_default(), self.cx.reveal());
            Entry { key, value }
        };
        read("params", "v.key, v.value", &mut all, &mut |all, place, values| {
            let param = entry(all, values);
            all.found[place].1.params.push(param);
        })?;
        read("tags", "v.key, v.value", &mut all, &mut |all, place, values| {
            let tag = entry(all, values);
            all.found[place].1.tags.push(tag);
        })?;
        let columns = "v.key, v.value, v.timestamp, v.step, v.is_nan";
        read("latest_metrics", columns, &mut all, &mut |all, place, values| {
            let (key, _) = all.key(row::bytes(values, 1));
            let is_nan = row::int(values, 5) == Some(1);
            let Some(value) = row::real(values, 2).or(is_nan.then_some(0.0)) else {
                self.cx.warn(format!("latest metric {key} of run {}", all.found[place].0), "its value is no number");
                return;
            };
            let point = MetricPoint {
                step: row::int(values, 4).unwrap_or(0),
                timestamp_ms: row::int(values, 3).unwrap_or(0),
                value: metric::from_stored(value, is_nan),
            };
            all.found[place].1.metrics.push(LatestMetric { key, point });
        })?;
        for (_, values) in &mut all.found {
            values.params.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            values.tags.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            values.metrics.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        }
        Ok(all.found)
    }
}

/// Gathers values by run; rows come run by run, so the last run is mostly the right one.
#[derive(Default)]
struct Collector {
    found: Vec<(RunId, RunValues)>,
    places: HashMap<Vec<u8>, usize>,
    keys: HashMap<Vec<u8>, usize>,
    /// The distinct keys in the order they were met, with whether their values are secrets.
    known: Vec<(Arc<str>, bool)>,
    /// Runs repeat their keys in one order: after this one mostly comes the next.
    last_key: usize,
    /// The place of the run that was met last.
    last: usize,
}

impl Collector {
    fn place(&mut self, run: &[u8]) -> Option<usize> {
        if run.is_empty() {
            return None;
        }
        // Mostly the run of the row before, else the one that came after it in the table before.
        for guess in [self.last, self.last + 1] {
            if self.found.get(guess).is_some_and(|(id, _)| id.as_str().as_bytes() == run) {
                self.last = guess;
                return Some(guess);
            }
        }
        let place = *self.places.entry(run.to_vec()).or_insert_with(|| {
            self.found.push((RunId::from(String::from_utf8_lossy(run).into_owned()), RunValues::default()));
            self.found.len() - 1
        });
        self.last = place;
        Some(place)
    }

    /// One shared text per key, and whether its values are secrets: thousands of runs have the
    /// same few.
    fn key(&mut self, key: &[u8]) -> (Arc<str>, bool) {
        let next = self.last_key + 1;
        let guess = if next < self.known.len() { next } else { 0 };
        let is_right = self.known.get(guess).is_some_and(|(known, _)| known.as_bytes() == key);
        let place = if is_right { guess } else { self.place_of(key) };
        self.last_key = place;
        self.known[place].clone()
    }

    fn place_of(&mut self, key: &[u8]) -> usize {
        if let Some(place) = self.keys.get(key) {
            return *place;
        }
        let text: Arc<str> = String::from_utf8_lossy(key).into();
        let is_secret = is_secret_key(&text);
        self.known.push((text, is_secret));
        self.keys.insert(key.to_vec(), self.known.len() - 1);
        self.known.len() - 1
    }
}
