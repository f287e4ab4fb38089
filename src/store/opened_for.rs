//! What is looked at first in a store that was opened for it.

use crate::model::{ExperimentId, TraceId};

/// What a store is opened for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenedFor {
    /// The only trace in it.
    Trace(TraceId),
    /// The traces of the only experiment in it.
    TracesOf(ExperimentId),
}
