//! The card of an evaluation: its score with an interval, where the scores come from, and the way to its examples.

mod told;

use egui::Ui;

use self::told::{Told, prompt_lines, told};
use super::cards::{card, plain_head_ui};
use crate::loader::{Lane, RunPage};
use crate::model::dspy::keys;
use crate::query::{PlainEvaluationOf, PromptCandidatesOf, VerdictOf};
use crate::state::{Action, RunTab};
use crate::views::parts::link;
use crate::views::scene::Scene;
use crate::views::scores_of::is_of_prompts;
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// The card of an evaluation and that of prompts that were tried; nothing for runs that are neither.
pub(super) fn evaluation_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage) {
    // What an optimization found has a page of its own.
    if !page.children.is_empty() {
        return;
    }
    // Prompts that were tried are several evaluations; the score of one of them would read as that of the run.
    if is_of_prompts(page) {
        return prompts_ui(ui, scene, page);
    }
    let slot = scene.loader.ask(&PlainEvaluationOf(page.run.id.clone()), Lane::Visible);
    let found = slot.value().and_then(|found| found.as_ref().as_ref());
    match found {
        Some(found) => card_ui(ui, scene, page, &told(found)),
        // The score is there at once, so that little moves when the rest comes.
        None if slot.value().is_none() && slot.error().is_none() && page.score.is_some() => {
            card_ui(ui, scene, page, &Told { score: page.score.map(words::value), ..Told::default() });
        }
        None => {}
    }
    prompts_ui(ui, scene, page);
}

/// The examples of the run, none of them chosen.
const EXAMPLES: RunTab = RunTab::Examples { example: None, evaluation: None, only: None };

fn card_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage, told: &Told) {
    card(ui, |ui| {
        plain_head_ui(ui, "Evaluation");
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_S;
            match &told.score {
                Some(score) => text_ui(ui, score, Type::Headline, Tone::Neutral),
                None => text_ui(ui, &told.several, Type::Figure, Tone::Neutral)
                    .on_hover_text("No metric of the run says which of them is the score of the evaluation"),
            };
            if !told.interval.is_empty() {
                text_ui(ui, &told.interval, Type::Value, Tone::Muted).on_hover_text(&told.how);
            }
            if !told.examples.is_empty() {
                text_ui(ui, &told.examples, Type::Small, Tone::Muted);
            }
        });
        ui.add_space(size::GAP_XS);
        let lines: Vec<KeyValue<'_>> = told
            .lines
            .iter()
            .map(|line| {
                let pair = if line.is_figure { KeyValue::new } else { KeyValue::prose };
                pair(&line.key, &line.value).note(&line.note)
            })
            .collect();
        if let Some(line) = key_value::show(ui, "evaluation", &lines).and_then(|at| told.lines.get(at)) {
            scene.act(Action::ShowRunTab(match &line.path {
                Some(path) => RunTab::Artifacts { path: Some(path.clone()) },
                None => EXAMPLES,
            }));
        }
        for note in &told.notes {
            text_ui(ui, note, Type::Small, Tone::Muted);
        }
        ui.add_space(size::GAP_XS);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_M;
            let has_program = page.values.params.iter().any(|param| param.key.contains(keys::SIGNATURE));
            let program = has_program.then_some(("Program", RunTab::Program { predictor: None }));
            for (name, tab) in [("Examples", EXAMPLES), ("Traces", RunTab::TRACES)].into_iter().chain(program) {
                if link(ui, name, Type::Small, Tone::Accent).clicked() {
                    scene.act(Action::ShowRunTab(tab));
                }
            }
        });
    });
}

/// What was given against the best prompt, and the way to the examples.
fn verdict_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage) {
    let slot = scene.loader.ask(&VerdictOf(page.run.id.clone()), Lane::Visible);
    let Some(found) = slot.value().and_then(|found| found.as_ref().as_ref()) else { return };
    ui.add_space(size::GAP_XS);
    match found {
        Ok(verdict) => text_ui(ui, &verdict.text(None), Type::Body, Tone::Neutral),
        Err(why) => text_ui(ui, why.words(), Type::Small, Tone::Muted),
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_M;
        for (name, tab) in [("Open the matrix", EXAMPLES), ("Slices", RunTab::Slices { field: None })] {
            if link(ui, name, Type::Small, Tone::Accent).clicked() {
                scene.act(Action::ShowRunTab(tab));
            }
        }
    });
}

/// The prompts that `mlflow.genai.optimize_prompts` tried.
fn prompts_ui(ui: &mut Ui, scene: &mut Scene<'_>, page: &RunPage) {
    let slot = scene.loader.ask(&PromptCandidatesOf(page.run.id.clone()), Lane::Visible);
    let Some(found) = slot.value().filter(|found| !found.is_empty()) else { return };
    let lines = prompt_lines(found);
    let mut clicked = None;
    card(ui, |ui| {
        plain_head_ui(ui, &format!("Prompts tried · {}", words::count(found.len() as u64)));
        let shown: Vec<KeyValue<'_>> =
            lines.iter().map(|line| KeyValue::prose(&line.key, &line.value).note(&line.note)).collect();
        clicked = key_value::show(ui, "prompts tried", &shown);
        verdict_ui(ui, scene, page);
    });
    if let Some(path) = clicked.and_then(|at| lines.get(at)).and_then(|line| line.path.clone()) {
        scene.act(Action::ShowRunTab(RunTab::Artifacts { path: Some(path) }));
    }
}
