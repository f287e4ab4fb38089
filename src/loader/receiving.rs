//! Taking in what workers answer: the one place where late answers are dropped.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use super::failure::Failure;
use super::loader::{Loader, OpenStore, Slowest};
use super::opening::Opened;
use super::pool::WorkerPool;
use super::queue::Work;
use super::worker::{Done, Outcome, Reply};
use crate::model::{ArtifactTree, Warning};
use crate::query::ask::{AnyKey, Memo};
use crate::store::StoreId;

impl Loader {
    pub(super) fn poll_opening(&mut self) -> bool {
        let Some((location, answer)) =
            self.opening.as_ref().and_then(|opening| Some((opening.location.clone(), opening.poll()?)))
        else {
            return false;
        };
        self.opening = None;
        self.state.opening = None;
        match answer {
            Ok(Opened { id, info, capabilities, readers, prototype, server, revision }) => {
                self.start_epoch();
                self.desk.enter(server);
                self.info = Some(Arc::new(info.clone()));
                self.slowest = None;
                let wake = Arc::clone(&self.wake);
                let memo = self.cache.clone().map_or_else(Memo::new, Memo::with_cache);
                let memo = memo.with_prices(self.prices.clone()).with_labels(Arc::clone(&self.labels.books));
                let memo = Arc::new(memo);
                let limits = (self.timeouts, self.budget);
                let mut pool = WorkerPool::start(readers, prototype, wake, limits, memo);
                pool.watching.begin(revision, &info);
                if capabilities.can_watch {
                    pool.start_timer(id);
                }
                self.pool = Some(pool);
                self.state.open = Some(Arc::new(OpenStore { id, info, capabilities }));
            }
            Err(error) => self.state.failed = Some((location, error)),
        }
        true
    }

    /// The one place where late answers are dropped: of another store, or no longer waited for.
    pub(super) fn accept(&mut self, reply: Reply) -> bool {
        if reply.epoch != self.epoch && !matches!(reply.work, Work::Watch) {
            return false;
        }
        match (reply.work, reply.outcome) {
            (Work::Answer(question), outcome) => {
                let is_slower = self.slowest.is_none_or(|slowest| reply.took > slowest.took);
                if is_slower && matches!(outcome, Outcome::Done(_)) {
                    self.slowest = Some(Slowest { label: question.label(), took: reply.took });
                }
                self.accept_answer(reply.serial, reply.store, &*question, outcome, reply.warnings)
            }
            (Work::Lines(_), Outcome::Done(Done::Lines(lines))) => {
                self.lines.finish(reply.serial, Some(lines), self.frame)
            }
            (Work::Lines(_), Outcome::Cancelled) => {
                self.lines.forget(reply.serial);
                true
            }
            (Work::Lines(_), _) => self.lines.finish(reply.serial, None, self.frame),
            (Work::Watch, Outcome::Failed(error)) => {
                self.desk.note_look(&error, reply.since);
                true
            }
            (Work::Watch, outcome) => {
                let Outcome::Done(Done::Watch(_, info)) = outcome else { return false };
                self.info = Some(info);
                if reply.has_changed {
                    self.changed = Some(Instant::now());
                }
                if reply.has_changed || reply.has_new_prices {
                    self.generation += 1;
                }
                true
            }
        }
    }

    fn accept_answer(
        &mut self,
        serial: u64,
        store: StoreId,
        question: &(dyn AnyKey + 'static),
        outcome: Outcome,
        warnings: Vec<Warning>,
    ) -> bool {
        let Some(entry) = self.answers.get_mut(store, question) else { return false };
        if entry.pending.as_ref().is_none_or(|pending| pending.serial != serial) {
            return false;
        }
        entry.pending = None;
        match outcome {
            Outcome::Done(Done::Answer(answer)) => {
                if let Some(outside) = answer.get::<ArtifactTree>().and_then(|tree| tree.outside.clone()) {
                    self.outside = Some(outside.as_str().into());
                }
                entry.put(answer);
                entry.error = None;
                if entry.generation == self.generation {
                    self.desk.note_answer();
                }
                entry.warnings = warnings.into();
            }
            Outcome::Failed(error) => {
                // What was asked before the user signed in is asked again.
                if entry.generation == self.generation {
                    self.desk.note(&error);
                }
                entry.error = Some(error);
            }
            Outcome::Done(_) | Outcome::Cancelled => entry.generation = 0,
        }
        true
    }

    pub(super) fn give_up_stuck(&mut self, now: Instant) -> bool {
        let Some(pool) = &mut self.pool else { return false };
        let stuck = pool.replace_stuck(now);
        let has_news = !stuck.is_empty();
        for busy in stuck {
            self.lines.forget(busy.serial);
            if matches!(busy.work, Work::Watch) {
                pool.watching.finish();
            }
            if busy.epoch == self.epoch
                && let Work::Answer(question) = &busy.work
                && let Some(entry) = self.answers.get_mut(busy.store, &**question)
                && entry.pending.as_ref().is_some_and(|pending| pending.serial == busy.serial)
            {
                let waited_s = now.saturating_duration_since(busy.since).as_secs();
                entry.pending = None;
                entry.error = Some(Failure::Stuck { waited_s });
            }
        }
        has_news
    }

    pub(super) fn collect_warnings(&mut self) {
        let mut seen = HashSet::new();
        let mut all: Vec<Warning> = self
            .answers
            .warnings()
            .chain(self.trace_pages.warnings())
            .filter(|warning| seen.insert(*warning))
            .cloned()
            .collect();
        all.sort_by(|a, b| (&a.place, &a.what).cmp(&(&b.place, &b.what)));
        if all[..] != self.warnings[..] {
            self.warnings = all.into();
        }
    }
}
