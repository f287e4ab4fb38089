//! An agent, step by step: what it was asked, what it thought, did and saw, what it answered.

use std::collections::{HashMap, HashSet};

use egui::{Rect, Ui, pos2, vec2};

use super::fields::{INPUTS, OUTPUTS, field_ui, find_ui, named_fields_ui};
use super::parts_ui::{failure_ui, head_ui, label_ui};
use super::{DetailsMemory, Focused};
use crate::loader::{
    AgentOf, Foldable, Lane, Observation, PreparedAction, PreparedAgent, PreparedBody, PreparedCall, PreparedField,
    PreparedFields, PreparedStep, Text,
};
use crate::model::dspy::agents::TRAJECTORY;
use crate::query::steps::{Finding, FindingKind};
use crate::state::Action;
use crate::views::body::page::{TextsMemory, Titles};
use crate::views::body::text::Face;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::spans::span_ref;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{section_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// The title above the steps.
const STEPS: &str = "Steps";
/// About how high a step is that was not drawn yet.
const UNSEEN: f32 = 120.0;
/// An input of more bytes is not shown above the steps.
const LONG_INPUT: usize = 600;
/// What an agent hands on beside its answer, which its steps tell.
const TOLD_AS_STEPS: [&str; 2] = [TRAJECTORY, "history"];

/// How high steps are, each by the width at which it was drawn.
#[derive(Default)]
pub(super) struct StepsMemory {
    /// Whose they are: the number of any of its texts, and how wide it is.
    of: (u64, i32),
    heights: HashMap<usize, f32>,
    /// Long texts that are shown whole, by their numbers.
    open: HashSet<u64>,
}

pub(super) fn steps_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DetailsMemory,
    one: Focused<'_>,
    body: &PreparedBody,
) {
    let slot = scene.loader.ask(&AgentOf(one.trace.clone(), one.ordinal), Lane::Selection);
    let Some(answer) = slot_ui(ui, scene, &slot, "The steps", size::LINE) else { return };
    let Some(agent) = answer.as_ref() else { return };
    let parts = [&body.inputs, &body.outputs].map(|part| part.iter().flat_map(told_fields).collect::<Vec<_>>());
    let [inputs, outputs] = &parts;
    // What is found is shown: long inputs are not.
    let mut texts: Vec<&Text> = inputs.iter().map(|field| &field.text).filter(|text| !is_long(text)).collect();
    texts.extend(agent.texts());
    texts.extend(outputs.iter().map(|field| &field.text));
    let source = texts.first().map_or(0, |text| text.id());
    find_ui(ui, scene, memory, one, (source, &texts));
    ui.add_space(size::GAP_XS);
    summary_ui(ui, agent);
    findings_ui(ui, agent);
    let DetailsMemory { texts, steps, .. } = memory;
    texts.show(ui, source, |ui, texts, titles| {
        ui.spacing_mut().interact_size.y = size::LINE;
        if !inputs.is_empty() {
            let title = section_ui(ui, INPUTS);
            titles.begin(ui, INPUTS, title.rect);
            for (at, field) in inputs.iter().enumerate() {
                // What it was given to work on may be a book: the steps are to be seen.
                if is_long(&field.text) {
                    let bytes = words::bytes(field.text.bytes() as u64);
                    let name = words::one_line(&field.name, 80);
                    text_ui(ui, &format!("{name}: {bytes}, see Fields"), Type::Small, Tone::Muted);
                } else {
                    ui.push_id(("in", at), |ui| field_ui(ui, scene, texts, field));
                }
            }
        }
        list_ui(ui, scene, (texts, titles), (steps, source), (one, agent));
        let title = section_ui(ui, OUTPUTS);
        titles.begin(ui, OUTPUTS, title.rect);
        if outputs.is_empty() {
            let text =
                if one.span.status == "ERROR" { "No answer: this span failed" } else { "No answer was recorded" };
            text_ui(ui, text, Type::Small, Tone::Muted);
        }
        outputs.iter().enumerate().for_each(|(at, field)| {
            ui.push_id(("out", at), |ui| field_ui(ui, scene, texts, field));
        });
    });
}

fn is_long(input: &Text) -> bool {
    input.bytes() > LONG_INPUT
}

/// The fields that the steps do not tell already.
fn told_fields(part: &PreparedFields) -> impl Iterator<Item = &PreparedField> {
    part.fields.iter().filter(|field| !TOLD_AS_STEPS.contains(&&*field.name))
}

/// `ReAct · 4 steps`
fn summary_ui(ui: &mut Ui, agent: &PreparedAgent) {
    let count = words::counted(agent.steps.len(), "step");
    let inferred = if agent.is_inferred { ", inferred from its outputs" } else { "" };
    let text = format!("{}{inferred} · {count}", agent.kind.name());
    text_ui(ui, &text, Type::Small, Tone::Muted);
}

/// What went wrong, though the agent may have answered: each in a line of its own.
fn findings_ui(ui: &mut Ui, agent: &PreparedAgent) {
    /// No more are told above the steps, which tell them, too.
    const MOST: usize = 4;
    for finding in agent.findings.iter().take(MOST) {
        let (glyph, tone) = mark(finding);
        let step = finding.step.map(|step| format!("step {}: ", words::count(step as u64))).unwrap_or_default();
        let text = words::sentence(&format!("{step}{}", words::one_line(&finding.text, 300)));
        failure_ui(ui, (glyph, tone), &text);
    }
    let more = agent.findings.len().saturating_sub(MOST);
    if more > 0 {
        text_ui(ui, &format!("… and {} more", words::count(more as u64)), Type::Small, Tone::Muted);
    }
    ui.add_space(size::GAP_XS);
}

fn mark(finding: &Finding) -> (Glyph, Tone) {
    match finding.kind {
        FindingKind::ActionFailed | FindingKind::NoDecision => (Glyph::Cross, Tone::Bad),
        FindingKind::OutOfSteps | FindingKind::HistoryCut => (Glyph::Warning, Tone::Warn),
    }
}

/// The steps; those out of sight are not drawn.
fn list_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    (texts, titles): (&mut TextsMemory, &mut Titles),
    (memory, source): (&mut StepsMemory, u64),
    (one, agent): (Focused<'_>, &PreparedAgent),
) {
    let title = section_ui(ui, STEPS);
    titles.begin(ui, STEPS, title.rect);
    if agent.steps.is_empty() {
        text_ui(ui, "No step was recorded", Type::Small, Tone::Muted);
        return;
    }
    let width = ui.available_width();
    if std::mem::replace(&mut memory.of, (source, width as i32)) != memory.of {
        memory.heights.clear();
    }
    // What is gone to may be anywhere.
    let draws_all = texts.goes_to().is_some();
    for (at, step) in agent.steps.iter().enumerate() {
        let top = ui.cursor().top();
        let height = memory.heights.get(&at).copied().unwrap_or(UNSEEN);
        let place = Rect::from_min_size(pos2(ui.cursor().left(), top), vec2(width, height));
        // A little more than what is seen, so that scrolling finds it there.
        let is_near = place.intersects(ui.clip_rect().expand2(vec2(0.0, 2.0 * UNSEEN)));
        if !is_near && !draws_all {
            ui.allocate_space(vec2(width, height));
            continue;
        }
        let page = &mut Page { scene, texts: &mut *texts, open: &mut memory.open, one };
        let drawn = ui.scope(|ui| ui.push_id(("step", at), |ui| step_ui(ui, page, step)));
        memory.heights.insert(at, drawn.response.rect.height());
    }
}

/// What drawing a step takes.
struct Page<'p, 's, 'o> {
    scene: &'p mut Scene<'s>,
    texts: &'p mut TextsMemory,
    open: &'p mut HashSet<u64>,
    one: Focused<'o>,
}

fn step_ui(ui: &mut Ui, page: &mut Page<'_, '_, '_>, step: &PreparedStep) {
    let number = format!("Step {}", words::count(step.number as u64));
    let tone = if step.is_failed { Tone::Bad } else { Tone::Neutral };
    if head_ui(ui, (&number, &step.title, tone), &step.figures, step.span.is_some()) {
        go_to(page, step.span);
    }
    ui.indent("step", |ui| {
        if let Some(thought) = &step.thought {
            folded_ui(ui, page, ("Thought", thought), Face::Prose);
        }
        for (at, action) in step.actions.iter().enumerate() {
            ui.push_id(at, |ui| action_ui(ui, page, action, &step.calls));
        }
        if step.actions.is_empty() {
            calls_ui(ui, page, &step.calls);
            if step.thought.is_none() {
                text_ui(ui, "Nothing of this step was recorded", Type::Small, Tone::Muted);
            }
        }
    });
    ui.add_space(size::GAP_S);
}

fn action_ui(ui: &mut Ui, page: &mut Page<'_, '_, '_>, action: &PreparedAction, calls: &[PreparedCall]) {
    ui.add_space(size::GAP_XS);
    if let Some(tool) = &action.tool {
        let name = words::one_line(tool, 60);
        match action.span {
            Some(span) => {
                let chip = Chip::button(&name).glyph(Glyph::Arrow, Tone::Muted);
                if ui.add(chip).on_hover_text("Go to its span").clicked() {
                    go_to(page, Some(span));
                }
            }
            None => {
                ui.add(Chip::new(&name)).on_hover_text("This call has no span of its own");
            }
        }
    }
    if let Some(arguments) = &action.arguments {
        ui.push_id("arguments", |ui| named_fields_ui(ui, page.scene, page.texts, arguments));
    }
    if let Some(code) = &action.code {
        label_ui(ui, "code");
        folded_ui(ui, page, ("Code", code), Face::Value);
        calls_ui(ui, page, calls);
    }
    if let Some(error) = &action.error {
        let text = if error.is_empty() { "Failed".to_owned() } else { format!("Failed: {error}") };
        failure_ui(ui, (Glyph::Cross, Tone::Bad), &text);
    }
    match &action.observation {
        Some(Observation::Text(text)) => {
            label_ui(ui, "observation");
            folded_ui(ui, page, ("Observation", text), Face::Prose);
        }
        Some(Observation::Fields(fields)) => {
            label_ui(ui, "observation");
            ui.push_id("observation", |ui| named_fields_ui(ui, page.scene, page.texts, fields));
        }
        None => {}
    }
}

/// What the code of a step called, which stands beside the agent's own predictors.
fn calls_ui(ui: &mut Ui, page: &mut Page<'_, '_, '_>, calls: &[PreparedCall]) {
    /// No more are offered in one step.
    const MOST: usize = 24;
    if calls.is_empty() {
        return;
    }
    label_ui(ui, "called meanwhile");
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_XS, size::GAP_XS);
        for call in calls.iter().take(MOST) {
            let (glyph, tone) = if call.is_failed { (Glyph::Cross, Tone::Bad) } else { (Glyph::Arrow, Tone::Muted) };
            let name = words::one_line(&call.name, 40);
            let chip = Chip::button(&name).note(&call.took).glyph(glyph, tone);
            if ui.add(chip).on_hover_text("Go to its span").clicked() {
                go_to(page, Some(call.span));
            }
        }
        let more = calls.len().saturating_sub(MOST);
        if more > 0 {
            text_ui(ui, &format!("… and {} more", words::count(more as u64)), Type::Small, Tone::Muted);
        }
    });
}

/// A text, a long one by its beginning until somebody wants all of it or looks for something in it.
fn folded_ui(ui: &mut Ui, page: &mut Page<'_, '_, '_>, (label, text): (&str, &Foldable), face: Face) {
    let is_whole = page.texts.is_searching() || page.open.contains(&text.all.id());
    let shown = text.head.as_ref().filter(|_| !is_whole).unwrap_or(&text.all);
    page.texts.text_ui(ui, page.scene, (label, shown), face);
    if text.head.is_none() || page.texts.is_searching() {
        return;
    }
    let all = format!("Show all {}", words::counted(text.lines, "line"));
    if ui.add(Chip::button(if is_whole { "Show less" } else { &all })).clicked() {
        if is_whole {
            page.open.remove(&text.all.id());
        } else {
            page.open.insert(text.all.id());
        }
    }
}

/// The tree goes to a span.
fn go_to(page: &mut Page<'_, '_, '_>, span: Option<usize>) {
    if let Some(to) = span.and_then(|span| span_ref(page.one.tree, span)) {
        page.scene.act(Action::FocusSpan(Some(to)));
    }
}
