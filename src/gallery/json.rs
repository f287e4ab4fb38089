//! JSON.

use super::{Parts, boxed, data::DATA, specimen};
use crate::widgets::chips::Chip;
use crate::widgets::field::Field;
use crate::widgets::json_rows::{JsonEvents, JsonHit, JsonRows, JsonState, JsonView};
use crate::widgets::text::Case;
use egui::Ui;
use serde_json::Value;

#[derive(Debug, Default)]
pub(super) struct State {
    messages: JsonState,
    many: JsonState,
    hostile: JsonState,
    needle: String,
    found_for: String,
    hits: Vec<JsonHit>,
    hit: Option<usize>,
}

pub(super) fn json_ui(ui: &mut Ui, parts: &mut Parts) {
    let state = &mut parts.json;
    let mut said = None;
    specimen(ui, "A call, with a search", |ui| {
        ui.horizontal_wrapped(|ui| {
            Field::new("Find in JSON").hint("Find in JSON").width(220.0).show(ui, &mut state.needle);
            let mut step = 0;
            if ui.add(Chip::button("Previous")).clicked() {
                step = state.hits.len().saturating_sub(1);
            }
            if ui.add(Chip::button("Next")).clicked() {
                step = 1;
            }
            if ui.add(Chip::button("Open all")).clicked() {
                state.messages.fold.open_all();
            }
            if ui.add(Chip::button("Close all")).clicked() {
                state.messages.fold.close_all();
            }
            let is_new = state.found_for != state.needle;
            if is_new {
                state.found_for.clone_from(&state.needle);
                state.hits = DATA.message_rows.search(&state.needle, Case::Ignored);
                state.hit = None;
            }
            if !state.hits.is_empty() && (is_new || step > 0) {
                let to = state.hit.map_or(0, |hit| (hit + step) % state.hits.len());
                state.hit = Some(to);
                state.messages.reveal(&DATA.message_rows, state.hits[to].row as usize);
            }
            let place = state.hit.map_or(0, |hit| hit + 1);
            ui.add(Chip::new(&format!("{place} of {}", state.hits.len())));
        });
        boxed(ui, JsonView::height_of(22) + 2.0, |ui| {
            let view = JsonView::new("call", "Call", &DATA.message_rows).hits(&state.hits, state.hit);
            let events = view.show(ui, &mut state.messages);
            said = copied(ui, &events, &DATA.message_rows, &DATA.messages);
        });
    });
    specimen(ui, "Twenty thousand objects", |ui| {
        boxed(ui, JsonView::height_of(8) + 2.0, |ui| {
            let events = JsonView::new("many", "Many objects", &DATA.many_rows).show(ui, &mut state.many);
            said = said.take().or(copied(ui, &events, &DATA.many_rows, &DATA.many));
        });
    });
    specimen(ui, "Hostile keys and texts", |ui| {
        boxed(ui, JsonView::height_of(13) + 2.0, |ui| {
            JsonView::new("hostile", "Hostile JSON", &DATA.hostile_rows).show(ui, &mut state.hostile);
        });
    });
    if let Some(said) = said {
        parts.said = said;
    }
}

fn copied(ui: &Ui, events: &JsonEvents, rows: &JsonRows, root: &Value) -> Option<String> {
    let text = match (events.copy_path, events.copy_value) {
        (Some(row), _) => rows.path(row),
        (_, Some(row)) => rows.copy_text(root, row),
        _ => return None,
    };
    let said = format!("Copied {} characters", text.chars().count());
    ui.ctx().copy_text(text);
    Some(said)
}
