//! Where the window goes first in a store that was opened for something.

use crate::state::{ExperimentTab, Place};
use crate::store::OpenedFor;

/// The place of what a store was opened for.
pub(super) fn opened_place(what: OpenedFor) -> Place {
    match what {
        OpenedFor::Trace(trace) => Place::of_trace(None, None, trace),
        OpenedFor::TracesOf(experiment) => Place::Experiment { experiment, tab: ExperimentTab::TRACES },
    }
}
