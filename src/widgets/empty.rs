//! Nothing there, or not there yet.

use super::chips::Chip;
use super::tokens::Tokens;
use super::tokens::size::{self, Type};
use egui::accesskit::Role;
use egui::{Align, Label, Layout, Rect, RichText, Sense, Ui, UiBuilder, pos2, vec2};

/// One sentence saying what would stand here and what makes it appear, and the one useful action.
///
/// Returns whether the action was chosen; an empty `action` shows none.
pub fn empty_ui(ui: &mut Ui, sentence: &str, action: &str) -> bool {
    let tokens = Tokens::of(ui);
    let mut clicked = false;
    let rect = ui.available_rect_before_wrap();
    let height = rect.height().min(240.0);
    let inner = Rect::from_min_size(rect.min, vec2(rect.width(), height));
    ui.scope_builder(UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Center)), |ui| {
        ui.add_space(height * 0.3);
        ui.set_max_width(460.0_f32.min(rect.width()));
        let text = RichText::new(sentence).font(Type::Body.font()).color(tokens.text2);
        ui.add(Label::new(text).wrap());
        if !action.is_empty() {
            ui.add_space(size::GAP_S);
            clicked = ui.add(Chip::button(action)).clicked();
        }
    });
    clicked
}

/// The shape of rows that are being read. Nothing moves; a screen reader hears "Loading".
pub fn skeleton_rows_ui(ui: &mut Ui, rows: usize, row_height: f32) {
    let tokens = Tokens::of(ui);
    let rect = ui.available_rect_before_wrap();
    let fitting = (rect.height() / row_height).ceil().max(0.0) as usize;
    let rows = rows.min(fitting);
    let (area, response) = ui.allocate_exact_size(vec2(rect.width(), rows as f32 * row_height), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Status, true, "Loading"));
    for row in 0..rows {
        let y = area.top() + (row as f32 + 0.5) * row_height;
        // Widths that look like names, the same each time.
        let share = 0.25 + 0.3 * ((row * 7 + 3) % 5) as f32 / 5.0;
        let bar = |left: f32, width: f32| Rect::from_center_size(pos2(left + width / 2.0, y), vec2(width, 8.0));
        let name = bar(area.left() + size::GAP_L, area.width() * share);
        ui.painter().rect_filled(name, 4.0, tokens.bg_raised);
        let value = bar(area.right() - size::GAP_L - 48.0, 48.0);
        if value.left() > name.right() {
            ui.painter().rect_filled(value, 4.0, tokens.bg_raised);
        }
    }
}

/// The shape of a card or a chart that is being read.
pub fn skeleton_block_ui(ui: &mut Ui, height: f32) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Status, true, "Loading"));
    ui.painter().rect_filled(rect, f32::from(size::RADIUS), tokens.bg_panel);
}
