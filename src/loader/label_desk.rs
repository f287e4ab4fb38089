//! Writes what the user says of traces and examples, on a thread of its own: no frame waits for a disk or for another
//! window.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::worker::Wake;
use crate::model::{LabelChange, LabelOf};
use crate::query::{LabelBook, LabelBooks};

/// So many changes wait for the disk at most.
const WAITING: usize = 256;

/// Closing the window waits no longer than this for what is still to be written: what was said cannot be made anew.
const LAST_WRITING: Duration = Duration::from_secs(5);

/// Something that is to be kept.
pub(super) type Job = (Arc<LabelBook>, LabelOf, LabelChange, i64);

/// Writes labels, one after the other.
#[derive(Debug)]
pub(super) struct LabelDesk {
    pub books: Arc<LabelBooks>,
    sender: Option<SyncSender<Job>>,
    /// Hung up once all is written and nothing more can come.
    ended: Receiver<()>,
    /// Why the last one was not kept.
    failure: Arc<Mutex<Option<String>>>,
}

impl LabelDesk {
    /// Labels in files of this folder; without one in memory only.
    pub fn new(folder: Option<PathBuf>, wake: Wake) -> Self {
        let (sender, jobs) = sync_channel::<Job>(WAITING);
        let (at_work, ended) = sync_channel(1);
        let failure = Arc::new(Mutex::new(None));
        let told = Arc::clone(&failure);
        let work = move || {
            for (book, what, change, time_ms) in jobs {
                if let Err(error) = book.change(&what, change, time_ms) {
                    *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                }
                wake();
            }
            drop(at_work);
        };
        let spawned = thread::Builder::new().name("labels".to_owned()).spawn(work);
        let books = Arc::new(LabelBooks::in_folder(folder));
        Self { books, sender: spawned.ok().map(|_| sender), ended, failure }
    }

    pub fn fail(&self, why: &str) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_owned());
    }

    /// Has something kept.
    pub fn keep(&self, job: Job) {
        let is_taken = self.sender.as_ref().is_some_and(|sender| sender.try_send(job).is_ok());
        if !is_taken {
            self.fail("the disk takes too long");
        }
    }

    /// Waits until all is written that is to be kept, a moment at most. Nothing is kept after that.
    pub fn finish(&mut self) {
        self.sender = None;
        // Nothing is ever sent: it ends by hanging up, or the disk took too long.
        let _ = self.ended.recv_timeout(LAST_WRITING);
    }

    /// Why the last one was not kept, told once.
    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
