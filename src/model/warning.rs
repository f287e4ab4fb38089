//! What went wrong without stopping the reading.

/// One damaged, missing or unreadable piece: the rest was read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    /// The place, as precisely as known: a file, a table and row, a trace.
    pub place: String,
    /// What is wrong with it and, where something can be done, what.
    pub what: String,
}

impl Warning {
    /// A warning about `place`.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}
