//! Who answers behind the address of the open store, if it has one: whether it asks who the user is, and telling it, on
//! a thread of its own, since it may take its time.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use super::failure::Failure;
use super::loader::Loader;
use super::worker::Wake;
use crate::store::{CancelToken, ReadCx, Refusal, Server, SignIn, StoreError};

/// What is known of the server of the open store.
#[derive(Default)]
pub(super) struct ServerDesk {
    server: Option<Arc<dyn Server>>,
    /// It has asked who the user is, and does not know it yet.
    is_refused: bool,
    /// The same, until the user was told.
    is_news: bool,
    attempt: Option<Attempt>,
    /// What came of the last attempt: why it failed, or nothing.
    failure: Option<Failure>,
    /// The last attempt went well, until the window was told.
    is_done: bool,
}

/// The server is being told who the user is. Dropping it lets go of it.
struct Attempt {
    answer: Receiver<Result<(), Failure>>,
    cancel: CancelToken,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Attempt {
    fn start(server: Arc<dyn Server>, who: SignIn, wake: Wake) -> Self {
        let (sender, answer) = sync_channel(1);
        let cancel = CancelToken::new();
        let (failed, token) = (sender.clone(), cancel.clone());
        let spawned = thread::Builder::new().name("sign-in".to_owned()).spawn(move || {
            // Nobody waits any more: the user has closed the panel.
            let _ = sender.send(server.sign_in(&ReadCx::new().with_cancel(token), &who).map_err(Failure::from));
            wake();
        });
        if let Err(error) = spawned {
            let _ = failed.send(Err(Failure::NoThread(error.to_string().into())));
        }
        Self { answer, cancel }
    }
}

impl ServerDesk {
    /// Another store is open, behind an address or not.
    pub fn enter(&mut self, server: Option<Arc<dyn Server>>) {
        *self = Self { server, ..Self::default() };
    }

    /// Something could not be read: maybe because the server asks who the user is.
    pub fn note(&mut self, failure: &Failure) {
        let asks = |error| matches!(error, &StoreError::Refused { refusal, .. } if refusal != Refusal::Forbidden);
        let asks = failure.store_error().is_some_and(asks);
        if asks && self.server.is_some() && !std::mem::replace(&mut self.is_refused, true) {
            self.is_news = true;
        }
    }

    /// Whether it is being told who the user is.
    pub fn is_busy(&self) -> bool {
        self.attempt.is_some()
    }
}

impl Loader {
    /// Who answers behind the address of the open store, if it has one.
    pub fn server(&self) -> Option<&Arc<dyn Server>> {
        self.desk.server.as_ref()
    }

    /// Whether the server has asked who the user is and does not know it yet.
    pub fn is_refused(&self) -> bool {
        self.desk.is_refused
    }

    /// Whether it asks for the first time since it knew, told once.
    pub fn take_question(&mut self) -> bool {
        std::mem::take(&mut self.desk.is_news)
    }

    /// Tells the server who the user is. What is on screen is asked again as soon as it accepts that.
    pub fn sign_in(&mut self, who: SignIn) {
        let Some(server) = self.desk.server.clone() else { return };
        self.desk.failure = None;
        self.desk.attempt = Some(Attempt::start(server, who, Arc::clone(&self.wake)));
    }

    /// Whether the server is being told who the user is.
    pub fn is_signing_in(&self) -> bool {
        self.desk.is_busy()
    }

    /// Why the last attempt to sign in failed.
    pub fn sign_in_failure(&self) -> Option<&Failure> {
        self.desk.failure.as_ref()
    }

    /// Whether the last attempt went well, told once.
    pub fn take_signed_in(&mut self) -> bool {
        std::mem::take(&mut self.desk.is_done)
    }

    /// Nobody waits for the attempt any more.
    pub fn leave_sign_in(&mut self) {
        (self.desk.attempt, self.desk.failure) = (None, None);
    }

    pub(super) fn poll_sign_in(&mut self) -> bool {
        let Some(attempt) = &self.desk.attempt else { return false };
        let answer = match attempt.answer.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return false,
            Err(TryRecvError::Disconnected) => Err(Failure::Panic { doing: "signing in", message: None }),
        };
        self.desk.attempt = None;
        match answer {
            Ok(()) => {
                self.desk.failure = None;
                (self.desk.is_refused, self.desk.is_news, self.desk.is_done) = (false, false, true);
                self.refresh();
            }
            Err(failure) => self.desk.failure = Some(failure),
        }
        true
    }
}
