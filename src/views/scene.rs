//! What every view is given.

use std::time::Instant;

use crate::loader::Loader;
use crate::state::{Action, AppState, Place};

/// What time it is, told from outside so that tests can fix it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// For waiting.
    pub now: Instant,
    /// Milliseconds since the epoch, for ages.
    pub now_ms: i64,
    /// Times are written in UTC instead of the local zone.
    pub is_utc: bool,
    /// Time stands still, for tests: nothing that was measured is shown.
    pub is_fixed: bool,
}

/// The state, the answers, and where actions go.
pub struct Scene<'a> {
    /// The window's state, as it is in this frame.
    pub state: &'a AppState,
    /// The answers.
    pub loader: &'a mut Loader,
    /// The time.
    pub clock: Clock,
    /// What the user did in this frame.
    pub actions: &'a mut Vec<Action>,
}

impl Scene<'_> {
    /// The user did this.
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// The user goes to a place.
    pub fn go(&mut self, place: Place) {
        self.act(Action::Go(place));
    }

    /// Where the window is.
    pub fn place(&self) -> &Place {
        self.state.location()
    }
}
