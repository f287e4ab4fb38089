//! What the window knows of who writes to the store.

use std::time::{Duration, Instant};

use super::loader::Loader;
use crate::store::StoreInfo;

/// So long after a change somebody is said to write: an evaluation may take a while between two.
const LIVE_FOR: Duration = Duration::from_secs(30);

impl Loader {
    /// Says whether anybody sees the window: only then is the store looked at, about every second.
    pub fn watch(&self, is_seen: bool) {
        if let Some(pool) = &self.pool {
            // Who asks again and again with a wrong password is locked out by some servers.
            pool.watching.set_seen(is_seen && !self.is_refused());
        }
    }

    /// What the open store was when it was last looked at.
    pub fn info(&self) -> Option<&StoreInfo> {
        self.info.as_deref().or_else(|| self.state.open.as_ref().map(|open| &open.info))
    }

    /// Whether somebody writes to it: another process has it open, or it has just changed.
    pub fn is_live(&self, now: Instant) -> bool {
        self.info.as_ref().is_some_and(|info| info.is_held) || self.live_for(now).is_some()
    }

    /// How long the last change still counts, if it does.
    pub fn live_for(&self, now: Instant) -> Option<Duration> {
        let ago = now.saturating_duration_since(self.changed?);
        LIVE_FOR.checked_sub(ago).filter(|rest| !rest.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::loader::{Lane, StoreLocation, Timeouts, Wake};
    use crate::query::RunTreeOf;
    use crate::store::Store;
    use crate::store::memory::MemoryStore;

    #[test]
    fn a_store_that_does_not_change_wakes_nobody() {
        let store = MemoryStore::new();
        store.add_experiment("1", "one");
        store.put_run(MemoryStore::run("a", "1", "first", 1));
        let woken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&woken);
        let opened = store.clone();
        let limit = Duration::from_secs(20);
        let timeouts = Timeouts { deadline: limit, after_deadline: limit, watch_every: Duration::from_millis(2) };
        let wake: Wake = Arc::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let mut loader = Loader::new(Arc::new(move |_: &StoreLocation| opened.fork()), wake).with_timeouts(timeouts);
        loader.open("/a");
        let end = Instant::now() + limit;
        while loader.ask(&RunTreeOf("1".into()), Lane::Visible).value().is_none() {
            assert!(Instant::now() < end, "waited in vain");
            std::thread::sleep(Duration::from_millis(1));
            loader.begin_frame(Instant::now());
        }
        let looks = |store: &MemoryStore, more: u64| {
            let (end, wanted) = (Instant::now() + limit, store.calls("revision") + more);
            while store.calls("revision") < wanted {
                assert!(Instant::now() < end, "nobody looks");
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        // Nobody sees the window: nobody looks.
        let before = store.calls("revision");
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(store.calls("revision"), before);
        loader.watch(true);
        looks(&store, 2);
        let so_far = woken.load(Ordering::SeqCst);
        looks(&store, 20);
        assert_eq!(woken.load(Ordering::SeqCst), so_far, "looking draws nothing");
        store.put_run(MemoryStore::run("b", "1", "second", 2));
        looks(&store, 3);
        assert_eq!(woken.load(Ordering::SeqCst), so_far + 1, "one change, one call");
        assert!(loader.begin_frame(Instant::now()) && loader.is_live(Instant::now()));
        // A store that is closed is not looked at any more.
        loader.close();
        std::thread::sleep(Duration::from_millis(20));
        let before = store.calls("revision");
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(store.calls("revision"), before);
    }
}
