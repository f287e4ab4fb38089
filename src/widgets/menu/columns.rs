//! Picks the columns of a table: those that are shown on top in their order, then the others; a filter for many.

use super::order;
use crate::widgets::field::Field;
use crate::widgets::glyphs::Glyph;
use crate::widgets::palette::rank;
use crate::widgets::row_text;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::tree_row::paint_background;
use crate::widgets::virtual_rows::{RowInfo, VirtualRows, VisibleRow, set_bounds};
use egui::accesskit::{Action, Role, Toggled};
use egui::{Align, AsIdSalt, CursorIcon, IdSalt, Key, Modifiers, Rect, Sense, Ui, UiBuilder, pos2, vec2};

/// A column that can be shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct PickerColumn<'a> {
    /// Its title.
    pub title: &'a str,
    /// What kind of thing it is: "metric", "param". Empty: nothing is said.
    pub note: &'a str,
    /// Whether it is always shown.
    pub is_fixed: bool,
}

/// What a picker remembers; the caller keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PickerState {
    /// What was typed to find a column.
    pub filter: String,
    /// Which rows are shown.
    pub scroll: RowScroll,
    /// The column the keyboard stands on.
    pub cursor: Option<usize>,
    /// The column that is being dragged.
    dragged: Option<usize>,
}

/// A list of columns to tick and to order.
#[must_use = "call `show`"]
pub struct ColumnPicker<'a> {
    id_salt: IdSalt,
    columns: &'a [PickerColumn<'a>],
    height: f32,
}

const GRIP: f32 = 18.0;
const BUTTON: f32 = 20.0;

impl<'a> ColumnPicker<'a> {
    /// A picker of `columns`.
    pub fn new(id_salt: impl AsIdSalt, columns: &'a [PickerColumn<'a>]) -> Self {
        Self { id_salt: IdSalt::new(id_salt), columns, height: 320.0 }
    }

    /// Its height, the filter included.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// Shows the picker; `shown` are places in the list of columns. Returns whether `shown` was changed.
    pub fn show(self, ui: &mut Ui, state: &mut PickerState, shown: &mut Vec<usize>) -> bool {
        let before = shown.clone();
        let place = ui.available_rect_before_wrap();
        let place = Rect::from_min_size(place.min, vec2(place.width(), self.height));
        let builder = UiBuilder::new().id_salt(self.id_salt).max_rect(place);
        let mut inner = ui.new_child(builder);
        Field::new("Find a column").hint("Find a column").show(&mut inner, &mut state.filter);
        inner.add_space(size::GAP_XS);
        let listed = listed(self.columns, shown, &state.filter);
        if listed.is_empty() {
            inner.add_space(size::GAP_S);
            inner.label("No column has this name");
        }
        self.rows_ui(&mut inner, state, shown, &listed);
        ui.advance_cursor_after_rect(place);
        before != *shown
    }

    fn rows_ui(&self, ui: &mut Ui, state: &mut PickerState, shown: &mut Vec<usize>, listed: &[usize]) {
        // Ordering a filtered list would move columns past others that are not seen.
        let can_move = state.filter.is_empty();
        let cursor = state.cursor.and_then(|column| listed.iter().position(|other| *other == column));
        let (mut toggled, mut moved, mut clicked, mut drop_at) = (None, None, None, None);
        let mut still_dragged = false;
        let order = shown.clone();
        // No row is cut in half by the edge.
        let height = (ui.available_height() / size::ROW).floor() * size::ROW;
        let rows = VirtualRows::new("columns", listed.len(), size::ROW).label("Columns").cursor(cursor);
        let rows = rows.height(height).show(ui, &mut state.scroll, |ui, row| {
            let Some(&column) = listed.get(row.index) else { return };
            let place = order.iter().position(|other| *other == column);
            let is_current = cursor == Some(row.index);
            let said = self.row_ui(ui, row, column, place, is_current, can_move, state.dragged == Some(column));
            match said {
                Said::Nothing => {}
                Said::Toggled => toggled = Some(column),
                Said::Moved(by) => moved = Some((column, by)),
                Said::Dragged => {
                    still_dragged = true;
                    state.dragged = Some(column);
                }
            }
            if said != Said::Nothing {
                clicked = Some(column);
            }
            let pointer = ui.input(|input| input.pointer.interact_pos());
            if let (Some(_), Some(place), Some(pointer)) = (state.dragged, place, pointer)
                && row.rect.y_range().contains(pointer.y)
            {
                drop_at = Some(place);
            }
        });
        state.cursor = rows.moved_to.and_then(|row| listed.get(row).copied()).or(clicked).or(state.cursor);
        if rows.has_focus
            && let Some(column) = state.cursor
        {
            let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
            if rows.opened || pressed(Modifiers::NONE, Key::Space) {
                toggled = Some(column);
            }
            if can_move && pressed(Modifiers::ALT, Key::ArrowUp) {
                moved = Some((column, -1));
            } else if can_move && pressed(Modifiers::ALT, Key::ArrowDown) {
                moved = Some((column, 1));
            }
        }
        if let Some(column) = toggled.filter(|column| !self.columns.get(*column).is_some_and(|spec| spec.is_fixed)) {
            order::toggle(shown, column);
        }
        if let Some((column, by)) = moved {
            order::move_by(shown, column, by);
        }
        if let (Some(column), Some(to)) = (state.dragged, drop_at)
            && let Some(from) = shown.iter().position(|other| *other == column)
        {
            order::move_to(shown, from, to);
        }
        if !still_dragged && !ui.input(|input| input.pointer.any_down()) {
            state.dragged = None;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a row looks like depends on all of them")]
    fn row_ui(
        &self,
        ui: &Ui,
        row: &VisibleRow,
        column: usize,
        place: Option<usize>,
        is_current: bool,
        can_move: bool,
        is_dragged: bool,
    ) -> Said {
        let Some(spec) = self.columns.get(column) else { return Said::Nothing };
        let tokens = Tokens::of(ui);
        let info = RowInfo { label: spec.title, selected: is_current, ..RowInfo::default() };
        let response = row.interact(ui, info);
        ui.ctx().accesskit_node_builder(row.id, |node| {
            node.set_toggled(if place.is_some() { Toggled::True } else { Toggled::False });
            if spec.is_fixed {
                node.set_description("Always shown");
            }
        });
        paint_background(ui, row.rect, is_current || is_dragged, response.hovered(), tokens);
        let mut said = if response.clicked() { Said::Toggled } else { Said::Nothing };

        let mut inner = row.rect.shrink2(vec2(size::GAP_XS, 0.0));
        if place.is_some() && can_move {
            let grip = inner.with_max_x(inner.left() + GRIP);
            let held = ui.interact(grip, row.id.with("grip"), Sense::DRAG);
            if held.hovered() || held.dragged() {
                ui.ctx().set_cursor_icon(CursorIcon::Grab);
            }
            if held.dragged() {
                said = Said::Dragged;
            }
            paint_grip(ui, grip, if held.hovered() { tokens.text2 } else { tokens.faint(tokens.text3) });
            for (by, glyph, verb) in [(1, Glyph::Down, "down"), (-1, Glyph::Up, "up")] {
                let button = inner.with_min_x(inner.right() - BUTTON);
                inner.max.x -= BUTTON;
                if (is_current || response.hovered() || ui.rect_contains_pointer(row.rect))
                    && move_button(ui, row, button, glyph, &format!("Move {} {verb}", spec.title))
                {
                    said = Said::Moved(by);
                }
            }
        }
        if place.is_none() && can_move {
            // The notes of all rows stand below each other.
            inner.max.x -= 2.0 * BUTTON;
        }
        inner.min.x += GRIP;
        let mark = Rect::from_center_size(inner.left_center() + vec2(size::ICON / 2.0, 0.0), vec2(14.0, 14.0));
        paint_check(ui, mark, place.is_some(), if spec.is_fixed { tokens.text3 } else { tokens.accent }, tokens);
        inner.min.x += size::ICON + size::GAP_S;
        let note = row_text::paint(ui.painter(), inner, spec.note, Type::Caption, tokens.text3, Align::Max);
        if !spec.note.is_empty() {
            inner.max.x = note.left() - size::GAP_S;
        }
        let tone = if place.is_some() { Tone::Neutral } else { Tone::Muted };
        row_text::paint(ui.painter(), inner, spec.title, Type::Body, tone.color(tokens), Align::Min);
        said
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    Toggled,
    Moved(isize),
    Dragged,
}

/// The columns as they are listed: with a filter by how well they match, else the shown ones, then the others.
fn listed(columns: &[PickerColumn<'_>], shown: &[usize], filter: &str) -> Vec<usize> {
    let shown = shown.iter().copied().filter(|column| *column < columns.len());
    let mut listed: Vec<usize> = shown.collect();
    let is_shown: std::collections::HashSet<usize> = listed.iter().copied().collect();
    listed.extend((0..columns.len()).filter(|column| !is_shown.contains(column)));
    if filter.trim().is_empty() {
        return listed;
    }
    let query = rank::Query::new(filter);
    let mut ranked: Vec<(rank::Score, usize)> =
        listed.into_iter().filter_map(|column| Some((query.score(columns[column].title)?, column))).collect();
    ranked.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    ranked.into_iter().map(|(_, column)| column).collect()
}

fn move_button(ui: &Ui, row: &VisibleRow, rect: Rect, glyph: Glyph, label: &str) -> bool {
    let tokens = Tokens::of(ui);
    let id = row.id.with(label);
    let response = ui.interact(rect, id, Sense::CLICK);
    let tone = if response.hovered() { Tone::Neutral } else { Tone::Faint };
    glyph.paint(ui.painter(), rect.center(), size::ICON - 4.0, tone.color(tokens));
    ui.ctx().accesskit_node_builder(id, |node| {
        set_bounds(node, rect.intersect(ui.clip_rect()));
        node.set_role(Role::Button);
        node.set_label(label);
        node.add_action(Action::Click);
    });
    response.clicked()
}

fn paint_grip(ui: &Ui, rect: Rect, color: egui::Color32) {
    for x in [-2.0, 2.0] {
        for y in [-4.0, 0.0, 4.0] {
            ui.painter().circle_filled(pos2(rect.center().x + x, rect.center().y + y), 1.0, color);
        }
    }
}

fn paint_check(ui: &Ui, rect: Rect, is_on: bool, color: egui::Color32, tokens: &Tokens) {
    let radius = f32::from(size::RADIUS_CELL) - 1.0;
    if is_on {
        ui.painter().rect_filled(rect, radius, color);
        Glyph::Check.paint(ui.painter(), rect.center(), size::ICON - 2.0, tokens.bg_window);
    } else {
        ui.painter().rect_stroke(rect, radius, (1.2, tokens.text3), egui::StrokeKind::Inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_columns_come_first_and_a_filter_ranks() {
        let columns = ["status", "started", "eval", "cost", "Évaluation"]
            .map(|title| PickerColumn { title, ..PickerColumn::default() });
        assert_eq!(listed(&columns, &[3, 0, 99], ""), [3, 0, 1, 2, 4]);
        assert_eq!(listed(&columns, &[3, 0], "eval"), [2, 4]);
        assert!(listed(&columns, &[], "zzz").is_empty());
    }
}
