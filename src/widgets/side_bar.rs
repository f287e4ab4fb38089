//! The bar below columns that are wider than the view.

use crate::widgets::tokens::{Tokens, size};
use crate::widgets::virtual_rows::set_bounds;
use egui::accesskit::{Orientation, Role};
use egui::{Id, Rect, Sense, Ui, pos2, vec2};

const HANDLE_LEAST: f32 = 28.0;

/// Scrolls by wheel and bar. `track` is empty where all columns fit; `most` is how far it can be scrolled.
pub(super) fn show(ui: &Ui, table: Id, outer: Rect, track: Rect, x: &mut f32, most: f32) {
    if most > 0.0 && ui.rect_contains_pointer(outer) {
        *x -= ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.x));
    }
    *x = if x.is_finite() { x.clamp(0.0, most) } else { 0.0 };
    if most <= 0.0 {
        return;
    }
    let id = table.with("side bar");
    let response = ui.interact(track, id, Sense::CLICK | Sense::DRAG);
    let length =
        (track.width() * track.width() / (track.width() + most)).clamp(HANDLE_LEAST, track.width().max(HANDLE_LEAST));
    let free = track.width() - length;
    let handle = |x: f32| {
        let left = track.left() + free * (x / most);
        Rect::from_min_size(pos2(left, track.top()), vec2(length, track.height()))
    };
    if let Some(pointer) = response.interact_pointer_pos() {
        // Where on the handle it was taken, so that it stays under the pointer; beside it: the middle.
        let grip = if response.drag_started() || response.clicked() {
            let handle = handle(*x);
            let grip = if handle.contains(pointer) { pointer.x - handle.left() } else { length / 2.0 };
            ui.data_mut(|data| data.insert_temp(id, grip));
            grip
        } else {
            ui.data(|data| data.get_temp(id)).unwrap_or(length / 2.0)
        };
        if free > 0.0 && (response.dragged() || response.clicked()) {
            *x = ((pointer.x - grip - track.left()) / free).clamp(0.0, 1.0) * most;
        }
    }
    ui.ctx().accesskit_node_builder(id, |node| {
        set_bounds(node, track);
        node.set_role(Role::ScrollBar);
        node.set_label("Scroll to the side");
        node.set_orientation(Orientation::Horizontal);
        node.set_numeric_value(f64::from(*x));
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(f64::from(most));
    });
    let tokens = Tokens::of(ui);
    let is_held = response.hovered() || response.dragged();
    let color = if is_held { tokens.text3 } else { tokens.faint(tokens.text3) };
    ui.painter().rect_filled(handle(*x).shrink2(vec2(1.0, 2.0)), size::SCROLL_BAR / 2.0, color);
}
