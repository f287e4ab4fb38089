//! What changed between two runs, with a number under which rows are made of it.

use super::text::unique_id;
use crate::model::{Program, RunId};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::{self, Comparison};
use crate::store::Result;

/// Two runs, compared.
#[derive(Clone, Debug)]
pub struct PreparedDiff {
    /// What nothing else has: the rows for the screen are kept under it.
    pub id: u64,
    /// What changed.
    pub diff: Comparison,
}

impl PreparedDiff {
    pub(super) fn new(diff: Comparison) -> Self {
        Self { id: unique_id(), diff }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let of_program = |program: &Option<Program>| {
            let predictors = program.iter().flat_map(|program| &program.predictors);
            predictors.map(|one| 600 + one.instructions.as_ref().map_or(0, String::len) + one.demos.len() * 1_000).sum()
        };
        let programs: usize = [&self.diff.old, &self.diff.new].map(of_program).iter().sum();
        let examples = self.diff.examples.as_ref().map_or(0, |all| all.fixed.len() + all.broken.len());
        2 * programs + (self.diff.params.len() + self.diff.metrics.len()) * 300 + examples * 1_000
    }
}

/// Equal if they say the same, whatever their numbers.
impl PartialEq for PreparedDiff {
    fn eq(&self, other: &Self) -> bool {
        self.diff == other.diff
    }
}

/// What changed from the first run to the second.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DiffOf(pub RunId, pub RunId);

impl Question for DiffOf {
    type Answer = PreparedDiff;
    const LABEL: &'static str = "comparison";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<PreparedDiff> {
        query::compare(session, &self.0, &self.1).map(PreparedDiff::new)
    }

    fn bytes(answer: &PreparedDiff) -> usize {
        answer.bytes()
    }
}
