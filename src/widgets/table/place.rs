//! Where the columns stand: the first ones may stay in view while the others move sideways behind their edge.

use std::ops::Range;

/// Columns that stay may take this part of the view; else they move like the others, which could not be seen.
const STAYING_MOST: f32 = 0.6;

/// The places of the columns, measured from the left edge of the view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'w> {
    widths: &'w [f32],
    staying: usize,
    edge: f32,
    x: f32,
}

impl<'w> Places<'w> {
    /// Columns of these widths in a view `view` wide, of which the first `staying` stay.
    pub(super) fn new(widths: &'w [f32], staying: usize, view: f32) -> Self {
        let staying = staying.min(widths.len());
        let edge: f32 = widths[..staying].iter().sum();
        if edge > view * STAYING_MOST {
            return Self { widths, staying: 0, edge: 0.0, x: 0.0 };
        }
        Self { widths, staying, edge, x: 0.0 }
    }

    /// The same, scrolled to the right.
    pub(super) fn scrolled(self, x: f32) -> Self {
        Self { x, ..self }
    }

    /// Where the columns that stay end.
    pub(super) fn edge(&self) -> f32 {
        self.edge
    }

    /// Whether columns are hidden behind those that stay.
    pub(super) fn has_hidden(&self) -> bool {
        self.staying > 0 && self.x > 0.0
    }

    /// The columns that stay, and those of the others that a view of `width` points shows.
    pub(super) fn seen(&self, width: f32) -> [Range<usize>; 2] {
        let (from, to) = (self.x + self.edge, self.x + width);
        let mut right = 0.0;
        let rights: Vec<f32> = self
            .widths
            .iter()
            .map(|width| {
                right += width;
                right
            })
            .collect();
        let first = rights.partition_point(|right| *right < from).max(self.staying);
        let last = rights.partition_point(|right| *right < to);
        [0..self.staying, first..(last + 1).min(self.widths.len()).max(first)]
    }

    /// From where to where a column stands, and whether it stays.
    pub(super) fn of(&self, column: usize) -> (f32, f32, bool) {
        let stays = column < self.staying;
        let left = self.widths.iter().take(column).sum::<f32>() - if stays { 0.0 } else { self.x };
        (left, left + self.widths.get(column).copied().unwrap_or_default(), stays)
    }

    /// The column at a point of the view.
    pub(super) fn column_at(&self, at: f32) -> Option<usize> {
        let at = self.unscrolled(at);
        let mut right = 0.0;
        self.widths.iter().position(|width| {
            right += width;
            at < right
        })
    }

    /// The gap between columns that is nearest to a point of the view: how many columns stand before it, and where
    /// in the view it is.
    pub(super) fn nearest_gap(&self, at: f32) -> (usize, f32) {
        let at = self.unscrolled(at);
        let mut best = (0, 0.0);
        let mut right = 0.0;
        for (index, width) in self.widths.iter().enumerate() {
            right += width;
            if (right - at).abs() < (best.1 - at).abs() {
                best = (index + 1, right);
            }
        }
        let (before, right) = best;
        (before, if before < self.staying { right } else { (right - self.x).max(self.edge) })
    }

    /// A point of the view as if nothing were scrolled.
    fn unscrolled(&self, at: f32) -> f32 {
        if at < self.edge { at } else { at + self.x }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn only_columns_that_are_seen_are_asked_for() {
        let widths = [100.0; 20];
        let at = |x: f32| Places::new(&widths, 0, 250.0).scrolled(x).seen(250.0);
        assert_eq!(at(0.0), [0..0, 0..3]);
        assert_eq!(at(150.0), [0..0, 1..4]);
        assert_eq!(at(1_750.0), [0..0, 17..20]);
        assert_eq!(Places::new(&[], 0, 250.0).seen(250.0), [0..0, 0..0]);
    }

    #[test]
    fn columns_that_stay_hide_those_behind_them() {
        let widths = [100.0; 20];
        let places = Places::new(&widths, 1, 400.0).scrolled(250.0);
        assert_eq!(places.seen(400.0), [0..1, 3..7]);
        assert_eq!(places.of(0), (0.0, 100.0, true));
        assert_eq!(places.of(3), (50.0, 150.0, false));
        assert_eq!([50.0, 120.0, 399.0, 5_000.0].map(|at| places.column_at(at)), [Some(0), Some(3), Some(6), None]);
        assert_eq!(places.nearest_gap(140.0), (4, 150.0));
        assert_eq!(places.nearest_gap(90.0), (1, 100.0), "the gap is behind the edge and shown at it");
        let scrolled_far = Places::new(&widths, 1, 400.0).scrolled(1_600.0);
        assert_eq!(scrolled_far.seen(400.0), [0..1, 16..20]);
    }

    #[test]
    fn columns_that_would_take_the_whole_view_move() {
        let widths = [300.0, 100.0, 100.0];
        assert_eq!(Places::new(&widths, 1, 400.0).edge(), 0.0);
        assert_eq!(Places::new(&widths, 1, 600.0).edge(), 300.0);
        assert_eq!(Places::new(&widths, 9, 400.0).seen(400.0)[0], 0..0);
    }

    #[test]
    fn a_column_falls_into_the_nearest_gap() {
        let widths = [100.0, 50.0, 200.0];
        let places = Places::new(&widths, 0, 400.0);
        assert_eq!([-9.0, 40.0, 60.0, 130.0, 240.0, 900.0].map(|x| places.nearest_gap(x).0), [0, 0, 1, 2, 2, 3]);
        assert_eq!(Places::new(&[], 0, 1.0).nearest_gap(5.0), (0, 0.0));
    }
}
