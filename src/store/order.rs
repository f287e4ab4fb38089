//! The order of rows, for every reader: runs by start (unknown first), then name in natural order, then id; traces by
//! start, then id.
//!
//! Stores that keep their own rows also get from here where a list goes on: behind the row of a key.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::ReadCx;
use super::page::Cursor;
use crate::model::Run;
use crate::words::natural;

/// Which rows come first. One is the other backwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// By start, ascending: how runs are listed.
    OldestFirst,
    /// By start, descending: how traces are listed.
    NewestFirst,
}

impl Order {
    /// The other one.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::OldestFirst => Self::NewestFirst,
            Self::NewestFirst => Self::OldestFirst,
        }
    }

    /// Which of two rows a list in this order has first.
    pub fn compare<K: RowKey>(self, a: &K, b: &K) -> Ordering {
        match self {
            Self::OldestFirst => a.by_age(b),
            Self::NewestFirst => b.by_age(a),
        }
    }

    /// Brings runs into this order.
    pub fn sort_runs<T>(self, rows: &mut [T], run_of: impl Fn(&T) -> &Run) {
        rows.sort_by(|a, b| self.compare(&RunKey::of(run_of(a)), &RunKey::of(run_of(b))));
    }
}

/// What the order of a row depends on. Rows of different ids never compare as equal.
pub trait RowKey {
    /// Which of two rows is the older one.
    fn by_age(&self, other: &Self) -> Ordering;

    /// The place behind the row of this key.
    fn cursor(&self) -> Cursor
    where
        Self: Serialize,
    {
        // Numbers and texts always make JSON.
        Cursor::new(serde_json::to_string(self).unwrap_or_default())
    }
}

/// What the order of a run depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunKey<'a> {
    start_ms: Option<i64>,
    name: Cow<'a, str>,
    id: Cow<'a, str>,
}

impl<'a> RunKey<'a> {
    /// The key of a run.
    pub fn of(run: &'a Run) -> Self {
        Self { start_ms: run.start_time_ms, name: run.name.as_str().into(), id: run.id.as_str().into() }
    }
}

impl RowKey for RunKey<'_> {
    fn by_age(&self, other: &Self) -> Ordering {
        let by_name = || natural::compare(&self.name, &other.name);
        self.start_ms.cmp(&other.start_ms).then_with(by_name).then_with(|| self.id.cmp(&other.id))
    }
}

/// What the order of a trace depends on. Its id, or whatever is in the order of the ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceKey<I> {
    /// Its start, milliseconds since the epoch.
    pub start_ms: Option<i64>,
    /// Its id.
    pub id: I,
}

impl<I: Ord> RowKey for TraceKey<I> {
    fn by_age(&self, other: &Self) -> Ordering {
        self.start_ms.cmp(&other.start_ms).then_with(|| self.id.cmp(&other.id))
    }
}

/// From where on a list is asked for, in a store that makes its cursors of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin<K> {
    /// From the beginning.
    First,
    /// Behind the row of this key, whether it is still there or not.
    Behind(K),
    /// Nowhere: the cursor was made by somebody else.
    Nowhere,
}

impl<K: for<'k> Deserialize<'k> + RowKey> Begin<K> {
    /// Reads a cursor; one of somebody else is warned of.
    pub fn at(cursor: Option<&Cursor>, cx: &ReadCx) -> Self {
        let Some(cursor) = cursor else { return Self::First };
        match serde_json::from_str(cursor.as_str()) {
            Ok(key) => Self::Behind(key),
            Err(_) => {
                cx.warn("a list", "it cannot go on: its place was named by another store");
                Self::Nowhere
            }
        }
    }

    /// Whether a row of this key stands before the place, in a list of this order.
    pub fn is_passed(&self, order: Order, key: &K) -> bool {
        match self {
            Self::First => false,
            Self::Behind(last) => order.compare(key, last).is_le(),
            Self::Nowhere => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[test]
    fn runs_come_by_start_then_name_then_id_and_backwards() {
        let mut unknown = MemoryStore::run("z", "1", "late", 0);
        unknown.start_time_ms = None;
        let run = |id: &str, name: &str, start| MemoryStore::run(id, "1", name, start);
        let wanted =
            vec![unknown, run("d", "a", 1), run("c", "eval_2", 2), run("a", "eval_10", 2), run("b", "eval_10", 2)];
        let mut runs: Vec<Run> = [3, 1, 4, 0, 2].into_iter().map(|at| wanted[at].clone()).collect();
        Order::OldestFirst.sort_runs(&mut runs, |run| run);
        assert_eq!(runs, wanted);
        Order::NewestFirst.sort_runs(&mut runs, |run| run);
        assert!(runs.iter().eq(wanted.iter().rev()));
        // A place behind each of them, read again.
        let cx = ReadCx::new();
        for (at, run) in wanted.iter().enumerate() {
            let begin = Begin::<RunKey<'_>>::at(Some(&RunKey::of(run).cursor()), &cx);
            let passed = wanted.iter().filter(|run| begin.is_passed(Order::OldestFirst, &RunKey::of(run)));
            assert_eq!(passed.count(), at + 1);
        }
        assert!(cx.take_warnings().is_empty());
        assert_eq!(Begin::<RunKey<'_>>::at(Some(&Cursor::new("{\"offset\":3}")), &cx), Begin::Nowhere);
        assert_eq!(cx.take_warnings().len(), 1);
    }
}
