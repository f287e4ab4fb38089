//! Headings, cards, and figures with their captions.

use super::tokens::size::{self, Type};
use super::tokens::{Tokens, Tone};
use egui::accesskit::Role;
use egui::{CornerRadius, Frame, Label, Margin, Response, RichText, Stroke, Ui};

/// The title of a place.
pub fn title_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Tokens::of(ui).text1;
    heading_ui(ui, text, Type::Title, color)
}

/// The heading of a section: small and faint, above what it names.
pub fn section_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Tokens::of(ui).text2;
    ui.add_space(size::GAP_XS);
    heading_ui(ui, text, Type::Caption, color)
}

/// The heading of a card.
pub fn card_heading_ui(ui: &mut Ui, text: &str) -> Response {
    let color = Tokens::of(ui).text1;
    heading_ui(ui, text, Type::BodyStrong, color)
}

fn heading_ui(ui: &mut Ui, text: &str, cut: Type, color: egui::Color32) -> Response {
    let text = crate::words::one_line(text, 400);
    let rich = RichText::new(text.as_ref()).font(cut.font()).color(color);
    let response = ui.add(Label::new(rich).truncate());
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Heading);
        node.set_label(text.as_ref());
    });
    response
}

/// A text in a tone.
pub fn text_ui(ui: &mut Ui, text: &str, cut: Type, tone: Tone) -> Response {
    let color = tone.color(Tokens::of(ui));
    ui.add(Label::new(RichText::new(text).font(cut.font()).color(color)))
}

/// A figure below its caption.
pub fn figure_ui(ui: &mut Ui, caption: &str, figure: &str, cut: Type, tone: Tone) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        text_ui(ui, caption, Type::Small, Tone::Muted);
        text_ui(ui, figure, cut, tone);
    });
}

/// A card: a bordered area on the panel's colour.
pub fn card_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    card_of_ui(ui, Margin::same(12), add)
}

/// A card for low windows, with less above and below what it holds.
pub fn low_card_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    card_of_ui(ui, Margin::symmetric(12, 8), add)
}

fn card_of_ui<R>(ui: &mut Ui, margin: Margin, add: impl FnOnce(&mut Ui) -> R) -> R {
    let tokens = Tokens::of(ui);
    Frame::new()
        .fill(tokens.bg_panel)
        .stroke(Stroke::new(size::RULE, tokens.line))
        .corner_radius(CornerRadius::same(size::RADIUS))
        .inner_margin(margin)
        .show(ui, add)
        .inner
}
