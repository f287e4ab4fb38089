//! What pointer and keys mean for a table.

use super::{SelectionChange, TableEvents};
use egui::{Event, Key, Modifiers, Ui};

pub(super) fn clicked(ui: &Ui, row: usize) -> SelectionChange {
    let modifiers = ui.input(|input| input.modifiers);
    if modifiers.shift {
        SelectionChange::Extend(row)
    } else if modifiers.command {
        SelectionChange::Toggle(row)
    } else {
        SelectionChange::Only(row)
    }
}

pub(super) fn selection_keys(ui: &Ui, cursor: Option<usize>, events: &mut TableEvents) {
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::COMMAND, Key::A) {
            events.select = Some(SelectionChange::All);
        }
        if let Some(row) = cursor.filter(|_| input.consume_key(Modifiers::NONE, Key::Space)) {
            events.select = Some(SelectionChange::Toggle(row));
        }
        events.copy = input.events.iter().any(|event| matches!(event, Event::Copy));
    });
}
