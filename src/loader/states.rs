//! Which runs hold which program, kept for all workers of a store: reading thousands of files again
//! for each question would take seconds.

use std::sync::{Arc, Mutex, PoisonError};

use crate::query::{StateIndex, state_index};
use crate::store::{ReadCx, Result, Store};

/// The index that any worker read last.
#[derive(Clone, Debug, Default)]
pub(super) struct States(Arc<Mutex<Option<Arc<StateIndex>>>>);

impl States {
    /// The index as the store is now: only runs that may have changed are read again.
    pub fn renew(&self, store: &mut dyn Store, cx: &ReadCx) -> Result<Arc<StateIndex>> {
        let previous = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let index = Arc::new(state_index(store, cx, previous.as_deref())?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&index));
        Ok(index)
    }
}
