//! Which open store is meant.

use std::sync::atomic::{AtomicU64, Ordering};

/// One opening of a store: no other has it in this process, not even a later opening of the same file. All readers
/// that are forked from one another share it. What is remembered of a store's answers is kept under it, so that two
/// stores with the same ids in them never answer for each other. It means nothing outside the process: what is kept
/// on disk is kept by the store's location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StoreId(u64);

impl StoreId {
    /// One that nobody has.
    pub fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}
