//! The lines of lists of traces, kept by handle: a list of 100,000 asks only for what is on screen,
//! and a line that moves down because a newer one came keeps its content.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::TraceRow;
use crate::store::{CancelToken, StoreId, TraceHandle};

/// At most this many lines are kept.
const MAX_ROWS: usize = 20_000;
/// At most this many readings at a time; an older one gives way.
const MAX_UNDER_WAY: usize = 3;

#[derive(Debug)]
struct Kept {
    row: Arc<TraceRow>,
    generation: u64,
    wanted: u64,
}

#[derive(Debug)]
struct UnderWay {
    serial: u64,
    store: StoreId,
    handles: HashSet<TraceHandle>,
    generation: u64,
    cancel: CancelToken,
}

/// The lines, by the store that they are of.
#[derive(Debug, Default)]
pub(super) struct RowCache {
    rows: HashMap<(StoreId, TraceHandle), Kept>,
    under_way: Vec<UnderWay>,
    /// Handles that a reading left out, with the generation at which it did.
    gone: HashMap<(StoreId, TraceHandle), u64>,
}

impl RowCache {
    /// The line behind a handle, if it is here.
    pub fn get(&self, store: StoreId, handle: TraceHandle) -> Option<&Arc<TraceRow>> {
        self.rows.get(&(store, handle)).map(|kept| &kept.row)
    }

    /// Which of `handles` have to be asked for.
    pub fn missing(
        &mut self,
        store: StoreId,
        handles: &[TraceHandle],
        generation: u64,
        frame: u64,
    ) -> Vec<TraceHandle> {
        let mut missing = Vec::new();
        for handle in handles {
            let key = (store, *handle);
            let is_here = match self.rows.get_mut(&key) {
                Some(kept) => {
                    kept.wanted = frame;
                    kept.generation >= generation
                }
                None => self.gone.get(&key).is_some_and(|at| *at >= generation),
            };
            let is_read = |reading: &UnderWay| reading.store == store && reading.handles.contains(handle);
            if !is_here && !self.under_way.iter().any(is_read) {
                missing.push(*handle);
            }
        }
        missing
    }

    /// Notes a reading; returns the one that gives way.
    pub fn start(
        &mut self,
        serial: u64,
        store: StoreId,
        handles: &[TraceHandle],
        generation: u64,
        cancel: CancelToken,
    ) -> Option<u64> {
        self.under_way.push(UnderWay { serial, store, handles: handles.iter().copied().collect(), generation, cancel });
        (self.under_way.len() > MAX_UNDER_WAY).then(|| {
            let oldest = self.under_way.remove(0);
            oldest.cancel.cancel();
            oldest.serial
        })
    }

    /// Takes in what was read; `None` if it failed. Says whether anybody waited for it.
    pub fn finish(&mut self, serial: u64, rows: Option<Vec<(TraceHandle, Arc<TraceRow>)>>, frame: u64) -> bool {
        let Some(at) = self.under_way.iter().position(|reading| reading.serial == serial) else { return false };
        let reading = self.under_way.remove(at);
        let (store, generation) = (reading.store, reading.generation);
        let Some(rows) = rows else {
            // Not asked again before the store changes: a line that cannot be read must not be
            // asked for in every frame.
            self.gone.extend(reading.handles.into_iter().map(|handle| ((store, handle), generation)));
            return true;
        };
        let mut left_out = reading.handles;
        for (handle, row) in rows {
            left_out.remove(&handle);
            let key = (store, handle);
            self.gone.remove(&key);
            match self.rows.get_mut(&key) {
                Some(kept) if kept.row == row => kept.generation = generation,
                _ => {
                    self.rows.insert(key, Kept { row, generation, wanted: frame });
                }
            }
        }
        self.gone.extend(left_out.into_iter().map(|handle| ((store, handle), generation)));
        self.evict();
        true
    }

    /// A reading came to nothing; its lines may be asked for again.
    pub fn forget(&mut self, serial: u64) {
        self.under_way.retain(|reading| reading.serial != serial);
    }

    /// Whether a reading is under way.
    pub fn has_pending(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn evict(&mut self) {
        if self.rows.len() <= MAX_ROWS {
            return;
        }
        let mut ages: Vec<u64> = self.rows.values().map(|kept| kept.wanted).collect();
        ages.sort_unstable();
        let limit = ages[ages.len() / 4];
        let newest = ages[ages.len() - 1];
        self.rows.retain(|_, kept| kept.wanted > limit || kept.wanted == newest);
        self.gone.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[test]
    fn two_stores_have_lines_of_their_own_under_one_handle() {
        let (mut cache, handle) = (RowCache::default(), TraceHandle(0));
        let stores = [StoreId::fresh(), StoreId::fresh()];
        for (serial, store) in (1..).zip(stores) {
            assert_eq!(cache.missing(store, &[handle], 1, 1), [handle], "that of the other store is none of its own");
            assert_eq!(cache.start(serial, store, &[handle], 1, CancelToken::new()), None);
            assert!(cache.missing(store, &[handle], 1, 1).is_empty(), "it is on its way");
        }
        for (serial, name) in [(2, "second"), (1, "first")] {
            let row = MemoryStore::trace_head("t", "1", None, name, 1).row;
            assert!(cache.finish(serial, Some(vec![(handle, Arc::new(row))]), 1));
        }
        let names = stores.map(|store| cache.get(store, handle).map(|row| row.name.clone()));
        assert_eq!(names, [Some("first".to_owned()), Some("second".to_owned())]);
    }
}
