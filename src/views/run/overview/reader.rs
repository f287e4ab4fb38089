//! One value, whole: wrapped, searchable, as JSON where it is some.

use egui::Ui;

use crate::loader::Text;
use crate::state::{Action, RunTab};
use crate::views::body::Body;
use crate::views::body::json::{JsonMemory, json_view_ui};
use crate::views::body::text::{Face, TextMemory, searched_text_ui};
use crate::views::run::rows::Line;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::section::{card_heading_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the reader remembers.
#[derive(Default)]
pub(super) struct ReaderMemory {
    shown: Option<(Line, Text)>,
    as_json: bool,
    text: TextMemory,
    json: JsonMemory,
}

pub(super) fn reader_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ReaderMemory, line: &Line) {
    if memory.shown.as_ref().is_none_or(|(shown, _)| shown != line) {
        memory.shown = Some((line.clone(), Text::new(line.value.as_str())));
    }
    let Some((_, text)) = memory.shown.clone() else { return };
    // JSON as params and tags have it: an object or a list.
    let is_json = line.value.trim_start().starts_with(['{', '[']);
    ui.add_space(size::GAP_S);
    ui.horizontal(|ui| {
        card_heading_ui(ui, &line.key);
        if line.value.len() >= 200 {
            text_ui(ui, &words::bytes(line.value.len() as u64), Type::Small, Tone::Muted);
        }
    });
    ui.horizontal(|ui| {
        if is_json {
            for (title, as_json) in [("Text", false), ("JSON", true)] {
                if ui.add(Chip::toggle(title, memory.as_json == as_json)).clicked() {
                    memory.as_json = as_json;
                }
            }
        }
        if ui.add(Chip::button("Copy value")).clicked() {
            scene.act(Action::Copy(line.value.clone()));
        }
        if ui.add(Chip::button("Copy key")).clicked() {
            scene.act(Action::Copy(line.key.clone()));
        }
        if ui.add(Chip::button("Close value")).clicked() {
            scene.act(Action::ShowRunTab(RunTab::Overview { value: None }));
        }
    });
    ui.add_space(size::GAP_XS);
    let body = |id| Body { id, label: "this value", text: &text };
    if is_json && memory.as_json {
        json_view_ui(ui, scene, &mut memory.json, body("value JSON"));
    } else {
        let face = if is_json { Face::Value } else { Face::Prose };
        searched_text_ui(ui, scene, &mut memory.text, body("value text"), face);
    }
}
