//! A trace as a turn of its session.

use std::sync::Arc;

use crate::model::TraceId;
use crate::query::ask::{Question, Session};
use crate::query::filtered_traces::FilteredTracesOf;
use crate::query::sessions::TraceSessionsOf;
use crate::query::trace_lines::TracePlaceOf;
use crate::query::traces::TraceScope;
use crate::store::{Result, Total};

/// A turn of a session, which begins with its oldest trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTurn {
    /// The session.
    pub session: Arc<str>,
    /// Which turn it is, from 0.
    pub position: usize,
    /// How many there are.
    pub turns: usize,
    /// The trace before it.
    pub previous: Option<TraceId>,
    /// The trace after it.
    pub next: Option<TraceId>,
}

/// Which turn a trace is among the traces of its session in its experiment; `None` inside if it has no session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionTurnOf(pub TraceId);

impl Question for SessionTurnOf {
    type Answer = Option<SessionTurn>;
    const LABEL: &'static str = "turn of a session";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(row) = session.store.trace(session.cx, &self.0)?.map(|head| head.row) else { return Ok(None) };
        let Some(id) = row.session.as_ref().and_then(|session| session.ids().first().cloned()) else { return Ok(None) };
        let list = FilteredTracesOf::whole(TraceScope::Experiment(row.experiment_id));
        let groups = session.ask(&TraceSessionsOf(list.scope.clone()))?;
        let Some(group) = groups.iter().find(|group| group.id.as_ref() == Some(&id)) else { return Ok(None) };
        let turns = group.traces.len();
        let place = TracePlaceOf { list, trace: self.0.clone() };
        let place = place.among(session, &group.traces, Total::Exact(turns as u64))?;
        // The newest stands first.
        let position = |place: u64| usize::try_from(place).ok().and_then(|place| turns.checked_sub(place + 1));
        Ok(place.and_then(|place| {
            let (previous, next) = (place.next, place.previous);
            Some(SessionTurn { session: id, position: position(place.position)?, turns, previous, next })
        }))
    }

    fn bytes(_: &Self::Answer) -> usize {
        200
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Reveal, Session as TraceSession, Unmasked};
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;

    #[test]
    fn a_turn_of_a_long_session_is_found_without_reading_all_of_it() {
        const TURNS: usize = 2_500;
        let store = MemoryStore::new();
        store.add_experiment("1", "one");
        for at in 0..TURNS {
            let mut head = MemoryStore::trace_head(&format!("tr-{at}"), "1", None, "Chat", at as i64);
            head.row.session = TraceSession::read(Unmasked::new("long".to_owned()), Reveal::Masked);
            store.put_trace(head, Vec::new());
        }
        let (mut reader, cx) = (store.clone(), ReadCx::new());
        let mut session = Session::alone(&mut reader, &cx);
        let mut turn = |at: usize| {
            let told = session.ask(&SessionTurnOf(TraceId::from(format!("tr-{at}")))).expect("read");
            (*told).clone().expect("a turn")
        };
        let id = |at: usize| Some(TraceId::from(format!("tr-{at}")));
        for at in [0, 1, TURNS - 1] {
            let told = turn(at);
            assert_eq!((told.position, told.turns), (at, TURNS));
            let next = (at + 1 < TURNS).then_some(at + 1);
            assert_eq!((told.previous, told.next), (at.checked_sub(1).and_then(id), next.and_then(id)));
        }
        assert!(store.calls("trace_lines") <= 6, "{}", store.calls("trace_lines"));
    }
}
