//! What changed in a candidate of an optimization.

use super::numbered::Numbered;
use crate::analysis::evolution::Against;
use crate::analysis::program_diff::PredictorDiff;
use crate::model::{RunId, TriedPrompt};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::{self, ProgramChange};
use crate::store::Result;

/// What changed in the program that a run evaluated; `None` inside if it is not part of this optimization.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramChangeOf {
    /// The optimization.
    pub optimization: RunId,
    /// A run that evaluated the candidate.
    pub run: RunId,
    /// The prompt, of an optimization of prompts.
    pub prompt: Option<TriedPrompt>,
    /// With what it is compared; what fits the optimizer, if nothing is chosen or it is not known here.
    pub against: Option<Against>,
}

impl Question for ProgramChangeOf {
    type Answer = Option<Numbered<ProgramChange>>;
    const LABEL: &'static str = "changes in a candidate";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = match self.prompt {
            Some(prompt) => query::prompt_change(session, &self.run, prompt, self.against)?,
            None => query::program_change(session, &self.optimization, &self.run, self.against)?,
        };
        Ok(found.map(Numbered::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let of = |one: &PredictorDiff| {
            let pieces = one.instructions.pieces.iter().chain(&one.module_src.pieces);
            pieces.map(|piece| 40 + piece.text.len()).sum::<usize>()
                + (one.demos.added.len() + one.demos.removed.len()) * 1_000
                + 600
        };
        let predictors = answer.iter().filter_map(|found| found.value.diff.as_ref()).flat_map(|diff| &diff.predictors);
        predictors.map(of).sum()
    }
}
