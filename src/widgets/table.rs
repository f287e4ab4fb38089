//! A table of any length: header, sorting, column widths, selected rows. Only visible cells are asked for.

mod cell;
mod check;
mod given_up;
mod header;
mod input;
mod learn;
mod needs;
mod paint;
mod place;
mod selection;
mod spec;
mod widths;

pub use cell::CellText;
pub use selection::{RowSelection, SelectionChange};
pub use spec::{Column, Sort, TableEvents, TableState};

use super::side_bar;
use super::tokens::Tokens;
use super::tokens::size;
use super::tree_row::paint_background;
use super::virtual_rows::{RowInfo, RowsKind, VirtualRows, VisibleRow};
use egui::{AsIdSalt, IdSalt, Rect, Ui, UiBuilder, pos2, vec2};
use input::{clicked, selection_keys};
use place::Places;

/// A virtual table. It fills the space that is left, or [`Self::height`].
#[must_use = "call `show`"]
pub struct Table<'a> {
    id_salt: IdSalt,
    label: &'a str,
    columns: &'a [Column<'a>],
    total: usize,
    sort: Option<Sort>,
    selected: Option<usize>,
    selection: Option<&'a RowSelection>,
    reveal: Option<usize>,
    marked: Option<usize>,
    height: Option<f32>,
    is_reorderable: bool,
    staying: usize,
    wants_focus: bool,
}

/// The free room at both sides of a cell.
const CELL_PADDING: f32 = size::GAP_S;
const COLUMN_LEAST: f32 = 36.0;
/// The bar before a marked row.
const MARK_WIDTH: f32 = 2.0;

impl<'a> Table<'a> {
    /// A table of `total` rows.
    pub fn new(id_salt: impl AsIdSalt, label: &'a str, columns: &'a [Column<'a>], total: usize) -> Self {
        Self {
            id_salt: IdSalt::new(id_salt),
            label,
            columns,
            total,
            sort: None,
            selected: None,
            selection: None,
            reveal: None,
            marked: None,
            height: None,
            is_reorderable: false,
            staying: 0,
            wants_focus: false,
        }
    }

    /// By which column the rows are sorted: a mark in the header. Sorting itself is the caller's.
    pub fn sort(mut self, sort: Option<Sort>) -> Self {
        self.sort = sort;
        self
    }

    /// The selected row; of a table with [`Self::selection`] one that looks so beside them: that of the keyboard, where
    /// going to a row does not select it.
    pub fn selected(mut self, row: Option<usize>) -> Self {
        self.selected = row;
        self
    }

    /// The selected rows, where several may be: Ctrl+click, Shift+click, Shift with arrows, Space, Ctrl+A. The changes come
    /// as [`TableEvents::select`]; the caller applies them.
    pub fn selection(mut self, rows: &'a RowSelection) -> Self {
        self.selection = Some(rows);
        self
    }

    /// Columns can be dragged to another place by their titles.
    pub fn reorderable(mut self) -> Self {
        self.is_reorderable = true;
        self
    }

    /// The first `columns` stay in view while the others are scrolled sideways, unless they would take most of it.
    pub fn staying(mut self, columns: usize) -> Self {
        self.staying = columns;
        self
    }

    /// Scrolls as little as needed to show this row. Pass it once, when the row changes: while it is given, the
    /// user cannot scroll away from it.
    pub fn reveal(mut self, row: Option<usize>) -> Self {
        self.reveal = row;
        self
    }

    /// A row that is marked because what it stands for is pointed at elsewhere, as in a chart.
    pub fn marked(mut self, row: Option<usize>) -> Self {
        self.marked = row;
        self
    }

    /// A fixed height, header included.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// The height that shows `rows` rows and the header.
    pub fn height_of(rows: usize) -> f32 {
        (rows + 1) as f32 * size::TABLE_ROW
    }

    /// Gives the keyboard to the rows.
    pub fn focus(mut self, wants_focus: bool) -> Self {
        self.wants_focus = wants_focus;
        self
    }

    /// Draws the table. `cell` is asked for the visible cells only.
    pub fn show<'d>(
        self,
        ui: &mut Ui,
        state: &mut TableState,
        mut cell: impl FnMut(usize, usize) -> CellText<'d>,
    ) -> TableEvents {
        let available = ui.available_rect_before_wrap();
        let height = self.height.unwrap_or_else(|| available.height()).max(size::TABLE_ROW);
        let outer = Rect::from_min_size(available.min, vec2(available.width(), height));
        let id = ui.make_persistent_id(self.id_salt);
        let mut events = TableEvents::default();

        let visible = self.about_to_be_seen(state, outer.height());
        learn::learn(&mut state.needs, ui.painter(), self.columns, (self.total, visible), &mut cell);
        let widths = self.widths(state, outer.width());
        let columns_width: f32 = widths.iter().sum();
        // Where the bar at the right stands no column does, so that the last one can be read.
        let most = (columns_width - (outer.width() - size::SCROLL_BAR)).max(0.0);
        let bar = if most > 0.0 { size::SCROLL_BAR.min(outer.height() - size::TABLE_ROW) } else { 0.0 };
        let body = outer.with_max_y(outer.bottom() - bar);
        let mut inner = ui.new_child(UiBuilder::new().id_salt(self.id_salt).max_rect(outer));
        inner.shrink_clip_rect(outer);
        let places = Places::new(&widths, self.staying, outer.width());
        let track = outer.with_min_y(body.bottom()).with_min_x(outer.left() + places.edge());
        side_bar::show(&inner, id, outer, track, &mut state.x, most);
        let places = places.scrolled(state.x);

        let head = outer.with_max_y(outer.top() + size::TABLE_ROW);
        header::show(&mut inner, id, head, &self, places, state, &mut events);
        given_up::show(&inner, id, head, self.columns, &widths);
        events.given_up = widths.iter().enumerate().filter(|(_, width)| **width <= 0.0).map(|(at, _)| at).collect();
        inner.advance_cursor_after_rect(head.with_max_y(head.bottom() - inner.spacing().item_spacing.y));

        // Cells are told to a screen reader only if one listens.
        let has_screen_reader = inner.ctx().accesskit_node_builder(inner.unique_id(), |_| ()).is_some();
        let mut label = String::new();
        let mut open_at_cursor = None;
        let mut has_grown = false;
        let cursor = self.selected.or(self.selection.and_then(RowSelection::cursor));
        let seen = places.seen(outer.width());
        let rows = VirtualRows::new("rows", self.total, size::TABLE_ROW)
            .kind(RowsKind::Table)
            .label(self.label)
            .height((body.bottom() - head.bottom()).max(0.0))
            .cursor(cursor)
            .reveal(self.reveal)
            .show(&mut inner, &mut state.scroll, |ui, row| {
                // A screen reader is told the whole row; the eye sees some columns of it.
                let asked = if has_screen_reader { [0..0, 0..self.columns.len()] } else { seen.clone() };
                let columns = self.columns;
                let asked_cell = |c: usize| match columns[c].is_check {
                    true => (c, CellText::default()),
                    false => (c, cell(row.index, c)),
                };
                let cells: Vec<(usize, CellText<'d>)> = asked.into_iter().flatten().map(asked_cell).collect();
                label.clear();
                if has_screen_reader {
                    cell::describe(&mut label, self.columns, &cells);
                }
                let is_picked = self.selection.is_some_and(|selection| selection.contains(row.index));
                let selected = is_picked || self.selected == Some(row.index);
                // The row of a tree says how deep it stands.
                let depth = cells.iter().find_map(|(_, cell)| cell.depth);
                let expanded = cells.iter().find_map(|(_, cell)| cell.is_open);
                let info = RowInfo { label: &label, depth, expanded, selected, ..RowInfo::default() };
                let response = row.interact(ui, info);
                let is_marked = self.marked == Some(row.index);
                paint_background(ui, row.rect, selected, response.hovered() || is_marked, Tokens::of(ui));
                if is_marked {
                    let bar = row.rect.with_max_x(row.rect.left() + MARK_WIDTH);
                    ui.painter().rect_filled(bar, 0.0, Tokens::of(ui).accent);
                }
                if response.hovered() {
                    events.hovered = Some(row.index);
                }
                if response.clicked() {
                    events.selected = Some(row.index);
                    events.select = Some(clicked(ui, row.index));
                    let at = response.interact_pointer_pos();
                    let column = at.and_then(|pos| places.column_at(pos.x - row.rect.left()));
                    if column.is_some_and(|column| self.columns[column].is_check) {
                        events.select = Some(SelectionChange::Toggle(row.index));
                    } else {
                        events.cell = column.map(|column| (row.index, column));
                    }
                }
                if response.secondary_clicked() {
                    events.menu = Some(row.index);
                    if !selected {
                        events.selected = Some(row.index);
                        events.select = Some(SelectionChange::Only(row.index));
                    }
                }
                if response.double_clicked() {
                    events.opened = Some(row.index);
                }
                let seen = self.row_ui(ui, row, &cells, places, (has_screen_reader, is_picked));
                if seen.is_fold_clicked {
                    events.folded = Some(row.index);
                }
                for (column, need) in seen.needs {
                    has_grown |= state.needs.note(column, need);
                }
                let at = ui.input(|input| input.pointer.hover_pos()).filter(|_| response.hovered());
                let over = at.and_then(|pos| places.column_at(pos.x - row.rect.left()));
                let under = cells.iter().find(|(column, _)| Some(*column) == over);
                if let Some((_, cell)) = under.filter(|(_, cell)| !cell.hover.is_empty()) {
                    response.on_hover_text(cell.hover.as_ref());
                }
                if cursor == Some(row.index) {
                    open_at_cursor = cells.iter().find_map(|(_, cell)| cell.is_open);
                }
            });
        if places.has_hidden() {
            // Something stands behind the columns that stay.
            let bottom = head.bottom() + rows.visible.len() as f32 * size::TABLE_ROW;
            let tokens = Tokens::of(&inner);
            let line = (size::RULE, tokens.faint(tokens.text3));
            inner.painter().vline(outer.left() + places.edge(), head.top()..=bottom.min(body.bottom()), line);
        }
        if self.wants_focus {
            inner.memory_mut(|memory| memory.request_focus(rows.id));
        }
        if let Some(row) = rows.moved_to {
            events.selected = Some(row);
            let only = SelectionChange::Only(row);
            events.select = Some(if rows.extends { SelectionChange::Extend(row) } else { only });
        }
        if rows.opened {
            events.opened = cursor;
        }
        events.visible = rows.visible;
        if has_grown {
            // What is shown now needs more room than what stood there before.
            inner.ctx().request_repaint();
        }
        let is_fold_key = open_at_cursor.is_some_and(|is_open| if is_open { rows.left } else { rows.right });
        if rows.has_focus && is_fold_key {
            events.folded = cursor;
        } else if rows.has_focus && (rows.left || rows.right) {
            let step = if rows.right { 60.0 } else { -60.0 };
            state.x = (state.x + step).clamp(0.0, most);
        }
        if rows.has_focus && self.selection.is_some() {
            selection_keys(&inner, cursor, &mut events);
        }
        if self.selection.is_none() {
            events.select = None;
        }
        drop(inner);
        ui.advance_cursor_after_rect(outer);
        events
    }

    /// The rows that will be drawn unless a key moves the view.
    fn about_to_be_seen(&self, state: &TableState, height: f32) -> std::ops::Range<usize> {
        let rows = f64::from(((height - size::TABLE_ROW) / size::TABLE_ROW).max(0.0));
        let top = state.scroll.clamped(self.total, rows).top;
        top..top.saturating_add(rows.ceil() as usize + 1).min(self.total)
    }

    /// Paints cells, each in its column.
    fn row_ui(
        &self,
        ui: &mut Ui,
        row: &VisibleRow,
        cells: &[(usize, CellText<'_>)],
        places: Places<'_>,
        (has_screen_reader, is_picked): (bool, bool),
    ) -> SeenRow {
        let mut seen = SeenRow::default();
        let clip = ui.clip_rect();
        let edge = row.rect.left() + places.edge();
        for (index, cell) in cells {
            let Some(column) = self.columns.get(*index) else { continue };
            let (left, right, stays) = places.of(*index);
            let (left, right) = (row.rect.left() + left, row.rect.left() + right);
            let rect = Rect::from_min_max(pos2(left, row.rect.top()), pos2(right, row.rect.bottom()));
            if !stays && rect.right() < edge || rect.left() > row.rect.right() || rect.width() < 1.0 {
                continue;
            }
            // What moves ends at the edge of what stays.
            ui.set_clip_rect(if stays { clip } else { clip.with_min_x(edge.max(clip.left())) });
            if column.is_check {
                check::paint(ui, rect, is_picked);
                continue;
            }
            seen.needs.push((*index, paint::paint(ui, rect, cell, column)));
            seen.is_fold_clicked |= cell::fold_ui(ui, row, rect, cell);
            if has_screen_reader {
                cell::tell(ui, row, rect, *index, cell);
            }
        }
        ui.set_clip_rect(clip);
        let y = row.rect.bottom() - size::RULE / 2.0;
        let tokens = Tokens::of(ui);
        ui.painter().hline(row.rect.x_range(), y, (size::RULE, tokens.line.gamma_multiply(0.6)));
        seen
    }

    /// Widths as set, and as the contents need them.
    fn widths(&self, state: &TableState, available: f32) -> Vec<f32> {
        let wish = |(index, column): (usize, &Column<'_>)| {
            let need = state.needs.of(index);
            let set = state.widths.get(index).copied().filter(|width| width.is_finite());
            widths::Wish {
                set: if column.is_check { Some(column.width) } else { set },
                preferred: column.width,
                need: need.whole,
                bare: need.bare,
                figures: need.figure,
                grows: column.grows,
                minor: column.minor,
            }
        };
        let wishes: Vec<widths::Wish> = self.columns.iter().enumerate().map(wish).collect();
        widths::share(&wishes, (available - size::SCROLL_BAR).max(0.0))
    }
}

/// What was seen of a row while it was painted.
#[derive(Default)]
struct SeenRow {
    is_fold_clicked: bool,
    /// What its cells need, by column.
    needs: Vec<(usize, needs::Need)>,
}
