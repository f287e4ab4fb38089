//! How something stands, as an icon, a tone and a word.

use super::Glyph;
use crate::widgets::tokens::Tone;

/// How something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// Done, and well.
    Finished,
    /// Done, and not well.
    Failed,
    /// Not done yet.
    Running,
    /// Said to be running, but nothing has happened for long.
    Stalled,
    /// Nothing is known.
    #[default]
    Unknown,
}

impl Status {
    /// The icon of this status.
    pub fn glyph(self) -> Glyph {
        match self {
            Self::Finished => Glyph::Check,
            Self::Failed => Glyph::Cross,
            Self::Running => Glyph::Half,
            Self::Stalled => Glyph::Warning,
            Self::Unknown => Glyph::Unknown,
        }
    }

    /// The tone of this status.
    pub fn tone(self) -> Tone {
        match self {
            Self::Finished => Tone::Good,
            Self::Failed => Tone::Bad,
            Self::Running | Self::Stalled => Tone::Warn,
            Self::Unknown => Tone::Faint,
        }
    }

    /// The word for this status.
    pub fn word(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Stalled => "stalled",
            Self::Unknown => "unknown",
        }
    }
}
