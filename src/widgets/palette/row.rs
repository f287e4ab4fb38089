//! Paints the lines of the palette.

use super::PaletteItem;
use super::rank::Query;
use crate::widgets::category;
use crate::widgets::chips::key_cap;
use crate::widgets::row_text::{self, GRAPHEMES_MOST};
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tree_row::paint_background;
use crate::widgets::virtual_rows::{RowInfo, VisibleRow};
use crate::words;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Rect, Sense, Ui, pos2, vec2};

const PADDING: f32 = 14.0;

pub(super) fn heading_ui(ui: &Ui, row: &VisibleRow, text: &str) {
    let tokens = Tokens::of(ui);
    row.interact(ui, RowInfo { label: text, ..RowInfo::default() });
    let room = row.rect.shrink2(vec2(PADDING, 0.0)).translate(vec2(0.0, 3.0));
    row_text::paint(ui.painter(), room, text, Type::Caption, tokens.text2, Align::Min);
}

/// Paints an item; returns whether it was chosen.
pub(super) fn item_ui(ui: &Ui, row: &VisibleRow, item: &PaletteItem<'_>, query: &Query, selected: bool) -> bool {
    let tokens = Tokens::of(ui);
    let response = row.interact(ui, RowInfo { label: &item.text, selected, ..RowInfo::default() });
    let inside = row.rect.shrink2(vec2(size::GAP_XS + 2.0, 0.0));
    paint_background(ui, inside, selected, response.hovered(), tokens);
    let mut room = row.rect.shrink2(vec2(PADDING, 0.0));
    if !item.shortcut.is_empty() {
        let key = row_text::layout(ui.painter(), &item.shortcut, Type::ValueSmall.font(), 160.0);
        let left = room.right() - key.size().x - size::GAP_S;
        let cap = Rect::from_min_max(pos2(left, room.top() + 5.0), pos2(room.right(), room.bottom() - 5.0));
        key_cap(ui, cap, key, tokens);
        room.max.x = left - size::GAP_S;
    }
    if let Some(tone) = item.mark {
        let at = room.left_center() + vec2(size::KIND_SQUARE / 2.0, 0.0);
        ui.painter().add(category::mark(at, size::KIND_SQUARE - 1.0, tone, tokens));
        room.min.x += size::KIND_SQUARE + size::GAP_S;
    }
    let galley = ui.painter().layout_job(job(item, query, tokens, room.width()));
    let covered = row_text::paint_galley(ui.painter(), room, galley, tokens.text1, Align::Min);
    let rest = room.with_min_x(covered.right() + size::GAP_S);
    row_text::paint(ui.painter(), rest, &item.note, Type::Small, tokens.text3, Align::Min);
    response.clicked()
}

/// The text with what was typed in the accent.
fn job(item: &PaletteItem<'_>, query: &Query, tokens: &Tokens, width: f32) -> LayoutJob {
    let text = words::one_line(&item.text, GRAPHEMES_MOST);
    let mut job = LayoutJob { wrap: TextWrapping::truncate_at_width(width.floor()), ..LayoutJob::default() };
    job.break_on_newline = false;
    let plain = TextFormat::simple(Type::Body.font(), tokens.text1);
    let found = TextFormat::simple(Type::BodyStrong.font(), tokens.accent);
    let hits = if query.is_empty() { Vec::new() } else { query.find(&text).map_or(Vec::new(), |found| found.bytes) };
    let mut from = 0;
    for hit in hits {
        job.append(&text[from..hit.start], 0.0, plain.clone());
        job.append(&text[hit.clone()], 0.0, found.clone());
        from = hit.end;
    }
    job.append(&text[from..], 0.0, plain);
    job
}

pub(super) fn foot_ui(ui: &mut Ui, height: f32, note: &str) {
    let tokens = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.top(), (size::RULE, tokens.line));
    let room = rect.shrink2(vec2(PADDING, 0.0));
    let keys = row_text::paint(
        ui.painter(),
        room,
        "↑↓ choose   Enter run   Esc close",
        Type::Caption,
        tokens.text3,
        Align::Max,
    );
    let room = room.with_max_x(keys.left() - size::GAP_S);
    row_text::paint(ui.painter(), room, note, Type::Caption, tokens.text2, Align::Min);
}
