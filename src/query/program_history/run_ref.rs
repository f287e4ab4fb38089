//! Runs as they are named on the page of a program.

use crate::model::{Run, RunId};

/// A run by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRef {
    /// The run.
    pub run_id: RunId,
    /// Its name.
    pub name: String,
}

impl RunRef {
    pub(super) fn of(run: &Run) -> Self {
        Self { run_id: run.id.clone(), name: run.name.clone() }
    }
}
