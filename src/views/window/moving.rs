//! Keys that move in what is on screen, handed to the place that shows it.

use super::Memory;
use crate::state::Place;
use crate::views::scene::Scene;
use crate::views::step as beside;
use crate::views::{compare_traces, trace};

/// Compares the traces that are selected in the list on screen; says whether there are any.
pub(super) fn compare_picked(scene: &mut Scene<'_>, memory: &mut Memory) -> bool {
    let scope = scene.place().scope();
    scene.place().lists_traces()
        && (memory.experiment.compare_picked(scene, &scope) || memory.run.compare_picked(scene, &scope))
}

/// The filter of the list on screen gets the keyboard.
pub(super) fn focus_filter(scene: &Scene<'_>, memory: &mut Memory) {
    match scene.place() {
        Place::Experiment { .. } => memory.experiment.focus_filter(scene),
        Place::Store
        | Place::Run { .. }
        | Place::Trace { .. }
        | Place::ProgramHistory(_)
        | Place::Compare { .. }
        | Place::CompareTraces(_)
        | Place::Search(_)
        | Place::Prompts(_) => memory.run.focus_filter(scene),
    }
}

/// The next or previous row of the table on screen; where there is none, what is beside the thing on screen.
pub(super) fn step(scene: &mut Scene<'_>, memory: &mut Memory, is_forward: bool) {
    match scene.place().clone() {
        Place::Search(_) => memory.search.step(is_forward),
        Place::Prompts(place) => memory.prompts.step(&place, is_forward),
        Place::Trace { .. } => trace::step(scene, &mut memory.trace, is_forward),
        Place::Experiment { experiment, tab } => memory.experiment.step(&experiment, &tab, is_forward),
        place @ Place::Run { .. } if place.lists_traces() || place.lists_examples() => {
            memory.run.step(&place, is_forward);
        }
        Place::CompareTraces(_) => compare_traces::step(scene, &mut memory.compare_traces, is_forward),
        Place::Store | Place::Run { .. } | Place::ProgramHistory(_) | Place::Compare { .. } => {
            beside::step(scene, is_forward);
        }
    }
}
