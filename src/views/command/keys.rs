//! Which command a key means, on every system, and which keys are left to a text that is typed.

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers};

use super::Command;

impl Command {
    /// The commands whose keys were pressed now. While text is typed only those whose keys no text needs; while
    /// the palette is open (`is_covered`) not even Escape, which closes it.
    pub fn pressed(ctx: &Context, is_covered: bool) -> Vec<Self> {
        if !ctx.input(|input| input.events.iter().any(|event| matches!(event, Event::Key { pressed: true, .. }))) {
            return Vec::new();
        }
        let is_typing = is_covered || ctx.text_edit_focused();
        // Of what is open above the page Escape closes that first.
        let is_covered = is_covered || egui::Popup::is_any_open(ctx);
        let mut pressed = Vec::new();
        let mut was_ours = false;
        ctx.input_mut(|input| {
            input.events.retain(|event| match event {
                Event::Key { key, pressed: true, modifiers, .. } => {
                    let command = command_of(*modifiers, *key, is_typing);
                    let command = command.filter(|one| !is_covered || *one != Self::Leave);
                    pressed.extend(command);
                    was_ours = command.is_some();
                    !was_ours
                }
                // The character of a key that led into a field is not typed there.
                Event::Text(_) => !std::mem::take(&mut was_ours),
                _ => true,
            });
        });
        pressed
    }

    /// Its first key as it stands on the keyboards of this system.
    pub fn key_text(self, ctx: &Context) -> String {
        self.shortcuts().first().map(|shortcut| key_text(ctx, shortcut)).unwrap_or_default()
    }
}

/// A key as it is printed on a keyboard.
pub(in crate::views) fn key_text(ctx: &Context, shortcut: &KeyboardShortcut) -> String {
    let mut text = ctx.format_shortcut(shortcut);
    for (name, sign) in [
        ("Slash", "/"),
        ("Questionmark", "?"),
        ("OpenBracket", "["),
        ("CloseBracket", "]"),
        ("Plus", "+"),
        ("Minus", "-"),
        ("Equals", "="),
        ("Left", "←"),
        ("Right", "→"),
        ("Up", "↑"),
        ("Escape", "Esc"),
    ] {
        if let Some(modifiers) = text.strip_suffix(name)
            && (modifiers.is_empty() || modifiers.ends_with(['+', ' ', '⌘', '⌥', '⇧', '⌃']))
        {
            text = format!("{modifiers}{sign}");
        }
    }
    text
}

fn command_of(modifiers: Modifiers, key: Key, is_typing: bool) -> Option<Command> {
    let all = || Command::ALL.into_iter().flat_map(|command| command.shortcuts().iter().map(move |key| (command, key)));
    let rests = |command: Command, shortcut: &KeyboardShortcut| is_typing && belongs_to_text(command, shortcut);
    all()
        .find(|(command, shortcut)| {
            shortcut.logical_key == key && fits(shortcut, modifiers) && !rests(*command, shortcut)
        })
        .map(|(command, _)| command)
}

/// A sign counts, not how it is made: `?` needs Shift on many keyboards, `[` AltGr on others.
fn fits(shortcut: &KeyboardShortcut, modifiers: Modifiers) -> bool {
    use Key::{CloseBracket, Equals, Minus, OpenBracket, Plus, Questionmark, Slash};
    match shortcut.logical_key {
        Plus | Equals | Minus | Questionmark | Slash | OpenBracket | CloseBracket => {
            modifiers.matches_logically(shortcut.modifiers)
        }
        _ => modifiers.matches_exact(shortcut.modifiers),
    }
}

/// Whether a text that is typed needs the key: everything that writes or moves, and Ctrl+W, which deletes a word.
fn belongs_to_text(command: Command, shortcut: &KeyboardShortcut) -> bool {
    let is_function_key = matches!(shortcut.logical_key, Key::F1 | Key::F5);
    let is_command = shortcut.modifiers.command;
    match command {
        Command::Leave => false,
        Command::CloseStore | Command::ForgetStore => true,
        _ => !is_command && !is_function_key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// The modifiers that are really held on a system.
    fn held(wanted: Modifiers, is_mac: bool) -> Modifiers {
        Modifiers {
            alt: wanted.alt,
            shift: wanted.shift,
            ctrl: wanted.ctrl || wanted.command && !is_mac,
            mac_cmd: wanted.command && is_mac,
            command: wanted.command || wanted.ctrl && !is_mac,
        }
    }

    fn press(modifiers: Modifiers, key: Key, is_covered: bool) -> Vec<Command> {
        let ctx = Context::default();
        let event = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
        let input = egui::RawInput { events: vec![event], ..egui::RawInput::default() };
        let mut pressed = Vec::new();
        ctx.run_ui(input, |ui| pressed.extend(Command::pressed(ui.ctx(), is_covered))).drop_without_applying_deltas();
        pressed
    }

    #[test]
    fn every_command_has_words_and_keys_of_its_own_on_every_system() {
        assert_eq!(HashSet::from(Command::ALL).len(), Command::ALL.len());
        for is_mac in [false, true] {
            let mut seen = HashSet::new();
            for command in Command::ALL {
                assert!(
                    !command.text().is_empty() && !command.tooltip().is_empty() && !command.tooltip().ends_with('.')
                );
                assert!(!command.shortcuts().is_empty());
                for shortcut in command.shortcuts() {
                    let held = held(shortcut.modifiers, is_mac);
                    assert!(seen.insert((format!("{held:?}"), shortcut.logical_key)), "{command:?} clashes");
                    assert_eq!(press(held, shortcut.logical_key, false), [command], "{shortcut:?} mac: {is_mac}");
                }
            }
        }
    }

    #[test]
    fn no_key_is_one_that_a_system_or_a_text_needs() {
        let taken = [Key::C, Key::V, Key::X, Key::Z, Key::A, Key::Q, Key::H, Key::M];
        for shortcut in Command::ALL.into_iter().flat_map(Command::shortcuts) {
            assert!(shortcut.modifiers != Modifiers::COMMAND || !taken.contains(&shortcut.logical_key), "{shortcut:?}");
        }
    }

    #[test]
    fn a_sign_counts_however_it_is_made_and_a_letter_only_alone() {
        assert_eq!(press(Modifiers::SHIFT, Key::Questionmark, false), [Command::ShowKeys]);
        assert_eq!(press(held(Modifiers::COMMAND | Modifiers::SHIFT, false), Key::Plus, false), [Command::ZoomIn]);
        assert_eq!(press(Modifiers::ALT, Key::A, false), []);
        assert_eq!(press(Modifiers::SHIFT, Key::J, false), []);
    }

    #[test]
    fn letters_rest_while_the_palette_is_open() {
        for (modifiers, key) in
            [(Modifiers::NONE, Key::J), (Modifiers::NONE, Key::Escape), (Modifiers::NONE, Key::Slash)]
        {
            assert_eq!(press(modifiers, key, true), []);
        }
        assert_eq!(press(held(Modifiers::COMMAND, false), Key::W, true), []);
        assert_eq!(press(held(Modifiers::COMMAND, false), Key::K, true), [Command::Palette]);
    }

    #[test]
    fn keys_are_written_as_they_are_printed() {
        let ctx = Context::default();
        ctx.set_os(egui::os::OperatingSystem::Nix);
        let texts = [Command::Back, Command::Filter, Command::ZoomIn, Command::Palette, Command::Up, Command::Leave];
        assert_eq!(texts.map(|command| command.key_text(&ctx)), ["Alt+←", "/", "Ctrl++", "Ctrl+K", "Alt+↑", "Esc"]);
    }
}
