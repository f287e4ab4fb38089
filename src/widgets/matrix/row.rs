//! One line: a heading, or a row with what stays of it and the cells that are seen.

use super::cell::{self, Marks};
use super::head::PADDING;
use super::plan::Plan;
use super::source::{MatrixSource, StayingColumn, StayingKind};
use crate::widgets::row_text;
use crate::widgets::theme;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::Type;
use crate::widgets::virtual_rows::{VisibleRow, set_bounds};
use egui::accesskit::Role;
use egui::{Align, Rect, Sense, Ui, UiBuilder, pos2, vec2};
use std::ops::Range;

/// What all lines of a frame share.
pub(super) struct Drawing<'d> {
    pub staying: &'d [StayingColumn<'d>],
    pub plan: &'d Plan,
    pub x: f32,
    pub seen: Range<usize>,
    pub marks: Marks,
    pub tokens: &'d Tokens,
    /// Cells are told to a screen reader only if one listens.
    pub is_heard: bool,
}

impl Drawing<'_> {
    /// The place of a cell within a line.
    pub fn place(&self, row: Rect, column: usize) -> Rect {
        let left = row.left() + self.plan.left(column, self.x);
        Rect::from_min_size(pos2(left, row.top()), vec2(self.plan.column, row.height()))
    }

    /// Paints the cells that are seen; those of a heading are its figures.
    pub fn cells_ui(&self, ui: &mut Ui, row: &VisibleRow, source: &impl MatrixSource, cursor: Option<usize>) {
        let clip = ui.clip_rect();
        let edge = (row.rect.left() + self.plan.edge).max(clip.left());
        let painter = ui.painter().with_clip_rect(clip.with_min_x(edge));
        for column in self.seen.clone() {
            let place = self.place(row.rect, column);
            let is_whole = place.left() >= edge - 0.5 && place.right() <= clip.right() + 0.5;
            let cell = source.cell(row.index, column);
            cell::paint(&painter, place, &cell, (&self.marks, self.tokens, is_whole));
            if cursor == Some(column) {
                let ring = cell::ground(place, &cell).expand(2.0);
                theme::focus_ring(&painter, ring, self.tokens);
            }
            if self.is_heard {
                self.tell(ui, row, column, source);
            }
        }
    }

    /// Puts a cell under its row in the accessibility tree.
    fn tell(&self, ui: &mut Ui, row: &VisibleRow, column: usize, source: &impl MatrixSource) {
        let label = source.spoken(row.index, column);
        let place = self.place(row.rect, column).intersect(ui.clip_rect());
        self.tell_at(ui, row, (self.staying.len() + column, place), &label, &source.hover(row.index, column));
    }

    fn tell_at(&self, ui: &mut Ui, row: &VisibleRow, (at, place): (usize, Rect), label: &str, about: &str) {
        if label.is_empty() {
            return;
        }
        let id = row.id.with(("cell", at));
        let child = ui.new_child(
            UiBuilder::new()
                .scope_id(id)
                .max_rect(place)
                .sense(Sense::hover())
                .accessibility_parent(row.id)
                .accessibility_role(Role::Cell)
                .accessibility_label(label),
        );
        child.ctx().accesskit_node_builder(id, |node| {
            node.set_column_index(at);
            node.set_row_index(row.index);
            if !about.is_empty() {
                node.set_description(crate::words::ellipsize_graphemes(about, 400).into_owned());
            }
            set_bounds(node, place);
        });
    }

    /// Paints what stays of a row.
    pub fn staying_ui(&self, ui: &mut Ui, row: &VisibleRow, source: &impl MatrixSource) {
        for (at, column) in self.staying.iter().enumerate() {
            let left = row.rect.left() + self.plan.staying_left(at);
            let right = left + self.plan.staying[at];
            let place = Rect::from_min_max(pos2(left, row.rect.top()), pos2(right, row.rect.bottom()));
            if place.width() < 1.0 {
                continue;
            }
            let text = source.staying(row.index, at);
            let (cut, align) = match column.kind {
                StayingKind::Number => (Type::Value, Align::Max),
                StayingKind::Text => (Type::Body, Align::Min),
                StayingKind::Value => (Type::Value, Align::Min),
            };
            let room = place.shrink2(vec2(PADDING, 0.0));
            row_text::paint(ui.painter(), room, &text.text, cut, text.tone.color(self.tokens), align);
            if self.is_heard {
                let label = crate::words::one_line(&text.text, 200);
                self.tell_at(ui, row, (at, place.intersect(ui.clip_rect())), &label, "");
            }
        }
    }

    /// Paints the words of a heading over what stays.
    pub fn heading_ui(&self, ui: &Ui, row: &VisibleRow, words: &str) {
        let room = row.rect.with_max_x(row.rect.left() + self.plan.edge).shrink2(vec2(PADDING, 0.0));
        row_text::paint(ui.painter(), room, words, Type::BodyStrong, self.tokens.text1, Align::Min);
    }

    /// What a row says as one sentence.
    pub fn sentence(&self, row: usize, source: &impl MatrixSource) -> String {
        let mut said = String::new();
        for (at, column) in self.staying.iter().enumerate() {
            let text = source.staying(row, at);
            if text.text.is_empty() {
                continue;
            }
            if !said.is_empty() {
                said.push_str(", ");
            }
            if !column.title.is_empty() {
                said.push_str(column.title);
                said.push(' ');
            }
            said.push_str(&crate::words::ellipsize_graphemes(&text.text, 80));
        }
        said
    }
}
