//! Lists of traces by session.

use std::collections::HashMap;
use std::sync::Arc;

use crate::query::ask::{CostClass, Question, Session};
use crate::query::traces::TraceScope;
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
        answer.iter().map(|group| 80 + group.traces.len() * 8).sum()
    }
}
