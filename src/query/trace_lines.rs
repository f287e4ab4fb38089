//! Lines of a list of traces, and where a trace stands in it.

use std::sync::Arc;

use super::traces::TraceScope;
use crate::model::{TraceId, TraceRow};
use crate::query::ask::{Question, Session};
use crate::store::{ReadCx, Result, Store, TraceHandle};

/// Lines with the handles they were asked by. Where some are gone, each is asked for alone, since
/// the answer does not say which ones it leaves out.
///
/// # Errors
/// Those of the store.
pub fn trace_lines(
    store: &mut dyn Store,
    cx: &ReadCx,
    handles: &[TraceHandle],
) -> Result<Vec<(TraceHandle, Arc<TraceRow>)>> {
    let rows = store.trace_rows(cx, handles)?;
    if rows.len() == handles.len() {
        return Ok(handles.iter().copied().zip(rows.into_iter().map(Arc::new)).collect());
    }
    let mut found = Vec::with_capacity(rows.len());
    for handle in handles {
        cx.check()?;
        if let Some(row) = store.trace_rows(cx, &[*handle])?.into_iter().next() {
            found.push((*handle, Arc::new(row)));
        }
    }
    Ok(found)
}

/// Where a trace stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracePlace {
    /// Its position, from 0.
    pub position: usize,
    /// How many traces the list has.
    pub total: u64,
    /// The trace above it.
    pub previous: Option<TraceId>,
    /// The trace below it.
    pub next: Option<TraceId>,
}

/// Where a trace stands in a list and what stands beside it; `None` inside if it is not there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TracePlaceOf {
    /// The list.
    pub scope: TraceScope,
    /// The trace.
    pub trace: TraceId,
    /// Where it was last seen: there it is looked for first.
    pub near: usize,
}

impl Question for TracePlaceOf {
    type Answer = Option<TracePlace>;
    const LABEL: &'static str = "place in the list";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        const CHUNK: usize = 500;
        let (store, cx) = (&mut *session.store, session.cx);
        let index = store.trace_index(cx, &self.scope.query())?;
        let first = self.near.saturating_sub(50).min(index.handles.len());
        let near_end = (first + CHUNK).min(index.handles.len());
        let all = (0..index.handles.len()).step_by(CHUNK).map(|at| at..(at + CHUNK).min(index.handles.len()));
        for range in std::iter::once(first..near_end).chain(all) {
            cx.check()?;
            let rows = trace_lines(store, cx, &index.handles[range.clone()])?;
            let Some((handle, _)) = rows.iter().find(|(_, row)| row.id == self.trace) else { continue };
            let Some(position) = range.clone().find(|at| index.handles[*at] == *handle) else { continue };
            let mut id_at = |at: Option<usize>| -> Result<Option<TraceId>> {
                let Some(handle) = at.and_then(|at| index.handles.get(at)) else { return Ok(None) };
                Ok(store.trace_rows(cx, &[*handle])?.into_iter().next().map(|row| row.id))
            };
            let previous = id_at(position.checked_sub(1))?;
            let next = id_at(Some(position + 1))?;
            return Ok(Some(TracePlace { position, total: index.total, previous, next }));
        }
        Ok(None)
    }

    fn bytes(_: &Self::Answer) -> usize {
        0
    }
}
