//! What programs are called, for whoever shows a run and not its optimization. The names themselves are part of
//! [`Optimization`](super::Optimization): they are given there and nowhere else.

use std::sync::Arc;

use super::optimization::OptimizationOf;
use super::runs::{RelatedRuns, RunOf};
use crate::analysis::optimization::{ProgramName, ProgramNames};
use crate::model::dspy::run_names;
use crate::model::{Run, RunId};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// The names of the programs of the optimization under a parent run; `None` inside if the store has no such run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramNamesOf(pub RunId);

impl Question for ProgramNamesOf {
    type Answer = Option<Arc<ProgramNames>>;
    const LABEL: &'static str = "names of programs";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&OptimizationOf(self.0.clone()))?;
        Ok(found.as_ref().as_ref().map(|found| Arc::clone(&found.names)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |names| names.bytes())
    }
}

/// A program by the name that it has in an optimization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedProgram {
    /// Its name.
    pub name: ProgramName,
    /// The optimization that gave the name.
    pub optimization: RunId,
    /// How that run is called.
    pub optimization_name: String,
    /// The run is the optimization itself, which stands for its winner.
    pub is_of_winner: bool,
}

/// The program that a run evaluated, as the optimization right above the run calls it; of an optimization that of its
/// winner. `None` inside for what is part of no optimization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramOfRun(pub RunId);

impl Question for ProgramOfRun {
    type Answer = Option<NamedProgram>;
    const LABEL: &'static str = "name of a program";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let id = &self.0;
        let stored = session.ask(&RunOf(id.clone()))?;
        let Some(stored) = stored.as_ref() else { return Ok(None) };
        // A deleted run still has its name; who asks for one has it on screen.
        let around = RelatedRuns { experiment: Some(stored.experiment_id.clone()), with_deleted: true };
        let around = session.ask(&around)?;
        let run = around.iter().find(|run| run.id == *id).unwrap_or(stored);
        if let Some(parent) = around.iter().find(|other| Some(&other.id) == run.parent_id.as_ref())
            && is_optimization(&around, &parent.id)
            && let Some(name) = names(session, &parent.id)?.and_then(|names| names.of_run(id))
        {
            return Ok(Some(named(name, parent, false)));
        }
        if !is_optimization(&around, id) {
            return Ok(None);
        }
        let winner = names(session, id)?.and_then(|names| names.winner());
        Ok(winner.map(|name| named(name, run, true)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |one| 80 + one.optimization_name.len())
    }
}

fn is_optimization(around: &[Run], id: &RunId) -> bool {
    run_names::is_optimization(around.iter().filter(|one| one.parent_id.as_ref() == Some(id)))
}

fn names(session: &mut Session<'_>, parent: &RunId) -> Result<Option<Arc<ProgramNames>>> {
    Ok((*session.ask(&ProgramNamesOf(parent.clone()))?).clone())
}

fn named(name: ProgramName, optimization: &Run, is_of_winner: bool) -> NamedProgram {
    NamedProgram {
        name,
        optimization: optimization.id.clone(),
        optimization_name: optimization.name.clone(),
        is_of_winner,
    }
}
