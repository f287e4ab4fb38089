//! One predictor from top to bottom.

use egui::Ui;

use super::{ProgramMemory, fields, rows};
use crate::loader::{PreparedPredictor, PreparedProgram, RunPage, Text};
use crate::model::dspy::run_names;
use crate::model::{Program, ProgramSource, RunId};
use crate::query::ProvenanceOf;
use crate::state::{Action, NoticeText, PHRASE_MOST, Phrase, Place, RunTab};
use crate::views::body::Body;
use crate::views::body::json::{JsonMemory, json_view_ui};
use crate::views::body::text::{Block, Face, TextMemory, text_block_ui};
use crate::views::demos::{demos_heading, demos_ui};
use crate::views::provenance::provenance_ui;
use crate::views::scene::Scene;
use crate::views::text_change::HISTORY;
use crate::widgets::chips::Chip;
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::section::{card_heading_ui, card_ui, section_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// Longer instructions scroll.
const LINES_MOST: usize = 22;
/// The most room for JSON as it is stored.
const JSON_HEIGHT: f32 = 190.0;
/// Of it, what is no row: the field to search in.
const JSON_FIND: f32 = 40.0;

/// A predictor of a run's program.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub page: &'a RunPage,
    pub prepared: &'a PreparedProgram,
    /// Its place among the predictors.
    pub at: usize,
    /// The optimization in which a passage of its instructions can be followed.
    pub history: Option<&'a RunId>,
}

pub(super) fn predictor_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ProgramMemory, part: Part<'_>) {
    let Part { prepared, at, .. } = part;
    if let (Some(predictor), Some(shown)) = (prepared.program.predictors.get(at), prepared.predictors.get(at)) {
        match &shown.module_src {
            Some(source) => source_ui(ui, scene, &mut memory.source, &predictor.path, source),
            None => instructions_ui(ui, scene, memory, part),
        }
        if !predictor.fields.is_empty() {
            ui.add_space(size::GAP_S);
            section_ui(ui, "Fields");
            fields::fields_ui(ui, &mut memory.fields, &predictor.fields);
        }
        let is_predictor = shown.instructions.is_some() || !shown.demos.is_empty() || !shown.lm.is_empty();
        if is_predictor {
            saved_ui(ui, scene, memory, shown, prepared.program.why_no_lm(&predictor.path));
        }
        if let Some(rest) = &shown.rest {
            let label = "Everything else that was saved with this part";
            raw_ui(ui, scene, &mut memory.rest, Body { id: "predictor rest", label, text: rest });
        }
    }
    if let Some(rest) = &prepared.rest {
        let label = "Everything else that was saved with the program";
        raw_ui(ui, scene, &mut memory.program_rest, Body { id: "program rest", label, text: rest });
    }
}

/// The instructions of a predictor, who wrote them, and where a passage of them stands.
fn instructions_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ProgramMemory, part: Part<'_>) {
    let Part { page, prepared, at, history } = part;
    let Some((predictor, shown)) = prepared.program.predictors.get(at).zip(prepared.predictors.get(at)) else { return };
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            card_heading_ui(ui, "Instructions");
            text_ui(ui, rows::title(&predictor.path), Type::Value, Tone::Muted);
            if let Some(text) = &shown.instructions
                && ui.add(Chip::button("Copy instructions")).clicked()
            {
                scene.act(Action::Copy(text.text().to_string()));
            }
        });
        match &shown.instructions {
            Some(text) => {
                if let Some(asked) = provenance_of(page, &prepared.program, &predictor.path) {
                    provenance_ui(ui, scene, &asked, "");
                }
                let body = Body { id: "instructions", label: "Instructions", text };
                let offer = history.is_some().then_some(HISTORY);
                let block = Block { face: Face::Prose, most_lines: LINES_MOST, offer };
                let passage = text_block_ui(ui, scene, &mut memory.instructions, body, block);
                if let (Some(passage), Some(parent)) = (passage, history) {
                    show_history(scene, parent, &predictor.path, &passage);
                }
            }
            None => {
                let text = "None: this part of the program has no signature, as a retriever has none";
                text_ui(ui, text, Type::Small, Tone::Muted);
            }
        }
    });
}

/// The Python of a Flex, which has no instructions.
fn source_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut TextMemory, path: &str, source: &Text) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            card_heading_ui(ui, "Source");
            text_ui(ui, rows::title(path), Type::Value, Tone::Muted);
            if ui.add(Chip::button("Copy source")).clicked() {
                scene.act(Action::Copy(source.text().to_string()));
            }
        });
        let body = Body { id: "source", label: "Source", text: source };
        let block = Block { face: Face::Value, most_lines: LINES_MOST, offer: None };
        text_block_ui(ui, scene, memory, body, block);
    });
}

/// The demos of a predictor and its LM.
fn saved_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ProgramMemory,
    shown: &PreparedPredictor,
    why_no_lm: &str,
) {
    ui.add_space(size::GAP_S);
    let made = shown.demos.iter().filter(|demo| demo.is_bootstrapped).count();
    let heading = section_ui(ui, &demos_heading(shown.demos.len(), made));
    if std::mem::take(&mut memory.goes_to_demos) {
        heading.scroll_to_me(Some(egui::Align::Min));
    }
    if shown.demos.is_empty() {
        text_ui(ui, "This predictor has no demos", Type::Small, Tone::Muted);
    } else {
        demos_ui(ui, scene, memory.demos.with_first(), shown);
    }
    ui.add_space(size::GAP_S);
    section_ui(ui, "LM settings");
    lm_ui(ui, scene, &shown.lm, why_no_lm);
}

/// Shows in which programs of the optimization a passage stands.
fn show_history(scene: &mut Scene<'_>, parent: &RunId, path: &str, passage: &str) {
    let passage = passage.split_whitespace().collect::<Vec<_>>().join(" ");
    if passage.is_empty() || passage.len() > PHRASE_MOST {
        let what = "This is no passage to look up";
        let advice = format!("Select some words, up to {} of them", words::bytes(PHRASE_MOST as u64));
        scene.act(Action::Notify(NoticeText::hint(what.to_owned(), advice)));
        return;
    }
    let experiment = scene.place().experiment().cloned();
    let tab = RunTab::Evolution { predictor: Some(path.to_owned()), phrase: Some(Phrase::new(passage)), against: None };
    scene.go(Place::Run { experiment, run: parent.clone(), tab: Some(tab) });
}

/// Who wrote the instructions: asked of the optimization in which they may have been written, and of the run that shows
/// this program there. Evaluations of optimizers are numbered, and an optimization stands for its best.
fn provenance_of(page: &RunPage, program: &Program, path: &str) -> Option<ProvenanceOf> {
    let evaluation = page.run.id.clone();
    let parent = match &page.parent {
        Some(parent) if run_names::is_of_optimizer(&page.run.name) => parent.id.clone(),
        _ if program.source == ProgramSource::BestModelJson => evaluation.clone(),
        _ => return None,
    };
    Some(ProvenanceOf { parent, evaluation, path: path.to_owned() })
}

fn lm_ui(ui: &mut Ui, scene: &mut Scene<'_>, settings: &[(String, String)], why_none: &str) {
    if settings.is_empty() {
        text_ui(ui, why_none, Type::Small, Tone::Muted);
        return;
    }
    let lines: Vec<KeyValue<'_>> = settings.iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    if let Some(clicked) = key_value::show(ui, "lm settings", &lines) {
        scene.act(Action::Copy(settings[clicked].1.clone()));
    }
}

fn raw_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut JsonMemory, body: Body<'_>) {
    ui.add_space(size::GAP_S);
    section_ui(ui, body.label);
    // The outermost braces are no rows.
    let rows = body.text.text().lines().take(20).count().saturating_sub(2).max(1);
    let height = (JSON_FIND + rows as f32 * (size::LINE + 2.0)).min(JSON_HEIGHT);
    let place =
        egui::Rect::from_min_size(ui.available_rect_before_wrap().min, egui::vec2(ui.available_width(), height));
    let mut inner = ui.new_child(egui::UiBuilder::new().id_salt(body.id).max_rect(place));
    json_view_ui(&mut inner, scene, memory, body);
    drop(inner);
    ui.advance_cursor_after_rect(place);
}
