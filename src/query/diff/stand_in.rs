//! What an optimization stands for where it is compared: the evaluation of its winner.

use crate::analysis::optimization::{Evaluation, EvaluationKind};
use crate::model::RunId;
use crate::query::ask::Session;
use crate::query::optimization::OptimizationOf;
use crate::query::program::StateOf;
use crate::store::Result;

/// The evaluation that an optimization stands for in a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct StandIn {
    /// The run of the evaluation.
    pub run: RunId,
    /// Its name.
    pub name: String,
    /// Its score, if it has one.
    pub score: Option<f64>,
    /// The optimization did not finish, or did not say which program it chose: it is its best full evaluation.
    pub inferred: bool,
}

/// The evaluation of an optimization's winner: the best full one, else the first; `None` if the run is no optimization,
/// has no winner, or is known to have given back another program than the best one that it evaluated.
///
/// # Errors
/// Those of the store.
pub(super) fn stand_in(session: &mut Session<'_>, parent: &RunId) -> Result<Option<StandIn>> {
    let found = session.ask(&OptimizationOf(parent.clone()))?;
    let Some((found, winner)) = found.as_ref().as_ref().and_then(|found| Some((found, found.winner.as_ref()?))) else {
        return Ok(None);
    };
    if winner.inferred {
        let program = session.ask(&StateOf { run: parent.clone(), best: false })?;
        let given_back = program.as_ref().as_ref().and_then(|program| program.state_hash.as_ref());
        if given_back.zip(winner.state_hash.as_ref()).is_some_and(|(given_back, winner)| given_back != winner) {
            return Ok(None);
        }
    }
    let of_winner = || found.evaluations.iter().filter(|one| winner.run_ids.contains(&one.run_id));
    let better = |best: Option<&Evaluation>, one: &Evaluation| best.is_none_or(|best| one.score > best.score);
    let full = of_winner().filter(|one| one.kind == EvaluationKind::Full && one.score.is_some_and(|it| !it.is_nan()));
    let best = full.fold(None, |best, one| if better(best, one) { Some(one) } else { best });
    Ok(best.or_else(|| of_winner().next()).map(|one| StandIn {
        run: one.run_id.clone(),
        name: one.name.clone(),
        score: one.score,
        inferred: winner.inferred,
    }))
}
