//! Shows [`TextLines`] as virtual rows: only the lines that are seen are laid out.

use super::lines::TextLines;
use super::visible::visible_line;
use crate::widgets::scroll::RowScroll;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VirtualRows, VisibleRow};
use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Align2, AsIdSalt, Event, IdSalt, Key, Rect, Ui, pos2};
use std::ops::Range;

/// What a text view remembers; the caller keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextState {
    /// Which lines are shown.
    pub scroll: RowScroll,
    /// How far it is scrolled to the right, in points.
    pub x: f32,
    /// The line where the selection began and the line where it ends.
    pub selected: Option<(usize, usize)>,
}

impl TextState {
    /// The selected lines.
    pub fn selected_lines(&self) -> Option<Range<usize>> {
        self.selected.map(|(a, b)| a.min(b)..a.max(b) + 1)
    }
}

/// What the user asked of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextEvents {
    /// Copy these lines; the caller takes [`TextLines::lines`] and puts it into the clipboard.
    pub copy: Option<Range<usize>>,
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

    /// Draws the visible lines.
    pub fn show(self, ui: &mut Ui, state: &mut TextState) -> TextEvents {
        let mut events = TextEvents::default();
        let gutter = self.gutter(ui);
        let mut widest: f32 = 0.0;
        let mut held = false;
        let mut over = None;
        let x = state.x;
        let selected = state.selected_lines();
        let pointer = ui.input(|i| i.pointer.primary_down().then(|| i.pointer.interact_pos()).flatten());
        let mut rows =
            VirtualRows::new(self.id_salt, self.lines.len(), size::LINE).label(self.label).reveal(self.reveal);
        if let Some(height) = self.height {
            rows = rows.height(height);
        }
        let rows = rows.show(ui, &mut state.scroll, |ui, row| {
            let line = self.lines.line(row.index);
            let shown = visible_line(line);
            let is_selected = selected.as_ref().is_some_and(|lines| lines.contains(&row.index));
            let label = crate::widgets::format::one_line(&shown, 200);
            let info = RowInfo { label: &label, selected: is_selected, ..RowInfo::default() };
            let response = row.interact(ui, info);
            if is_selected {
                ui.painter().rect_filled(row.rect, 0.0, Tokens::of(ui).bg_selected);
            }
            if response.is_pointer_button_down_on() {
                held = true;
            }
            if pointer.is_some_and(|pos| row.rect.contains(pos)) {
                over = Some(row.index);
            }
            widest = widest.max(self.line_ui(ui, row, &shown, gutter, x));
        });
        if let Some(line) = over.filter(|_| held) {
            let (shift, pressed) = ui.input(|i| (i.modifiers.shift, i.pointer.primary_pressed()));
            ui.memory_mut(|memory| memory.request_focus(rows.id));
            state.selected = match state.selected {
                // A press begins a selection; moving with the button down, or Shift, extends it.
                Some((from, _)) if shift || !pressed => Some((from, line)),
                _ => Some((line, line)),
            };
        }
        if rows.has_focus {
            self.keys(ui, state, &mut events);
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

    fn keys(&self, ui: &Ui, state: &mut TextState, events: &mut TextEvents) {
        let (copies, all) = ui.input_mut(|input| {
            let copies = input.events.iter().any(|event| matches!(event, Event::Copy));
            let all = input.consume_key(egui::Modifiers::COMMAND, Key::A);
            (copies, all)
        });
        let last = self.lines.len().saturating_sub(1);
        if all {
            state.selected = Some((0, last));
        }
        if copies {
            events.copy = Some(state.selected_lines().unwrap_or(0..last + 1));
        }
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

    /// Paints one line and returns how wide it is.
    fn line_ui(&self, ui: &Ui, row: &VisibleRow, shown: &str, gutter: f32, x: f32) -> f32 {
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
        let first = self.hits.partition_point(|hit| hit.end <= line.start);
        for (index, hit) in self.hits.iter().enumerate().skip(first) {
            if hit.start >= line.end {
                break;
            }
            let column = |byte: usize| {
                let raw = self.lines.line(row.index);
                let byte = byte.clamp(line.start, line.start + raw.len()) - line.start;
                CCursor::new(visible_line(&raw[..raw.floor_char_boundary(byte)]).chars().count())
            };
            let left = galley.pos_from_cursor(column(hit.start)).left();
            let right = galley.pos_from_cursor(column(hit.end)).left();
            let mark = Rect::from_x_y_ranges(at.x + left..=at.x + right, row.rect.y_range().shrink(1.0));
            let is_current = self.current_hit == Some(index);
            painter.rect_filled(mark, 2.0, tokens.warn_bg);
            if is_current {
                painter.rect_stroke(mark, 2.0, (1.0, tokens.warn), egui::StrokeKind::Outside);
            }
        }
        let width = galley.size().x;
        painter.galley(at, galley, color);
        width
    }
}
