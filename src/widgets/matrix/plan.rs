//! How wide everything in a matrix is, and where it stands while it is scrolled to the side.

use super::source::{StayingColumn, StayingKind};
use std::ops::Range;

/// A text that gives way is still read at this width.
const TEXT_LEAST: f32 = 150.0;
/// Where there is not even room for that.
const TEXT_SQUEEZED: f32 = 84.0;
/// Values that give way.
const VALUE_LEAST: f32 = 64.0;
/// What stays takes no more than this part of the view while there are columns to be scrolled.
const STAYING_MOST: f32 = 0.62;
/// Names are hardly told apart in less; then the columns are rather scrolled.
const NAMES_LEAST: f32 = 68.0;
/// The text gives way by so much for one more column.
const ALL_BUT_SEEN: f32 = 16.0;
/// Columns that are scrolled to the side are no wider than this for their names,
const SCROLLED_MOST: f32 = 84.0;
/// or than this for one that needs it where it is broken in two.
const BROKEN_MOST: f32 = 112.0;

/// Under what a point of a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hit {
    Staying(usize),
    Column(usize),
}

/// The widths of a matrix in a view of one width.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// Of the columns that stay.
    pub staying: Vec<f32>,
    /// Where these end.
    pub edge: f32,
    /// Of each other column.
    pub column: f32,
    columns: usize,
    view: f32,
}

impl Plan {
    /// For a view `view` wide. A column is read whole at `need`, on two lines at `broken`; it is never narrower than
    /// `least`.
    pub fn new(
        staying: &[StayingColumn<'_>],
        (need, broken, least): (f32, f32, f32),
        columns: usize,
        view: f32,
    ) -> Self {
        let need = need.max(least);
        let scrolled = need.min(SCROLLED_MOST.max(broken.min(BROKEN_MOST)));
        let of = |kind: StayingKind| staying.iter().filter(move |one| one.kind == kind).map(|one| one.width);
        let numbers: f32 = of(StayingKind::Number).sum();
        let values: f32 = of(StayingKind::Value).sum();
        let text: f32 = of(StayingKind::Text).sum();
        let free = view - numbers - values;
        let all = columns as f32;
        let fitting = if columns == 0 { need } else { (free - text) / all };
        let tight = if columns == 0 { need } else { (free - TEXT_LEAST.min(text)) / all };
        let (column, text, values_share) = if fitting >= need {
            (need, free - all * need, 1.0)
        } else if tight >= scrolled {
            // Names are cut before the text is.
            let column = fitting.max(scrolled).min(need);
            (column, free - all * column, 1.0)
        } else if tight >= least.max(need.min(NAMES_LEAST)) {
            (tight, free - all * tight, 1.0)
        } else {
            let column = scrolled;
            let most = (view * STAYING_MOST - numbers).max(0.0);
            let share = if values + TEXT_LEAST > most && values > 0.0 {
                let count = of(StayingKind::Value).count() as f32;
                ((most - TEXT_LEAST).max(count * VALUE_LEAST) / values).min(1.0)
            } else {
                1.0
            };
            let left = text.min((most - values * share).max(TEXT_SQUEEZED));
            // A column that is all but seen is seen whole.
            let missing = column - (view - numbers - values * share - left).max(0.0) % column;
            let gives = if missing <= ALL_BUT_SEEN && left - missing >= TEXT_LEAST { missing } else { 0.0 };
            (column, left - gives, share)
        };
        let width = |one: &StayingColumn<'_>| match one.kind {
            StayingKind::Number => one.width,
            StayingKind::Text => text.max(0.0),
            StayingKind::Value => one.width * values_share,
        };
        let staying: Vec<f32> = staying.iter().map(width).collect();
        Self { edge: staying.iter().sum(), staying, column, columns, view }
    }

    /// How far it can be scrolled.
    pub fn most(&self) -> f32 {
        (self.edge + self.columns as f32 * self.column - self.view).max(0.0)
    }

    /// The columns that are seen, the first and the last maybe in part.
    pub fn seen(&self, x: f32) -> Range<usize> {
        let room = (self.view - self.edge).max(0.0);
        let first = (x / self.column).floor().max(0.0) as usize;
        let end = ((x + room) / self.column).ceil().max(0.0) as usize;
        first.min(self.columns)..end.min(self.columns)
    }

    /// The left edge of a column, from the left edge of the view.
    pub fn left(&self, column: usize, x: f32) -> f32 {
        self.edge + column as f32 * self.column - x
    }

    /// The left edge of a column that stays.
    pub fn staying_left(&self, staying: usize) -> f32 {
        self.staying.iter().take(staying).sum()
    }

    /// What stands at a point of the view.
    pub fn hit(&self, at: f32, x: f32) -> Option<Hit> {
        if at < 0.0 || at >= self.view {
            return None;
        }
        if at < self.edge {
            let mut right = 0.0;
            let found = self.staying.iter().position(|width| {
                right += width;
                at < right
            });
            return found.map(Hit::Staying);
        }
        let column = ((at - self.edge + x) / self.column).floor() as usize;
        (column < self.columns).then_some(Hit::Column(column))
    }

    /// The nearest scroll at which all of a column is seen.
    pub fn revealing(&self, column: usize, x: f32) -> f32 {
        let (left, right) = (column as f32 * self.column, (column + 1) as f32 * self.column);
        let room = (self.view - self.edge).max(0.0);
        let x = if left < x { left } else { x.max(right - room).min(left) };
        x.clamp(0.0, self.most())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAYING: [StayingColumn<'_>; 3] = [
        StayingColumn { title: "", kind: StayingKind::Number, width: 40.0 },
        StayingColumn { title: "Example", kind: StayingKind::Text, width: 300.0 },
        StayingColumn { title: "Expected", kind: StayingKind::Value, width: 90.0 },
    ];

    fn plan(columns: usize, need: f32, view: f32) -> Plan {
        Plan::new(&STAYING, (need, 0.0, 44.0), columns, view)
    }

    #[test]
    fn the_text_takes_what_is_left_and_gives_way_first() {
        assert_eq!(plan(4, 60.0, 1_000.0).staying, [40.0, 630.0, 90.0]);
        assert_eq!(plan(10, 60.0, 1_000.0).staying, [40.0, 270.0, 90.0]);
        let narrow = plan(10, 60.0, 760.0);
        assert_eq!((narrow.column, narrow.staying[1]), (60.0, 300.0), "rather scrolled than cut");
        let nearly = plan(20, 60.0, 850.0);
        assert_eq!((nearly.edge, nearly.staying[1]), (430.0, 300.0), "whole columns");
        let nearly = plan(20, 60.0, 840.0);
        assert_eq!((nearly.edge, nearly.staying[1]), (420.0, 290.0), "one more is seen whole");
        let tight = plan(10, 100.0, 980.0);
        assert_eq!((tight.column, tight.staying[1], tight.most()), (70.0, 150.0, 0.0), "heads are cut");
        let long = plan(4, 200.0, 900.0);
        assert_eq!((long.column, long.staying[1]), (117.5, 300.0), "names are cut before the text is");
    }

    #[test]
    fn a_name_that_is_broken_in_two_is_read_before_the_text_is_wide() {
        let of = |broken: f32| Plan::new(&STAYING, (110.0, broken, 44.0), 2, 540.0);
        assert_eq!((of(0.0).column, of(0.0).staying[1]), (84.0, 242.0));
        assert_eq!((of(96.0).column, of(96.0).staying[1]), (96.0, 218.0));
        assert_eq!(of(900.0).column, 110.0, "no wider than it needs");
        let long = Plan::new(&STAYING, (400.0, 300.0, 44.0), 3, 640.0);
        assert_eq!(long.column, 112.0, "and not for any name");
    }

    #[test]
    fn many_columns_are_scrolled_and_what_stays_leaves_them_room() {
        for view in [300.0, 500.0, 800.0, 1_300.0] {
            let many = plan(300, 60.0, view);
            assert!(many.edge <= (view * 0.7).max(190.0), "{view}: {many:?}");
            assert!(many.staying[2] >= 64.0, "what is expected stays");
            assert!((many.most() - (many.edge + 300.0 * 60.0 - view)).abs() < 0.1);
            let end = many.seen(many.most());
            assert_eq!(end.end, 300);
            assert_eq!(many.revealing(299, 0.0), many.most());
            assert_eq!(many.revealing(0, many.most()), 0.0);
        }
    }

    #[test]
    fn a_point_is_told_apart() {
        let many = plan(300, 60.0, 800.0);
        let edge = many.edge;
        assert_eq!(many.hit(10.0, 0.0), Some(Hit::Staying(0)));
        assert_eq!(many.hit(edge - 1.0, 500.0), Some(Hit::Staying(2)));
        assert_eq!(many.hit(edge + 1.0, 0.0), Some(Hit::Column(0)));
        assert_eq!(many.hit(edge + 1.0, 125.0), Some(Hit::Column(2)));
        assert_eq!(many.hit(-1.0, 0.0), None);
        assert_eq!(plan(1, 60.0, 800.0).hit(799.0, 0.0), Some(Hit::Column(0)));
        assert_eq!(plan(0, 60.0, 800.0).seen(0.0), 0..0);
    }
}
