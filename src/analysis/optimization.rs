//! An optimization as the evaluations of its candidates, told from what MLflow recorded.
//!
//! MLflow notes neither which optimizer ran nor which candidate won, and names evaluations
//! differently for each optimizer; what is inferred here says so.

mod candidates;
mod evaluations;
mod infer;
mod planned;
mod program_names;
mod ties;

pub use crate::model::dspy::Optimizer;
pub use candidates::{Candidate, Seed, Winner, before_of_another_program, candidates, seed, winner};
pub use evaluations::{
    COMPLETED_REASON, Evaluation, EvaluationFacts, EvaluationKind, OVERLAP_REASON, evaluations, may_count_completed,
    overlapping,
};
pub use infer::{
    CallClues, EvaluationClue, OptimizerClues, OptimizerGuess, ProgramClue, Purpose, infer_optimizer, is_proposal,
    is_reflection_prompt,
};
pub use planned::{planned_evaluations, planned_minibatches};
pub use program_names::{ProgramName, ProgramNames, ProgramRank};
pub use ties::Tie;

#[cfg(test)]
pub(super) mod test_facts {
    use super::EvaluationFacts;
    use crate::model::{Lifecycle, Run, RunStatus, StateHash};

    /// A hash of this name; none for an empty one.
    pub fn hash(name: &str) -> StateHash {
        StateHash::from(name)
    }

    pub fn facts(id: &str, name: &str, score: Option<f64>, n: Option<u64>, state: &str) -> EvaluationFacts {
        let run = Run {
            id: id.into(),
            experiment_id: "1".into(),
            name: name.to_owned(),
            parent_id: Some("p".into()),
            parent_inferred: false,
            status: RunStatus::Finished,
            lifecycle: Lifecycle::Active,
            start_time_ms: Some(1),
            end_time_ms: None,
            artifact_uri: None,
        };
        EvaluationFacts { run, score, completed: None, n, state_hash: (!state.is_empty()).then(|| hash(state)) }
    }
}
