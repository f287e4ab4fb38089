//! A predictor's way through an optimization, with a number under which rows are made of it.

use super::text::unique_id;
use crate::analysis::evolution::Evolution;
use crate::model::RunId;
use crate::query;
use crate::query::ask::{CostClass, Question, Session};
use crate::store::Result;

/// One predictor along an optimization.
#[derive(Clone, Debug)]
pub struct PreparedEvolution {
    /// What nothing else has: the rows for the screen are kept under it.
    pub id: u64,
    /// Its steps.
    pub evolution: Evolution,
}

impl PreparedEvolution {
    pub(super) fn new(evolution: Evolution) -> Self {
        Self { id: unique_id(), evolution }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let texts = self.evolution.steps.iter().filter_map(|step| step.instructions.as_ref());
        texts.map(|text| 3 * text.len()).sum::<usize>() + self.evolution.evaluations.len() * 600
    }
}

/// Equal if they say the same, whatever their numbers.
impl PartialEq for PreparedEvolution {
    fn eq(&self, other: &Self) -> bool {
        self.evolution == other.evolution
    }
}

/// A predictor's instructions along an optimization; `None` inside if the store has no such run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EvolutionOf {
    /// The optimization.
    pub parent: RunId,
    /// The path of the predictor; the one that changed most, if none is named.
    pub predictor: Option<String>,
}

impl Question for EvolutionOf {
    type Answer = Option<PreparedEvolution>;
    const LABEL: &'static str = "evolution";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = query::evolution(session, &self.parent, self.predictor.as_deref())?;
        Ok(found.map(PreparedEvolution::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, PreparedEvolution::bytes)
    }
}
