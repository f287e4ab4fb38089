//! The matrix that a run's page shows, for whoever tells something of its examples.

use super::names::run_page;
use super::scene::Scene;
use crate::loader::{Lane, RunPage, Slot};
use crate::model::RunId;
use crate::model::dspy::run_names;
use crate::model::mlflow::prompts;
use crate::query::{Evaluated, Scores, ScoresOf};

/// The evaluations whose examples a run's page shows: those of an optimization, else its own.
pub(super) fn evaluated(page: &RunPage) -> Evaluated {
    match run_names::is_optimization(&page.children) || is_of_prompts(page) {
        true => Evaluated::Optimization(page.run.id.clone()),
        false => Evaluated::Runs(vec![page.run.id.clone()]),
    }
}

/// Whether it is an optimization of prompts, whose evaluations are no runs of their own.
pub(super) fn is_of_prompts(page: &RunPage) -> bool {
    page.values
        .params
        .iter()
        .any(|param| &*param.key == prompts::OPTIMIZER && param.value.as_str().ends_with(prompts::CLASS_END))
}

/// The examples of an optimization over its evaluations; of a plain evaluation its own. `score`: which of
/// several, `None` for the one that counts by itself.
pub(super) fn scores_of(scene: &mut Scene<'_>, run: &RunId, score: Option<String>) -> Slot<Option<Scores>> {
    let page = run_page(scene, run);
    let Some(page) = page.as_deref().and_then(Option::as_ref) else { return Slot::Empty };
    scene.loader.ask(&ScoresOf { of: evaluated(page), score }, Lane::Selection)
}
