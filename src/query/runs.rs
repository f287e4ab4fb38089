//! Runs: as a tree, as a table, and one by its id or name.

use std::collections::HashMap;

use crate::analysis::infer_parents;
use crate::model::{ExperimentId, Forest, Lifecycle, Run, RunId, RunValues};
use crate::query::Found;
use crate::query::ask::{CostClass, Question, Session};
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

/// The runs of one experiment as a tree; parents are inferred (`parent_inferred`).
///
/// # Errors
/// Those of the store.
pub fn run_tree(session: &mut Session<'_>, experiment: &ExperimentId, with_deleted: bool) -> Result<RunTree> {
    let wanted = RelatedRuns { experiment: Some(experiment.clone()), with_deleted };
    Ok(RunTree::new(session.ask(&wanted)?.to_vec()))
}

/// The runs of one experiment, or of all, with their values; parents are inferred.
///
/// # Errors
/// Those of the store.
pub fn run_table(session: &mut Session<'_>, experiment: Option<&ExperimentId>, with_deleted: bool) -> Result<RunTable> {
    let rows = session.store.run_rows(session.cx, &RunQuery::new(scope(experiment)).with_deleted())?;
    let (mut runs, values): (Vec<Run>, Vec<RunValues>) = rows.into_iter().unzip();
    infer_parents(&mut runs);
    let rows = runs.into_iter().zip(values);
    Ok(RunTable { rows: rows.filter(|(run, _)| with_deleted || run.lifecycle == Lifecycle::Active).collect() })
}

/// The runs of one experiment, or of all, with their values; parents are inferred. Deleted ones are among them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunRowsOf(pub Option<ExperimentId>);

impl Question for RunRowsOf {
    type Answer = RunTable;
    const LABEL: &'static str = "runs with their values";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        run_table(session, self.0.as_ref(), true)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.bytes()
    }
}

impl RunTable {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|(_, values)| 600 + values.bytes()).sum()
    }
}

/// The run of an id or else a name, or else the only one whose id begins like this (with four
/// characters or more), deleted ones included; an active one goes before a deleted one of the
/// same name. It comes as stored, without an inferred parent.
///
/// # Errors
/// Those of the store.
pub fn find_run(session: &mut Session<'_>, id_or_name: &str) -> Result<Found<Run>> {
    let one = RunQuery::new(RunScope::One(id_or_name.into()));
    if let Some(run) = session.store.runs(session.cx, &one)?.pop() {
        return Ok(Found::One(run));
    }
    let all = session.store.runs(session.cx, &RunQuery::new(RunScope::All).with_deleted())?;
    let (mut runs, mut others): (Vec<Run>, Vec<Run>) =
        all.into_iter().partition(|run| !run.name.is_empty() && run.name == id_or_name);
    if runs.is_empty() {
        others.retain(|run| super::is_begun(run.id.as_str(), id_or_name));
        return Ok(super::one_of(others, |run| run.id.to_string()));
    }
    if runs.iter().any(|run| run.lifecycle == Lifecycle::Active) {
        runs.retain(|run| run.lifecycle == Lifecycle::Active);
    }
    Ok(super::one_of(runs, |run| run.id.to_string()))
}

/// A run as stored, deleted or not; `None` inside if the store does not have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunOf(pub RunId);

impl Question for RunOf {
    type Answer = Option<Run>;
    const LABEL: &'static str = "run";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let query = RunQuery::new(RunScope::One(self.0.clone()));
        Ok(session.store.runs(session.cx, &query)?.pop())
    }

    fn bytes(_: &Self::Answer) -> usize {
        400
    }
}

/// Params, tags and latest metrics of one run; empty if it has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValuesOf(pub RunId);

impl Question for ValuesOf {
    type Answer = RunValues;
    const LABEL: &'static str = "values of a run";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let query = RunQuery::new(RunScope::One(self.0.clone()));
        Ok(session.store.run_values(session.cx, &query)?.pop().map(|(_, values)| values).unwrap_or_default())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.bytes()
    }
}

/// The runs of one experiment, or of all, with inferred parents. All runs are looked at to infer them, so that a run has
/// the same parent whether deleted ones are wanted or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelatedRuns {
    /// Only of this experiment.
    pub experiment: Option<ExperimentId>,
    /// Deleted ones too.
    pub with_deleted: bool,
}

impl Question for RelatedRuns {
    type Answer = Vec<Run>;
    const LABEL: &'static str = "runs";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        if !self.with_deleted {
            let all = session.ask(&Self { with_deleted: true, ..self.clone() })?;
            return Ok(all.iter().filter(|run| run.lifecycle == Lifecycle::Active).cloned().collect());
        }
        let query = RunQuery::new(scope(self.experiment.as_ref())).with_deleted();
        let mut runs = session.store.runs(session.cx, &query)?;
        infer_parents(&mut runs);
        Ok(runs)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 400
    }
}

pub(super) fn scope(experiment: Option<&ExperimentId>) -> RunScope {
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
        let query = RunQuery::new(RunScope::Experiment(self.0.clone()));
        Ok(session.store.run_values(session.cx, &query)?.into_iter().collect())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.values().map(RunValues::bytes).sum()
    }
}
