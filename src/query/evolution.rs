//! How the instructions of one predictor changed along an optimization.

use std::sync::Arc;

use super::optimization::OptimizationOf;
use crate::analysis::evolution::{self, Evolution};
use crate::model::RunId;
use crate::query::ask::Session;
use crate::store::{Part, Result};

/// One predictor along the optimization under a parent run; without a wish, the one that changed
/// most often. `None` if the store does not have the run.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn evolution(session: &mut Session<'_>, parent: &RunId, predictor: Option<&str>) -> Result<Option<Evolution>> {
    let found = session.ask(&OptimizationOf(parent.clone()))?;
    let Some(found) = found.as_ref() else { return Ok(None) };
    session.cx.check()?;
    let deadline = session.cx.begin(Part::Texts).ends();
    let made = evolution::evolution(found.evaluations.clone(), &found.candidates, &found.programs, predictor, deadline);
    Ok(Some(Evolution {
        names: Arc::clone(&found.names),
        seed: found.seed.as_ref().map(|seed| seed.run_ids.clone()),
        winner: found.winner.as_ref().map(|winner| winner.run_ids.clone()),
        ..made
    }))
}
