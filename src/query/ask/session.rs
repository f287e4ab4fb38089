//! One conversation with a store.

use std::sync::Arc;

use super::memo::{Claim, Memo, Scope};
use super::question::{AnyAnswer, AnyQuestion, CostClass, Question};
use crate::store::{ReadCx, Result, Store, StoreError};

/// Answers questions with one reader, and remembers in a [`Memo`] that sessions of other workers may share.
pub struct Session<'a> {
    /// The reader.
    pub store: &'a mut dyn Store,
    /// How to stop, how long it may take, what was found wrong.
    pub cx: &'a ReadCx,
    memo: Arc<Memo>,
    /// Which state of the store the answers have to be of; [`Memo`] counts them.
    generation: u64,
}

impl<'a> Session<'a> {
    /// A session on a store as it is in `generation`: answers of an earlier one are not taken any more.
    pub fn new(store: &'a mut dyn Store, cx: &'a ReadCx, memo: Arc<Memo>, generation: u64) -> Self {
        Self { store, cx, memo, generation }
    }

    /// A session that shares nothing, for a single question or command.
    pub fn alone(store: &'a mut dyn Store, cx: &'a ReadCx) -> Self {
        Self::new(store, cx, Arc::default(), 1)
    }

    /// The answer: remembered, or being found by another worker right now, or found here.
    ///
    /// # Errors
    /// Those of the question; [`StoreError::Cancelled`] or [`StoreError::TooSlow`] also while waiting for another
    /// worker.
    pub fn ask<Q: Question>(&mut self, question: &Q) -> Result<Arc<Q::Answer>> {
        let answer = self.ask_any(question)?;
        answer.get().ok_or(StoreError::Cancelled)
    }

    /// The same for a question of any type.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn ask_any(&mut self, question: &(dyn AnyQuestion + 'static)) -> Result<AnyAnswer> {
        if question.cost() == CostClass::Bodies {
            return question.find(self);
        }
        let (cx, memo) = (self.cx, Arc::clone(&self.memo));
        match memo.claim(question, cx, self.scope(), self.generation)? {
            Claim::Kept(answer, warnings) => {
                cx.warn_again(&warnings);
                Ok(answer)
            }
            Claim::Yours(claim) => {
                let (answer, warnings) = cx.capture(|| question.find(self));
                let answer = answer?;
                Ok(claim.keep(answer, warnings))
            }
        }
    }

    /// What was answered when the store was in an earlier state, for questions that only look at what is new.
    pub fn previous<Q: Question>(&self, question: &Q) -> Option<Arc<Q::Answer>> {
        self.memo.outdated(question, self.scope())?.get()
    }

    fn scope(&self) -> Scope {
        Scope { store: self.store.id(), reveal: self.cx.reveal() }
    }

    /// Tells whoever waits how far a long question is.
    pub fn tell_progress(&self, done: usize, of: usize) {
        self.memo.set_progress(done, of);
    }
}
