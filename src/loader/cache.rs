//! Answers that were given, bounded by bytes: what was not looked at for longest goes first.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::failure::Failure;
use super::lane::Lane;
use super::slot::Slot;
use crate::model::Warning;
use crate::query::ask::{AnyAnswer, AnyKey, CostClass};
use crate::store::{CancelToken, StoreId};

/// A request that is under way.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub serial: u64,
    pub since: Instant,
    /// What is asked for, in words.
    pub label: &'static str,
    /// How urgently.
    pub lane: Lane,
    pub cancel: CancelToken,
}

/// All that is known about one question.
#[derive(Debug)]
pub(super) struct Entry {
    pub answer: Option<AnyAnswer>,
    pub warnings: Arc<[Warning]>,
    pub error: Option<Failure>,
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
    pub fn put(&mut self, answer: AnyAnswer) {
        self.answer = Some(answer.or_same(self.answer.as_ref()));
    }

    /// What to show of it.
    pub fn slot<T: Send + Sync + 'static>(&self) -> Slot<T> {
        let value = self.answer.as_ref().and_then(AnyAnswer::get);
        if let Some(error) = &self.error {
            return Slot::Failed { error: error.clone(), previous: value };
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
            Some(answer) => self.is_expired || (self.generation < generation && !answer.is_final),
        }
    }
}

/// The answers by their questions.
type Entries = HashMap<Arc<dyn AnyKey>, Entry>;

/// The answers, by the store that was asked.
#[derive(Debug, Default)]
pub(super) struct AnswerCache {
    stores: HashMap<StoreId, Entries>,
}

impl AnswerCache {
    /// What is known about a question; from now on something is.
    pub fn entry(&mut self, store: StoreId, question: &(dyn AnyKey + 'static)) -> &mut Entry {
        let entries = self.stores.entry(store).or_default();
        if !entries.contains_key(question) {
            entries.insert(question.to_shared(), Entry::default());
        }
        entries.entry(question.to_shared()).or_default()
    }

    pub fn get_mut(&mut self, store: StoreId, question: &(dyn AnyKey + 'static)) -> Option<&mut Entry> {
        self.stores.get_mut(&store)?.get_mut(question)
    }

    fn all(&self) -> impl Iterator<Item = &Entry> {
        self.stores.values().flat_map(HashMap::values)
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.stores.values_mut().flat_map(HashMap::values_mut)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.stores.clear();
    }

    /// Everything is to be asked again, and is shown meanwhile.
    pub fn expire(&mut self) {
        for entry in self.all_mut() {
            entry.is_expired = true;
        }
    }

    /// Cancels what nobody wanted since `frame`; returns the serials.
    pub fn cancel_unwanted(&mut self, frame: u64) -> Vec<u64> {
        let mut serials = Vec::new();
        for entry in self.all_mut() {
            if entry.wanted < frame
                && let Some(pending) = entry.pending.take()
            {
                pending.cancel.cancel();
                serials.push(pending.serial);
            }
        }
        serials
    }

    /// What is waited for most: of the most urgent what has been waited for longest.
    pub fn most_awaited(&self) -> Option<&Pending> {
        self.all().filter_map(|entry| entry.pending.as_ref()).min_by_key(|pending| (pending.lane, pending.since))
    }

    /// Whether anything is under way.
    pub fn has_pending(&self) -> bool {
        self.all().any(|entry| entry.pending.is_some())
    }

    /// Lets go of the answers that were not wanted for longest, until each class keeps its bound.
    /// What was wanted since `frame` stays in any case.
    pub fn evict(&mut self, frame: u64) {
        for class in CostClass::ALL {
            let bytes = |entry: &Entry| entry.answer.as_ref().map_or(0, |answer| answer.bytes);
            let all = || self.stores.iter().flat_map(|(store, entries)| entries.iter().map(move |one| (*store, one)));
            let of_class = || all().filter(|(_, (question, _))| question.cost() == class);
            let mut total: usize = of_class().map(|(_, (_, entry))| bytes(entry)).sum();
            if total <= class.most_bytes() {
                continue;
            }
            let mut oldest: Vec<(u64, usize, StoreId, Arc<dyn AnyKey>)> = of_class()
                .filter(|(_, (_, entry))| entry.wanted < frame && entry.pending.is_none())
                .map(|(store, (question, entry))| (entry.wanted, bytes(entry), store, Arc::clone(question)))
                .collect();
            oldest.sort_by_key(|(wanted, ..)| *wanted);
            for (_, bytes, store, question) in oldest {
                if total <= class.most_bytes() {
                    break;
                }
                if let Some(entries) = self.stores.get_mut(&store) {
                    entries.remove(&*question);
                }
                total -= bytes;
            }
        }
    }

    /// All warnings of what is kept.
    pub fn warnings(&self) -> impl Iterator<Item = &Warning> {
        self.all().flat_map(|entry| entry.warnings.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::file::{FileBytes, FileOf};
    use crate::model::ArtifactOwner;

    fn text(name: &str) -> FileOf {
        FileOf { owner: ArtifactOwner::Model("m".into()), path: name.into(), limit: u64::MAX }
    }

    #[test]
    fn what_was_not_wanted_for_longest_goes_first() {
        let (mut cache, store) = (AnswerCache::default(), StoreId::fresh());
        for (frame, name) in [(1, "a"), (2, "b"), (3, "c")] {
            let file = FileBytes::new(vec![b'x'; 15 << 20], 0, false);
            let entry = cache.entry(store, &text(name));
            entry.put(AnyAnswer::new(Some(file), 15 << 20, false));
            entry.wanted = frame;
        }
        cache.evict(3);
        let kept: Vec<bool> = ["a", "b", "c"].iter().map(|name| cache.get_mut(store, &text(name)).is_some()).collect();
        assert_eq!(kept, [false, true, true]);
    }

    #[test]
    fn two_stores_are_asked_the_same_and_answer_apart() {
        let (mut cache, stores) = (AnswerCache::default(), [StoreId::fresh(), StoreId::fresh()]);
        for (store, answer) in stores.into_iter().zip([1_u32, 2]) {
            let entry = cache.entry(store, &text("a"));
            assert!(entry.answer.is_none(), "nothing is known of the second because the first was asked");
            entry.put(AnyAnswer::new(answer, 20 << 20, false));
            entry.wanted = u64::from(answer);
        }
        let answers = stores
            .map(|store| cache.get_mut(store, &text("a")).and_then(|entry| entry.slot::<u32>().value().map(|it| **it)));
        assert_eq!(answers, [Some(1), Some(2)]);
        // They share a bound: what was not wanted for longest goes, of whichever store.
        cache.evict(2);
        assert_eq!(stores.map(|store| cache.get_mut(store, &text("a")).is_some()), [false, true]);
    }
}
