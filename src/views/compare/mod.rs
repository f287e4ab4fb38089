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
use super::scroll::KeptScroll;
use super::text_change::{ROW, Side, TextEvent};
use super::wrapped::{Wish, Wrapped};
use crate::loader::{DiffOf, Lane, Numbered};
use crate::model::RunId;
use crate::query::{Comparison, ExampleChange};
use crate::state::{Action, NoticeText, Place, Tab};
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
    tab: Option<Tab>,
    scroll: RowScroll,
    kept: KeptScroll,
}

impl CompareMemory {
    /// Other runs are compared: what was made of the last ones is forgotten.
    fn turn_to(&mut self, runs: (RunId, RunId)) {
        if self.runs.as_ref() != Some(&runs) {
            self.runs = Some(runs);
            self.whole.clear();
            self.rows.forget();
            self.scroll = RowScroll::default();
        }
    }
}

pub(super) fn compare_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut CompareMemory, runs: &[RunId]) {
    let Some((a, b)) = shown_pair(scene, runs) else { return };
    memory.turn_to((a.clone(), b.clone()));
    let slot = scene.loader.ask(&DiffOf(a.clone(), b.clone()), Lane::Selection);
    place_frame().show(ui, |ui| {
        let known = slot.value().map(|prepared| &prepared.value);
        let names = header::header_ui(ui, scene, memory, Compared { runs, pair: (&a, &b), diff: known });
        let tab = tabs_ui(ui, scene, known);
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
        memory.kept.restore(scene, "comparison", &mut memory.scroll);
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
        memory.kept.note(scene, "comparison", memory.scroll);
        if let Some(event) = event {
            happened(scene, memory, &prepared.value, event);
        }
    });
}

/// Makes the rows on a worker; what was shown stays until they are there.
fn make_rows(
    ui: &Ui,
    scene: &mut Scene<'_>,
    memory: &mut CompareMemory,
    prepared: &Arc<Numbered<Comparison>>,
    tab: Tab,
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
fn first_tab(diff: &Comparison) -> Option<Tab> {
    Tab::OF_COMPARE.into_iter().find(|tab| match tab {
        Tab::Program => diff.program.is_some(),
        Tab::Params => !diff.params.is_empty(),
        Tab::Metrics => !diff.metrics.is_empty(),
        Tab::Examples => diff.examples.as_ref().is_some_and(|all| all.scored > 0),
        Tab::Tags => !diff.tags.is_empty(),
        _ => false,
    })
}

fn tabs_ui(ui: &mut Ui, scene: &mut Scene<'_>, known: Option<&Comparison>) -> Tab {
    let tab = scene.state.location().tab.or_else(|| first_tab(known?)).unwrap_or(Tab::Program);
    let count = |n: usize| if n == 0 { String::new() } else { words::count(n as u64) };
    let counts = Tab::OF_COMPARE.map(|tab| match (tab, known) {
        (Tab::Params, Some(diff)) => count(diff.params.len()),
        (Tab::Metrics, Some(diff)) => count(diff.metrics.len()),
        (Tab::Tags, Some(diff)) => count(diff.tags.len()),
        (Tab::Examples, Some(diff)) => match &diff.examples {
            Some(all) if all.scored > 0 && all.metric.is_same() => {
                let count = |changes: &[ExampleChange]| words::count(changes.len() as u64);
                format!("{} ▲ {} ▼", count(&all.fixed), count(&all.broken))
            }
            _ => String::new(),
        },
        _ => String::new(),
    });
    let titles: Vec<tabs::Tab<'_>> =
        Tab::OF_COMPARE.iter().zip(&counts).map(|(tab, count)| tabs::Tab::new(tab.title()).count(count)).collect();
    let selected = Tab::OF_COMPARE.iter().position(|one| *one == tab).unwrap_or(0);
    let item = scene.state.location().item.clone();
    match tabs::show(ui, "compare tabs", "Comparison", &titles, selected) {
        Some(chosen) => {
            scene.act(Action::ShowTab(Tab::OF_COMPARE[chosen]));
            scene.act(Action::FocusItem(item));
            Tab::OF_COMPARE[chosen]
        }
        None => Tab::OF_COMPARE[selected],
    }
}

fn happened(scene: &mut Scene<'_>, memory: &mut CompareMemory, diff: &Comparison, event: RowEvent) {
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
            scene.go(Place::Trace { experiment: None, run: Some(run), trace });
        }
        RowEvent::Explain(why) => scene.act(Action::Notify(NoticeText::hint(why, ""))),
    }
}
