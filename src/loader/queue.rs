//! The jobs that wait for a worker.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::lane::Lane;
use crate::model::Reveal;
use crate::query::ask::AnyQuestion;
use crate::store::{CancelToken, StoreId, TraceHandle};

/// No more than this many wait; the oldest of the least urgent lane gives way.
const MAX_WAITING: usize = 256;

/// What a worker is to do.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// Answer a question.
    Answer(Arc<dyn AnyQuestion>),
    /// Read the lines behind these handles.
    Lines(Vec<TraceHandle>),
    /// Look whether the store was written to.
    Watch,
}

/// Work on its way to a worker.
#[derive(Debug)]
pub(super) struct Job {
    /// Which request this is, so that a later one for the same question is not mistaken for it.
    pub serial: u64,
    /// The store it was asked of.
    pub store: StoreId,
    /// Since then nothing else was opened, and no more or less may be seen.
    pub epoch: u64,
    /// The state of the store that the answer has to be of.
    pub generation: u64,
    pub lane: Lane,
    pub work: Work,
    pub reveal: Reveal,
    pub cancel: CancelToken,
}

impl Job {
    /// Whether it reads what will probably be looked at next.
    fn is_ahead(&self) -> bool {
        self.lane == Lane::Prefetch && !matches!(self.work, Work::Watch)
    }

    /// Whether somebody waits for it.
    fn is_urgent(&self) -> bool {
        self.lane < Lane::Prefetch
    }
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// Whether a worker is at something that will probably be looked at next.
    is_ahead: bool,
    /// How many workers are at something that somebody waits for.
    urgent: usize,
    is_closed: bool,
}

/// Shared by the window and the workers; held only for moments.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue(Arc<(Mutex<Waiting>, Condvar)>);

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job; returns the one that had to give way.
    pub fn push(&self, job: Job) -> Option<Job> {
        let mut waiting = self.lock();
        waiting.jobs.push_back(job);
        let dropped = if waiting.jobs.len() > MAX_WAITING {
            let least = (0..waiting.jobs.len()).max_by_key(|at| (waiting.jobs[*at].lane, usize::MAX - at));
            least.and_then(|at| waiting.jobs.remove(at))
        } else {
            None
        };
        drop(waiting);
        self.0.1.notify_one();
        dropped
    }

    /// Adds a job that nothing has to give way for; says whether there was room.
    pub fn push_if_room(&self, job: Job) -> bool {
        let mut waiting = self.lock();
        let has_room = waiting.jobs.len() < MAX_WAITING && !waiting.is_closed;
        if has_room {
            waiting.jobs.push_back(job);
            self.0.1.notify_one();
        }
        has_room
    }

    /// Waits for the most urgent job; of equally urgent ones the newest. Only one worker at a time reads ahead, which may
    /// take seconds, and none begins to while somebody waits for another. `None` once closed.
    pub fn pop(&self) -> Option<Job> {
        let mut waiting = self.lock();
        loop {
            if waiting.is_closed {
                return None;
            }
            let may_read_ahead = !waiting.is_ahead && waiting.urgent == 0;
            let may_begin = |(_, job): &(usize, &Job)| may_read_ahead || !job.is_ahead();
            let all = waiting.jobs.iter().enumerate().filter(may_begin);
            let first = all.min_by_key(|(at, job)| (job.lane, usize::MAX - at)).map(|(at, _)| at);
            if let Some(job) = first.and_then(|at| waiting.jobs.remove(at)) {
                waiting.is_ahead |= job.is_ahead();
                waiting.urgent += usize::from(job.is_urgent());
                return Some(job);
            }
            waiting = self.0.1.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A worker has done a job.
    pub fn done(&self, job: &Job) {
        let mut waiting = self.lock();
        waiting.is_ahead &= !job.is_ahead();
        waiting.urgent = waiting.urgent.saturating_sub(usize::from(job.is_urgent()));
        drop(waiting);
        // Whatever was held back may be for any of them.
        self.0.1.notify_all();
    }

    /// Some workers are stuck, and others take their places: what they are at holds nothing back.
    pub fn forget_running(&self) {
        let mut waiting = self.lock();
        (waiting.is_ahead, waiting.urgent) = (false, 0);
        drop(waiting);
        self.0.1.notify_all();
    }

    /// Somebody waits for a job more urgently than before.
    pub fn raise(&self, serial: u64, lane: Lane) {
        let mut waiting = self.lock();
        let Some(job) = waiting.jobs.iter_mut().find(|job| job.serial == serial) else { return };
        job.lane = job.lane.min(lane);
        drop(waiting);
        // It may have been held back.
        self.0.1.notify_one();
    }

    /// Takes a job back; says whether it was still waiting.
    pub fn remove(&self, serial: u64) -> bool {
        let mut waiting = self.lock();
        let before = waiting.jobs.len();
        waiting.jobs.retain(|job| job.serial != serial);
        waiting.jobs.len() < before
    }

    /// Ends all workers as soon as they ask for the next job.
    pub fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        waiting.jobs.clear();
        drop(waiting);
        self.0.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(serial: u64, lane: Lane) -> Job {
        let (reveal, cancel) = (Reveal::Masked, CancelToken::new());
        Job { serial, store: StoreId::fresh(), epoch: 0, generation: 1, lane, work: Work::Watch, reveal, cancel }
    }

    #[test]
    fn urgent_first_then_newest() {
        let queue = Queue::default();
        for (serial, lane) in [(1, Lane::Prefetch), (2, Lane::Visible), (3, Lane::Selection), (4, Lane::Visible)] {
            queue.push(job(serial, lane));
        }
        let popped = |_| {
            let job = queue.pop()?;
            queue.done(&job);
            Some(job.serial)
        };
        assert_eq!((0..4).filter_map(popped).collect::<Vec<u64>>(), [3, 4, 2, 1]);
    }

    #[test]
    fn what_was_to_be_read_ahead_is_read_at_once_as_soon_as_somebody_waits_for_it() {
        let queue = Queue::default();
        let ahead = |serial| Job { work: Work::Lines(Vec::new()), ..job(serial, Lane::Prefetch) };
        (1..=3).for_each(|serial| drop(queue.push(ahead(serial))));
        let first = queue.pop().expect("waiting");
        queue.raise(1, Lane::Visible);
        queue.raise(2, Lane::Prefetch);
        queue.raise(9, Lane::Visible);
        let second = queue.pop().expect("it is not held back");
        assert_eq!((first.serial, second.serial), (3, 1));
        queue.raise(2, Lane::Visible);
        queue.raise(2, Lane::Prefetch);
        assert_eq!(queue.pop().map(|job| (job.serial, job.lane)), Some((2, Lane::Visible)), "never less urgent");
    }

    #[test]
    fn one_worker_at_a_time_reads_ahead() {
        let queue = Queue::default();
        let ahead = |serial| Job { work: Work::Lines(Vec::new()), ..job(serial, Lane::Prefetch) };
        queue.push(ahead(1));
        queue.push(ahead(2));
        let first = queue.pop().expect("waiting");
        queue.push(job(3, Lane::Prefetch));
        queue.push(job(4, Lane::Visible));
        let others: Vec<Job> = (0..2).filter_map(|_| queue.pop()).collect();
        let serials: Vec<u64> = others.iter().map(|job| job.serial).collect();
        assert_eq!((first.serial, serials), (2, vec![4, 3]), "what is on screen, and a look, go on");
        queue.done(&first);
        queue.push(job(5, Lane::Prefetch));
        assert_eq!(queue.pop().map(|job| job.serial), Some(5), "somebody still waits for what is on screen");
        queue.done(&others[0]);
        assert_eq!(queue.pop().map(|job| job.serial), Some(1));
    }

    #[test]
    fn is_bounded_and_ends() {
        let queue = Queue::default();
        queue.push(job(0, Lane::Prefetch));
        let dropped: Vec<u64> = (1..=MAX_WAITING as u64)
            .filter_map(|serial| queue.push(job(serial, Lane::Visible)))
            .map(|job| job.serial)
            .collect();
        assert_eq!(dropped, [0]);
        assert!(!queue.push_if_room(job(900, Lane::Prefetch)));
        assert!(queue.remove(5) && !queue.remove(5));
        queue.close();
        assert!(queue.pop().is_none());
    }
}
