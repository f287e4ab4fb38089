//! A predictor's way through an optimization, with a number under which rows are made of it.

use super::text::fresh_id;
use crate::analysis::evolution::Evolution;

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
        Self { id: fresh_id(), evolution }
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
