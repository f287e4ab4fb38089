//! The workers of one open store: started, watched, replaced when one is stuck, never waited for.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::queue::{Job, Queue};
use super::states::States;
use super::worker::{Busy, Desk, Kit, Reply, Seed, Wake, fork, work};
use crate::store::Store;

/// Answers that wait for the window; a worker that finds no place waits.
const MAX_REPLIES: usize = 64;
/// Beyond this many stuck workers the store counts as gone.
const MAX_ABANDONED: usize = 6;

/// How long to wait for whom.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A reading stops itself after this long.
    pub deadline: Duration,
    /// A reading that has not stopped this long after its deadline is abandoned.
    pub after_deadline: Duration,
    /// How often to look whether the store was written to.
    pub watch_every: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(60),
            after_deadline: Duration::from_secs(5),
            watch_every: Duration::from_secs(1),
        }
    }
}

/// The workers.
pub(super) struct Crew {
    pub queue: Queue,
    replies: Receiver<Reply>,
    sender: SyncSender<Reply>,
    desks: Vec<Desk>,
    seed: Seed,
    wake: Wake,
    patience: Patience,
    abandoned: usize,
    hired: usize,
    revision: Arc<AtomicU64>,
    states: States,
}

impl Crew {
    /// Starts a worker for each reader.
    pub fn start(readers: Vec<Box<dyn Store>>, seed: Seed, wake: Wake, patience: Patience) -> Self {
        let (sender, replies) = sync_channel(MAX_REPLIES);
        let mut crew = Self {
            queue: Queue::default(),
            replies,
            sender,
            desks: Vec::new(),
            seed,
            wake,
            patience,
            abandoned: 0,
            hired: 0,
            revision: Arc::default(),
            states: States::default(),
        };
        for reader in readers {
            crew.hire(Some(reader));
        }
        crew
    }

    fn hire(&mut self, reader: Option<Box<dyn Store>>) {
        let desk = Desk::default();
        let kit = Kit {
            queue: self.queue.clone(),
            replies: self.sender.clone(),
            wake: self.wake.clone(),
            seed: Seed::clone(&self.seed),
            deadline: self.patience.deadline,
            revision: Arc::clone(&self.revision),
            states: self.states.clone(),
        };
        self.hired += 1;
        let own = desk.clone();
        let spawned = thread::Builder::new().name(format!("reader-{}", self.hired)).spawn(move || {
            // A replacement forks here, not on the window's thread: that may block, too.
            let reader = reader.map_or_else(|| fork(&kit.seed), Ok);
            if let Ok(reader) = reader {
                work(reader, &own, &kit);
            }
            own.dismiss();
        });
        if spawned.is_ok() {
            self.desks.push(desk);
        }
    }

    /// Puts a job into the queue; returns the one that had to give way.
    pub fn submit(&self, job: Job) -> Option<Job> {
        self.queue.push(job)
    }

    /// The next answer, if one has come.
    pub fn next_reply(&self) -> Option<Reply> {
        self.replies.try_recv().ok()
    }

    /// Dismisses workers that are stuck in a reading, and hires others; returns what they were at.
    pub fn replace_stuck(&mut self, now: Instant) -> Vec<Busy> {
        let limit = self.patience.deadline + self.patience.after_deadline;
        let mut stuck = Vec::new();
        self.desks.retain(|desk| !desk.is_dismissed());
        self.desks.retain(|desk| match desk.busy() {
            Some(busy) => {
                let waited = now.saturating_duration_since(busy.since);
                let is_late = waited > limit || (busy.cancel.is_cancelled() && waited > self.patience.after_deadline);
                if is_late {
                    desk.dismiss();
                    stuck.push(busy);
                }
                !is_late
            }
            None => true,
        });
        for _ in &stuck {
            self.abandoned += 1;
            if self.abandoned <= MAX_ABANDONED {
                self.hire(None);
            }
        }
        stuck
    }

    /// Whether nobody is left to read: too many were abandoned, or no new reader can be made.
    pub fn is_lost(&self) -> bool {
        self.desks.is_empty()
    }

    /// How many runs of how many were looked at for their programs.
    pub fn looked(&self) -> Option<(usize, usize)> {
        self.states.looked()
    }

    /// How many workers were abandoned so far.
    pub fn abandoned(&self) -> usize {
        self.abandoned
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.queue.close();
        for desk in &self.desks {
            desk.dismiss();
            if let Some(busy) = desk.busy() {
                busy.cancel.cancel();
            }
        }
    }
}
