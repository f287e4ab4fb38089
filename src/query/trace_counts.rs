//! How many traces each run has, how many of them failed, and what they used.

use std::collections::HashMap;

use crate::model::{ExperimentId, RunId};
use crate::query::ask::{Question, Session};
use crate::store::{Result, RunTraces};

/// The traces of each run, counted.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TraceCounts {
    /// `None` where the store does not tell which run a trace was recorded in.
    by_run: Option<HashMap<RunId, RunTraces>>,
}

/// The traces of each run of one experiment, or of all.
///
/// # Errors
/// Those of the store.
pub fn trace_counts_by_run(session: &mut Session<'_>, experiment: Option<&ExperimentId>) -> Result<TraceCounts> {
    let counted = session.store.run_traces(session.cx, experiment)?;
    Ok(TraceCounts { by_run: counted.map(|counted| counted.into_iter().collect()) })
}

impl TraceCounts {
    /// How many runs have traces.
    pub fn len(&self) -> usize {
        self.by_run.as_ref().map_or(0, HashMap::len)
    }

    /// Whether no run has any, or nobody knows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those of a run that has some.
    pub fn recorded(&self, run: &RunId) -> Option<RunTraces> {
        self.by_run.as_ref()?.get(run).copied()
    }

    /// Those of one run: none if it has none, `None` if that is unknown.
    pub fn of(&self, run: &RunId) -> Option<RunTraces> {
        let by_run = self.by_run.as_ref()?;
        Some(by_run.get(run).copied().unwrap_or_default())
    }
}

/// The traces of each run of an experiment, or of all, counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceCountsOf(pub Option<ExperimentId>);

impl Question for TraceCountsOf {
    type Answer = TraceCounts;
    const LABEL: &'static str = "traces of runs";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        trace_counts_by_run(session, self.0.as_ref())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 160
    }
}
