//! Lists of runs and traces: at once, or in pages as a server gives them.

use std::borrow::Cow;

use super::{Content, MemoryStore, masking};
use crate::model::{Lifecycle, Reveal, Run, RunValues, TraceHead, TraceId, TraceRow};
use crate::store::order::{Begin, RowKey, RunKey, TraceKey};
use crate::store::{Cursor, Page, ReadCx, RunQuery, RunScope, Total, TraceHandle, TraceIndex, TracePlace, TraceQuery};

impl MemoryStore {
    /// A page of a list as this store gives it at the moment.
    fn served<T>(
        &self,
        rows: Vec<T>,
        is_passed: impl Fn(&T) -> bool,
        limit: Option<usize>,
        cursor_after: impl Fn(&T) -> Cursor,
    ) -> Page<T> {
        let Some(size) = self.knobs.page_size() else { return Page::cut(rows, is_passed, limit, cursor_after) };
        let second = rows.get(size - 1).filter(|_| self.knobs.leads_round()).map(&cursor_after);
        let page = Page::cut(rows, is_passed, Some(limit.unwrap_or(size).min(size)), cursor_after);
        let total = Total::AtLeast(page.rows.len() as u64);
        Page { total, next: page.next.or(second), ..page }
    }

    /// The page of runs that a question asks for.
    pub(super) fn run_page_of<'c>(&self, content: &'c Content, cx: &ReadCx, query: &RunQuery) -> Page<&'c Run> {
        let with_deleted = query.with_deleted || matches!(query.scope, RunScope::One(_));
        let filter = if self.knobs.is_server() { &[][..] } else { &query.filter };
        let none = RunValues::default();
        let is_wanted = |run: &&Run| {
            let is_in = match &query.scope {
                RunScope::All => true,
                RunScope::Experiment(experiment) => run.experiment_id == *experiment,
                RunScope::One(id) => run.id == *id,
            };
            is_in
                && (with_deleted || run.lifecycle == Lifecycle::Active)
                && (filter.is_empty() || {
                    let values = masking::values(content.values.get(&run.id).unwrap_or(&none), cx.reveal());
                    filter.iter().all(|condition| condition.holds(run, &values))
                })
        };
        let mut runs: Vec<&Run> = content.runs.iter().filter(is_wanted).collect();
        query.order.sort_runs(&mut runs, |run| run);
        let begin = Begin::<RunKey<'_>>::at(query.cursor.as_ref(), cx);
        self.served(
            runs,
            |run| begin.is_passed(query.order, &RunKey::of(run)),
            query.limit,
            |run| RunKey::of(run).cursor(),
        )
    }

    /// The page of traces that a question asks for.
    pub(super) fn trace_page_of(&self, content: &Content, cx: &ReadCx, query: &TraceQuery) -> TraceIndex {
        let rows = content.traces_of(query, !self.knobs.is_server(), cx.reveal());
        let begin = Begin::<TraceKey<Cow<'_, str>>>::at(query.cursor.as_ref(), cx);
        let page = self.served(
            rows,
            |(_, row)| begin.is_passed(query.order, &key(row)),
            query.limit,
            |(_, row)| key(row).cursor(),
        );
        TraceIndex {
            total: page.total,
            handles: page.rows.iter().map(|(handle, _)| *handle).collect(),
            next: page.next,
        }
    }
}

impl Content {
    /// The traces of a list in its order.
    fn traces_of(&self, query: &TraceQuery, is_filtered: bool, reveal: Reveal) -> Vec<(TraceHandle, &TraceRow)> {
        let is_wanted = |(_, head): &(TraceHandle, &TraceHead)| {
            let row = &head.row;
            query.experiment.as_ref().is_none_or(|wanted| row.experiment_id == *wanted)
                && query.run.as_ref().is_none_or(|wanted| row.run_id.as_ref() == Some(wanted))
                && (!is_filtered || query.filter.is_empty() || {
                    let head = masking::head(head, reveal);
                    query.filter.iter().all(|condition| condition.holds(&head.row, Some(&head)))
                })
        };
        let heads = (0..).zip(&self.traces).map(|(at, trace)| (TraceHandle(at), &trace.head));
        let mut found: Vec<_> = heads.filter(is_wanted).collect();
        found.sort_by(|(_, a), (_, b)| query.order.compare(&key(&a.row), &key(&b.row)));
        if let Some(sort) = query.sort.as_ref().filter(|_| is_filtered) {
            let value = |head: &TraceHead| {
                sort.column.value(&masking::row(&head.row, reveal), Some(&masking::head(head, reveal)))
            };
            found.sort_by(|(_, a), (_, b)| sort.compare(&value(a), &value(b)));
        }
        found.into_iter().map(|(handle, head)| (handle, &head.row)).collect()
    }

    /// Where a trace stands in a list.
    pub(super) fn trace_place_of(&self, query: &TraceQuery, trace: &TraceId, reveal: Reveal) -> Option<TracePlace> {
        let rows = self.traces_of(query, true, reveal);
        let at = rows.iter().position(|(_, row)| row.id == *trace)?;
        let id_at = |at: Option<usize>| at.and_then(|at| rows.get(at)).map(|(_, row)| row.id.clone());
        Some(TracePlace { position: at as u64, previous: id_at(at.checked_sub(1)), next: id_at(at.checked_add(1)) })
    }
}

fn key(row: &TraceRow) -> TraceKey<Cow<'_, str>> {
    TraceKey { start_ms: Some(row.start_time_ms), id: row.id.as_str().into() }
}
