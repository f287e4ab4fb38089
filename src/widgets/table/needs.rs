//! What the columns of a table need, as far as their cells were seen.

use std::ops::Range;

/// What a cell needs to be seen whole, and without its note; `figure` is 0 unless it must not be cut.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Need {
    pub whole: f32,
    pub bare: f32,
    pub figure: f32,
}

/// The needs of all columns. They only grow while the table is the same, so that nothing shakes while it is scrolled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Needs {
    columns: Vec<Need>,
    /// By what it is told that the columns are the same.
    identity: u64,
    total: usize,
    /// The rows that were looked at last.
    rows: Range<usize>,
}

impl Needs {
    /// Whether these columns are others, or rows went away: then what was learned is not theirs.
    pub fn are_of_others(&self, identity: u64, columns: usize, total: usize) -> bool {
        identity != self.identity || columns != self.columns.len() || total < self.total
    }

    /// Begins with what the titles need.
    pub fn begin(identity: u64, titles: impl Iterator<Item = f32>) -> Self {
        let of_title = |width: f32| Need { whole: width, bare: width, figure: 0.0 };
        Self { columns: titles.map(of_title).collect(), identity, ..Self::default() }
    }

    /// The rows of `visible` that were not looked at before; now they were.
    pub fn new_rows(&mut self, total: usize, visible: Range<usize>) -> impl Iterator<Item = usize> + use<> {
        self.total = total;
        let known = std::mem::replace(&mut self.rows, visible.clone());
        visible.filter(move |row| !known.contains(row))
    }

    /// Takes in what a cell needs; says whether its column has to be wider now.
    pub fn note(&mut self, column: usize, need: Need) -> bool {
        let Some(known) = self.columns.get_mut(column) else { return false };
        let has_grown = need.whole > known.whole + 0.5 || need.figure > known.figure + 0.5;
        known.whole = known.whole.max(need.whole);
        known.bare = known.bare.max(need.bare);
        known.figure = known.figure.max(need.figure);
        has_grown
    }

    /// What a column needs.
    pub fn of(&self, column: usize) -> Need {
        self.columns.get(column).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_grow_until_the_table_is_another() {
        let mut needs = Needs::begin(7, [40.0, 60.0].into_iter());
        assert!(needs.note(0, Need { whole: 90.0, bare: 50.0, figure: 50.0 }));
        assert!(!needs.note(0, Need { whole: 20.0, ..Need::default() }) && !needs.note(9, Need::default()));
        assert_eq!((needs.of(0).whole, needs.of(0).figure, needs.of(1).whole), (90.0, 50.0, 60.0));
        assert_eq!(needs.new_rows(100, 10..14).collect::<Vec<_>>(), [10, 11, 12, 13]);
        assert_eq!(needs.new_rows(100, 12..16).collect::<Vec<_>>(), [14, 15]);
        assert!(!needs.are_of_others(7, 2, 101), "rows came");
        assert!(needs.are_of_others(7, 2, 99) && needs.are_of_others(8, 2, 100) && needs.are_of_others(7, 3, 100));
    }
}
