//! Live refresh: whether the store was written to since the last look.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::keeper::Loader;
use super::request::{Lane, Request};
use crate::store::StoreInfo;

/// So long after a change somebody is said to write: an evaluation may take a while between two.
const LIVE_FOR: Duration = Duration::from_secs(30);

impl Loader {
    /// Looks whether the store was written to, about every second; call it while the window is seen.
    pub fn watch(&mut self, now: Instant) {
        let frame = self.frame;
        // It is wanted until it is answered, although no view says so.
        if let Some(entry) = self.shelf.get_mut(&Request::Revision) {
            entry.wanted = frame;
            if entry.pending.is_some() {
                return;
            }
        }
        let can_watch = self.state.open.as_ref().is_some_and(|open| open.capabilities.can_watch);
        let is_early = self.watched.is_some_and(|at| now.saturating_duration_since(at) < self.patience.watch_every);
        if !can_watch || is_early || self.is_reading() {
            return;
        }
        self.watched = Some(now);
        let entry = self.shelf.entry(&Request::Revision);
        // It is asked for again and again, whatever the answer was.
        (entry.answer, entry.error) = (None, None);
        self.want(Request::Revision, Lane::Prefetch, |_| None::<Arc<()>>);
    }

    /// What the open store was when it was last looked at.
    pub fn info(&self) -> Option<&StoreInfo> {
        self.info.as_deref().or_else(|| self.state.open.as_ref().map(|open| &open.info))
    }

    /// Whether somebody writes to it: another process has it open, or it has just changed.
    pub fn is_live(&self, now: Instant) -> bool {
        let is_held = self.info.as_ref().is_some_and(|info| info.is_held);
        is_held || self.changed.is_some_and(|at| now.saturating_duration_since(at) < LIVE_FOR)
    }

    /// How often [`Self::watch`] wants to be called.
    pub fn watch_every(&self) -> Duration {
        self.patience.watch_every
    }
}
