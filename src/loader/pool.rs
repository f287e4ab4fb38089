//! The workers of one open store: started, watched, replaced when one is stuck, never waited for.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::queue::{Job, Queue};
use super::watching::{Timer, Watching};
use super::worker::{Busy, Prototype, Reply, Wake, WorkerContext, WorkerHandle, fork, work};
use crate::query::ask::Memo;
use crate::store::{Budget, Store, StoreId};

/// Answers that wait for the window; a worker that finds no place waits.
const MAX_REPLIES: usize = 64;
/// Beyond this many stuck workers the store counts as gone.
const MAX_ABANDONED: usize = 6;

/// How long to wait for whom.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// A reading stops itself after this long.
    pub deadline: Duration,
    /// A reading that has not stopped this long after its deadline is abandoned.
    pub after_deadline: Duration,
    /// How often to look whether the store was written to.
    pub watch_every: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(60),
            after_deadline: Duration::from_secs(5),
            watch_every: Duration::from_secs(1),
        }
    }
}

/// The workers.
pub(super) struct WorkerPool {
    pub queue: Queue,
    replies: Receiver<Reply>,
    sender: SyncSender<Reply>,
    handles: Vec<WorkerHandle>,
    prototype: Prototype,
    wake: Wake,
    timeouts: Timeouts,
    budget: Budget,
    abandoned: usize,
    spawned: usize,
    pub watching: Arc<Watching>,
    timer: Option<Timer>,
    memo: Arc<Memo>,
}

impl WorkerPool {
    /// Starts a worker for each reader.
    pub fn start(
        readers: Vec<Box<dyn Store>>,
        prototype: Prototype,
        wake: Wake,
        (timeouts, budget): (Timeouts, Budget),
        memo: Arc<Memo>,
    ) -> Self {
        let (sender, replies) = sync_channel(MAX_REPLIES);
        let mut pool = Self {
            queue: Queue::default(),
            replies,
            sender,
            handles: Vec::new(),
            prototype,
            wake,
            timeouts,
            budget,
            abandoned: 0,
            spawned: 0,
            watching: Arc::default(),
            timer: None,
            memo,
        };
        for reader in readers {
            pool.spawn(Some(reader));
        }
        pool
    }

    fn spawn(&mut self, reader: Option<Box<dyn Store>>) {
        let handle = WorkerHandle::default();
        let context = WorkerContext {
            queue: self.queue.clone(),
            replies: self.sender.clone(),
            wake: self.wake.clone(),
            prototype: Prototype::clone(&self.prototype),
            deadline: self.timeouts.deadline,
            budget: self.budget,
            watching: Arc::clone(&self.watching),
            memo: Arc::clone(&self.memo),
        };
        self.spawned += 1;
        let own = handle.clone();
        let started = thread::Builder::new().name(format!("reader-{}", self.spawned)).spawn(move || {
            // A replacement forks here, not on the window's thread: that may block, too.
            let reader = reader.map_or_else(|| fork(&context.prototype), Ok);
            if let Ok(reader) = reader {
                work(reader, &own, &context);
            }
            own.dismiss();
        });
        if started.is_ok() {
            self.handles.push(handle);
        }
    }

    /// Begins to look whether the store is written to.
    pub fn start_timer(&mut self, store: StoreId) {
        let (queue, watching) = (self.queue.clone(), Arc::clone(&self.watching));
        self.timer = Some(Timer::start(store, queue, watching, self.timeouts.watch_every));
    }

    /// Puts a job into the queue; returns the one that had to give way.
    pub fn submit(&self, job: Job) -> Option<Job> {
        self.queue.push(job)
    }

    /// The next answer, if one has come.
    pub fn next_reply(&self) -> Option<Reply> {
        self.replies.try_recv().ok()
    }

    /// Dismisses workers that are stuck in a reading, and spawns others; returns what they were at.
    pub fn replace_stuck(&mut self, now: Instant) -> Vec<Busy> {
        let limit = self.timeouts.deadline + self.timeouts.after_deadline;
        let mut stuck = Vec::new();
        self.handles.retain(|handle| !handle.is_dismissed());
        self.handles.retain(|handle| match handle.busy() {
            Some(busy) => {
                let waited = now.saturating_duration_since(busy.since);
                let is_late = waited > limit || (busy.cancel.is_cancelled() && waited > self.timeouts.after_deadline);
                if is_late {
                    handle.dismiss();
                    stuck.push(busy);
                }
                !is_late
            }
            None => true,
        });
        if !stuck.is_empty() {
            self.queue.forget_running();
        }
        for _ in &stuck {
            self.abandoned += 1;
            if self.abandoned <= MAX_ABANDONED {
                self.spawn(None);
            }
        }
        stuck
    }

    /// Whether nobody is left to read: too many were abandoned, or no new reader can be made.
    pub fn is_lost(&self) -> bool {
        self.handles.is_empty()
    }

    /// How far the question that takes long has come.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.memo.progress()
    }

    /// How many workers were abandoned so far.
    pub fn abandoned(&self) -> usize {
        self.abandoned
    }
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.timer = None;
        self.queue.close();
        for handle in &self.handles {
            handle.dismiss();
            if let Some(busy) = handle.busy() {
                busy.cancel.cancel();
            }
        }
    }
}
