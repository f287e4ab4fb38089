//! Experiments and how much they hold.

use std::collections::HashMap;

use rusqlite::Connection;

use super::reader::Reader;
use super::row;
use super::schema::Schema;
use crate::model::mlflow::DEFAULT_EXPERIMENT;
use crate::model::{Experiment, ExperimentCounts, ExperimentId, Lifecycle, Reveal};
use crate::store::Result;
use crate::words::natural;

/// No more names than this tell a store from others.
const NAMES_MOST: usize = 4;

/// The names of the latest experiments, the latest first; none where they cannot be read. `Default`, which MLflow
/// makes with every store, only where there is no other one.
pub(super) fn latest_names(conn: &Connection, schema: &Schema) -> Vec<String> {
    if !schema.has("experiments", "name") {
        return Vec::new();
    }
    let is_active =
        if schema.has("experiments", "lifecycle_stage") { "where lifecycle_stage is not 'deleted'" } else { "" };
    let sql = format!("select substr(name, 1, 200) from experiments {is_active} order by experiment_id desc limit 20");
    let read = || -> rusqlite::Result<Vec<String>> {
        let mut statement = conn.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut names = Vec::new();
        while let Some(values) = rows.next()? {
            names.extend(row::text(values, 0).map(|name| name.readable(Reveal::Masked)));
        }
        Ok(names)
    };
    let mut names = read().unwrap_or_default();
    if names.len() > 1 {
        names.retain(|name| name != DEFAULT_EXPERIMENT);
    }
    names.truncate(NAMES_MOST);
    names
}

impl Reader<'_> {
    /// See [`crate::store::Store::experiments`].
    pub fn experiments(&self, with_deleted: bool) -> Result<Vec<Experiment>> {
        let column = |name| self.schema.column("experiments", "e", name);
        let sql = format!(
            "select e.experiment_id, {}, {}, {}, {} from experiments e",
            column("name"),
            column("lifecycle_stage"),
            column("creation_time"),
            column("artifact_location"),
        );
        let mut found = Vec::new();
        self.each("experiments", &sql, [], |values| {
            let Some(id) = row::name(values, 0) else { return };
            let lifecycle = Lifecycle::parse(row::name(values, 2).as_deref());
            if with_deleted || lifecycle == Lifecycle::Active {
                found.push(Experiment {
                    id: ExperimentId::from(id),
                    name: row::name(values, 1).unwrap_or_default(),
                    lifecycle,
                    creation_time_ms: row::int(values, 3),
                    artifact_location: row::text(values, 4).map(|uri| uri.readable(self.cx.reveal())),
                });
            }
        })?;
        found.sort_by(|a, b| natural::compare(a.id.as_str(), b.id.as_str()));
        Ok(found)
    }

    /// See [`crate::store::Store::experiment_counts`].
    pub fn experiment_counts(&self) -> Result<Vec<(ExperimentId, ExperimentCounts)>> {
        let has_traces = self.schema.has("trace_info", "experiment_id");
        let empty = ExperimentCounts { runs: 0, traces: has_traces.then_some(0) };
        let mut counts: HashMap<String, ExperimentCounts> = HashMap::new();
        for experiment in self.experiments(true)? {
            counts.insert(experiment.id.to_string(), empty);
        }
        let is_active =
            if self.schema.has("runs", "lifecycle_stage") { "where lifecycle_stage is not 'deleted'" } else { "" };
        let sql = format!("select experiment_id, count(*) from runs {is_active} group by experiment_id");
        self.each("the number of runs", &sql, [], |values| {
            if let (Some(id), Some(number)) = (row::name(values, 0), row::count(values, 1)) {
                counts.entry(id).or_insert(empty).runs = number;
            }
        })?;
        if has_traces {
            let sql = "select experiment_id, count(*) from trace_info group by experiment_id";
            self.each("the number of traces", sql, [], |values| {
                if let (Some(id), Some(number)) = (row::name(values, 0), row::count(values, 1)) {
                    counts.entry(id).or_insert(empty).traces = Some(number);
                }
            })?;
        }
        let mut counts: Vec<_> = counts.into_iter().map(|(id, counts)| (ExperimentId::from(id), counts)).collect();
        counts.sort_by(|a, b| natural::compare(a.0.as_str(), b.0.as_str()));
        Ok(counts)
    }
}
