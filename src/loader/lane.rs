//! How urgent an answer is.

/// Within a lane the newest request is served first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// What the user has just selected.
    Selection,
    /// What else is on screen.
    Visible,
    /// What will probably be looked at next.
    Prefetch,
}
