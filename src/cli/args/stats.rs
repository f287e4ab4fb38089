//! The arguments of `stats`.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::query::StatsBy;

/// Of `stats`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct StatsArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// What the rows are: spans by name, calls by predictor or model, traces by exception, run or session
    #[arg(long, value_name = "WHAT")]
    pub(in crate::cli) by: StatsByArg,
    /// Only the traces of this experiment, by id, the beginning of it or name
    #[arg(long, value_name = "E")]
    pub(in crate::cli) experiment: Option<String>,
    /// Only the traces of this run, by id, the beginning of it or a name that no other run has
    #[arg(long, value_name = "R", conflicts_with = "experiment")]
    pub(in crate::cli) run: Option<String>,
    /// Only the traces for which this holds, as `status = ERROR and latency_ms > 500`
    #[arg(long, value_name = "F", allow_hyphen_values = true)]
    pub(in crate::cli) filter: Option<String>,
    /// No more than the first N rows; without it all
    #[arg(long, value_name = "N")]
    pub(in crate::cli) limit: Option<usize>,
}

/// A word for what the rows are.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct StatsByArg(pub(in crate::cli) StatsBy);

impl ValueEnum for StatsByArg {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [StatsByArg; StatsBy::ALL.len()] = {
            let mut all = [StatsByArg(StatsBy::Span); StatsBy::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = StatsByArg(StatsBy::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.word()))
    }
}
