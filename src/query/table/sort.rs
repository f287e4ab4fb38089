//! Sorting rows by a column, half a million of them while a finger is still on the mouse.
//!
//! Each cell becomes an integer once, so that the sort itself compares nothing else.

use super::column::{Cell, RunColumn, cell};
use crate::model::{Run, RunValues};
use crate::query::TraceCounts;
use crate::words::natural;

/// Where a cell stands among those of its column: its class, then an integer. Smaller ones come first.
pub type SortKey = (u8, u64);

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
    // Rows are read as they lie in memory, whatever the order: three times as fast.
    let mut by_place: Vec<(usize, u32)> = order.iter().copied().zip(0..).collect();
    by_place.sort_unstable();
    let cells =
        by_place.iter().map(|(place, _)| rows.get(*place).map_or(Cell::Unknown, |row| cell(row, traces, column)));
    let keys = keys_of(cells);
    arrange(order, keys.into_iter().zip(by_place).map(|(key, (_, position))| (key, position)), descending);
}

/// The keys of cells of one column.
pub fn keys_of<'a>(cells: impl Iterator<Item = Cell<'a>>) -> Vec<SortKey> {
    let mut keys: Vec<SortKey> = Vec::with_capacity(cells.size_hint().0);
    // The place of its key, and the text.
    let mut texts: Vec<(u32, &str)> = Vec::new();
    for cell in cells {
        let key = match cell {
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
        keys.push(key);
    }
    for (place, rank) in natural::ranks(&texts) {
        if let Some(key) = keys.get_mut(place as usize) {
            key.1 = u64::from(rank);
        }
    }
    keys
}

/// Sorts an order of rows as [`sort`] does, by the keys of all rows.
pub fn sort_by_keys(order: &mut [usize], keys: &[SortKey], descending: bool) {
    let of_row = |row: &usize| keys.get(*row).copied().unwrap_or((UNKNOWN, 0));
    let keys: Vec<SortKey> = order.iter().map(of_row).collect();
    arrange(order, keys.into_iter().zip(0..), descending);
}

/// Puts rows into the order of keys that come with their positions in it.
fn arrange(order: &mut [usize], keys: impl Iterator<Item = (SortKey, u32)>, descending: bool) {
    let keyed = |((class, value), position): (SortKey, u32)| {
        // Numbers and texts change places, and so do their values; what comes last stays there.
        if descending && class <= TEXT { (TEXT - class, !value, position) } else { (class, value, position) }
    };
    let mut keys: Vec<(u8, u64, u32)> = keys.map(keyed).collect();
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
