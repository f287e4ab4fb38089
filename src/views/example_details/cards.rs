//! What evaluations answered to an example: the selected one in full, the others as cards.

use std::sync::Arc;

use egui::{Align, Frame, Label, Layout, Margin, RichText, Ui};

use super::fields::FieldsMemory;
use super::{Example, ExampleDetailsMemory};
use crate::loader::Lane;
use crate::model::EvaluationId;
use crate::model::program::Object;
use crate::query::{ExampleCell, ExampleCellOf, NoTrace, ScoreColumn, TraceLink, TracesOfExamples};
use crate::state::{Action, RunTab};
use crate::views::costs::{about_trace, cost_of_example, of_trace};
use crate::views::example_words::{answered, asked};
use crate::views::parts::link;
use crate::views::program_name::name_ui;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// So many cards stand there at first.
const CARDS: usize = 24;
/// Of feedback a card shows so many characters.
const FEEDBACK: usize = 400;
/// While a card is not on screen its answer is not read; it is about so high.
const CARD: f32 = 84.0;

/// What is remembered of the selected evaluation.
#[derive(Default)]
pub(super) struct SelectedMemory {
    of: Option<EvaluationId>,
    cell: Option<Arc<Option<ExampleCell>>>,
    answer: FieldsMemory,
    rest: FieldsMemory,
    shows_rest: bool,
}

impl SelectedMemory {
    /// For another answer.
    pub fn emptied(&self) -> Self {
        Self { shows_rest: self.shows_rest, ..Self::default() }
    }
}

/// An evaluation that has the example.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    /// Its place among the columns.
    pub column: usize,
    pub evaluation: &'a ScoreColumn,
    /// The row of the example in it.
    pub row: usize,
    pub score: Option<f64>,
}

impl Cell<'_> {
    fn asked(&self) -> ExampleCellOf {
        ExampleCellOf { of: self.evaluation.id(), row: self.row }
    }
}

/// The selected evaluation: its answer whole, what was said to it, its trace.
pub(super) fn selected_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExampleDetailsMemory,
    example: Example<'_>,
    cell: Cell<'_>,
) {
    let of = cell.evaluation.id();
    let slot = scene.loader.ask(&cell.asked(), Lane::Selection);
    if memory.selected.of.as_ref() != Some(&of) {
        memory.selected = SelectedMemory { of: Some(of), ..memory.selected.emptied() };
    }
    if let Some(found) = slot.value() {
        memory.selected.cell = Some(Arc::clone(found));
    }
    card_ui(ui, true, |ui| {
        head_ui(ui, scene, example, cell, None);
        let told = memory.selected.cell.clone();
        let Some(told) = told.as_deref().and_then(Option::as_ref) else {
            let text = slot.error().map_or_else(|| "Reading…".to_owned(), ToString::to_string);
            text_ui(ui, &text, Type::Small, Tone::Muted);
            return;
        };
        match &told.answer {
            Some(answer) => {
                let (inputs, expected) = example.scores.parted(&example.one.example);
                let asked = asked(&inputs, &expected, &answer.fields);
                let rest = answer.fields.iter().filter(|(name, _)| !asked.contains_key(*name));
                let rest: Object = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
                memory.selected.answer.show(ui, scene, "answer", &asked);
                if !rest.is_empty() {
                    rest_ui(ui, scene, &mut memory.selected, &rest);
                }
            }
            None => {
                text_ui(ui, "What was answered is not known", Type::Small, Tone::Muted);
            }
        }
        scores_ui(ui, told);
        for (who, said) in &told.feedback {
            feedback_ui(ui, who, said, usize::MAX);
        }
        source_ui(ui, told);
        trace_ui(ui, scene, memory, cell);
    });
}

/// What was answered and not asked for, as reasoning: shown when somebody wants to read it.
fn rest_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SelectedMemory, rest: &Object) {
    let names: Vec<&str> = rest.keys().map(String::as_str).collect();
    let text = words::one_line(&names.join(", "), 60).into_owned();
    if ui.add(Chip::toggle(&text, memory.shows_rest)).on_hover_text("The rest of the answer").clicked() {
        memory.shows_rest = !memory.shows_rest;
    }
    if memory.shows_rest {
        memory.rest.show(ui, scene, "rest", rest);
    }
}

/// The trace of the selected cell, or why it cannot be told.
fn trace_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ExampleDetailsMemory, cell: Cell<'_>) {
    let slot = scene.loader.ask(&TracesOfExamples(cell.evaluation.id()), Lane::Visible);
    match slot.value().and_then(|links| links.get(cell.row).cloned()) {
        Some(TraceLink::Unknown(NoTrace::NoTraces)) => {
            text_ui(ui, "No trace: this evaluation has none", Type::Small, Tone::Muted);
        }
        Some(TraceLink::Unknown(why)) => {
            text_ui(ui, &format!("No trace: {why}"), Type::Small, Tone::Muted);
        }
        _ => open_ui(ui, Some(scene), memory, cell),
    }
}

/// The ways to the prompt and the trace, and what it cost; with no scene that is not asked.
fn open_ui(ui: &mut Ui, scene: Option<&mut Scene<'_>>, memory: &mut ExampleDetailsMemory, cell: Cell<'_>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_M;
        let tip = "The call of the model that wrote this answer, in its trace";
        if link(ui, "Prompt →", Type::Small, Tone::Accent).on_hover_text(tip).clicked() {
            memory.wanted.prompt(cell.evaluation.id(), cell.row);
        }
        if link(ui, "Open trace →", Type::Small, Tone::Accent).clicked() {
            memory.wanted.open(cell.evaluation.id(), cell.row);
        }
        let cost = scene.and_then(|scene| cost_of_example(scene, cell.evaluation.id(), cell.row));
        if let Some(cost) = cost.as_deref().and_then(Option::as_ref) {
            text_ui(ui, &of_trace(cost), Type::Small, Tone::Muted).on_hover_text(about_trace(cost).join("\n"));
        }
    });
}

/// What the others answered. What is not on screen is not read.
pub(super) fn cards_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ExampleDetailsMemory,
    example: Example<'_>,
    others: &[Cell<'_>],
) {
    let most = if memory.shows_all { others.len() } else { CARDS };
    for cell in others.iter().take(most) {
        let top = ui.cursor().top();
        let is_near = top < ui.clip_rect().bottom() && top + CARD > ui.clip_rect().top();
        if is_near && let Some(told) = scene.loader.ask(&cell.asked(), Lane::Visible).value() {
            memory.others.insert(cell.column, Arc::clone(told));
        }
        // It keeps its height when it is scrolled away.
        let told = memory.others.get(&cell.column).cloned();
        card_ui(ui, false, |ui| {
            let select = Some(example.place);
            head_ui(ui, scene, example, *cell, select);
            let told = told.as_deref().and_then(Option::as_ref);
            match told.map(|told| (&told.answer, told)) {
                Some((Some(answer), _)) => {
                    let (inputs, expected) = example.scores.parted(&example.one.example);
                    wrapped_ui(ui, &answered(&inputs, &expected, &answer.fields), Type::Value, Tone::Neutral);
                }
                Some((None, _)) => {
                    text_ui(ui, "What was answered is not known", Type::Small, Tone::Muted);
                }
                None => {
                    text_ui(ui, "…", Type::Small, Tone::Muted);
                }
            }
            if let Some(told) = told {
                scores_ui(ui, told);
                for (who, said) in told.feedback.iter().take(2) {
                    feedback_ui(ui, who, said, FEEDBACK);
                }
            }
            // Of prompts that were tried within one run no trace is told apart.
            if cell.evaluation.prompt.is_none() {
                // Of those that are not to be seen nothing is asked.
                let seen = is_near.then_some(&mut *scene);
                open_ui(ui, seen, memory, *cell);
            }
        });
    }
    if others.len() > most {
        let text = format!("Show all {}", words::count(others.len() as u64));
        if ui.add(Chip::button(&text)).clicked() {
            memory.shows_all = true;
        }
    }
}

fn card_ui(ui: &mut Ui, is_selected: bool, add: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui);
    let line = if is_selected { tokens.accent } else { tokens.line };
    Frame::new()
        .fill(tokens.bg_window)
        .stroke((size::RULE, line))
        .corner_radius(size::RADIUS)
        .inner_margin(Margin::symmetric(10, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = size::GAP_XS;
            add(ui);
        });
    ui.add_space(size::GAP_XS);
}

/// `● C4 ★ · eval_full_2                    ✓ 1`; the name of another one selects it.
fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, example: Example<'_>, cell: Cell<'_>, selects: Option<usize>) {
    let run = &cell.evaluation.run_id;
    let title = match cell.evaluation.run_name.as_str() {
        "" => run.as_str(),
        name => name,
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        if let Some(program) = &cell.evaluation.program {
            name_ui(ui, program.name, Type::BodyMedium);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            score_ui(ui, example, cell.score);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| match selects {
                Some(place) => {
                    let tip = "Show this answer in full";
                    if link(ui, title, Type::Small, Tone::Muted).on_hover_text(tip).clicked() {
                        scene.act(Action::ShowRunTab(select(scene, place, cell.evaluation.id())));
                    }
                }
                None => {
                    let text = words::one_line(title, 80);
                    let rich = RichText::new(text.as_ref()).font(Type::Small.font());
                    ui.add(Label::new(rich.color(Tokens::of(ui).text2)).truncate());
                }
            });
        });
    });
}

/// The tab with another evaluation selected; which examples are listed stays.
fn select(scene: &Scene<'_>, place: usize, of: EvaluationId) -> RunTab {
    let only = match scene.place() {
        crate::state::Place::Run { tab: Some(RunTab::Examples { only, .. }), .. } => only.clone(),
        _ => None,
    };
    RunTab::Examples { example: Some(place), evaluation: Some(of), only }
}

/// `✓ 1`
fn score_ui(ui: &mut Ui, example: Example<'_>, score: Option<f64>) {
    let rule = example.rule;
    let (text, tone) = match score.zip(rule) {
        Some((score, rule)) if rule.is_right(score) => (words::value(score), Tone::Good),
        Some((score, _)) => (words::value(score), Tone::Bad),
        None => ("no score".to_owned(), Tone::Muted),
    };
    text_ui(ui, &text, Type::Value, tone);
    match tone {
        Tone::Good => Glyph::Check.show(ui, Tone::Good),
        Tone::Bad => Glyph::Cross.show(ui, Tone::Bad),
        _ => return,
    };
}

/// `label 1 · tone 0.25`: the parts of a score.
fn scores_ui(ui: &mut Ui, told: &ExampleCell) {
    if !told.scores.is_empty() {
        let parts: Vec<String> =
            told.scores.iter().map(|(name, score)| format!("{name} {}", words::value(*score))).collect();
        wrapped_ui(ui, &parts.join(" · "), Type::ValueSmall, Tone::Muted);
    }
}

fn feedback_ui(ui: &mut Ui, who: &str, said: &str, most: usize) {
    let said = words::ellipsize_graphemes(said.trim(), most.min(4_000));
    let text = if who.is_empty() { said.into_owned() } else { format!("{who}: {said}") };
    wrapped_ui(ui, &text, Type::Small, Tone::Muted);
}

/// What is to be known where no table told score or answer.
fn source_ui(ui: &mut Ui, told: &ExampleCell) {
    let mut said: Vec<String> = Vec::new();
    if let Some(source) = told.source.as_str().filter(|_| !matches!(told.source, crate::query::ScoreSource::Table)) {
        said.push(format!("score from {source}"));
    }
    if told.is_from_trace {
        said.push("answer from its trace".to_owned());
    }
    if !said.is_empty() {
        text_ui(ui, &words_of(&said.join(", ")), Type::Small, Tone::Faint);
    }
}

fn words_of(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn wrapped_ui(ui: &mut Ui, text: &str, cut: Type, tone: Tone) {
    let color = tone.color(Tokens::of(ui));
    ui.add(Label::new(RichText::new(text).font(cut.font()).color(color)).wrap());
}
