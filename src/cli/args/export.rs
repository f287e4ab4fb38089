//! The arguments of `export` and of `labels`.

use std::path::PathBuf;

use crate::query::ExportFormat;

/// Of `export`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct ExportArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// What is written: mlflow (as Trace.from_json reads it), otlp (OTLP/JSON), jsonl (inputs and outputs of each
    /// trace on a line), trainset (examples for DSPy)
    #[arg(long, visible_alias = "format", value_name = "FORMAT")]
    pub(in crate::cli) to: FormatArg,
    /// Where to; without it standard output. What stands there is replaced when all is written
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Only these traces, by id or the beginning of it
    #[arg(long, value_name = "T", num_args = 1.., conflicts_with_all = ["experiment", "run", "filter", "sort", "limit"])]
    pub(in crate::cli) trace: Vec<String>,
    /// Only the traces of this experiment, by id, the beginning of it or name
    #[arg(long, value_name = "E")]
    pub(in crate::cli) experiment: Option<String>,
    /// Only the traces of this run, by id, the beginning of it or a name that no other run has
    #[arg(long, value_name = "R")]
    pub(in crate::cli) run: Option<String>,
    /// Only the traces that pass this filter, as of `traces`
    #[arg(long, value_name = "F")]
    pub(in crate::cli) filter: Option<String>,
    /// By what they are sorted, such as latency_ms:desc; without it the newest come first
    #[arg(long, value_name = "KEY[:asc|desc]")]
    pub(in crate::cli) sort: Option<String>,
    /// No more than the N first; without it all
    #[arg(long, value_name = "N")]
    pub(in crate::cli) limit: Option<usize>,
}

/// As what traces are written.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(in crate::cli) enum FormatArg {
    /// As `mlflow.entities.Trace.to_json` writes traces
    Mlflow,
    /// OTLP/JSON
    Otlp,
    /// Inputs and outputs of each trace on a line
    Jsonl,
    /// Examples for DSPy
    Trainset,
}

impl From<FormatArg> for ExportFormat {
    fn from(arg: FormatArg) -> Self {
        match arg {
            FormatArg::Mlflow => Self::Mlflow,
            FormatArg::Otlp => Self::Otlp,
            FormatArg::Jsonl => Self::Jsonl,
            FormatArg::Trainset => Self::Trainset,
        }
    }
}

/// Of `labels`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct LabelsArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// Only those that say otherwise than the metric
    #[arg(long)]
    pub(in crate::cli) disagree: bool,
}
