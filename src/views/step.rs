//! The next and the previous of what is on screen: a run beside a run, a run beside those that are compared.

use super::scene::Scene;
use crate::loader::{Lane, RunTree};
use crate::model::{ExperimentId, RunId};
use crate::query::{RunPageOf, RunTreeOf};
use crate::state::{Action, Place, RunTab};

/// Goes to the run beside the one on screen, or compares with it.
pub(super) fn step(scene: &mut Scene<'_>, is_forward: bool) {
    match scene.place().clone() {
        Place::Run { experiment, run, tab } => {
            let Some(run) = beside(scene, experiment.as_ref(), &run, is_forward, &[]) else { return };
            // What was chosen in the tab is this run's.
            scene.go(Place::Run { experiment, run, tab: tab.as_ref().map(RunTab::unchosen) });
        }
        Place::Compare { runs, shown, tab } => {
            if let Some(next) = compared_next(scene, (&runs, shown.as_ref()), is_forward) {
                scene.act(match next {
                    Next::Shown(run) => Action::ShowCompared(run),
                    Next::Runs(runs) => Action::Go(Place::Compare { runs, shown: None, tab }),
                });
            }
        }
        Place::Store
        | Place::Experiment { .. }
        | Place::Trace { .. }
        | Place::ProgramHistory(_)
        | Place::CompareTraces(_)
        | Place::Search(_)
        | Place::Prompts(_) => {}
    }
}

/// Asks for what a step from here needs, so that the first one finds it.
pub(super) fn prepare(scene: &mut Scene<'_>) {
    let (experiment, run) = match scene.place() {
        Place::Run { experiment, run, .. } => (experiment.clone(), run.clone()),
        Place::Compare { runs, .. } if runs.len() == 2 => (None, runs[1].clone()),
        Place::Compare { .. }
        | Place::Store
        | Place::Experiment { .. }
        | Place::Trace { .. }
        | Place::ProgramHistory(_)
        | Place::CompareTraces(_)
        | Place::Search(_)
        | Place::Prompts(_) => {
            return;
        }
    };
    beside(scene, experiment.as_ref(), &run, true, &[]);
}

/// To what a step among compared runs leads.
enum Next {
    /// Another one of them is shown.
    Shown(RunId),
    /// Other runs are compared.
    Runs(Vec<RunId>),
}

/// Of several the next one is shown; where there is only one, the run beside it takes its place.
fn compared_next(scene: &mut Scene<'_>, (runs, shown): (&[RunId], Option<&RunId>), is_forward: bool) -> Option<Next> {
    let (baseline, others) = runs.split_first()?;
    if let [other] = others {
        let next = beside(scene, None, other, is_forward, std::slice::from_ref(baseline))?;
        return Some(Next::Runs(vec![baseline.clone(), next]));
    }
    let at = others.iter().position(|run| Some(run) == shown).unwrap_or(0);
    neighbour(at, others.len(), is_forward).and_then(|at| others.get(at)).cloned().map(Next::Shown)
}

/// The run next to another one under the same parent, in the order of the tree; not one of `without`.
fn beside(
    scene: &mut Scene<'_>,
    experiment: Option<&ExperimentId>,
    run: &RunId,
    is_forward: bool,
    without: &[RunId],
) -> Option<RunId> {
    let experiment = match experiment {
        Some(experiment) => experiment.clone(),
        None => {
            let slot = scene.loader.ask(&RunPageOf(run.clone()), Lane::Visible);
            slot.value()?.as_ref().as_ref()?.run.experiment_id.clone()
        }
    };
    let slot = scene.loader.ask(&RunTreeOf(experiment.clone()), Lane::Visible);
    siblings(slot.value()?, run, is_forward).find(|next| !without.contains(next)).cloned()
}

/// The runs under the same parent that come after a run, or before it, the nearest first.
fn siblings<'t>(tree: &'t RunTree, run: &RunId, is_forward: bool) -> impl Iterator<Item = &'t RunId> {
    let nodes = &tree.forest.nodes;
    let at = nodes.iter().position(|node| tree.runs[node.item].id == *run);
    let depth = at.map_or(0, |at| nodes[at].depth);
    let forward = at.filter(|_| is_forward).map(|at| at + 1..nodes.len());
    let backward = at.filter(|_| !is_forward).map(|at| (0..at).rev());
    let way = forward.into_iter().flatten().chain(backward.into_iter().flatten());
    let nodes = way.map(|at| &nodes[at]).take_while(move |node| node.depth >= depth);
    nodes.filter(move |node| node.depth == depth).map(|node| &tree.runs[node.item].id)
}

/// The place beside `at` among `total`, if there is one.
pub(super) fn neighbour(at: usize, total: usize, is_forward: bool) -> Option<usize> {
    let next = if is_forward { at.checked_add(1) } else { at.checked_sub(1) };
    next.filter(|next| *next < total)
}

/// The row to which a step from the cursor leads, if there is one; without a cursor the first or the last.
pub(super) fn stepped(cursor: Option<usize>, total: usize, is_forward: bool) -> Option<usize> {
    match cursor {
        Some(at) => neighbour(at, total, is_forward),
        None if is_forward => (total > 0).then_some(0),
        None => total.checked_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[test]
    fn runs_beside_a_run_have_its_parent() {
        let run = |id: &str, parent: Option<&str>, start: i64| {
            let mut run = MemoryStore::run(id, "1", id, start);
            run.parent_id = parent.map(RunId::from);
            run
        };
        let tree = RunTree::new(vec![
            run("a", None, 0),
            run("a0", Some("a"), 1),
            run("a1", Some("a"), 2),
            run("a1x", Some("a1"), 3),
            run("a2", Some("a"), 4),
            run("b", None, 5),
        ]);
        let next = |id: &str, forward: bool| {
            siblings(&tree, &RunId::from(id), forward).map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(next("a0", true), ["a1", "a2"]);
        assert_eq!(next("a2", false), ["a1", "a0"]);
        assert_eq!(next("a", true), ["b"]);
        assert_eq!(next("b", false), ["a"]);
        assert_eq!(next("a1x", true), Vec::<String>::new());
        assert_eq!(next("absent", true), Vec::<String>::new());
    }
}
