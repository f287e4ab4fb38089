//! The loader itself: one open store, its workers, and what is known of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::crew::{Crew, Patience};
use super::derive::Maker;
use super::opening::{Opener, Opening};
use super::queue::Job;
use super::request::{Lane, Request};
use super::rows::RowShelf;
use super::scout::Scout;
use super::shelf::{Pending, Shelf};
use super::slot::Slot;
use super::worker::Wake;
use crate::model::{Reveal, TraceRow, Warning};
use crate::store::{CancelToken, Capabilities, Revision, StoreInfo, TraceHandle};

/// A store that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenStore {
    /// What it is.
    pub info: StoreInfo,
    /// What it can do by itself.
    pub capabilities: Capabilities,
}

/// Whether a store is open.
#[derive(Clone, Debug, Default)]
pub struct StoreState {
    /// The one that is open.
    pub open: Option<Arc<OpenStore>>,
    /// The path that is being opened.
    pub opening: Option<PathBuf>,
    /// What could not be opened, and why; stays until the next opening.
    pub failed: Option<(PathBuf, Arc<str>)>,
}

/// The reading that took longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slowest {
    /// What was read, in words.
    pub label: &'static str,
    /// How long it took.
    pub took: Duration,
}

/// Asks the store on behalf of the window, and keeps the answers.
pub struct Loader {
    pub(super) opener: Opener,
    pub(super) wake: Wake,
    pub(super) patience: Patience,
    pub(super) state: StoreState,
    pub(super) opening: Option<Opening>,
    pub(super) crew: Option<Crew>,
    pub(super) shelf: Shelf,
    pub(super) rows: RowShelf,
    pub(super) scout: Scout,
    pub(super) reveal: Reveal,
    /// Counts the stores that were opened, and changes of what may be seen.
    pub(super) epoch: u64,
    /// Counts the changes of the open store.
    pub(super) generation: u64,
    pub(super) frame: u64,
    pub(super) serial: u64,
    pub(super) revision: Option<Revision>,
    pub(super) watched: Option<Instant>,
    /// What the open store was when it was last looked at.
    pub(super) info: Option<Arc<StoreInfo>>,
    /// When it was last seen to have been written to.
    pub(super) changed: Option<Instant>,
    pub(super) slowest: Option<Slowest>,
    pub(super) warnings: Arc<[Warning]>,
    /// A folder of artifacts that needs the user's word.
    pub(super) outside: Option<Arc<str>>,
}

impl Loader {
    /// A loader without a store. `wake` is called whenever there is something new to show.
    pub fn new(opener: Opener, wake: Wake) -> Self {
        Self {
            opener,
            scout: Scout::new(Arc::clone(&wake)),
            wake,
            patience: Patience::default(),
            state: StoreState::default(),
            opening: None,
            crew: None,
            shelf: Shelf::default(),
            rows: RowShelf::default(),
            reveal: Reveal::Masked,
            epoch: 0,
            generation: 1,
            frame: 0,
            serial: 0,
            revision: None,
            watched: None,
            info: None,
            changed: None,
            slowest: None,
            warnings: Arc::new([]),
            outside: None,
        }
    }

    /// Other limits, for tests.
    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Starts to open a store. The one that is open stays until the new one is.
    pub fn open(&mut self, path: &Path) {
        self.state.opening = Some(path.to_owned());
        self.state.failed = None;
        self.opening = Some(Opening::start(path.to_owned(), Arc::clone(&self.opener), Arc::clone(&self.wake)));
    }

    /// Closes the store.
    pub fn close(&mut self) {
        self.opening = None;
        self.state = StoreState::default();
        self.crew = None;
        self.start_epoch();
    }

    /// Whether a store is open, being opened, or could not be.
    pub fn state(&self) -> &StoreState {
        &self.state
    }

    /// What could not be opened, told once.
    pub fn take_failed(&mut self) -> Option<(PathBuf, Arc<str>)> {
        self.state.failed.take()
    }

    /// Counts the stores that were opened; whatever was prepared under another number is of another store.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Shows or masks secrets. Everything is read again; when masking, at once without the old.
    pub fn set_reveal(&mut self, reveal: Reveal) {
        if self.reveal == reveal {
            return;
        }
        self.reveal = reveal;
        if reveal == Reveal::Masked {
            self.start_epoch();
        } else {
            self.shelf.cancel_unwanted(u64::MAX);
            self.epoch += 1;
            self.shelf.expire();
            self.rows.clear();
            self.generation += 1;
        }
    }

    pub(super) fn start_epoch(&mut self) {
        self.shelf.cancel_unwanted(u64::MAX);
        self.shelf.clear();
        self.rows.clear();
        self.epoch += 1;
        self.revision = None;
        self.watched = None;
        (self.info, self.changed) = (None, None);
        self.warnings = Arc::new([]);
        self.outside = None;
    }

    /// Takes in what has come; call it once before each frame. Says whether anything changed.
    pub fn begin_frame(&mut self, now: Instant) -> bool {
        let mut has_news = self.poll_opening() | self.scout.poll();
        let unwanted = self.shelf.cancel_unwanted(self.frame);
        if let Some(crew) = &self.crew {
            for serial in unwanted {
                crew.queue.remove(serial);
            }
        }
        while let Some(reply) = self.crew.as_ref().and_then(Crew::next_reply) {
            has_news |= self.accept(reply);
        }
        has_news |= self.give_up_stuck(now);
        if has_news {
            self.shelf.evict(self.frame);
            self.collect_warnings();
        }
        self.frame += 1;
        has_news
    }

    /// Asks everything that is on screen again.
    pub fn refresh(&mut self) {
        self.generation += 1;
    }

    pub(super) fn want<T>(
        &mut self,
        request: Request,
        lane: Lane,
        pick: impl Fn(&Answer) -> Option<Arc<T>>,
    ) -> Slot<T> {
        self.want_made(request, lane, || None, pick)
    }

    /// Asks, if need be, with what makes the answer unless the store does.
    pub(super) fn want_made<T>(
        &mut self,
        request: Request,
        lane: Lane,
        maker: impl FnOnce() -> Option<Maker>,
        pick: impl Fn(&Answer) -> Option<Arc<T>>,
    ) -> Slot<T> {
        let (frame, generation, epoch, reveal) = (self.frame, self.generation, self.epoch, self.reveal);
        let entry = self.shelf.entry(&request);
        entry.wanted = frame;
        if entry.is_due(generation)
            && let Some(crew) = &self.crew
        {
            if crew.is_lost() {
                entry.error = Some("the store does not answer any more; open it again".into());
                entry.generation = generation;
                return entry.slot(pick);
            }
            self.serial += 1;
            let cancel = CancelToken::new();
            entry.pending = Some(Pending { serial: self.serial, since: Instant::now(), cancel: cancel.clone() });
            entry.generation = generation;
            entry.is_expired = false;
            entry.error = None;
            let slot = entry.slot(pick);
            let job = Job { serial: self.serial, epoch, lane, request, reveal, cancel, maker: maker() };
            let dropped = crew.submit(job);
            if let Some(entry) = dropped.and_then(|job| self.shelf.get_mut(&job.request)) {
                entry.pending = None;
                entry.generation = 0;
            }
            return slot;
        }
        entry.slot(pick)
    }

    /// Makes sure that the lines behind `handles` are here or come.
    pub fn want_trace_rows(&mut self, handles: &[TraceHandle], lane: Lane) {
        let Some(crew) = &self.crew else { return };
        let missing = self.rows.missing(handles, self.generation, self.frame);
        if missing.is_empty() {
            return;
        }
        self.serial += 1;
        let cancel = CancelToken::new();
        if let Some(serial) = self.rows.start(self.serial, &missing, self.generation, cancel.clone()) {
            crew.queue.remove(serial);
        }
        let request = Request::TraceRows(missing);
        let job =
            Job { serial: self.serial, epoch: self.epoch, lane, request, reveal: self.reveal, cancel, maker: None };
        if let Some(dropped) = crew.submit(job) {
            self.rows.forget(dropped.serial);
        }
    }

    /// The line behind a handle, if it is here.
    pub fn trace_row(&self, handle: TraceHandle) -> Option<&Arc<TraceRow>> {
        self.rows.get(handle)
    }

    /// Whether anything is being read or opened.
    pub fn is_reading(&self) -> bool {
        self.opening.is_some() || self.shelf.has_pending() || self.rows.has_pending()
    }

    /// What was damaged or missing in what is kept, sorted, each once.
    pub fn warnings(&self) -> &Arc<[Warning]> {
        &self.warnings
    }

    /// A folder of artifacts that was not opened because it lies outside the store's own.
    pub fn outside(&self) -> Option<&Arc<str>> {
        self.outside.as_ref()
    }

    /// The reading that took longest since the store was opened.
    pub fn slowest(&self) -> Option<Slowest> {
        self.slowest
    }

    /// Whether secrets are shown.
    pub fn reveal(&self) -> Reveal {
        self.reveal
    }

    /// How many runs of how many were looked at for their programs; `None` before any was.
    pub fn programs_looked(&self) -> Option<(usize, usize)> {
        self.crew.as_ref().and_then(Crew::looked)
    }

    /// How many stuck workers were abandoned, of the open store.
    pub fn abandoned(&self) -> usize {
        self.crew.as_ref().map_or(0, Crew::abandoned)
    }
}
