//! The boxes that say which rows are selected.

use crate::widgets::glyphs::Glyph;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size;
use crate::widgets::virtual_rows::set_bounds;
use egui::accesskit::{Action, Role, Toggled};
use egui::{Id, Rect, Sense, StrokeKind, Ui, vec2};

/// Paints a box into the middle of a cell.
pub(super) fn paint(ui: &Ui, cell: Rect, is_on: bool) {
    let tokens = Tokens::of(ui);
    let rect = Rect::from_center_size(cell.center(), vec2(size::ICON, size::ICON));
    let radius = f32::from(size::RADIUS_CELL) - 1.0;
    if is_on {
        ui.painter().rect_filled(rect, radius, tokens.accent);
        Glyph::Check.paint(ui.painter(), rect.center(), size::ICON - 2.0, tokens.bg_window);
    } else {
        let color = if ui.rect_contains_pointer(cell) { tokens.text2 } else { tokens.faint(tokens.text3) };
        ui.painter().rect_stroke(rect, radius, (1.0, color), StrokeKind::Inside);
    }
}

/// The box in the header, which selects all rows or none; says whether it was clicked.
pub(super) fn header_ui(ui: &Ui, id: Id, cell: Rect, label: &str, is_all: bool) -> bool {
    let response = ui.interact(cell, id, Sense::click());
    ui.ctx().accesskit_node_builder(id, |node| {
        set_bounds(node, cell.intersect(ui.clip_rect()));
        node.set_role(Role::CheckBox);
        node.set_label(label);
        node.set_toggled(if is_all { Toggled::True } else { Toggled::False });
        node.add_action(Action::Click);
    });
    paint(ui, cell, is_all);
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), cell.shrink(1.0), Tokens::of(ui));
    }
    response.clicked()
}
