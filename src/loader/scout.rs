//! Looks at the disk before a store is open: what recent stores have become, which stores lie in a folder, how a
//! typed path may go on. Each look is a thread of its own, so that a dead network folder holds up nothing else.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::keeper::Loader;
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
enum Look {
    At(PathBuf),
    StoresIn(PathBuf),
    NamesIn(PathBuf),
}

/// What was seen.
#[derive(Clone, Debug)]
enum Sight {
    Nearby(Arc<Nearby>),
    Stores(Arc<NearbyStores>),
    Names(Arc<Vec<FolderName>>),
}

impl Look {
    fn look(&self) -> Sight {
        match self {
            Self::At(path) => Sight::Nearby(Arc::new(nearby::look_at(path))),
            Self::StoresIn(folder) => Sight::Stores(Arc::new(nearby::stores_in(folder))),
            Self::NamesIn(folder) => Sight::Names(Arc::new(nearby::names_in(folder))),
        }
    }
}

impl Sight {
    /// What was seen before, if nothing has changed: who drew from it need not draw anew.
    fn or_same(self, previous: Option<&Self>) -> Self {
        match (&self, previous) {
            (Self::Nearby(a), Some(Self::Nearby(b))) if a == b => Self::Nearby(Arc::clone(b)),
            (Self::Stores(a), Some(Self::Stores(b))) if a == b => Self::Stores(Arc::clone(b)),
            (Self::Names(a), Some(Self::Names(b))) if a == b => Self::Names(Arc::clone(b)),
            _ => self,
        }
    }
}

#[derive(Debug, Default)]
struct Kept {
    sight: Option<Sight>,
    seen: Option<Instant>,
    since: Option<Instant>,
}

/// Looks, and keeps what was seen for a moment.
pub(super) struct Scout {
    kept: HashMap<Look, Kept>,
    under_way: usize,
    sender: SyncSender<(Look, Sight)>,
    sights: Receiver<(Look, Sight)>,
    wake: Wake,
}

impl Scout {
    pub fn new(wake: Wake) -> Self {
        // There is a place for every look under way: none ever waits to tell.
        let (sender, sights) = sync_channel(MAX_UNDER_WAY);
        Self { kept: HashMap::new(), under_way: 0, sender, sights, wake }
    }

    /// Takes in what was seen; says whether there was anything.
    pub fn poll(&mut self) -> bool {
        let mut has_news = false;
        while let Ok((look, sight)) = self.sights.try_recv() {
            self.under_way = self.under_way.saturating_sub(1);
            let kept = self.kept.entry(look).or_default();
            kept.sight = Some(sight.or_same(kept.sight.as_ref()));
            (kept.seen, kept.since) = (Some(Instant::now()), None);
            has_news = true;
        }
        has_news
    }

    fn want<T>(&mut self, look: Look, pick: impl Fn(&Sight) -> Option<Arc<T>>) -> Slot<T> {
        let now = Instant::now();
        if self.kept.len() > MAX_KEPT {
            self.kept.retain(|_, kept| kept.since.is_some());
        }
        let kept = self.kept.entry(look.clone()).or_default();
        let is_old = kept.seen.is_none_or(|seen| now.saturating_duration_since(seen) > LOOK_AGAIN_AFTER);
        if is_old && kept.since.is_none() && self.under_way < MAX_UNDER_WAY {
            let (sender, wake) = (self.sender.clone(), Arc::clone(&self.wake));
            let spawned = thread::Builder::new().name("look-at-disk".to_owned()).spawn(move || {
                let sight = look.look();
                // Nobody listens any more once the window is gone.
                let _ = sender.try_send((look, sight));
                wake();
            });
            if spawned.is_ok() {
                kept.since = Some(now);
                self.under_way += 1;
            }
        }
        let value = kept.sight.as_ref().and_then(pick);
        match (kept.since, value) {
            (Some(since), previous) => Slot::Pending { previous, since },
            (None, Some(value)) => Slot::Ready { value, warnings: Arc::new([]) },
            (None, None) => Slot::Empty,
        }
    }
}

/// A path as people type it, made whole: `~` is the user's folder, and what is relative belongs to the folder the
/// program was started in. Nothing is looked at.
pub fn whole_path(path: &Path) -> PathBuf {
    let path = nearby::from_home(path);
    std::path::absolute(&path).unwrap_or(path)
}

impl Loader {
    /// What lies at a path.
    pub fn look_at(&mut self, path: &Path) -> Slot<Nearby> {
        self.scout.want(Look::At(path.to_owned()), |sight| match sight {
            Sight::Nearby(nearby) => Some(Arc::clone(nearby)),
            _ => None,
        })
    }

    /// The stores in a folder.
    pub fn stores_in(&mut self, folder: &Path) -> Slot<NearbyStores> {
        self.scout.want(Look::StoresIn(folder.to_owned()), |sight| match sight {
            Sight::Stores(stores) => Some(Arc::clone(stores)),
            _ => None,
        })
    }

    /// The names in a folder that a typed path may go on with.
    pub fn names_in(&mut self, folder: &Path) -> Slot<Vec<FolderName>> {
        self.scout.want(Look::NamesIn(folder.to_owned()), |sight| match sight {
            Sight::Names(names) => Some(Arc::clone(names)),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_back_and_are_kept_for_a_moment() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut scout = Scout::new(Arc::new(|| {}));
        let pick = |sight: &Sight| match sight {
            Sight::Names(names) => Some(Arc::clone(names)),
            _ => None,
        };
        let look = Look::NamesIn(folder.path().to_owned());
        assert!(scout.want(look.clone(), pick).is_pending());
        let end = Instant::now() + Duration::from_secs(10);
        while !scout.poll() {
            assert!(Instant::now() < end, "no answer");
            thread::sleep(Duration::from_millis(1));
        }
        let Slot::Ready { value, .. } = scout.want(look, pick) else { panic!("not kept") };
        assert!(value.is_empty());
        assert_eq!(scout.under_way, 0);
    }
}
