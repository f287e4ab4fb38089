//! The list below the caret.

use super::{Completion, CompletionState};
use crate::widgets::chips::key_cap;
use crate::widgets::row_text;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tree_row::paint_background;
use crate::widgets::virtual_rows::{RowInfo, VirtualRows, VisibleRow};
use egui::{Align, Area, CornerRadius, Frame, Id, Margin, Order, Pos2, Shadow, Stroke, Ui, vec2};

const WIDTH_LEAST: f32 = 260.0;
const WIDTH_MOST: f32 = 520.0;
const ROWS_MOST: usize = 9;

/// Shows the list; returns the item that was clicked.
pub(super) fn show(ui: &Ui, field: Id, at: Pos2, state: &CompletionState, has_moved: bool) -> Option<Completion> {
    let tokens = Tokens::of(ui);
    let id = field.with("completions");
    let rows = state.items.len().min(ROWS_MOST);
    let width = width(ui, &state.items);
    let mut scroll = ui.data(|data| data.get_temp::<RowScroll>(id)).unwrap_or_default();
    let mut chosen = None;
    Area::new(id).order(Order::Foreground).fixed_pos(at).constrain(true).show(ui.ctx(), |ui| {
        Frame::new()
            .fill(tokens.bg_panel)
            .stroke(Stroke::new(size::RULE, tokens.line))
            .corner_radius(CornerRadius::same(size::RADIUS))
            .shadow(Shadow { offset: [0, 4], blur: 16, spread: 0, color: tokens.shadow })
            .inner_margin(Margin::same(4))
            .show(ui, |ui| {
                ui.set_width(width);
                VirtualRows::new("items", state.items.len(), size::ROW)
                    .label("Completions")
                    .height(rows as f32 * size::ROW)
                    .cursor(Some(state.cursor))
                    .reveal((has_moved || state.cursor == 0 && scroll.top > 0).then_some(state.cursor))
                    .show(ui, &mut scroll, |ui, row| {
                        let Some(item) = state.items.get(row.index) else { return };
                        if row_ui(ui, row, item, (state.cursor == row.index).then_some(state.was_moved)) {
                            chosen = Some(item.clone());
                        }
                    });
            });
    });
    ui.data_mut(|data| data.insert_temp(id, scroll));
    chosen
}

fn width(ui: &Ui, items: &[Completion]) -> f32 {
    let lay = |text: &str, cut: Type| row_text::layout(ui.painter(), text, cut.font(), WIDTH_MOST).size().x;
    let widest = items.iter().take(100).map(|item| {
        lay(item.text.trim(), Type::Value) + lay(item.kind, Type::Caption) + lay(&item.note, Type::Small) + 84.0
    });
    widest.fold(WIDTH_LEAST, f32::max).min(WIDTH_MOST)
}

/// `cursor`: of the item that Tab takes, whether Enter takes it too.
fn row_ui(ui: &Ui, row: &VisibleRow, item: &Completion, cursor: Option<bool>) -> bool {
    let selected = cursor == Some(true);
    let tokens = Tokens::of(ui);
    let response = row.interact(ui, RowInfo { label: item.text.trim(), selected, ..RowInfo::default() });
    paint_background(ui, row.rect, selected, response.hovered(), tokens);
    let mut room = row.rect.shrink2(vec2(size::GAP_S, 0.0));
    if cursor == Some(false) {
        let key = row_text::layout(ui.painter(), "Tab", Type::ValueSmall.font(), 60.0);
        let left = room.right() - key.size().x - size::GAP_S;
        let cap = room.shrink2(vec2(0.0, 4.0)).with_min_x(left);
        key_cap(ui, cap, key, tokens);
        room.max.x = left - size::GAP_S;
    }
    let kind = row_text::paint(ui.painter(), room, item.kind, Type::Caption, tokens.text3, Align::Max);
    if !item.kind.is_empty() {
        room.max.x = kind.left() - size::GAP_S;
    }
    let text = row_text::paint(ui.painter(), room, item.text.trim(), Type::Value, tokens.text1, Align::Min);
    room.min.x = text.right() + size::GAP_M;
    row_text::paint(ui.painter(), room, &item.note, Type::Small, tokens.text2, Align::Min);
    // A press is enough: with it the field loses the keyboard, and the list would be gone before the click.
    response.clicked() || response.is_pointer_button_down_on()
}
