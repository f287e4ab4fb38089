//! The filter language for runs: MLflow's search syntax, and what it lacks.
//!
//! `metrics.eval > 70 and params.num_trials = '6' and attributes.status = 'FINISHED'
//! and tags."mlflow.runName" LIKE 'eval%'` is MLflow's (`search_runs`, MLflow 2.21 – 3.18);
//! `OR`, `NOT`, parentheses and `~` (contains) are added, as are numbers, `<` and `IN` for
//! params and tags, `IS NULL` for everything, and the attributes `duration_ms`, `parent_id`,
//! `experiment_id` and `lifecycle_stage`.
//!
//! # What holds
//!
//! A comparison on a key that a run does not have is false, also `!=` and `NOT IN`, as in
//! MLflow; its `NOT` is therefore true. NaN equals nothing: every comparison with it is false
//! but `!=`, which is true.
//!
//! What is masked can be seen by nobody, and so it can be guessed by nobody: a comparison with
//! it is neither true nor false but unknown, and so is its `NOT`. `AND` and `OR` treat unknown
//! as SQL does (unknown and false is false, unknown or true is true); a run for which the whole
//! is unknown does not pass. Only `IS NULL` tells that there is something, which is shown anyway.
//!
//! # Plain words
//!
//! Where people type ([`Filter::parse_typed`]), a text without signs, quotes, parentheses and
//! `metrics.` and its like is no filter but words: a run passes if its name holds all of them,
//! in any case. The terminal takes filters only.
//!
//! # Where MLflow answers otherwise
//!
//! | | MLflow | here |
//! |---|---|---|
//! | NaN, before MLflow 3.17 | compares like 0, in whose place it is stored | as above, which is what 3.17 does |
//! | infinity in a database | equals 1.797…e308, as which it is stored | larger than every number |
//! | `ILIKE` in SQLite | letters beyond ASCII keep their case | every letter in either case |
//! | `''` inside `'…'` | two quotes | one, as in SQL |
//! | `run_name` | the tag `mlflow.runName` alone | the column, else the tag: what is shown as the name |
//! | `user_id` | the column of `runs` | the tag `mlflow.user`: what is shown as the user |
//! | `LIKE`, `=` on a text that holds a secret | compares the secret | compares what is shown |
//! | names of entities and attributes | lower case | any case |
//! | `datasets.…` | filters by datasets | not understood |

mod complete;
mod conditions;
mod error;
mod eval;
mod expected;
mod grammar;
mod keys;
mod lex;
mod like;
mod moments;
mod parse;
mod run_values;
mod syntax;
mod trace_conditions;
mod trace_filter;
mod trace_keys;
mod trace_keys_in_use;
mod trace_sort;
mod trace_subject;
mod unknown;
mod words;

pub use complete::{Completion, CompletionKind};
pub use error::{Excerpt, FilterError};
pub use expected::Expected;
pub use keys::{FilterKeys, KeyUse, ValueUse};
pub use moments::Now;
pub(in crate::query) use trace_conditions::Level;
pub use trace_filter::TraceFilter;
pub(in crate::query) use trace_keys::{TraceAttribute, TraceField};
pub use trace_keys_in_use::TraceKeysOf;
pub use trace_sort::{NoSort, TraceSort};
pub(in crate::query) use trace_subject::{Derived, Names, TraceSubject};
pub use unknown::UnknownKey;

use crate::model::{Run, RunValues};
use crate::store::RunCondition;
use run_values::RunSubject;
use syntax::Node;

/// Filters of runs speak of no moment that depends on it.
const NO_MOMENT: Now = Now { ms: 0, is_utc: true };

/// A filter of runs that was understood.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Filter {
    /// `None` lets everything pass.
    root: Option<Node>,
}

impl Filter {
    /// Reads a filter; a blank text lets everything pass.
    ///
    /// # Errors
    /// The first mistake, by its place.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self { root: parse::parse(text, &grammar::RUNS, NO_MOMENT)? })
    }

    /// Reads what was typed where people look for runs: a filter, or else plain words, all of
    /// which a run's name must hold in any case. Says whether they are words.
    ///
    /// # Errors
    /// The first mistake, if it looks like a filter: signs, quotes, or `metrics.` and its like.
    pub fn parse_typed(text: &str) -> Result<(Self, bool), FilterError> {
        match Self::parse(text) {
            Ok(filter) => Ok((filter, false)),
            Err(_) if words::are_words(text, &grammar::RUNS) => Ok((Self { root: Some(words::root(text)) }, true)),
            Err(error) => Err(error),
        }
    }

    /// Whether a run passes.
    pub fn matches(&self, run: &Run, values: &RunValues) -> bool {
        self.root.as_ref().is_none_or(|root| eval::holds(root, &RunSubject(run, values)) == Some(true))
    }

    /// The places of the rows that pass, in their order.
    pub fn matching(&self, rows: &[(Run, RunValues)]) -> Vec<usize> {
        let passes = |(place, (run, values)): (usize, &(Run, RunValues))| self.matches(run, values).then_some(place);
        rows.iter().enumerate().filter_map(passes).collect()
    }

    /// What could stand at the caret (an offset in bytes) of a filter that is being typed, best
    /// first; nothing if what stands before it is no filter.
    pub fn complete(text: &str, caret: usize, keys: &FilterKeys) -> Vec<Completion> {
        complete::complete(text, caret, keys, &grammar::RUNS)
    }

    /// What of it a store can look for by itself: conditions that hold for every run that passes, and perhaps for
    /// others. What they find still has to be filtered.
    pub fn conditions(&self) -> Vec<RunCondition> {
        self.root.as_ref().map(conditions::conditions).unwrap_or_default()
    }

    /// Whether it lets everything pass.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }
}

#[cfg(test)]
mod tests;
