//! Every point of a run's metrics.

use std::sync::Arc;

use super::reader::Reader;
use super::row;
use crate::model::{MetricPoint, MetricSeries, RunId, metric};
use crate::store::Result;

impl Reader<'_> {
    /// See [`crate::store::Store::metric_history`].
    pub fn metric_history(&self, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
        if !self.schema.has("metrics", "run_uuid") {
            return Ok(Vec::new());
        }
        let sql = "select key, step, timestamp, value, is_nan from metrics where run_uuid = ?1 and (?2 is null or key = ?2) \
                   order by key, step, timestamp, is_nan, value";
        let mut found: Vec<MetricSeries> = Vec::new();
        self.each("metrics", sql, (run.as_str(), key), |values| {
            let key = row::key(values, 0);
            if found.last().is_none_or(|series| series.key.as_bytes() != key) {
                let key: Arc<str> = String::from_utf8_lossy(key).into();
                found.push(MetricSeries { key, points: Vec::new() });
            }
            let Some(series) = found.last_mut() else { return };
            let is_nan = row::int(values, 4) == Some(1);
            let Some(value) = row::real(values, 3).or(is_nan.then_some(0.0)) else {
                self.cx.warn(format!("metric {} of run {run}", series.key), "a value that is no number is left out");
                return;
            };
            series.points.push(MetricPoint {
                step: row::int(values, 1).unwrap_or(0),
                timestamp_ms: row::int(values, 2).unwrap_or(0),
                value: metric::from_stored(value, is_nan),
            });
        })?;
        Ok(found)
    }

    /// See [`crate::store::Store::metric_counts`].
    pub fn metric_counts(&self, run: &RunId) -> Result<Vec<(Arc<str>, u64)>> {
        if !self.schema.has("metrics", "run_uuid") {
            return Ok(Vec::new());
        }
        // Answered by an index alone since MLflow 3.
        let sql = "select key, count(*) from metrics where run_uuid = ?1 group by key order by key";
        let mut found = Vec::new();
        self.each("metrics", sql, [run.as_str()], |values| {
            let key: Arc<str> = String::from_utf8_lossy(row::key(values, 0)).into();
            found.push((key, row::int(values, 1).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)));
        })?;
        Ok(found)
    }
}
