//! What `serve-stdio` takes.

use std::path::PathBuf;

/// Of `serve-stdio`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct ServeStdioArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// Artifact folders outside the store's own may be opened, as whoever asks allowed
    #[arg(long)]
    pub(in crate::cli) allow_outside: bool,
}
