//! One worker: a thread with a reader of its own, and what the window sees of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::lane::Lane;
use super::queue::{Job, Queue, Work};
use super::watching::Watching;
use crate::model::{TraceRow, Warning};
use crate::query::ask::{AnyAnswer, Memo, Session};
use crate::query::trace_lines;
use crate::store::{
    Budget, CancelToken, ReadCx, Result, Revision, Store, StoreError, StoreId, StoreInfo, TraceHandle, Urgency,
};

/// Wakes the window, from any thread.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// What came of a job's work.
#[derive(Debug)]
pub(super) enum Done {
    Answer(AnyAnswer),
    Lines(Vec<(TraceHandle, Arc<TraceRow>)>),
    Watch(Revision, Arc<StoreInfo>),
}

/// How a job ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Done(Done),
    Failed(Failure),
    Cancelled,
}

/// What comes back from a worker; it carries what was asked, and of which store.
#[derive(Debug)]
pub(super) struct Reply {
    pub serial: u64,
    pub store: StoreId,
    pub epoch: u64,
    pub work: Work,
    pub outcome: Outcome,
    /// Of a look: whether the store was written to since the last one.
    pub has_changed: bool,
    /// Of a look: whether the user's file of prices is another one.
    pub has_new_prices: bool,
    pub warnings: Vec<Warning>,
    pub since: Instant,
    pub took: Duration,
}

/// What a worker is doing right now.
#[derive(Clone, Debug)]
pub(super) struct Busy {
    pub serial: u64,
    pub store: StoreId,
    pub epoch: u64,
    pub work: Work,
    pub since: Instant,
    pub cancel: CancelToken,
}

/// The window's side of a worker.
#[derive(Clone, Debug, Default)]
pub(super) struct WorkerHandle {
    busy: Arc<Mutex<Option<Busy>>>,
    is_dismissed: Arc<AtomicBool>,
}

impl WorkerHandle {
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
pub(super) type Prototype = Arc<Mutex<Box<dyn Store>>>;

/// A reader of its own for a worker.
pub(super) fn fork(prototype: &Prototype) -> Result<Box<dyn Store>> {
    prototype.lock().unwrap_or_else(PoisonError::into_inner).fork()
}

/// Everything that a worker needs.
pub(super) struct WorkerContext {
    pub queue: Queue,
    pub replies: SyncSender<Reply>,
    pub wake: Wake,
    pub prototype: Prototype,
    pub deadline: Duration,
    pub budget: Budget,
    /// What any worker saw last when it looked for changes.
    pub watching: Arc<Watching>,
    /// What all workers of the store remember.
    pub memo: Arc<Memo>,
}

/// Works until the queue is closed, the window is gone, or it is dismissed.
pub(super) fn work(mut store: Box<dyn Store>, handle: &WorkerHandle, context: &WorkerContext) {
    while let Some(job) = context.queue.pop() {
        let since = Instant::now();
        handle.set(Some(Busy {
            serial: job.serial,
            store: job.store,
            epoch: job.epoch,
            work: job.work.clone(),
            since,
            cancel: job.cancel.clone(),
        }));
        let (outcome, warnings, has_panicked) = run(&mut *store, &job, context);
        context.queue.done(&job);
        handle.set(None);
        if handle.is_dismissed() {
            return;
        }
        let Job { serial, store: id, epoch, work, .. } = job;
        // A look that found nothing new does not wake the window: it would draw all for nothing.
        let is_look = matches!(work, Work::Watch);
        // One that failed tells the window nothing, so that it takes no note of the prices either.
        let has_new_prices = matches!(&outcome, Outcome::Done(Done::Watch(..))) && {
            let read = context.memo.read_price_stamp();
            context.watching.note_prices(context.memo.price_stamp(), read)
        };
        let news = match (&work, &outcome) {
            (Work::Watch, Outcome::Done(Done::Watch(now, info))) => {
                context.watching.note_asks(false);
                context.watching.note(*now, info).or(has_new_prices.then_some(false))
            }
            (Work::Watch, Outcome::Failed(failure)) if failure.asks_who() => {
                context.watching.note_asks(true).then_some(false)
            }
            (Work::Watch, _) => None,
            _ => Some(false),
        };
        if is_look {
            context.watching.finish();
        }
        if let Some(has_changed) = news {
            let took = since.elapsed();
            let store = id;
            let reply =
                Reply { serial, store, epoch, work, outcome, has_changed, has_new_prices, warnings, since, took };
            if context.replies.send(reply).is_err() {
                return;
            }
            (context.wake)();
        }
        if has_panicked && let Ok(fresh) = fork(&context.prototype) {
            store = fresh;
        }
    }
}

fn urgency(lane: Lane) -> Urgency {
    match lane {
        Lane::Selection => Urgency::First,
        Lane::Visible => Urgency::Beside,
        Lane::Prefetch => Urgency::Behind,
    }
}

fn run(store: &mut dyn Store, job: &Job, context: &WorkerContext) -> (Outcome, Vec<Warning>, bool) {
    if job.cancel.is_cancelled() {
        return (Outcome::Cancelled, Vec::new(), false);
    }
    let cx = ReadCx::new()
        .with_cancel(job.cancel.clone())
        .with_deadline(context.deadline)
        .with_budget(context.budget)
        .with_urgency(urgency(job.lane))
        .with_reveal(job.reveal);
    // The reader is replaced after a panic, so that nothing half-done is read from again.
    let result = catch_unwind(AssertUnwindSafe(|| match &job.work {
        Work::Answer(question) => {
            Session::new(store, &cx, Arc::clone(&context.memo), job.generation).ask_any(&**question).map(Done::Answer)
        }
        Work::Lines(handles) => trace_lines(store, &cx, handles).map(Done::Lines),
        Work::Watch => store.revision(&cx).map(|revision| Done::Watch(revision, Arc::new(store.info()))),
    }));
    let warnings = cx.take_warnings();
    match result {
        Ok(Ok(done)) => (Outcome::Done(done), warnings, false),
        Ok(Err(StoreError::Cancelled)) => (Outcome::Cancelled, warnings, false),
        Ok(Err(error)) => (Outcome::Failed(error.into()), warnings, false),
        Err(panic) => {
            let what = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            (Outcome::Failed(Failure::Panic { doing: "reading", message: Some(what.into()) }), warnings, true)
        }
    }
}
