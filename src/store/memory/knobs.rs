//! What tests can make a [`MemoryStore`](super::MemoryStore) do: be slow, fail, answer like a server, tell what it was asked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::MemoryStore;
use crate::store::{ReadCx, Result, StoreError};

/// Decides by the name of a call (`spans`, `runs`, …) whether it fails, and how.
type Failure = Box<dyn Fn(&'static str) -> Option<StoreError> + Send>;

/// The state of the knobs, shared by all handles of a store.
#[derive(Default)]
pub(super) struct Knobs {
    delay: Mutex<Duration>,
    failure: Mutex<Option<Failure>>,
    calls: Mutex<HashMap<&'static str, u64>>,
    /// Lists come in pages of so many rows, as from a server; 0: at once.
    page_size: AtomicUsize,
    /// The last page leads back to the second one.
    leads_round: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Knobs {
    /// At the beginning of every call.
    pub(super) fn enter(&self, call: &'static str, cx: &ReadCx) -> Result<()> {
        *lock(&self.calls).entry(call).or_default() += 1;
        let until = Instant::now() + *lock(&self.delay);
        cx.check()?;
        while let Some(rest) = until.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
            std::thread::sleep(rest.min(Duration::from_millis(1)));
            cx.check()?;
        }
        match lock(&self.failure).as_ref().and_then(|failure| failure(call)) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Knobs {
    /// How many rows a page has, if lists come in pages.
    pub(super) fn page_size(&self) -> Option<usize> {
        Some(self.page_size.load(Ordering::Relaxed)).filter(|size| *size > 0)
    }

    /// Whether the last page leads back.
    pub(super) fn leads_round(&self) -> bool {
        self.leads_round.load(Ordering::Relaxed)
    }

    /// Whether lists come as from a server.
    pub(super) fn is_server(&self) -> bool {
        self.page_size().is_some()
    }
}

impl MemoryStore {
    /// Makes lists of runs and traces come as from a server that can do as little as one may: in pages of so many
    /// rows, without a total, without regard to a filter.
    pub fn serve_pages(&self, rows: usize) {
        self.knobs.page_size.store(rows.max(1), Ordering::Relaxed);
    }

    /// Makes the last page of every list in pages lead back to the second one, as no server should.
    pub fn lead_round(&self) {
        self.knobs.leads_round.store(true, Ordering::Relaxed);
    }

    /// Makes every call wait this long; it still obeys cancel and deadline meanwhile.
    pub fn set_delay(&self, delay: Duration) {
        *lock(&self.knobs.delay) = delay;
    }

    /// Makes calls fail: `failure` is given the name of the call (that of the method of
    /// [`Store`](crate::store::Store)) and says with what it fails, if at all.
    pub fn fail_with(&self, failure: impl Fn(&'static str) -> Option<StoreError> + Send + 'static) {
        *lock(&self.knobs.failure) = Some(Box::new(failure));
    }

    /// Ends what `fail_with` began.
    pub fn recover(&self) {
        *lock(&self.knobs.failure) = None;
    }

    /// How often a method of [`Store`](crate::store::Store) was called, on any handle.
    pub fn calls(&self, call: &str) -> u64 {
        lock(&self.knobs.calls).get(call).copied().unwrap_or(0)
    }
}
