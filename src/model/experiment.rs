//! Experiments.

use super::ExperimentId;

/// Whether an experiment or run was deleted; MLflow hides deleted ones unless asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lifecycle {
    /// `active`, and anything that is not `deleted`.
    Active,
    /// `deleted`: still in the store, hidden unless asked for.
    Deleted,
}

impl Lifecycle {
    /// Reads MLflow's `lifecycle_stage`; only `deleted` means deleted.
    pub fn parse(text: Option<&str>) -> Self {
        if text == Some("deleted") { Self::Deleted } else { Self::Active }
    }

    /// MLflow's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleted => "deleted",
        }
    }
}

/// One experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Its id.
    pub id: ExperimentId,
    /// Its name.
    pub name: String,
    /// Whether it was deleted.
    pub lifecycle: Lifecycle,
    /// When it was made, milliseconds since the epoch (absent before MLflow 1.29).
    pub creation_time_ms: Option<i64>,
    /// Where its artifacts were when they were recorded.
    pub artifact_location: Option<String>,
}

/// How much an experiment holds; deleted runs are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ExperimentCounts {
    /// Runs that are not deleted.
    pub runs: u64,
    /// Traces; `None` where the store has no table of traces.
    pub traces: Option<u64>,
}
