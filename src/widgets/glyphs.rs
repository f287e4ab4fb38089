//! The icons: one set of drawings, of the same size and weight whatever fonts there are.

mod drawn;
mod status;

pub(super) use drawn::Stamp;
pub use drawn::{app_icon, install, is_icon};
pub use status::Status;

use super::tokens::{Tokens, Tone, size};
use egui::{Color32, Painter, Pos2, Rect, Ui, Vec2};

/// An icon.
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
    /// A lens: finds something.
    Search,
    /// A moon: dark or light.
    Theme,
    /// A window with a panel at its left.
    Panel,
}

impl Glyph {
    /// Every icon.
    pub const ALL: [Self; 22] = [
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
        Self::Search,
        Self::Theme,
        Self::Panel,
    ];

    /// Paints the icon into the square of side `side` around `center`.
    pub fn paint(self, painter: &Painter, center: Pos2, side: f32, color: Color32) {
        drawn::paint(self, painter, center, side, color);
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

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn a_status_is_never_colour_alone() {
        let all = [Status::Finished, Status::Failed, Status::Running, Status::Stalled, Status::Unknown];
        for (index, status) in all.iter().enumerate() {
            assert!(!all[..index].iter().any(|other| other.glyph() == status.glyph()));
            assert!(!status.word().is_empty());
        }
    }
}
