//! Runs: as a tree, as a table, and one by its id or name.

use std::collections::HashMap;

use crate::analysis::adopt_orphans;
use crate::model::{ExperimentId, Forest, Lifecycle, Run, RunId, RunValues};
use crate::query::Found;
use crate::query::ask::{Question, Session};
use crate::store::{Result, RunQuery, RunScope};

/// Runs and how they hang together.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RunTree {
    /// The runs, by start (unknown first), then name in natural order, then id.
    pub runs: Vec<Run>,
    /// Parents and children, in the order of `runs`. A run whose parent is absent stands at
    /// depth 0 as an orphan.
    pub forest: Forest,
}

impl RunTree {
    /// Builds the tree of runs that are in order and have their inferred parents.
    pub fn new(runs: Vec<Run>) -> Self {
        let links: Vec<_> = runs.iter().map(|run| (run.id.clone(), run.parent_id.clone())).collect();
        Self { forest: Forest::build(&links), runs }
    }
}

/// Runs and their values.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RunTable {
    /// Each run with its params, tags and latest metrics (empty where it has none), by start
    /// (unknown first), then name in natural order, then id.
    pub rows: Vec<(Run, RunValues)>,
}

/// The runs of one experiment as a tree; orphans are adopted (`parent_inferred`).
///
/// # Errors
/// Those of the store.
pub fn run_tree(session: &mut Session<'_>, experiment: &ExperimentId, with_deleted: bool) -> Result<RunTree> {
    Ok(RunTree::new(adopted_runs(session, Some(experiment), with_deleted)?))
}

/// The runs of one experiment, or of all, with their values; orphans are adopted.
///
/// # Errors
/// Those of the store.
pub fn run_table(session: &mut Session<'_>, experiment: Option<&ExperimentId>, with_deleted: bool) -> Result<RunTable> {
    let rows = session.store.run_rows(session.cx, &RunQuery { scope: scope(experiment), with_deleted: true })?;
    let (mut runs, values): (Vec<Run>, Vec<RunValues>) = rows.into_iter().unzip();
    adopt_orphans(&mut runs);
    let rows = runs.into_iter().zip(values);
    Ok(RunTable { rows: rows.filter(|(run, _)| with_deleted || run.lifecycle == Lifecycle::Active).collect() })
}

/// The run of an id or else a name, deleted ones included; an active one goes before a deleted
/// one of the same name. It comes as stored, without an inferred parent.
///
/// # Errors
/// Those of the store.
pub fn find_run(session: &mut Session<'_>, id_or_name: &str) -> Result<Found<Run>> {
    let one = RunQuery { scope: RunScope::One(id_or_name.into()), with_deleted: true };
    if let Some(run) = session.store.runs(session.cx, &one)?.pop() {
        return Ok(Found::One(run));
    }
    let mut runs = session.store.runs(session.cx, &RunQuery { scope: RunScope::All, with_deleted: true })?;
    runs.retain(|run| !run.name.is_empty() && run.name == id_or_name);
    if runs.iter().any(|run| run.lifecycle == Lifecycle::Active) {
        runs.retain(|run| run.lifecycle == Lifecycle::Active);
    }
    Ok(super::one_of(runs, |run| run.id.to_string()))
}

/// A run as stored, deleted or not.
pub(super) fn stored_run(session: &mut Session<'_>, id: &RunId) -> Result<Option<Run>> {
    Ok(session.store.runs(session.cx, &RunQuery { scope: RunScope::One(id.clone()), with_deleted: true })?.pop())
}

/// The values of a run; empty if it has none.
pub(super) fn stored_values(session: &mut Session<'_>, id: &RunId) -> Result<RunValues> {
    let query = RunQuery { scope: RunScope::One(id.clone()), with_deleted: true };
    Ok(session.store.run_values(session.cx, &query)?.pop().map(|(_, values)| values).unwrap_or_default())
}

/// Runs with inferred parents. All runs are looked at for the adoption, so that a run has the
/// same parent whether deleted ones are shown or not.
pub(super) fn adopted_runs(
    session: &mut Session<'_>,
    experiment: Option<&ExperimentId>,
    with_deleted: bool,
) -> Result<Vec<Run>> {
    let mut runs = session.store.runs(session.cx, &RunQuery { scope: scope(experiment), with_deleted: true })?;
    adopt_orphans(&mut runs);
    runs.retain(|run| with_deleted || run.lifecycle == Lifecycle::Active);
    Ok(runs)
}

fn scope(experiment: Option<&ExperimentId>) -> RunScope {
    experiment.map_or(RunScope::All, |id| RunScope::Experiment(id.clone()))
}

/// The runs of an experiment as a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunTreeOf(pub ExperimentId);

impl Question for RunTreeOf {
    type Answer = RunTree;
    const LABEL: &'static str = "runs";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        run_tree(session, &self.0, false)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.runs.len() * 400
    }
}

/// Params, tags and latest metrics of an experiment's runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunValuesOf(pub ExperimentId);

impl Question for RunValuesOf {
    type Answer = HashMap<RunId, RunValues>;
    const LABEL: &'static str = "values of runs";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let query = RunQuery { scope: RunScope::Experiment(self.0.clone()), with_deleted: false };
        Ok(session.store.run_values(session.cx, &query)?.into_iter().collect())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.values().map(RunValues::bytes).sum()
    }
}
