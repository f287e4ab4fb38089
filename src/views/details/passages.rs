//! What a retriever found: passages as a list.

use egui::Ui;

use super::fields::{find_ui, named_fields_ui};
use super::parts_ui::{head_ui, label_ui};
use super::{DetailsMemory, Focused, told};
use crate::loader::{Lane, PreparedPassagesOf, Text};
use crate::views::body::text::Face;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::widgets::section::{section_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

pub(super) fn passages_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DetailsMemory, one: Focused<'_>) {
    let slot = scene.loader.ask(&PreparedPassagesOf(told::passages_of(one)), Lane::Selection);
    let Some(answer) = slot_ui(ui, scene, &slot, "The passages", size::LINE) else { return };
    let Some(found) = answer.as_ref() else { return };
    let texts: Vec<&Text> = found.query.iter().chain(found.passages.iter().map(|one| &one.text)).collect();
    let source = texts.first().map_or(0, |text| text.id());
    find_ui(ui, scene, memory, one, (source, &texts));
    ui.add_space(size::GAP_XS);
    memory.texts.show(ui, source, |ui, texts, titles| {
        ui.spacing_mut().interact_size.y = size::LINE;
        if let Some(query) = &found.query {
            let title = section_ui(ui, "Query");
            titles.begin(ui, "Query", title.rect);
            texts.text_ui(ui, scene, ("Query", query), Face::Prose);
        }
        let inferred = if found.is_inferred { ", a retriever as its outputs look" } else { "" };
        let count = format!("{}{inferred}", words::counted(found.passages.len(), "passage"));
        let title = section_ui(ui, &count);
        titles.begin(ui, &count, title.rect);
        if found.passages.is_empty() {
            text_ui(ui, "Nothing was found", Type::Small, Tone::Muted);
        }
        for (at, passage) in found.passages.iter().enumerate() {
            texts.card_ui(ui, at as u64, |ui, texts| {
                let name = format!("Passage {}", words::count(at as u64 + 1));
                head_ui(ui, (&name, &passage.facts, Tone::Neutral), "", false);
                texts.text_ui(ui, scene, (&name, &passage.text), Face::Prose);
                if let Some(more) = &passage.more {
                    label_ui(ui, "noted of it");
                    ui.push_id("more", |ui| named_fields_ui(ui, scene, texts, more));
                }
                ui.add_space(size::GAP_S);
            });
        }
        if let Some(more) = &found.more {
            let title = section_ui(ui, "Noted of all passages");
            titles.begin(ui, "Noted of all passages", title.rect);
            ui.push_id("more", |ui| named_fields_ui(ui, scene, texts, more));
        }
    });
}
