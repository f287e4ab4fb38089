//! What pointer and keys mean for a table.

use super::{SelectionChange, TableEvents};
use egui::{Event, Key, Modifiers, Ui};
use std::ops::Range;

pub(super) fn column_at(widths: &[f32], x: f32) -> Option<usize> {
    let mut right = 0.0;
    widths.iter().position(|width| {
        right += width;
        x < right
    })
}

/// The columns that a view of `width` points shows.
pub(super) fn seen_columns(widths: &[f32], x: f32, width: f32) -> Range<usize> {
    let mut right = 0.0;
    let rights: Vec<f32> = widths
        .iter()
        .map(|width| {
            right += width;
            right
        })
        .collect();
    let first = rights.partition_point(|right| *right < x);
    let last = rights.partition_point(|right| *right < x + width);
    first..(last + 1).min(widths.len())
}

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

pub(super) fn selection_keys(ui: &Ui, events: &mut TableEvents) {
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::COMMAND, Key::A) {
            events.select = Some(SelectionChange::All);
        }
        events.copy = input.events.iter().any(|event| matches!(event, Event::Copy));
    });
}

#[cfg(test)]
mod tests {
    use super::seen_columns;

    #[test]
    fn only_columns_that_are_seen_are_asked_for() {
        let widths = [100.0; 20];
        assert_eq!(seen_columns(&widths, 0.0, 250.0), 0..3);
        assert_eq!(seen_columns(&widths, 150.0, 250.0), 1..4);
        assert_eq!(seen_columns(&widths, 1_750.0, 250.0), 17..20);
        assert_eq!(seen_columns(&[], 0.0, 250.0), 0..0);
    }
}
