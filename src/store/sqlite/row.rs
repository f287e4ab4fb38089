//! Columns as they come: SQLite keeps any type in any column, and text that is no UTF-8. This is the one way from
//! a row to a value, and what may hold a secret comes out of it unmasked by type.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::model::Unmasked;

/// What somebody stored, as text; bytes that are no UTF-8 become U+FFFD, numbers their digits.
pub fn text(row: &Row<'_>, column: usize) -> Option<Unmasked<String>> {
    name(row, column).map(Unmasked::new)
}

/// As [`text`], empty where nothing is stored.
pub fn stored(row: &Row<'_>, column: usize) -> Unmasked<String> {
    text(row, column).unwrap_or_else(|| Unmasked::new(String::new()))
}

/// An id, a name, a kind or a status, as text: words by which things are found, which nobody masks.
pub fn name(row: &Row<'_>, column: usize) -> Option<String> {
    match row.get_ref(column).ok()? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        // Nearly all text is what it should be, and checking that first is the quicker way.
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(bytes).into_owned(),
        }),
    }
}

/// What somebody stored, as bytes, borrowed; empty if the column holds none.
pub fn bytes<'row>(row: &'row Row<'_>, column: usize) -> Unmasked<&'row [u8]> {
    Unmasked::new(key(row, column))
}

/// A key or a status as bytes, borrowed; empty if the column holds none.
pub fn key<'row>(row: &'row Row<'_>, column: usize) -> &'row [u8] {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes,
        _ => &[],
    }
}

/// A column as a whole number, if it is one or says one.
pub fn int(row: &Row<'_>, column: usize) -> Option<i64> {
    match row.get_ref(column).ok()? {
        ValueRef::Integer(number) => Some(number),
        ValueRef::Real(number) if number.is_finite() => Some(number as i64),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
        _ => None,
    }
}

/// A column as a whole number that cannot be negative.
pub fn count(row: &Row<'_>, column: usize) -> Option<u64> {
    int(row, column).and_then(|number| u64::try_from(number).ok())
}

/// A column as a number.
pub fn real(row: &Row<'_>, column: usize) -> Option<f64> {
    match row.get_ref(column).ok()? {
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
        _ => None,
    }
}
