//! What accompanies every reading: how to stop it, how long it may take, what it found wrong.

mod budget;

use std::any::Any;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use budget::{Allowance, Budget, Part};

use super::StoreError;
use crate::model::{Reveal, Unmasked, Warning};

/// Tells a reading on another thread that nobody waits for it any more.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the reading to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Who waits for a reading. A store that does so much at a time and no more keeps something free for those who wait most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Somebody waits for this alone.
    #[default]
    First,
    /// It is looked at, beside other things.
    Beside,
    /// Nobody knows of it.
    Behind,
}

/// At most this many warnings are kept of one reading; the rest is counted.
const MAX_WARNINGS: usize = 1000;

/// What a store keeps until a reading is over, and its key.
type Kept = (usize, Box<dyn Any + Send>);

/// The circumstances of one reading.
#[derive(Debug, Default)]
pub struct ReadCx {
    cancel: CancelToken,
    deadline: Option<Instant>,
    reveal: Reveal,
    budget: Budget,
    urgency: Urgency,
    warnings: RefCell<(Vec<Warning>, usize)>,
    /// Dropped when the reading is over.
    kept: Arc<Mutex<Vec<Kept>>>,
}

impl ReadCx {
    /// No deadline, never cancelled, secrets masked, the time of a window for what can be left out.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for another thread that takes part in this reading; its warnings are its own.
    pub(super) fn for_thread(&self) -> Self {
        let Self { deadline, reveal, budget, urgency, .. } = *self;
        Self { cancel: self.cancel.clone(), deadline, reveal, budget, urgency, ..Self::default() }
    }

    /// Stops when `cancel` says so.
    pub fn with_cancel(mut self, cancel: CancelToken) -> Self {
        self.cancel = cancel;
        self
    }

    /// Stops after `limit` from now.
    pub fn with_deadline(mut self, limit: Duration) -> Self {
        self.deadline = Instant::now().checked_add(limit);
        self
    }

    /// Shows or masks secrets.
    pub fn with_reveal(mut self, reveal: Reveal) -> Self {
        self.reveal = reveal;
        self
    }

    /// Gives the parts that can be left out other times.
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Says who waits for it; without that, somebody waits for this alone.
    pub fn with_urgency(mut self, urgency: Urgency) -> Self {
        self.urgency = urgency;
        self
    }

    /// Who waits for it.
    pub fn urgency(&self) -> Urgency {
        self.urgency
    }

    /// How long the parts that can be left out may take.
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// Begins a part of the answer that ends early, without an error, where it takes too long.
    pub fn begin(&self, part: Part) -> Allowance {
        self.budget.begin(part)
    }

    /// Whether secrets are shown.
    pub fn reveal(&self) -> Reveal {
        self.reveal
    }

    /// The token to check from a callback.
    pub fn cancel_token(&self) -> &CancelToken {
        &self.cancel
    }

    /// When it must have ended.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// An error as soon as the reading should stop; call it in every long loop.
    ///
    /// # Errors
    /// [`StoreError::Cancelled`] or [`StoreError::TooSlow`].
    pub fn check(&self) -> Result<(), StoreError> {
        if self.cancel.is_cancelled() {
            Err(StoreError::Cancelled)
        } else if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            Err(StoreError::TooSlow)
        } else {
            Ok(())
        }
    }

    /// Keeps something until this reading is over, made by `make` unless something is kept under this
    /// key already: a store need not open anew for each of many questions, and lets go in the end.
    pub(super) fn keep<T: Any + Send>(&self, key: usize, make: impl FnOnce() -> T) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.iter().any(|(known, _)| *known == key) {
            kept.push((key, Box::new(make())));
        }
    }

    /// Notes something damaged or missing; the same twice is noted once.
    pub fn warn(&self, place: impl Into<String>, what: impl Into<String>) {
        // A reader may quote an address.
        let warning = Warning::new(place, Unmasked::new(what.into()).readable(self.reveal));
        let mut warnings = self.warnings.borrow_mut();
        if warnings.0.len() >= MAX_WARNINGS {
            warnings.1 += 1;
        } else if !warnings.0.contains(&warning) {
            warnings.0.push(warning);
        }
    }

    /// Notes again what an answer that is remembered was accompanied by.
    pub fn warn_again(&self, warnings: &[Warning]) {
        for warning in warnings {
            self.warn(&*warning.place, &*warning.what);
        }
    }

    /// Runs a part of the reading whose warnings are dropped: of what is only looked into to know more.
    pub fn quietly<T>(&self, part: impl FnOnce() -> T) -> T {
        let before = std::mem::take(&mut *self.warnings.borrow_mut());
        let value = part();
        *self.warnings.borrow_mut() = before;
        value
    }

    /// Runs a part of the reading, and gives what it noted apart; it counts for the whole as well.
    pub fn capture<T>(&self, part: impl FnOnce() -> T) -> (T, Vec<Warning>) {
        let before = std::mem::take(&mut *self.warnings.borrow_mut());
        let value = part();
        let (own, more) = std::mem::replace(&mut *self.warnings.borrow_mut(), before);
        self.warn_again(&own);
        self.warnings.borrow_mut().1 += more;
        (value, own)
    }

    /// Everything noted so far, in order; starts anew.
    pub fn take_warnings(&self) -> Vec<Warning> {
        let (mut warnings, more) = std::mem::take(&mut *self.warnings.borrow_mut());
        if more > 0 {
            warnings.push(Warning::new("more", format!("{more} more warnings of this reading are not listed")));
        }
        warnings
    }
}
