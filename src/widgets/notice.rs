//! What went wrong, what to be careful about, what would help: a framed text with a few buttons.

use super::chips::Chip;
use super::glyphs::Glyph;
use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use egui::accesskit::Role;
use egui::{CornerRadius, Frame, Label, Margin, RichText, Stroke, Ui};

/// What the user asked of a notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeEvent {
    /// Nothing.
    #[default]
    None,
    /// Put the details into the clipboard.
    CopyDetails,
    /// The notice's own action.
    Action,
    /// Take it away.
    Dismiss,
}

/// A notice.
#[derive(Clone, Debug)]
#[must_use = "call `show`"]
pub struct Notice<'a> {
    tone: Tone,
    what: &'a str,
    place: &'a str,
    advice: &'a str,
    after: &'a str,
    action: &'a str,
    has_details: bool,
    can_dismiss: bool,
}

impl<'a> Notice<'a> {
    fn new(tone: Tone, what: &'a str) -> Self {
        Self { tone, what, place: "", advice: "", after: "", action: "", has_details: false, can_dismiss: false }
    }

    /// Something failed: what, where, and what to do now. Offers "Copy details".
    pub fn failed(what: &'a str, place: &'a str, advice: &'a str) -> Self {
        Self { place, advice, has_details: true, ..Self::new(Tone::Bad, what) }
    }

    /// Something to be careful about: one row was damaged, the run has stalled.
    pub fn warning(what: &'a str) -> Self {
        Self::new(Tone::Warn, what)
    }

    /// Something that would help.
    pub fn hint(what: &'a str) -> Self {
        Self::new(Tone::Accent, what)
    }

    /// What to do about it.
    pub fn advice(mut self, advice: &'a str) -> Self {
        self.advice = advice;
        self
    }

    /// What led to it, below all else.
    pub fn after(mut self, after: &'a str) -> Self {
        self.after = after;
        self
    }

    /// A button of its own.
    pub fn action(mut self, label: &'a str) -> Self {
        self.action = label;
        self
    }

    /// Can be taken away.
    pub fn dismissible(mut self) -> Self {
        self.can_dismiss = true;
        self
    }

    /// Offers "Copy details".
    pub fn with_details(mut self) -> Self {
        self.has_details = true;
        self
    }

    /// Shows the notice over the width there is.
    pub fn show(self, ui: &mut Ui) -> NoticeEvent {
        let tokens = Tokens::of(ui);
        let (fill, border) = match self.tone {
            Tone::Bad => (tokens.bad_bg, tokens.bad),
            Tone::Warn => (tokens.warn_bg, tokens.warn),
            _ => (tokens.bg_panel, tokens.line),
        };
        let mut event = NoticeEvent::None;
        let frame = Frame::new()
            .fill(fill)
            .stroke(Stroke::new(size::RULE, border.gamma_multiply(0.7)))
            .corner_radius(CornerRadius::same(size::RADIUS))
            .inner_margin(Margin::symmetric(12, 9));
        let shown = frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = size::GAP_XS;
            ui.horizontal_top(|ui| {
                let glyph = match self.tone {
                    Tone::Bad => Glyph::Cross,
                    Tone::Warn => Glyph::Warning,
                    _ => Glyph::Arrow,
                };
                glyph.show(ui, self.tone);
                ui.vertical(|ui| self.text_ui(ui, tokens));
            });
            event = self.buttons_ui(ui);
        });
        let id = shown.response.id;
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_role(if self.tone == Tone::Bad { Role::Alert } else { Role::Note });
            node.set_label(self.what);
        });
        event
    }

    fn text_ui(&self, ui: &mut Ui, tokens: &Tokens) {
        let heading = match self.tone {
            Tone::Bad | Tone::Warn => self.tone.color_on_background(tokens),
            _ => tokens.text1,
        };
        let line = |ui: &mut Ui, text: &str, cut: Type, color| {
            if !text.is_empty() {
                // A message from below may be long; a label is not the place for all of it.
                let text = crate::words::ellipsize_graphemes(text, 2_000);
                ui.add(Label::new(RichText::new(text).font(cut.font()).color(color)).wrap());
            }
        };
        line(ui, self.what, Type::BodyStrong, heading);
        line(ui, self.place, Type::Value, tokens.text2);
        line(ui, self.advice, Type::Body, tokens.text1);
        line(ui, self.after, Type::Value, tokens.text2);
    }

    fn buttons_ui(&self, ui: &mut Ui) -> NoticeEvent {
        let mut event = NoticeEvent::None;
        if self.action.is_empty() && !self.has_details && !self.can_dismiss {
            return event;
        }
        ui.horizontal_wrapped(|ui| {
            ui.add_space(size::ICON + size::GAP_S);
            if !self.action.is_empty() && ui.add(Chip::button(self.action)).clicked() {
                event = NoticeEvent::Action;
            }
            if self.has_details && ui.add(Chip::button("Copy details")).clicked() {
                event = NoticeEvent::CopyDetails;
            }
            if self.can_dismiss && ui.add(Chip::button("Dismiss")).clicked() {
                event = NoticeEvent::Dismiss;
            }
        });
        event
    }
}
