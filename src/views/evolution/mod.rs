//! One predictor's instructions along an optimization: each program state with what changed in it.

mod paint;
mod rows;
mod selecting;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::Ui;

use super::parts::slot_ui;
use super::program_change::against_words;
use super::scene::Scene;
use super::text_change::{self, ROW, Side, TextEvent, TextRow};
use super::wrapped::{Wish, Wrapped};
use crate::analysis::evolution::{Against, Evolution, MeanScore};
use crate::loader::{EvolutionOf, Lane, Numbered};
use crate::model::{RunId, predictor_title};
use crate::state::{Action, CompareSettings, Phrase, Place, RunTab};
use crate::widgets::chips::Chip;
use crate::widgets::empty::{empty_ui, skeleton_rows_ui};
use crate::widgets::field::Field;
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::virtual_rows::VirtualRows;
use crate::words;
use paint::RowEvent;
use rows::{EvolutionRows, Row, Wanted, rows};
use selecting::{Passage, Selecting};

/// In less room what was found of a phrase stands below its field.
const WORDS: f32 = 560.0;

impl Chosen {
    /// As a tab.
    fn tab(self) -> RunTab {
        let Self { predictor, phrase, against } = self;
        RunTab::Evolution { predictor, phrase, against }
    }
}

/// What the page remembers.
#[derive(Default)]
pub(super) struct EvolutionMemory {
    parent: Option<RunId>,
    predictor: Option<String>,
    whole: BTreeSet<usize>,
    selecting: Selecting,
    rows: Wrapped<EvolutionRows>,
    scroll: RowScroll,
}

/// What is chosen in the address.
#[derive(Clone)]
pub(super) struct Chosen {
    /// The predictor that is followed.
    pub predictor: Option<String>,
    /// The passage whose history is shown.
    pub phrase: Option<Phrase>,
    /// With what each state is compared.
    pub against: Option<Against>,
}

pub(super) fn evolution_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut EvolutionMemory,
    parent: &RunId,
    chosen: &Chosen,
) {
    if memory.parent.as_ref() != Some(parent) {
        *memory = EvolutionMemory { parent: Some(parent.clone()), ..EvolutionMemory::default() };
    }
    let against = chosen.against.or(scene.state.settings.compare.against);
    let asked = EvolutionOf { parent: parent.clone(), predictor: chosen.predictor.clone(), against };
    let slot = scene.loader.ask(&asked, Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The evolution", ROW) else { return };
    let Some(prepared) = found.as_ref() else {
        empty_ui(ui, "This store has no such run", "");
        return;
    };
    let evolution = &prepared.value;
    if evolution.predictor.is_none() {
        let text = "No evaluation of this run has instructions; an optimization writes model.json with each evaluation";
        empty_ui(ui, text, "");
        return;
    }
    if memory.predictor != evolution.predictor {
        memory.predictor.clone_from(&evolution.predictor);
        memory.whole.clear();
        memory.rows.forget();
        memory.scroll = RowScroll::default();
    }
    head_ui(ui, scene, memory, evolution, chosen);
    ui.add_space(size::GAP_S);
    let phrase = chosen.phrase.as_ref().map(Phrase::as_str).unwrap_or_default();
    make_rows(ui, scene, memory, (found, prepared.id), phrase);
    let Some(made) = memory.rows.shown().cloned() else {
        skeleton_rows_ui(ui, 8, ROW);
        return;
    };
    let mut event = None;
    let EvolutionMemory { scroll, selecting, .. } = memory;
    selecting.begin(ui);
    let list = VirtualRows::new("evolution", made.rows.len(), ROW).label("Evolution").show(ui, scroll, |ui, row| {
        if let Row::Text(TextRow::Line(line)) = &made.rows[row.index] {
            let drawn = text_change::line_ui(ui, row, line, selecting.within(row.index, line));
            selecting.handle_pointer(ui, row, line, &drawn, &made.rows);
        } else if let Some(done) = paint::row_ui(ui, row, &made.rows[row.index]) {
            event = Some(done);
        }
    });
    match selecting.done(ui, &list, &made.rows) {
        Some(Passage::Copy(text)) => scene.act(Action::Copy(text)),
        Some(Passage::LookUp(text)) => {
            selecting.clear();
            let phrase = Some(Phrase::new(spaced(&text)));
            scene.act(Action::ShowRunTab(Chosen { phrase, ..chosen.clone() }.tab()));
        }
        None => {}
    }
    if let Some(event) = event {
        handle_event(scene, memory, evolution, event);
    }
}

fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut EvolutionMemory, evolution: &Evolution, chosen: &Chosen) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        text_ui(ui, "Predictor", Type::Small, Tone::Muted);
        for path in &evolution.predictors {
            let is_shown = Some(path) == evolution.predictor.as_ref();
            if ui.add(Chip::toggle(predictor_title(path), is_shown)).clicked() {
                scene.act(Action::ShowRunTab(Chosen { predictor: Some(path.clone()), ..chosen.clone() }.tab()));
            }
        }
        ui.add_space(size::GAP_M);
        let settings = scene.state.settings.compare;
        let tip = "Lines that did not change are left out";
        if ui.add(Chip::toggle("Differences only", !settings.shows_all)).on_hover_text(tip).clicked() {
            scene.act(Action::ArrangeCompare(CompareSettings { shows_all: !settings.shows_all, ..settings }));
            memory.whole.clear();
        }
        if ui.add(Chip::toggle("Show spaces", settings.shows_space)).clicked() {
            scene.act(Action::ArrangeCompare(CompareSettings { shows_space: !settings.shows_space, ..settings }));
        }
    });
    ui.add_space(size::GAP_XS);
    against_ui(ui, scene, memory, evolution, chosen);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        let width = ui.available_width().min(340.0);
        let mut text = chosen.phrase.as_ref().map(ToString::to_string).unwrap_or_default();
        let typed = Field::new("History of a phrase")
            .hint("History of a phrase: select or type a passage")
            .width(width)
            .show(ui, &mut text);
        if typed.changed() {
            let phrase = (!text.is_empty()).then(|| Phrase::new(text.as_str()));
            scene.act(Action::ShowRunTab(Chosen { phrase, ..chosen.clone() }.tab()));
        }
        if ui.available_size_before_wrap().x < WORDS {
            ui.end_row();
        }
        if text.trim().is_empty() {
            let text = "in which states it stands, and the scores with and without it";
            text_ui(ui, text, Type::Small, Tone::Muted);
        } else if let Some(words) = memory.rows.shown().and_then(|shown| history_words(evolution, shown)) {
            text_ui(ui, &words, Type::Small, Tone::Neutral);
        }
    });
}

/// With what each state is compared: a choice, if there is one.
fn against_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut EvolutionMemory,
    evolution: &Evolution,
    chosen: &Chosen,
) {
    if evolution.choices.len() < 2 {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        text_ui(ui, "Each compared with", Type::Small, Tone::Muted);
        for one in &evolution.choices {
            let (text, tip) = against_words(*one);
            if ui.add(Chip::toggle(text, *one == evolution.against)).on_hover_text(tip).clicked() {
                let against = Some(*one);
                let settings = scene.state.settings.compare;
                scene.act(Action::ArrangeCompare(CompareSettings { against, ..settings }));
                scene.act(Action::ShowRunTab(Chosen { against, ..chosen.clone() }.tab()));
                memory.whole.clear();
            }
        }
    });
    ui.add_space(size::GAP_XS);
}

/// `In 2 of 3 states, since C2 · mean of full evaluations: 83.33 with it (2), 25 without (1)`
fn history_words(evolution: &Evolution, shown: &EvolutionRows) -> Option<String> {
    let history = shown.history.as_ref()?;
    let known = history.holds.iter().filter(|holds| holds.is_some()).count();
    let with = history.holds.iter().filter(|holds| **holds == Some(true)).count();
    let Some(since) = history.since else { return Some(format!("In none of {} states", words::count(known as u64))) };
    let since = format!(", since {}", evolution.name(since));
    let mean = |mean: MeanScore, word: &str| match mean.score {
        Some(score) => format!("{} {word} ({})", words::value(score), words::count(mean.evaluations as u64)),
        None => format!("unknown {word} (no full evaluation)"),
    };
    let (a, b) = (mean(history.with, "with it"), mean(history.without, "without"));
    Some(format!("In {with} of {known} states{since} · mean of full evaluations: {a}, {b}"))
}

/// Words with one space between them: how a passage is broken into lines does not count.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Makes the rows on a worker; what was shown stays until they are there.
fn make_rows(
    ui: &Ui,
    scene: &mut Scene<'_>,
    memory: &mut EvolutionMemory,
    (found, id): (&Arc<Option<Numbered<Evolution>>>, u64),
    phrase: &str,
) {
    let wanted = Wanted {
        shows_all: scene.state.settings.compare.shows_all,
        shows_space: scene.state.settings.compare.shows_space,
        phrase: phrase.trim().to_owned(),
        whole: memory.whole.clone(),
    };
    let wish = Wish::new("rows of an evolution", id, wanted);
    let found = Arc::clone(found);
    let is_new = memory.rows.make(ui, scene.loader, wish, move |wanted, paper| {
        found.as_ref().as_ref().map(|found| rows(&found.value, wanted, paper)).unwrap_or_default()
    });
    if is_new {
        memory.selecting.clear();
    }
}

fn handle_event(scene: &mut Scene<'_>, memory: &mut EvolutionMemory, evolution: &Evolution, event: RowEvent) {
    match event {
        RowEvent::Text(TextEvent::ShowWhole(step)) => {
            memory.whole.insert(step);
        }
        RowEvent::Text(TextEvent::CopyText(step, side)) => {
            let step = evolution.steps.get(step);
            let text = step.map(|step| match side {
                Side::Old => step.diff.old(),
                Side::New => step.diff.new_text(),
            });
            scene.act(Action::Copy(text.unwrap_or_default()));
        }
        RowEvent::Go(run) => {
            let experiment = scene.place().experiment().cloned();
            scene.go(Place::of_run(experiment, run));
        }
    }
}
