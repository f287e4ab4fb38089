//! The arguments of `diff-traces`.

use std::path::PathBuf;

/// Of `diff-traces`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct DiffTracesArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// The trace to compare with, by id or the beginning of it
    pub(in crate::cli) first: String,
    /// The traces that are compared with it, one after another
    #[arg(required = true, value_name = "OTHER")]
    pub(in crate::cli) others: Vec<String>,
    /// What differs in every span, not only where they first differ; spans that are the same, too
    #[arg(long)]
    pub(in crate::cli) full: bool,
}
