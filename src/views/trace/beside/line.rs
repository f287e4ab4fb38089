//! The line that is always there: score, program, turn, the same example elsewhere.

use egui::{Align, Layout, Ui, vec2};

use super::{BesideMemory, fact_ui, others, turn};
use crate::loader::TraceTree;
use crate::query::{TraceExample, TraceProgram};
use crate::state::{Place, RunTab};
use crate::views::command::{Command, SpanCommand};
use crate::views::costs::{about_sum, told as told_cost};
use crate::views::parts::{link, short_id};
use crate::views::program_name::name_ui;
use crate::views::scene::Scene;
use crate::widgets::chips::{self, Chip};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// Narrower, the ways to other turns are icons.
const WORDS_FROM: f32 = 560.0;
/// What the mark of a program needs, with the gap behind it.
const MARK: f32 = 26.0;

pub(super) fn line_ui(ui: &mut Ui, scene: &mut Scene<'_>, own: &mut BesideMemory, tree: &TraceTree, is_open: bool) {
    let is_narrow = ui.max_rect().width() < WORDS_FROM;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_S, size::GAP_XS);
        if own.told.has_below(tree) {
            let (text, tip) = match is_open {
                true => ("Less", "Hide what was expected and what was judged"),
                false => ("More", "What was expected, what was answered, what was judged"),
            };
            let glyph = if is_open { Glyph::FoldOpen } else { Glyph::FoldClosed };
            if ui.add(Chip::button(text).glyph(glyph, Tone::Muted).bare(true)).on_hover_text(tip).clicked() {
                own.is_open = Some(!is_open);
            }
        }
        if let Some(example) = own.told.example() {
            score_ui(ui, example, own.told.same().and_then(|same| same.is_right));
        }
        if let Some(program) = own.told.program() {
            program_ui(ui, scene, program, tree);
        }
        let assessments = tree.head.assessments.len();
        if own.told.example().is_none() && assessments > 0 {
            fact_ui(ui, &words::counted(assessments, "assessment"), Tone::Muted);
        }
        session_ui(ui, scene, own, is_narrow);
        others::chips_ui(ui, own, tree);
    });
}

/// `✕ score 0.13`, with where it was read.
fn score_ui(ui: &mut Ui, example: &TraceExample, is_right: Option<bool>) {
    let text = match example.score {
        Some(score) => format!("score {}", words::value(score)),
        None => "no score".to_owned(),
    };
    let chip = match is_right.filter(|_| example.score.is_some()) {
        Some(true) => Chip::new(&text).glyph(Glyph::Check, Tone::Good),
        Some(false) => Chip::new(&text).glyph(Glyph::Cross, Tone::Bad),
        None => Chip::new(&text),
    };
    let note = example.source.as_str().unwrap_or_default();
    let mut tip =
        vec![format!("Row {} of its evaluation, {}", words::count(example.row as u64 + 1), example.source.words())];
    tip.extend(example.unsure.map(|why| format!("{why}: the row with the same inputs is told")));
    tip.extend(example.parts.iter().map(|(name, score)| format!("{name} {}", words::value(*score))));
    let tip = tip.join("\n");
    ui.add(chip.note(note)).on_hover_text(tip.as_str());
    if example.unsure.is_some() {
        fact_ui(ui, "not certain", Tone::Faint).on_hover_text(tip);
    }
}

/// `● C4 ★ eval_full_2`, which leads to the page of the program.
fn program_ui(ui: &mut Ui, scene: &mut Scene<'_>, program: &TraceProgram, tree: &TraceTree) {
    let name = if program.run_name.is_empty() { short_id(program.run.as_str()) } else { program.run_name.clone() };
    let text = words::one_line(&name, 40);
    let wide =
        |ui: &Ui, text: &str, cut: Type| row_text::layout(ui.painter(), text, cut.font(), 400.0).size().x + size::GAP_S;
    let marked = program.named.as_ref().map_or(String::new(), |named| named.name.marked());
    let mut width = wide(ui, &text, Type::Small);
    if !marked.is_empty() {
        width += MARK + wide(ui, &marked, Type::BodyMedium);
    }
    if program.inferred.is_some() {
        width += wide(ui, "inferred", Type::Small);
    }
    // Together on one line, as high as the chips.
    let room = vec2(width.ceil(), chips::HEIGHT);
    ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        if let Some(named) = &program.named {
            name_ui(ui, named.name, Type::BodyMedium);
        }
        let mut tip = vec![match &program.inferred {
            Some(why) => format!("Inferred: {why}"),
            None => format!("The program that this run evaluated, from {}", program.source.as_str()),
        }];
        tip.push("Click to read it".to_owned());
        let leads = link(ui, &text, Type::Small, Tone::Accent).on_hover_text(tip.join("\n"));
        if program.inferred.is_some() {
            fact_ui(ui, "inferred", Tone::Faint).on_hover_text(tip.join("\n"));
        }
        if leads.clicked() {
            let experiment = Some(tree.head.row.experiment_id.clone());
            let tab = Some(RunTab::Program { predictor: None });
            scene.go(Place::Run { experiment, run: program.run.clone(), tab });
        }
    });
}

/// `turn 2 of 5`, and the ways to the turns beside it.
fn session_ui(ui: &mut Ui, scene: &mut Scene<'_>, own: &BesideMemory, is_narrow: bool) {
    let Some(found) = &own.turn else { return };
    let (position, turns) = (words::count(found.position as u64 + 1), words::count(found.turns as u64));
    let told = fact_ui(ui, &format!("turn {position} of {turns}"), Tone::Muted);
    told.on_hover_text(format!("Of the session {}, by start", words::one_line(&found.session, 80)));
    let sum = own.session_cost.as_deref().and_then(Option::as_ref);
    if let Some((sum, cost)) = sum.and_then(|sum| Some((sum, sum.cost?))) {
        fact_ui(ui, &format!("session {}", told_cost(cost)), Tone::Muted).on_hover_text(about_sum(sum));
    }
    for (command, name, is_forward, glyph, target) in [
        (SpanCommand::PreviousTurn, "Previous turn", false, Glyph::Back, &found.previous),
        (SpanCommand::NextTurn, "Next turn", true, Glyph::Forward, &found.next),
    ] {
        if target.is_none() {
            continue;
        }
        let key = Command::Spans(command).key_text(ui.ctx());
        let chip = Chip::button(name).glyph(glyph, Tone::Muted).key(&key).bare(is_narrow);
        if ui.add(chip).on_hover_text(command.tooltip()).clicked() {
            turn(scene, own, is_forward);
        }
    }
}
