//! What a colour means, without saying which colour it is.

use super::Tokens;
use egui::Color32;

/// The meaning of a mark or a text. Widgets take tones, not colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Content.
    #[default]
    Neutral,
    /// Secondary content.
    Muted,
    /// A caption, or "nothing here".
    Faint,
    /// The one primary thing.
    Accent,
    /// Right, fixed, added, finished, winner.
    Good,
    /// Wrong, broken, removed, failed.
    Bad,
    /// Running, unstable, stalled, masked.
    Warn,
    /// The first of three hues for kinds of things.
    Violet,
    /// The second of three hues for kinds of things.
    Teal,
    /// The third of three hues for kinds of things.
    Pink,
    /// The n-th colour of the category palette.
    Category(usize),
}

impl Tone {
    /// Every tone that has one fixed colour.
    pub const FIXED: [Self; 10] = [
        Self::Neutral,
        Self::Muted,
        Self::Faint,
        Self::Accent,
        Self::Good,
        Self::Bad,
        Self::Warn,
        Self::Violet,
        Self::Teal,
        Self::Pink,
    ];

    /// The colour of text and marks of this tone.
    pub fn color(self, tokens: &Tokens) -> Color32 {
        match self {
            Self::Neutral => tokens.text1,
            Self::Muted => tokens.text2,
            Self::Faint => tokens.text3,
            Self::Accent => tokens.accent,
            Self::Good => tokens.good,
            Self::Bad => tokens.bad,
            Self::Warn => tokens.warn,
            Self::Violet => tokens.violet,
            Self::Teal => tokens.teal,
            Self::Pink => tokens.pink,
            Self::Category(index) => tokens.category(index),
        }
    }

    /// The tinted background of this tone, for cells, notices and badges.
    pub fn background(self, tokens: &Tokens) -> Color32 {
        match self {
            Self::Good => tokens.good_bg,
            Self::Bad => tokens.bad_bg,
            Self::Warn => tokens.warn_bg,
            _ => tokens.bg_raised,
        }
    }

    /// The colour of text on [`Self::background`].
    pub fn color_on_background(self, tokens: &Tokens) -> Color32 {
        match self {
            Self::Good => tokens.good_on_bg,
            Self::Bad => tokens.bad_on_bg,
            Self::Warn => tokens.warn_on_bg,
            other => other.color(tokens),
        }
    }
}
