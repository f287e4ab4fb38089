//! Live refresh: whether the store was written to since the last look.

use std::time::{Duration, Instant};

use super::lane::Lane;
use super::loader::Loader;
use super::queue::{Job, Work};
use crate::store::CancelToken;

impl Loader {
    /// Looks whether the store was written to, about every second; call it while the window is seen.
    pub fn watch(&mut self, now: Instant) {
        let can_watch = self.state.open.as_ref().is_some_and(|open| open.capabilities.can_watch);
        let is_early = self.watched.is_some_and(|at| now.saturating_duration_since(at) < self.timeouts.watch_every);
        if !can_watch || is_early || self.watching.is_some() || self.is_reading() {
            return;
        }
        let Some(pool) = self.pool.as_ref().filter(|pool| !pool.is_lost()) else { return };
        self.watched = Some(now);
        self.serial += 1;
        self.watching = Some(self.serial);
        let job = Job {
            serial: self.serial,
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

    /// How often [`Self::watch`] wants to be called.
    pub fn watch_every(&self) -> Duration {
        self.timeouts.watch_every
    }
}
