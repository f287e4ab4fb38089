//! The smallest parts: colours, type, icons, chips, fields, tabs, cards.

use super::{Parts, data, specimen};
use crate::widgets::chips::Chip;
use crate::widgets::field::Field;
use crate::widgets::glyphs::{Glyph, Status};
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::row_text;
use crate::widgets::section;
use crate::widgets::tabs::{self, Tab};
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use egui::{Align, Sense, Ui, vec2};

#[derive(Debug, Default)]
pub(super) struct State {
    typed: String,
    bad: String,
    tab: usize,
    is_on: bool,
}

pub(super) fn colours_ui(ui: &mut Ui, _parts: &mut Parts) {
    let t = Tokens::of(ui);
    specimen(ui, "Surfaces", |ui| {
        ui.horizontal_wrapped(|ui| {
            for (name, color) in
                [("window", t.bg_window), ("panel", t.bg_panel), ("raised", t.bg_raised), ("selected", t.bg_selected)]
            {
                let (rect, _) = ui.allocate_exact_size(vec2(180.0, 48.0), Sense::hover());
                ui.painter().rect(rect, 6.0, color, (1.0, t.line), egui::StrokeKind::Inside);
                let room = rect.shrink(size::GAP_S);
                row_text::paint(ui.painter(), room, name, Type::Small, t.text1, Align::Min);
                row_text::paint(ui.painter(), room, "text 2", Type::Small, t.text2, Align::Center);
                row_text::paint(ui.painter(), room, "text 3", Type::Small, t.text3, Align::Max);
            }
        });
    });
    specimen(ui, "Tones", |ui| {
        ui.horizontal_wrapped(|ui| {
            for tone in Tone::FIXED {
                ui.add(Chip::new(&format!("{tone:?}")).glyph(Glyph::Dot, tone));
            }
            for tone in [Tone::Good, Tone::Bad, Tone::Warn] {
                ui.add(Chip::new(&format!("{tone:?} badge")).tinted(tone));
            }
        });
    });
    specimen(ui, "Categories", |ui| {
        ui.horizontal_wrapped(|ui| {
            for index in 0..t.categories.len() {
                ui.add(Chip::new(&format!("C{index}")).glyph(Glyph::Dot, Tone::Category(index)));
            }
        });
    });
    specimen(ui, "Type", |ui| {
        for cut in Type::ALL {
            let text = format!("{cut:?} — Classify the ticket 0123456789 ±11 71.7 → ✓ ✕ ★ Σ");
            section::text_ui(ui, &text, cut, Tone::Neutral);
        }
    });
    specimen(ui, "Icons", |ui| {
        ui.horizontal_wrapped(|ui| {
            for glyph in Glyph::ALL {
                glyph.show(ui, Tone::Muted);
            }
            for status in [Status::Finished, Status::Failed, Status::Running, Status::Stalled, Status::Unknown] {
                ui.add(Chip::new(status.word()).glyph(status.glyph(), status.tone()));
            }
        });
    });
}

pub(super) fn controls_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.basics;
    specimen(ui, "Chips", |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.add(Chip::new("1.84 s"));
            ui.add(Chip::new("MIPROv2").note("inferred"));
            ui.add(Chip::new("parse fallback").glyph(Glyph::Warning, Tone::Warn));
            ui.add(Chip::new("winner").glyph(Glyph::Star, Tone::Good).tinted(Tone::Good));
            ui.add(Chip::new("broken").glyph(Glyph::Cross, Tone::Bad).tinted(Tone::Bad));
            ui.add(Chip::button("Critical path"));
            if ui.add(Chip::toggle("Adapters folded", state.is_on).key("a")).clicked() {
                state.is_on = !state.is_on;
            }
        });
    });
    specimen(ui, "Hostile chips", |ui| {
        ui.horizontal_wrapped(|ui| {
            for (name, text) in data::HOSTILE {
                ui.add(Chip::new(text).note(name));
            }
        });
    });
    specimen(ui, "Fields", |ui| {
        Field::new("Filter runs").hint("Filter runs").key("/").show(ui, &mut state.typed);
        Field::new("A field that cannot be read")
            .hint("A field that cannot be read")
            .bad(true)
            .show(ui, &mut state.bad);
    });
    specimen(ui, "Tabs", |ui| {
        let all = [
            Tab::new("Chat"),
            Tab::new("Inputs").count("3"),
            Tab::new("Outputs"),
            Tab::new("Attributes").count("12,345"),
            Tab::new("Events"),
        ];
        if let Some(tab) = tabs::show(ui, "tabs", "Parts", &all, state.tab) {
            state.tab = tab;
        }
    });
    specimen(ui, "Hostile tabs", |ui| {
        let all = data::HOSTILE.map(|(_, text)| Tab::new(text));
        tabs::show(ui, "hostile", "Hostile parts", &all, 3);
    });
}

pub(super) fn cards_ui(ui: &mut Ui, parts: &mut Parts) {
    specimen(ui, "Figures", |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_XL;
            section::figure_ui(ui, "Seed", "48.3", Type::Headline, Tone::Neutral);
            section::figure_ui(ui, "Winner C4", "71.7", Type::Headline, Tone::Good);
            section::figure_ui(ui, "Tokens", "212 k", Type::Figure, Tone::Neutral);
            section::figure_ui(ui, "Cost", "–", Type::Figure, Tone::Faint);
        });
    });
    specimen(ui, "A card of facts", |ui| {
        section::card_ui(ui, |ui| {
            section::card_heading_ui(ui, "Facts");
            let facts = [
                KeyValue::prose("Optimizer", "MIPROv2").note("inferred: eval_full and eval_minibatch metrics"),
                KeyValue::new("Model", "openai/gpt-4o-mini"),
                KeyValue::new("temperature", "0.7"),
                KeyValue::new("api_key", "●●●● masked").tone(Tone::Warn),
            ];
            if let Some(row) = key_value::show(ui, "facts", &facts) {
                parts.said = format!("Clicked fact {row}");
            }
        });
    });
    specimen(ui, "A card of hostile facts", |ui| {
        section::card_ui(ui, |ui| {
            let facts = data::HOSTILE.map(|(name, text)| KeyValue::new(name, text));
            key_value::show(ui, "hostile", &facts);
        });
    });
}
