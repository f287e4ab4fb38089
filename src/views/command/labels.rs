//! What is said of the trace on screen.

use egui::{Key, KeyboardShortcut, Modifiers};

/// A command that labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelCommand {
    /// The answer is right, or nobody says so any more.
    Right,
    /// The answer is wrong, or nobody says so any more.
    Wrong,
    /// Write a note, or the answer that would have been right.
    Note,
}

impl LabelCommand {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Right, Self::Wrong, Self::Note];

    /// What it is called.
    pub fn text(self) -> &'static str {
        match self {
            Self::Right => "Label as right",
            Self::Wrong => "Label as wrong",
            Self::Note => "Note and correct…",
        }
    }

    /// What it does, for a tooltip.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Right => "The answer is right; once more takes it back. Kept in your data folder, never in the store",
            Self::Wrong => "The answer is wrong; once more takes it back. Kept in your data folder, never in the store",
            Self::Note => "A note, and how the answer should have been: exported as a trainset",
        }
    }

    /// The key.
    pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
        const fn of(key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(Modifiers::NONE, key)
        }
        match self {
            Self::Right => const { &[of(Key::V)] },
            Self::Wrong => const { &[of(Key::W)] },
            Self::Note => const { &[of(Key::T)] },
        }
    }
}
