//! The program of a candidate: instructions as text, fields with their types, demos.

use std::sync::Arc;

use egui::{Align, Frame, Margin, Rect, Sense, Ui, vec2};

use super::{Candidate, sentence_ui};
use crate::loader::{
    DemoOrigin, Lane, PreparedDemo, PreparedPredictor, PreparedProgram, ProgramOf, ProgramStateOf, Text,
};
use crate::model::{Field, predictor_title};
use crate::state::Action;
use crate::views::body::Body;
use crate::views::body::text::{Block, Face, TextMemory, text_block_ui};
use crate::views::demos::{demo_kind, demos_heading, origin, origin_sentence};
use crate::views::field_words;
use crate::views::parts::{link, slot_ui};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::row_text;
use crate::widgets::section::{section_ui, text_ui};
use crate::widgets::theme::focus_ring;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// What is remembered of the program that is shown.
#[derive(Default)]
pub(super) struct ProgramPart {
    shown: Option<Arc<Option<PreparedProgram>>>,
    predictors: Vec<PredictorMemory>,
}

#[derive(Default)]
struct PredictorMemory {
    text: TextMemory,
    /// The demo that is shown whole.
    open: Option<usize>,
    demo: TextMemory,
}

/// One row of a field.
const FIELD: f32 = 24.0;

pub(super) fn program_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ProgramPart, candidate: Candidate<'_>) {
    // What traces tell of it takes longer.
    let state = scene.loader.ask(&ProgramStateOf(candidate.run().clone()), Lane::Selection);
    let whole = scene.loader.ask(&ProgramOf { run: candidate.run().clone(), best: false }, Lane::Visible);
    let slot = if whole.value().is_some() { whole } else { state };
    let Some(found) = slot_ui(ui, scene, &slot, "The program", size::LINE) else { return };
    let Some(prepared) = found.as_ref() else {
        sentence_ui(ui, "No program was saved with its evaluations");
        return;
    };
    if memory.shown.as_ref().is_none_or(|known| !Arc::ptr_eq(known, found)) {
        *memory = ProgramPart { shown: Some(Arc::clone(found)), predictors: Vec::new() };
    }
    memory.predictors.resize_with(prepared.predictors.len(), PredictorMemory::default);
    if !prepared.program.complete {
        sentence_ui(ui, prepared.program.incomplete());
    }
    let parts = prepared.program.predictors.iter().zip(&prepared.predictors).zip(&mut memory.predictors);
    for (at, ((predictor, shown), memory)) in parts.enumerate() {
        ui.push_id(at, |ui| {
            predictor_ui(ui, scene, memory, (predictor_title(&predictor.path), &predictor.fields, shown));
        });
    }
}

fn predictor_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut PredictorMemory,
    (title, fields, shown): (&str, &[Field], &PreparedPredictor),
) {
    let text = match (&shown.module_src, &shown.instructions) {
        (Some(source), _) => Some(("source", source, Face::Value)),
        (None, Some(text)) => Some(("instructions", text, Face::Prose)),
        (None, None) => None,
    };
    if let Some((what, text, face)) = text {
        heading_ui(ui, scene, &format!("{title} · {what}"), text);
        let body = Body { id: "candidate text", label: "Instructions", text };
        text_block_ui(ui, scene, &mut memory.text, body, Block { face, most_lines: usize::MAX, offer: None });
    } else {
        section_ui(ui, &format!("{title} · no instructions: a part without a signature"));
    }
    if !fields.is_empty() {
        ui.add_space(size::GAP_S);
        section_ui(ui, "Fields");
        fields.iter().for_each(|field| field_ui(ui, field));
    }
    if !shown.demos.is_empty() {
        ui.add_space(size::GAP_S);
        let made = shown.demos.iter().filter(|demo| demo.is_bootstrapped).count();
        section_ui(ui, &demos_heading(shown.demos.len(), made));
        for at in 0..shown.demos.len() {
            demo_ui(ui, scene, memory, shown, at);
        }
    }
    ui.add_space(size::GAP_M);
}

fn heading_ui(ui: &mut Ui, scene: &mut Scene<'_>, title: &str, text: &Text) {
    ui.horizontal(|ui| {
        text_ui(ui, title, Type::Caption, Tone::Muted);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if link(ui, "Copy", Type::Small, Tone::Muted).on_hover_text("Copy all of it").clicked() {
                scene.act(Action::Copy(text.text().to_string()));
            }
        });
    });
}

/// So much of a field's line its name and direction take at most, where it has a type.
const NAME_SHARE: f32 = 0.58;

/// `ticket in                     str`
fn field_ui(ui: &mut Ui, field: &Field) {
    let tokens = Tokens::of(ui);
    let name = field.name.as_deref().or(field.prefix.as_deref()).unwrap_or(words::UNKNOWN);
    let kind = field.type_.as_deref().unwrap_or_default();
    let direction = field_words::direction(field).unwrap_or_default();
    let sources = [&field.name_source, &field.direction_source, &field.type_source];
    let mut reasons: Vec<String> = vec![kind.to_owned()];
    reasons.extend(sources.iter().map(|source| field_words::reason(source.as_ref())));
    reasons.dedup();
    reasons.extend(field.description.clone());
    if !field.fitted.is_empty() {
        reasons.push(field_words::fitted(field));
    }
    reasons.retain(|reason| !reason.is_empty());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), FIELD), Sense::hover());
    let said = [name, direction, kind].join(" ");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, said.trim()));
    // The name gives way to the type where there is not room for both.
    let share = if kind.is_empty() { 1.0 } else { NAME_SHARE };
    let left = rect.with_max_x(rect.left() + rect.width() * share);
    let written = row_text::paint(ui.painter(), left, name, Type::Value, tokens.text1, Align::Min);
    let mut end = written.right();
    if !direction.is_empty() {
        let at = rect.with_min_x(written.right() + size::GAP_S).with_max_x(left.right());
        let mut chip = ui.new_child(egui::UiBuilder::new().id_salt(("direction", name)).max_rect(at));
        end = chip.add(Chip::new(direction)).rect.right();
    }
    let right = rect.with_min_x(end + size::GAP_S);
    row_text::paint(ui.painter(), right, kind, Type::Value, tokens.text2, Align::Max);
    if !reasons.is_empty() {
        response.on_hover_text(reasons.join("\n"));
    }
}

/// A demo in two lines; a click shows all of it.
fn demo_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut PredictorMemory, shown: &PreparedPredictor, at: usize) {
    let Some(demo) = shown.demos.get(at) else { return };
    let tokens = Tokens::of(ui);
    let is_open = memory.open == Some(at);
    let frame = Frame::new()
        .fill(tokens.bg_window)
        .stroke((size::RULE, tokens.line))
        .corner_radius(size::RADIUS)
        .inner_margin(Margin::symmetric(10, 6));
    let card = frame.show(ui, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 2.0 * size::LINE + 2.0), Sense::hover());
        lines_ui(ui, rect, shown, demo, at);
        if is_open {
            let body = Body { id: "candidate demo", label: "Demo", text: &demo.whole };
            let block = Block { face: Face::Prose, most_lines: usize::MAX, offer: None };
            ui.add_space(size::GAP_XS);
            text_block_ui(ui, scene, &mut memory.demo, body, block);
        }
        rect
    });
    let response = ui.interact(card.inner.expand2(vec2(10.0, 6.0)), ui.scope_id().with(("demo", at)), Sense::click());
    let said = format!("Demo {}, {}: {}", at + 1, demo_kind(demo.is_bootstrapped), first_of(shown, demo).1);
    response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Button, true, is_open, &said));
    if response.has_focus() {
        focus_ring(ui.painter(), card.response.rect, tokens);
    }
    if response.clicked() {
        memory.open = (!is_open).then_some(at);
    }
    response.on_hover_text(format!("{}\nClick to read all of it", origin_sentence(&demo.origin)));
    ui.add_space(size::GAP_XS);
}

/// Its first value and its last, each by its column.
fn first_of<'a>(shown: &'a PreparedPredictor, demo: &'a PreparedDemo) -> (&'a str, &'a str) {
    let mut known =
        shown.demo_columns.iter().zip(&demo.cells).filter_map(|(name, cell)| Some((&**name, cell.as_deref()?)));
    known.next().unwrap_or_default()
}

fn last_of<'a>(shown: &'a PreparedPredictor, demo: &'a PreparedDemo) -> Option<(&'a str, &'a str)> {
    let known = shown.demo_columns.iter().zip(&demo.cells).filter_map(|(name, cell)| Some((&**name, cell.as_deref()?)));
    known.skip(1).last()
}

fn lines_ui(ui: &Ui, rect: Rect, shown: &PreparedPredictor, demo: &PreparedDemo, at: usize) {
    let tokens = Tokens::of(ui);
    let (first, second) = rect.split_top_bottom_at_y(rect.center().y);
    let number = row_text::paint(ui.painter(), first, &format!("{}", at + 1), Type::Value, tokens.text2, Align::Min);
    let text = first.with_min_x(number.right() + size::GAP_S);
    row_text::paint(ui.painter(), text, first_of(shown, demo).1, Type::Body, tokens.text1, Align::Min);
    let from = match &demo.origin {
        DemoOrigin::Unknown => demo_kind(demo.is_bootstrapped).to_owned(),
        known => format!("{} of trainset", origin(known)),
    };
    let right = row_text::paint(ui.painter(), second, &from, Type::Small, tokens.text2, Align::Max);
    if let Some((name, value)) = last_of(shown, demo) {
        let room = second.with_max_x((right.left() - size::GAP_S).max(second.left()));
        let name = row_text::paint(ui.painter(), room, name, Type::Small, tokens.text2, Align::Min);
        let value = words::one_line(value, 200);
        let room = room.with_min_x((name.right() + size::GAP_XS).min(room.right()));
        row_text::paint(ui.painter(), room, &value, Type::Value, tokens.text1, Align::Min);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_is_told_by_its_first_value_and_its_last() {
        let demo = |cells: &[Option<&str>]| PreparedDemo {
            is_bootstrapped: true,
            origin: DemoOrigin::Row(2),
            cells: cells.iter().map(|cell| cell.map(str::to_owned)).collect(),
            whole: Text::new(""),
        };
        let shown = PreparedPredictor {
            instructions: None,
            module_src: None,
            demo_columns: ["ticket", "reasoning", "queue"].map(str::to_owned).into(),
            demos: Vec::new(),
            lm: Vec::new(),
            rest: None,
        };
        let whole = demo(&[Some("Where?"), None, Some("billing")]);
        assert_eq!(
            (first_of(&shown, &whole), last_of(&shown, &whole)),
            (("ticket", "Where?"), Some(("queue", "billing")))
        );
        let one = demo(&[None, Some("why"), None]);
        assert_eq!((first_of(&shown, &one), last_of(&shown, &one)), (("reasoning", "why"), None));
    }
}
