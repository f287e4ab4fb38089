//! How experiments and runs are called, from what is known of them.

use std::sync::Arc;

use super::parts::short_id;
use super::scene::Scene;
use crate::loader::{Lane, RunPage};
use crate::model::{ExperimentId, RunId};
use crate::query::{Experiments, RunPageOf};

/// The name of an experiment, or its id while that is not known.
pub(super) fn experiment_name(scene: &mut Scene<'_>, id: &ExperimentId) -> String {
    let slot = scene.loader.ask(&Experiments, Lane::Visible);
    let known = slot.value().and_then(|list| list.iter().find(|one| one.id == *id));
    known.map_or_else(|| format!("experiment {id}"), |one| one.name.clone())
}

/// How a run is called, or its id while that is not known.
pub(super) fn run_name(scene: &mut Scene<'_>, run: &RunId) -> String {
    let page = run_page(scene, run);
    let name = page.as_deref().and_then(Option::as_ref).map(|page| page.run.name.clone());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| short_id(run.as_str()))
}

/// What is known of a run.
pub(super) fn run_page(scene: &mut Scene<'_>, run: &RunId) -> Option<Arc<Option<RunPage>>> {
    scene.loader.ask(&RunPageOf(run.clone()), Lane::Visible).value().cloned()
}

/// The experiment of a run, once it is known.
pub(super) fn experiment_of(scene: &mut Scene<'_>, run: &RunId) -> Option<ExperimentId> {
    run_page(scene, run).as_deref()?.as_ref().map(|page| page.run.experiment_id.clone())
}
