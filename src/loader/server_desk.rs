//! What is known of who answers behind the address of the open store, and telling it who the user is, on a thread of its
//! own, since it may take its time.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;
use std::time::Instant;

use super::failure::Failure;
use super::worker::Wake;
use crate::store::{CancelToken, ReadCx, Server, SignIn};

/// What is known of the server of the open store.
#[derive(Default)]
pub(super) struct ServerDesk {
    pub server: Option<Arc<dyn Server>>,
    /// It has asked who the user is, and does not know it yet.
    pub is_refused: bool,
    /// The same, until the user was told.
    pub is_news: bool,
    /// Everything is asked again: whoever got in elsewhere meanwhile, by a proxy or with a token that was renewed, is
    /// not asked who they are any more.
    is_asked_again: bool,
    attempt: Option<Attempt>,
    /// When it accepted the user; what was asked before says nothing of them.
    accepted: Option<Instant>,
    /// Why the last attempt failed, if it did.
    pub failure: Option<Failure>,
    /// The last attempt went well, until the window was told.
    pub is_done: bool,
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
        let asks = failure.asks_who();
        // What is answered beside that may be remembered, or told to everybody.
        self.is_asked_again &= !asks;
        if asks && self.server.is_some() && !std::mem::replace(&mut self.is_refused, true) {
            self.is_news = true;
        }
    }

    /// The same of what was asked at this time without the user's doing.
    pub fn note_look(&mut self, failure: &Failure, asked: Instant) {
        if self.accepted.is_none_or(|accepted| asked > accepted) {
            self.note(failure);
        }
    }

    /// The user wants to know how it is now.
    pub fn will_be_asked_again(&mut self) {
        self.is_asked_again = true;
    }

    /// Something was read since.
    pub fn note_answer(&mut self) {
        if std::mem::take(&mut self.is_asked_again) {
            (self.is_refused, self.is_news) = (false, false);
        }
    }

    /// Whether it is being told who the user is.
    pub fn is_busy(&self) -> bool {
        self.attempt.is_some()
    }

    /// Tells the server who the user is.
    pub fn start(&mut self, who: SignIn, wake: Wake) {
        let Some(server) = self.server.clone() else { return };
        self.failure = None;
        self.attempt = Some(Attempt::start(server, who, wake));
    }

    /// Nobody waits for what it says any more.
    pub fn leave(&mut self) {
        (self.attempt, self.failure) = (None, None);
    }

    /// Takes in what it says; whether it said anything, and whether it accepts the user.
    pub fn poll(&mut self) -> (bool, bool) {
        let Some(attempt) = &self.attempt else { return (false, false) };
        let answer = match attempt.answer.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Empty) => return (false, false),
            Err(TryRecvError::Disconnected) => Err(Failure::Panic { doing: "signing in", message: None }),
        };
        self.attempt = None;
        match answer {
            Ok(()) => {
                (self.failure, self.accepted) = (None, Some(Instant::now()));
                (self.is_refused, self.is_news, self.is_done) = (false, false, true);
                (true, true)
            }
            Err(failure) => {
                self.failure = Some(failure);
                (true, false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gets_in_without_signing_in_is_not_asked_any_more() {
        let mut desk = ServerDesk { is_refused: true, ..ServerDesk::default() };
        desk.note_answer();
        assert!(desk.is_refused, "what is told to everybody says nothing");
        desk.will_be_asked_again();
        desk.note_answer();
        assert!(!desk.is_refused);
        // One refusal weighs more than answers that come after it.
        desk.is_refused = true;
        desk.will_be_asked_again();
        let place = crate::store::StoreLocation::from("http://host");
        let refusal = crate::store::Refusal::Unknown;
        desk.note(&crate::store::StoreError::Refused { place, refusal }.into());
        desk.note_answer();
        assert!(desk.is_refused);
    }
}
