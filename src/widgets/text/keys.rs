//! The keys of a text: Shift with arrows selects, Ctrl+A selects all, Ctrl+C copies.

use super::lines::TextLines;
use super::select::{Step, TextSelection, stepped};
use super::state::TextState;
use egui::{Event, Key, Modifiers, Ui};
use std::ops::Range;

/// Shift with arrows selects. Where nothing was selected yet it begins with what can be seen. Returns
/// where the selection ends, if that changed.
pub(super) fn select(ui: &Ui, lines: &TextLines, state: &mut TextState) -> Option<usize> {
    let shift = Modifiers::SHIFT;
    let by_word = Modifiers::COMMAND | Modifiers::SHIFT;
    let top = lines.range(state.scroll.top).start;
    let from = state.selected.unwrap_or(TextSelection { anchor: top, head: top });
    let line = lines.line_at(from.head);
    let column = from.head - lines.range(line).start;
    let at_line = |line: usize, column: usize| {
        let start = lines.range(line).start;
        start + lines.line(line).floor_char_boundary(column)
    };
    let last = lines.len().saturating_sub(1);
    let mut to = None;
    ui.input_mut(|input| {
        let mut pressed = |modifiers, key| input.consume_key(modifiers, key);
        let text = lines.text();
        let steps = [
            (by_word, Key::ArrowRight, Step::WordRight),
            (by_word, Key::ArrowLeft, Step::WordLeft),
            (shift, Key::ArrowRight, Step::Right),
            (shift, Key::ArrowLeft, Step::Left),
        ];
        for (modifiers, key, step) in steps {
            if pressed(modifiers, key) {
                to = Some(stepped(text, from.head, step));
            }
        }
        let places = [
            (Key::ArrowUp, line.saturating_sub(1), column),
            (Key::ArrowDown, (line + 1).min(last), column),
            (Key::Home, line, 0),
            (Key::End, line, usize::MAX),
        ];
        for (key, line, column) in places {
            if pressed(shift, key) {
                to = Some(at_line(line, column));
            }
        }
    });
    state.selected = to.map(|head| TextSelection { head, ..from }).or(state.selected);
    to
}

/// Ctrl+A selects all. Returns the bytes that are to be copied, if that was asked.
pub(super) fn copy(ui: &Ui, lines: &TextLines, state: &mut TextState) -> Option<Range<usize>> {
    let (copies, all) = ui.input_mut(|input| {
        let copies = input.events.iter().any(|event| matches!(event, Event::Copy));
        let all = input.consume_key(Modifiers::COMMAND, Key::A);
        (copies, all)
    });
    let whole = 0..lines.text().len();
    if all {
        state.selected = Some(TextSelection { anchor: 0, head: whole.end });
    }
    copies.then(|| match state.selected {
        // A place without a selection stands for its line.
        Some(selection) if selection.is_empty() => lines.range(lines.line_at(selection.head)),
        Some(selection) => selection.range(),
        None => whole,
    })
}
