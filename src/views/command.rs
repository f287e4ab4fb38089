//! What can be done with a key everywhere: one table for the keys, the tooltips and the list of keys.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

/// A command of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// One step back.
    Back,
    /// One step forward.
    Forward,
    /// The next trace of the list.
    NextTrace,
    /// The previous trace of the list.
    PreviousTrace,
    /// Show or hide adapters.
    ToggleAdapters,
    /// Give the keyboard to the filter.
    Filter,
    /// Copy the address of this place.
    CopyLink,
    /// Open another store.
    OpenStore,
    /// Dark or light.
    ToggleTheme,
    /// Read everything on screen again.
    Refresh,
    /// Leave what has the keyboard.
    Leave,
    /// The list of keys.
    ShowKeys,
}

impl Command {
    /// All of them, in the order of the list of keys.
    pub const ALL: [Self; 12] = [
        Self::Back,
        Self::Forward,
        Self::NextTrace,
        Self::PreviousTrace,
        Self::ToggleAdapters,
        Self::Filter,
        Self::CopyLink,
        Self::OpenStore,
        Self::ToggleTheme,
        Self::Refresh,
        Self::Leave,
        Self::ShowKeys,
    ];

    /// What it is called.
    pub fn text(self) -> &'static str {
        match self {
            Self::Back => "Back",
            Self::Forward => "Forward",
            Self::NextTrace => "Next trace",
            Self::PreviousTrace => "Previous trace",
            Self::ToggleAdapters => "Show or fold adapters",
            Self::Filter => "Filter runs",
            Self::CopyLink => "Copy link to this view",
            Self::OpenStore => "Open store…",
            Self::ToggleTheme => "Dark or light",
            Self::Refresh => "Read again",
            Self::Leave => "Leave the field or list",
            Self::ShowKeys => "List of keys",
        }
    }

    /// What it does, for a tooltip.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Back => "Go back to where you were before",
            Self::Forward => "Go forward again",
            Self::NextTrace => "Open the next trace of the list this one is in",
            Self::PreviousTrace => "Open the previous trace of the list this one is in",
            Self::ToggleAdapters => "Adapters only write prompts and parse answers; they are folded at first",
            Self::Filter => "Type a part of a name",
            Self::CopyLink => "An address for --at that leads to what is shown now",
            Self::OpenStore => "Choose another database or folder",
            Self::ToggleTheme => "Switch between dark and light",
            Self::Refresh => "Read everything on screen again",
            Self::Leave => "Take the keyboard away from what has it",
            Self::ShowKeys => "Show every key",
        }
    }

    /// The key; aliases follow the first.
    pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
        const NONE: Modifiers = Modifiers::NONE;
        const ALT: Modifiers = Modifiers::ALT;
        const COMMAND: Modifiers = Modifiers::COMMAND;
        const BOTH: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
        const fn of(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
            KeyboardShortcut::new(modifiers, key)
        }
        match self {
            Self::Back => const { &[of(ALT, Key::ArrowLeft), of(NONE, Key::Backspace)] },
            Self::Forward => const { &[of(ALT, Key::ArrowRight)] },
            Self::NextTrace => const { &[of(NONE, Key::J)] },
            Self::PreviousTrace => const { &[of(NONE, Key::K)] },
            Self::ToggleAdapters => const { &[of(NONE, Key::A)] },
            Self::Filter => const { &[of(NONE, Key::Slash)] },
            Self::CopyLink => const { &[of(BOTH, Key::C)] },
            Self::OpenStore => const { &[of(COMMAND, Key::O)] },
            Self::ToggleTheme => const { &[of(BOTH, Key::L)] },
            Self::Refresh => const { &[of(NONE, Key::F5)] },
            Self::Leave => const { &[of(NONE, Key::Escape)] },
            Self::ShowKeys => const { &[of(NONE, Key::F1), of(NONE, Key::Questionmark)] },
        }
    }

    /// The commands whose keys were pressed now; none while text is typed, except Escape.
    pub fn pressed(ctx: &Context) -> Vec<Self> {
        let is_typing = ctx.text_edit_focused();
        let is_ours = |command: &Self| !is_typing || *command == Self::Leave;
        let mut pressed = Vec::new();
        for command in Self::ALL.into_iter().filter(is_ours) {
            for shortcut in command.shortcuts() {
                // `?` needs Shift on most keyboards: the sign counts, not how it is made.
                let with_shift = KeyboardShortcut::new(shortcut.modifiers | Modifiers::SHIFT, shortcut.logical_key);
                let is_sign = shortcut.logical_key == Key::Questionmark;
                if ctx.input_mut(|input| {
                    input.consume_shortcut(shortcut) || is_sign && input.consume_shortcut(&with_shift)
                }) {
                    pressed.push(command);
                }
            }
        }
        pressed
    }
}

#[cfg(test)]
mod tests {
    use super::Command;
    use std::collections::HashSet;

    #[test]
    fn every_command_has_words_and_a_key_of_its_own() {
        let mut seen = HashSet::new();
        for command in Command::ALL {
            assert!(!command.text().is_empty() && !command.tooltip().is_empty());
            assert!(!command.shortcuts().is_empty());
            for shortcut in command.shortcuts() {
                let key = (format!("{:?}", shortcut.modifiers), shortcut.logical_key);
                assert!(seen.insert(key), "{command:?} clashes");
            }
        }
    }
}
