//! Selecting a passage in the lines of an evolution, to look its history up.

use egui::{CursorIcon, Event, Pos2, Ui, pos2};

use super::rows::Row;
use crate::state::PHRASE_MOST;
use crate::views::text_change::{DrawnLine, HISTORY, TextRow};
use crate::widgets::diff_text::{DiffLine, LinesSelection, Spot};
use crate::widgets::text::offer_ui;
use crate::widgets::virtual_rows::{RowsResponse, VisibleRow};

/// What is selected, and where it ends on screen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Selecting {
    selection: Option<LinesSelection>,
    is_dragging: bool,
    end: Option<Pos2>,
}

/// What is to be done with a passage.
pub(super) enum Passage {
    Copy(String),
    LookUp(String),
}

impl Selecting {
    /// Before the rows are drawn.
    pub fn begin(&mut self, ui: &Ui) {
        self.is_dragging &= ui.input(|input| input.pointer.primary_down());
        self.end = None;
    }

    /// Nothing is selected any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The characters of a line that are selected.
    pub fn within(&self, row: usize, line: &DiffLine) -> Option<std::ops::Range<usize>> {
        let selection = self.selection?;
        let (from, to) = selection.ends();
        if row < from.line || row > to.line {
            return None;
        }
        selection.within(row, line.text().chars().count())
    }

    /// A line was drawn: what the pointer does with it.
    pub fn handle_pointer(&mut self, ui: &Ui, row: &VisibleRow, line: &DiffLine, drawn: &DrawnLine, rows: &[Row]) {
        if drawn.response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Text);
        }
        let (pos, pressed, shift) =
            ui.input(|input| (input.pointer.interact_pos(), input.pointer.primary_pressed(), input.modifiers.shift));
        let spot = |pos: Pos2| {
            let at = pos2(pos.x - drawn.at.x, drawn.galley.size().y / 2.0).to_vec2();
            Spot { line: row.index, chars: drawn.galley.cursor_from_pos(at).index.into() }
        };
        if drawn.response.is_pointer_button_down_on() && pressed {
            self.is_dragging = true;
            // To egui moving on is no click, which would give the list the keyboard.
            ui.memory_mut(|memory| memory.request_focus(row.list));
        }
        let is_over = pos.is_some_and(|pos| row.rect.y_range().contains(pos.y));
        if let Some(pos) = pos.filter(|_| self.is_dragging && is_over) {
            let head = spot(pos);
            self.selection = match self.selection {
                Some(known) if (shift || !pressed) && is_passage(rows, known.anchor.line, head.line) => {
                    Some(LinesSelection { head, ..known })
                }
                // Over another card what was selected stays.
                Some(known) if !pressed => Some(known),
                _ => Some(LinesSelection { anchor: head, head }),
            };
        }
        if let Some(pos) = drawn.response.interact_pointer_pos().filter(|_| drawn.response.double_clicked()) {
            self.selection = Some(LinesSelection::word(line, spot(pos)));
        }
        if let Some(selection) = self.selection.filter(|it| !it.is_empty() && it.head.line == row.index) {
            let column = egui::text::CCursor::new(selection.head.chars);
            let x = drawn.at.x + drawn.galley.pos_from_cursor(column).left();
            self.end = Some(pos2(x, row.rect.bottom()));
        }
    }

    /// After the rows were drawn: what is to be done with the passage, if anything.
    pub fn done(&mut self, ui: &Ui, list: &RowsResponse, rows: &[Row]) -> Option<Passage> {
        let selection = self.selection.filter(|it| !it.is_empty())?;
        let line = |row: usize| line_of(rows.get(row)?);
        // This is asked in every frame: of a long passage nothing is gathered.
        let phrase = selection.text_within(PHRASE_MOST, line).filter(|phrase| !phrase.trim().is_empty());
        let end = self.end.filter(|_| !self.is_dragging);
        if let (Some(at), Some(phrase)) = (end, phrase)
            && offer_ui(ui, list.id, at, HISTORY)
        {
            return Some(Passage::LookUp(phrase));
        }
        let copies = list.has_focus && ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)));
        copies.then(|| selection.text(line)).filter(|text| !text.is_empty()).map(Passage::Copy)
    }
}

fn line_of(row: &Row) -> Option<&DiffLine> {
    match row {
        Row::Text(TextRow::Line(line)) => Some(line),
        _ => None,
    }
}

/// Whether nothing but lines of one text stand from one row to the other.
fn is_passage(rows: &[Row], from: usize, to: usize) -> bool {
    rows.get(from.min(to)..=from.max(to)).is_some_and(|rows| rows.iter().all(|row| line_of(row).is_some()))
}
