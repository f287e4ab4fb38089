//! Sorting rows by a column, half a million of them while a finger is still on the mouse.
//!
//! Each cell becomes an integer once, so that the sort itself compares nothing else.

use super::column::{Cell, RunColumn, cell};
use crate::model::{Run, RunValues};
use crate::query::TraceCounts;
use crate::words::natural;

/// Sorts an order of rows by a column. Stable in both directions. Texts stand in natural order,
/// but as numbers where they are some, which go before other texts. NaN, then what is masked
/// (whose order would tell it), then what is unknown come last in either direction.
pub fn sort(
    order: &mut [usize],
    rows: &[(Run, RunValues)],
    traces: &TraceCounts,
    column: &RunColumn,
    descending: bool,
) {
    let mut keys: Vec<(u8, u64, u32)> = Vec::with_capacity(order.len());
    // The place of its key, and the text.
    let mut texts: Vec<(u32, &str)> = Vec::new();
    // Rows are read as they lie in memory, whatever the order: three times as fast.
    let mut by_place: Vec<(usize, u32)> = order.iter().copied().zip(0..).collect();
    by_place.sort_unstable();
    for (place, position) in by_place {
        let (class, value) = match rows.get(place).map_or(Cell::Unknown, |row| cell(row, traces, column)) {
            Cell::Number(number) => number_key(number),
            // Beside no floats: a column holds one kind. Exact where no float would be.
            Cell::Whole(number) => (NUMBER, (number as u64) ^ (1 << 63)),
            Cell::Text(text) => as_number(text).map_or_else(
                || {
                    texts.push((u32::try_from(keys.len()).unwrap_or(u32::MAX), text));
                    (TEXT, 0)
                },
                number_key,
            ),
            Cell::Masked => (MASKED, 0),
            Cell::Unknown => (UNKNOWN, 0),
        };
        keys.push((class, value, position));
    }
    for (place, rank) in natural::ranks(&texts) {
        if let Some(key) = keys.get_mut(place as usize) {
            key.1 = u64::from(rank);
        }
    }
    if descending {
        // Numbers and texts change places, and so do their values; what comes last stays there.
        for key in keys.iter_mut().filter(|key| key.0 <= TEXT) {
            (key.0, key.1) = (TEXT - key.0, !key.1);
        }
    }
    keys.sort_unstable();
    let before = order.to_vec();
    for (place, (_, _, position)) in order.iter_mut().zip(keys) {
        *place = before.get(position as usize).copied().unwrap_or(*place);
    }
}

// What comes after what.
const NUMBER: u8 = 0;
const TEXT: u8 = 1;
const NAN: u8 = 2;
const MASKED: u8 = 3;
const UNKNOWN: u8 = 4;

/// The class of a number, and an integer that orders it.
fn number_key(number: f64) -> (u8, u64) {
    if number.is_nan() {
        return (NAN, 0);
    }
    let bits = (number + 0.0).to_bits(); // -0 and 0 are equal
    (NUMBER, if bits >> 63 == 1 { !bits } else { bits | (1 << 63) })
}

/// A text that is a number, as params often are.
fn as_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let begins = text.bytes().next().is_some_and(|first| first.is_ascii_digit() || b"+-.".contains(&first));
    if begins { text.parse().ok() } else { None }
}
