//! Which values of which fields are shown: a list to choose from, and what is chosen.

use egui::{Align, Popup, PopupCloseBehavior, Response, Ui, vec2};

use super::look::Look;
use crate::analysis::matrix_view::{FieldFilter, MatrixField, MatrixSettings};
use crate::widgets::chips::Chip;
use crate::widgets::field::Field;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VirtualRows};
use crate::words;

/// How large the list is.
const LIST: egui::Vec2 = vec2(340.0, 280.0);
const LIST_LEAST: f32 = 104.0;
/// Of a chosen value so many letters are written.
const VALUE_MOST: usize = 24;

/// What the list remembers.
#[derive(Default)]
pub(super) struct ValuesMemory {
    field: Option<String>,
    looked_for: String,
    scroll: RowScroll,
}

/// The fields that have values to choose from.
fn choosable(look: &Look) -> Vec<&MatrixField> {
    let fields = look.prepared().map_or(&[][..], |prepared| &prepared.fields);
    fields.iter().filter(|field| !field.values.is_empty()).collect()
}

/// The button that opens the list.
pub(super) fn button_ui(ui: &mut Ui, memory: &mut ValuesMemory, look: &Look, settings: &mut MatrixSettings) {
    let fields = choosable(look);
    if fields.is_empty() {
        return;
    }
    let button = ui.add(Chip::button("Values…").glyph(Glyph::FoldOpen, Tone::Faint));
    let button = button.on_hover_text("Only examples with these values of a field");
    popup(&button).show(|ui| list_ui(ui, memory, &fields, settings, &button));
}

fn popup(button: &Response) -> Popup<'_> {
    Popup::menu(button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).accessible_name("Values of fields")
}

fn list_ui(
    ui: &mut Ui,
    memory: &mut ValuesMemory,
    fields: &[&MatrixField],
    settings: &mut MatrixSettings,
    button: &Response,
) {
    ui.set_width(LIST.x);
    ui.spacing_mut().item_spacing = vec2(size::GAP_XS, size::GAP_XS);
    let telling = |field: &&&MatrixField| field.parts_examples;
    let first = fields.iter().find(telling).or(fields.first());
    let known = fields.iter().find(|field| Some(&field.name) == memory.field.as_ref());
    let Some(field) = known.or(first) else { return };
    ui.horizontal_wrapped(|ui| {
        for one in fields {
            if ui.add(Chip::toggle(&words::one_line(&one.name, VALUE_MOST), one.name == field.name)).clicked() {
                memory.field = Some(one.name.clone());
                memory.scroll = RowScroll::default();
                memory.looked_for.clear();
            }
        }
    });
    Field::new("Find a value").hint("Find a value").show(ui, &mut memory.looked_for);
    let wanted = memory.looked_for.to_lowercase();
    let values: Vec<&(String, usize)> =
        field.values.iter().filter(|(value, _)| value.to_lowercase().contains(&wanted)).collect();
    let room = ui.ctx().content_rect().bottom() - button.rect.bottom() - 6.0 * size::GAP_XL;
    let height = (values.len() as f32 * size::ROW).clamp(size::ROW, room.clamp(LIST_LEAST, LIST.y));
    let is_on = |value: &str| has(settings, &field.name, value);
    let mut toggled = None;
    VirtualRows::new("values", values.len(), size::ROW).label("Values").height(height).show(
        ui,
        &mut memory.scroll,
        |ui, row| {
            let Some((value, count)) = values.get(row.index) else { return };
            let shown = if value.trim().is_empty() { "(empty)".into() } else { words::one_line(value, 200) };
            let is_on = is_on(value);
            let response = row.interact(ui, RowInfo { label: &shown, selected: is_on, ..RowInfo::default() });
            let tokens = Tokens::of(ui);
            if response.hovered() {
                ui.painter().rect_filled(row.rect, f32::from(size::RADIUS_CELL), tokens.bg_raised);
            }
            let inner = row.rect.shrink2(vec2(size::GAP_S, 0.0));
            if is_on {
                let at = inner.left_center() + vec2(size::ICON / 2.0, 0.0);
                Glyph::Check.paint_tone(ui.painter(), at, Tone::Accent, tokens);
            }
            let count = words::count(*count as u64);
            let right = row_text::paint(ui.painter(), inner, &count, Type::Value, tokens.text3, Align::Max);
            let room = inner.with_min_x(inner.left() + size::ICON + size::GAP_S).with_max_x(right.left() - size::GAP_S);
            row_text::paint(ui.painter(), room, &shown, Type::Body, tokens.text1, Align::Min);
            if response.clicked() {
                toggled = Some(value.clone());
            }
        },
    );
    if field.distinct > field.values.len() {
        let left = field.distinct - field.values.len();
        let text = format!("{} more, to be found by the text filter", words::counted(left, "value"));
        text_ui(ui, &text, Type::Small, Tone::Muted);
    }
    if let Some(value) = toggled {
        toggle(settings, &field.name, &value);
    }
}

fn has(settings: &MatrixSettings, field: &str, value: &str) -> bool {
    settings.fields.iter().any(|one| one.field == field && one.values.contains(value))
}

fn toggle(settings: &mut MatrixSettings, field: &str, value: &str) {
    let at = settings.fields.iter().position(|one| one.field == field).unwrap_or_else(|| {
        settings.fields.push(FieldFilter { field: field.to_owned(), values: std::collections::BTreeSet::new() });
        settings.fields.len() - 1
    });
    let values = &mut settings.fields[at].values;
    if !values.remove(value) {
        values.insert(value.to_owned());
    }
    settings.fields.retain(|one| !one.values.is_empty());
}

/// What is chosen, each with a way to take it back.
pub(super) fn chosen_ui(ui: &mut Ui, settings: &mut MatrixSettings) {
    let mut gone = None;
    for (at, filter) in settings.fields.iter().enumerate() {
        let values: Vec<&str> = filter.values.iter().map(String::as_str).collect();
        let text = format!("{}: {}", filter.field, words::one_line(&values.join(", "), 2 * VALUE_MOST));
        let chip = Chip::toggle(&text, true).glyph(Glyph::Cross, Tone::Muted);
        if ui.add(chip).on_hover_text("Show examples with other values again").clicked() {
            gone = Some(at);
        }
    }
    if let Some(at) = gone {
        settings.fields.remove(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_chosen_and_taken_back() {
        let mut settings = MatrixSettings::default();
        toggle(&mut settings, "topic", "tax");
        toggle(&mut settings, "topic", "law");
        toggle(&mut settings, "label", "");
        assert!(has(&settings, "topic", "law") && has(&settings, "label", "") && !has(&settings, "label", "law"));
        toggle(&mut settings, "topic", "tax");
        toggle(&mut settings, "topic", "law");
        assert_eq!(settings.fields.len(), 1);
    }
}
