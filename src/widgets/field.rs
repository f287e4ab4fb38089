//! A line to type in.

use super::chips::key_cap;
use super::row_text;
use super::tokens::Tokens;
use super::tokens::size::{self, Type};
use egui::{Id, Margin, Rect, Response, RichText, TextEdit, Ui, pos2, vec2};

/// A field with a hint, a name for screen readers, and the key that leads to it.
#[derive(Clone, Debug)]
#[must_use = "call `show`"]
pub struct Field<'a> {
    id: Option<Id>,
    label: &'a str,
    hint: &'a str,
    key: &'a str,
    width: Option<f32>,
    is_bad: bool,
    has_frame: bool,
}

impl<'a> Field<'a> {
    /// A field. `label` is its name, for those who do not see it.
    pub fn new(label: &'a str) -> Self {
        Self { id: None, label, hint: "", key: "", width: None, is_bad: false, has_frame: true }
    }

    /// An id of its own, so that a command can give it the keyboard.
    pub fn id(mut self, id: Id) -> Self {
        self.id = Some(id);
        self
    }

    /// What to type, shown while it is empty.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// The key that leads here, shown while it is empty and has not the keyboard.
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = key;
        self
    }

    /// A width instead of all there is.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// What was typed cannot be read.
    pub fn bad(mut self, is_bad: bool) -> Self {
        self.is_bad = is_bad;
        self
    }

    /// Without a border: where the field is the place itself.
    pub fn without_frame(mut self) -> Self {
        self.has_frame = false;
        self
    }

    /// Shows the field.
    pub fn show(self, ui: &mut Ui, text: &mut String) -> Response {
        let tokens = Tokens::of(ui);
        let width = self.width.unwrap_or_else(|| ui.available_width());
        let mut edit = TextEdit::singleline(text)
            .hint_text(RichText::new(self.hint).color(tokens.text3))
            .font(Type::Body.font())
            .margin(Margin::symmetric(8, 4))
            .desired_width(width)
            .text_color(tokens.text1);
        if let Some(id) = self.id {
            edit = edit.id(id);
        }
        if !self.has_frame {
            edit = edit.frame(egui::Frame::NONE).align(egui::Align2::LEFT_CENTER);
        }
        let response = ui.add_sized(vec2(width, size::CONTROL), edit).accessible_name(self.label);
        if self.is_bad {
            let stroke = egui::Stroke::new(size::RULE, tokens.bad);
            let kind = egui::StrokeKind::Inside;
            ui.painter().rect_stroke(response.rect, f32::from(size::RADIUS), stroke, kind);
        }
        if !self.key.is_empty() && text.is_empty() && !response.has_focus() {
            let key = row_text::layout(ui.painter(), self.key, Type::ValueSmall.font(), 80.0);
            let right = response.rect.right() - size::GAP_XS - 1.0;
            let cap = Rect::from_min_max(
                pos2(right - key.size().x - size::GAP_S, response.rect.top() + 5.0),
                pos2(right, response.rect.bottom() - 5.0),
            );
            key_cap(ui, cap, key, tokens);
        }
        response
    }
}
