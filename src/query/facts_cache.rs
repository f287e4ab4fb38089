//! The facts of traces, kept from one session to the next: deriving them reads every span of a store, once.
//!
//! They are kept in a file of their own for each store, in the user's cache folder, which nobody else may read. It
//! holds names, times and counts, never what spans were given or gave back, and names as they are shown with secrets
//! masked. Nothing depends on it: one that is damaged, of another version, or cannot be written is made anew, or
//! what would be in it is kept in memory only. What a trace was when its facts were derived stands beside them
//! ([`Print`]): of one that has changed they are not taken.

mod file;
mod packed;
mod print;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::TraceFacts;
use crate::store::{StoreId, StoreLocation};
use file::CacheFile;
pub use print::Print;

/// The caches of the stores that are open.
#[derive(Debug, Default)]
pub struct FactsCaches {
    folder: Option<PathBuf>,
    open: Mutex<HashMap<StoreId, Arc<FactsCache>>>,
}

impl FactsCaches {
    /// Keeps them in files of this folder.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder: Some(folder), open: Mutex::default() }
    }

    /// That of a store; opened now unless it was before.
    pub fn of(&self, store: StoreId, location: &StoreLocation) -> Arc<FactsCache> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = || Arc::new(FactsCache::new(self.folder.as_deref(), location));
        Arc::clone(open.entry(store).or_insert_with(cache))
    }
}

/// The facts of the traces of one store. Shared by all of its workers.
#[derive(Debug)]
pub struct FactsCache(Mutex<CacheFile>);

impl FactsCache {
    fn new(folder: Option<&Path>, location: &StoreLocation) -> Self {
        Self(Mutex::new(CacheFile::of(folder.and_then(|folder| file::Place::of(folder, location)))))
    }

    /// What is known of these traces as they are now, in their order.
    pub fn find(&self, traces: &[Print]) -> Vec<Option<TraceFacts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).find(traces)
    }

    /// Keeps what was derived.
    pub fn keep(&self, facts: &[(Print, &TraceFacts)]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(facts);
    }
}

/// Deletes what is kept of a store. Who has it open goes on with what is in memory.
pub fn forget(folder: &Path, location: &StoreLocation) {
    if let Some(place) = file::Place::of(folder, location) {
        place.delete();
    }
}

#[cfg(test)]
mod tests;
