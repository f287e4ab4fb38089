//! Which runs hold which program, kept for all workers of a store: reading thousands of files again
//! for each question would take seconds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::query::StateIndex;
use crate::query::passport::state_index_telling;
use crate::store::{ReadCx, Result, Store};

/// The index that any worker read last, and how far one that is being read has come.
#[derive(Clone, Debug, Default)]
pub(super) struct States {
    last: Arc<Mutex<Option<Arc<StateIndex>>>>,
    /// So many runs of so many.
    looked: Arc<(AtomicUsize, AtomicUsize)>,
}

impl States {
    /// The index as the store is now: only runs that may have changed are read again.
    pub fn renew(&self, store: &mut dyn Store, cx: &ReadCx) -> Result<Arc<StateIndex>> {
        let previous = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let index = Arc::new(state_index_telling(store, cx, previous.as_deref(), &mut |done, of| self.tell(done, of))?);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&index));
        Ok(index)
    }

    fn tell(&self, done: usize, of: usize) {
        self.looked.0.store(done, Ordering::Relaxed);
        self.looked.1.store(of, Ordering::Relaxed);
    }

    /// How many runs of how many were looked at; `None` before any was.
    pub fn looked(&self) -> Option<(usize, usize)> {
        let (done, of) = (self.looked.0.load(Ordering::Relaxed), self.looked.1.load(Ordering::Relaxed));
        (done > 0).then_some((done, of))
    }
}
