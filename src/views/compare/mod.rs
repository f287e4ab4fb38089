//! Runs beside each other: what changed in their programs, params, metrics and examples.

mod header;
mod paint;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::Ui;

use super::comparing::shown_pair;
use super::parts::place_frame;
use super::parts::slot_ui;
use super::scene::Scene;
use super::scroll::NotedScroll;
use super::text_change::{ROW, Side, TextEvent};
use super::wrapped::{Wish, Wrapped};
use crate::loader::{DiffOf, Lane, Numbered};
use crate::model::RunId;
use crate::query::{Comparison, ExampleChange};
use crate::state::{Action, CompareTab, NoticeText, Place};
use crate::widgets::empty::skeleton_rows_ui;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tabs;
use crate::widgets::tokens::size;
use crate::widgets::virtual_rows::VirtualRows;
use crate::words;
use header::Compared;
use paint::{Names, RowEvent};
use rows::{Options, Rows};

/// What the page remembers.
#[derive(Default)]
pub(super) struct CompareMemory {
    whole: BTreeSet<usize>,
    runs: Option<(RunId, RunId)>,
    rows: Wrapped<Rows>,
    tab: Option<CompareTab>,
    scroll: RowScroll,
    noted: NotedScroll,
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
        if memory.tab != Some(tab) {
            memory.tab = Some(tab);
            memory.rows.forget();
            memory.scroll = RowScroll::default();
        }
        make_rows(ui, scene, memory, prepared, tab);
        let Some(made) = memory.rows.shown().cloned() else {
            skeleton_rows_ui(ui, 8, ROW);
            return;
        };
        memory.noted.restore(scene, tab.name(), &mut memory.scroll);
        let mut event = None;
        let names = Names { old: &names.0, new: &names.1 };
        VirtualRows::new("comparison", made.rows.len(), ROW).label("Differences").show(
            ui,
            &mut memory.scroll,
            |ui, row| {
                if let Some(done) = paint::row_ui(ui, row, &made.rows[row.index], made.is_unified, &names) {
                    event = Some(done);
                }
            },
        );
        memory.noted.note(scene, tab.name(), memory.scroll);
        if let Some(event) = event {
            handle_event(scene, memory, &prepared.value, event);
        }
    });
}

/// Makes the rows on a worker; what was shown stays until they are there.
fn make_rows(
    ui: &Ui,
    scene: &mut Scene<'_>,
    memory: &mut CompareMemory,
    prepared: &Arc<Numbered<Comparison>>,
    tab: CompareTab,
) {
    let settings = scene.state.settings.compare;
    let options = Options {
        tab,
        is_unified: settings.is_unified,
        only_differences: !settings.shows_all,
        shows_space: settings.shows_space,
        whole: memory.whole.clone(),
    };
    let wish = Wish::new("rows of a comparison", prepared.id, options);
    let prepared = Arc::clone(prepared);
    memory.rows.make(ui, scene.loader, wish, move |options, paper| rows::rows(&prepared.value, options, paper));
}

/// The first tab that has something; `None` if none has.
fn first_tab(diff: &Comparison) -> Option<CompareTab> {
    let has_something = |tab: &&CompareTab| match tab {
        CompareTab::Program => diff.program.is_some(),
        CompareTab::Params => !diff.params.is_empty(),
        CompareTab::Metrics => !diff.metrics.is_empty(),
        CompareTab::Examples => diff.examples.as_ref().is_some_and(|all| all.scored > 0),
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
    let selected = CompareTab::ALL.iter().position(|one| *one == tab).unwrap_or(0);
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
        CompareTab::Examples => match &diff.examples {
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
            scene.go(Place::of_trace(None, Some(run), trace));
        }
        RowEvent::Explain(why) => scene.act(Action::Notify(NoticeText::hint(why, ""))),
    }
}
