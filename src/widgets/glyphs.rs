//! The icons: one set, drawn as shapes so that they are the same size and weight whatever fonts there are.

mod status;

pub use status::Status;

use super::tokens::{Tokens, Tone, size};
use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};

/// An icon. [`Glyph::text`] is the same sign within a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Glyph {
    /// ✓ right, finished.
    Check,
    /// ✕ wrong, failed; close.
    Cross,
    /// ◐ running.
    Half,
    /// ▲ better.
    Up,
    /// ▼ worse.
    Down,
    /// ◆ changed.
    Diamond,
    /// ★ winner.
    Star,
    /// ▸ folded.
    FoldClosed,
    /// ▾ unfolded.
    FoldOpen,
    /// ? unknown.
    Unknown,
    /// Σ summed up.
    Sum,
    /// … more.
    More,
    /// ● a mark of a category, or live.
    Dot,
    /// ○ hollow: a minibatch, not evaluated.
    Ring,
    /// ! warning.
    Warning,
    /// ◀ back.
    Back,
    /// ▶ forward.
    Forward,
    /// → leads elsewhere.
    Arrow,
    /// ≡ a menu.
    Menu,
}

impl Glyph {
    /// Every icon.
    pub const ALL: [Self; 19] = [
        Self::Check,
        Self::Cross,
        Self::Half,
        Self::Up,
        Self::Down,
        Self::Diamond,
        Self::Star,
        Self::FoldClosed,
        Self::FoldOpen,
        Self::Unknown,
        Self::Sum,
        Self::More,
        Self::Dot,
        Self::Ring,
        Self::Warning,
        Self::Back,
        Self::Forward,
        Self::Arrow,
        Self::Menu,
    ];

    /// The sign as text.
    pub fn text(self) -> &'static str {
        match self {
            Self::Check => "✓",
            Self::Cross => "✕",
            Self::Half => "◐",
            Self::Up => "▲",
            Self::Down => "▼",
            Self::Diamond => "◆",
            Self::Star => "★",
            Self::FoldClosed => "▸",
            Self::FoldOpen => "▾",
            Self::Unknown => "?",
            Self::Sum => "Σ",
            Self::More => "…",
            Self::Dot => "●",
            Self::Ring => "○",
            Self::Warning => "!",
            Self::Back => "◀",
            Self::Forward => "▶",
            Self::Arrow => "→",
            Self::Menu => "≡",
        }
    }

    /// Paints the icon into the square of side `side` around `center`.
    pub fn paint(self, painter: &Painter, center: Pos2, side: f32, color: Color32) {
        let unit = side / 14.0;
        let at = |x: f32, y: f32| center + vec2(x, y) * unit;
        let stroke = Stroke::new((1.6 * unit).max(1.0), color);
        let fill = |points: Vec<Pos2>| Shape::convex_polygon(points, color, Stroke::NONE);
        match self {
            Self::Check => {
                painter.add(Shape::line(vec![at(-4.0, 0.5), at(-1.2, 3.4), at(4.2, -3.6)], stroke));
            }
            Self::Cross => {
                painter.line_segment([at(-3.2, -3.2), at(3.2, 3.2)], stroke);
                painter.line_segment([at(3.2, -3.2), at(-3.2, 3.2)], stroke);
            }
            Self::Half => {
                painter.circle_stroke(center, 4.4 * unit, Stroke::new(1.2 * unit, color));
                painter.add(fill(arc(center, 4.4 * unit, 90.0, 270.0)));
            }
            Self::Up => {
                painter.add(fill(vec![at(0.0, -3.8), at(4.2, 3.2), at(-4.2, 3.2)]));
            }
            Self::Down => {
                painter.add(fill(vec![at(-4.2, -3.2), at(4.2, -3.2), at(0.0, 3.8)]));
            }
            Self::Diamond => {
                painter.add(fill(vec![at(0.0, -4.6), at(4.6, 0.0), at(0.0, 4.6), at(-4.6, 0.0)]));
            }
            Self::Star => star(painter, center, 5.4 * unit, color),
            Self::FoldClosed => {
                painter.add(fill(vec![at(-2.0, -3.6), at(3.2, 0.0), at(-2.0, 3.6)]));
            }
            Self::FoldOpen => {
                painter.add(fill(vec![at(-3.6, -2.0), at(3.6, -2.0), at(0.0, 3.2)]));
            }
            Self::Dot => {
                painter.circle_filled(center, 3.6 * unit, color);
            }
            Self::Ring => {
                painter.circle_stroke(center, 3.4 * unit, Stroke::new(1.4 * unit, color));
            }
            Self::Back => {
                painter.add(fill(vec![at(3.6, -4.4), at(3.6, 4.4), at(-4.2, 0.0)]));
            }
            Self::Forward => {
                painter.add(fill(vec![at(-3.6, -4.4), at(4.2, 0.0), at(-3.6, 4.4)]));
            }
            Self::Arrow => {
                painter.line_segment([at(-4.4, 0.0), at(4.0, 0.0)], stroke);
                painter.add(Shape::line(vec![at(0.8, -3.2), at(4.2, 0.0), at(0.8, 3.2)], stroke));
            }
            Self::Menu => {
                for y in [-3.6, 0.0, 3.6] {
                    painter.line_segment([at(-4.6, y), at(4.6, y)], stroke);
                }
            }
            Self::Unknown | Self::Sum | Self::More | Self::Warning => {
                let font = egui::FontId::new(side * 0.93, super::fonts::semi_bold());
                painter.text(center, Align2::CENTER_CENTER, self.text(), font, color);
            }
        }
    }

    /// Paints the icon at its normal size, in a tone, around `center`.
    pub fn paint_tone(self, painter: &Painter, center: Pos2, tone: Tone, tokens: &Tokens) {
        self.paint(painter, center, size::ICON, tone.color(tokens));
    }

    /// Adds the icon to a layout. It has no meaning of its own for a screen reader: a word stands beside it.
    pub fn show(self, ui: &mut Ui, tone: Tone) -> egui::Response {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::ICON), egui::Sense::hover());
        self.paint_tone(ui.painter(), rect.center(), tone, Tokens::of(ui));
        response
    }
}

/// Paints a status around `center`.
pub fn paint_status(painter: &Painter, center: Pos2, status: Status, tokens: &Tokens) {
    status.glyph().paint_tone(painter, center, status.tone(), tokens);
}

/// Paints the square that says a kind, around `center`.
pub fn paint_square(painter: &Painter, center: Pos2, color: Color32) {
    let rect = Rect::from_center_size(center, Vec2::splat(size::KIND_SQUARE));
    painter.rect_filled(rect, 2.0, color);
}

fn arc(center: Pos2, radius: f32, from_degrees: f32, to_degrees: f32) -> Vec<Pos2> {
    let steps = 16;
    (0..=steps)
        .map(|step| {
            let angle = from_degrees + (to_degrees - from_degrees) * step as f32 / steps as f32;
            let (sin, cos) = angle.to_radians().sin_cos();
            pos2(center.x + radius * cos, center.y + radius * sin)
        })
        .collect()
}

fn star(painter: &Painter, center: Pos2, radius: f32, color: Color32) {
    let point = |index: i32, r: f32| {
        let (sin, cos) = (index as f32 * 36.0 - 90.0).to_radians().sin_cos();
        pos2(center.x + r * cos, center.y + r * sin)
    };
    let inner = radius * 0.42;
    // A star is not convex: five points and the pentagon between them.
    let pentagon = (0..5).map(|i| point(2 * i + 1, inner)).collect();
    painter.add(Shape::convex_polygon(pentagon, color, Stroke::NONE));
    for i in 0..5 {
        let points = vec![point(2 * i - 1, inner), point(2 * i, radius), point(2 * i + 1, inner)];
        painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
    }
}

#[cfg(test)]
mod tests {
    use super::{Glyph, Status};
    use crate::widgets::{fonts, tokens::size::Type};

    #[test]
    fn shipped_fonts_have_every_glyph() {
        let ctx = egui::Context::default();
        fonts::install(&ctx);
        ctx.run_ui(egui::RawInput::default(), |ui| {
            for glyph in Glyph::ALL {
                for cut in Type::ALL {
                    let has = ui.fonts_mut(|f| f.has_glyphs(&cut.font(), glyph.text()));
                    assert!(has, "{glyph:?} in {cut:?}");
                }
                glyph.paint(ui.painter(), egui::pos2(50.0, 50.0), 14.0, egui::Color32::WHITE);
            }
        })
        .drop_without_applying_deltas();
    }

    #[test]
    fn a_status_is_never_colour_alone() {
        let all = [Status::Finished, Status::Failed, Status::Running, Status::Stalled, Status::Unknown];
        for (index, status) in all.iter().enumerate() {
            assert!(!all[..index].iter().any(|other| other.glyph() == status.glyph()));
            assert!(!status.word().is_empty());
        }
    }
}
