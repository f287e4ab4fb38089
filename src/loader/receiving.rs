//! Taking in what workers answer: the one place where late answers are dropped.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use super::answer::Answer;
use super::crew::Crew;
use super::keeper::{Loader, OpenStore, Slowest};
use super::opening::Opened;
use super::request::Request;
use super::worker::{Outcome, Reply};
use crate::model::Warning;

impl Loader {
    pub(super) fn poll_opening(&mut self) -> bool {
        let Some((path, answer)) =
            self.opening.as_ref().and_then(|opening| Some((opening.path.clone(), opening.poll()?)))
        else {
            return false;
        };
        self.opening = None;
        self.state.opening = None;
        match answer {
            Ok(Opened { info, capabilities, readers, seed, revision }) => {
                self.start_epoch();
                self.info = Some(Arc::new(info.clone()));
                self.revision = revision;
                self.slowest = None;
                self.crew = Some(Crew::start(readers, seed, Arc::clone(&self.wake), self.patience));
                self.state.open = Some(Arc::new(OpenStore { info, capabilities }));
            }
            Err(error) => self.state.failed = Some((path, error.into())),
        }
        true
    }

    /// The one place where late answers are dropped: of another store, or no longer waited for.
    pub(super) fn accept(&mut self, reply: Reply) -> bool {
        if reply.epoch != self.epoch {
            return false;
        }
        let is_slower = self.slowest.is_none_or(|slowest| reply.took > slowest.took);
        if is_slower && matches!(reply.outcome, Outcome::Done(_)) && reply.request != Request::Revision {
            self.slowest = Some(Slowest { label: reply.request.label(), took: reply.took });
        }
        if let Request::TraceRows(_) = reply.request {
            return match reply.outcome {
                Outcome::Done(Answer::TraceRows(rows)) => self.rows.finish(reply.serial, Some(rows), self.frame),
                Outcome::Cancelled => {
                    self.rows.forget(reply.serial);
                    true
                }
                _ => self.rows.finish(reply.serial, None, self.frame),
            };
        }
        if let (Request::Revision, Outcome::Done(Answer::Revision(revision, info))) = (&reply.request, &reply.outcome) {
            let has_changed = self.revision.is_some_and(|before| before != *revision);
            if has_changed {
                self.changed = Some(Instant::now());
            }
            self.info = Some(Arc::clone(info));
            self.revision = Some(*revision);
            self.generation += u64::from(has_changed);
        }
        let Some(entry) = self.shelf.get_mut(&reply.request) else { return false };
        if entry.pending.as_ref().is_none_or(|pending| pending.serial != reply.serial) {
            return false;
        }
        entry.pending = None;
        match reply.outcome {
            Outcome::Done(answer) => {
                if let Answer::Artifacts(tree) = &answer
                    && let Some(folder) = &tree.outside
                {
                    self.outside = Some(folder.as_str().into());
                }
                entry.put(answer);
                entry.error = None;
                entry.warnings = reply.warnings.into();
            }
            Outcome::Failed(error) => entry.error = Some(error.into()),
            Outcome::Cancelled => entry.generation = 0,
        }
        true
    }

    pub(super) fn give_up_stuck(&mut self, now: Instant) -> bool {
        let Some(crew) = &mut self.crew else { return false };
        let stuck = crew.replace_stuck(now);
        let has_news = !stuck.is_empty();
        for busy in stuck {
            self.rows.forget(busy.serial);
            if busy.epoch == self.epoch
                && let Some(entry) = self.shelf.get_mut(&busy.request)
                && entry.pending.as_ref().is_some_and(|pending| pending.serial == busy.serial)
            {
                let waited = now.saturating_duration_since(busy.since).as_secs();
                entry.pending = None;
                entry.error = Some(format!("no answer for {waited} s; the disk or network may be gone").into());
            }
        }
        has_news
    }

    pub(super) fn collect_warnings(&mut self) {
        let mut seen = HashSet::new();
        let mut all: Vec<Warning> = self.shelf.warnings().filter(|warning| seen.insert(*warning)).cloned().collect();
        all.sort_by(|a, b| (&a.place, &a.what).cmp(&(&b.place, &b.what)));
        if all[..] != self.warnings[..] {
            self.warnings = all.into();
        }
    }
}
