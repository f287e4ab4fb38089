//! What else was noted of a span: its attributes, its events.

use egui::Ui;

use super::{DetailsMemory, Focused};
use crate::loader::{BodyPart, Lane, PreparedBody, PreparedText, SpanText, SpanTextOf, Text};
use crate::views::body::json::{JsonMemory, json_view_ui};
use crate::views::body::text::{Face, TextMemory, searched_text_ui};
use crate::views::body::{Body, Wanted};
use crate::views::parts::{reveal_ui, slot_ui};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::empty::{empty_ui, skeleton_rows_ui};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// From so many bytes on it is said how many there are.
const LONG: usize = 100_000;

/// What is remembered of it.
#[derive(Default)]
pub(super) struct PartMemory {
    text: TextMemory,
    json: JsonMemory,
    is_json: bool,
}

impl PartMemory {
    /// This is looked for from now on.
    pub fn look_for(&mut self, wanted: &Wanted) {
        self.text.look_for(wanted);
        self.json.look_for(wanted);
    }
}

/// Shows attributes or events.
pub(super) fn part_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DetailsMemory,
    one: Focused<'_>,
    (part, body): (BodyPart, &PreparedBody),
) {
    let (text, label, empty) = match part {
        BodyPart::Events => (&body.events_text, "Events", "No events; an exception would stand here with its stack"),
        _ => (&body.attributes, "Attributes", "No other attributes were recorded for this span"),
    };
    let Some(text) = text else {
        if body.is_beginning {
            skeleton_rows_ui(ui, 12, size::LINE);
        } else {
            empty_ui(ui, empty, "");
        }
        return;
    };
    ui.horizontal_wrapped(|ui| {
        let memory = &mut memory.part;
        for (is_json, name, tip) in [
            (false, "Rendered", "For reading: real line breaks, no quotes"),
            (true, "JSON", "As rows that fold; Ctrl+C copies a value, Ctrl+Shift+C its path"),
        ] {
            if ui.add(Chip::toggle(name, memory.is_json == is_json)).on_hover_text(tip).clicked() {
                memory.is_json = is_json;
            }
        }
        if body.has_masked || scene.state.is_revealed {
            reveal_ui(ui, scene);
        }
        let bytes = text.readable.text().len();
        if body.is_beginning {
            text_ui(ui, "The beginning; the rest is being read…", Type::Small, Tone::Muted);
        } else if bytes >= LONG {
            text_ui(ui, &words::bytes(bytes as u64), Type::Small, Tone::Muted);
        }
    });
    ui.add_space(size::GAP_XS);
    if memory.part.is_json {
        let Some(json) = json_of(ui, scene, text, (one, part)) else { return };
        json_view_ui(ui, scene, &mut memory.part.json, Body { id: "span JSON", label, text: &json });
    } else {
        let face = if part == BodyPart::Events { Face::Value } else { Face::Prose };
        let body = Body { id: "span text", label, text: &text.readable };
        searched_text_ui(ui, scene, &mut memory.part.text, body, face);
    }
}

/// The JSON of a part; while a long one is made, its place holds skeleton rows.
fn json_of(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    text: &PreparedText,
    (one, part): (Focused<'_>, BodyPart),
) -> Option<Text> {
    if let Some(json) = &text.json {
        return Some(json.clone());
    }
    let (trace, span) = one.key();
    let slot = scene.loader.ask(&SpanTextOf { trace, span, what: SpanText::Part(part) }, Lane::Selection);
    slot_ui(ui, scene, &slot, "The JSON of this span", size::LINE)?.as_ref().clone()
}
