//! Artifacts: files that belong to a run, a trace or a logged model.

use super::{RunId, TraceId};

/// Whose artifacts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ArtifactOwner {
    /// A run's.
    Run(RunId),
    /// A trace's (`traces.json` of MLflow 2.21 – 3.3, attachments later).
    Trace(TraceId),
    /// A logged model's, by its id.
    Model(String),
}

impl ArtifactOwner {
    /// The id of the run, trace or model; MLflow's address of its artifacts ends in it.
    pub fn id(&self) -> &str {
        match self {
            Self::Run(run) => run.as_str(),
            Self::Trace(trace) => trace.as_str(),
            Self::Model(model) => model,
        }
    }
}

/// One file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactEntry {
    /// Path below the owner's artifact folder, with `/` between names.
    pub path: String,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Size in bytes; `None` for folders and where it cannot be told.
    pub size: Option<u64>,
}

/// All artifacts of one owner, in depth-first order, folders before their content,
/// names in natural order.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ArtifactTree {
    /// The files and folders.
    pub entries: Vec<ArtifactEntry>,
    /// Where they were found, as the user would type it.
    pub folder: Option<String>,
    /// Why there is nothing, when the folder could not be found or must not be opened.
    pub absent: Option<String>,
    /// They are absent because their folder was not found: it may be one that the user can name.
    pub can_be_named: bool,
    /// The folder that was not opened because it lies outside the store's own; opening it needs the user's word.
    pub outside: Option<String>,
    /// There were more than the reader was willing to list.
    pub is_cut: bool,
}
