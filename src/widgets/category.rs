//! What belongs to no kind but is one of many: its mark in the colour of its place, and its name beside it.
//!
//! There are twelve hues. From the thirteenth on they come again in another shape and another lightness, so that the
//! mark alone still tells two of one hue apart, and so do lines and names in their colours.

use super::glyphs::Glyph;
use super::row_text;
use super::tokens::size::{self, Type};
use super::tokens::{HUES, Tokens, Tone};
use egui::{Align, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, vec2};

/// The shapes of marks, in the order in which the hues come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Dot,
    Square,
    Diamond,
    Triangle,
}

impl Form {
    const ALL: [Self; 4] = [Self::Dot, Self::Square, Self::Diamond, Self::Triangle];

    fn of(tone: Tone) -> Self {
        match tone {
            Tone::Category(place) => Self::ALL[place / HUES % Self::ALL.len()],
            _ => Self::Dot,
        }
    }
}

/// The mark of a tone, so wide and high, around `center`.
pub fn mark(center: Pos2, side: f32, tone: Tone, tokens: &Tokens) -> Shape {
    let (color, half) = (tone.color(tokens), side / 2.0);
    let polygon = |points: &[(f32, f32)]| {
        let points = points.iter().map(|(x, y)| center + vec2(*x, *y) * half).collect();
        Shape::convex_polygon(points, color, Stroke::NONE)
    };
    match Form::of(tone) {
        Form::Dot => Shape::circle_filled(center, half, color),
        Form::Square => Shape::rect_filled(Rect::from_center_size(center, vec2(side, side) * 0.88), 1.0, color),
        Form::Diamond => polygon(&[(0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)]),
        Form::Triangle => polygon(&[(0.0, -1.05), (1.1, 0.9), (-1.1, 0.9)]),
    }
}

/// The name of one of many, its mark before it.
#[derive(Clone, Copy, Debug)]
#[must_use = "show it"]
pub struct CategoryName<'a> {
    /// The tone of the mark.
    pub tone: Tone,
    /// The name.
    pub name: &'a str,
    /// It leads all others: a star stands behind the name.
    pub has_star: bool,
    /// A word behind it, secondary.
    pub note: &'a str,
    /// What of it is heard.
    pub spoken: &'a str,
}

/// Between the parts of a name.
const GAP: f32 = size::GAP_XS + 2.0;

impl CategoryName<'_> {
    /// Paints it at the left of a row; returns where it ends.
    pub fn paint(&self, painter: &egui::Painter, rect: Rect, cut: Type, tokens: &Tokens) -> f32 {
        let at = rect.left_center() + vec2(size::KIND_SQUARE / 2.0, 0.0);
        painter.add(mark(at, size::KIND_SQUARE - 1.0, self.tone, tokens));
        let inner = rect.with_min_x((rect.left() + size::KIND_SQUARE + GAP).min(rect.right()));
        let name = row_text::paint(painter, inner, self.name, cut, tokens.text1, Align::Min);
        let mut right = name.right();
        if self.has_star && right + size::ICON + 2.0 <= rect.right() {
            let center = egui::pos2(right + 2.0 + size::ICON / 2.0, rect.center().y);
            Glyph::Star.paint_tone(painter, center, Tone::Good, tokens);
            right += size::ICON + 2.0;
        }
        if !self.note.is_empty() && right + GAP < rect.right() {
            let room = rect.with_min_x(right + GAP);
            right = row_text::paint(painter, room, self.note, Type::Small, tokens.text2, Align::Min).right();
        }
        right
    }

    /// Adds it to a layout.
    pub fn show(&self, ui: &mut Ui, cut: Type) -> Response {
        let tokens = Tokens::of(ui);
        let room = |text: &str, cut: Type| row_text::layout(ui.painter(), text, cut.font(), f32::INFINITY).size();
        let name = room(self.name, cut);
        let mut width = size::KIND_SQUARE + GAP + name.x;
        width += if self.has_star { size::ICON + 2.0 } else { 0.0 };
        width += if self.note.is_empty() { 0.0 } else { GAP + room(self.note, Type::Small).x };
        // As high as a label beside it, so that both stand on one line.
        let (rect, response) = ui.allocate_exact_size(vec2(width.ceil() + 1.0, name.y), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, self.spoken));
        if ui.is_rect_visible(rect) {
            self.paint(ui.painter(), rect, cut, tokens);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::tokens::Palette;
    use std::collections::HashSet;

    #[test]
    fn four_dozen_marks_are_told_apart() {
        let tokens = Tokens::get(true, Palette::GreenRed);
        let looks = |place| {
            let tone = Tone::Category(place);
            format!("{:?} {:?}", tone.color(tokens), Form::of(tone))
        };
        let many: HashSet<String> = (0..48).map(looks).collect();
        assert_eq!(many.len(), 48);
        assert_eq!(looks(48), looks(0));
        assert_eq!(Form::of(Tone::Good), Form::Dot);
    }
}
