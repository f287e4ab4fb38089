//! A small button beside a selection.

use crate::widgets::chips::Chip;
use crate::widgets::tokens::size;
use crate::widgets::tokens::{Tokens, Tone};
use egui::{Area, CornerRadius, Frame, Id, Order, Pos2, Stroke, Ui, vec2};

/// Offers to do something with what is selected up to `at`, the lower end of its last line. Returns whether
/// that was chosen.
pub fn offer_ui(ui: &Ui, id: Id, at: Pos2, text: &str) -> bool {
    if !ui.clip_rect().expand(size::LINE).contains(at) {
        return false;
    }
    let tokens = Tokens::of(ui);
    // An area of its own: a short text has no room for it, and the text goes on below it.
    let area = Area::new(id.with("offer")).order(Order::Foreground).fixed_pos(at + vec2(0.0, 3.0));
    let frame = Frame::new()
        .fill(tokens.bg_panel)
        .stroke(Stroke::new(size::RULE, tokens.line))
        .corner_radius(CornerRadius::same(size::RADIUS))
        .inner_margin(2);
    let area = area.constrain_to(ui.ctx().content_rect());
    area.show(ui.ctx(), |ui| frame.show(ui, |ui| ui.add(Chip::button(text).tone(Tone::Neutral)).clicked()).inner).inner
}
