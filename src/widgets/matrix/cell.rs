//! Painting a cell: a rounded ground in the colour of what it says, and a mark on it.

use super::source::MatrixCell;
use crate::widgets::glyphs::{Glyph, Stamp};
use crate::widgets::row_text;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use egui::{Align, Painter, Rect, pos2, vec2};

/// The ground of a cell.
const GROUND: egui::Vec2 = vec2(40.0, 18.0);
/// With a figure on it.
const GROUND_WITH_FIGURE: f32 = 54.0;
/// The sides of marks: alone, and beside a figure.
const MARK: f32 = 12.0;
const MARK_BESIDE: f32 = 10.0;
/// The dot where nothing was done.
const DOT: f32 = 1.5;

/// The marks of cells, laid out once for a frame.
pub(super) struct Marks {
    good: Stamp,
    bad: Stamp,
    unknown: Stamp,
    good_beside: Stamp,
    bad_beside: Stamp,
}

impl Marks {
    pub fn new(painter: &Painter) -> Self {
        let stamp = |glyph, side| Stamp::new(glyph, painter, side);
        Self {
            good: stamp(Glyph::Check, MARK),
            bad: stamp(Glyph::Cross, MARK),
            unknown: stamp(Glyph::Unknown, MARK),
            good_beside: stamp(Glyph::Check, MARK_BESIDE),
            bad_beside: stamp(Glyph::Cross, MARK_BESIDE),
        }
    }
}

/// The ground of a cell within its place.
pub(super) fn ground(place: Rect, cell: &MatrixCell<'_>) -> Rect {
    let width = match cell {
        MatrixCell::Graded { .. } => GROUND_WITH_FIGURE,
        _ => GROUND.x,
    };
    Rect::from_center_size(place.center(), vec2(width.min(place.width() - size::GAP_XS), GROUND.y))
}

/// Paints a cell into its place. `is_whole`: no part of the place is hidden at a side.
pub(super) fn paint(
    painter: &Painter,
    place: Rect,
    cell: &MatrixCell<'_>,
    (marks, tokens, is_whole): (&Marks, &Tokens, bool),
) {
    let radius = f32::from(size::RADIUS_CELL);
    let center = place.center();
    match cell {
        MatrixCell::Blank => {}
        MatrixCell::Absent => {
            painter.circle_filled(center, DOT, tokens.faint(tokens.text3));
        }
        MatrixCell::Unknown => {
            painter.rect_filled(ground(place, cell), radius, tokens.bg_raised);
            marks.unknown.paint(painter, center, tokens.text2);
        }
        MatrixCell::Plain { is_good } => {
            let tone = tone(*is_good);
            painter.rect_filled(ground(place, cell), radius, tone.background(tokens));
            let mark = if *is_good { &marks.good } else { &marks.bad };
            mark.paint(painter, center, tone.color_on_background(tokens));
        }
        MatrixCell::Graded { is_good, strength, figure } => {
            let ground = ground(place, cell);
            painter.rect_filled(ground, radius, tokens.shade(*is_good, *strength));
            let color = tone(*is_good).color_on_background(tokens);
            let galley = row_text::natural(painter, figure, Type::ValueSmall);
            let needed = MARK_BESIDE + 2.0 + galley.size().x;
            // The beginning of a figure is another figure.
            if !is_whole || needed + size::GAP_XS > ground.width() {
                let mark = if *is_good { &marks.good } else { &marks.bad };
                mark.paint(painter, center, color);
                return;
            }
            let left = center.x - needed / 2.0;
            let mark = if *is_good { &marks.good_beside } else { &marks.bad_beside };
            mark.paint(painter, pos2(left + MARK_BESIDE / 2.0, center.y), color);
            let room = ground.with_min_x(left + MARK_BESIDE + 2.0);
            row_text::paint_galley(painter, room, galley, tokens.text1, Align::Min);
        }
        MatrixCell::Figure(figure) => {
            let galley = row_text::natural(painter, figure, Type::ValueSmall);
            if is_whole && galley.size().x <= place.width() {
                row_text::paint_galley(painter, place, galley, tokens.text2, Align::Center);
            }
        }
    }
}

fn tone(is_good: bool) -> Tone {
    if is_good { Tone::Good } else { Tone::Bad }
}
