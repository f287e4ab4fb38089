//! A list of keys and values in two aligned columns: clipped and whole on demand, or wrapped.

use super::row_text;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use super::virtual_rows::set_bounds;
use crate::words;
use egui::accesskit::Role;
use egui::text::LayoutJob;
use egui::{Align, AsIdSalt, Rect, Sense, TextFormat, Ui, vec2};
use egui_extras::{Column, TableBuilder};
use std::sync::Arc;

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
    let scope = ui.make_persistent_id(egui::IdSalt::new(id_salt));
    let widest = rows
        .iter()
        .map(|row| row_text::layout(ui.painter(), row.key, Type::Small.font(), 400.0).size().x)
        .fold(0.0, f32::max);
    let (area, clip) = (ui.available_rect_before_wrap(), ui.clip_rect());
    // Keys give way only where their values need the room.
    let values = rows.iter().map(|row| value_width(ui, row)).fold(0.0, f32::max);
    let most = (area.width() * 0.4).max(area.width() - values - size::GAP_M);
    let key_width = widest.ceil().min(most) + size::GAP_M;
    let mut clicked = None;
    two_columns(ui, scope, key_width).body(|body| {
        body.rows(size::LINE + size::GAP_XS, rows.len(), |mut line| {
            let index = line.index();
            let Some(row) = rows.get(index) else { return };
            let mut response = None;
            line.col(|ui| response = Some(row.key_ui(ui, scope.with(index), (area.right(), clip))));
            line.col(|ui| {
                let Some(response) = response.take() else { return };
                if response.clicked() {
                    clicked = Some(index);
                }
                row.value_ui(ui, response);
            });
        });
    });
    clicked
}

/// A small table of keys and values that keeps nothing to itself but its place.
fn two_columns(ui: &mut Ui, scope: egui::Id, key_width: f32) -> TableBuilder<'_> {
    ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
    TableBuilder::new(ui)
        .id_salt(scope)
        .vscroll(false)
        .auto_shrink([false, true])
        .sense(Sense::hover())
        .column(Column::exact(key_width))
        .column(Column::remainder())
}

impl KeyValue<'_> {
    /// The cell of the key, and what the whole row answers to: it ends at `right`.
    fn key_ui(&self, ui: &mut Ui, id: egui::Id, (right, clip): (f32, Rect)) -> egui::Response {
        let tokens = Tokens::of(ui);
        let cell = ui.max_rect();
        let rect = cell.with_max_x(right);
        // The row is one thing to point at, though its cells are two.
        ui.set_clip_rect(clip);
        let response = ui.interact(rect, id, Sense::click());
        ui.ctx().accesskit_node_builder(id, |node| {
            set_bounds(node, rect);
            node.set_role(Role::ListItem);
            node.add_action(egui::accesskit::Action::Click);
            let note = if self.note.is_empty() { String::new() } else { format!(" ({})", self.note) };
            node.set_label(format!("{}: {}{note}", self.key, self.line()));
        });
        if response.hovered() {
            let radius = f32::from(size::RADIUS_CELL);
            ui.painter().rect_filled(rect, radius, tokens.bg_raised);
        }
        if response.has_focus() {
            super::theme::focus_ring(ui.painter(), rect, tokens);
        }
        let key = cell.with_max_x(cell.right() - size::GAP_S);
        row_text::paint_key(ui.painter(), key, self.key, Type::Small, tokens.text2, Align::Min);
        response
    }

    /// The cell of the value, and the whole of it for who points at the row.
    fn value_ui(&self, ui: &Ui, response: egui::Response) {
        let tokens = Tokens::of(ui);
        let room = ui.max_rect();
        let cut = if self.prose { Type::Small } else { Type::Value };
        let value = self.line();
        // A date or a count beside a value is shown whole: the value gives way.
        let note = match words::is_figure(self.note) {
            true => row_text::natural(ui.painter(), self.note, Type::Small).size().x.ceil() + size::GAP_S,
            false => 0.0,
        };
        let place = room.with_max_x((room.right() - note).max(room.left()));
        let shown = row_text::paint(ui.painter(), place, &value, cut, self.tone.color(tokens), Align::Min);
        let rest = room.with_min_x(shown.right() + size::GAP_S);
        row_text::paint(ui.painter(), rest, self.note, Type::Small, tokens.text3, Align::Min);
        let is_whole = value == self.value && shown.width() < place.width() - 2.0;
        if !is_whole && response.hovered() {
            response.on_hover_text(words::ellipsize_graphemes(self.value, TOOLTIP_MOST).as_ref());
        }
    }

    fn line(&self) -> std::borrow::Cow<'_, str> {
        words::one_line(self.value, row_text::GRAPHEMES_MOST)
    }
}

/// Shows rows of prose whose values go on in further lines where they do not fit. The keys get `key_width`.
pub fn show_wrapped(ui: &mut Ui, id_salt: impl AsIdSalt, key_width: f32, rows: &[KeyValue<'_>]) {
    let tokens = Tokens::of(ui);
    let scope = ui.make_persistent_id(egui::IdSalt::new(id_salt));
    let room = (ui.available_width() - key_width).max(1.0);
    let lay = |row: &KeyValue<'_>| {
        let mut job = LayoutJob::default();
        job.append(row.value, 0.0, TextFormat::simple(Type::Small.font(), row.tone.color(tokens)));
        if !row.note.is_empty() {
            job.append(&format!(" {}", row.note), 0.0, TextFormat::simple(Type::Small.font(), tokens.text3));
        }
        job.wrap.max_width = room;
        ui.painter().layout_job(job)
    };
    let values: Vec<_> = rows.iter().map(lay).collect();
    let heights: Vec<f32> = values.iter().map(|value| value.size().y.ceil() + size::GAP_XS).collect();
    two_columns(ui, scope, key_width).body(|body| {
        body.heterogeneous_rows(heights.into_iter(), |mut line| {
            let index = line.index();
            let (Some(row), Some(value)) = (rows.get(index), values.get(index)) else { return };
            let first = value.rows.first().map_or(size::LINE, |line| line.rect().height());
            line.col(|ui| {
                let cell = ui.max_rect();
                let key = Rect::from_min_size(cell.min, vec2(cell.width() - size::GAP_S, first));
                row_text::paint(ui.painter(), key, row.key, Type::Small, tokens.text2, Align::Min);
            });
            line.col(|ui| {
                // A label is read aloud, a painted text is not.
                ui.add(egui::Label::new(Arc::clone(value)));
            });
        });
    });
}
