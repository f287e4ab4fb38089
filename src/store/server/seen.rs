//! A trace that was seen in an earlier session, shown before anybody was asked. Of one that has ended the spans cannot
//! have changed, as far as what is said of it is the same; whether that is, and what people say of it, is asked at the same
//! time, on a thread of its own. Until the answer is there the server's [`super::standing`] tells from when it is what is
//! shown, and an answer that says something else is a change of the store, after which all of it is read again.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};
use std::thread;

use super::client::Answer;
use super::kept::of_trace;
use super::standing::now_ms;
use super::trace_lookup::info_by;
use super::watch::PATIENCE;
use super::{Shared, traces};
use crate::model::{Json, TraceId, Unmasked};
use crate::store::{ReadCx, Result, Urgency};

/// The traces that were shown so; each is only once, since from then on it is known what the server says now.
pub type ShownAsSeen = HashSet<TraceId>;

impl Shared {
    /// See [`crate::store::Store::trace_as_seen`].
    pub fn trace_as_seen(self: &Arc<Self>, cx: &ReadCx, trace: &TraceId) -> Result<Option<Unmasked<Json>>> {
        if let Some((info, said_ms)) = self.seen_before(cx, trace)
            && self.ask_again(trace, &info, said_ms)
        {
            return Ok(Some(info));
        }
        self.trace_info_soon(cx, trace)
    }

    /// What was said of a trace before it was asked for in this session, and when, if its spans are what they were then.
    fn seen_before(&self, cx: &ReadCx, trace: &TraceId) -> Option<(Unmasked<Json>, i64)> {
        let is_first =
            self.is_watched && self.shown_as_seen.lock().unwrap_or_else(PoisonError::into_inner).insert(trace.clone());
        if !is_first {
            return None;
        }
        let mut said_ms = i64::MAX;
        let said = info_by(trace, |path| {
            let said = self.client.said(cx, path);
            said_ms = said_ms.min(said.as_ref().map_or(said_ms, |(_, ms)| *ms));
            Ok(said.map_or(Answer::Absent, |(answer, _)| answer))
        });
        let info = said.ok().flatten()?;
        of_trace(info.as_stored_for_structure(), now_ms())?;
        let Some(told) = self.known_info(trace) else {
            let row = traces::row(info.as_stored_for_structure(), cx.reveal())?;
            self.known_traces().remember(trace.clone(), row.experiment_id, &info);
            return Some((info, said_ms));
        };
        // A list has told of it since: nothing older is shown.
        (told.as_stored_for_structure() == info.as_stored_for_structure()).then_some((info, said_ms))
    }

    /// Asks what is said of a trace now; says whether that is under way.
    fn ask_again(self: &Arc<Self>, trace: &TraceId, shown: &Unmasked<Json>, said_ms: i64) -> bool {
        let (shared, trace, shown) = (Arc::clone(self), trace.clone(), shown.clone());
        let asked_again = self.client.asks_again(said_ms);
        let ask = move || {
            let cx = ReadCx::new().with_deadline(PATIENCE).with_urgency(Urgency::Behind);
            let now = shared.trace_info(&cx, &trace);
            // One that is gone by now, or that the user may not see any more, is no longer shown either.
            let is_same =
                now.ok().flatten().is_some_and(|now| now.as_stored_for_structure() == shown.as_stored_for_structure());
            if !is_same {
                shared.note_change();
            }
            drop(asked_again);
        };
        thread::Builder::new().name("dspyglass-ask-again".to_owned()).spawn(ask).is_ok()
    }
}
