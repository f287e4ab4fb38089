//! One worker: a thread with a reader of its own, and what the window sees of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::answer::Answer;
use super::jobs;
use super::queue::{Job, Queue};
use super::request::Request;
use super::states::States;
use crate::model::Warning;
use crate::store::{CancelToken, ReadCx, Store, StoreError};

/// Wakes the window, from any thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// How a job ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Done(Answer),
    Failed(String),
    Cancelled,
}

/// What comes back from a worker; it carries what was asked, and of which store.
#[derive(Debug)]
pub(super) struct Reply {
    pub serial: u64,
    pub epoch: u64,
    pub request: Request,
    pub outcome: Outcome,
    pub warnings: Vec<Warning>,
    pub took: Duration,
}

/// What a worker is doing right now.
#[derive(Clone, Debug)]
pub(super) struct Busy {
    pub serial: u64,
    pub epoch: u64,
    pub request: Request,
    pub since: Instant,
    pub cancel: CancelToken,
}

/// The window's side of a worker.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    busy: Arc<Mutex<Option<Busy>>>,
    is_dismissed: Arc<AtomicBool>,
}

impl Desk {
    /// What the worker is doing, if anything.
    pub fn busy(&self) -> Option<Busy> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells the worker to end after what it is doing; whatever comes of it is dropped.
    pub fn dismiss(&self) {
        self.is_dismissed.store(true, Ordering::Relaxed);
    }

    /// Whether the worker has ended or is to end.
    pub fn is_dismissed(&self) -> bool {
        self.is_dismissed.load(Ordering::Relaxed)
    }

    fn set(&self, busy: Option<Busy>) {
        *self.busy.lock().unwrap_or_else(PoisonError::into_inner) = busy;
    }
}

/// The reader that new readers are forked from.
pub(super) type Seed = Arc<Mutex<Box<dyn Store>>>;

/// A reader of its own for a worker.
pub(super) fn fork(seed: &Seed) -> Result<Box<dyn Store>, StoreError> {
    seed.lock().unwrap_or_else(PoisonError::into_inner).fork()
}

/// Everything that a worker needs.
pub(super) struct Kit {
    pub queue: Queue,
    pub replies: SyncSender<Reply>,
    pub wake: Wake,
    pub seed: Seed,
    pub deadline: Duration,
    /// The last revision that any worker saw.
    pub revision: Arc<AtomicU64>,
    /// Which runs hold which program.
    pub states: States,
}

/// Works until the queue is closed, the window is gone, or it is dismissed.
pub(super) fn work(mut store: Box<dyn Store>, desk: &Desk, kit: &Kit) {
    while let Some(mut job) = kit.queue.pop() {
        let since = Instant::now();
        desk.set(Some(Busy {
            serial: job.serial,
            epoch: job.epoch,
            request: job.request.clone(),
            since,
            cancel: job.cancel.clone(),
        }));
        let (outcome, warnings, has_panicked) = run(&mut store, &mut job, kit.deadline, &kit.states);
        desk.set(None);
        if desk.is_dismissed() {
            return;
        }
        let Job { serial, epoch, request, .. } = job;
        // A look that found nothing new does not wake the window: it would draw all for nothing.
        let is_news = match &outcome {
            Outcome::Done(Answer::Revision(now, _)) => kit.revision.swap(now.0, Ordering::Relaxed) != now.0,
            _ => true,
        };
        let reply = Reply { serial, epoch, request, outcome, warnings, took: since.elapsed() };
        if kit.replies.send(reply).is_err() {
            return;
        }
        if is_news {
            (kit.wake)();
        }
        if has_panicked && let Ok(fresh) = fork(&kit.seed) {
            store = fresh;
        }
    }
}

fn run(
    store: &mut Box<dyn Store>,
    job: &mut Job,
    deadline: Duration,
    states: &States,
) -> (Outcome, Vec<Warning>, bool) {
    if job.cancel.is_cancelled() {
        return (Outcome::Cancelled, Vec::new(), false);
    }
    let cx = ReadCx::new().with_cancel(job.cancel.clone()).with_deadline(deadline).with_reveal(job.reveal);
    // The reader is replaced after a panic, so that nothing half-done is read from again.
    let maker = job.maker.take();
    let result = catch_unwind(AssertUnwindSafe(|| match maker {
        Some(maker) => Ok(Answer::Derived(maker.make())),
        None => jobs::answer(store.as_mut(), &cx, &job.request, states),
    }));
    let warnings = cx.take_warnings();
    match result {
        Ok(Ok(answer)) => (Outcome::Done(answer), warnings, false),
        Ok(Err(StoreError::Cancelled)) => (Outcome::Cancelled, warnings, false),
        Ok(Err(error)) => (Outcome::Failed(error.to_string()), warnings, false),
        Err(panic) => {
            let what = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            let error = format!("reading this went wrong inside dspyglass ({what}); please report it");
            (Outcome::Failed(error), warnings, true)
        }
    }
}
