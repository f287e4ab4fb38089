//! A predictor's way through an optimization.

use super::numbered::Numbered;
use crate::analysis::evolution::{Against, Evolution};
use crate::model::RunId;
use crate::query::ask::{CostClass, Question, Session};
use crate::query::{self, EvolutionWish};
use crate::store::Result;

/// A predictor's instructions along an optimization; `None` inside if the store has no such run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EvolutionOf {
    /// The optimization.
    pub parent: RunId,
    /// The path of the predictor; the one that changed most, if none is named.
    pub predictor: Option<String>,
    /// With what each state is compared; what fits the optimizer, if nothing is chosen or it is not known here.
    pub against: Option<Against>,
}

impl Question for EvolutionOf {
    type Answer = Option<Numbered<Evolution>>;
    const LABEL: &'static str = "evolution";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let wish = EvolutionWish { predictor: self.predictor.as_deref(), against: self.against };
        let found = query::evolution(session, &self.parent, wish)?;
        Ok(found.map(Numbered::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |Numbered { value, .. }| {
            let texts = value.steps.iter().filter_map(|step| step.instructions.as_ref());
            texts.map(|text| 3 * text.len()).sum::<usize>() + value.evaluations.len() * 600
        })
    }
}
