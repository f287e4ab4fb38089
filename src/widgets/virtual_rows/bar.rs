//! The scroll bar of a list of rows. It computes in whole rows, so it is exact at any length.

use super::RowScroll;
use crate::widgets::tokens::{Tokens, size};
use egui::{Id, Rect, Sense, Ui, pos2};

const HANDLE_LEAST: f32 = 28.0;

pub(super) fn show(ui: &Ui, list: Id, track: Rect, state: &mut RowScroll, total: usize, view_rows: f64) {
    let id = list.with("scroll bar");
    let response = ui.interact(track, id, Sense::CLICK | Sense::DRAG);
    let share = (view_rows / total as f64).min(1.0) as f32;
    let length = (track.height() * share).clamp(HANDLE_LEAST.min(track.height()), track.height());
    let free = f64::from(track.height() - length);
    let handle_at = |state: RowScroll| {
        let top = track.top() + (state.ratio(total, view_rows) * free) as f32;
        Rect::from_min_max(pos2(track.left(), top), pos2(track.right(), top + length))
    };

    if let Some(pointer) = response.interact_pointer_pos() {
        // Where on the handle it was taken, so that it stays under the pointer; beside it: the middle.
        let grip = if response.drag_started() || response.clicked() {
            let handle = handle_at(*state);
            let grip = if handle.contains(pointer) { pointer.y - handle.top() } else { length / 2.0 };
            ui.data_mut(|data| data.insert_temp(id, grip));
            grip
        } else {
            ui.data(|data| data.get_temp(id)).unwrap_or(length / 2.0)
        };
        if free > 0.0 && (response.dragged() || response.clicked()) {
            let ratio = f64::from(pointer.y - grip - track.top()) / free;
            *state = RowScroll::from_ratio(ratio, total, view_rows);
        }
    }

    let tokens = Tokens::of(ui);
    let is_held = response.hovered() || response.dragged();
    let color = if is_held { tokens.text3 } else { tokens.faint(tokens.text3) };
    let handle = handle_at(*state).shrink2(egui::vec2(2.0, 1.0));
    ui.painter().rect_filled(handle, size::SCROLL_BAR / 2.0, color);
}
