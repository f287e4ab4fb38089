//! Experiments and how much they hold.

use std::collections::HashMap;

use crate::model::{Experiment, ExperimentCounts, ExperimentId};
use crate::query::Found;
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// An experiment and how much it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct ExperimentRow {
    /// The experiment.
    pub experiment: Experiment,
    /// Its runs and traces.
    pub counts: ExperimentCounts,
}

/// All experiments, by id in natural order.
///
/// # Errors
/// Those of the store.
pub fn experiments(session: &mut Session<'_>, with_deleted: bool) -> Result<Vec<ExperimentRow>> {
    let experiments = session.store.experiments(session.cx, with_deleted)?;
    let counts: HashMap<ExperimentId, ExperimentCounts> =
        session.store.experiment_counts(session.cx)?.into_iter().collect();
    let row = |experiment: Experiment| {
        let counts = counts.get(&experiment.id).copied().unwrap_or_default();
        ExperimentRow { experiment, counts }
    };
    Ok(experiments.into_iter().map(row).collect())
}

/// The experiment of an id or else a name, deleted ones included; an active one goes before a
/// deleted one of the same name.
///
/// # Errors
/// Those of the store.
pub fn find_experiment(session: &mut Session<'_>, id_or_name: &str) -> Result<Found<Experiment>> {
    let mut experiments = session.store.experiments(session.cx, true)?;
    if let Some(at) = experiments.iter().position(|one| one.id.as_str() == id_or_name) {
        return Ok(Found::One(experiments.swap_remove(at)));
    }
    experiments.retain(|one| one.name == id_or_name);
    if experiments.iter().any(|one| one.lifecycle == crate::model::Lifecycle::Active) {
        experiments.retain(|one| one.lifecycle == crate::model::Lifecycle::Active);
    }
    Ok(super::one_of(experiments, |one| one.id.to_string()))
}

/// All experiments that are not deleted, by id in natural order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Experiments;

impl Question for Experiments {
    type Answer = Vec<Experiment>;
    const LABEL: &'static str = "experiments";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        session.store.experiments(session.cx, false)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 200
    }
}

/// How much each experiment holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountsOfExperiments;

impl Question for CountsOfExperiments {
    type Answer = Vec<(ExperimentId, ExperimentCounts)>;
    const LABEL: &'static str = "counts";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        session.store.experiment_counts(session.cx)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 40
    }
}
