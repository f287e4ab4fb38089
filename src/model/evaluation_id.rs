//! What names an evaluation among others: a run, or one of the prompts that were tried within a run.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use super::RunId;
use super::mlflow::prompts::ITERATION;

/// An evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EvaluationId {
    /// The run that evaluated.
    pub run: RunId,
    /// What of it; `None` for the run as a whole.
    pub prompt: Option<TriedPrompt>,
}

/// One of the prompts that `mlflow.genai.optimize_prompts` tried within its run (MLflow 3.18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TriedPrompt {
    /// The iteration whose folder holds it.
    Iteration(usize),
    /// GEPA's candidate of this number, of which no folder was written.
    Candidate(usize),
}

/// What stands between a run and a prompt that was tried in it: no id of a run has one.
const SEPARATOR: char = '/';
const CANDIDATE: &str = "candidate_";

impl EvaluationId {
    /// A prompt that was tried in a run.
    pub fn of_prompt(run: RunId, prompt: TriedPrompt) -> Self {
        Self { run, prompt: Some(prompt) }
    }
}

impl From<RunId> for EvaluationId {
    fn from(run: RunId) -> Self {
        Self { run, prompt: None }
    }
}

impl From<&RunId> for EvaluationId {
    fn from(run: &RunId) -> Self {
        run.clone().into()
    }
}

impl From<&str> for EvaluationId {
    fn from(run: &str) -> Self {
        RunId::from(run).into()
    }
}

impl TriedPrompt {
    /// In words: `Iteration 2`, `Candidate 2`.
    pub fn words(self) -> String {
        match self {
            Self::Iteration(number) => format!("Iteration {number}"),
            Self::Candidate(number) => format!("Candidate {number}"),
        }
    }
}

impl fmt::Display for TriedPrompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Iteration(number) => write!(f, "{ITERATION}{number}"),
            Self::Candidate(number) => write!(f, "{CANDIDATE}{number}"),
        }
    }
}

impl FromStr for TriedPrompt {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix(CANDIDATE) {
            Some(number) => number.parse().map(Self::Candidate),
            None => text.strip_prefix(ITERATION).unwrap_or_default().parse().map(Self::Iteration),
        }
    }
}

/// As it stands in addresses: the run, then what of it.
impl fmt::Display for EvaluationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.run)?;
        self.prompt.map_or(Ok(()), |prompt| write!(f, "{SEPARATOR}{prompt}"))
    }
}

/// What is no such thing is taken for a run, as people type them: it is nobody's.
impl FromStr for EvaluationId {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let parts = text.rsplit_once(SEPARATOR).and_then(|(run, prompt)| Some((run, prompt.parse().ok()?)));
        Ok(parts.map_or_else(|| text.into(), |(run, prompt)| Self::of_prompt(run.into(), prompt)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evaluation_is_read_as_it_is_written() {
        let run = || RunId::from("ab12");
        for (id, text) in [
            (EvaluationId::from(run()), "ab12"),
            (EvaluationId::of_prompt(run(), TriedPrompt::Iteration(0)), "ab12/iteration_0"),
            (EvaluationId::of_prompt(run(), TriedPrompt::Candidate(17)), "ab12/candidate_17"),
        ] {
            assert_eq!(id.to_string(), text);
            assert_eq!(text.parse(), Ok(id));
        }
        for odd in ["ab/iteration_x", "/", "ab/cd", "ab/candidate_-1", ""] {
            assert_eq!(odd.parse(), Ok(EvaluationId::from(odd)), "{odd}");
        }
    }
}
