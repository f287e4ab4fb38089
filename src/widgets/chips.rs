//! Chips: small rounded facts in a line, and the small buttons that look like them.

use super::category;
use super::glyphs::Glyph;
use super::row_text;
use super::theme;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use egui::accesskit::Role;
use egui::{Align, CornerRadius, Rect, Response, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, vec2};

/// A chip: a fact, or with [`Chip::button`] something to press.
#[derive(Clone, Debug)]
#[must_use = "add it to a ui"]
pub struct Chip<'a> {
    text: &'a str,
    note: &'a str,
    key: &'a str,
    glyph: Option<(Glyph, Tone)>,
    tone: Tone,
    is_tinted: bool,
    is_button: bool,
    is_selected: Option<bool>,
    is_bare: bool,
}

impl<'a> Chip<'a> {
    /// A fact.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            note: "",
            key: "",
            glyph: None,
            tone: Tone::Muted,
            is_tinted: false,
            is_button: false,
            is_selected: None,
            is_bare: false,
        }
    }

    /// Something to press.
    pub fn button(text: &'a str) -> Self {
        Self { is_button: true, ..Self::new(text) }
    }

    /// Something that is on or off.
    pub fn toggle(text: &'a str, on: bool) -> Self {
        Self { is_selected: Some(on), ..Self::button(text) }
    }

    /// A faint text after it: "inferred".
    pub fn note(mut self, note: &'a str) -> Self {
        self.note = note;
        self
    }

    /// The key that does the same.
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = key;
        self
    }

    /// An icon before it.
    pub fn glyph(mut self, glyph: Glyph, tone: Tone) -> Self {
        self.glyph = Some((glyph, tone));
        self
    }

    /// Only its icon and its key are drawn, where there is little room; the text is still its name.
    pub fn bare(mut self, bare: bool) -> Self {
        self.is_bare = bare;
        self
    }

    /// The tone of the text.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// The text in a tone, on the tint of that tone: a badge.
    pub fn tinted(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self.is_tinted = true;
        self
    }
}

/// How high a fact is.
pub const HEIGHT: f32 = 22.0;
const PADDING: f32 = 9.0;

impl Widget for Chip<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let tokens = Tokens::of(ui);
        let lay = |text: &str, cut: Type| row_text::layout(ui.painter(), text, cut.font(), 420.0);
        let text = lay(if self.is_bare { "" } else { self.text }, Type::Small);
        let note = (!self.note.is_empty()).then(|| lay(self.note, Type::Small));
        let key = (!self.key.is_empty()).then(|| lay(self.key, Type::ValueSmall));
        let mut width = text.size().x + 2.0 * PADDING;
        width += self.glyph.map_or(0.0, |_| size::ICON + 2.0);
        width += note.as_ref().map_or(0.0, |note| note.size().x + size::GAP_XS);
        width += key.as_ref().map_or(0.0, |key| key.size().x + size::GAP_S + size::GAP_XS);

        let sense = if self.is_button { Sense::click() } else { Sense::hover() };
        let height = if self.is_button { size::CONTROL } else { HEIGHT };
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
        let enabled = ui.is_enabled();
        if self.is_button && enabled {
            super::offers::note(ui, response.id, self.text, self.is_selected);
        }
        response.widget_info(|| {
            let role = if self.is_button { Role::Button } else { Role::Label };
            match self.is_selected {
                Some(on) => WidgetInfo::selected(role, enabled, on, self.text),
                // What a fact's note says, "likely", is part of the fact.
                None if !self.is_button && !self.note.is_empty() => {
                    WidgetInfo::labeled(role, enabled, format!("{} ({})", self.text, self.note))
                }
                None => WidgetInfo::labeled(role, enabled, self.text),
            }
        });
        if self.is_button && !self.note.is_empty() {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(self.note));
        }
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let chip = Rect::from_center_size(rect.center(), vec2(width, HEIGHT));
        let is_hovered = self.is_button && response.hovered();
        let fill = match self.is_selected {
            Some(true) => tokens.bg_selected,
            _ if self.is_tinted => self.tone.background(tokens),
            _ => tokens.bg_raised,
        };
        let radius = CornerRadius::same(size::RADIUS_CHIP);
        ui.painter().rect_filled(chip, radius, fill);
        if is_hovered {
            let stroke = Stroke::new(size::RULE, tokens.text3);
            ui.painter().rect_stroke(chip, radius, stroke, StrokeKind::Inside);
        }
        let color = match (self.is_tinted, is_hovered || self.is_selected == Some(true)) {
            (true, _) => self.tone.color_on_background(tokens),
            (false, true) => tokens.text1,
            (false, false) => self.tone.color(tokens),
        };
        let mut inner = chip.shrink2(vec2(PADDING, 0.0));
        if let Some((glyph, tone)) = self.glyph {
            let at = inner.left_center() + vec2(size::ICON / 2.0 - 2.0, 0.0);
            let color = if self.is_tinted { color } else { tone.color(tokens) };
            match (glyph, tone) {
                (Glyph::Dot, Tone::Category(_)) => {
                    ui.painter().add(category::mark(at, size::KIND_SQUARE - 1.0, tone, tokens));
                }
                _ => glyph.paint(ui.painter(), at, size::ICON, color),
            }
            inner = inner.with_min_x(inner.left() + size::ICON + 2.0);
        }
        let text = row_text::paint_galley(ui.painter(), inner, text, color, Align::Min);
        if let Some(note) = note {
            let room = inner.with_min_x(text.right() + size::GAP_XS);
            row_text::paint_galley(ui.painter(), room, note, tokens.text3, Align::Min);
        }
        if let Some(key) = key {
            let cap = Rect::from_min_max(
                egui::pos2(inner.right() - key.size().x - size::GAP_XS, chip.top() + 3.0),
                egui::pos2(inner.right() + size::GAP_XS, chip.bottom() - 3.0),
            );
            key_cap(ui, cap, key, tokens);
        }
        if response.has_focus() {
            theme::focus_ring(ui.painter(), rect, tokens);
        }
        response
    }
}

/// Paints a key as on a keyboard.
pub fn key_cap(ui: &Ui, rect: Rect, key: std::sync::Arc<egui::Galley>, tokens: &Tokens) {
    let radius = CornerRadius::same(size::RADIUS_CELL);
    let stroke = Stroke::new(size::RULE, tokens.line);
    ui.painter().rect(rect, radius, tokens.bg_window, stroke, StrokeKind::Inside);
    row_text::paint_galley(ui.painter(), rect, key, tokens.text3, Align::Center);
}
