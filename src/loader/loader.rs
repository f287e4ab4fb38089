//! The loader itself: one open store, its workers, and what is known of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cache::{AnswerCache, Pending};
use super::failure::Failure;
use super::label_desk::LabelDesk;
use super::lane::Lane;
use super::opening::{Opener, Opening};
use super::pool::{Timeouts, WorkerPool};
use super::probe::DiskProbe;
use super::queue::{Job, Work};
use super::row_cache::RowCache;
use super::server_desk::ServerDesk;
use super::slot::Slot;
use super::trace_pages::TracePages;
use super::worker::Wake;
use crate::model::{Reveal, TraceRow, Warning};
use crate::query::PriceFile;
use crate::query::ask::{AnyQuestion, Question};
use crate::store::{Budget, CancelToken, Capabilities, StoreId, StoreInfo, StoreLocation, TraceHandle};

/// A store that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenStore {
    /// Which opening of a store this is.
    pub id: StoreId,
    /// What it says of itself.
    pub info: StoreInfo,
    /// What it can do by itself.
    pub capabilities: Capabilities,
}

/// The store that is open, and how often what may be seen of stores has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Epoch {
    store: Option<StoreId>,
    count: u64,
}

/// Whether a store is open.
#[derive(Clone, Debug, Default)]
pub struct StoreState {
    /// The one that is open.
    pub open: Option<Arc<OpenStore>>,
    /// What is being opened.
    pub opening: Option<StoreLocation>,
    /// What could not be opened, and why; stays until the next opening.
    pub failed: Option<(StoreLocation, Failure)>,
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
    pub(super) timeouts: Timeouts,
    pub(super) budget: Budget,
    /// The user's folder for what is kept of stores from one session to the next.
    pub(super) cache: Option<PathBuf>,
    /// The user's file of prices.
    pub(super) prices: Option<PriceFile>,
    /// What the user says of traces and examples.
    pub(super) labels: LabelDesk,
    /// Who answers behind the address of the open store.
    pub(super) desk: ServerDesk,
    pub(super) state: StoreState,
    pub(super) opening: Option<Opening>,
    pub(super) pool: Option<WorkerPool>,
    pub(super) answers: AnswerCache,
    pub(super) lines: RowCache,
    pub(super) trace_pages: TracePages,
    pub(super) probe: DiskProbe,
    pub(super) reveal: Reveal,
    /// Counts the stores that were opened, and changes of what may be seen.
    pub(super) epoch: u64,
    /// Counts the changes of the open store.
    pub(super) generation: u64,
    pub(super) frame: u64,
    pub(super) serial: u64,
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
            probe: DiskProbe::new(Arc::clone(&wake)),
            labels: LabelDesk::new(None, Arc::clone(&wake)),
            desk: ServerDesk::default(),
            wake,
            timeouts: Timeouts::default(),
            budget: Budget::default(),
            cache: None,
            prices: None,
            state: StoreState::default(),
            opening: None,
            pool: None,
            answers: AnswerCache::default(),
            lines: RowCache::default(),
            trace_pages: TracePages::default(),
            reveal: Reveal::Masked,
            epoch: 0,
            generation: 1,
            frame: 0,
            serial: 0,
            info: None,
            changed: None,
            slowest: None,
            warnings: Arc::new([]),
            outside: None,
        }
    }

    /// Other limits, for tests.
    #[cfg(feature = "testing")]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Other times for the parts of answers that can be left out, for tests.
    #[cfg(feature = "testing")]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// How long the parts of answers that can be left out may take.
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// Starts to open a store. The one that is open stays until the new one is.
    pub fn open(&mut self, location: impl Into<StoreLocation>) {
        let location = location.into();
        self.state.opening = Some(location.clone());
        self.state.failed = None;
        self.opening = Some(Opening::start(location, Arc::clone(&self.opener), Arc::clone(&self.wake)));
    }

    /// Closes the store.
    pub fn close(&mut self) {
        self.opening = None;
        self.state = StoreState::default();
        self.pool = None;
        self.desk = ServerDesk::default();
        self.start_epoch();
    }

    /// Whether a store is open, being opened, or could not be.
    pub fn state(&self) -> &StoreState {
        &self.state
    }

    /// Which opening of a store is asked.
    pub(super) fn store(&self) -> Option<StoreId> {
        self.state.open.as_ref().map(|open| open.id)
    }

    /// What could not be opened, told once.
    pub fn take_failed(&mut self) -> Option<(StoreLocation, Failure)> {
        self.state.failed.take()
    }

    /// What may be remembered of answers: whatever was prepared under another is of another store, or shows more or
    /// less than may be seen now.
    pub fn epoch(&self) -> Epoch {
        Epoch { store: self.store(), count: self.epoch }
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
            self.answers.cancel_unwanted(u64::MAX);
            self.epoch += 1;
            self.answers.expire();
            self.lines.clear();
            self.generation += 1;
        }
    }

    pub(super) fn start_epoch(&mut self) {
        self.answers.cancel_unwanted(u64::MAX);
        self.answers.clear();
        self.lines.clear();
        self.trace_pages.clear();
        self.epoch += 1;
        (self.info, self.changed) = (None, None);
        self.warnings = Arc::new([]);
        self.outside = None;
    }

    /// Takes in what has come; call it once before each frame. Says whether anything changed.
    pub fn begin_frame(&mut self, now: Instant) -> bool {
        let mut has_news = self.poll_opening() | self.poll_sign_in() | self.probe.poll();
        let unwanted = self.answers.cancel_unwanted(self.frame);
        if let Some(pool) = &self.pool {
            for serial in unwanted {
                pool.queue.remove(serial);
            }
        }
        while let Some(reply) = self.pool.as_ref().and_then(WorkerPool::next_reply) {
            has_news |= self.accept(reply);
        }
        has_news |= self.give_up_stuck(now);
        if has_news {
            self.answers.evict(self.frame);
            self.collect_warnings();
        }
        self.frame += 1;
        has_news
    }

    /// Asks everything that is on screen again.
    pub fn refresh(&mut self) {
        self.desk.will_be_asked_again();
        self.generation += 1;
    }

    /// What is known of an answer right now. What is missing, or older than the store, is asked for on a worker;
    /// what is not asked for in every frame is cancelled.
    pub fn ask<Q: Question>(&mut self, question: &Q, lane: Lane) -> Slot<Q::Answer> {
        self.ask_any(question, lane, || Arc::new(question.clone()))
    }

    /// The same for a question of any type; `to_send` is what a worker answers, and the same question.
    pub(super) fn ask_any<T: Send + Sync + 'static>(
        &mut self,
        question: &(dyn AnyQuestion + 'static),
        lane: Lane,
        to_send: impl FnOnce() -> Arc<dyn AnyQuestion>,
    ) -> Slot<T> {
        let (frame, generation, epoch, reveal) = (self.frame, self.generation, self.epoch, self.reveal);
        let Some(store) = self.store() else { return Slot::Empty };
        let entry = self.answers.entry(store, question);
        entry.wanted = frame;
        if entry.is_due(generation)
            && let Some(pool) = &self.pool
        {
            if pool.is_lost() {
                entry.error = Some(Failure::Lost);
                entry.generation = generation;
                return entry.slot();
            }
            self.serial += 1;
            let cancel = CancelToken::new();
            entry.pending = Some(Pending {
                serial: self.serial,
                since: Instant::now(),
                label: question.label(),
                lane,
                cancel: cancel.clone(),
            });
            entry.generation = generation;
            entry.is_expired = false;
            entry.error = None;
            let slot = entry.slot();
            let work = Work::Answer(to_send());
            let dropped =
                pool.submit(Job { serial: self.serial, store, epoch, generation, lane, work, reveal, cancel });
            if let Some(job) = dropped {
                self.give_up(&job);
            }
            return slot;
        }
        if let (Some(pending), Some(pool)) = (&mut entry.pending, &self.pool)
            && lane < pending.lane
        {
            pending.lane = lane;
            pool.queue.raise(pending.serial, lane);
        }
        entry.slot()
    }

    /// A job came to nothing before it was begun: it may be asked for again.
    pub(super) fn give_up(&mut self, job: &Job) {
        match &job.work {
            Work::Answer(question) => {
                if let Some(entry) = self.answers.get_mut(job.store, &**question) {
                    entry.pending = None;
                    entry.generation = 0;
                }
            }
            Work::Lines(_) => self.lines.forget(job.serial),
            // Nothing gives way for a look, and it is put into the queue by the timer alone.
            Work::Watch => {}
        }
    }

    /// Makes sure that the lines behind `handles` are here or come.
    pub fn want_trace_rows(&mut self, handles: &[TraceHandle], lane: Lane) {
        let (Some(pool), Some(store)) = (&self.pool, self.store()) else { return };
        let missing = self.lines.missing(store, handles, self.generation, self.frame);
        if missing.is_empty() {
            return;
        }
        self.serial += 1;
        let cancel = CancelToken::new();
        if let Some(serial) = self.lines.start(self.serial, store, &missing, self.generation, cancel.clone()) {
            pool.queue.remove(serial);
        }
        let (serial, epoch, generation, reveal) = (self.serial, self.epoch, self.generation, self.reveal);
        let work = Work::Lines(missing);
        let dropped = pool.submit(Job { serial, store, epoch, generation, lane, work, reveal, cancel });
        if let Some(job) = dropped {
            self.give_up(&job);
        }
    }

    /// The line behind a handle, if it is here.
    pub fn trace_row(&self, handle: TraceHandle) -> Option<&Arc<TraceRow>> {
        self.lines.get(self.store()?, handle)
    }

    /// Whether anything is being read or opened.
    pub fn is_reading(&self) -> bool {
        self.opening.is_some() || self.desk.is_busy() || self.answers.has_pending() || self.lines.has_pending()
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

    /// How far the last question that takes long has come: so many of so many; `None` before there was any.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.pool.as_ref().and_then(WorkerPool::progress)
    }

    /// How many stuck workers were abandoned, of the open store.
    pub fn abandoned(&self) -> usize {
        self.pool.as_ref().map_or(0, WorkerPool::abandoned)
    }
}
