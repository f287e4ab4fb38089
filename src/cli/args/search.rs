//! The arguments of `search`.

use std::path::PathBuf;

use crate::model::SearchPattern;

/// Of `search`.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct SearchArgs {
    /// A file such as mlflow.db, or the folder it is in
    pub(in crate::cli) store: PathBuf,
    /// What is looked for, as people read it: quotes and line breaks stand for themselves
    #[arg(allow_hyphen_values = true)]
    pub(in crate::cli) text: String,
    /// Only in the traces of this experiment, by id, the beginning of it or name
    #[arg(long, value_name = "E")]
    pub(in crate::cli) experiment: Option<String>,
    /// Only in the traces of this run and of its child runs, by id, the beginning of it or a name that no other run has
    #[arg(long, value_name = "R")]
    pub(in crate::cli) run: Option<String>,
    /// Only in this trace, by id or the beginning of it
    #[arg(long, value_name = "T", conflicts_with_all = ["experiment", "run"])]
    pub(in crate::cli) trace: Option<String>,
    /// Capital and small letters are the same
    #[arg(short, long)]
    pub(in crate::cli) ignore_case: bool,
    /// Only where no letter, digit or underscore stands beside it
    #[arg(short, long)]
    pub(in crate::cli) word: bool,
    /// TEXT is a regular expression
    #[arg(short = 'E', long)]
    pub(in crate::cli) regex: bool,
    /// No more than the first N hits; without it all
    #[arg(long, value_name = "N")]
    pub(in crate::cli) limit: Option<usize>,
    /// Behind these, count in how many spans it may stand
    #[arg(long, requires = "limit")]
    pub(in crate::cli) count: bool,
}

impl SearchArgs {
    /// What is looked for.
    pub(in crate::cli) fn pattern(&self) -> SearchPattern {
        SearchPattern {
            text: self.text.clone(),
            ignores_case: self.ignore_case,
            is_whole_word: self.word,
            is_regex: self.regex,
        }
    }
}
