//! The filter language for runs: MLflow's search syntax, and what it lacks.
//!
//! `metrics.eval > 70 and params.num_trials = '6' and attributes.status = 'FINISHED'
//! and tags."mlflow.runName" LIKE 'eval%'` is MLflow's (`search_runs`, MLflow 2.21 – 3.18);
//! `OR`, `NOT`, parentheses and `~` (contains) are added.
//!
//! A comparison on a key that a run does not have is false, and so its `NOT` is true. NaN
//! compares false with everything, also by `!=`. What is masked matches nothing.

mod eval;
mod lex;
mod parse;

use std::fmt;

use crate::model::{Run, RunValues};

/// A filter that was understood.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Filter {
    /// `None` lets everything pass.
    root: Option<Node>,
}

/// Why a filter was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Where the mistake begins: an offset in bytes, at most the length of the text.
    pub at: usize,
    /// What stands there, in words for people.
    pub found: String,
    /// What should stand there.
    pub expected: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "found {}, expected {}", self.found, self.expected)
    }
}

impl std::error::Error for FilterError {}

impl Filter {
    /// Reads a filter; a blank text lets everything pass.
    ///
    /// # Errors
    /// The first mistake, by its place.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        Ok(Self { root: parse::parse(text)? })
    }

    /// Whether a run passes.
    pub fn matches(&self, run: &Run, values: &RunValues) -> bool {
        self.root.as_ref().is_none_or(|root| eval::holds(root, run, values))
    }

    /// Whether it lets everything pass.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }
}

/// A part of a filter. Its depth is bounded by the parser.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Compare { field: Field, operator: Operator, value: Value },
    Among { field: Field, values: Vec<String>, is_negated: bool },
    IsAbsent(Field),
}

/// What is compared.
#[derive(Clone, Debug, PartialEq)]
enum Field {
    Metric(String),
    Param(String),
    Tag(String),
    Attribute(Attribute),
}

/// An attribute of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    RunId,
    Name,
    Status,
    ExperimentId,
    ParentId,
    ArtifactUri,
    Lifecycle,
    UserId,
    StartTime,
    EndTime,
    Duration,
}

impl Attribute {
    /// Every name of every attribute; the first of each is the one to show.
    const NAMES: [(&'static str, Self); 17] = [
        ("status", Self::Status),
        ("run_name", Self::Name),
        ("run name", Self::Name),
        ("name", Self::Name),
        ("run_id", Self::RunId),
        ("start_time", Self::StartTime),
        ("created", Self::StartTime),
        ("end_time", Self::EndTime),
        ("duration_ms", Self::Duration),
        ("duration", Self::Duration),
        ("experiment_id", Self::ExperimentId),
        ("parent_id", Self::ParentId),
        ("parent_run_id", Self::ParentId),
        ("artifact_uri", Self::ArtifactUri),
        ("lifecycle_stage", Self::Lifecycle),
        ("user_id", Self::UserId),
        ("user", Self::UserId),
    ];

    /// Times and durations are numbers of milliseconds.
    fn is_number(self) -> bool {
        matches!(self, Self::StartTime | Self::EndTime | Self::Duration)
    }
}

/// How it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    Ilike,
    Contains,
}

/// What it is compared with.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Number(f64),
    Text(String),
}

#[cfg(test)]
mod tests;
