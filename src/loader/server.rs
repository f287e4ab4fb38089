//! What the window knows of who answers behind the address of the open store, and what it tells them.

use std::sync::Arc;
use std::time::Instant;

use super::failure::Failure;
use super::loader::Loader;
use super::slot::SKELETON_AFTER;
use crate::store::{Server, SignIn, Standing};

impl Loader {
    /// Who answers behind the address of the open store, if it has one.
    pub fn server(&self) -> Option<&Arc<dyn Server>> {
        self.desk.server.as_ref()
    }

    /// How current it is what the server tells; `None` where none is open.
    pub fn standing(&self) -> Option<Standing> {
        self.desk.server.as_ref().map(|server| server.standing())
    }

    /// What is being fetched from the server, in words, and by how many requests; nothing where that is done before
    /// anybody could read it.
    pub fn fetching(&self, now: Instant) -> Option<(&'static str, usize)> {
        let requests = self.desk.server.as_ref()?.in_flight();
        let label = match self.answers.most_awaited() {
            Some(pending) if now.saturating_duration_since(pending.since) >= SKELETON_AFTER => pending.label,
            _ => return None,
        };
        (requests > 0).then_some((label, requests))
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
        self.desk.start(who, Arc::clone(&self.wake));
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
        self.desk.leave();
    }

    pub(super) fn poll_sign_in(&mut self) -> bool {
        let (has_news, is_accepted) = self.desk.poll();
        if is_accepted {
            // Nothing of what somebody else was told stays in sight.
            self.start_epoch();
            self.refresh();
        }
        has_news
    }
}
