//! The same example in other evaluations.

use egui::{Align, Layout, Ui, vec2};

use super::{BesideMemory, fact_ui};
use crate::loader::TraceTree;
use crate::query::{Evaluated, OtherEvaluation, SameExample};
use crate::state::{ExperimentTab, Place, RunTab};
use crate::views::parts::link;
use crate::views::program_name::name_ui;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// So many stand in the list; all of them stand beside the matrix of examples.
const MOST: usize = 60;
/// What the figures of scores have room for.
const SCORE: f32 = 64.0;
/// What the name of a program has room for.
const PROGRAM: f32 = 92.0;

/// `Same example  7 of 12 right`, which the others are, and the way to the one that is worth comparing with.
pub(super) fn chips_ui(ui: &mut Ui, own: &mut BesideMemory, tree: &TraceTree) {
    let known = own.told.same.clone();
    let Some(same) = known.as_deref().and_then(Option::as_ref) else { return };
    if same.others.is_empty() {
        fact_ui(ui, "no other evaluation has this example", Tone::Muted);
        return;
    }
    if ui.add(Chip::toggle("Same example", own.lists_others)).on_hover_text(tip(same)).clicked() {
        own.lists_others = !own.lists_others;
    }
    fact_ui(ui, &summary(same), Tone::Muted).on_hover_text(tip(same));
    let score = own.told.example().and_then(|example| example.score);
    if let Some(other) = same.worth_comparing(score) {
        let text = format!("Compare with {}", short_name(other));
        let chip = match other.is_right {
            Some(true) => Chip::button(&text).glyph(Glyph::Check, Tone::Good),
            Some(false) => Chip::button(&text).glyph(Glyph::Cross, Tone::Bad),
            None => Chip::button(&text),
        };
        let tip = "This trace beside that of the same example there: prompts, inputs, outputs, times";
        if ui.add(chip).on_hover_text(tip).clicked() {
            own.wanted.compare(tree.head.row.id.clone(), other.of.clone(), other.row);
        }
    }
}

/// Where all evaluations of the example stand beside each other.
fn matrix(same: &SameExample, own: &BesideMemory, tree: &TraceTree) -> Place {
    let experiment = tree.head.row.experiment_id.clone();
    let example = Some(same.example);
    let evaluation = own.told.example().map(|example| example.of.clone());
    match &same.among {
        Evaluated::Optimization(parent) => {
            let tab = Some(RunTab::Examples { example, evaluation, only: None });
            Place::Run { experiment: Some(experiment), run: parent.clone(), tab }
        }
        Evaluated::Runs(_) | Evaluated::Experiment(_) => {
            Place::Experiment { experiment, tab: ExperimentTab::Examples { example, evaluation, only: None } }
        }
    }
}

/// `7 of 12 right` of the others; without scores `12 others`.
fn summary(same: &SameExample) -> String {
    let scored = same.others.iter().filter(|one| one.is_right.is_some()).count();
    let right = same.others.iter().filter(|one| one.is_right == Some(true)).count();
    match scored {
        0 => format!("{} without a score", words::counted(same.others.len(), "other")),
        scored => format!("{} of {} right", words::count(right as u64), words::count(scored as u64)),
    }
}

fn tip(same: &SameExample) -> String {
    let mut lines = vec!["What other evaluations made of this example".to_owned()];
    lines.extend(same.rule.map(|rule| format!("Right from {} on", words::value(rule.threshold))));
    if same.without > 0 {
        lines.push(format!("{} did not evaluate it", words::counted(same.without, "other evaluation")));
    }
    lines.join("\n")
}

/// `C4`, or what the run is called.
fn short_name(other: &OtherEvaluation) -> String {
    match &other.program {
        Some(program) => program.name.to_string(),
        None => words::one_line(&other.name, 24).into_owned(),
    }
}

/// The list: `✓ 0.87  ● C4 ★  eval_full_2   Open trace  Compare`.
pub(super) fn others_ui(ui: &mut Ui, scene: &mut Scene<'_>, own: &mut BesideMemory, tree: &TraceTree) {
    let known = own.told.same.clone();
    let Some(same) = known.as_deref().and_then(Option::as_ref) else { return };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        text_ui(ui, "The same example elsewhere", Type::Small, Tone::Muted);
        let tip = "The example over all evaluations, with every answer";
        if link(ui, "In the matrix →", Type::Small, Tone::Accent).on_hover_text(tip).clicked() {
            scene.go(matrix(same, own, tree));
        }
    });
    for other in same.others.iter().take(MOST) {
        ui.push_id(&other.of, |ui| row_ui(ui, own, other));
    }
    if same.others.len() > MOST {
        let more = words::counted(same.others.len() - MOST, "more evaluation");
        text_ui(ui, &format!("{more} in the matrix"), Type::Small, Tone::Muted);
    }
}

fn row_ui(ui: &mut Ui, own: &mut BesideMemory, other: &OtherEvaluation) {
    let cell = |ui: &mut Ui, width: f32, add: &mut dyn FnMut(&mut Ui)| {
        let room = vec2(width, size::CONTROL);
        ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(width);
            add(ui);
        });
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        cell(ui, SCORE, &mut |ui| {
            let (glyph, tone) = match other.is_right {
                Some(true) => (Glyph::Check, Tone::Good),
                Some(false) => (Glyph::Cross, Tone::Bad),
                None => (Glyph::Ring, Tone::Muted),
            };
            glyph.show(ui, tone);
            let text = other.score.map_or_else(|| "no score".to_owned(), words::value);
            text_ui(ui, &text, Type::Value, tone);
        });
        if let Some(program) = &other.program {
            cell(ui, PROGRAM, &mut |ui| {
                name_ui(ui, program.name, Type::BodyMedium);
            });
        }
        // Of prompts that were tried within one run no trace is told apart.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_S;
            if other.of.prompt.is_none() {
                if ui.add(Chip::button("Compare")).on_hover_text("This trace beside that one").clicked()
                    && let Some(trace) = own.trace.clone()
                {
                    own.wanted.compare(trace, other.of.clone(), other.row);
                }
                if ui.add(Chip::button("Open trace")).on_hover_text("Its trace of this example").clicked() {
                    own.wanted.open(other.of.clone(), other.row);
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = if other.name.is_empty() { other.of.run.as_str() } else { &other.name };
                if link(ui, name, Type::Small, Tone::Muted).on_hover_text("Its trace of this example").clicked() {
                    own.wanted.open(other.of.clone(), other.row);
                }
            });
        });
    });
}
