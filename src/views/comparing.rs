//! What is compared, and the ways to a comparison: keys, the menu of a run, the palette.

use egui::Ui;

use super::command::Command;
use super::names::run_name;
use super::scene::Scene;
use crate::loader::{Lane, Slot};
use crate::model::{Run, RunId};
use crate::query::{OptimizationOf, ProgramHistoryOf, RunPageOf, TraceTreeOf};
use crate::state::{Action, CompareTab, CompareWish, CompareWith, NoticeText, Place};
use crate::widgets::chips::Chip;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::words;

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

/// Compares what is selected, or a run with the baseline or the evaluation before it.
pub(super) fn start(scene: &mut Scene<'_>, at_cursor: Option<&RunId>) {
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

fn wish(scene: &mut Scene<'_>, run: RunId, with: CompareWith) {
    scene.act(Action::WishToCompare(Some(CompareWish { run, with })));
}

/// Opens the palette, in which the other run is chosen.
pub(super) fn choose(scene: &mut Scene<'_>, at_cursor: Option<&RunId>) {
    if let Place::Compare { runs, .. } = scene.place().clone() {
        scene.act(Action::ChooseToCompare(runs));
        return;
    }
    match subject(scene, at_cursor) {
        Some(run) => scene.act(Action::ChooseToCompare(vec![run])),
        None => tell_to_choose(scene),
    }
}

/// Makes a run the one that others are compared with; once more, and there is none. Among compared
/// runs the shown one becomes the baseline.
pub(super) fn set_baseline(scene: &mut Scene<'_>, at_cursor: Option<&RunId>) {
    if let Place::Compare { runs, shown, tab } = scene.place().clone() {
        if let Some((a, b)) = shown_pair(&runs, shown.as_ref()) {
            swap(scene, (&runs, tab), (&a, &b));
        }
        return;
    }
    let Some(run) = subject(scene, at_cursor) else { return tell_to_choose(scene) };
    let is_it = scene.state.comparing.baseline.as_ref() == Some(&run);
    let name = run_name(scene, &run);
    scene.act(Action::SetBaseline((!is_it).then_some(run), name));
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

/// The button of a run's page.
pub(super) fn menu_ui(ui: &mut Ui, scene: &mut Scene<'_>, run: &Run) {
    let button = ui.add(Chip::button("Compare…")).on_hover_text("What changed from another run to this one");
    let baseline = scene.state.comparing.baseline.clone().filter(|baseline| *baseline != run.id);
    let named = baseline.as_ref().map(|id| format!("With the baseline {}", words::one_line(&run_name(scene, id), 40)));
    let (d, choose_key, b) = (
        Command::Compare.key_text(ui.ctx()),
        Command::CompareWith.key_text(ui.ctx()),
        Command::Baseline.key_text(ui.ctx()),
    );
    let is_baseline = scene.state.comparing.baseline.as_ref() == Some(&run.id);
    let previous_key = if baseline.is_none() { d.as_str() } else { "" };
    let with_baseline = named.as_deref().unwrap_or("With the baseline");
    let entries = [
        MenuEntry::Item(MenuItem::new("With the evaluation before").shortcut(previous_key)),
        MenuEntry::Item(MenuItem::new("With the seed")),
        MenuEntry::Item(MenuItem::new("With the winner")),
        MenuEntry::Item(MenuItem::new(with_baseline).shortcut(&d).enabled(baseline.is_some())),
        MenuEntry::Item(MenuItem::new("With another run…").shortcut(&choose_key)),
        MenuEntry::Item(MenuItem::new("Use as baseline").shortcut(&b).checked(is_baseline)),
    ];
    let Some(chosen) = button_menu(&button, &entries) else { return };
    match chosen {
        0 => wish(scene, run.id.clone(), CompareWith::Previous),
        1 => wish(scene, run.id.clone(), CompareWith::Seed),
        2 => wish(scene, run.id.clone(), CompareWith::Winner),
        3 => {
            if let Some(baseline) = baseline {
                scene.go(Place::comparing(vec![baseline, run.id.clone()]));
            }
        }
        4 => scene.act(Action::ChooseToCompare(vec![run.id.clone()])),
        _ => set_baseline(scene, Some(&run.id)),
    }
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
    // An optimization stands for its best program.
    let parent = match (&page.parent, page.children.is_empty()) {
        (Some(parent), _) => parent,
        (None, false) => &page.run,
        (None, true) => return Found::Nothing("This run belongs to no optimization".to_owned(), ANY),
    };
    let name = if parent.name.is_empty() { parent.id.to_string() } else { parent.name.clone() };
    match wish.with {
        CompareWith::Previous => {
            let slot = scene.loader.ask(&RunPageOf(parent.id.clone()), Lane::Selection);
            let Some(parent) = slot.value() else { return failed(&slot) };
            let children = parent.as_ref().as_ref().map(|parent| parent.children.as_slice()).unwrap_or_default();
            let at = children.iter().position(|run| run.id == wish.run);
            match at.and_then(|at| at.checked_sub(1)).and_then(|at| children.get(at)) {
                Some(previous) => Found::Runs(vec![previous.id.clone(), wish.run.clone()]),
                None => Found::Nothing(format!("No evaluation of {name} comes before this run"), ANY),
            }
        }
        CompareWith::Seed | CompareWith::Winner => {
            let slot = scene.loader.ask(&OptimizationOf(parent.id.clone()), Lane::Selection);
            let Some(known) = slot.value() else { return failed(&slot) };
            let known = known.as_ref().as_ref();
            let is_seed = wish.with == CompareWith::Seed;
            let runs = match is_seed {
                true => known.and_then(|known| known.seed.as_ref()).map(|seed| seed.run_ids.as_slice()),
                false => known.and_then(|known| known.winner.as_ref()).map(|winner| winner.run_ids.as_slice()),
            };
            let word = if is_seed { "seed" } else { "winner" };
            match runs {
                None => Found::Nothing(format!("The {word} of {name} is not known"), ANY),
                Some(runs) if runs.contains(&wish.run) => {
                    Found::Nothing(format!("This run is the {word} of {name}"), ANY)
                }
                Some([]) => Found::Nothing(format!("The {word} of {name} is not known"), ANY),
                Some([other, ..]) if is_seed => Found::Runs(vec![other.clone(), wish.run.clone()]),
                Some([other, ..]) => Found::Runs(vec![wish.run.clone(), other.clone()]),
            }
        }
    }
}
