//! How the instructions of one predictor changed along an optimization.

use std::collections::HashMap;
use std::sync::Arc;

use super::family_tree;
use super::optimization::{Optimization, OptimizationOf};
use crate::analysis::evolution::{self, Against, Evolution, Relatives, Wanted};
use crate::analysis::family_tree::candidate_at;
use crate::analysis::optimization::Candidate;
use crate::model::RunId;
use crate::query::ask::Session;
use crate::store::{Part, Result};

/// What is wanted of an evolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EvolutionWish<'a> {
    /// The predictor to follow; without one, that whose instructions changed most often.
    pub predictor: Option<&'a str>,
    /// With what each state is compared, if that is known here; else what fits the optimizer.
    pub against: Option<Against>,
}

/// One predictor along the optimization under a parent run. `None` if the store does not have the run.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn evolution(session: &mut Session<'_>, parent: &RunId, wish: EvolutionWish<'_>) -> Result<Option<Evolution>> {
    let found = session.ask(&OptimizationOf(parent.clone()))?;
    let Some(found) = found.as_ref() else { return Ok(None) };
    let relatives = relatives(session, found)?;
    session.cx.check()?;
    let known = relatives.known();
    let fitting = || Against::fitting(found.optimizer.name, &known);
    let against = wish.against.filter(|against| known.contains(against)).unwrap_or_else(fitting);
    let deadline = session.cx.begin(Part::Texts).ends();
    let wanted = Wanted { predictor: wish.predictor, against };
    let made = evolution::evolution(
        found.evaluations.clone(),
        &found.candidates,
        &found.programs,
        (wanted, &relatives),
        deadline,
    );
    Ok(Some(Evolution {
        names: Arc::clone(&found.names),
        seed: found.seed.as_ref().map(|seed| seed.run_ids.clone()),
        winner: found.winner.as_ref().map(|winner| winner.run_ids.clone()),
        ..made
    }))
}

/// Which of the candidates is the seed, which the winner, and who was bred from whom.
pub(super) fn relatives(session: &mut Session<'_>, found: &Optimization) -> Result<Relatives> {
    let evaluations = |one: &Candidate| one.evaluations.clone().into_iter().filter_map(|at| found.evaluations.get(at));
    let places: HashMap<&RunId, usize> = (found.candidates.iter().enumerate())
        .flat_map(|(at, one)| evaluations(one).map(move |evaluation| (&evaluation.run_id, at)))
        .collect();
    let place = |runs: &[RunId]| runs.iter().find_map(|run| places.get(run).copied());
    let family = family_tree::family(session, found)?;
    let mut parents = vec![Vec::new(); found.candidates.len()];
    for one in &family {
        let Some(at) = place(&one.run_ids) else { continue };
        let others = one.parents.iter().filter_map(|index| place(&candidate_at(&family, *index)?.run_ids));
        // Two candidates of GEPA's may be one program: then it is what it was first.
        if let Some(known) = parents.get_mut(at).filter(|known| known.is_empty()) {
            known.extend(others.filter(|parent| *parent != at));
        }
    }
    Ok(Relatives {
        seed: found.seed.as_ref().and_then(|seed| place(&seed.run_ids)),
        winner: found.winner.as_ref().and_then(|winner| place(&winner.run_ids)),
        parents,
    })
}
