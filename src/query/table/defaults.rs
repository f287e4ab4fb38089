//! Which columns a table of runs begins with, until the user picks others.

use std::sync::Arc;

use super::column::{ColumnUse, RunAttribute, RunColumn};
use crate::model::dspy::keys;

/// Metrics to show, the most telling first: of evaluations, of optimizations by MIPROv2 and by GEPA.
const METRICS: [&str; 5] =
    [keys::SCORE, keys::SCORES_BY_SIZE[0], keys::SCORES_BY_SIZE[1], keys::BEST_ON_VALSET, keys::VALSET_AVERAGE];
const METRICS_MOST: usize = 3;

/// So many of the params that say most.
const PARAMS_MOST: usize = 2;

/// The columns to begin with: name, status, start, duration, the metrics that tell most, settings
/// of the optimization, and what its traces add up to.
pub fn default_columns(all: &[ColumnUse]) -> Vec<RunColumn> {
    let has = |column: &RunColumn| all.iter().any(|one| one.column == *column);
    let attributes = [RunAttribute::Name, RunAttribute::Status, RunAttribute::Start, RunAttribute::Duration]
        .map(RunColumn::Attribute);
    let mut shown: Vec<RunColumn> = attributes.to_vec();
    let named = METRICS.iter().map(|key| RunColumn::Metric(Arc::from(*key))).filter(has);
    let mut metrics: Vec<RunColumn> = named.take(METRICS_MOST).collect();
    if metrics.is_empty() {
        let mut others: Vec<&ColumnUse> = all.iter().filter(|one| matches!(one.column, RunColumn::Metric(_))).collect();
        // Stable: among equals the natural order of their keys stays.
        others.sort_by_key(|one| std::cmp::Reverse(one.runs));
        metrics.extend(others.iter().take(METRICS_MOST).map(|one| one.column.clone()));
    }
    shown.extend(metrics);
    let params = keys::SETTINGS.iter().map(|key| RunColumn::Param(Arc::from(*key))).filter(has);
    shown.extend(params.take(PARAMS_MOST));
    shown.extend([RunColumn::Traces, RunColumn::Errors, RunColumn::Tokens].into_iter().filter(has));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_metrics_come_first() {
        let metric = |key: &str, runs| ColumnUse { column: RunColumn::Metric(key.into()), runs };
        let all = [
            metric("a", 1),
            metric("eval", 3),
            metric("eval_full", 1),
            metric("zebra", 9),
            ColumnUse { column: RunColumn::Param("num_trials".into()), runs: 1 },
            ColumnUse { column: RunColumn::Param("x.signature.instructions".into()), runs: 9 },
            ColumnUse { column: RunColumn::Traces, runs: 4 },
        ];
        let of = |all: &[ColumnUse]| default_columns(all)[4..].iter().map(RunColumn::to_text).collect::<Vec<_>>();
        assert_eq!(of(&all), ["metrics.eval", "metrics.eval_full", "params.num_trials", "traces"]);
        assert_eq!(
            of(&[metric("a", 1), metric("b", 1), metric("c", 1), metric("loss", 5)]),
            ["metrics.loss", "metrics.a", "metrics.b"]
        );
        assert!(of(&[]).is_empty());
    }
}
