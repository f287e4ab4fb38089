//! All that was stored of a span, as JSON: nothing is left out, nothing is read into it.

use egui::Ui;

use super::{DetailsMemory, Focused};
use crate::loader::{Lane, PreparedBody, SpanText, SpanTextOf};
use crate::views::body::json::{JsonMemory, json_view_ui};
use crate::views::body::text::{Face, TextMemory, searched_text_ui};
use crate::views::body::{Body, Wanted};
use crate::views::parts::{reveal_ui, slot_ui};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the raw record remembers.
#[derive(Default)]
pub(super) struct RawMemory {
    is_text: bool,
    json: JsonMemory,
    text: TextMemory,
}

impl RawMemory {
    /// This is looked for from now on.
    pub fn look_for(&mut self, wanted: &Wanted) {
        self.json.look_for(wanted);
        self.text.look_for(wanted);
    }
}

pub(super) fn raw_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DetailsMemory,
    one: Focused<'_>,
    body: &PreparedBody,
) {
    let memory = &mut memory.raw;
    let (trace, span) = one.key();
    let slot = scene.loader.ask(&SpanTextOf { trace, span, what: SpanText::Record }, Lane::Selection);
    ui.horizontal_wrapped(|ui| {
        let tip = "As rows that fold; Ctrl+C copies a value, Ctrl+Shift+C its path";
        if ui.add(Chip::toggle("Rows", !memory.is_text)).on_hover_text(tip).clicked() {
            memory.is_text = false;
        }
        if ui.add(Chip::toggle("Text", memory.is_text)).on_hover_text("The JSON text, indented").clicked() {
            memory.is_text = true;
        }
        if body.has_masked || scene.state.is_revealed {
            reveal_ui(ui, scene);
        }
        if let Some(text) = slot.value().and_then(|text| text.as_ref().as_ref()) {
            text_ui(ui, &words::bytes(text.bytes() as u64), Type::Small, Tone::Muted);
        }
    });
    ui.add_space(size::GAP_XS);
    let Some(answer) = slot_ui(ui, scene, &slot, "The record of this span", size::LINE) else { return };
    let Some(text) = answer.as_ref() else {
        empty_ui(ui, "This span is not in the store any more", "");
        return;
    };
    let shown = |id| Body { id, label: "the record", text };
    if memory.is_text {
        searched_text_ui(ui, scene, &mut memory.text, shown("span record text"), Face::Value);
    } else {
        json_view_ui(ui, scene, &mut memory.json, shown("span record"));
    }
}
