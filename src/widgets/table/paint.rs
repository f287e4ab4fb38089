//! Painting a cell, and what it needs to be seen whole.

use super::cell::{CellText, fold_rect};
use super::needs::Need;
use super::{CELL_PADDING, Column};
use crate::widgets::category;
use crate::widgets::row_text;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::size::{self, Type};
use egui::{Align, Galley, Painter, Rect, Ui, vec2};
use std::sync::Arc;

/// A note is shown whole, or with at least so much room.
const NOTE_LEAST: f32 = 120.0;
/// Deeper than this a row asks for no more room.
const DEPTH_MOST: usize = 8;

/// So high a bar below a text is.
const BAR: f32 = 2.0;

/// What a cell needs to be seen whole.
pub(super) fn need(painter: &Painter, cell: &CellText<'_>, column: &Column<'_>) -> Need {
    let text = width_of(painter, &cell.text, cell.cut());
    let note = if cell.note.is_empty() { 0.0 } else { width_of(painter, &cell.note, note_cut(column.align)) };
    need_of(cell, column, (text, note))
}

fn need_of(cell: &CellText<'_>, column: &Column<'_>, (text, note): (f32, f32)) -> Need {
    if cell.text.is_empty() && cell.note.is_empty() {
        return Need::default();
    }
    let mut room = 2.0 * CELL_PADDING;
    if let Some(depth) = cell.depth {
        room += depth.min(DEPTH_MOST) as f32 * size::INDENT + size::ICON + size::GAP_XS - CELL_PADDING / 2.0;
    }
    if cell.dot.is_some() {
        room += size::KIND_SQUARE + size::GAP_S;
    }
    if cell.glyph.is_some() {
        room += size::ICON + size::GAP_XS;
    }
    // A hair more, so that no rounding cuts what just fits.
    let text = text.ceil() + room + 1.0;
    let whole = if note > 0.0 { text + size::GAP_S + note.ceil() } else { text };
    let is_figure = column.is_figures && cell.text.len() <= row_text::SHORT || crate::words::is_figure(&cell.text);
    Need { whole, bare: text, figure: if is_figure { text } else { 0.0 } }
}

fn note_cut(align: Align) -> Type {
    if align == Align::Max { Type::ValueSmall } else { Type::Small }
}

/// How wide a text is; of long ones an estimate, since they will be cut anyhow.
fn width_of(painter: &Painter, text: &str, cut: Type) -> f32 {
    if text.len() <= row_text::SHORT {
        return row_text::natural(painter, text, cut).size().x;
    }
    let letter = |c: char| if c.is_ascii() { 7.2 } else { 13.0 };
    text.chars().take(row_text::GRAPHEMES_MOST).map(letter).sum()
}

/// A text within a cell, as wide as it is if it is short.
struct Laid {
    /// How wide it would be.
    whole: f32,
    /// The layout, if it fits as it is.
    galley: Option<Arc<Galley>>,
}

fn lay(painter: &Painter, text: &str, cut: Type) -> Laid {
    if text.len() > row_text::SHORT {
        return Laid { whole: width_of(painter, text, cut), galley: None };
    }
    let galley = row_text::natural(painter, text, cut);
    Laid { whole: galley.size().x, galley: Some(galley) }
}

/// Paints a cell; says what it needs to be seen whole.
pub(super) fn paint(ui: &Ui, rect: Rect, cell: &CellText<'_>, column: &Column<'_>) -> Need {
    let tokens = Tokens::of(ui);
    let painter = ui.painter();
    let align = column.align;
    if let Some(tone) = cell.tint {
        let inside = rect.shrink2(vec2(2.0, 3.0));
        painter.rect_filled(inside, f32::from(size::RADIUS_CELL), tone.background(tokens));
    }
    if let Some(share) = cell.bar.filter(|share| *share > 0.0) {
        let most = rect.shrink2(vec2(CELL_PADDING, 3.0));
        let bar = most.with_max_x(most.left() + most.width() * share).with_min_y(most.bottom() - BAR);
        painter.rect_filled(bar, f32::from(size::RADIUS_CELL).min(BAR / 2.0), tokens.faint(tokens.accent));
    }
    let mut inner = rect.shrink2(vec2(CELL_PADDING, 0.0));
    if let Some(fold) = fold_rect(rect, cell) {
        inner = inner.with_min_x(fold.right());
    }
    if let Some(tone) = cell.dot {
        let at = inner.left_center() + vec2(size::KIND_SQUARE / 2.0, 0.0);
        painter.add(category::mark(at, size::KIND_SQUARE - 1.0, tone, tokens));
        inner = inner.with_min_x(inner.left() + size::KIND_SQUARE + size::GAP_S);
    }
    if let Some((glyph, tone)) = cell.glyph {
        let at = inner.left_center() + vec2(size::ICON / 2.0, 0.0);
        glyph.paint_tone(painter, at, tone, tokens);
        inner = inner.with_min_x(inner.left() + size::ICON + size::GAP_XS);
    }
    if cell.text.is_empty() && cell.note.is_empty() {
        return Need::default();
    }
    let cut = cell.cut();
    let text = lay(painter, &cell.text, cut);
    let mut note = None;
    if !cell.note.is_empty() {
        let laid = lay(painter, &cell.note, note_cut(align));
        // The text comes first; a few letters of a note say nothing.
        let room = inner.width() - text.whole - size::GAP_S;
        let is_figure = crate::words::is_figure(&cell.note);
        let place = if align == Align::Max { inner } else { inner.with_min_x(inner.right() - room) };
        let fits = match is_figure {
            true => laid.whole <= room && !sticks_out(painter, place, laid.whole, align),
            false => laid.whole <= room || room >= NOTE_LEAST,
        };
        note = Some((laid.whole, fits.then_some(room.min(laid.whole.ceil()))));
    }
    let color = cell.tone.color(tokens);
    if let Some((_, Some(width))) = note
        && align == Align::Max
    {
        let place = inner.with_min_x(inner.right() - width);
        row_text::paint(painter, place, &cell.note, note_cut(align), tokens.text3, align);
        inner = inner.with_max_x(place.left() - size::GAP_XS);
    }
    let need = need_of(cell, column, (text.whole, note.map_or(0.0, |(whole, _)| whole)));
    let shown = match text.galley {
        // The beginning of a figure is another figure: at the edge of a table that is scrolled to the side, too.
        Some(galley) if need.figure > 0.0 && sticks_out(painter, inner, galley.size().x, align) => {
            let seen = inner.intersect(painter.clip_rect());
            return match seen.width() > size::ICON {
                true => {
                    row_text::paint(painter, seen, "…", cut, tokens.text3, Align::Min);
                    need
                }
                false => need,
            };
        }
        Some(galley) if galley.size().x <= inner.width() => {
            row_text::paint_galley(painter, inner, galley, color, align)
        }
        _ if cell.is_key => row_text::paint_key(painter, inner, &cell.text, cut, color, align),
        _ => row_text::paint(painter, inner, &cell.text, cut, color, align),
    };
    if let Some((_, Some(_))) = note
        && align != Align::Max
    {
        let place = inner.with_min_x(shown.right() + size::GAP_S);
        row_text::paint(painter, place, &cell.note, note_cut(align), tokens.text3, Align::Min);
    }
    need
}

/// Whether a text of this width, painted into `place`, would be clipped at a side.
fn sticks_out(painter: &Painter, place: Rect, width: f32, align: Align) -> bool {
    let (left, right) = match align {
        Align::Max => (place.right() - width, place.right()),
        _ => (place.left(), place.left() + width),
    };
    let clip = painter.clip_rect();
    left < clip.left() - 0.5 || right > clip.right() + 0.5
}
