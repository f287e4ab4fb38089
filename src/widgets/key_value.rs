//! A list of keys and values in two aligned columns, clipped, whole on demand.

use super::row_text;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use super::virtual_rows::set_bounds;
use crate::words;
use egui::accesskit::Role;
use egui::{Align, AsIdSalt, Rect, Sense, Ui, pos2, vec2};

/// One key and its value.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyValue<'a> {
    /// The key.
    pub key: &'a str,
    /// The value; shown on one line.
    pub value: &'a str,
    /// The tone of the value.
    pub tone: Tone,
    /// Whether the value is prose rather than monospace.
    pub prose: bool,
    /// A faint text after the value: "inferred".
    pub note: &'a str,
}

impl<'a> KeyValue<'a> {
    /// A value in figures of one width.
    pub fn new(key: &'a str, value: &'a str) -> Self {
        Self { key, value, ..Self::default() }
    }

    /// A value in prose.
    pub fn prose(key: &'a str, value: &'a str) -> Self {
        Self { prose: true, ..Self::new(key, value) }
    }

    /// With a faint text after it.
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// With a tone.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// A tooltip never lays out more than this.
const TOOLTIP_MOST: usize = 2_000;

/// What a value and its note need.
fn value_width(ui: &Ui, row: &KeyValue<'_>) -> f32 {
    let width = |text: &str, cut: Type| match text.len() {
        0 => 0.0,
        1..=row_text::SHORT => row_text::natural(ui.painter(), text, cut).size().x + size::GAP_S,
        _ => f32::INFINITY,
    };
    width(row.value, if row.prose { Type::Small } else { Type::Value }) + width(row.note, Type::Small)
}

/// Shows the rows; returns the row whose value was clicked, to be shown whole. Meant for tens of rows.
pub fn show(ui: &mut Ui, id_salt: impl AsIdSalt, rows: &[KeyValue<'_>]) -> Option<usize> {
    let tokens = Tokens::of(ui);
    let scope = ui.make_persistent_id(egui::IdSalt::new(id_salt));
    let widest = rows
        .iter()
        .map(|row| row_text::layout(ui.painter(), row.key, Type::Small.font(), 400.0).size().x)
        .fold(0.0, f32::max);
    let available = ui.available_width();
    // Keys give way only where their values need the room.
    let values = rows.iter().map(|row| value_width(ui, row)).fold(0.0, f32::max);
    let most = (available * 0.4).max(available - values - size::GAP_M);
    let key_width = widest.ceil().min(most) + size::GAP_M;
    let height = size::LINE + size::GAP_XS;
    let mut clicked = None;
    let area = Rect::from_min_size(ui.available_rect_before_wrap().min, vec2(available, rows.len() as f32 * height));
    ui.advance_cursor_after_rect(area);
    for (index, row) in rows.iter().enumerate() {
        let top = area.top() + index as f32 * height;
        let rect = Rect::from_min_size(pos2(area.left(), top), vec2(available, height));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let id = scope.with(index);
        let response = ui.interact(rect, id, Sense::click());
        let value = words::one_line(row.value, row_text::GRAPHEMES_MOST);
        ui.ctx().accesskit_node_builder(id, |node| {
            set_bounds(node, rect);
            node.set_role(Role::ListItem);
            node.add_action(egui::accesskit::Action::Click);
            let note = if row.note.is_empty() { String::new() } else { format!(" ({})", row.note) };
            node.set_label(format!("{}: {value}{note}", row.key));
        });
        if response.hovered() {
            let radius = f32::from(size::RADIUS_CELL);
            ui.painter().rect_filled(rect, radius, tokens.bg_raised);
        }
        if response.has_focus() {
            super::theme::focus_ring(ui.painter(), rect, tokens);
        }
        let key = rect.with_max_x(rect.left() + key_width - size::GAP_S);
        row_text::paint_key(ui.painter(), key, row.key, Type::Small, tokens.text2, Align::Min);
        let room = rect.with_min_x(rect.left() + key_width);
        let cut = if row.prose { Type::Small } else { Type::Value };
        let color = row.tone.color(tokens);
        // A date or a count beside a value is shown whole: the value gives way.
        let note = match words::is_figure(row.note) {
            true => row_text::natural(ui.painter(), row.note, Type::Small).size().x.ceil() + size::GAP_S,
            false => 0.0,
        };
        let place = room.with_max_x((room.right() - note).max(room.left()));
        let shown = row_text::paint(ui.painter(), place, &value, cut, color, Align::Min);
        let rest = room.with_min_x(shown.right() + size::GAP_S);
        row_text::paint(ui.painter(), rest, row.note, Type::Small, tokens.text3, Align::Min);
        if response.clicked() {
            clicked = Some(index);
        }
        let is_whole = value == row.value && shown.width() < place.width() - 2.0;
        if !is_whole && response.hovered() {
            response.on_hover_text(words::ellipsize_graphemes(row.value, TOOLTIP_MOST).as_ref());
        }
    }
    clicked
}
