//! Where a place stands in the store, whichever way led there: what the breadcrumb names and the tree marks.

use super::names::{experiment_of, run_page};
use super::scene::Scene;
use crate::loader::Lane;
use crate::model::{ExperimentId, RunId};
use crate::query::TraceTreeOf;
use crate::state::Place;

/// The experiment and run that a place stands in, as far as they are known: those that its address names, else those
/// of what it shows.
pub(super) fn belongs_to(scene: &mut Scene<'_>, place: &Place) -> (Option<ExperimentId>, Option<RunId>) {
    match place {
        Place::Trace { experiment: None, run: None, trace, .. } => {
            let slot = scene.loader.ask(&TraceTreeOf(trace.clone()), Lane::Selection);
            let row = slot.value().and_then(|tree| tree.as_ref().as_ref()).map(|tree| &tree.head.row);
            row.map_or((None, None), |row| (Some(row.experiment_id.clone()), row.run_id.clone()))
        }
        // Of traces that are compared, where the first one is.
        Place::CompareTraces(compared) => {
            let first = compared.traces.first().cloned();
            let first = first.map_or(Place::Store, |trace| Place::of_trace(None, None, trace));
            belongs_to(scene, &first)
        }
        Place::Compare { runs, .. } => {
            // An evaluation stands in its optimization, which is where its neighbours are.
            let page = runs.first().and_then(|baseline| run_page(scene, baseline));
            page.as_deref().and_then(Option::as_ref).map_or((None, None), |page| {
                let run = page.parent.as_ref().unwrap_or(&page.run);
                (Some(page.run.experiment_id.clone()), Some(run.id.clone()))
            })
        }
        place => {
            let run = place.run().cloned();
            let named = place.experiment().cloned();
            (named.or_else(|| experiment_of(scene, run.as_ref()?)), run)
        }
    }
}
