//! The arguments of `cost` and `prices`.

use std::path::PathBuf;

/// Of `cost`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct CostArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// Only this run and everything below it, by id, the beginning of it or a name that no other run has
    pub(in crate::cli) run: Option<String>,
    /// Only the traces of this experiment, by id, the beginning of it or name
    #[arg(long, value_name = "E", conflicts_with = "run")]
    pub(in crate::cli) experiment: Option<String>,
}

/// Of `prices`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct PricesArgs {
    /// Models as DSPy names them, for instance openai/gpt-4o-mini; without any all that have a price
    pub(in crate::cli) models: Vec<String>,
}
