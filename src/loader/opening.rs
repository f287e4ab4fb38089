//! Opening a store, on a thread of its own: a path on a dead network folder may take minutes.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use super::failure::Failure;
use super::worker::{Prototype, Wake};
use crate::store::{Capabilities, ReadCx, Result, Revision, Server, Store, StoreId, StoreInfo, StoreLocation};

/// Workers of a store on disk, which keep the processor and the disk busy.
const READERS: usize = 2;

/// Workers of a server: each of them mostly waits, and what is on screen is not to wait for a worker that waits for
/// something else. More requests than these are not sent at the same time anyway.
const READERS_OF_SERVER: usize = 6;

/// Opens the store at a location.
pub type Opener = Arc<dyn Fn(&StoreLocation) -> Result<Box<dyn Store>> + Send + Sync>;

/// Readers of one store: one for each worker, and one to fork more from.
pub(super) struct Opened {
    pub id: StoreId,
    pub info: StoreInfo,
    pub capabilities: Capabilities,
    pub readers: Vec<Box<dyn Store>>,
    pub prototype: Prototype,
    /// Who answers behind its address, if it has one.
    pub server: Option<Arc<dyn Server>>,
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
    pub location: StoreLocation,
    answer: Receiver<std::result::Result<Opened, Failure>>,
}

impl Opening {
    /// Starts opening; dropping the value lets go of it.
    pub fn start(location: StoreLocation, opener: Opener, wake: Wake) -> Self {
        let (sender, answer) = sync_channel(1);
        let target = location.clone();
        let failed = sender.clone();
        let spawned = thread::Builder::new().name("open-store".to_owned()).spawn(move || {
            let opened = opener(&target).and_then(prepare).map_err(Failure::from);
            // Nobody waits any more: the user has opened something else.
            let _ = sender.send(opened);
            wake();
        });
        if let Err(error) = spawned {
            let _ = failed.send(Err(Failure::NoThread(error.to_string().into())));
        }
        Self { location, answer }
    }

    /// The readers, once they are there.
    pub fn poll(&self) -> Option<std::result::Result<Opened, Failure>> {
        use std::sync::mpsc::TryRecvError;
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(Failure::Panic { doing: "opening", message: None })),
        }
    }
}

fn prepare(mut store: Box<dyn Store>) -> Result<Opened> {
    let revision = store.revision(&ReadCx::new()).ok();
    let (id, info) = (store.id(), store.info());
    let capabilities = store.capabilities();
    let server = store.server();
    let wanted = if server.is_some() { READERS_OF_SERVER } else { READERS };
    let mut readers = vec![store.fork()?];
    // One worker is enough to work with.
    readers.extend((1..wanted).map_while(|_| store.fork().ok()));
    Ok(Opened { id, info, capabilities, readers, prototype: Arc::new(Mutex::new(store)), server, revision })
}
