//! What is open: rows as they begin, or all, or none, and the rows that the user turned.

use super::flatten::JsonRows;
use std::collections::HashSet;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Base {
    #[default]
    AsMade,
    AllOpen,
    AllClosed,
}

/// What is open. The caller keeps it; it belongs to one value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonFold {
    base: Base,
    turned: HashSet<u32>,
    version: u64,
}

impl JsonFold {
    /// Changes with everything that is folded or unfolded.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether what is below a row is shown.
    pub fn is_open(&self, rows: &JsonRows, index: usize) -> bool {
        let Some(row) = rows.row(index).filter(|row| row.can_fold()) else { return false };
        let is_open = match self.base {
            Base::AsMade => row.is_open,
            Base::AllOpen => true,
            Base::AllClosed => false,
        };
        is_open != self.turned.contains(&(index as u32))
    }

    /// Opens a row or closes it.
    pub fn set_open(&mut self, rows: &JsonRows, index: usize, open: bool) {
        if rows.row(index).is_some_and(|row| row.can_fold()) && self.is_open(rows, index) != open {
            let index = index as u32;
            if !self.turned.remove(&index) {
                self.turned.insert(index);
            }
            self.version += 1;
        }
    }

    /// Turns a row.
    pub fn toggle(&mut self, rows: &JsonRows, index: usize) {
        let is_open = self.is_open(rows, index);
        self.set_open(rows, index, !is_open);
    }

    /// Opens everything.
    pub fn open_all(&mut self) {
        self.set_base(Base::AllOpen);
    }

    /// Closes everything.
    pub fn close_all(&mut self) {
        self.set_base(Base::AllClosed);
    }

    /// Opens a row and all below it, or closes them.
    pub fn set_open_below(&mut self, rows: &JsonRows, index: usize, open: bool) {
        let below = rows.row(index).map_or(0, |row| row.descendants as usize);
        for index in index..=index + below {
            self.set_open(rows, index, open);
        }
    }

    /// Opens what is above a row, so that it can be seen.
    pub fn reveal(&mut self, rows: &JsonRows, index: usize) {
        let mut above = rows.row(index).and_then(|row| row.parent);
        while let Some(index) = above {
            self.set_open(rows, index as usize, true);
            above = rows.row(index as usize).and_then(|row| row.parent);
        }
    }

    /// The rows that are not folded away, in order.
    pub fn visible(&self, rows: &JsonRows) -> Vec<u32> {
        let mut visible = Vec::new();
        let mut index = 0;
        while let Some(row) = rows.row(index) {
            visible.push(index as u32);
            index += 1;
            if row.can_fold() && !self.is_open(rows, index - 1) {
                index += row.descendants as usize;
            }
        }
        visible
    }

    fn set_base(&mut self, base: Base) {
        self.base = base;
        self.turned.clear();
        self.version += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::json_rows::{JsonKey, JsonKind, JsonOptions};
    use serde_json::{Value, json};

    fn rows(value: &Value) -> JsonRows {
        let rows = JsonRows::new(value, JsonOptions::default());
        for index in 0..rows.len() {
            let row = rows.row(index).expect("row");
            let end = index + row.descendants as usize;
            assert!(end < rows.len());
            // What is below a row is deeper, and its parent is what it stands below.
            assert!((index + 1..=end).all(|below| rows.row(below).is_some_and(|other| other.depth > row.depth)));
            assert!(rows.row(end + 1).is_none_or(|after| after.depth <= row.depth));
            assert!(row.parent.is_none_or(|parent| (parent as usize) < index));
        }
        rows
    }

    #[test]
    fn a_root_container_is_no_row_of_its_own() {
        let value = json!({"a": [1, 2.50, {"b": null}], "secret": {"masked": true}, "empty": {}, "also": []});
        let rows = rows(&value);
        let kinds: Vec<JsonKind> = (0..rows.len()).filter_map(|i| rows.row(i)).map(|row| row.kind).collect();
        use JsonKind::{Array, Masked, Null, Number, Object};
        assert_eq!(kinds, [Array, Number, Number, Object, Null, Masked, Object, Array]);
        assert!(!rows.row(6).expect("empty object").can_fold());
        for scalar in [json!("x"), json!(null), json!([]), json!({})] {
            assert_eq!(JsonRows::new(&scalar, JsonOptions::default()).len(), 1);
        }
    }

    #[test]
    fn long_arrays_are_divided_twice() {
        let rows = rows(&Value::from((0..12_345).collect::<Vec<i32>>()));
        let top: Vec<&JsonKey> =
            (0..rows.len()).filter_map(|i| rows.row(i)).filter(|row| row.depth == 0).map(|row| &row.key).collect();
        assert_eq!(top, [&JsonKey::Range(0, 9_999), &JsonKey::Range(10_000, 12_344)]);
        assert_eq!(rows.row(1).map(|row| &row.key), Some(&JsonKey::Range(0, 99)));
        assert_eq!(JsonFold::default().visible(&rows), [0, rows.row(0).map_or(0, |row| row.descendants) + 1]);
    }

    #[test]
    fn folding_hides_what_is_below_and_reveals_it_again() {
        let text = "line\n".repeat(5);
        let rows = rows(&json!({"a": {"b": {"c": {"d": 1}}}, "text": text}));
        let mut fold = JsonFold::default();
        // Two levels are open at first; texts are not.
        assert_eq!(fold.visible(&rows), [0, 1, 2, 4]);
        fold.reveal(&rows, 3);
        assert_eq!(fold.visible(&rows), [0, 1, 2, 3, 4]);
        fold.toggle(&rows, 0);
        assert_eq!(fold.visible(&rows), [0, 4]);
        fold.set_open_below(&rows, 0, true);
        fold.set_open(&rows, 4, true);
        assert_eq!(fold.visible(&rows).len(), rows.len());
        let version = fold.version();
        fold.set_open(&rows, 3, true);
        assert_eq!(fold.version(), version, "a number has nothing to open");
        fold.close_all();
        assert_eq!(fold.visible(&rows), [0, 4]);
        fold.open_all();
        assert_eq!(fold.visible(&rows).len(), rows.len());
        assert_eq!(rows.shown(5), "line");
    }

    #[test]
    fn too_many_values_are_counted_and_said() {
        let options = JsonOptions { rows_most: 1_000, ..JsonOptions::default() };
        let rows = JsonRows::new(&json!({"a": (0..5_000).collect::<Vec<i32>>(), "b": 1}), options);
        assert!(rows.len() <= 1_001);
        let last = rows.row(rows.len() - 1).expect("last");
        assert_eq!(last.kind, JsonKind::Cut);
        assert!(rows.missing() > 4_000, "{}", rows.missing());
        let options = JsonOptions { rows_most: 50, columns: 20, ..JsonOptions::default() };
        let rows = JsonRows::new(&json!({"t": "word ".repeat(10_000)}), options);
        assert!(rows.len() <= 51 && rows.missing() > 0);
    }

    #[test]
    fn depth_costs_no_stack() {
        let mut value = json!(1);
        for _ in 0..2_000 {
            value = Value::Array(vec![value]);
        }
        let rows = rows(&value);
        assert_eq!(rows.len(), 2_000);
    }

    /// Run with `--release --ignored --nocapture` to see the times.
    #[test]
    #[ignore = "prints times"]
    fn times() {
        let value = Value::from((0..100_000).map(|n| json!({"id": n, "text": "some words"})).collect::<Vec<_>>());
        let begin = std::time::Instant::now();
        let rows = JsonRows::new(&value, JsonOptions::default());
        let made = begin.elapsed();
        let mut fold = JsonFold::default();
        fold.open_all();
        let begin = std::time::Instant::now();
        let visible = fold.visible(&rows).len();
        println!(
            "{} rows, {} bytes, in {made:?}; {visible} visible in {:?}",
            rows.len(),
            rows.bytes(),
            begin.elapsed()
        );
    }
}
