//! A list of uniform rows of which only the visible ones are drawn, however many there are.

mod bar;
mod keys;
mod row;

pub(super) use row::set_bounds;
pub use row::{RowInfo, VisibleRow};

use super::scroll::RowScroll;
use super::theme;
use super::tokens::{Tokens, size};
use egui::accesskit::Role;
use egui::{Id, IdSalt, Rect, Sense, Ui, UiBuilder, pos2, vec2};
use std::ops::Range;

/// What the rows are, for those who hear the window instead of seeing it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowsKind {
    /// Rows with levels that fold.
    Tree,
    /// Rows of cells.
    Table,
    /// Plain rows.
    #[default]
    List,
}

impl RowsKind {
    fn container(self) -> Role {
        match self {
            Self::Tree => Role::Tree,
            Self::Table => Role::Table,
            Self::List => Role::List,
        }
    }

    fn item(self) -> Role {
        match self {
            Self::Tree => Role::TreeItem,
            Self::Table => Role::Row,
            Self::List => Role::ListItem,
        }
    }
}

/// A virtual list. It fills the space that is left, or [`Self::height`].
#[must_use = "call `show`"]
pub struct VirtualRows<'a> {
    id_salt: IdSalt,
    total: usize,
    row_height: f32,
    kind: RowsKind,
    label: &'a str,
    height: Option<f32>,
    cursor: Option<Option<usize>>,
    reveal: Option<usize>,
    is_in_page: bool,
}

/// What happened to a virtual list.
#[derive(Clone, Debug)]
pub struct RowsResponse {
    /// The list itself: what has the keyboard focus.
    pub id: Id,
    /// Where the rows are, without the scroll bar.
    pub rect: Rect,
    /// The rows that were drawn.
    pub visible: Range<usize>,
    /// Whether the list has the keyboard focus.
    pub has_focus: bool,
    /// The row that a key moved the cursor to.
    pub moved_to: Option<usize>,
    /// Shift was held while it moved there.
    pub extends: bool,
    /// Enter was pressed on the cursor's row.
    pub opened: bool,
    /// ← was pressed: fold, or go to the parent.
    pub left: bool,
    /// → was pressed: unfold, or go to the first child.
    pub right: bool,
}

impl<'a> VirtualRows<'a> {
    /// A list of `total` rows.
    pub fn new(id_salt: impl egui::AsIdSalt, total: usize, row_height: f32) -> Self {
        Self {
            id_salt: IdSalt::new(id_salt),
            total,
            row_height: row_height.max(1.0),
            kind: RowsKind::default(),
            label: "",
            height: None,
            cursor: None,
            reveal: None,
            is_in_page: false,
        }
    }

    /// What the rows are.
    pub fn kind(mut self, kind: RowsKind) -> Self {
        self.kind = kind;
        self
    }

    /// What the list is called.
    pub fn label(mut self, label: &'a str) -> Self {
        self.label = label;
        self
    }

    /// A fixed height instead of all that is left.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// It stands whole in a page that scrolls: as high as its rows, of which those are drawn that the page shows.
    pub fn in_page(mut self) -> Self {
        self.is_in_page = true;
        self.height = Some(self.total as f32 * self.row_height);
        self
    }

    /// The row the keyboard stands on. With it, keys move the cursor; without, they scroll.
    pub fn cursor(mut self, cursor: Option<usize>) -> Self {
        self.cursor = Some(cursor);
        self
    }

    /// Scrolls as little as needed to show this row. Pass it once, when the row changes: while it is given, the
    /// user cannot scroll away from it.
    pub fn reveal(mut self, row: Option<usize>) -> Self {
        self.reveal = row;
        self
    }

    /// Draws the visible rows. `add_row` paints into [`VisibleRow::rect`]; nothing needs to be laid out.
    pub fn show(
        self,
        ui: &mut Ui,
        state: &mut RowScroll,
        mut add_row: impl FnMut(&mut Ui, &VisibleRow),
    ) -> RowsResponse {
        let available = ui.available_rect_before_wrap();
        let height = self.height.unwrap_or_else(|| available.height()).max(0.0);
        let outer = Rect::from_min_size(available.min, vec2(available.width(), height));
        let view_rows = f64::from(height) / f64::from(self.row_height);
        let has_bar = self.total as f64 > view_rows;
        let rect = if has_bar { outer.with_max_x(outer.right() - size::SCROLL_BAR) } else { outer };
        let id = ui.make_persistent_id(self.id_salt);

        let mut list = ui.new_child(
            UiBuilder::new()
                .scope_id(id)
                .max_rect(outer)
                .sense(Sense::click())
                .accessibility_role(self.kind.container())
                .accessibility_label(self.label),
        );
        list.expand_to_include_rect(outer);
        list.shrink_clip_rect(outer);
        if list.response().clicked() {
            list.memory_mut(|memory| memory.request_focus(id));
        }
        let has_focus = list.memory(|memory| memory.has_focus(id));
        let mut response = RowsResponse {
            id,
            rect,
            visible: 0..0,
            has_focus,
            moved_to: None,
            extends: false,
            opened: false,
            left: false,
            right: false,
        };

        *state = state.clamped(self.total, view_rows);
        if has_focus {
            keys::handle(&list, &self, state, view_rows, &mut response);
        }
        if list.rect_contains_pointer(outer) {
            let delta = list.input_mut(|input| {
                let wheel = input.smooth_scroll_delta.y;
                if has_bar {
                    input.smooth_scroll_delta.y = 0.0;
                }
                wheel
            });
            if delta != 0.0 {
                let rows = -f64::from(delta) / f64::from(self.row_height);
                *state = state.moved(rows, self.total, view_rows);
            }
        }
        if let Some(row) = response.moved_to.or(self.reveal) {
            *state = state.revealing(row, self.total, view_rows);
        }
        if has_bar {
            bar::show(&list, id, outer.with_min_x(rect.right()), state, self.total, view_rows);
        }

        response.visible = self.visible_rows(*state, height);
        if self.is_in_page {
            let row_at = |y: f32| ((y - rect.top()) / self.row_height).max(0.0);
            let clip = list.clip_rect().y_range();
            let (first, end) = (row_at(clip.min).floor() as usize, row_at(clip.max).ceil() as usize);
            response.visible = first.min(self.total)..end.clamp(first.min(self.total), self.total);
        }
        list.ctx().allow_widget_id_changes_in(rect);
        let clip = list.clip_rect().intersect(rect);
        let whole_clip = list.clip_rect();
        list.set_clip_rect(clip);
        let first_y = rect.top() - state.fraction * self.row_height;
        for index in response.visible.clone() {
            let y = first_y + (index - state.top) as f32 * self.row_height;
            let row = VisibleRow {
                index,
                rect: Rect::from_min_max(pos2(rect.left(), y), pos2(rect.right(), y + self.row_height)),
                id: id.with(index),
                list: id,
                total: self.total,
                role: self.kind.item(),
            };
            add_row(&mut list, &row);
        }
        list.set_clip_rect(whole_clip);
        self.describe(&list, outer, &response);
        if has_focus {
            self.focus_mark(&list, rect, *state, &response.visible);
        }
        let keeps_focus = list.memory(|memory| memory.has_focus(id));
        drop(list);
        if keeps_focus {
            // To egui a click on a row is a click beside the list, and takes the focus away again.
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        ui.advance_cursor_after_rect(outer);
        response
    }

    /// One line says where the keyboard is: at the row that it stands on, or would begin with; of what only scrolls,
    /// along its edge.
    fn focus_mark(&self, list: &Ui, rect: Rect, state: RowScroll, visible: &Range<usize>) {
        let place = match self.cursor {
            None => rect,
            Some(cursor) => {
                let row = cursor.unwrap_or(state.top);
                if !visible.contains(&row) {
                    return;
                }
                let top = rect.top() + ((row - state.top) as f32 - state.fraction) * self.row_height;
                Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), self.row_height))
            }
        };
        theme::focus_line(list.painter(), place.intersect(rect), Tokens::of(list));
    }

    fn visible_rows(&self, state: RowScroll, height: f32) -> Range<usize> {
        let shown = (f64::from(height) / f64::from(self.row_height) + f64::from(state.fraction)).ceil();
        state.top..state.top.saturating_add(shown as usize).min(self.total)
    }

    fn describe(&self, list: &Ui, outer: Rect, response: &RowsResponse) {
        let id = response.id;
        let active = self.cursor.flatten().filter(|row| response.visible.contains(row));
        list.ctx().accesskit_node_builder(id, |node| {
            // egui made the node before it knew where the list is.
            set_bounds(node, outer.intersect(list.clip_rect()));
            node.set_size_of_set(self.total);
            if self.kind == RowsKind::Table {
                node.set_row_count(self.total);
            }
            if let Some(row) = active {
                node.set_active_descendant(id.with(row).accesskit_id());
            }
        });
    }
}
