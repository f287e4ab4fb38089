//! What a rule says: a finding with its evidence, nothing, or that it cannot be judged.

use super::rule::Rule;
use crate::model::{RunId, TraceId};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It puts what the optimization claims in doubt, or cost something.
    Warning,
    /// It is good to know.
    Note,
}

impl Severity {
    /// `warning`, `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Where evidence is to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A run.
    Run(RunId),
    /// GEPA's family tree of a run.
    FamilyTree(RunId),
    /// A trace, and the run that it was recorded in.
    Trace(RunId, TraceId),
    /// A file of a run.
    Artifact(RunId, &'static str),
    /// Examples of an optimization, by their places in its matrix.
    Examples(RunId, Vec<u32>),
}

/// Something that shows a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where it is.
    pub target: Target,
    /// What it is, in a few words.
    pub what: String,
}

impl Evidence {
    /// Evidence at a place.
    pub fn new(target: Target, what: impl Into<String>) -> Self {
        Self { target, what: what.into() }
    }

    /// The run that it is about.
    pub fn run(&self) -> &RunId {
        match &self.target {
            Target::Run(run)
            | Target::FamilyTree(run)
            | Target::Trace(run, _)
            | Target::Artifact(run, _)
            | Target::Examples(run, _) => run,
        }
    }
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// How much it matters.
    pub severity: Severity,
    /// What was found, in one sentence with its figures.
    pub text: String,
    /// What it means, or what to do.
    pub advice: String,
    /// Where it is to be seen; of many the first.
    pub evidence: Vec<Evidence>,
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It found something.
    Found(Finding),
    /// It looked and found nothing, or has nothing to look at in such an optimization.
    Nothing,
    /// It could not look, and why.
    Unknown(String),
}

impl Judgement {
    /// The finding of a rule.
    pub fn found(
        (rule, severity): (Rule, Severity),
        text: impl Into<String>,
        advice: impl Into<String>,
        evidence: Vec<Evidence>,
    ) -> Self {
        Self::Found(Finding { rule, severity, text: text.into(), advice: advice.into(), evidence })
    }

    /// It could not look.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown(why.into())
    }
}
