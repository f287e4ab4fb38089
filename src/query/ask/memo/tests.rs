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
