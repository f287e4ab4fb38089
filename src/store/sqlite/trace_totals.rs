//! How many traces a list has of which only the beginning was read.

use super::reader::Reader;
use super::row;
use super::trace_lists::Wanted;
use crate::store::{Counting, Result, Total, TraceColumn, TraceCondition, TraceQuery};

impl Reader<'_> {
    /// How many traces a query asks for, `seen` of which were found.
    pub fn total_of(&self, query: &TraceQuery, seen: u64) -> Result<Total> {
        let mut wanted = self.wanted(query);
        let behind = match query.count {
            Counting::AmongLast(0) => return Ok(Total::AtLeast(seen)),
            // Which traces a run has is told by other tables, and they are few; without conditions SQLite counts by itself.
            Counting::AmongLast(_) if query.run.is_some() || query.filter.is_empty() => None,
            Counting::AmongLast(most) if query.filter.iter().all(is_of_index) => {
                return self.count_some(&wanted, most);
            }
            Counting::AmongLast(most) => self.row_before(most)?,
            Counting::All => None,
        };
        let Some(behind) = behind else { return Ok(Total::Exact(self.count_traces(&wanted)?.unwrap_or(seen))) };
        wanted.and(format!("t.rowid > {behind}"));
        // In the order of the file, which is that of these rows: the order of an index leads to and fro.
        let sql = format!("select count(*) from trace_info t not indexed {}", wanted.clause());
        let params = rusqlite::params_from_iter(&wanted.params);
        let counted = self.first("the number of traces", &sql, params, |values| row::count(values, 0))?.flatten();
        Ok(Total::AtLeast(counted.unwrap_or(0).max(seen)))
    }

    /// Counts no more than so many, which an index tells.
    fn count_some(&self, wanted: &Wanted, most: u32) -> Result<Total> {
        let sql = format!("select count(*) from (select 1 from trace_info t {} limit {most})", wanted.clause());
        let params = rusqlite::params_from_iter(&wanted.params);
        let counted = self.first("the number of traces", &sql, params, |values| row::count(values, 0))?.flatten();
        let counted = counted.unwrap_or(0);
        Ok(if counted < u64::from(most) { Total::Exact(counted) } else { Total::AtLeast(counted) })
    }

    /// The row behind which so many places for traces are left; `None` if there is none before that.
    fn row_before(&self, most: u32) -> Result<Option<i64>> {
        let number = |sql: &str| Ok(self.first("traces", sql, [], |values| row::int(values, 0))?.flatten());
        let first = number("select min(rowid) from trace_info")?;
        let last = number("select max(rowid) from trace_info")?;
        let Some((first, last)) = first.zip(last) else { return Ok(None) };
        let behind = last.saturating_sub(i64::from(most));
        Ok((first <= behind).then_some(behind))
    }
}

/// Whether a condition asks for nothing but when a trace began and of which experiment it is, which an index holds.
fn is_of_index(condition: &TraceCondition) -> bool {
    match condition {
        TraceCondition::Started(_) | TraceCondition::Compares { column: TraceColumn::Started, .. } => true,
        TraceCondition::Is { column: TraceColumn::Experiment, values } => values.len() == 1,
        TraceCondition::All(parts) => parts.iter().all(is_of_index),
        _ => false,
    }
}
