//! Values of a run by their key, found as quickly as their order allows.

use crate::model::dspy::keys::SCORE;
use crate::model::{Entry, LatestMetric, RunValues};

/// The score of an evaluation; `None` if it has none.
pub fn score(values: &RunValues) -> Option<f64> {
    values.metrics.iter().find(|metric| *metric.key == *SCORE).map(|metric| metric.point.value)
}

/// The last point of a metric.
pub(super) fn metric<'a>(values: &'a RunValues, key: &str) -> Option<&'a LatestMetric> {
    find(&values.metrics, key, |metric| &metric.key)
}

/// A param.
pub(super) fn param<'a>(values: &'a RunValues, key: &str) -> Option<&'a Entry> {
    find(&values.params, key, |entry| &entry.key)
}

/// A tag.
pub(super) fn tag<'a>(values: &'a RunValues, key: &str) -> Option<&'a Entry> {
    find(&values.tags, key, |entry| &entry.key)
}

/// The first of its key in a list that is sorted by key.
fn find<'a, T>(sorted: &'a [T], key: &str, key_of: impl Fn(&T) -> &str) -> Option<&'a T> {
    let place = sorted.partition_point(|one| key_of(one) < key);
    sorted.get(place).filter(|one| key_of(one) == key)
}
