//! A line to type in.

use super::chips::key_cap;
use super::row_text;
use super::tokens::Tokens;
use super::tokens::size::{self, Type};
use egui::{Id, Key, Margin, Modifiers, Rect, Response, RichText, TextEdit, Ui, pos2, vec2};

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
    is_secret: bool,
    has_frame: bool,
}

impl<'a> Field<'a> {
    /// A field. `label` is its name, for those who do not see it.
    pub fn new(label: &'a str) -> Self {
        Self { id: None, label, hint: "", key: "", width: None, is_bad: false, is_secret: false, has_frame: true }
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

    /// What is typed is shown as dots, to whoever listens, too, and cannot be copied.
    pub fn secret(mut self) -> Self {
        self.is_secret = true;
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
            .hint_text(self.hint_text())
            .font(Type::Body.font())
            .margin(Margin::symmetric(8, 4))
            .desired_width(width)
            .password(self.is_secret)
            .text_color(tokens.text1);
        if let Some(id) = self.id {
            edit = edit.id(id);
        }
        if !self.has_frame {
            edit = edit.frame(egui::Frame::NONE).align(egui::Align2::LEFT_CENTER);
        }
        let add = |ui: &mut Ui| {
            faint_hints(ui);
            ui.add_sized(vec2(width, size::CONTROL), edit).accessible_name(self.label)
        };
        let response = ui.scope(add).inner;
        if self.is_secret {
            forget_typing(ui, response.id);
        }
        if self.is_bad {
            bad_frame(ui, response.rect);
        }
        if text.is_empty() && !response.has_focus() {
            self.key_ui(ui, response.rect);
        }
        response
    }

    pub(super) fn label(&self) -> &'a str {
        self.label
    }

    pub(super) fn own_id(&self) -> Option<Id> {
        self.id
    }

    pub(super) fn hint_text(&self) -> RichText {
        RichText::new(self.hint).font(Type::Body.font())
    }

    /// The key that leads to the field, if it has one, at the right in `rect`.
    pub(super) fn key_ui(&self, ui: &Ui, rect: Rect) {
        if self.key.is_empty() {
            return;
        }
        let key = row_text::layout(ui.painter(), self.key, Type::ValueSmall.font(), 80.0);
        let right = rect.right() - size::GAP_XS - 1.0;
        let left = right - key.size().x - size::GAP_S;
        let cap = Rect::from_min_max(pos2(left, rect.top() + 5.0), pos2(right, rect.bottom() - 5.0));
        key_cap(ui, cap, key, Tokens::of(ui));
    }
}

/// What was typed into a field can't be brought back: egui would keep it for as long as the program runs.
fn forget_typing(ui: &Ui, id: Id) {
    if let Some(mut state) = egui::text_edit::TextEditState::load(ui.ctx(), id) {
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
}

/// What may be typed is fainter than what was: egui gives hints the colour of weak text, whatever theirs is.
pub(super) fn faint_hints(ui: &mut Ui) {
    let color = Tokens::of(ui).text3;
    ui.visuals_mut().weak_text_color = Some(color);
}

/// The border of a field whose text cannot be read.
pub(super) fn bad_frame(ui: &Ui, rect: Rect) {
    let stroke = (size::RULE, Tokens::of(ui).bad);
    ui.painter().rect_stroke(rect, f32::from(size::RADIUS), stroke, egui::StrokeKind::Inside);
}

/// Where the keys lead in a field that finds places in a text: `true` back to the one before, `false` on to the next.
pub fn find_step(ui: &Ui, field: &Response) -> Option<bool> {
    let mut step = None;
    // Enter takes the keyboard from the field; here it means the next place.
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        step = Some(ui.input(|input| input.modifiers.matches_logically(Modifiers::SHIFT)));
        field.request_focus();
    }
    if field.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowDown)) {
        step = Some(false);
    }
    if field.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowUp)) {
        step = Some(true);
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_was_typed_is_not_brought_back() {
        for is_secret in [false, true] {
            let (ctx, mut text) = (egui::Context::default(), String::new());
            crate::widgets::fonts::install(&ctx);
            for second in 0..9 {
                if second == 2 {
                    text.push_str("pw-7731");
                }
                let input = egui::RawInput { time: Some(f64::from(second)), ..egui::RawInput::default() };
                let show = |ui: &mut Ui| {
                    let field = Field::new("Password").id(Id::unique("field"));
                    if is_secret { field.secret() } else { field }.show(ui, &mut text).request_focus();
                };
                ctx.run_ui(input, show).drop_without_applying_deltas();
            }
            let state = egui::text_edit::TextEditState::load(&ctx, Id::unique("field")).expect("a field");
            let another = (egui::text::CCursorRange::default(), "another".to_owned());
            assert_eq!(state.undoer().has_undo(&another), !is_secret);
        }
    }
}
