//! Live refresh: whether the store was written to since the last look.
//!
//! A timer puts a look into the queue about every second, and a worker tells the window only of what is new: while
//! nobody writes, nothing is drawn.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::lane::Lane;
use super::queue::{Job, Queue, Work};
use crate::model::Reveal;
use crate::store::{CancelToken, FileStamp, Revision, Standing, StoreId, StoreInfo};

/// What the window says of a store beside what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Marks {
    /// Another process has it open.
    is_held: bool,
    /// Whoever wrote it is known.
    has_schema: bool,
    /// A server does not answer.
    is_silent: bool,
}

fn marks(info: &StoreInfo) -> Marks {
    Marks {
        is_held: info.is_held,
        has_schema: info.schema_of.is_some(),
        is_silent: info.standing.as_ref().is_some_and(Standing::is_silent),
    }
}

/// What the window, the timer and the workers share of the looks for changes.
#[derive(Debug, Default)]
pub(super) struct Watching {
    /// Whether anybody sees the window.
    is_seen: AtomicBool,
    is_under_way: AtomicBool,
    /// The last look ended with the server's question who the user is.
    asks: AtomicBool,
    /// What the last look saw.
    last: Mutex<Option<(Revision, Marks)>>,
    /// The user's file of prices as it was seen last; `None` before the first look.
    prices: Mutex<Option<Option<FileStamp>>>,
}

impl Watching {
    /// What was seen while the store was opened: everything is read after it.
    pub fn begin(&self, revision: Option<Revision>, info: &StoreInfo) {
        *self.last() = revision.map(|revision| (revision, marks(info)));
    }

    /// Whether anybody sees the window.
    pub fn set_seen(&self, is_seen: bool) {
        self.is_seen.store(is_seen, Ordering::Relaxed);
    }

    fn last(&self) -> MutexGuard<'_, Option<(Revision, Marks)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what a look saw. `None`: nothing new; else whether the store was written to.
    pub fn note(&self, revision: Revision, info: &StoreInfo) -> Option<bool> {
        let now = (revision, marks(info));
        let before = self.last().replace(now);
        (before != Some(now)).then(|| before.is_some_and(|(before, _)| before != revision))
    }

    /// Notes whether the server asked a look who the user is, and says whether it did not ask the one before.
    pub fn note_asks(&self, asks: bool) -> bool {
        !self.asks.swap(asks, Ordering::Relaxed)
    }

    /// Notes what the user's file of prices is, and says whether it is another one than at the last look, or before the
    /// first look than when prices were read.
    pub fn note_prices(&self, stamp: Option<FileStamp>, read: Option<Option<FileStamp>>) -> bool {
        let before = self.prices.lock().unwrap_or_else(PoisonError::into_inner).replace(stamp).or(read);
        before.is_some_and(|before| before != stamp)
    }

    /// The look that was under way has ended, or is not waited for any more.
    pub fn finish(&self) {
        self.is_under_way.store(false, Ordering::Relaxed);
    }
}

/// The timer. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Timer {
    is_over: Arc<(Mutex<bool>, Condvar)>,
}

impl Timer {
    /// Puts a look at `store` into the queue after each `every`, unless one is there already or nobody sees the window.
    pub fn start(store: StoreId, queue: Queue, watching: Arc<Watching>, every: Duration) -> Self {
        let is_over = Arc::<(Mutex<bool>, Condvar)>::default();
        let own = Arc::clone(&is_over);
        // Without a thread there is no live refresh; reading again by hand still is.
        let _ = thread::Builder::new().name("watch-store".to_owned()).spawn(move || {
            let (is_over, changed) = &*own;
            let mut guard = is_over.lock().unwrap_or_else(PoisonError::into_inner);
            while !*guard {
                guard = changed.wait_timeout(guard, every).unwrap_or_else(PoisonError::into_inner).0;
                let is_wanted = !*guard && watching.is_seen.load(Ordering::Relaxed);
                if is_wanted
                    && !watching.is_under_way.swap(true, Ordering::Relaxed)
                    && !queue.push_if_room(look_at(store))
                {
                    watching.finish();
                }
            }
        });
        Self { is_over }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        *self.is_over.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.is_over.1.notify_all();
    }
}

/// A look shows nothing, so it is of no epoch and of no state of the store.
fn look_at(store: StoreId) -> Job {
    Job {
        serial: 0,
        store,
        epoch: 0,
        generation: 0,
        lane: Lane::Prefetch,
        work: Work::Watch,
        reveal: Reveal::Masked,
        cancel: CancelToken::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::memory::MemoryStore;
    use crate::store::server::Silence;

    #[test]
    fn that_a_server_asks_who_the_user_is_is_news_once() {
        let watching = Watching::default();
        assert_eq!([true, true].map(|asks| watching.note_asks(asks)), [true, false]);
        watching.note_asks(false);
        assert!(watching.note_asks(true), "it knew in between");
    }

    #[test]
    fn a_server_that_falls_silent_is_news_and_no_change() {
        let (watching, mut info) = (Watching::default(), MemoryStore::new().info());
        watching.begin(Some(Revision(1)), &info);
        assert_eq!(watching.note(Revision(1), &info), None);
        let silence = Silence { since_ms: 1, why: "connection refused".to_owned(), oldest_ms: None };
        info.standing = Some(Standing { answered_ms: Some(1), silence: Some(silence), asked_again_ms: None });
        assert_eq!(watching.note(Revision(1), &info), Some(false));
        assert_eq!(watching.note(Revision(1), &info), None);
        info.standing = Some(Standing { answered_ms: Some(2), silence: None, asked_again_ms: None });
        assert_eq!(watching.note(Revision(2), &info), Some(true), "it is back, and what was shown is read again");
    }
}
