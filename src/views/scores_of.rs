//! The matrix that a run's page shows, for whoever tells something of its examples.

use super::names::run_page;
use super::scene::Scene;
use crate::loader::{Lane, Slot};
use crate::model::RunId;
use crate::model::dspy::run_names;
use crate::query::{Scores, ScoresOf};

/// The examples of an optimization over its evaluations; of a plain evaluation its own.
pub(super) fn scores_of(scene: &mut Scene<'_>, run: &RunId) -> Slot<Option<Scores>> {
    let page = run_page(scene, run);
    let Some(page) = page.as_deref().and_then(Option::as_ref) else { return Slot::Empty };
    let asked = match run_names::is_optimization(&page.children) {
        true => ScoresOf::optimization(run.clone()),
        false => ScoresOf::runs([run.clone()]),
    };
    scene.loader.ask(&asked, Lane::Selection)
}
