//! Lines of a list of traces, and where a trace stands in it.

use std::sync::Arc;

use super::filter::{Now, TraceFilter, TraceSort};
use super::filtered_traces::FilteredTracesOf;
use super::sessions::FilteredSessionsOf;
use crate::model::{TraceId, TraceRow};
use crate::query::ask::{Question, Session};
use crate::store::{ReadCx, Result, Store, Total, TraceHandle, TraceQuery};

/// Lines with the handles they were asked by; those that are gone are left out.
///
/// # Errors
/// Those of the store.
pub fn trace_lines(
    store: &mut dyn Store,
    cx: &ReadCx,
    handles: &[TraceHandle],
) -> Result<Vec<(TraceHandle, Arc<TraceRow>)>> {
    let lines = store.trace_lines(cx, handles)?.into_iter();
    Ok(lines.map(|(handle, row)| (handle, Arc::new(row))).collect())
}

/// The line of one trace; `None` inside if the store has it no more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceLineOf(pub TraceId);

impl Question for TraceLineOf {
    type Answer = Option<TraceRow>;
    const LABEL: &'static str = "line of a trace";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        Ok(session.store.trace(session.cx, &self.0)?.map(|head| head.row))
    }

    fn bytes(_: &Self::Answer) -> usize {
        2_000
    }
}

/// Where a trace stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracePlace {
    /// Its position, from 0.
    pub position: u64,
    /// How many traces the list has.
    pub total: Total,
    /// The trace above it.
    pub previous: Option<TraceId>,
    /// The trace below it.
    pub next: Option<TraceId>,
}

/// Where a trace stands in a list and what stands beside it; `None` inside if it is not there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TracePlaceOf {
    /// The list.
    pub list: FilteredTracesOf,
    /// The trace.
    pub trace: TraceId,
}

impl Question for TracePlaceOf {
    type Answer = Option<TracePlace>;
    const LABEL: &'static str = "place in the list";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        if !self.list.is_whole() {
            return self.among_filtered(session);
        }
        let (store, cx) = (&mut *session.store, session.cx);
        let query = self.list.scope.query();
        let Some(place) = store.trace_place(cx, &query, &self.trace)? else { return Ok(None) };
        // Of the list only its total is wanted.
        let total = store.trace_page(cx, &TraceQuery { limit: Some(1), ..query })?.total;
        let seen = place.position + 1 + u64::from(place.next.is_some());
        let total = total.having_seen(seen, place.next.is_none());
        Ok(Some(TracePlace { position: place.position, total, previous: place.previous, next: place.next }))
    }

    fn bytes(_: &Self::Answer) -> usize {
        0
    }
}

/// The same in a list that is shown by session, in the order in which it then stands; as the list comes where none of
/// its traces belongs to a session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TracePlaceBySessionOf(pub TracePlaceOf);

impl Question for TracePlaceBySessionOf {
    type Answer = Option<TracePlace>;
    const LABEL: &'static str = "place in the list by session";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let groups = session.ask(&FilteredSessionsOf(self.0.list.clone()))?;
        if groups.is_empty() {
            return Ok((*session.ask(&self.0)?).clone());
        }
        let handles: Vec<TraceHandle> = groups.iter().flat_map(|group| group.traces.iter().copied()).collect();
        self.0.among(session, &handles, Total::Exact(handles.len() as u64))
    }

    fn bytes(_: &Self::Answer) -> usize {
        0
    }
}

impl TracePlaceOf {
    fn among_filtered(&self, session: &mut Session<'_>) -> Result<Option<TracePlace>> {
        let found = session.ask(&self.list)?;
        self.among(session, &found.list.handles, found.list.total)
    }

    /// The same among these, which are of the list.
    pub(super) fn among(
        &self,
        session: &mut Session<'_>,
        handles: &[TraceHandle],
        total: Total,
    ) -> Result<Option<TracePlace>> {
        let Some(handle) = self.handle(session)? else { return Ok(None) };
        let Some(at) = handles.iter().position(|one| *one == handle) else { return Ok(None) };
        let beside = |at: Option<usize>| at.and_then(|at| handles.get(at)).copied();
        let (previous, next) = (beside(at.checked_sub(1)), beside(at.checked_add(1)));
        let both: Vec<TraceHandle> = previous.into_iter().chain(next).collect();
        let lines = session.store.trace_lines(session.cx, &both)?;
        let id = |handle: Option<TraceHandle>| {
            let line = lines.iter().find(|(own, _)| Some(*own) == handle);
            line.map(|(_, row)| row.id.clone())
        };
        Ok(Some(TracePlace { position: at as u64, total, previous: id(previous), next: id(next) }))
    }

    /// The handle of the trace, if it is in the unfiltered list.
    fn handle(&self, session: &mut Session<'_>) -> Result<Option<TraceHandle>> {
        let text = TraceFilter::text_of_ids([&self.trace]);
        // No time is spoken of.
        let Ok(filter) = TraceFilter::parse(&text, Now { ms: 0, is_utc: true }) else { return Ok(None) };
        let alone = FilteredTracesOf { scope: self.list.scope.clone(), filter, sort: TraceSort::default() };
        let found = session.ask(&alone)?;
        let lines = session.store.trace_lines(session.cx, &found.list.handles)?;
        Ok(lines.into_iter().find(|(_, row)| row.id == self.trace).map(|(handle, _)| handle))
    }
}
