//! What a store can be asked for in lists: which runs or traces, in which order, how many, from where on.

use std::cmp::Ordering;

use super::condition::{RunCondition, TraceCondition};
use super::order::Order;
use super::page::Cursor;
use super::trace_column::{TraceColumn, TraceValue};
use crate::model::{ExperimentId, RunId};

/// Which runs are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum RunScope {
    /// All of the store.
    #[default]
    All,
    /// Those of one experiment.
    Experiment(ExperimentId),
    /// One by its id, deleted or not.
    One(RunId),
}

/// A question for runs.
#[derive(Clone, Debug, PartialEq)]
pub struct RunQuery {
    /// Which.
    pub scope: RunScope,
    /// Deleted ones too (`One` finds them in any case).
    pub with_deleted: bool,
    /// Only those for which all of this holds.
    pub filter: Vec<RunCondition>,
    /// Which come first.
    pub order: Order,
    /// No more than this many.
    pub limit: Option<usize>,
    /// From where on; `None`: from the beginning.
    pub cursor: Option<Cursor>,
}

impl RunQuery {
    /// All runs of a scope that are not deleted, the oldest first.
    pub fn new(scope: RunScope) -> Self {
        Self { scope, with_deleted: false, filter: Vec::new(), order: Order::OldestFirst, limit: None, cursor: None }
    }

    /// Deleted ones too.
    #[must_use]
    pub fn with_deleted(self) -> Self {
        Self { with_deleted: true, ..self }
    }
}

impl Default for RunQuery {
    fn default() -> Self {
        Self::new(RunScope::All)
    }
}

/// An order by what stands in a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnOrder {
    /// The column.
    pub column: TraceColumn,
    /// The largest come first.
    pub is_descending: bool,
}

/// How much is read to tell how many traces a list has of which only the beginning is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Counting {
    /// All of them, where the store can.
    #[default]
    All,
    /// Only among so many that were written last, where telling it of all costs more than that: of more traces it is
    /// told how many there are at least. With 0 nothing is read for it.
    AmongLast(u32),
}

/// A question for traces.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceQuery {
    /// Only of this experiment.
    pub experiment: Option<ExperimentId>,
    /// Only those recorded in this run.
    pub run: Option<RunId>,
    /// Only those for which all of this holds.
    pub filter: Vec<TraceCondition>,
    /// Which come first.
    pub order: Order,
    /// By what they are sorted before that, where the store sorts ([`super::Capabilities::filters_traces`]) and gives
    /// the list from its beginning; traces without it come last.
    pub sort: Option<ColumnOrder>,
    /// No more than this many; the total is told all the same, where the store knows it.
    pub limit: Option<usize>,
    /// How much is done for that total.
    pub count: Counting,
    /// From where on; `None`: from the beginning.
    pub cursor: Option<Cursor>,
}

impl ColumnOrder {
    /// Which of two values comes first; those that are absent, masked or unknown come last either way.
    pub fn compare(&self, a: &TraceValue, b: &TraceValue) -> Ordering {
        let has_none = |value: &TraceValue| matches!(value, TraceValue::Absent | TraceValue::Masked);
        match (has_none(a), has_none(b)) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => {
                let order = match (a, b) {
                    (TraceValue::Number(a), TraceValue::Number(b)) => a.total_cmp(b),
                    (a, b) => a.first_text().cmp(&b.first_text()),
                };
                if self.is_descending { order.reverse() } else { order }
            }
        }
    }
}

impl TraceQuery {
    /// Whether what it finds up to an end is the whole list: it begins where the list does, and asks for some of it.
    pub fn begins_the_list(&self) -> bool {
        self.cursor.is_none() && self.limit != Some(0)
    }
}

/// All of the store, the newest first.
impl Default for TraceQuery {
    fn default() -> Self {
        let order = Order::NewestFirst;
        let (filter, count) = (Vec::new(), Counting::All);
        Self { experiment: None, run: None, filter, order, sort: None, limit: None, count, cursor: None }
    }
}
