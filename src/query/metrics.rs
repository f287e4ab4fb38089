//! The points of a run's metrics.

use crate::model::{MetricSeries, RunId};
use crate::store::{ReadCx, Result, Store};

/// Every point of one metric of a run, or of all, by key, then step, time, value (NaN last).
///
/// # Errors
/// Those of the store.
pub fn metrics(store: &mut dyn Store, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
    store.metric_history(cx, run, key)
}
