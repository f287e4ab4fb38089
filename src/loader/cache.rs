//! Answers that were given, bounded by bytes: what was not looked at for longest goes first.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::answer::Answer;
use super::request::Request;
use super::slot::Slot;
use crate::model::Warning;
use crate::store::CancelToken;

/// Answers of one kind share a bound, so that bodies never push out the tree they belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Class {
    Bodies,
    Trees,
    Rest,
}

impl Class {
    fn of(request: &Request) -> Self {
        match request {
            Request::SpanBody(..)
            | Request::WholeSpanBody(..)
            | Request::SpanJson(..)
            | Request::Artifact(..)
            | Request::Program(..)
            | Request::Diff(..)
            | Request::Evolution(..)
            | Request::Lineage(_)
            | Request::Derived(_) => Self::Bodies,
            Request::TraceTree(_) | Request::SpanFacts(_) | Request::TraceIndex(_) => Self::Trees,
            _ => Self::Rest,
        }
    }

    fn most_bytes(self) -> usize {
        match self {
            Self::Bodies => 32 << 20,
            Self::Trees | Self::Rest => 16 << 20,
        }
    }
}

/// A request that is under way.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub serial: u64,
    pub since: Instant,
    pub cancel: CancelToken,
}

/// All that is known about one request.
#[derive(Debug)]
pub(super) struct Entry {
    pub answer: Option<Answer>,
    /// About how many bytes the answer holds; counted once.
    bytes: usize,
    pub warnings: Arc<[Warning]>,
    pub error: Option<Arc<str>>,
    pub pending: Option<Pending>,
    /// The generation of the store at which it was last asked.
    pub generation: u64,
    /// The frame in which it was last wanted.
    pub wanted: u64,
    /// To be asked again even if its answer was final.
    pub is_expired: bool,
}

impl Default for Entry {
    fn default() -> Self {
        Self {
            answer: None,
            bytes: 0,
            warnings: Arc::new([]),
            error: None,
            pending: None,
            generation: 0,
            wanted: 0,
            is_expired: false,
        }
    }
}

impl Entry {
    /// Keeps an answer; one that says the same as before changes nothing.
    pub fn put(&mut self, answer: Answer) {
        let answer = answer.or_same(self.answer.as_ref());
        self.bytes = answer.bytes();
        self.answer = Some(answer);
    }

    /// What to show of it.
    pub fn slot<T>(&self, pick: impl Fn(&Answer) -> Option<Arc<T>>) -> Slot<T> {
        let value = self.answer.as_ref().and_then(pick);
        if let Some(error) = &self.error {
            return Slot::Failed { error: Arc::clone(error), previous: value };
        }
        match (&self.pending, value) {
            (Some(pending), previous) => Slot::Pending { previous, since: pending.since },
            (None, Some(value)) => Slot::Ready { value, warnings: Arc::clone(&self.warnings) },
            (None, None) => Slot::Empty,
        }
    }

    /// Whether it should be asked (again).
    pub fn is_due(&self, generation: u64) -> bool {
        if self.pending.is_some() {
            return false;
        }
        match &self.answer {
            None => self.error.is_none() || self.generation < generation,
            Some(answer) => self.is_expired || (self.generation < generation && !answer.is_final()),
        }
    }
}

/// The answers by their requests.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    entries: HashMap<Request, Entry>,
}

impl Shelf {
    pub fn entry(&mut self, request: &Request) -> &mut Entry {
        self.entries.entry(request.clone()).or_default()
    }

    pub fn get_mut(&mut self, request: &Request) -> Option<&mut Entry> {
        self.entries.get_mut(request)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Everything is to be asked again, and is shown meanwhile.
    pub fn expire(&mut self) {
        for entry in self.entries.values_mut() {
            entry.is_expired = true;
        }
    }

    /// Cancels what nobody wanted since `frame`; returns the serials.
    pub fn cancel_unwanted(&mut self, frame: u64) -> Vec<u64> {
        let mut serials = Vec::new();
        for entry in self.entries.values_mut() {
            if entry.wanted < frame
                && let Some(pending) = entry.pending.take()
            {
                pending.cancel.cancel();
                serials.push(pending.serial);
            }
        }
        serials
    }

    /// Whether anything is under way that somebody waits for; nobody does for the look for changes.
    pub fn has_pending(&self) -> bool {
        self.entries.iter().any(|(key, entry)| entry.pending.is_some() && *key != Request::Revision)
    }

    /// Lets go of the answers that were not wanted for longest, until each class keeps its bound.
    /// What was wanted since `frame` stays in any case.
    pub fn evict(&mut self, frame: u64) {
        for class in [Class::Bodies, Class::Trees, Class::Rest] {
            let of_class = |request: &&Request| Class::of(request) == class;
            let mut total: usize = self.entries.iter().filter(|(key, _)| of_class(key)).map(|(_, e)| e.bytes).sum();
            if total <= class.most_bytes() {
                continue;
            }
            let mut oldest: Vec<(u64, usize, Request)> = self
                .entries
                .iter()
                .filter(|(key, entry)| of_class(key) && entry.wanted < frame && entry.pending.is_none())
                .map(|(key, entry)| (entry.wanted, entry.bytes, key.clone()))
                .collect();
            oldest.sort_by_key(|(wanted, _, _)| *wanted);
            for (_, bytes, key) in oldest {
                if total <= class.most_bytes() {
                    break;
                }
                self.entries.remove(&key);
                total -= bytes;
            }
        }
    }

    /// All warnings of what is kept.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.entries.values().flat_map(|entry| entry.warnings.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::file::FileBytes;
    use crate::model::ArtifactOwner;

    fn text(name: &str) -> Request {
        Request::Artifact(ArtifactOwner::Model("m".into()), name.into(), u64::MAX)
    }

    #[test]
    fn what_was_not_wanted_for_longest_goes_first() {
        let mut shelf = Shelf::default();
        for (frame, name) in [(1, "a"), (2, "b"), (3, "c")] {
            let file = FileBytes::new(vec![b'x'; 15 << 20], 0, false);
            let entry = shelf.entry(&text(name));
            entry.put(Answer::Artifact(Arc::new(Some(file))));
            entry.wanted = frame;
        }
        shelf.evict(3);
        let kept: Vec<bool> = ["a", "b", "c"].iter().map(|name| shelf.get_mut(&text(name)).is_some()).collect();
        assert_eq!(kept, [false, true, true]);
    }
}
