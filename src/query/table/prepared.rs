//! The runs of an experiment with everything that a table and a tree of them ask for again and again.

use std::collections::HashMap;

use super::score::{self, Score};
use super::sort::{SortKey, keys_of};
use super::{RunAttribute, RunColumn, cell};
use crate::model::{ExperimentId, Forest, Run, RunId, RunStatus, RunValues};
use crate::query::ask::{Question, Session};
use crate::query::{FilterKeys, RunTable, RunTree, TraceCounts, run_table};
use crate::store::Result;

/// A run that says RUNNING and wrote nothing for this long is shown as stalled, milliseconds.
pub const STALLED_AFTER_MS: i64 = 30 * 60 * 1_000;

/// Runs, their values, and how they hang together. Whatever is told of a run stands under the
/// place of its row.
#[derive(Clone, Debug, Default)]
pub struct PreparedRuns {
    /// The runs and their values.
    pub table: RunTable,
    /// Parents and children; a node's item is a row.
    pub forest: Forest,
    /// Which keys and values a filter could speak of.
    pub keys: FilterKeys,
    /// The best score of each run.
    pub scores: Vec<Option<Score>>,
    /// Where each run stands by name, which is asked for most.
    pub(super) name_keys: Vec<SortKey>,
    /// When the last thing was written that the run's own row and metrics tell of.
    last_ms: Vec<Option<i64>>,
    /// The node of each row.
    node_of_row: Vec<usize>,
    row_of_id: HashMap<RunId, usize>,
}

/// Two of them are the same if they were made of the same.
impl PartialEq for PreparedRuns {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table
    }
}

/// The runs of one experiment that are not deleted; parents are inferred.
///
/// # Errors
/// Those of the store.
pub fn prepared_runs(session: &mut Session<'_>, experiment: &ExperimentId) -> Result<PreparedRuns> {
    Ok(PreparedRuns::new(run_table(session, Some(experiment), false)?))
}

impl PreparedRuns {
    /// Prepares runs that are in order and have their inferred parents.
    pub fn new(table: RunTable) -> Self {
        let forest = RunTree::new(table.rows.iter().map(|(run, _)| run.clone()).collect()).forest;
        let mut node_of_row = vec![0; table.rows.len()];
        for (place, node) in forest.nodes.iter().enumerate() {
            node_of_row[node.item] = place;
        }
        let keys = FilterKeys::of(&table);
        let scores = score::scores(&table, &forest);
        let name = RunColumn::Attribute(RunAttribute::Name);
        let traces = TraceCounts::default();
        let name_keys = keys_of(table.rows.iter().map(|row| cell(row, &traces, &name)));
        let last_ms = table.rows.iter().map(|(run, values)| last_ms(run, values)).collect();
        let row_of_id = table.rows.iter().enumerate().map(|(row, (run, _))| (run.id.clone(), row)).collect();
        Self { table, forest, keys, scores, name_keys, last_ms, node_of_row, row_of_id }
    }

    /// The row of a run.
    pub fn row_of(&self, id: &RunId) -> Option<usize> {
        self.row_of_id.get(id).copied()
    }

    /// The run of a row.
    pub fn run(&self, row: usize) -> Option<&Run> {
        self.table.rows.get(row).map(|(run, _)| run)
    }

    /// Whether a run names a parent that is not there.
    pub fn lacks_parent(&self, row: usize) -> bool {
        let node = self.node_of_row.get(row).and_then(|node| self.forest.nodes.get(*node));
        node.is_some_and(|node| node.lacks_parent)
    }

    /// The rows of the runs below a run, at any depth.
    fn below(&self, row: usize) -> impl Iterator<Item = usize> + '_ {
        let nodes = &self.forest.nodes;
        let place = self.node_of_row.get(row).copied().unwrap_or(nodes.len());
        let end = nodes.get(place).map_or(place, |node| place + node.descendants);
        (place + 1..=end).filter_map(move |place| nodes.get(place).map(|node| node.item))
    }

    /// Since when a run has been stalled: it says RUNNING, but neither it nor a run below it
    /// started or ended, logged a point of a metric or recorded a trace for [`STALLED_AFTER_MS`].
    /// `None` if it is not, or if the store does not tell which traces are its.
    pub fn stalled_since(&self, row: usize, traces: &TraceCounts, now_ms: i64) -> Option<i64> {
        if self.run(row)?.status != RunStatus::Running {
            return None;
        }
        self.last_written_ms(row, traces).filter(|last| now_ms.saturating_sub(*last) >= STALLED_AFTER_MS)
    }

    /// When a run or one below it last started or ended, logged a point of a metric or recorded a trace, in
    /// milliseconds since the epoch; `None` if the store does not tell that of one of them.
    pub fn last_written_ms(&self, row: usize, traces: &TraceCounts) -> Option<i64> {
        let mut last = i64::MIN;
        for row in std::iter::once(row).chain(self.below(row)) {
            let of_traces = traces.of(&self.run(row)?.id)?.last_ms;
            last = last.max(of_traces.unwrap_or(i64::MIN)).max(self.last_ms.get(row).copied().flatten()?);
        }
        Some(last)
    }
}

fn last_ms(run: &Run, values: &RunValues) -> Option<i64> {
    let points = values.metrics.iter().map(|metric| metric.point.timestamp_ms);
    run.start_time_ms.into_iter().chain(run.end_time_ms).chain(points).max()
}

/// The runs of an experiment with their values, prepared for a table and a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunsOf(pub ExperimentId);

impl Question for RunsOf {
    type Answer = PreparedRuns;
    const LABEL: &'static str = "runs with their values";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        prepared_runs(session, &self.0)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.table.rows.iter().map(|(_, values)| 616 + values.bytes()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::trace_counts_by_run;
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;

    const HOUR: i64 = 3_600_000;

    fn stalled(store: &mut MemoryStore, id: &str, now_ms: i64) -> Option<i64> {
        let cx = ReadCx::new();
        let runs = prepared_runs(&mut Session::alone(store, &cx), &"1".into()).expect("runs");
        let traces = trace_counts_by_run(&mut Session::alone(store, &cx), Some(&"1".into())).expect("counts");
        assert_eq!(runs.stalled_since(0, &TraceCounts::default(), i64::MAX), None, "traces are not known");
        runs.stalled_since(runs.row_of(&id.into()).expect("there"), &traces, now_ms)
    }

    #[test]
    fn a_run_is_stalled_when_nothing_of_it_was_written_for_long() {
        let mut store = MemoryStore::new();
        store.add_experiment("1", "one");
        let running = |id: &str, parent: Option<&str>, start| {
            let mut run = MemoryStore::run(id, "1", id, start);
            (run.status, run.end_time_ms, run.parent_id) = (RunStatus::Running, None, parent.map(Into::into));
            run
        };
        store.put_run(running("p", None, HOUR));
        assert_eq!(stalled(&mut store, "p", HOUR + STALLED_AFTER_MS - 1), None);
        assert_eq!(stalled(&mut store, "p", HOUR + STALLED_AFTER_MS), Some(HOUR));
        store.put_run(running("c", Some("p"), 2 * HOUR));
        assert_eq!(stalled(&mut store, "p", 2 * HOUR + 1), None, "a child is alive");
        assert_eq!(stalled(&mut store, "p", 3 * HOUR), Some(2 * HOUR));
        let mut head = MemoryStore::trace_head("t", "1", Some("c"), "QA", 3 * HOUR - 5);
        head.row.duration_ms = Some(5);
        store.put_trace(head, Vec::new());
        assert_eq!(stalled(&mut store, "p", 3 * HOUR + 1), None, "a trace is a sign of life");
        assert_eq!(stalled(&mut store, "c", 9 * HOUR), Some(3 * HOUR));
        let mut done = running("p", None, HOUR);
        done.status = RunStatus::Finished;
        store.put_run(done);
        assert_eq!(stalled(&mut store, "p", 9 * HOUR), None);
    }
}
