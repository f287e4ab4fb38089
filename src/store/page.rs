//! Pieces of lists: a store gives a list at once, or in pages as a server does.

use std::sync::Arc;

/// Where a list goes on after a page. Means nothing to anybody but the store that gave it, and only
/// with the query that it was given for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(Arc<str>);

impl Cursor {
    /// A cursor that says this to the store that makes it.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// What it says.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many there are of something that may not have been seen to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Total {
    /// So many.
    Exact(u64),
    /// So many are known of, and there may be more.
    AtLeast(u64),
}

impl Total {
    /// The number, if it is known.
    pub fn exact(self) -> Option<u64> {
        match self {
            Self::Exact(count) => Some(count),
            Self::AtLeast(_) => None,
        }
    }

    /// How many are known of.
    pub fn least(self) -> u64 {
        match self {
            Self::Exact(count) | Self::AtLeast(count) => count,
        }
    }

    /// Whether there are none, for certain.
    pub fn is_zero(self) -> bool {
        self == Self::Exact(0)
    }

    /// What is known once `seen` of them were read from the beginning. `is_last`: nothing comes after them, which a
    /// page does not say if no row was asked for.
    #[must_use]
    pub fn having_seen(self, seen: u64, is_last: bool) -> Self {
        match self {
            Self::AtLeast(_) if is_last => Self::Exact(seen),
            Self::AtLeast(count) => Self::AtLeast(count.max(seen)),
            exact @ Self::Exact(_) => exact,
        }
    }
}

/// None is known of.
impl Default for Total {
    fn default() -> Self {
        Self::Exact(0)
    }
}

/// A piece of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What stands in it. A page may be empty and yet not be the last.
    pub rows: Vec<T>,
    /// Where the next one begins; `None`: this is the last, or no row was asked for.
    pub next: Option<Cursor>,
    /// How many rows the whole list has.
    pub total: Total,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, map: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(map).collect(), next: self.next, total: self.total }
    }

    /// The page of a list that is all here, and in order: what comes after `is_passed`, no more than `limit`.
    /// `cursor_after` names the place behind a row.
    pub(super) fn cut(
        mut rows: Vec<T>,
        is_passed: impl Fn(&T) -> bool,
        limit: Option<usize>,
        cursor_after: impl Fn(&T) -> Cursor,
    ) -> Self {
        let total = Total::Exact(rows.len() as u64);
        let from = rows.iter().position(|row| !is_passed(row)).unwrap_or(rows.len());
        let end = from.saturating_add(limit.unwrap_or(usize::MAX)).min(rows.len());
        let is_last = end == rows.len();
        rows.truncate(end);
        rows.drain(..from);
        let next = if is_last { None } else { rows.last().map(cursor_after) };
        Self { rows, next, total }
    }
}

/// An opaque way to one line of a list of traces; means nothing to anybody but its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceHandle(pub u64);

/// The skeleton of a list of traces, or of its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TraceIndex {
    /// How many traces the whole list has.
    pub total: Total,
    /// The way to each line.
    pub handles: Arc<[TraceHandle]>,
    /// Where the list goes on; `None` at its end, and where no more was asked for.
    pub next: Option<Cursor>,
}

impl TraceIndex {
    /// Whether the list is known to go on behind what is here.
    pub fn has_more(&self) -> bool {
        self.next.is_some() || self.total.least() > self.handles.len() as u64
    }

    /// The first page of a list: if nothing comes after it, its traces are all there are.
    #[must_use]
    pub fn as_first(self) -> Self {
        Self { total: self.total.having_seen(self.handles.len() as u64, self.next.is_none()), ..self }
    }

    /// Several pages of one list as one, the first of the list first.
    pub fn of_pages<'a>(pages: impl ExactSizeIterator<Item = &'a Self>) -> Self {
        Self::of_some_pages(pages).as_first()
    }

    /// The same from any page on: the end says nothing of how many there are before.
    pub fn of_some_pages<'a>(pages: impl ExactSizeIterator<Item = &'a Self>) -> Self {
        let is_one = pages.len() == 1;
        let mut handles: Vec<TraceHandle> = Vec::new();
        let mut all = Self::default();
        for page in pages {
            if is_one {
                // What came at once is not copied.
                return page.clone();
            }
            handles.extend(page.handles.iter());
            all.total = page.total.having_seen(handles.len() as u64, false);
            all.next.clone_from(&page.next);
        }
        Self { handles: handles.into(), ..all }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(handles: std::ops::Range<u64>, next: Option<&str>, total: Total) -> TraceIndex {
        TraceIndex { total, handles: handles.map(TraceHandle).collect(), next: next.map(Cursor::new) }
    }

    #[test]
    fn an_unknown_total_is_never_told_as_a_number_until_the_last_page_is_there() {
        let pages = [
            page(0..3, Some("a"), Total::AtLeast(3)),
            page(3..3, Some("b"), Total::AtLeast(0)),
            page(3..5, None, Total::AtLeast(2)),
        ];
        assert_eq!(TraceIndex::of_pages(pages[..1].iter()).total, Total::AtLeast(3));
        let two = TraceIndex::of_pages(pages[..2].iter());
        assert_eq!((two.total, two.next), (Total::AtLeast(3), Some(Cursor::new("b"))));
        let all = TraceIndex::of_pages(pages.iter());
        assert_eq!((all.total, all.handles.len(), all.next), (Total::Exact(5), 5, None));
        let told = [page(0..3, Some("a"), Total::Exact(9))];
        assert_eq!(TraceIndex::of_pages(told.iter()).total, Total::Exact(9));
    }

    #[test]
    fn a_single_page_with_nothing_behind_it_is_all_there_is() {
        let alone = [page(0..3, None, Total::AtLeast(0))];
        assert_eq!(TraceIndex::of_pages(alone.iter()).total, Total::Exact(3));
        assert_eq!(TraceIndex::of_pages([].iter()), TraceIndex::default());
    }

    #[test]
    fn a_list_is_cut_behind_a_row_and_before_a_limit() {
        let cut = |passed: i32, limit| Page::cut(vec![1, 2, 3, 4], |row| *row <= passed, limit, |_| Cursor::new("c"));
        let first = cut(0, Some(3));
        assert_eq!((&*first.rows, first.next.is_some(), first.total), (&[1, 2, 3][..], true, Total::Exact(4)));
        let last = cut(3, Some(3));
        assert_eq!((&*last.rows, last.next.is_some(), last.total), (&[4][..], false, Total::Exact(4)));
        assert_eq!(cut(9, None), Page { rows: vec![], next: None, total: Total::Exact(4) });
    }
}
