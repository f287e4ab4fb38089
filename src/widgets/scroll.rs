//! Where a list of uniform rows is scrolled to: a whole row and a part of it, so that no length is too long.

/// A scroll position. The caller keeps it, so it can be saved with the place it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RowScroll {
    /// The row at the top edge.
    pub top: usize,
    /// How much of that row is above the edge, from 0 to below 1.
    pub fraction: f32,
}

impl RowScroll {
    /// The position at which `row` is the first one.
    pub fn at(row: usize) -> Self {
        Self { top: row, fraction: 0.0 }
    }

    /// The last position: the end of `total` rows at the bottom of a view that holds `view_rows`.
    pub fn end(total: usize, view_rows: f64) -> Self {
        let whole = view_rows.max(0.0).ceil();
        if total as f64 <= view_rows {
            return Self::default();
        }
        Self { top: total - whole as usize, fraction: (whole - view_rows) as f32 }
    }

    /// The nearest position that shows no emptiness while there are rows.
    pub fn clamped(self, total: usize, view_rows: f64) -> Self {
        let end = Self::end(total, view_rows);
        let fraction = if (0.0..1.0).contains(&self.fraction) { self.fraction } else { 0.0 };
        let is_after_end = self.top > end.top || (self.top == end.top && fraction > end.fraction);
        if is_after_end { end } else { Self { top: self.top, fraction } }
    }

    /// This position moved by a number of rows, down if positive.
    pub fn moved(self, rows: f64, total: usize, view_rows: f64) -> Self {
        // Whole rows and the fraction are kept apart, so that 10 million rows lose nothing.
        let sum = f64::from(self.fraction) + rows;
        let whole = sum.floor();
        let fraction = (sum - whole) as f32;
        let top = if whole < 0.0 {
            match self.top.checked_sub(-whole as usize) {
                Some(top) => top,
                None => return Self::default(),
            }
        } else {
            self.top.saturating_add(whole as usize)
        };
        Self { top, fraction }.clamped(total, view_rows)
    }

    /// The nearest position at which all of `row` can be seen.
    pub fn revealing(self, row: usize, total: usize, view_rows: f64) -> Self {
        let row = row.min(total.saturating_sub(1));
        if row < self.top || (row == self.top && self.fraction > 0.0) {
            return Self::at(row).clamped(total, view_rows);
        }
        let below = (row - self.top + 1) as f64 - f64::from(self.fraction);
        if below > view_rows { self.moved(below - view_rows, total, view_rows) } else { self }
    }

    /// How far down this is, from 0 to 1, for the scroll bar.
    pub fn ratio(self, total: usize, view_rows: f64) -> f64 {
        let most = total as f64 - view_rows;
        if most <= 0.0 {
            return 0.0;
        }
        ((self.top as f64 + f64::from(self.fraction)) / most).clamp(0.0, 1.0)
    }

    /// The position that is `ratio` of the way down.
    pub fn from_ratio(ratio: f64, total: usize, view_rows: f64) -> Self {
        if ratio >= 1.0 {
            return Self::end(total, view_rows);
        }
        let most = (total as f64 - view_rows).max(0.0);
        Self::default().moved(ratio.max(0.0) * most, total, view_rows)
    }
}

#[cfg(test)]
mod tests {
    use super::RowScroll;

    const MANY: usize = 10_000_000;

    #[test]
    fn the_end_is_exact() {
        let end = RowScroll::end(MANY, 20.25);
        assert_eq!(end.top, MANY - 21);
        assert!((end.fraction - 0.75).abs() < 1e-6);
        assert_eq!(RowScroll::from_ratio(1.0, MANY, 20.25), end);
        assert_eq!(RowScroll::at(usize::MAX).clamped(MANY, 20.25), end);
        assert_eq!(RowScroll::end(5, 20.0), RowScroll::default());
        assert_eq!(RowScroll::end(20, 20.0), RowScroll::default());
    }

    #[test]
    fn small_steps_add_up_far_down() {
        let mut at = RowScroll::at(9_000_000);
        for _ in 0..1_000 {
            at = at.moved(0.125, MANY, 20.0);
        }
        assert_eq!(at, RowScroll::at(9_000_125));
        for _ in 0..1_000 {
            at = at.moved(-0.125, MANY, 20.0);
        }
        assert_eq!(at, RowScroll::at(9_000_000));
        assert_eq!(RowScroll::at(3).moved(-10.0, MANY, 20.0), RowScroll::default());
    }

    #[test]
    fn a_row_is_revealed_with_the_least_movement() {
        let at = RowScroll::at(100);
        assert_eq!(at.revealing(105, 1_000, 20.0), at);
        assert_eq!(at.revealing(50, 1_000, 20.0), RowScroll::at(50));
        assert_eq!(at.revealing(120, 1_000, 20.0), RowScroll::at(101));
        assert_eq!(at.revealing(5_000, 1_000, 20.0), RowScroll::at(980));
    }

    #[test]
    fn hostile_fractions_are_harmless() {
        for fraction in [f32::NAN, f32::INFINITY, -1.0, 7.0] {
            let at = RowScroll { top: 3, fraction }.clamped(100, 10.0);
            assert_eq!(at, RowScroll::at(3));
        }
        assert_eq!(RowScroll::at(9).clamped(0, 10.0), RowScroll::default());
    }
}
