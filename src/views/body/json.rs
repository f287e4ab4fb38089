//! A JSON text as rows that fold: parsed and made flat on a worker, searched there, drawn where it is seen.

use std::sync::Arc;

use egui::Ui;

use super::Body;
use super::find::FindMemory;
use crate::loader::{DerivedKey, Lane, Text};
use crate::model::{Json, json};
use crate::state::Action;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::json_rows::{JsonHit, JsonOptions, JsonRows, JsonState, JsonView};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// What a view of JSON remembers.
#[derive(Debug, Default)]
pub(in crate::views) struct JsonMemory {
    state: JsonState,
    find: FindMemory,
    /// The text that is shown, and how many columns its long texts have.
    shown: Option<(u64, u64)>,
}

impl JsonMemory {
    /// Looks for this from now on.
    pub fn look_for(&mut self, needle: &str, is_exact: bool) {
        self.find.look_for(needle, is_exact);
    }
}

/// A value and its rows.
#[derive(Debug)]
struct JsonDoc {
    value: Json,
    rows: JsonRows,
}

/// Shows a JSON text as rows, with a search and what folds all of them.
pub(in crate::views) fn json_view_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut JsonMemory, body: Body<'_>) {
    let Body { id, label, text } = body;
    let columns = columns(ui, memory, text);
    let owned = Arc::clone(text.text());
    let key = DerivedKey { what: "rows of JSON", source: text.id(), variant: columns };
    let reveal = scene.loader.reveal();
    let slot = scene.loader.derive(key, Lane::Selection, move || {
        let value = json::decode(owned.as_bytes()).value.mask("", reveal);
        let options = JsonOptions { columns: columns as usize, ..JsonOptions::default() };
        let rows = JsonRows::new(&value, options);
        // The value is about as large as its text.
        let bytes = rows.bytes() + owned.len();
        (JsonDoc { value, rows }, bytes)
    });
    let doc = slot.value().map(Arc::clone);
    let hits = doc.as_ref().and_then(|doc| search(scene, &memory.find, doc, text.id()));
    ui.horizontal(|ui| {
        if let (Some(doc), Some(to)) =
            (&doc, memory.find.bar_ui(ui, &format!("Find in {label}"), text.id(), hits.as_ref().map(|hits| hits.len())))
            && let Some(hit) = hits.as_ref().and_then(|hits| hits.get(to))
        {
            memory.state.reveal(&doc.rows, hit.row as usize);
        }
        // Where the search leaves no room, the menu of a row opens and closes what is below it.
        if ui.available_width() < 160.0 {
            return;
        }
        if ui.add(Chip::button("Open all")).clicked() {
            memory.state.fold.open_all();
        }
        if ui.add(Chip::button("Close all")).clicked() {
            memory.state.fold.close_all();
        }
    });
    ui.add_space(size::GAP_XS);
    let Some(doc) = slot_ui(ui, scene, &slot, "The JSON", size::LINE) else { return };
    if doc.rows.missing() > 0 {
        text_ui(
            ui,
            "Too many values to list all of them; the last row says how many are left",
            Type::Small,
            Tone::Warn,
        );
    }
    let none = Vec::new();
    let shown = hits.as_deref().unwrap_or(&none);
    let view = JsonView::new(id, label, &doc.rows).hits(shown, memory.find.current());
    let events = view.show(ui, &mut memory.state);
    if let Some(row) = events.copy_path {
        scene.act(Action::Copy(doc.rows.path(row)));
    }
    if let Some(row) = events.copy_value {
        scene.act(Action::Copy(doc.rows.copy_text(&doc.value, row)));
    }
}

/// How many columns a long text has: as many as fit when it is first shown, so that folds stay where they are.
fn columns(ui: &Ui, memory: &mut JsonMemory, text: &Text) -> u64 {
    match memory.shown {
        Some((source, columns)) if source == text.id() => columns,
        _ => {
            let font = Type::Value.font();
            let figure = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0')).max(1.0);
            let room = (ui.available_width() - 64.0) / figure;
            let columns = ((room / 10.0).floor() * 10.0).clamp(40.0, 160.0) as u64;
            memory.shown = Some((text.id(), columns));
            memory.state = JsonState::default();
            columns
        }
    }
}

fn search(scene: &mut Scene<'_>, find: &FindMemory, doc: &Arc<JsonDoc>, source: u64) -> Option<Arc<Vec<JsonHit>>> {
    if find.needle().is_empty() {
        return None;
    }
    let (needle, case, doc) = (find.needle().to_owned(), find.case(), Arc::clone(doc));
    let key = DerivedKey { what: "search in JSON", source, variant: find.variant() };
    let slot = scene.loader.derive(key, Lane::Selection, move || {
        let hits = doc.rows.search(&needle, case);
        let bytes = hits.len() * size_of::<JsonHit>();
        (hits, bytes)
    });
    slot.value().map(Arc::clone)
}
