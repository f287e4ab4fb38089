//! The header of a table: titles, the mark of the sorting, and borders that can be dragged.

use super::place::Places;
use super::{CELL_PADDING, COLUMN_LEAST, Sort, Table, TableEvents, TableState};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::set_bounds;
use egui::accesskit::{Action, Role, SortDirection};
use egui::{Align, CursorIcon, Id, Rect, Response, Sense, Ui, pos2, vec2};

/// How near the border the pointer has to be.
const GRIP: f32 = 4.0;

pub(super) fn show(
    ui: &mut Ui,
    table: Id,
    rect: Rect,
    spec: &Table<'_>,
    places: Places<'_>,
    state: &mut TableState,
    events: &mut TableEvents,
) {
    let tokens = Tokens::of(ui);
    let clip = ui.clip_rect();
    let edge = rect.left() + places.edge();
    for (index, column) in spec.columns.iter().enumerate() {
        let (left, right, stays) = places.of(index);
        let (left, right) = (rect.left() + left, rect.left() + right);
        let cell = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
        if !stays && cell.right() < edge || cell.left() > rect.right() || cell.width() < 1.0 {
            continue;
        }
        // What moves ends at the edge of what stays.
        ui.set_clip_rect(if stays { clip } else { clip.with_min_x(edge.max(clip.left())) });
        let sort = spec.sort.filter(|sort| sort.column == index);
        let id = table.with(("column", index));
        if column.is_check {
            let selection = spec.selection.filter(|_| spec.total > 0);
            let is_all = selection.is_some_and(|selection| selection.len() >= spec.total);
            if super::check::header_ui(ui, id, cell, column.title, is_all) {
                let change = if is_all { super::SelectionChange::Nothing } else { super::SelectionChange::All };
                events.select = Some(change);
            }
            continue;
        }
        let response = title_ui(ui, id, cell, column, sort, spec.is_reorderable);
        if column.sortable && response.clicked() {
            events.sort = Some(index);
        }
        if spec.is_reorderable {
            reorder(ui, &response, rect, index, places, events);
        }
        border_ui(ui, table.with(("border", index)), cell, index, state);
    }
    ui.set_clip_rect(clip);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (size::RULE, tokens.line));
}

fn title_ui(
    ui: &Ui,
    id: Id,
    cell: Rect,
    column: &super::Column<'_>,
    sort: Option<Sort>,
    can_be_dragged: bool,
) -> Response {
    let mut sense = if column.sortable { Sense::click() } else { Sense::hover() };
    if can_be_dragged {
        sense |= Sense::DRAG;
    }
    let response = ui.interact(cell.shrink2(vec2(GRIP, 0.0)), id, sense);
    ui.ctx().accesskit_node_builder(id, |node| {
        set_bounds(node, cell.shrink2(vec2(GRIP, 0.0)).intersect(ui.clip_rect()));
        node.set_role(Role::ColumnHeader);
        node.set_label(column.title);
        if !column.hint.is_empty() {
            node.set_description(column.hint);
        }
        if column.sortable {
            node.add_action(Action::Click);
        }
        if let Some(sort) = sort {
            node.set_sort_direction(if sort.descending { SortDirection::Descending } else { SortDirection::Ascending });
        }
    });
    let tokens = Tokens::of(ui);
    let mut inner = cell.shrink2(vec2(CELL_PADDING, 0.0));
    if let Some(sort) = sort {
        // The mark stands where the text does not: before numbers, after texts.
        let mark = size::ICON - 4.0;
        let glyph = if sort.descending { Glyph::Down } else { Glyph::Up };
        let room = inner.width() - mark - 2.0;
        let title = if column.is_key {
            row_text::layout_key(ui.painter(), column.title, Type::Small, room)
        } else {
            row_text::layout(ui.painter(), column.title, Type::Small.font(), room)
        };
        let x = if column.align == Align::Max {
            inner.right() - title.size().x - mark / 2.0 - 3.0
        } else {
            inner.left() + title.size().x + mark / 2.0 + 3.0
        };
        glyph.paint(ui.painter(), pos2(x, cell.center().y), mark, tokens.text2);
        inner = if column.align == Align::Max {
            inner.with_min_x(inner.left() + mark)
        } else {
            inner.with_max_x(inner.right() - mark)
        };
    }
    let tone = if sort.is_some() || (column.sortable && response.hovered()) { Tone::Neutral } else { Tone::Muted };
    if column.is_key {
        row_text::paint_key(ui.painter(), inner, column.title, Type::Small, tone.color(tokens), column.align);
    } else {
        row_text::paint(ui.painter(), inner, column.title, Type::Small, tone.color(tokens), column.align);
    }
    if response.has_focus() {
        crate::widgets::theme::focus_ring(ui.painter(), cell.shrink(1.0), tokens);
    }
    if column.hint.is_empty() { response } else { response.on_hover_text(column.hint) }
}

/// While a title is dragged, a line says between which columns it would stand.
fn reorder(ui: &Ui, response: &Response, head: Rect, from: usize, places: Places<'_>, events: &mut TableEvents) {
    let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged() || response.drag_stopped())
    else {
        return;
    };
    let (gap, at) = places.nearest_gap(pointer.x - head.left());
    let to = if gap > from { gap - 1 } else { gap };
    if response.drag_stopped() {
        events.moved_column = (to != from).then_some((from, to));
        return;
    }
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let tokens = Tokens::of(ui);
    if to != from {
        let line = head.left() + at;
        let painter = ui.painter().with_clip_rect(head);
        painter.vline(line.clamp(head.left() + 1.0, head.right() - 1.0), head.y_range(), (2.0, tokens.accent));
    }
}

fn border_ui(ui: &Ui, id: Id, cell: Rect, index: usize, state: &mut TableState) {
    let grip = Rect::from_x_y_ranges(cell.right() - GRIP..=cell.right() + GRIP, cell.y_range());
    let response = ui.interact(grip, id, Sense::CLICK | Sense::DRAG);
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        let line = cell.y_range().shrink(5.0);
        ui.painter().vline(cell.right(), line, (size::RULE, Tokens::of(ui).text3));
    }
    let set = |state: &mut TableState, to: f32| {
        if state.widths.len() <= index {
            state.widths.resize(index + 1, f32::NAN);
        }
        state.widths[index] = to;
    };
    if response.double_clicked() {
        set(state, f32::NAN);
    } else if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        // Measured from the column's left edge, so that it stays under the pointer.
        set(state, (pointer.x - cell.left()).clamp(COLUMN_LEAST, 4_000.0));
    }
}
