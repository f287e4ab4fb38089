//! Which rows are selected: ranges, so that "all of half a million" is one of them.

use std::ops::Range;

/// Selected rows, by their place in the table. When the rows are sorted anew, the caller clears or maps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowSelection {
    /// Sorted, apart, never empty.
    ranges: Vec<Range<usize>>,
    /// Where Shift extends from.
    anchor: Option<usize>,
    /// The row the keyboard stands on.
    cursor: Option<usize>,
}

/// What the user asked to be selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionChange {
    /// This row alone.
    Only(usize),
    /// This row too, or no more.
    Toggle(usize),
    /// All from where the selection began to this row.
    Extend(usize),
    /// All rows.
    All,
    /// No row.
    Nothing,
}

impl RowSelection {
    /// This row alone.
    pub fn of(row: usize) -> Self {
        Self { ranges: std::iter::once(row..row + 1).collect(), anchor: Some(row), cursor: Some(row) }
    }

    /// These rows, in any order; the keyboard stands on `cursor`.
    pub fn of_rows(rows: impl IntoIterator<Item = usize>, cursor: Option<usize>) -> Self {
        let mut rows: Vec<usize> = rows.into_iter().collect();
        rows.sort_unstable();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for row in rows {
            match ranges.last_mut() {
                Some(last) if row <= last.end => last.end = last.end.max(row + 1),
                _ => ranges.push(row..row + 1),
            }
        }
        Self { ranges, anchor: cursor, cursor }
    }

    /// Applies what the user asked for, in a table of `total` rows.
    pub fn apply(&mut self, change: SelectionChange, total: usize) {
        match change {
            SelectionChange::Only(row) => *self = Self::of(row),
            SelectionChange::Toggle(row) => {
                if self.contains(row) {
                    self.remove(row);
                } else {
                    self.insert(row..row + 1);
                }
                self.anchor = Some(row);
                self.cursor = Some(row);
            }
            SelectionChange::Extend(row) => {
                let from = self.anchor.or(self.cursor).unwrap_or(row);
                let range = from.min(row)..from.max(row) + 1;
                *self = Self { ranges: vec![range], anchor: Some(from), cursor: Some(row) };
            }
            SelectionChange::All => {
                self.ranges = if total > 0 { std::iter::once(0..total).collect() } else { Vec::new() };
                self.anchor = self.anchor.or((total > 0).then_some(0));
            }
            SelectionChange::Nothing => self.clear(),
        }
        self.clamp(total);
    }

    /// Forgets rows that are no longer there.
    pub fn clamp(&mut self, total: usize) {
        for range in &mut self.ranges {
            range.end = range.end.min(total);
        }
        self.ranges.retain(|range| range.start < range.end);
        self.anchor = self.anchor.filter(|row| *row < total);
        self.cursor = self.cursor.filter(|row| *row < total);
    }

    /// Nothing is selected any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether a row is selected.
    pub fn contains(&self, row: usize) -> bool {
        let after = self.ranges.partition_point(|range| range.start <= row);
        after > 0 && self.ranges[after - 1].contains(&row)
    }

    /// How many rows are selected.
    pub fn len(&self) -> usize {
        self.ranges.iter().map(Range::len).sum()
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The selected rows from top to bottom.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.ranges.iter().cloned().flatten()
    }

    /// The row the keyboard stands on.
    pub fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    fn insert(&mut self, new: Range<usize>) {
        let first = self.ranges.partition_point(|range| range.end < new.start);
        let last = self.ranges.partition_point(|range| range.start <= new.end);
        let mut joined = new;
        for range in self.ranges.drain(first..last) {
            joined = joined.start.min(range.start)..joined.end.max(range.end);
        }
        self.ranges.insert(first, joined);
    }

    fn remove(&mut self, row: usize) {
        let Some(at) = self.ranges.iter().position(|range| range.contains(&row)) else { return };
        let range = self.ranges.remove(at);
        let parts = [range.start..row, row + 1..range.end];
        self.ranges.splice(at..at, parts.into_iter().filter(|part| !part.is_empty()));
    }
}

#[cfg(test)]
mod tests {
    use super::SelectionChange::{All, Extend, Only, Toggle};
    use super::*;

    fn after(changes: &[SelectionChange]) -> RowSelection {
        let mut selection = RowSelection::default();
        for change in changes {
            selection.apply(*change, 500_000);
        }
        selection
    }

    fn rows(changes: &[SelectionChange]) -> Vec<usize> {
        after(changes).rows().collect()
    }

    #[test]
    fn clicks_select_as_everywhere() {
        assert_eq!(rows(&[Only(3), Only(5)]), [5]);
        assert_eq!(rows(&[Only(3), Toggle(5), Toggle(4), Toggle(3)]), [4, 5]);
        assert_eq!(rows(&[Only(3), Extend(6), Extend(1)]), [1, 2, 3]);
        assert_eq!(rows(&[Extend(2)]), [2]);
        assert_eq!(rows(&[Only(1), Extend(5), Toggle(3)]), [1, 2, 4, 5]);
    }

    #[test]
    fn all_is_one_range() {
        let all = after(&[Only(7), All, Toggle(250_000)]);
        assert_eq!(all.len(), 499_999);
        assert!(all.contains(249_999) && !all.contains(250_000) && all.contains(499_999) && !all.contains(500_000));
        let mut few = all;
        few.clamp(2);
        assert_eq!(few.rows().collect::<Vec<_>>(), [0, 1]);
        assert_eq!(few.cursor(), None);
        few.apply(All, 0);
        assert!(few.is_empty());
    }

    #[test]
    fn ranges_stay_apart_and_sorted() {
        let mut selection = RowSelection::default();
        for row in [5, 1, 3, 9, 2, 4, 8] {
            selection.apply(Toggle(row), 100);
        }
        assert_eq!(selection.ranges, [1..6, 8..10]);
        assert_eq!(RowSelection::of_rows([5, 1, 3, 9, 2, 4, 8, 8], None).ranges, [1..6, 8..10]);
        selection.apply(super::SelectionChange::Nothing, 100);
        assert!(selection.is_empty());
    }
}
