//! GEPA's candidates by the names and on the scale of the optimization: GEPA numbers them from 0 in an order of its
//! own, and notes the mean score over the examples.

use super::{FamilyTree, FamilyTreeSource};
use crate::analysis::family_tree::{FamilyCandidate, candidate_at};
use crate::analysis::optimization::ProgramName;
use crate::model::dspy::score_scale;

impl FamilyTree {
    /// The name of the program of a candidate; `None` if no evaluation of it is recorded.
    pub fn program_of(&self, candidate: &FamilyCandidate) -> Option<ProgramName> {
        self.names.of_any(&candidate.run_ids)
    }

    /// The same for a candidate by its number.
    pub fn program_at(&self, index: usize) -> Option<ProgramName> {
        self.program_of(candidate_at(&self.candidates, index)?)
    }

    /// What the candidate of a number is called: `C4`, or `GEPA's 3` if no evaluation of it is recorded.
    pub fn called(&self, index: usize) -> String {
        called(self.program_at(index), index)
    }

    /// The score of a candidate on the scale of all scores.
    pub fn score_of(&self, candidate: &FamilyCandidate) -> Option<f64> {
        match self.source {
            FamilyTreeSource::Tables => candidate.score.map(score_scale::of_mean),
            FamilyTreeSource::Inferred => candidate.score,
        }
    }
}

/// `C4`; without a program by the number that GEPA gave it, `GEPA's 3`.
pub fn called(program: Option<ProgramName>, index: usize) -> String {
    program.map_or_else(|| format!("GEPA's {index}"), |program| program.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::optimization::ProgramNames;
    use std::sync::Arc;

    #[test]
    fn what_was_not_evaluated_keeps_the_number_of_gepa() {
        let candidate = FamilyCandidate { index: 3, score: Some(0.2695), ..FamilyCandidate::default() };
        let tree = |source| FamilyTree {
            parent: "p".into(),
            source,
            candidates: vec![candidate.clone()],
            names: Arc::new(ProgramNames::default()),
            proposals: Vec::new(),
            looked: Default::default(),
        };
        let told = tree(FamilyTreeSource::Tables);
        assert_eq!((told.called(3), told.called(9)), ("GEPA's 3".to_owned(), "GEPA's 9".to_owned()));
        assert_eq!(told.score_of(&candidate).map(crate::words::value).as_deref(), Some("26.95"));
        assert_eq!(tree(FamilyTreeSource::Inferred).score_of(&candidate), Some(0.2695), "it is the metric eval");
        assert_eq!(called(Some(ProgramName::at(3)), 2), "C4");
    }
}
