//! What a span was given and gave back as titled fields, one under another.

use egui::Ui;

use super::reading::{Reading, offered};
use super::{DetailsMemory, Focused};
use crate::loader::{PreparedBody, PreparedField, PreparedFields, Text};
use crate::views::body::page::{TextsMemory, Titles};
use crate::views::body::text::Face;
use crate::views::parts::reveal_ui;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::empty::skeleton_rows_ui;
use crate::widgets::section::{section_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// The title above what it was given.
pub(super) const INPUTS: &str = "Inputs";
/// The title above what it gave back.
pub(super) const OUTPUTS: &str = "Outputs";
/// A value of no more bytes stands beside its name.
const SHORT: usize = 48;
/// From so many bytes on it is said how many there are.
const LONG: usize = 100_000;

pub(super) fn fields_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DetailsMemory,
    one: Focused<'_>,
    body: &PreparedBody,
) {
    let parts = [&body.inputs, &body.outputs];
    let texts: Vec<&Text> =
        parts.into_iter().flatten().flat_map(|part| &part.fields).map(|field| &field.text).collect();
    let source = texts.first().map_or(0, |text| text.id());
    find_ui(ui, scene, memory, one, (source, &texts));
    notes_ui(ui, scene, body);
    memory.texts.show(ui, source, |ui, texts, titles| {
        ui.spacing_mut().interact_size.y = size::LINE;
        let title = section_ui(ui, INPUTS);
        titles.begin(ui, INPUTS, title.rect);
        match &body.inputs {
            Some(part) => named_fields_ui(ui, scene, texts, part),
            None if body.is_beginning => skeleton_rows_ui(ui, 8, size::LINE),
            None => none_ui(ui, "No inputs were recorded for this span"),
        }
        ui.add_space(size::GAP_S);
        outputs_ui(ui, scene, (texts, titles), one, body);
    });
}

/// The search over the texts that are read. What was found by its marks or its keys stands in none of them: the raw
/// record has it.
pub(super) fn find_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DetailsMemory,
    one: Focused<'_>,
    (source, texts): (u64, &[&Text]),
) {
    let is_nowhere = memory.texts.find_ui(ui, scene, "span", (source, texts));
    if is_nowhere && ui.add(Chip::button("Look in the raw record")).clicked() {
        let wanted = memory.texts.looked_for();
        memory.raw.look_for(&wanted);
        memory.choices.choose(&offered(scene, one), Reading::Raw);
    }
}

/// What the span gave back, below whatever shows what it was given.
pub(super) fn outputs_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    (texts, titles): (&mut TextsMemory, &mut Titles),
    one: Focused<'_>,
    body: &PreparedBody,
) {
    let title = section_ui(ui, OUTPUTS);
    titles.begin(ui, OUTPUTS, title.rect);
    match &body.outputs {
        Some(part) => {
            if part.is_from_repr {
                let text = "Read from the repr of the prediction, which is all that was stored";
                text_ui(ui, text, Type::Small, Tone::Muted);
            }
            named_fields_ui(ui, scene, texts, part);
        }
        None if body.is_beginning => skeleton_rows_ui(ui, 8, size::LINE),
        None if one.span.status == "ERROR" => none_ui(ui, "No outputs: this span failed"),
        None if one.span.end_ns.is_none() => none_ui(ui, "No outputs yet: this span has not ended"),
        None => none_ui(ui, "No outputs were recorded for this span"),
    }
}

fn none_ui(ui: &mut Ui, text: &str) {
    text_ui(ui, text, Type::Small, Tone::Muted);
}

/// How much there is of it, and whether something is masked.
pub(super) fn notes_ui(ui: &mut Ui, scene: &mut Scene<'_>, body: &PreparedBody) {
    let bytes: usize = [&body.inputs, &body.outputs].into_iter().flatten().map(PreparedFields::bytes).sum();
    let has_masked = body.has_masked || scene.state.is_revealed;
    if !has_masked && !body.is_beginning && bytes < LONG {
        ui.add_space(size::GAP_XS);
        return;
    }
    ui.horizontal_wrapped(|ui| {
        if has_masked {
            reveal_ui(ui, scene);
        }
        if body.is_beginning {
            text_ui(ui, "The beginning; the rest is being read…", Type::Small, Tone::Muted);
        } else if bytes >= LONG {
            text_ui(ui, &words::bytes(bytes as u64), Type::Small, Tone::Muted);
        }
    });
    ui.add_space(size::GAP_XS);
}

/// Names with their values, one under another.
pub(super) fn named_fields_ui(ui: &mut Ui, scene: &mut Scene<'_>, texts: &mut TextsMemory, part: &PreparedFields) {
    for (at, field) in part.fields.iter().enumerate() {
        ui.push_id(at, |ui| field_ui(ui, scene, texts, field));
    }
}

/// A name with its value: short ones in one line.
pub(super) fn field_ui(ui: &mut Ui, scene: &mut Scene<'_>, texts: &mut TextsMemory, field: &PreparedField) {
    let face = if field.is_prose { Face::Prose } else { Face::Value };
    if field.name.is_empty() {
        texts.text_ui(ui, scene, ("Value", &field.text), face);
        return;
    }
    let text = field.text.text();
    let is_short = text.len() <= SHORT && !text.contains('\n');
    let name = words::one_line(&field.name, 80);
    if is_short {
        ui.horizontal(|ui| {
            text_ui(ui, &name, Type::Value, Tone::Accent);
            ui.add_space(size::GAP_XS);
            texts.text_ui(ui, scene, (&field.name, &field.text), face);
        });
    } else {
        text_ui(ui, &name, Type::Value, Tone::Accent);
        texts.text_ui(ui, scene, (&field.name, &field.text), face);
        ui.add_space(size::GAP_XS);
    }
}
