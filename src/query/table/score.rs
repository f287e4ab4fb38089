//! The score that a tree of runs shows beside a name: always the metric `eval`, never another one.

use crate::model::dspy::keys::SCORE;
use crate::model::{Forest, RunValues};
use crate::query::{RunTable, lookup};

/// A score of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Its value; finite.
    pub value: f64,
    /// Whether the run logged it itself; else it is the best of the runs below it, those aside
    /// that say that they are minibatches, and better than its own.
    pub is_own: bool,
}

/// The score of each row.
pub(super) fn scores(table: &RunTable, forest: &Forest) -> Vec<Option<Score>> {
    let own = |values: &RunValues| {
        let value = lookup::metric(values, SCORE)?.point.value;
        value.is_finite().then_some(value)
    };
    let own: Vec<Option<f64>> = table.rows.iter().map(|(_, values)| own(values)).collect();
    let mut scores: Vec<Option<Score>> =
        own.iter().map(|value| value.map(|value| Score { value, is_own: true })).collect();
    // The best of what stands below each node, from the last node to the first.
    let mut best: Vec<Option<f64>> = vec![None; forest.nodes.len()];
    let mut path: Vec<usize> = Vec::new();
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(forest.nodes.len());
    for (place, node) in forest.nodes.iter().enumerate() {
        path.truncate(node.depth as usize);
        parents.push(path.last().copied());
        path.push(place);
    }
    for place in (0..forest.nodes.len()).rev() {
        let row = forest.nodes[place].item;
        // A parent's own `eval` is the last one that was logged to it, not the best one.
        if let Some(value) = best[place].filter(|best| own[row].is_none_or(|own| own < *best)) {
            scores[row] = Some(Score { value, is_own: false });
        }
        let is_minibatch = table.rows[row].0.name.contains("minibatch");
        let told = own[row].filter(|_| !is_minibatch).into_iter().chain(best[place]).reduce(f64::max);
        if let Some(parent) = parents[place] {
            best[parent] = best[parent].into_iter().chain(told).reduce(f64::max);
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LatestMetric, MetricPoint, Run};
    use crate::query::table::PreparedRuns;
    use crate::store::memory::MemoryStore;

    fn row(id: &str, name: &str, parent: Option<&str>, key: &str, value: Option<f64>) -> (Run, RunValues) {
        let mut run = MemoryStore::run(id, "1", name, 0);
        run.parent_id = parent.map(Into::into);
        let point = |value| MetricPoint { step: 0, timestamp_ms: 0, value };
        let metrics = value.map(|value| LatestMetric { key: key.into(), point: point(value) });
        (run, RunValues { metrics: metrics.into_iter().collect(), ..RunValues::default() })
    }

    fn prepared(rows: Vec<(Run, RunValues)>) -> PreparedRuns {
        PreparedRuns::new(RunTable { rows })
    }

    #[test]
    fn a_parent_has_the_best_of_its_full_evaluations() {
        let runs = prepared(vec![
            row("p", "bold-finch", None, "loss", Some(9.0)),
            row("a", "eval_full_0", Some("p"), "eval", Some(40.0)),
            row("b", "eval_minibatch_0", Some("p"), "eval", Some(90.0)),
            row("c", "nested", Some("p"), "eval", None),
            row("d", "eval_full_1", Some("c"), "eval", Some(60.0)),
            row("e", "nothing", None, "eval", Some(f64::NAN)),
            row("g", "gepa", None, "eval", Some(50.0)),
            row("h", "eval_full_0", Some("g"), "eval", Some(75.0)),
            row("i", "eval_full_1", Some("g"), "eval", Some(25.0)),
        ]);
        let told: Vec<_> = runs.scores.iter().map(|score| score.map(|score| (score.value, score.is_own))).collect();
        let (own, below) = (true, false);
        assert_eq!(
            told,
            [
                Some((60.0, below)),
                Some((40.0, own)),
                Some((90.0, own)),
                Some((60.0, below)),
                Some((60.0, own)),
                None,
                Some((75.0, below)),
                Some((75.0, own)),
                Some((25.0, own))
            ]
        );
    }
}
