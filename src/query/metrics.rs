//! The points of a run's metrics.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{MetricSeries, RunId};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// Every point of one metric of a run, or of all, by key, then step, time, value (NaN last).
///
/// # Errors
/// Those of the store.
pub fn metrics(session: &mut Session<'_>, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
    session.store.metric_history(session.cx, run, key)
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
        Ok(metrics(session, &self.run, Some(&self.key))?.pop())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |series| series.points.len() * 24)
    }
}

/// How many points a run has of each metric.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MetricCountsOf(pub RunId);

impl Question for MetricCountsOf {
    type Answer = HashMap<Arc<str>, u64>;
    const LABEL: &'static str = "points of metrics";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        Ok(session.store.metric_counts(session.cx, &self.0)?.into_iter().collect())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.keys().map(|key| key.len() + 32).sum()
    }
}
