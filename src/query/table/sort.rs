//! Sorting rows by a column, half a million of them while a finger is still on the mouse.
//!
//! Each cell becomes a number once, so that the sort itself compares two integers. Texts get
//! theirs by their rank among the different ones, which are compared by a prefix that
//! preserves the natural order before anybody looks at the texts.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::column::{Cell, RunColumn, cell};
use crate::model::{Run, RunValues, natural};
use crate::query::TraceCounts;

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
    let cells = order.iter().map(|place| rows.get(*place).map_or(Cell::Unknown, |row| cell(row, traces, column)));
    let cells: Vec<Cell<'_>> = cells.collect();
    let ranks = text_ranks(&cells);
    let mut keys: Vec<(u8, u64, u32)> = Vec::with_capacity(cells.len());
    for (position, cell) in (0..).zip(&cells) {
        let (class, value) = key(*cell, &ranks);
        // Numbers and texts change places, and so do the values; what comes last stays there.
        let turned = if class <= TEXT && descending { (TEXT - class, !value) } else { (class, value) };
        keys.push((turned.0, turned.1, position));
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

/// A class, and a number that orders its members.
fn key(cell: Cell<'_>, ranks: &HashMap<&str, u32>) -> (u8, u64) {
    match cell {
        Cell::Number(number) => number_key(number),
        // Beside no floats: a column holds one kind. Exact where no float would be.
        Cell::Whole(number) => (NUMBER, (number as u64) ^ (1 << 63)),
        Cell::Text(text) => match as_number(text) {
            Some(number) => number_key(number),
            None => (TEXT, ranks.get(text).copied().map_or(u64::MAX, u64::from)),
        },
        Cell::Masked => (MASKED, 0),
        Cell::Unknown => (UNKNOWN, 0),
    }
}

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

/// The rank of each different text in natural order.
fn text_ranks<'a>(cells: &[Cell<'a>]) -> HashMap<&'a str, u32> {
    let mut ranks: HashMap<&str, u32> = HashMap::new();
    for cell in cells {
        if let Cell::Text(text) = cell
            && as_number(text).is_none()
        {
            ranks.insert(text, 0);
        }
    }
    let mut texts: Vec<(u128, &str)> = ranks.keys().map(|text| (prefix(text), *text)).collect();
    texts.sort_unstable_by(|(a, text_a), (b, text_b)| match a.cmp(b) {
        Ordering::Equal => natural::compare(text_a, text_b),
        order => order,
    });
    for (rank, (_, text)) in (0..).zip(texts) {
        ranks.insert(text, rank);
    }
    ranks
}

/// The beginning of a text as a number: if two differ, the texts stand in the same natural
/// order. A run of digits becomes a digit, its length and its digits without leading zeros, so
/// that it stands among other characters as a digit does, and shorter numbers before longer.
fn prefix(text: &str) -> u128 {
    let mut bytes = [0_u8; 16];
    let mut filled = 0;
    let mut rest = text.as_bytes();
    let mut push = |byte: u8| {
        if let Some(place) = bytes.get_mut(filled) {
            *place = byte;
        }
        filled += 1;
        filled < 16
    };
    'all: while let Some(first) = rest.first() {
        if !first.is_ascii_digit() {
            if !push(*first) {
                break;
            }
            rest = &rest[1..];
            continue;
        }
        let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let digits = &rest[..end];
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = &digits[zeros..];
        // Of numbers too long for a byte nothing more is told.
        let length = u8::try_from(digits.len()).unwrap_or(u8::MAX);
        if !push(b'0') || !push(length) || length == u8::MAX {
            break;
        }
        for digit in digits {
            if !push(*digit) {
                break 'all;
            }
        }
        rest = &rest[end..];
    }
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_keeps_the_natural_order() {
        let pieces = [
            "",
            "0",
            "1",
            "2",
            "10",
            "007",
            "9",
            "a",
            "b",
            "_",
            "/",
            ":",
            " ",
            "é",
            "日",
            "\u{0}",
            "eval_",
            "12345678901234567890",
        ];
        let mut texts = Vec::new();
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    texts.push(format!("{a}{b}{c}"));
                }
            }
        }
        texts.push("9".repeat(300));
        texts.push(format!("1{}", "0".repeat(254)));
        for (place, a) in texts.iter().enumerate() {
            for b in texts.iter().skip(place % 7).step_by(7) {
                let (of_a, of_b) = (prefix(a), prefix(b));
                if of_a != of_b {
                    assert_eq!(of_a.cmp(&of_b), natural::compare(a, b), "{a:?} {b:?}");
                }
            }
        }
    }
}
