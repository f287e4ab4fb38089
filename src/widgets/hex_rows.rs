//! Bytes as rows: where they stand, as hexadecimal numbers, and as the characters that some of them are.

use super::scroll::RowScroll;
use super::tokens::Tokens;
use super::tokens::size::{self, Type};
use super::tree_row::paint_background;
use super::virtual_rows::{RowInfo, VirtualRows, VisibleRow};
use egui::{Align2, AsIdSalt, Event, IdSalt, Ui, pos2};
use std::ops::Range;

/// What a view of bytes remembers; the caller keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HexState {
    /// Which rows are shown.
    pub scroll: RowScroll,
    /// The row the keyboard stands on.
    pub cursor: Option<usize>,
}

/// A view of bytes. It fills the space that is left, or [`Self::height`].
#[must_use = "call `show`"]
pub struct HexRows<'a> {
    id_salt: IdSalt,
    label: &'a str,
    bytes: &'a [u8],
    height: Option<f32>,
}

const PADDING: f32 = size::GAP_S;

impl<'a> HexRows<'a> {
    /// A view of `bytes`.
    pub fn new(id_salt: impl AsIdSalt, label: &'a str, bytes: &'a [u8]) -> Self {
        Self { id_salt: IdSalt::new(id_salt), label, bytes, height: None }
    }

    /// A fixed height instead of all that is left.
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// Draws the visible rows; returns the bytes that the user wants to copy (their row, by Ctrl+C).
    pub fn show(self, ui: &mut Ui, state: &mut HexState) -> Option<Range<usize>> {
        let font = Type::Value.font();
        let figure = ui.fonts_mut(|fonts| fonts.glyph_width(&font, '0'));
        let digits = offset_digits(self.bytes.len());
        let per_row = bytes_per_row(ui.available_width() - 2.0 * PADDING - size::SCROLL_BAR, figure, digits);
        let total = self.bytes.len().div_ceil(per_row);
        let cursor = state.cursor.map(|row| row.min(total.saturating_sub(1)));
        let mut clicked = None;
        let mut rows = VirtualRows::new(self.id_salt, total, size::LINE).label(self.label).cursor(cursor);
        if let Some(height) = self.height {
            rows = rows.height(height);
        }
        let mut line = HexLine::default();
        let rows = rows.show(ui, &mut state.scroll, |ui, row| {
            let from = row.index * per_row;
            let to = (from + per_row).min(self.bytes.len());
            let Some(bytes) = self.bytes.get(from..to) else { return };
            line.write(from, digits, bytes, per_row);
            if row_ui(ui, row, &line, figure, cursor == Some(row.index)) {
                clicked = Some(row.index);
            }
        });
        state.cursor = rows.moved_to.or(clicked).or(cursor);
        let copies = rows.has_focus && ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)));
        let row = state.cursor.filter(|_| copies)?;
        Some(row * per_row..((row + 1) * per_row).min(self.bytes.len()))
    }
}

fn row_ui(ui: &Ui, row: &VisibleRow, line: &HexLine, figure: f32, selected: bool) -> bool {
    let tokens = Tokens::of(ui);
    let label = format!("{}: {} {}", line.offset, line.hex.trim_end(), line.text);
    let response = row.interact(ui, RowInfo { label: &label, selected, ..RowInfo::default() });
    paint_background(ui, row.rect, selected, response.hovered(), tokens);
    let mut x = row.rect.left() + PADDING;
    for (text, color) in [(&line.offset, tokens.text3), (&line.hex, tokens.text1), (&line.text, tokens.text2)] {
        let at = pos2(x, row.rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, text, Type::Value.font(), color);
        x += (text.chars().count() + 2) as f32 * figure;
    }
    response.clicked()
}

/// One row as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HexLine {
    /// Where the first byte stands.
    pub offset: String,
    /// The bytes, in groups of eight; padded to the width of a whole row.
    pub hex: String,
    /// The characters; `·` where a byte is none.
    pub text: String,
}

impl HexLine {
    /// Writes the row that begins at `offset`.
    pub fn write(&mut self, offset: usize, digits: usize, bytes: &[u8], per_row: usize) {
        const FIGURES: &[u8; 16] = b"0123456789abcdef";
        self.offset.clear();
        self.hex.clear();
        self.text.clear();
        self.offset.push_str(&format!("{offset:0digits$x}"));
        for place in 0..per_row {
            if place > 0 {
                self.hex.push_str(if place % 8 == 0 { "  " } else { " " });
            }
            let Some(byte) = bytes.get(place) else {
                self.hex.push_str("  ");
                continue;
            };
            for half in [byte >> 4, byte & 0xF] {
                self.hex.push(char::from(FIGURES[usize::from(half)]));
            }
            let is_seen = (0x20..0x7F).contains(byte);
            self.text.push(if is_seen { char::from(*byte) } else { '·' });
        }
    }
}

/// How many figures the place of the last byte needs: an even number, eight at least.
fn offset_digits(len: usize) -> usize {
    let bits = usize::BITS - len.saturating_sub(1).leading_zeros();
    (bits.div_ceil(8) as usize * 2).max(8)
}

/// As many bytes as fit: 32, 16, 8 or 4.
fn bytes_per_row(width: f32, figure: f32, digits: usize) -> usize {
    let columns = |bytes: usize| digits + 2 + bytes * 3 + bytes / 8 + 1 + bytes;
    [32, 16, 8].into_iter().find(|bytes| columns(*bytes) as f32 * figure <= width).unwrap_or(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_wide_as_any_other() {
        let mut line = HexLine::default();
        line.write(0x10, 8, b"ab\x00\xff~", 16);
        assert_eq!(line.offset, "00000010");
        assert_eq!(line.hex.trim_end(), "61 62 00 ff 7e");
        assert_eq!(line.text, "ab··~");
        let short = line.hex.len();
        line.write(0, 8, &[0; 16], 16);
        assert_eq!(line.hex.len(), short);
        assert_eq!(&line.hex[21..27], "00  00");
    }

    #[test]
    fn the_width_decides_how_many_bytes_stand_in_a_row() {
        assert_eq!([60.0, 300.0, 500.0, 600.0, 2_000.0].map(|width| bytes_per_row(width, 7.0, 8)), [4, 4, 8, 16, 32]);
        assert_eq!([0, 1, 0xFFFF_FFFF, 0x1_0000_0001].map(offset_digits), [8, 8, 8, 10]);
    }
}
