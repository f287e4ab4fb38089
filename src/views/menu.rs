//! The menu of the window: every command with its key, apart from those of the spans of a trace.

use egui::{Response, Ui};

use super::command::{Command, CommandGroup};
use super::scene::Scene;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};

/// The menu that a click on `button` opens; returns the command that was chosen.
pub(super) fn menu_ui(ui: &Ui, scene: &Scene<'_>, button: &Response) -> Option<Command> {
    let keys: Vec<String> = in_menu().map(|command| command.key_text(ui.ctx())).collect();
    let lines = lines(scene, &keys);
    let entries: Vec<MenuEntry<'_>> = lines.iter().map(|(entry, _)| *entry).collect();
    button_menu(button, &entries).and_then(|chosen| lines.get(chosen)?.1)
}

/// The lines, with rules between the groups.
fn lines<'k>(scene: &Scene<'_>, keys: &'k [String]) -> Vec<(MenuEntry<'k>, Option<Command>)> {
    let mut lines = Vec::new();
    let mut group: Option<CommandGroup> = None;
    for (command, key) in in_menu().zip(keys) {
        if group.is_some_and(|group| group != command.group()) {
            lines.push((MenuEntry::Rule, None));
        }
        group = Some(command.group());
        let item = MenuItem::new(command.text()).shortcut(key).enabled(command.can_run(scene));
        let item = match command.is_on(scene) {
            Some(on) => item.checked(on),
            None => item,
        };
        lines.push((MenuEntry::Item(item), Some(command)));
    }
    lines
}

/// Steps from span to span are for the keys, and are listed with them.
fn in_menu() -> impl Iterator<Item = Command> {
    Command::ALL.into_iter().filter(|command| command.group() != CommandGroup::Spans)
}
