//! The keys of a list: with a cursor they move it, without they scroll.

use super::{RowScroll, RowsResponse, VirtualRows};
use egui::{Event, EventFilter, FocusDirection, Key, Ui};

pub(super) fn handle(
    ui: &Ui,
    rows: &VirtualRows<'_>,
    state: &mut RowScroll,
    view_rows: f64,
    response: &mut RowsResponse,
) {
    ui.memory_mut(|memory| {
        memory.set_focus_lock_filter(
            response.id,
            EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() },
        );
    });
    let keys = pressed(ui);
    if !keys.is_empty() {
        // The keys were ours: egui must not also look for something to focus in that direction.
        ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
    for (key, shift) in keys {
        response.extends = shift;
        match key {
            Key::ArrowLeft => response.left = true,
            Key::ArrowRight => response.right = true,
            Key::Enter => response.opened = rows.cursor.flatten().is_some(),
            _ => step(key, rows, state, view_rows, response),
        }
    }
}

fn step(key: Key, rows: &VirtualRows<'_>, state: &mut RowScroll, view_rows: f64, response: &mut RowsResponse) {
    let page = (view_rows.floor() - 1.0).max(1.0);
    let delta = match key {
        Key::ArrowUp => -1.0,
        Key::ArrowDown => 1.0,
        Key::PageUp => -page,
        Key::PageDown => page,
        Key::Home => f64::NEG_INFINITY,
        _ => f64::INFINITY,
    };
    let Some(cursor) = rows.cursor else {
        *state = if delta.is_finite() {
            state.moved(delta, rows.total, view_rows)
        } else {
            RowScroll::from_ratio(delta.max(0.0), rows.total, view_rows)
        };
        return;
    };
    let Some(last) = rows.total.checked_sub(1) else {
        return;
    };
    let to = match (response.moved_to.or(cursor), delta.is_finite()) {
        (_, false) => {
            if delta > 0.0 {
                last
            } else {
                0
            }
        }
        // Nothing stands anywhere yet: begin with what can be seen.
        (None, true) => state.top.min(last),
        (Some(at), true) if delta < 0.0 => at.min(last).saturating_sub(-delta as usize),
        (Some(at), true) => at.saturating_add(delta as usize).min(last),
    };
    response.moved_to = Some(to);
}

/// The keys of this frame that are ours, in order and with whether Shift was held, taken out of the input.
fn pressed(ui: &Ui) -> Vec<(Key, bool)> {
    ui.input_mut(|input| {
        let mut keys = Vec::new();
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, modifiers, .. } = event else {
                return true;
            };
            let is_step =
                matches!(key, Key::ArrowUp | Key::ArrowDown | Key::PageUp | Key::PageDown | Key::Home | Key::End);
            // With Shift a step extends what is selected.
            let is_ours = (modifiers.is_none() || is_step && modifiers.shift_only())
                && matches!(
                    key,
                    Key::ArrowUp
                        | Key::ArrowDown
                        | Key::ArrowLeft
                        | Key::ArrowRight
                        | Key::PageUp
                        | Key::PageDown
                        | Key::Home
                        | Key::End
                        | Key::Enter
                );
            if is_ours {
                keys.push((*key, modifiers.shift));
            }
            !is_ours
        });
        keys
    })
}
