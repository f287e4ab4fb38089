//! What lists are asked for, and their pages.

use super::{Bytes, Malformed, Put, Take, Taken, Writer, fields, kinds};
use crate::store::{
    ColumnOrder, Comparison, Counting, DiskKind, Inventory, Order, Page, RunCondition, RunQuery, RunScope, TimeWindow,
    Total, TraceColumn, TraceCondition, TraceIndex, TraceQuery, TraceValue,
};

fields! {
    RunQuery { scope, with_deleted, filter, order, limit, cursor }
    TraceQuery { experiment, run, filter, order, sort, limit, count, cursor }
    ColumnOrder { column, is_descending }
    TimeWindow { from_ms, until_ms }
    TraceIndex { total, handles, next }
    Inventory {
        assessments, prompts, prompt_versions, evaluation_datasets, dataset_records, run_datasets, logged_models,
    }
}

kinds! {
    RunScope { 0 => All, 1 => Experiment(experiment), 2 => One(run) }
    Order { 0 => OldestFirst, 1 => NewestFirst }
    Counting { 0 => All, 1 => AmongLast(count) }
    Total { 0 => Exact(count), 1 => AtLeast(count) }
    Comparison { 0 => Equal, 1 => Less, 2 => LessOrEqual, 3 => Greater, 4 => GreaterOrEqual }
    RunCondition {
        0 => Status(status),
        1 => Name(name),
        2 => Started(window),
        3 => Param { key, value },
        4 => Tag { key, value },
        5 => Metric { key, comparison, value },
    }
    TraceCondition {
        0 => Status(status),
        1 => Name(name),
        2 => Session(session),
        3 => Started(window),
        4 => Is { column, values },
        5 => Holds { column, text },
        6 => Compares { column, comparison, value },
        7 => Present(column),
        8 => All(all),
        9 => Any(any),
        10 => Not(not),
    }
    TraceColumn {
        0 => Id,
        1 => Status,
        2 => Name,
        3 => Run,
        4 => Experiment,
        5 => Session,
        6 => Started,
        7 => Duration,
        8 => Tokens,
        9 => Cost,
        10 => Input,
        11 => Output,
        12 => Tag(key),
        13 => Metadata(key),
        14 => Assessment { name, kind },
    }
    TraceValue { 0 => Absent, 1 => Masked, 2 => Number(number), 3 => Text(text), 4 => Texts(texts) }
}

impl<T: Put> Put for Page<T> {
    fn put(&self, to: &mut Writer) {
        let Self { rows, next, total } = self;
        rows.put(to);
        next.put(to);
        total.put(to);
    }
}

impl<T: Take> Take for Page<T> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(Self { rows: Take::take(from)?, next: Take::take(from)?, total: Take::take(from)? })
    }
}

/// The words that stand in types as such: kinds of assessments, kinds of stores.
const WORDS: [&str; 6] =
    ["feedback", "expectation", "issue", "memory", DiskKind::Sqlite.word(), DiskKind::TraceFile.word()];

impl Take for &'static str {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        let text = from.text()?;
        WORDS.into_iter().find(|word| *word == text).ok_or(Malformed)
    }
}
