//! Where the scores of examples come from, and why there are none.

use crate::analysis::users_table::ScoreRule;
use crate::model::RunId;
use crate::model::dspy::artifacts;

/// What GEPA calls the metric of the evaluations that it captures traces of (DSPy 3.4). Where the
/// program has a Flex, it says only that a run did not crash.
pub(super) const WRAPPED_METRIC: &str = "wrapped_metric";

/// What the scores of an evaluation's examples were read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScoreSource {
    /// `result_table.json`.
    Table,
    /// `valset_scores.json` of GEPA's, whose evaluation it is (`use_mlflow=True`, DSPy 3.4).
    Valset {
        /// The optimization.
        parent: RunId,
        /// The number of the candidate that was scored.
        candidate: usize,
    },
    /// A table that a user logged beside it.
    UsersTable {
        /// The path of the file.
        path: String,
        /// The column that is taken for the score.
        column: String,
        /// Why.
        rule: ScoreRule,
    },
    /// Assessments on its traces.
    Assessments {
        /// The name of the metric.
        metric: String,
        /// So many examples have a score.
        scored: usize,
        /// Of so many that were evaluated.
        examples: usize,
        /// All traces could be looked into.
        complete: bool,
    },
    /// Nothing: no example has a score, and why.
    Nothing(NoScores),
}

impl ScoreSource {
    /// `result_table.json`, `valset_scores.json`, `users_table`, `assessments`; `None` if there are no scores.
    pub fn as_str(&self) -> Option<&'static str> {
        match self {
            Self::UsersTable { .. } => Some("users_table"),
            Self::Table => Some(artifacts::RESULT_TABLE),
            Self::Valset { .. } => Some(artifacts::VALSET_SCORES),
            Self::Assessments { .. } => Some("assessments"),
            Self::Nothing(_) => None,
        }
    }
}

/// Why no example has a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoScores {
    /// There is neither a table nor a trace.
    NoTraces,
    /// There are traces, and none has a score.
    NoAssessments,
    /// Several scorers left scores; which of them the evaluation's is, is unknown until one is chosen. Its rows are
    /// there, with the scores by their names.
    SeveralMetrics(Vec<String>),
    /// The score that was chosen is none of its own, which are these.
    NotOfThisName {
        /// What was chosen.
        chosen: String,
        /// What there is; empty where there is one score without a name.
        names: Vec<String>,
    },
    /// It is no evaluation itself: other runs are part of it.
    HasChildren,
    /// The traces could not be looked into in time.
    NotRead,
    /// No trace with a score tells what it was given.
    UnknownInputs,
    /// What its traces have only says that they ran to their ends.
    Completions,
    /// It is a prompt that was tried, and no table tells what became of its examples.
    NoTable,
}

impl std::fmt::Display for NoScores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoTraces => write!(f, "it has no result_table.json and no traces"),
            Self::NoAssessments => write!(f, "it has no result_table.json, and its traces have no scores"),
            Self::SeveralMetrics(names) => {
                write!(
                    f,
                    "it has no result_table.json, and its traces have scores of several metrics, of which none is "
                )?;
                write!(f, "chosen: {}", names.join(", "))
            }
            Self::NotOfThisName { chosen, names } if names.is_empty() => {
                write!(f, "it has no score “{chosen}”: its examples have one score without a name")
            }
            Self::NotOfThisName { chosen, names } => {
                write!(f, "it has no score “{chosen}”; it has {}", names.join(", "))
            }
            Self::HasChildren => write!(f, "it is made of other runs: compare its evaluations"),
            Self::NotRead => write!(f, "it has no result_table.json, and its traces could not be read in time"),
            Self::Completions => write!(
                f,
                "it has no result_table.json, and what its traces have of {WRAPPED_METRIC} says whether they crashed: \
                 GEPA scores a program with a Flex by itself"
            ),
            Self::NoTable => write!(f, "no table tells the scores of its examples"),
            Self::UnknownInputs => write!(f, "it has no result_table.json, and its traces do not tell their inputs"),
        }
    }
}

impl ScoreSource {
    /// Where the scores were read, as a sentence without its beginning and its full stop.
    pub fn words(&self) -> String {
        match self {
            Self::Table => format!("from {}", artifacts::RESULT_TABLE),
            Self::Valset { candidate, .. } => {
                format!("from GEPA's {}, where it is candidate {candidate}", artifacts::VALSET_SCORES)
            }
            Self::UsersTable { path, column, rule } => {
                format!("from {path}, column “{column}”, {}", rule.words())
            }
            Self::Assessments { metric, scored, examples, complete } => {
                let rest = if *complete { "" } else { "; not all traces could be read" };
                format!("from assessments “{metric}” on traces, of {scored} of {examples} examples{rest}")
            }
            Self::Nothing(NoScores::SeveralMetrics(_)) => {
                "from assessments on traces by several scorers, of which none is chosen".to_owned()
            }
            Self::Nothing(why) => format!("unknown: {why}"),
        }
    }
}
