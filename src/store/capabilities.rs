//! What readers can do, and others have to do for those who cannot.

/// What a store can do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Its `revision` changes when somebody writes.
    pub can_watch: bool,
    /// It has a table of traces; without one it is unknown how many there were.
    pub keeps_traces: bool,
    /// It applies the filter of a [`RunQuery`](super::RunQuery); else that is done with what it gives.
    pub filters_runs: bool,
    /// The same for a [`TraceQuery`](super::TraceQuery), which it sorts, too.
    pub filters_traces: bool,
    /// It can count in how many spans a text may stand for much less than it takes to read them ([`Sought`](super::Sought)).
    pub counts_texts: bool,
    /// It has a registry that can hold prompts (MLflow's schemas since 1.4; nothing wrote prompts before 2.21).
    pub keeps_prompts: bool,
}

impl Capabilities {
    /// All of it.
    pub const ALL: Self = Self {
        can_watch: true,
        keeps_traces: true,
        filters_runs: true,
        filters_traces: true,
        counts_texts: true,
        keeps_prompts: true,
    };
}
