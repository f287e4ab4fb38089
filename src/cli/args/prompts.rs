//! The arguments of `prompts`.

use std::path::PathBuf;

/// Of `prompts`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct PromptsArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// A prompt, or one version of it: NAME, NAME/3, NAME@alias, prompts:/NAME/3; without it all are listed
    pub(in crate::cli) prompt: Option<String>,
    /// With which version the others are compared; without it each with the one before it
    #[arg(long, value_name = "VERSION", requires = "prompt")]
    pub(in crate::cli) against: Option<u64>,
}
