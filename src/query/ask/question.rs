//! What can be asked, and the conversation in which it is: a question is answered with a [`Session`], which it may ask
//! further questions. Below both, what is kept knows nothing of asking: [`AnyKey`], [`AnyAnswer`], [`Memo`].

use std::any::{Any, TypeId};
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::answer::AnyAnswer;
use super::key::{AnyKey, CostClass};
use super::memo::{Claim, Memo, Scope};
use crate::model::{Labels, Prices};
use crate::query::facts_cache::FactsCache;
use crate::query::labels::book::store_key;
use crate::store::{ReadCx, Result, Store, StoreError};

/// A question for a store: the value is what identifies it. Questions ask each other through the [`Session`], never
/// in a circle.
pub trait Question: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    /// What it answers. Equal answers let whoever drew from the old one keep its drawing.
    type Answer: PartialEq + Send + Sync + 'static;

    /// What it asks for, in words: "slowest: list of traces, 84 ms".
    const LABEL: &'static str;

    /// What keeping its answer costs.
    const COST: CostClass = CostClass::Facts;

    /// Finds the answer; blocks.
    ///
    /// # Errors
    /// Those of the store. What a store does not have is no error but an answer.
    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer>;

    /// About how many bytes an answer holds.
    fn bytes(answer: &Self::Answer) -> usize;

    /// Whether writing to the store cannot change this answer any more.
    fn is_final(_answer: &Self::Answer) -> bool {
        false
    }
}

/// A [`Question`] of any type.
pub trait AnyQuestion: AnyKey {
    /// [`Question::LABEL`]
    fn label(&self) -> &'static str;
    /// [`Question::answer`]
    ///
    /// # Errors
    /// Those of the question.
    fn find(&self, session: &mut Session<'_>) -> Result<AnyAnswer>;
}

impl<Q: Question> AnyKey for Q {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_same(&self, other: &dyn AnyKey) -> bool {
        other.as_any().downcast_ref::<Q>() == Some(self)
    }

    fn hash_into(&self, mut hasher: &mut dyn Hasher) {
        TypeId::of::<Q>().hash(&mut hasher);
        self.hash(&mut hasher);
    }

    fn to_shared(&self) -> Arc<dyn AnyKey> {
        Arc::new(self.clone())
    }

    fn cost(&self) -> CostClass {
        Q::COST
    }
}

impl<Q: Question> AnyQuestion for Q {
    fn label(&self) -> &'static str {
        Q::LABEL
    }

    fn find(&self, session: &mut Session<'_>) -> Result<AnyAnswer> {
        let answer = self.answer(session)?;
        let (bytes, is_final) = (64 + Q::bytes(&answer), Q::is_final(&answer));
        Ok(AnyAnswer::new(answer, bytes, is_final))
    }
}

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

    /// What is kept of the traces of this store.
    pub fn facts_cache(&self) -> Arc<FactsCache> {
        self.memo.facts(self.store.id(), &self.store.info().location)
    }

    /// The prices of models.
    pub fn prices(&self) -> Arc<Prices> {
        self.memo.prices()
    }

    /// Where the user's own prices are, or would be; `None` where no such file is asked for.
    pub fn price_file(&self) -> Option<PathBuf> {
        self.memo.price_file().map(Path::to_path_buf)
    }

    /// What the user said of the traces and examples of this store, as it is now.
    ///
    /// # Errors
    /// Those of the store, which tells by what it is known again.
    pub fn labels(&mut self) -> Result<Arc<Labels>> {
        let memo = Arc::clone(&self.memo);
        let book = match memo.labels().opened(self.store.id()) {
            Some(book) => book,
            None => {
                let key = store_key(self.store, self.cx)?;
                memo.labels().open(self.store.id(), &key)
            }
        };
        Ok(book.labels(self.cx))
    }

    fn scope(&self) -> Scope {
        Scope { store: self.store.id(), reveal: self.cx.reveal() }
    }

    /// Tells whoever waits how far a long question is.
    pub fn tell_progress(&self, done: usize, of: usize) {
        self.memo.set_progress(done, of);
    }
}
