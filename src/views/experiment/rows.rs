//! The runs of an experiment as rows of a table: which metrics get a column, and in which order runs stand.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use crate::loader::RunTree;
use crate::model::{Run, RunId, RunValues, natural};
use crate::widgets::table::Sort;

/// At most this many metrics get a column of their own.
const MAX_METRICS: usize = 6;

/// Columns before those of the metrics.
pub(super) const FIXED: usize = 4;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RunLine {
    /// Its place in [`RunTree::runs`].
    pub run: usize,
    /// How deep it stands below its parents.
    pub depth: usize,
    /// The last values of the metrics that have a column.
    pub metrics: Vec<Option<f64>>,
}

/// The table.
#[derive(Clone, Debug, Default)]
pub(super) struct RunLines {
    /// The metrics that have a column, the most common ones, by name.
    pub metrics: Vec<Arc<str>>,
    pub lines: Vec<RunLine>,
}

/// How long a run took, if it has ended.
pub(super) fn duration_ms(run: &Run) -> Option<i64> {
    Some(run.end_time_ms?.saturating_sub(run.start_time_ms?).max(0))
}

/// Makes the rows.
pub(super) fn rows(tree: &RunTree, values: Option<&HashMap<RunId, RunValues>>, sort: Option<Sort>) -> RunLines {
    let metrics = values.map(common_metrics).unwrap_or_default();
    let line = |node: &crate::model::ForestNode| {
        let of_run = values.and_then(|values| values.get(&tree.runs[node.item].id));
        let value = |key: &Arc<str>| {
            let metric = of_run?.metrics.iter().find(|metric| metric.key == *key)?;
            Some(metric.point.value)
        };
        RunLine { run: node.item, depth: node.depth as usize, metrics: metrics.iter().map(value).collect() }
    };
    let mut lines: Vec<RunLine> = tree.forest.nodes.iter().map(line).collect();
    if let Some(sort) = sort {
        // What is unknown stands last in either direction.
        lines.sort_by(|a, b| {
            let (is_known, order) = compare(tree, a, b, sort.column);
            if is_known && sort.descending { order.reverse() } else { order }
        });
        lines.iter_mut().for_each(|line| line.depth = 0);
    }
    RunLines { metrics, lines }
}

fn common_metrics(values: &HashMap<RunId, RunValues>) -> Vec<Arc<str>> {
    let mut counts: HashMap<&Arc<str>, usize> = HashMap::new();
    for metric in values.values().flat_map(|values| &values.metrics) {
        *counts.entry(&metric.key).or_default() += 1;
    }
    let mut keys: Vec<(&Arc<str>, usize)> = counts.into_iter().collect();
    keys.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| natural::compare(a.0, b.0)));
    let mut keys: Vec<Arc<str>> = keys.into_iter().take(MAX_METRICS).map(|(key, _)| Arc::clone(key)).collect();
    keys.sort_by(|a, b| natural::compare(a, b));
    keys
}

/// Whether both are known, and their order.
fn compare(tree: &RunTree, a: &RunLine, b: &RunLine, column: usize) -> (bool, Ordering) {
    let (run_a, run_b) = (&tree.runs[a.run], &tree.runs[b.run]);
    let numbers = |a: Option<f64>, b: Option<f64>| match (a.filter(|a| !a.is_nan()), b.filter(|b| !b.is_nan())) {
        (Some(a), Some(b)) => (true, a.total_cmp(&b)),
        (Some(_), None) => (false, Ordering::Less),
        (None, Some(_)) => (false, Ordering::Greater),
        (None, None) => (false, Ordering::Equal),
    };
    let as_number = |ms: Option<i64>| ms.map(|ms| ms as f64);
    match column {
        0 => (true, natural::compare(&run_a.name, &run_b.name)),
        1 => (true, run_a.status.as_str().cmp(run_b.status.as_str())),
        2 => numbers(as_number(run_a.start_time_ms), as_number(run_b.start_time_ms)),
        3 => numbers(as_number(duration_ms(run_a)), as_number(duration_ms(run_b))),
        metric => {
            let value = |line: &RunLine| line.metrics.get(metric - FIXED).copied().flatten();
            numbers(value(a), value(b))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Forest, LatestMetric, Lifecycle, MetricPoint, RunStatus};

    fn run(id: &str, start: i64) -> Run {
        Run {
            id: id.into(),
            experiment_id: "1".into(),
            name: id.to_owned(),
            parent_id: None,
            parent_inferred: false,
            status: RunStatus::Finished,
            lifecycle: Lifecycle::Active,
            start_time_ms: Some(start),
            end_time_ms: None,
            artifact_uri: None,
        }
    }

    fn values(value: f64) -> RunValues {
        let point = MetricPoint { step: 0, timestamp_ms: 0, value };
        RunValues { metrics: vec![LatestMetric { key: "eval".into(), point }], ..RunValues::default() }
    }

    #[test]
    fn unknown_values_stand_last_in_either_direction() {
        let runs = vec![run("eval_10", 3), run("eval_2", 2), run("none", 1)];
        let pairs: Vec<_> = runs.iter().map(|run| (run.id.clone(), None)).collect();
        let tree = RunTree { forest: Forest::build(&pairs), runs };
        let all = HashMap::from([("eval_10".into(), values(5.0)), ("eval_2".into(), values(9.0))]);
        let order = |column, descending| {
            let rows = rows(&tree, Some(&all), Some(Sort { column, descending }));
            rows.lines.iter().map(|line| tree.runs[line.run].name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(order(FIXED, false), ["eval_10", "eval_2", "none"]);
        assert_eq!(order(FIXED, true), ["eval_2", "eval_10", "none"]);
        assert_eq!(order(0, false), ["eval_2", "eval_10", "none"]);
        assert_eq!(order(2, true), ["eval_10", "eval_2", "none"]);
    }
}
