//! The arguments of commands that tell of optimizations and their examples.

use std::path::PathBuf;

/// Of `overview`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct OverviewArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// Only those of this experiment, by id, the beginning of it or name
    #[arg(long, value_name = "E")]
    pub(in crate::cli) experiment: Option<String>,
}

/// Of `optimization`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct OptimizationArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// The run under which the optimizer ran, by id, the beginning of it or a name that no other run has
    pub(in crate::cli) parent: String,
}

/// Of `scores`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct ScoresArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// The run under which the optimizer ran, or one evaluation, by id, the beginning of it or a name that no other run has
    #[arg(required_unless_present = "experiment", conflicts_with = "experiment")]
    pub(in crate::cli) run: Option<String>,
    /// The plain evaluations of this experiment, by id, the beginning of it or name, in place of those of a run
    #[arg(long, value_name = "E")]
    pub(in crate::cli) experiment: Option<String>,
    /// Which score, where examples have several: a scorer, a part of a score object, a column
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub(in crate::cli) score: Option<String>,
}

/// Of `slices`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct SlicesArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// The run under which the optimizer ran, by id, the beginning of it or a name that no other run has
    pub(in crate::cli) parent: String,
    /// The field of the examples; without it those that can be taken are named
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub(in crate::cli) by: Option<String>,
    /// Which score, where examples have several: a scorer, a part of a score object, a column
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    pub(in crate::cli) score: Option<String>,
    /// Also what the wrong examples of seed and winner have in common
    #[arg(long)]
    pub(in crate::cli) failures: bool,
}

/// Of `doctor`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct DoctorArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// The run under which the optimizer ran, by id, the beginning of it or a name that no other run has
    pub(in crate::cli) parent: String,
}
