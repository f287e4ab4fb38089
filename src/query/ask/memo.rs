//! What sessions on one store remember: answers by question, bounded by bytes, each found once.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::answer::AnyAnswer;
use super::key::{AnyKey, CostClass};
use crate::model::{Prices, Reveal, Warning};
use crate::query::facts_cache::{FactsCache, FactsCaches};
use crate::query::labels::book::LabelBooks;
use crate::query::prices::{PriceFile, PriceShelf};
use crate::store::{FileStamp, ReadCx, Result, StoreId, StoreLocation};

/// Who has been at a question for longer is stuck in a dead disk or network: the next one tries himself. Longer than
/// any reading may take.
const STUCK_AFTER: Duration = Duration::from_secs(90);

/// How often somebody who waits for another worker looks whether he is still to wait.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Answers that sessions of all workers share. An answer counts for its store and for what may be seen, and in that
/// for the generation of the store in which it was found. All who share a memo give the parts that can be left out
/// the same time.
#[derive(Debug, Default)]
pub struct Memo {
    kept: Mutex<HashMap<Scope, Answers>>,
    found: Condvar,
    progress: (AtomicUsize, AtomicUsize),
    facts: FactsCaches,
    prices: PriceShelf,
    labels: Arc<LabelBooks>,
}

/// Whose answers they are: those of two stores never meet, nor those with secrets and without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Scope {
    /// The store that was read.
    pub store: StoreId,
    /// Whether secrets are in them.
    pub reveal: Reveal,
}

#[derive(Debug, Default)]
struct Answers {
    entries: HashMap<Arc<dyn AnyKey>, Entry>,
    /// Counts the looks, so that the least recent one is known.
    looks: u64,
    /// About how many bytes are held, by class.
    held: HashMap<CostClass, usize>,
}

#[derive(Debug, Default)]
struct Entry {
    /// Who is at it: a number of his own, and since when.
    finding: Option<(u64, Instant)>,
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    answer: AnyAnswer,
    /// What was damaged or missing; told again to whoever takes the answer.
    warnings: Arc<[Warning]>,
    generation: u64,
    looked: u64,
}

/// What somebody who asks gets.
pub(super) enum Claim<'m> {
    /// The answer.
    Kept(AnyAnswer, Arc<[Warning]>),
    /// Nobody has it: find it. Others wait until this is dropped.
    Yours(Finding<'m>),
}

/// The duty to find an answer. Dropped without one, by an error, a cancel or a panic, it leaves nothing behind and
/// lets the next one try.
pub(super) struct Finding<'m> {
    memo: &'m Memo,
    question: Arc<dyn AnyKey>,
    scope: Scope,
    generation: u64,
    number: u64,
}

impl Memo {
    /// A memo that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One that keeps the facts of traces in a folder, from one session to the next.
    pub fn with_cache(folder: PathBuf) -> Self {
        Self { facts: FactsCaches::in_folder(folder), ..Self::default() }
    }

    /// The same with the user's file of prices over those that are shipped.
    #[must_use]
    pub fn with_prices(self, file: Option<PriceFile>) -> Self {
        Self { prices: PriceShelf::new(file), ..self }
    }

    /// The prices that count now.
    pub fn prices(&self) -> Arc<Prices> {
        self.prices.prices()
    }

    /// Where the user's file of prices is, or would be.
    pub fn price_file(&self) -> Option<&Path> {
        self.prices.path()
    }

    /// What that file was when it was read; `None` if nobody asked for prices yet.
    pub fn read_price_stamp(&self) -> Option<Option<FileStamp>> {
        self.prices.read_stamp()
    }

    /// What the user's file of prices is now; `None` if there is none.
    pub fn price_stamp(&self) -> Option<FileStamp> {
        self.prices.stamp()
    }

    /// The same with what users said of traces and examples.
    #[must_use]
    pub fn with_labels(self, labels: Arc<LabelBooks>) -> Self {
        Self { labels, ..self }
    }

    /// What users said of traces and examples.
    pub(super) fn labels(&self) -> &LabelBooks {
        &self.labels
    }

    /// The facts of the traces of a store.
    pub(super) fn facts(&self, store: StoreId, location: &StoreLocation) -> Arc<FactsCache> {
        self.facts.of(store, location)
    }

    /// How far the last question that took long has come: so many of so many; `None` before there was any.
    pub fn progress(&self) -> Option<(usize, usize)> {
        let (done, of) = (self.progress.0.load(Ordering::Relaxed), self.progress.1.load(Ordering::Relaxed));
        (done > 0).then_some((done, of))
    }

    pub(super) fn set_progress(&self, done: usize, of: usize) {
        self.progress.0.store(done, Ordering::Relaxed);
        self.progress.1.store(of, Ordering::Relaxed);
    }

    /// The answer, or the duty to find it; waits while somebody else is at it.
    pub(super) fn claim(
        &self,
        question: &(dyn AnyKey + 'static),
        cx: &ReadCx,
        scope: Scope,
        generation: u64,
    ) -> Result<Claim<'_>> {
        let mut kept = self.lock();
        let finding = loop {
            cx.check()?;
            let answers = kept.entry(scope).or_default();
            answers.looks += 1;
            let looks = answers.looks;
            match answers.entries.get_mut(question) {
                Some(Entry { kept: Some(kept), .. }) if kept.generation >= generation => {
                    kept.looked = looks;
                    return Ok(Claim::Kept(kept.answer.clone(), Arc::clone(&kept.warnings)));
                }
                Some(Entry { finding: Some((_, since)), .. }) if since.elapsed() < STUCK_AFTER => {
                    kept = self.found.wait_timeout(kept, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner).0;
                }
                Some(entry) => {
                    entry.finding = Some((looks, Instant::now()));
                    break Finding { memo: self, question: question.to_shared(), scope, generation, number: looks };
                }
                None => {
                    let shared = question.to_shared();
                    let entry = Entry { finding: Some((looks, Instant::now())), kept: None };
                    answers.entries.insert(Arc::clone(&shared), entry);
                    break Finding { memo: self, question: shared, scope, generation, number: looks };
                }
            }
        };
        Ok(Claim::Yours(finding))
    }

    /// The last answer, of whichever state of the store.
    pub(super) fn outdated(&self, question: &(dyn AnyKey + 'static), scope: Scope) -> Option<AnyAnswer> {
        let kept = self.lock();
        Some(kept.get(&scope)?.entries.get(question)?.kept.as_ref()?.answer.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Scope, Answers>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Finding<'_> {
    /// Remembers the answer; one that says the same as before is the one from before.
    pub fn keep(self, answer: AnyAnswer, warnings: Vec<Warning>) -> AnyAnswer {
        let mut kept = self.memo.lock();
        let answers = kept.entry(self.scope).or_default();
        let before = answers.entries.get(&*self.question).and_then(|entry| entry.kept.as_ref());
        let answer = answer.or_same(before.map(|kept| &kept.answer));
        let (generation, looked) = (self.generation, answers.looks);
        answers.put(&self.question, Kept { answer: answer.clone(), warnings: warnings.into(), generation, looked });
        answer
    }
}

impl Drop for Finding<'_> {
    fn drop(&mut self) {
        let mut kept = self.memo.lock();
        if let Some(answers) = kept.get_mut(&self.scope)
            && let Some(entry) = answers.entries.get_mut(&*self.question)
            && entry.finding.is_some_and(|(number, _)| number == self.number)
        {
            entry.finding = None;
            if entry.kept.is_none() {
                answers.entries.remove(&*self.question);
            }
        }
        drop(kept);
        self.memo.found.notify_all();
    }
}

impl Answers {
    fn put(&mut self, question: &Arc<dyn AnyKey>, kept: Kept) {
        let cost = question.cost();
        let held = self.held.entry(cost).or_default();
        *held += kept.answer.bytes;
        let entry = self.entries.entry(Arc::clone(question)).or_default();
        if let Some(before) = entry.kept.replace(kept) {
            *held = held.saturating_sub(before.answer.bytes);
        }
        if *held > cost.most_bytes() {
            self.evict(cost);
        }
    }

    /// Forgets what was not looked at for longest, until a class holds three quarters of its bound: looking for it
    /// is not worth doing for each answer.
    fn evict(&mut self, cost: CostClass) {
        let of_class =
            self.entries.iter().filter(|(question, entry)| question.cost() == cost && entry.finding.is_none());
        let mut oldest: Vec<(u64, usize, Arc<dyn AnyKey>)> = of_class
            .filter_map(|(question, entry)| {
                let kept = entry.kept.as_ref()?;
                Some((kept.looked, kept.answer.bytes, Arc::clone(question)))
            })
            .collect();
        oldest.sort_by_key(|(looked, _, _)| *looked);
        let held = self.held.entry(cost).or_default();
        for (_, bytes, question) in oldest {
            if *held <= cost.most_bytes() / 4 * 3 {
                break;
            }
            self.entries.remove(&*question);
            *held = held.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests;
