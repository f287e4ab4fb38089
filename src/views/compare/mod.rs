//! Runs beside each other: what changed in their programs, params, metrics and examples.

mod cursor;
mod header;
mod outcomes;
mod paint;
mod rows;
mod scores;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::Ui;

use super::comparing::shown_pair;
use super::failed::failed_ui;
use super::names::experiment_of;
use super::parts::place_frame;
use super::parts::slot_ui;
use super::scene::Scene;
use super::scroll::NotedScroll;
use super::text_change::{ROW, Side, TextEvent};
use super::wrapped::{Wish, Wrapped};
use crate::loader::{DiffOf, Lane, Numbered, UnchangedOf};
use crate::model::RunId;
use crate::query::{Comparison, ExampleChange};
use crate::state::{Action, CompareTab, NoticeText, Outcomes, Place};
use crate::widgets::empty::skeleton_rows_ui;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tabs;
use crate::widgets::tokens::size;
use crate::widgets::virtual_rows::VirtualRows;
use crate::words;
use cursor::ExampleCursor;
use header::Compared;
use paint::{Names, RowEvent};
use rows::{Options, Row, Rows};

/// What the page remembers.
#[derive(Default)]
pub(super) struct CompareMemory {
    whole: BTreeSet<usize>,
    runs: Option<(RunId, RunId)>,
    rows: Wrapped<Rows>,
    tab: Option<CompareTab>,
    scroll: RowScroll,
    noted: NotedScroll,
    cursor: ExampleCursor,
}

impl CompareMemory {
    /// Other runs are compared: what was made of the last ones is forgotten.
    fn reset_for(&mut self, runs: (RunId, RunId)) {
        if self.runs.as_ref() != Some(&runs) {
            self.runs = Some(runs);
            self.whole.clear();
            self.rows.forget();
            self.scroll = RowScroll::default();
        }
    }
}

/// `shown` of the runs is compared with the first.
pub(super) fn compare_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut CompareMemory,
    (runs, shown): (&[RunId], Option<&RunId>),
    tab: Option<CompareTab>,
) {
    let Some((a, b)) = shown_pair(runs, shown) else { return };
    memory.reset_for((a.clone(), b.clone()));
    let slot = scene.loader.ask(&DiffOf(a.clone(), b.clone()), Lane::Selection);
    place_frame().show(ui, |ui| {
        let known = slot.value().map(|prepared| &prepared.value);
        let names = header::header_ui(ui, scene, memory, Compared { runs, tab, pair: (&a, &b), diff: known });
        let tab = tabs_ui(ui, scene, known, tab);
        ui.add_space(size::GAP_S);
        let Some(prepared) = slot_ui(ui, scene, &slot, "The comparison", ROW) else { return };
        if memory.tab.is_none_or(|shown| !shown.is_same_tab(&tab)) {
            memory.rows.forget();
            memory.scroll = RowScroll::default();
        }
        memory.tab = Some(tab);
        if let (CompareTab::Examples { show }, Some(all)) = (tab, &prepared.value.examples) {
            outcomes::outcomes_ui(ui, scene, all, show.unwrap_or_default());
        }
        make_rows(ui, scene, memory, prepared, (tab, &a, &b));
        let Some(made) = memory.rows.shown().cloned() else {
            skeleton_rows_ui(ui, 8, ROW);
            return;
        };
        memory.noted.restore(scene, tab.name(), &mut memory.scroll);
        let mut event = None;
        let names = Names { old: &names.0, new: &names.1 };
        let has_cursor = matches!(tab, CompareTab::Examples { .. });
        if has_cursor {
            memory.cursor.restore(scene);
        }
        let cursor = if has_cursor { memory.cursor.row_in(&made.rows) } else { None };
        let list = VirtualRows::new("comparison", made.rows.len(), ROW).label("Differences");
        let list = if has_cursor { list.cursor(cursor) } else { list };
        let response = list.show(ui, &mut memory.scroll, |ui, row| {
            if let Some(done) = paint::row_ui(ui, row, &made, cursor == Some(row.index), &names) {
                event = Some((row.index, done));
            }
        });
        if has_cursor && let Some(one) = memory.cursor.follow(ui, scene, &made.rows, &response) {
            event = cursor.map(|at| (at, paint::opened(one, &names)));
        }
        memory.noted.note(scene, tab.name(), memory.scroll);
        if let Some((row, event)) = event {
            if let (true, Some(Row::Example(one))) = (has_cursor, made.rows.get(row)) {
                memory.cursor.set(scene, one.id);
            }
            handle_event(scene, memory, &prepared.value, event);
        }
    });
}

/// Makes the rows on a worker; what was shown stays until they are there.
fn make_rows(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut CompareMemory,
    prepared: &Arc<Numbered<Comparison>>,
    (tab, a, b): (CompareTab, &RunId, &RunId),
) {
    let settings = scene.state.settings.compare;
    let outcomes = match tab {
        CompareTab::Examples { show } => show.unwrap_or_default(),
        _ => Outcomes::default(),
    };
    let has_rule = prepared.value.examples.as_ref().is_some_and(|all| all.rule().is_some());
    let unchanged = match has_rule && outcomes.has_unchanged() {
        true => {
            let slot = scene.loader.ask(&UnchangedOf(a.clone(), b.clone()), Lane::Selection);
            if let Some(error) = slot.error() {
                failed_ui(ui, scene, "The examples that did not change", error);
            }
            slot.value().cloned()
        }
        false => None,
    };
    let options = Options {
        tab: tab.unchosen(),
        is_unified: settings.is_unified,
        only_differences: !settings.shows_all,
        shows_space: settings.shows_space,
        whole: memory.whole.clone(),
        outcomes,
        unchanged: unchanged.as_ref().map(|told| told.id),
    };
    let wish = Wish::new("rows of a comparison", prepared.id, options);
    let prepared = Arc::clone(prepared);
    memory.rows.make(ui, scene.loader, wish, move |options, paper| {
        rows::rows(&prepared.value, unchanged.as_ref().map(|told| &told.value), options, paper)
    });
}

/// The first tab that has something; `None` if none has.
fn first_tab(diff: &Comparison) -> Option<CompareTab> {
    let has_something = |tab: &&CompareTab| match tab {
        CompareTab::Program => diff.program.is_some(),
        CompareTab::Params => !diff.params.is_empty(),
        CompareTab::Metrics => !diff.metrics.is_empty(),
        CompareTab::Examples { .. } => diff.examples.as_ref().is_some_and(|all| all.scored > 0),
        CompareTab::Tags => !diff.tags.is_empty(),
    };
    CompareTab::ALL.iter().find(has_something).copied()
}

/// The row of tabs; returns the one that is shown. `wanted`: the one that was chosen, if any.
fn tabs_ui(ui: &mut Ui, scene: &mut Scene<'_>, known: Option<&Comparison>, wanted: Option<CompareTab>) -> CompareTab {
    let tab = wanted.or_else(|| first_tab(known?)).unwrap_or(CompareTab::Program);
    let counts: Vec<String> =
        CompareTab::ALL.iter().map(|tab| known.map(|diff| count(diff, *tab)).unwrap_or_default()).collect();
    let titles: Vec<tabs::Tab<'_>> =
        CompareTab::ALL.iter().zip(&counts).map(|(tab, count)| tabs::Tab::new(tab.title()).count(count)).collect();
    let selected = CompareTab::ALL.iter().position(|one| one.is_same_tab(&tab)).unwrap_or(0);
    match tabs::show(ui, "compare tabs", "Comparison", &titles, selected).and_then(|at| CompareTab::ALL.get(at)) {
        Some(chosen) => {
            scene.act(Action::ShowCompareTab(*chosen));
            *chosen
        }
        None => tab,
    }
}

/// How much differs, as the title of a tab says it.
fn count(diff: &Comparison, tab: CompareTab) -> String {
    let differ = |n: usize| if n == 0 { String::new() } else { words::count(n as u64) };
    match tab {
        CompareTab::Program => String::new(),
        CompareTab::Params => differ(diff.params.len()),
        CompareTab::Metrics => differ(diff.metrics.len()),
        CompareTab::Tags => differ(diff.tags.len()),
        CompareTab::Examples { .. } => match &diff.examples {
            Some(all) if all.scored > 0 && all.metric.is_same() => {
                let count = |changes: &[ExampleChange]| words::count(changes.len() as u64);
                format!("{} ▲ {} ▼", count(&all.fixed), count(&all.broken))
            }
            _ => String::new(),
        },
    }
}

fn handle_event(scene: &mut Scene<'_>, memory: &mut CompareMemory, diff: &Comparison, event: RowEvent) {
    match event {
        RowEvent::Copy(text) => scene.act(Action::Copy(text)),
        RowEvent::Text(TextEvent::ShowWhole(predictor)) => {
            memory.whole.insert(predictor);
        }
        RowEvent::Text(TextEvent::CopyText(predictor, side)) => {
            let diff = diff.program.as_ref().and_then(|diff| diff.predictors.get(predictor));
            let text = diff.map(|diff| match side {
                Side::Old => diff.instructions.old(),
                Side::New => diff.instructions.new_text(),
            });
            scene.act(Action::Copy(text.unwrap_or_default()));
        }
        RowEvent::OpenTrace(side, trace) => {
            let Some((old, new)) = memory.runs.clone() else { return };
            let run = if side == Side::Old { old } else { new };
            let experiment = experiment_of(scene, &run);
            // An optimization stands for an evaluation, which has the trace.
            let stands_for = diff.stands_for[usize::from(side == Side::New)].as_ref();
            let run = stands_for.map_or(run, |it| it.run.clone());
            scene.go(Place::of_trace(experiment, Some(run), trace));
        }
        RowEvent::Explain(why) => scene.act(Action::Notify(NoticeText::hint(why, ""))),
    }
}
