//! What readings of a span share: heads of what can be gone to, labels, lines that say what failed.

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use crate::views::parts::link;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// A head: a name, what it is of, and figures at its end. Says whether it was clicked, which leads to its span.
pub(super) fn head_ui(ui: &mut Ui, (name, title, tone): (&str, &str, Tone), figures: &str, has_span: bool) -> bool {
    let mut is_clicked = false;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), size::LINE), Layout::right_to_left(Align::Center), |ui| {
        text_ui(ui, figures, Type::Small, Tone::Muted);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            if has_span {
                is_clicked = link(ui, name, Type::BodyStrong, tone).on_hover_text("Go to its span").clicked();
            } else {
                text_ui(ui, name, Type::BodyStrong, tone);
            }
            let color = Tokens::of(ui).text2;
            ui.add(Label::new(RichText::new(title).font(Type::Small.font()).color(color)).truncate());
        });
    });
    is_clicked
}

/// What the text below is.
pub(super) fn label_ui(ui: &mut Ui, label: &str) {
    text_ui(ui, label, Type::Caption, Tone::Muted);
}

/// What went wrong, with its mark.
pub(super) fn failure_ui(ui: &mut Ui, (glyph, tone): (Glyph, Tone), text: &str) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_XS;
        let (rect, _) = ui.allocate_exact_size(vec2(size::ICON, size::LINE), egui::Sense::hover());
        glyph.paint(ui.painter(), rect.center(), size::ICON, tone.color(Tokens::of(ui)));
        let color = tone.color(Tokens::of(ui));
        ui.add(Label::new(RichText::new(text).font(Type::Small.font()).color(color)).wrap());
    });
}
