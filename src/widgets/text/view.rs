//! Shows [`TextLines`] as virtual rows: only the lines that are seen are laid out.

use super::keys;
use super::lines::TextLines;
use super::offer::offer_ui;
use super::select::{TextSelection, byte_of_shown, shown_chars, word_at};
use super::state::TextState;
use super::visible::visible_line;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VirtualRows, VisibleRow};
use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Align2, AsIdSalt, CursorIcon, Galley, IdSalt, Pos2, Rect, Ui, pos2};
use std::ops::Range;
use std::sync::Arc;

/// How wide a selected line end is drawn.
const LINE_END: f32 = 5.0;

/// What the user asked of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextEvents {
    /// Copy these bytes of the text; the caller puts them into the clipboard.
    pub copy: Option<Range<usize>>,
    /// What was [offered](VirtualText::offer) is to be done with these bytes of the text.
    pub offered: Option<Range<usize>>,
}

/// A view of a long text. It fills the space that is left, or [`Self::height`].
#[must_use = "call `show`"]
pub struct VirtualText<'a> {
    id_salt: IdSalt,
    label: &'a str,
    lines: &'a TextLines,
    cut: Type,
    tone: Tone,
    numbers: bool,
    keys: &'a [Range<usize>],
    hits: &'a [Range<usize>],
    current_hit: Option<usize>,
    reveal: Option<usize>,
    height: Option<f32>,
    is_in_page: bool,
    offer: Option<&'a str>,
}

impl<'a> VirtualText<'a> {
    /// A view of `lines`, in the font of values.
    pub fn new(id_salt: impl AsIdSalt, label: &'a str, lines: &'a TextLines) -> Self {
        Self {
            id_salt: IdSalt::new(id_salt),
            label,
            lines,
            cut: Type::Value,
            tone: Tone::Neutral,
            numbers: false,
            keys: &[],
            hits: &[],
            current_hit: None,
            reveal: None,
            height: None,
            is_in_page: false,
            offer: None,
        }
    }

    /// In the font of prose. Wrap such lines with `CharWidths::measure` of the same font.
    pub fn prose(mut self) -> Self {
        self.cut = Type::Body;
        self
    }

    /// In another tone.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// With line numbers.
    pub fn numbers(mut self) -> Self {
        self.numbers = true;
        self
    }

    /// Draws these bytes of the text, sorted and apart, as keys: in the accent.
    pub fn key_ranges(mut self, keys: &'a [Range<usize>]) -> Self {
        self.keys = keys;
        self
    }

    /// Marks these bytes of the text, sorted and apart, and one of them as the current one.
    pub fn hits(mut self, hits: &'a [Range<usize>], current: Option<usize>) -> Self {
        self.hits = hits;
        self.current_hit = current;
        self
    }

    /// Scrolls as little as needed to show this line. Pass it once, when the line changes: while it is given, the
    /// user cannot scroll away from it.
    pub fn reveal(mut self, line: Option<usize>) -> Self {
        self.reveal = line;
        self
    }

    /// A fixed height instead of all that is left.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// It stands whole in a page that scrolls.
    pub fn in_page(mut self) -> Self {
        self.is_in_page = true;
        self
    }

    /// Offers something to do with what is selected, by a button beside it.
    pub fn offer(mut self, text: Option<&'a str>) -> Self {
        self.offer = text;
        self
    }

    /// Draws the visible lines.
    pub fn show(mut self, ui: &mut Ui, state: &mut TextState) -> TextEvents {
        let mut events = TextEvents::default();
        // The rows make their id of this one.
        let id = ui.make_persistent_id(IdSalt::new(self.id_salt));
        if ui.memory(|memory| memory.has_focus(id))
            && let Some(head) = keys::select(ui, self.lines, state)
        {
            self.reveal = Some(self.lines.line_at(head));
        }
        let gutter = self.gutter(ui);
        let mut widest: f32 = 0.0;
        let mut over = None;
        let mut chosen = None;
        let mut end = None;
        let x = state.x;
        let selected = state.selected;
        let pointer = ui.input(|i| i.pointer.primary_down().then(|| i.pointer.interact_pos()).flatten());
        state.is_dragging &= pointer.is_some();
        let mut rows =
            VirtualRows::new(self.id_salt, self.lines.len(), size::LINE).label(self.label).reveal(self.reveal);
        if let Some(height) = self.height {
            rows = rows.height(height);
        }
        if self.is_in_page {
            rows = rows.in_page();
        }
        let rows = rows.show(ui, &mut state.scroll, |ui, row| {
            let line = self.lines.line(row.index);
            let bytes = self.lines.range(row.index);
            let shown = visible_line(line);
            let is_selected = selected.is_some_and(|it| meets(&it.range(), &bytes));
            let label = crate::words::one_line(&shown, 200);
            let info = RowInfo { label: &label, selected: is_selected, ..RowInfo::default() };
            let response = row.interact(ui, info);
            if response.hovered() {
                ui.ctx().set_cursor_icon(CursorIcon::Text);
            }
            if response.is_pointer_button_down_on() && pointer.is_some() {
                state.is_dragging = true;
            }
            let marked = selected.map(TextSelection::range).filter(|_| is_selected);
            let (galley, at) = self.line_ui(ui, row, &shown, (gutter, x), marked);
            widest = widest.max(galley.size().x);
            let under = |pos: Pos2| {
                let column = galley.cursor_from_pos(pos2(pos.x - at.x, galley.size().y / 2.0).to_vec2()).index;
                bytes.start + byte_of_shown(line, column.into())
            };
            if let Some(pos) = pointer.filter(|pos| row.rect.y_range().contains(pos.y)) {
                over = Some(under(pos));
            }
            if let Some(pos) = response.interact_pointer_pos().filter(|_| response.double_clicked()) {
                let word = word_at(line, under(pos) - bytes.start);
                chosen = Some(TextSelection { anchor: bytes.start + word.start, head: bytes.start + word.end });
            }
            if response.triple_clicked() {
                chosen = Some(TextSelection { anchor: bytes.start, head: bytes.start + line.len() });
            }
            if let Some(selection) = selected.filter(|it| !it.is_empty() && self.lines.line_at(it.head) == row.index) {
                let column = CCursor::new(shown_chars(line, selection.head - bytes.start));
                end = Some(pos2(at.x + galley.pos_from_cursor(column).left(), row.rect.bottom()));
            }
        });
        if let Some(byte) = over.filter(|_| state.is_dragging) {
            let (shift, pressed) = ui.input(|i| (i.modifiers.shift, i.pointer.primary_pressed()));
            ui.memory_mut(|memory| memory.request_focus(rows.id));
            state.selected = match state.selected {
                // A press begins a selection; moving with the button down, or Shift, extends it.
                Some(selection) if shift || !pressed => Some(TextSelection { head: byte, ..selection }),
                _ => Some(TextSelection { anchor: byte, head: byte }),
            };
        }
        state.selected = chosen.or(state.selected);
        if let (Some(text), Some(at), Some(selection)) = (self.offer, end, state.selected)
            && !state.is_dragging
            && offer_ui(ui, rows.id, at, text)
        {
            events.offered = Some(selection.range());
        }
        if rows.has_focus {
            events.copy = keys::copy(ui, self.lines, state);
        }
        let most = (widest + gutter - rows.rect.width() + size::GAP_L).max(0.0);
        if ui.rect_contains_pointer(rows.rect) && most > 0.0 {
            state.x -= ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.x));
        }
        if rows.left || rows.right {
            state.x += if rows.right { 60.0 } else { -60.0 };
        }
        // What is scrolled out may have been wider: never jump back while lines go by.
        state.x = if state.x.is_finite() { state.x.clamp(0.0, most.max(x)) } else { 0.0 };
        events
    }

    fn gutter(&self, ui: &Ui) -> f32 {
        if !self.numbers {
            return 0.0;
        }
        let digits = self.lines.len().max(1).ilog10() + 1;
        let font = Type::ValueSmall.font();
        let width = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0'));
        width * digits.max(2) as f32 + size::GAP_M
    }

    /// One line, its keys in the accent.
    fn job(&self, line: usize, shown: &str, color: egui::Color32, tokens: &Tokens) -> LayoutJob {
        let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
        let range = self.lines.range(line);
        let raw = self.lines.line(line);
        let format = |color| TextFormat::simple(self.cut.font(), color);
        let first = self.keys.partition_point(|key| key.end <= range.start);
        let mut at = 0;
        for key in self.keys[first..].iter().take_while(|key| key.start < range.end) {
            // Where the key stands in what is shown, whose controls are longer than they were.
            let place = |byte: usize| {
                let byte = byte.clamp(range.start, range.start + raw.len()) - range.start;
                visible_line(&raw[..raw.floor_char_boundary(byte)]).len().min(shown.len())
            };
            let (start, end) = (place(key.start).max(at), place(key.end));
            if start < end && shown.is_char_boundary(start) && shown.is_char_boundary(end) {
                job.append(&shown[at..start], 0.0, format(color));
                job.append(&shown[start..end], 0.0, format(tokens.accent));
                at = end;
            }
        }
        job.append(&shown[at..], 0.0, format(color));
        job
    }

    /// Paints one line; returns it and where it stands.
    fn line_ui(
        &self,
        ui: &Ui,
        row: &VisibleRow,
        shown: &str,
        (gutter, x): (f32, f32),
        selected: Option<Range<usize>>,
    ) -> (Arc<Galley>, Pos2) {
        let tokens = Tokens::of(ui);
        let painter =
            ui.painter().with_clip_rect(ui.clip_rect().intersect(row.rect.with_min_x(row.rect.left() + gutter)));
        if self.numbers {
            let at = pos2(row.rect.left() + gutter - size::GAP_M, row.rect.center().y);
            let number = (row.index + 1).to_string();
            ui.painter().text(at, Align2::RIGHT_CENTER, number, Type::ValueSmall.font(), tokens.text3);
        }
        let color = self.tone.color(tokens);
        let galley = painter.layout_job(self.job(row.index, shown, color, tokens));
        let y = row.rect.center().y - galley.size().y / 2.0;
        let at = pos2(row.rect.left() + gutter - x, (y * 2.0).round() / 2.0);
        let line = self.lines.range(row.index);
        let raw = self.lines.line(row.index);
        let column = |byte: usize| {
            let byte = byte.clamp(line.start, line.start + raw.len()) - line.start;
            CCursor::new(shown_chars(raw, byte))
        };
        let span = |bytes: &Range<usize>| {
            let left = galley.pos_from_cursor(column(bytes.start)).left();
            let right = galley.pos_from_cursor(column(bytes.end)).left();
            at.x + left..=at.x + right
        };
        if let Some(bytes) = selected.filter(|bytes| !bytes.is_empty()) {
            let (left, mut right) = span(&bytes).into_inner();
            // A line end that is selected can be seen.
            if bytes.end >= line.end && line.len() > raw.len() {
                right += LINE_END;
            }
            painter.rect_filled(Rect::from_x_y_ranges(left..=right, row.rect.y_range()), 0.0, tokens.bg_selected);
        }
        let first = self.hits.partition_point(|hit| hit.end <= line.start);
        for (index, hit) in self.hits.iter().enumerate().skip(first) {
            if hit.start >= line.end {
                break;
            }
            let mark = Rect::from_x_y_ranges(span(hit), row.rect.y_range().shrink(1.0));
            let is_current = self.current_hit == Some(index);
            painter.rect_filled(mark, 2.0, tokens.warn_bg);
            if is_current {
                painter.rect_stroke(mark, 2.0, (1.0, tokens.warn), egui::StrokeKind::Outside);
            }
        }
        painter.galley(at, Arc::clone(&galley), color);
        (galley, at)
    }
}

/// Whether a selection, or the place that an empty one is, is on a line.
fn meets(selected: &Range<usize>, line: &Range<usize>) -> bool {
    match selected.is_empty() {
        true => line.contains(&selected.start) || (line.end == selected.start && line.is_empty()),
        false => selected.start < line.end && line.start < selected.end,
    }
}
