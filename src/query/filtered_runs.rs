//! The runs that pass a filter.

use std::collections::HashMap;

use super::filter::Filter;
use super::runs::{RelatedRuns, RunTable, run_table, scope};
use crate::model::{ExperimentId, Run, RunId};
use crate::query::ask::Session;
use crate::store::{Result, RunQuery};

/// Those of the runs of [`run_table`] that pass a filter, and how many runs there are in all. The values of runs that
/// the store itself can tell not to pass are not read.
///
/// # Errors
/// Those of the store.
pub fn filtered_run_table(
    session: &mut Session<'_>,
    experiment: Option<&ExperimentId>,
    with_deleted: bool,
    filter: &Filter,
) -> Result<(RunTable, usize)> {
    let conditions = filter.conditions();
    if conditions.is_empty() {
        let mut table = run_table(session, experiment, with_deleted)?;
        let total = table.rows.len();
        table.rows.retain(|(run, values)| filter.matches(run, values));
        return Ok((table, total));
    }
    // A parent is inferred from all runs.
    let all = session.ask(&RelatedRuns { experiment: experiment.cloned(), with_deleted })?;
    let related: HashMap<&RunId, &Run> = all.iter().map(|run| (&run.id, run)).collect();
    let query = RunQuery { with_deleted, filter: conditions, ..RunQuery::new(scope(experiment)) };
    let rows = session.store.run_rows(session.cx, &query)?.into_iter();
    let rows = rows.filter_map(|(run, values)| {
        let run = (*related.get(&run.id)?).clone();
        filter.matches(&run, &values).then_some((run, values))
    });
    Ok((RunTable { rows: rows.collect() }, all.len()))
}
