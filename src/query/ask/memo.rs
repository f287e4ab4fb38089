//! What sessions on one store remember: answers by question, bounded by bytes, each found once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::answer::AnyAnswer;
use super::key::{AnyKey, CostClass};
use crate::model::{Reveal, Warning};
use crate::query::facts_cache::{FactsCache, FactsCaches};
use crate::store::{ReadCx, Result, StoreId, StoreLocation};

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
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::query::ask::{Question, Session};
    use crate::store::memory::MemoryStore;
    use crate::store::{CancelToken, RunQuery, RunScope, Store, StoreError};

    static FOUND: AtomicUsize = AtomicUsize::new(0);
    static FAILS: AtomicBool = AtomicBool::new(false);

    /// Takes a while, and counts how often it was found.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Slow(&'static str);

    impl Question for Slow {
        type Answer = String;
        const LABEL: &'static str = "slow";

        fn answer(&self, session: &mut Session<'_>) -> Result<String> {
            FOUND.fetch_add(1, Ordering::SeqCst);
            session.cx.warn("here", "something was damaged");
            std::thread::sleep(Duration::from_millis(50));
            session.cx.check()?;
            if FAILS.swap(false, Ordering::SeqCst) { Err(StoreError::TooSlow) } else { Ok(self.0.to_owned()) }
        }

        fn bytes(answer: &String) -> usize {
            answer.len()
        }
    }

    /// Builds on another question.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Twice(&'static str);

    impl Question for Twice {
        type Answer = String;
        const LABEL: &'static str = "twice";

        fn answer(&self, session: &mut Session<'_>) -> Result<String> {
            Ok(format!("{0}{0}", session.ask(&Slow(self.0))?))
        }

        fn bytes(answer: &String) -> usize {
            answer.len()
        }
    }

    /// A large answer.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Large(usize);

    impl Question for Large {
        type Answer = usize;
        const LABEL: &'static str = "large";

        fn answer(&self, _: &mut Session<'_>) -> Result<usize> {
            Ok(self.0)
        }

        fn bytes(_: &usize) -> usize {
            10 << 20
        }
    }

    /// Says which run a store has; equal in all stores.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct NameOfRun;

    impl Question for NameOfRun {
        type Answer = String;
        const LABEL: &'static str = "name of a run";

        fn answer(&self, session: &mut Session<'_>) -> Result<String> {
            let query = RunQuery::new(RunScope::One("a".into()));
            Ok(session.store.runs(session.cx, &query)?.remove(0).name)
        }

        fn bytes(answer: &String) -> usize {
            answer.len()
        }
    }

    /// One store and what is remembered of it.
    struct Asked {
        memo: Arc<Memo>,
        store: MemoryStore,
    }

    impl Asked {
        fn new() -> Self {
            Self { memo: Arc::new(Memo::new()), store: MemoryStore::new() }
        }

        fn ask<Q: Question>(&self, question: &Q, generation: u64, cx: &ReadCx) -> Result<Arc<Q::Answer>> {
            Session::new(&mut self.store.clone(), cx, Arc::clone(&self.memo), generation).ask(question)
        }

        fn keeps<Q: Question>(&self, question: &Q, reveal: Reveal) -> bool {
            self.memo.outdated(question, Scope { store: self.store.id(), reveal }).is_some()
        }
    }

    #[test]
    fn two_stores_never_answer_for_each_other() {
        let memo = Arc::new(Memo::new());
        let of = |name: &str| {
            let store = MemoryStore::new();
            store.put_run(MemoryStore::run("a", "1", name, 1));
            Asked { memo: Arc::clone(&memo), store }
        };
        let (first, second, cx) = (of("first"), of("second"), ReadCx::new());
        for _ in 0..2 {
            assert_eq!(*first.ask(&NameOfRun, 1, &cx).expect("found"), "first");
            assert_eq!(*second.ask(&NameOfRun, 1, &cx).expect("found"), "second");
        }
        // Each was read once: the second round was remembered.
        assert_eq!((first.store.calls("run_page"), second.store.calls("run_page")), (1, 1));
        // One state of a store says nothing of a state of the other.
        second.store.put_run(MemoryStore::run("a", "1", "renamed", 1));
        assert_eq!(*second.ask(&NameOfRun, 2, &cx).expect("found"), "renamed");
        assert_eq!(*first.ask(&NameOfRun, 1, &cx).expect("kept"), "first");
        assert_eq!(first.store.calls("run_page"), 1);
        // What was found with secrets is not told without them.
        assert!(first.keeps(&NameOfRun, Reveal::Masked) && !first.keeps(&NameOfRun, Reveal::Revealed));
    }

    // One test, since the counters above are shared.
    #[test]
    fn each_answer_is_found_once_and_counts_for_one_state_of_the_store() {
        let (asked, cx) = (Asked::new(), ReadCx::new());
        assert_eq!(*asked.ask(&Twice("a"), 1, &cx).expect("found"), "aa");
        assert_eq!(*asked.ask(&Slow("a"), 1, &cx).expect("kept"), "a");
        assert_eq!(FOUND.load(Ordering::SeqCst), 1);
        // What was wrong is told to everybody.
        assert_eq!(cx.take_warnings().len(), 1);
        asked.ask(&Twice("a"), 1, &cx).expect("kept");
        assert_eq!(cx.take_warnings().len(), 1);
        // Another state of the store, and with secrets: found anew; what says the same is the same.
        let before = asked.ask(&Slow("a"), 1, &cx).expect("kept");
        let after = asked.ask(&Slow("a"), 2, &cx).expect("found");
        assert!(Arc::ptr_eq(&before, &after));
        assert_eq!(FOUND.load(Ordering::SeqCst), 2);
        asked.ask(&Slow("a"), 2, &ReadCx::new().with_reveal(Reveal::Revealed)).expect("found");
        assert_eq!(FOUND.load(Ordering::SeqCst), 3);

        // Several workers at once.
        let barrier = Barrier::new(4);
        let one = || {
            barrier.wait();
            asked.ask(&Slow("b"), 2, &ReadCx::new()).map(|answer| (*answer).clone())
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
            for worker in workers {
                assert_eq!(worker.join().expect("no panic").expect("an answer"), "b");
            }
        });
        assert_eq!(FOUND.load(Ordering::SeqCst), 4);

        // One that fails or is cancelled leaves nothing, and who waited finds it himself.
        FAILS.store(true, Ordering::SeqCst);
        let cancel = CancelToken::new();
        let cancelled = ReadCx::new().with_cancel(cancel.clone());
        assert!(asked.ask(&Slow("c"), 2, &cx).is_err());
        cancel.cancel();
        assert!(matches!(asked.ask(&Slow("c"), 2, &cancelled), Err(StoreError::Cancelled)));
        assert_eq!(*asked.ask(&Twice("c"), 2, &cx).expect("found at last"), "cc");
        assert_eq!(FOUND.load(Ordering::SeqCst), 6);
    }

    #[test]
    fn what_was_not_looked_at_for_longest_goes_first() {
        let (asked, cx) = (Asked::new(), ReadCx::new());
        for number in 0..3 {
            asked.ask(&Large(number), 1, &cx).expect("found");
        }
        asked.ask(&Large(0), 1, &cx).expect("kept");
        asked.ask(&Large(3), 1, &cx).expect("found");
        let kept: Vec<bool> = (0..4).map(|one| asked.keeps(&Large(one), Reveal::Masked)).collect();
        assert_eq!(kept, [true, false, false, true].map(|kept| kept), "at most three quarters of 32 MB are left");
    }
}
