//! Opening a store, on a thread of its own: a path on a dead network folder may take minutes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use super::worker::{Prototype, Wake};
use crate::store::{Capabilities, ReadCx, Result, Revision, Store, StoreId, StoreInfo};

/// Opens the store at a path.
pub type Opener = Arc<dyn Fn(&Path) -> Result<Box<dyn Store>> + Send + Sync>;

/// Readers of one store: one for each worker, and one to fork more from.
pub(super) struct Opened {
    pub id: StoreId,
    pub info: StoreInfo,
    pub capabilities: Capabilities,
    pub readers: Vec<Box<dyn Store>>,
    pub prototype: Prototype,
    /// The store's revision before anything of it was read: a later one means that what was
    /// read in between may be old.
    pub revision: Option<Revision>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("info", &self.info).finish_non_exhaustive()
    }
}

/// A store that is being opened.
#[derive(Debug)]
pub(super) struct Opening {
    pub path: PathBuf,
    answer: Receiver<std::result::Result<Opened, String>>,
}

impl Opening {
    /// Starts opening; dropping the value lets go of it.
    pub fn start(path: PathBuf, opener: Opener, wake: Wake) -> Self {
        let (sender, answer) = sync_channel(1);
        let target = path.clone();
        let failed = sender.clone();
        let spawned = thread::Builder::new().name("open-store".to_owned()).spawn(move || {
            let opened = opener(&target).and_then(prepare).map_err(|error| error.to_string());
            // Nobody waits any more: the user has opened something else.
            let _ = sender.send(opened);
            wake();
        });
        if let Err(error) = spawned {
            let _ = failed.send(Err(format!("cannot start a thread: {error}")));
        }
        Self { path, answer }
    }

    /// The readers, once they are there.
    pub fn poll(&self) -> Option<std::result::Result<Opened, String>> {
        use std::sync::mpsc::TryRecvError;
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err("opening this went wrong inside dspyglass; please report it".to_owned()))
            }
        }
    }
}

fn prepare(mut store: Box<dyn Store>) -> Result<Opened> {
    let revision = store.revision(&ReadCx::new()).ok();
    let (id, info) = (store.id(), store.info());
    let capabilities = store.capabilities();
    let mut readers = vec![store.fork()?];
    // One worker is enough to work with.
    readers.extend(store.fork().ok());
    Ok(Opened { id, info, capabilities, readers, prototype: Arc::new(Mutex::new(store)), revision })
}
