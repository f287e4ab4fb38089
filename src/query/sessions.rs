//! Lists of traces by session.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::query::ask::{CostClass, Question, Session};
use crate::query::filtered_traces::FilteredTracesOf;
use crate::query::traces::{TraceIndexOf, TraceScope};
use crate::store::{Result, TraceHandle, TraceQuery};

/// The traces of one session in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionGroup {
    /// The session; `None` for the traces that belong to none.
    pub id: Option<Arc<str>>,
    /// Its traces, newest first.
    pub traces: Vec<TraceHandle>,
}

/// The traces of a list by session: that of the newest trace first, those of no session last. Empty
/// if no trace belongs to a session.
///
/// A trace with several session ids (MLflow ≥ 3.18) stands under the first.
///
/// # Errors
/// Those of the store.
pub fn trace_sessions(session: &mut Session<'_>, query: &TraceQuery) -> Result<Vec<SessionGroup>> {
    let mut groups: Vec<SessionGroup> = Vec::new();
    let mut place_of: HashMap<Arc<str>, usize> = HashMap::new();
    let mut group_of: HashMap<TraceHandle, usize> = HashMap::new();
    for (handle, session) in session.store.trace_sessions(session.cx, query)? {
        let Some(id) = session.ids().first() else { continue };
        let at = *place_of.entry(Arc::clone(id)).or_insert_with(|| {
            groups.push(SessionGroup { id: Some(Arc::clone(id)), traces: Vec::new() });
            groups.len() - 1
        });
        group_of.insert(handle, at);
    }
    if groups.is_empty() {
        return Ok(groups);
    }
    session.cx.check()?;
    let index = session.store.trace_index(session.cx, query)?;
    let mut others = SessionGroup { id: None, traces: Vec::new() };
    for handle in index.handles.iter() {
        let group = group_of.get(handle).and_then(|at| groups.get_mut(*at)).unwrap_or(&mut others);
        group.traces.push(*handle);
    }
    groups.retain(|group| !group.traces.is_empty());
    if !others.traces.is_empty() {
        groups.push(others);
    }
    Ok(groups)
}

/// The traces of a list by session; empty if no trace belongs to one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceSessionsOf(pub TraceScope);

impl Question for TraceSessionsOf {
    type Answer = Vec<SessionGroup>;
    const LABEL: &'static str = "sessions";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        trace_sessions(session, &self.0.query())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        bytes_of(answer)
    }
}

/// The same for the traces of a list that pass a filter, whatever its order; empty if none of them belongs to a
/// session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FilteredSessionsOf(pub FilteredTracesOf);

impl Question for FilteredSessionsOf {
    type Answer = Vec<SessionGroup>;
    const LABEL: &'static str = "sessions of filtered traces";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let all = session.ask(&TraceSessionsOf(self.0.scope.clone()))?;
        if self.0.is_whole() || all.is_empty() {
            return Ok((*all).clone());
        }
        let found = session.ask(&self.0)?;
        let passing: HashSet<TraceHandle> = found.list.handles.iter().copied().collect();
        Ok(passing_of(&all, &passing, &session.ask(&TraceIndexOf(self.0.scope.clone()))?.handles))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        bytes_of(answer)
    }
}

/// What passes of groups, that of the newest of `newest_first` that passes before the others.
fn passing_of(
    groups: &[SessionGroup],
    passing: &HashSet<TraceHandle>,
    newest_first: &[TraceHandle],
) -> Vec<SessionGroup> {
    let places: HashMap<TraceHandle, usize> = newest_first.iter().enumerate().map(|(at, one)| (*one, at)).collect();
    let some = groups.iter().map(|group| SessionGroup {
        id: group.id.clone(),
        traces: group.traces.iter().copied().filter(|trace| passing.contains(trace)).collect(),
    });
    let mut some: Vec<SessionGroup> = some.filter(|group| !group.traces.is_empty()).collect();
    if some.iter().all(|group| group.id.is_none()) {
        return Vec::new();
    }
    let place = |group: &SessionGroup| group.traces.first().and_then(|trace| places.get(trace)).copied();
    some.sort_by_key(|group| (group.id.is_none(), place(group)));
    some
}

fn bytes_of(groups: &[SessionGroup]) -> usize {
    groups.iter().map(|group| 80 + group.traces.len() * 8).sum()
}
