//! The arguments of `traces` and `trace`.

use std::path::PathBuf;

/// Of `traces`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct TracesArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// Only the traces of this experiment, by id, the beginning of it or name
    #[arg(long, value_name = "E")]
    pub(in crate::cli) experiment: Option<String>,
    /// Only the traces of this run, by id, the beginning of it or a name that no other run has
    #[arg(long, value_name = "R")]
    pub(in crate::cli) run: Option<String>,
    /// Only the traces that pass this filter, such as: status = ERROR and latency_ms > 500
    #[arg(long, value_name = "F")]
    pub(in crate::cli) filter: Option<String>,
    /// By what they are sorted, such as latency_ms:desc; without it the newest come first
    #[arg(long, value_name = "KEY[:asc|desc]")]
    pub(in crate::cli) sort: Option<String>,
    /// No more than the N first; without it all
    #[arg(long, value_name = "N")]
    pub(in crate::cli) limit: Option<usize>,
}

/// Of `trace`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct TraceArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// The trace, by id or the beginning of it
    pub(in crate::cli) trace: String,
    /// Its LM calls as DSPy wrote them: messages by role, fields by name, demos in one line each
    #[arg(long)]
    pub(in crate::cli) chat: bool,
    /// With --chat code that repeats the calls, with keys from the environment
    #[arg(long, value_name = "LANGUAGE", requires = "chat", conflicts_with = "full")]
    pub(in crate::cli) code: Option<CodeLanguage>,
    /// Its agents step by step: thought, action, observation
    #[arg(long, conflicts_with = "chat")]
    pub(in crate::cli) steps: bool,
    /// With --chat or --steps all of long values, and what is in the demos
    #[arg(long)]
    pub(in crate::cli) full: bool,
}

/// In what `trace --chat --code` writes calls.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(in crate::cli) enum CodeLanguage {
    /// Python that calls `dspy.LM`
    Dspy,
    /// Python that calls `litellm.completion`
    Litellm,
    /// For a shell
    Curl,
}
