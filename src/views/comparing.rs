//! What is compared, and the ways to a comparison: keys, menus, the palette.

use super::names::run_name;
use super::scene::Scene;
use crate::analysis::optimization::before_of_another_program;
use crate::loader::{Lane, Optimization, Slot};
use crate::model::dspy::run_names;
use crate::model::{Run, RunId};
use crate::query::{OptimizationOf, ProgramHistoryOf, RunPageOf, TraceTreeOf};
use crate::state::{Action, CompareTab, CompareWish, CompareWith, NoticeText, Place};

/// The run that a command is about: where the keyboard stands, else what is selected or on screen.
pub(super) fn subject(scene: &mut Scene<'_>, at_cursor: Option<&RunId>) -> Option<RunId> {
    if at_cursor.is_some() {
        return at_cursor.cloned();
    }
    match scene.place().clone() {
        Place::Compare { runs, shown, .. } => shown_pair(&runs, shown.as_ref()).map(|(_, run)| run),
        // An address may name a trace without its run, or a program without any.
        Place::Trace { run: None, trace, .. } => {
            let slot = scene.loader.ask(&TraceTreeOf(trace.clone()), Lane::Selection);
            slot.value().and_then(|tree| tree.as_ref().as_ref()?.head.row.run_id.clone())
        }
        Place::ProgramHistory(hash) => {
            let slot = scene.loader.ask(&ProgramHistoryOf(hash.clone()), Lane::Selection);
            slot.value().and_then(|known| Some(known.as_ref().as_ref()?.evaluations.first()?.run.id.clone()))
        }
        place => match scene.state.selected_runs.ids.as_slice() {
            [run] if matches!(place, Place::Experiment { .. }) => Some(run.clone()),
            _ => place.run().cloned(),
        },
    }
}

/// The baseline and the run that is compared with it now.
pub(super) fn shown_pair(runs: &[RunId], shown: Option<&RunId>) -> Option<(RunId, RunId)> {
    let (first, others) = runs.split_first()?;
    let other = others.iter().find(|run| Some(*run) == shown).or(others.first())?;
    Some((first.clone(), other.clone()))
}

/// Compares what is selected, or a run with the baseline or the previous different program.
pub(super) fn start(scene: &mut Scene<'_>, at_cursor: Option<&RunId>) {
    if matches!(scene.place(), Place::CompareTraces(_)) {
        return choose(scene, None);
    }
    let selected = &scene.state.selected_runs.ids;
    if selected.len() > 1 && matches!(scene.place(), Place::Experiment { .. }) {
        let runs = selected.clone();
        scene.go(Place::comparing(runs));
        return;
    }
    let Some(run) = subject(scene, at_cursor) else { return tell_to_choose(scene) };
    match scene.state.comparing.baseline.clone().filter(|baseline| *baseline != run) {
        Some(baseline) => scene.go(Place::comparing(vec![baseline, run])),
        None => wish(scene, run, CompareWith::Previous),
    }
}

pub(super) fn tell_to_choose(scene: &mut Scene<'_>) {
    let what = "There is no run here";
    let advice = "Select runs in the table of an experiment, or move to one in the tree";
    scene.act(Action::Notify(NoticeText::hint(what, advice)));
}

/// A run is to be compared with what has to be looked up.
pub(super) fn wish(scene: &mut Scene<'_>, run: RunId, with: CompareWith) {
    scene.act(Action::WishToCompare(Some(CompareWish { run, with })));
}

/// Opens the palette, in which the other run is chosen, or on the page of a trace the other trace.
pub(super) fn choose(scene: &mut Scene<'_>, at_cursor: Option<&RunId>) {
    match scene.place().clone() {
        Place::Compare { runs, .. } => return scene.act(Action::ChooseToCompare(runs)),
        Place::CompareTraces(compared) => return scene.act(Action::ChooseTraceToCompare(compared.traces)),
        Place::Trace { trace, .. } => return scene.act(Action::ChooseTraceToCompare(vec![trace])),
        _ => {}
    }
    match subject(scene, at_cursor) {
        Some(run) => scene.act(Action::ChooseToCompare(vec![run])),
        None => tell_to_choose(scene),
    }
}

/// Makes a run the one that others are compared with; once more, and there is none. Among compared
/// runs the shown one becomes the baseline.
pub(super) fn set_baseline(scene: &mut Scene<'_>, at_cursor: Option<&RunId>) {
    if let Place::CompareTraces(compared) = scene.place() {
        let swapped = compared.swapped();
        return scene.go(Place::CompareTraces(swapped));
    }
    if let Place::Compare { runs, shown, tab } = scene.place().clone() {
        if let Some((a, b)) = shown_pair(&runs, shown.as_ref()) {
            swap(scene, (&runs, tab), (&a, &b));
        }
        return;
    }
    match subject(scene, at_cursor) {
        Some(run) => use_as_baseline(scene, &run),
        None => tell_to_choose(scene),
    }
}

/// Others are compared with this run; if they are already, with none any more.
pub(super) fn use_as_baseline(scene: &mut Scene<'_>, run: &RunId) {
    let is_it = scene.state.comparing.baseline.as_ref() == Some(run);
    let name = run_name(scene, run);
    scene.act(Action::SetBaseline((!is_it).then(|| run.clone()), name));
}

/// The compared run becomes the baseline, in the same tab.
pub(super) fn swap(scene: &mut Scene<'_>, (runs, tab): (&[RunId], Option<CompareTab>), (a, b): (&RunId, &RunId)) {
    let swapped = runs.iter().map(|run| match run {
        run if run == a => b.clone(),
        run if run == b => a.clone(),
        run => run.clone(),
    });
    let shown = (runs.len() > 2).then(|| a.clone());
    scene.go(Place::Compare { runs: swapped.collect(), shown, tab });
}

/// What a wish came to.
enum Found {
    /// It is not known yet.
    NotYet,
    /// These runs, the baseline first.
    Runs(Vec<RunId>),
    /// Nothing, and why.
    Nothing(String, &'static str),
}

/// Looks up with what a run is to be compared, and goes there.
pub(super) fn resolve_pending(scene: &mut Scene<'_>) {
    let Some(wish) = scene.state.comparing.wish.clone() else { return };
    let target = match found(scene, &wish) {
        Found::NotYet => return,
        Found::Runs(runs) => Action::Go(Place::comparing(runs)),
        Found::Nothing(what, advice) => Action::Notify(NoticeText::hint(what, advice)),
    };
    scene.act(Action::WishToCompare(None));
    scene.act(target);
}

fn failed<T>(slot: &Slot<T>) -> Found {
    match slot.error() {
        Some(error) => Found::Nothing(format!("The run could not be read: {error}"), "Read again with F5"),
        None => Found::NotYet,
    }
}

const ANY: &str = "“Compare with…” compares it with any run";

fn found(scene: &mut Scene<'_>, wish: &CompareWish) -> Found {
    let slot = scene.loader.ask(&RunPageOf(wish.run.clone()), Lane::Selection);
    let Some(page) = slot.value() else { return failed(&slot) };
    let Some(page) = page.as_ref() else { return Found::Nothing("This store has no such run".to_owned(), ANY) };
    // An optimization stands for its best program, itself within a run of the user's.
    let is_optimization = run_names::is_optimization(&page.children);
    let parent = match &page.parent {
        Some(parent) if !is_optimization => parent,
        None if page.children.is_empty() => {
            return Found::Nothing("This run belongs to no optimization".to_owned(), ANY);
        }
        _ => &page.run,
    };
    let name = if parent.name.is_empty() { parent.id.to_string() } else { parent.name.clone() };
    let slot = scene.loader.ask(&OptimizationOf(parent.id.clone()), Lane::Selection);
    let Some(known) = slot.value() else { return failed(&slot) };
    let known = known.as_ref().as_ref();
    // What comes before an optimization is the program that it was given.
    let with = match wish.with {
        CompareWith::Previous if parent.id == wish.run => CompareWith::Seed,
        with => with,
    };
    match with {
        CompareWith::Previous => previous(scene, known, &wish.run, parent, &name),
        CompareWith::Seed => {
            let runs = known.and_then(|known| known.seed.as_ref()).map(|seed| seed.run_ids.as_slice());
            match beside("seed", runs, wish, &name) {
                Ok(seed) => Found::Runs(vec![seed, wish.run.clone()]),
                Err(nothing) => nothing,
            }
        }
        CompareWith::Winner if parent.id == wish.run => {
            Found::Nothing(format!("{name} stands for its winner itself"), ANY)
        }
        CompareWith::Winner => {
            let runs = known.and_then(|known| known.winner.as_ref()).map(|winner| winner.run_ids.as_slice());
            match beside("winner", runs, wish, &name) {
                Ok(winner) => Found::Runs(vec![wish.run.clone(), winner]),
                Err(nothing) => nothing,
            }
        }
    }
}

/// A run of the seed or the winner, whichever `word` says, unless the run that is compared is one itself.
fn beside(word: &str, runs: Option<&[RunId]>, wish: &CompareWish, name: &str) -> Result<RunId, Found> {
    match runs {
        Some(runs) if runs.contains(&wish.run) => Err(Found::Nothing(format!("This run is the {word} of {name}"), ANY)),
        Some([run, ..]) => Ok(run.clone()),
        _ => Err(Found::Nothing(format!("The {word} of {name} is not known"), ANY)),
    }
}

/// The evaluation before this one of another program.
fn previous(scene: &mut Scene<'_>, known: Option<&Optimization>, run: &RunId, parent: &Run, name: &str) -> Found {
    let none = || Found::Nothing(format!("No evaluation of {name} comes before this run"), ANY);
    let at = known.and_then(|known| Some((known, known.evaluations.iter().position(|one| one.run_id == *run)?)));
    if let Some((known, at)) = at {
        return match before_of_another_program(&known.evaluations, &known.programs, at) {
            Some(before) => Found::Runs(vec![known.evaluations[before].run_id.clone(), run.clone()]),
            None if at == 0 => none(),
            None => Found::Nothing(format!("All evaluations of {name} before this one are of the same program"), ANY),
        };
    }
    // A run that is no evaluation has no program to tell apart.
    let slot = scene.loader.ask(&RunPageOf(parent.id.clone()), Lane::Selection);
    let Some(page) = slot.value() else { return failed(&slot) };
    let children = page.as_ref().as_ref().map(|page| page.children.as_slice()).unwrap_or_default();
    let at = children.iter().position(|child| child.id == *run);
    match at.and_then(|at| at.checked_sub(1)).and_then(|at| children.get(at)) {
        Some(previous) => Found::Runs(vec![previous.id.clone(), run.clone()]),
        None => none(),
    }
}
