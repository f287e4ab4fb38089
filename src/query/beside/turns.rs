//! A trace as a turn of its session.

use std::sync::Arc;

use crate::model::TraceId;
use crate::query::ask::{Question, Session};
use crate::query::sessions::TraceSessionsOf;
use crate::query::traces::TraceScope;
use crate::store::Result;

/// Lines that are read at once.
const CHUNK: usize = 500;

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
        let groups = session.ask(&TraceSessionsOf(TraceScope::Experiment(row.experiment_id)))?;
        let Some(group) = groups.iter().find(|group| group.id.as_ref() == Some(&id)) else { return Ok(None) };
        let turns = group.traces.len();
        // The newest stands first; of each chunk the last line of the one before is kept.
        let mut newer: Option<TraceId> = None;
        let mut found: Option<(usize, Option<TraceId>)> = None;
        for (chunk, handles) in group.traces.chunks(CHUNK).enumerate() {
            session.cx.check()?;
            let lines = session.store.trace_lines(session.cx, handles)?;
            for (at, handle) in handles.iter().enumerate() {
                let Some((_, line)) = lines.iter().find(|(own, _)| own == handle) else { continue };
                if let Some((place, next)) = found {
                    let previous = Some(line.id.clone());
                    return Ok(Some(SessionTurn { session: id, position: turns - 1 - place, turns, previous, next }));
                }
                if line.id == self.0 {
                    found = Some((chunk * CHUNK + at, newer.clone()));
                }
                newer = Some(line.id.clone());
            }
        }
        Ok(found.map(|(place, next)| SessionTurn {
            session: id,
            position: turns - 1 - place,
            turns,
            previous: None,
            next,
        }))
    }

    fn bytes(_: &Self::Answer) -> usize {
        200
    }
}
