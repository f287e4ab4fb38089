//! Probes the disk before a store is open: what recent stores have become, which stores lie in a folder, how a
//! typed path may go on. Each probe is a thread of its own, so that a dead network folder holds up nothing else.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::slot::Slot;
use super::worker::Wake;
use crate::store::nearby::{self, FolderName, Nearby, NearbyStores};

/// No more looks than this are under way; what is stuck counts.
const MAX_UNDER_WAY: usize = 16;
/// A look is repeated when somebody still asks this long after it.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(3);
/// What was seen is forgotten beyond this many.
const MAX_KEPT: usize = 200;

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Probe {
    At(PathBuf),
    StoresIn(PathBuf),
    NamesIn(PathBuf),
}

/// What was seen.
#[derive(Clone, Debug)]
pub(super) enum ProbeResult {
    Nearby(Arc<Nearby>),
    Stores(Arc<NearbyStores>),
    Names(Arc<Vec<FolderName>>),
}

impl Probe {
    fn look(&self) -> ProbeResult {
        match self {
            Self::At(path) => ProbeResult::Nearby(Arc::new(nearby::look_at(path))),
            Self::StoresIn(folder) => ProbeResult::Stores(Arc::new(nearby::stores_in(folder))),
            Self::NamesIn(folder) => ProbeResult::Names(Arc::new(nearby::names_in(folder))),
        }
    }
}

impl ProbeResult {
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nearby(a), Self::Nearby(b)) => a == b,
            (Self::Stores(a), Self::Stores(b)) => a == b,
            (Self::Names(a), Self::Names(b)) => a == b,
            _ => false,
        }
    }

    /// What was seen before, if nothing has changed: who drew from it need not draw anew.
    fn or_same(self, previous: Option<&Self>) -> Self {
        previous.filter(|previous| self.is_same(previous)).cloned().unwrap_or(self)
    }
}

#[derive(Debug, Default)]
struct Kept {
    result: Option<ProbeResult>,
    seen: Option<Instant>,
    since: Option<Instant>,
}

/// Looks, and keeps what was seen for a moment.
pub(super) struct DiskProbe {
    kept: HashMap<Probe, Kept>,
    under_way: usize,
    sender: SyncSender<(Probe, ProbeResult)>,
    results: Receiver<(Probe, ProbeResult)>,
    wake: Wake,
}

impl DiskProbe {
    pub fn new(wake: Wake) -> Self {
        // There is a place for every look under way: none ever waits to tell.
        let (sender, results) = sync_channel(MAX_UNDER_WAY);
        Self { kept: HashMap::new(), under_way: 0, sender, results, wake }
    }

    /// Takes in what was seen; says whether there was anything.
    pub fn poll(&mut self) -> bool {
        let mut has_news = false;
        while let Ok((probe, result)) = self.results.try_recv() {
            self.under_way = self.under_way.saturating_sub(1);
            let kept = self.kept.entry(probe).or_default();
            kept.result = Some(result.or_same(kept.result.as_ref()));
            (kept.seen, kept.since) = (Some(Instant::now()), None);
            has_news = true;
        }
        has_news
    }

    /// What was seen of this, as far as it was of this kind; looks where that is old.
    pub fn want<T>(&mut self, probe: Probe, pick: impl Fn(&ProbeResult) -> Option<Arc<T>>) -> Slot<T> {
        let now = Instant::now();
        if self.kept.len() > MAX_KEPT {
            self.kept.retain(|_, kept| kept.since.is_some());
        }
        let kept = self.kept.entry(probe.clone()).or_default();
        let is_old = kept.seen.is_none_or(|seen| now.saturating_duration_since(seen) > LOOK_AGAIN_AFTER);
        if is_old && kept.since.is_none() && self.under_way < MAX_UNDER_WAY {
            let (sender, wake) = (self.sender.clone(), Arc::clone(&self.wake));
            let before = kept.result.clone();
            let spawned = thread::Builder::new().name("look-at-disk".to_owned()).spawn(move || {
                let result = probe.look();
                let is_news = before.is_none_or(|before| !result.is_same(&before));
                // Nobody listens any more once the window is gone.
                let _ = sender.try_send((probe, result));
                if is_news {
                    wake();
                }
            });
            if spawned.is_ok() {
                kept.since = Some(now);
                self.under_way += 1;
            }
        }
        let value = kept.result.as_ref().and_then(pick);
        match (kept.since, value) {
            (Some(since), previous) => Slot::Pending { previous, since },
            (None, Some(value)) => Slot::Ready { value, warnings: Arc::new([]) },
            (None, None) => Slot::Empty,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_back_and_are_kept_for_a_moment() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut disk = DiskProbe::new(Arc::new(|| {}));
        let pick = |result: &ProbeResult| match result {
            ProbeResult::Names(names) => Some(Arc::clone(names)),
            _ => None,
        };
        let probe = Probe::NamesIn(folder.path().to_owned());
        assert!(disk.want(probe.clone(), pick).is_pending());
        let end = Instant::now() + Duration::from_secs(10);
        while !disk.poll() {
            assert!(Instant::now() < end, "no answer");
            thread::sleep(Duration::from_millis(1));
        }
        let Slot::Ready { value, .. } = disk.want(probe, pick) else { panic!("not kept") };
        assert!(value.is_empty());
        assert_eq!(disk.under_way, 0);
    }
}
