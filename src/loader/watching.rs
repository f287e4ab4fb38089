//! Live refresh: whether the store was written to since the last look.

use std::time::{Duration, Instant};

use super::lane::Lane;
use super::loader::Loader;
use super::queue::{Job, Work};
use crate::store::{CancelToken, StoreInfo};

/// So long after a change somebody is said to write: an evaluation may take a while between two.
const LIVE_FOR: Duration = Duration::from_secs(30);

impl Loader {
    /// Looks whether the store was written to, about every second; call it while the window is seen.
    pub fn watch(&mut self, now: Instant) {
        let can_watch = self.state.open.as_ref().is_some_and(|open| open.capabilities.can_watch);
        let is_early = self.watched.is_some_and(|at| now.saturating_duration_since(at) < self.timeouts.watch_every);
        if !can_watch || is_early || self.watching.is_some() || self.is_reading() {
            return;
        }
        let Some(pool) = self.pool.as_ref().filter(|pool| !pool.is_lost()) else { return };
        let Some(store) = self.store() else { return };
        self.watched = Some(now);
        self.serial += 1;
        self.watching = Some(self.serial);
        let job = Job {
            serial: self.serial,
            store,
            epoch: self.epoch,
            generation: self.generation,
            lane: Lane::Prefetch,
            work: Work::Watch,
            reveal: self.reveal,
            cancel: CancelToken::new(),
        };
        if let Some(dropped) = pool.submit(job) {
            self.give_up(&dropped);
        }
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
        self.timeouts.watch_every
    }
}
