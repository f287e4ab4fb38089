//! The points of a run's metrics.

use crate::model::{MetricSeries, RunId};
use crate::query::ask::{Question, Session};
use crate::store::{ReadCx, Result, Store};

/// Every point of one metric of a run, or of all, by key, then step, time, value (NaN last).
///
/// # Errors
/// Those of the store.
pub fn metrics(store: &mut dyn Store, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
    store.metric_history(cx, run, key)
}

/// Every point of one metric of a run; `None` inside if it has no such metric.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MetricOf {
    /// The run.
    pub run: RunId,
    /// The metric.
    pub key: String,
}

impl Question for MetricOf {
    type Answer = Option<MetricSeries>;
    const LABEL: &'static str = "metric";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        Ok(metrics(session.store, session.cx, &self.run, Some(&self.key))?.pop())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |series| series.points.len() * 24)
    }
}
