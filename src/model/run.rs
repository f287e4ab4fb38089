//! Runs and what is attached to them.

use std::sync::Arc;

use super::dspy::keys::INSTRUCTIONS;
use super::mlflow;
use super::{ExperimentId, LatestMetric, Lifecycle, RunId, Shown};

/// How a run stands, in MLflow's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RunStatus {
    /// Still going, or its process died without saying so.
    Running,
    /// Waiting to be started.
    Scheduled,
    /// Ended well.
    Finished,
    /// Ended with an error.
    Failed,
    /// Stopped from outside.
    Killed,
    /// A word that is not known here, or nothing at all (empty).
    Other(String),
}

impl RunStatus {
    /// Reads MLflow's word.
    pub fn parse(text: &str) -> Self {
        match text {
            "RUNNING" => Self::Running,
            "SCHEDULED" => Self::Scheduled,
            "FINISHED" => Self::Finished,
            "FAILED" => Self::Failed,
            "KILLED" => Self::Killed,
            other => Self::Other(other.to_owned()),
        }
    }

    /// MLflow's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Running => "RUNNING",
            Self::Scheduled => "SCHEDULED",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Killed => "KILLED",
            Self::Other(text) => text,
        }
    }
}

/// A run without its params, metrics and tags.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The experiment it belongs to.
    pub experiment_id: ExperimentId,
    /// Its name; empty if it has none.
    pub name: String,
    /// The parent that its tag `mlflow.parentRunId` names, even if that run is absent; or,
    /// with `parent_inferred`, the run that adopted it.
    pub parent_id: Option<RunId>,
    /// The parent is not stored but inferred (see `analysis::inferred_parents`).
    pub parent_inferred: bool,
    /// How it stands.
    pub status: RunStatus,
    /// Whether it was deleted.
    pub lifecycle: Lifecycle,
    /// Start, milliseconds since the epoch.
    pub start_time_ms: Option<i64>,
    /// End, milliseconds since the epoch; `None` while it runs.
    pub end_time_ms: Option<i64>,
    /// Where its artifacts were when they were recorded.
    pub artifact_uri: Option<String>,
}

impl Run {
    /// How long it took, milliseconds, if it has ended: below 0 where the clock was set back, which is no 0.
    pub fn duration_ms(&self) -> Option<i64> {
        Some(self.end_time_ms?.saturating_sub(self.start_time_ms?))
    }
}

/// One param, tag or piece of metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Arc<str>,
    /// The value, unless it is a secret.
    pub value: Shown,
}

/// The params, tags and latest metrics of a run, each sorted by key.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RunValues {
    /// The last point of each metric.
    pub metrics: Vec<LatestMetric>,
    /// Params; MLflow cuts values at 6000 characters (8000 in the column).
    pub params: Vec<Entry>,
    /// Tags, MLflow's own (`mlflow.…`) included.
    pub tags: Vec<Entry>,
}

impl RunValues {
    /// The run has none.
    pub fn is_empty(&self) -> bool {
        self.metrics.is_empty() && self.params.is_empty() && self.tags.is_empty()
    }

    /// Whether they tell that the run logged files: tables, models (`log_model` of MLflow 1 – 2), or the
    /// params that DSPy's autologging writes together with `model.json`.
    pub fn tell_of_files(&self) -> bool {
        const TAGS: [&str; 2] = [mlflow::run::LOGGED_ARTIFACTS, mlflow::run::MODEL_HISTORY];
        self.tags.iter().any(|tag| TAGS.contains(&&*tag.key))
            || self.params.iter().any(|param| param.key.ends_with(INSTRUCTIONS))
    }

    /// About how many bytes they hold.
    pub fn bytes(&self) -> usize {
        let entries = self.params.iter().chain(&self.tags);
        let texts: usize = entries.map(|entry| 64 + entry.key.len() + entry.value.as_str().len()).sum();
        texts + self.metrics.len() * 64
    }
}

/// A dataset that a run was given (`mlflow.log_input`).
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetInput {
    /// Its name.
    pub name: String,
    /// MLflow's digest of its content.
    pub digest: String,
    /// What kind of source, for instance `code`, `local`, `hf`.
    pub source_type: String,
    /// The source as JSON text.
    pub source: Shown,
    /// The schema as JSON text, if stored.
    pub schema: Option<String>,
    /// The profile (for instance `{"num_rows": 12}`) as JSON text, if stored.
    pub profile: Option<String>,
    /// Tags of this use, for instance `mlflow.data.context`.
    pub tags: Vec<Entry>,
}

/// A model that a run logged. DSPy's autologging writes a dummy one per compile.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedModel {
    /// Its id (`m-…`).
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made, milliseconds since the epoch.
    pub creation_time_ms: Option<i64>,
    /// Where its artifacts were when they were recorded.
    pub artifact_location: Option<String>,
}
