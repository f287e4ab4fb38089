//! Says in the header which columns were given up for want of room.

use super::{CELL_PADDING, Column};
use crate::widgets::row_text;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::virtual_rows::set_bounds;
use egui::accesskit::Role;
use egui::{Align, Id, Rect, Sense, Ui};

/// Paints `+2` at the right end of the header, with the titles where the pointer rests on it. Where the last title
/// needs the room, it is only heard.
pub(super) fn show(ui: &Ui, table: Id, head: Rect, columns: &[Column<'_>], widths: &[f32]) {
    let of = |is_wanted: fn(f32) -> bool| columns.iter().zip(widths).filter(move |(_, width)| is_wanted(**width));
    let titles: Vec<&str> = of(|width| width < 1.0).map(|(column, _)| column.title).collect();
    let Some((last, width)) = of(|width| width >= 1.0).next_back().filter(|_| !titles.is_empty()) else { return };
    let text = format!("+{}", titles.len());
    let galley = row_text::natural(ui.painter(), &text, Type::Caption);
    let place = head.with_max_x(head.right() - size::SCROLL_BAR);
    let place = place.with_min_x(place.right() - galley.size().x - CELL_PADDING);
    let title = row_text::fitted(ui.painter(), last.title, Type::Small, *width).size().x;
    if last.align != Align::Max && title + 3.0 * CELL_PADDING + place.width() <= *width {
        row_text::paint_galley(ui.painter(), place, galley, Tokens::of(ui).text3, Align::Min);
    }
    let told = format!("Left out for want of room: {}", titles.join(", "));
    let id = table.with("given up");
    let response = ui.interact(place, id, Sense::hover());
    ui.ctx().accesskit_node_builder(id, |node| {
        set_bounds(node, place.intersect(ui.clip_rect()));
        node.set_role(Role::Note);
        node.set_label(told.as_str());
    });
    response.on_hover_text(told);
}
