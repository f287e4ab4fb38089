//! Runs, their params, tags and latest metrics.

use std::collections::HashMap;
use std::sync::Arc;

use super::connection::explain;
use super::reader::Reader;
use super::row;
use crate::model::metric;
use crate::model::mlflow::run::{NAME, PARENT};
use crate::model::secret::is_secret_key;
use crate::model::{
    Entry, ExperimentId, LatestMetric, Lifecycle, MetricPoint, Run, RunId, RunStatus, RunValues, Shown, Unmasked,
};
use crate::store::order::{Begin, RowKey, RunKey};
use crate::store::{Page, Result, RunQuery};

/// The values of so many runs are read in one look, which takes some ten milliseconds: while
/// somebody looks, nobody can write, and MLflow waits 20 s for that (2.21 – 3.17).
const AT_ONCE: usize = 1_000;

fn parent(values: &rusqlite::Row<'_>, column: usize) -> Option<RunId> {
    row::name(values, column).filter(|parent| !parent.is_empty()).map(RunId::from)
}

impl Reader<'_> {
    /// See [`crate::store::Store::run_page`].
    pub fn run_page(&self, query: &RunQuery) -> Result<Page<Run>> {
        self.runs_with(query, true)
    }

    /// Runs, with their parents if they are asked for: to look up a tag of each costs as much as
    /// the run itself.
    fn runs_with(&self, query: &RunQuery, parents: bool) -> Result<Page<Run>> {
        let column = |name| self.schema.column("runs", "r", name);
        let (condition, params) = self.run_condition(query);
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
            if parents { self.tag_column(PARENT) } else { "null".to_owned() },
            column("name"),
            self.tag_column(NAME),
        );
        let mut experiments: HashMap<String, ExperimentId> = HashMap::new();
        let mut found = Vec::new();
        self.each("runs", &sql, rusqlite::params_from_iter(params), |values| {
            let Some(id) = row::name(values, 0) else {
                self.cx.warn("runs", "a run without an id is left out");
                return;
            };
            let experiment = row::name(values, 1).unwrap_or_default();
            let experiment_id =
                experiments.entry(experiment).or_insert_with_key(|id| ExperimentId::from(id.as_str())).clone();
            let name = row::name(values, 2).filter(|name| !name.is_empty());
            found.push(Run {
                id: RunId::from(id),
                experiment_id,
                name: name.or_else(|| row::name(values, 9)).unwrap_or_default(),
                parent_id: parent(values, 8),
                parent_inferred: false,
                status: RunStatus::parse(&row::name(values, 3).unwrap_or_default()),
                lifecycle: Lifecycle::parse(row::name(values, 4).as_deref()),
                start_time_ms: row::int(values, 5),
                end_time_ms: row::int(values, 6),
                artifact_uri: row::text(values, 7).map(|uri| uri.readable(self.cx.reveal())),
            });
        })?;
        query.order.sort_runs(&mut found, |run| run);
        let begin = Begin::<RunKey<'_>>::at(query.cursor.as_ref(), self.cx);
        let is_passed = |run: &Run| begin.is_passed(query.order, &RunKey::of(run));
        Ok(Page::cut(found, is_passed, query.limit, |run| RunKey::of(run).cursor()))
    }

    /// See [`crate::store::Store::run_row_page`].
    pub fn run_row_page(&self, query: &RunQuery) -> Result<Page<(Run, RunValues)>> {
        let mut page = self.runs_with(query, false)?.map(|run| (run, RunValues::default()));
        self.read_values(&mut page.rows)?;
        Ok(page)
    }

    /// Reads the values of runs, and their parents, which are tags.
    fn read_values(&self, all: &mut [(Run, RunValues)]) -> Result<()> {
        let mut keys = Keys::default();
        self.values_of("params", "key, value", all, |(_, values), row| {
            values.params.push(self.entry(&mut keys, row));
        })?;
        self.values_of("tags", "key, value", all, |(run, values), row| {
            let tag = self.entry(&mut keys, row);
            if *tag.key == *PARENT {
                run.parent_id = parent(row, 1);
            }
            values.tags.push(tag);
        })?;
        self.values_of("latest_metrics", "key, value, timestamp, step, is_nan", all, |(run, values), row| {
            let key = keys.text(row::key(row, 0));
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
        for (_, values) in all {
            values.params.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            values.tags.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            values.metrics.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        }
        Ok(())
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
        for some in runs.chunks_mut(AT_ONCE) {
            // One look at the database for all of them: else each would lock the file.
            let _look = self.look()?;
            for run in some {
                let id = run.0.id.clone();
                if !self.each_answer(table, &mut statement, [id.as_str()], |values| take(run, values))? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn entry(&self, keys: &mut Keys, values: &rusqlite::Row<'_>) -> Entry {
        let key = keys.known(row::key(values, 0));
        let bytes = row::bytes(values, 1);
        let value = match key.recent(&bytes) {
            Some(text) => Shown::Text(text),
            None => {
                let value = row::stored(values, 1).shown_under(key.is_secret, self.cx.reveal());
                key.remember(&bytes, &value);
                value
            }
        };
        Entry { key: Arc::clone(&key.text), value }
    }
}

/// The distinct keys of many runs in the order they were met.
#[derive(Default)]
struct Keys {
    places: HashMap<Vec<u8>, usize>,
    known: Vec<Key>,
    /// Runs repeat their keys in one order: after this one mostly comes the next.
    last: usize,
}

impl Keys {
    /// One shared text per key: thousands of runs have the same few.
    fn text(&mut self, key: &[u8]) -> Arc<str> {
        Arc::clone(&self.known(key).text)
    }

    fn known(&mut self, key: &[u8]) -> &mut Key {
        let next = self.last + 1;
        let guess = if next < self.known.len() { next } else { 0 };
        let is_right = self.known.get(guess).is_some_and(|known| known.text.as_bytes() == key);
        self.last = if is_right { guess } else { self.place_of(key) };
        &mut self.known[self.last]
    }

    fn place_of(&mut self, key: &[u8]) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let text: Arc<str> = String::from_utf8_lossy(key).into();
        let is_secret = is_secret_key(&text);
        self.known.push(Key { text, is_secret, recent: [None, None] });
        self.places.insert(key.to_vec(), self.known.len() - 1);
        self.known.len() - 1
    }
}

/// A key of params, tags or metrics.
struct Key {
    text: Arc<str>,
    /// Its values are secrets.
    is_secret: bool,
    /// The last two values that hide nothing: mostly the next run has one of them, too, and it is
    /// neither looked through nor copied again.
    recent: [Option<Arc<str>>; 2],
}

impl Key {
    fn recent(&mut self, value: &Unmasked<&[u8]>) -> Option<Arc<str>> {
        let value = *value.as_stored_for_structure();
        if value.is_empty() {
            return None; // It may be no text at all.
        }
        let is_same = |text: &Option<Arc<str>>| text.as_ref().is_some_and(|text| text.as_bytes() == value);
        if is_same(&self.recent[1]) {
            self.recent.swap(0, 1);
        }
        self.recent[0].clone().filter(|text| text.as_bytes() == value)
    }

    fn remember(&mut self, stored: &Unmasked<&[u8]>, value: &Shown) {
        if let Shown::Text(text) = value
            && text.as_bytes() == *stored.as_stored_for_structure()
        {
            self.recent = [Some(Arc::clone(text)), self.recent[0].take()];
        }
    }
}
