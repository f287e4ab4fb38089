//! What changed between two runs.

use super::numbered::Numbered;
use crate::model::{Program, RunId};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::{self, Comparison, UnchangedExamples};
use crate::store::Result;

/// What changed from the first run to the second.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DiffOf(pub RunId, pub RunId);

impl Question for DiffOf {
    type Answer = Numbered<Comparison>;
    const LABEL: &'static str = "comparison";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        query::compare(session, &self.0, &self.1).map(Numbered::new)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let diff = &answer.value;
        let of_program = |program: &Option<Program>| {
            let predictors = program.iter().flat_map(|program| &program.predictors);
            predictors.map(|one| 600 + one.instructions.as_ref().map_or(0, String::len) + one.demos.len() * 1_000).sum()
        };
        let programs: usize = [&diff.old, &diff.new].map(of_program).iter().sum();
        let examples = diff.examples.as_ref().map_or(0, |all| all.fixed.len() + all.broken.len());
        2 * programs + (diff.params.len() + diff.metrics.len()) * 300 + examples * 1_000
    }
}

/// The examples that are wrong, or right, in both runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnchangedOf(pub RunId, pub RunId);

impl Question for UnchangedOf {
    type Answer = Numbered<UnchangedExamples>;
    const LABEL: &'static str = "unchanged examples";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        query::unchanged_examples(session, &self.0, &self.1).map(Numbered::new)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        (answer.value.wrong.len() + answer.value.right.len()) * 1_000
    }
}
