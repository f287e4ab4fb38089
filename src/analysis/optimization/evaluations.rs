//! Which evaluations an optimization made, in order, and how far it had come with each.

use crate::model::dspy::run_names;
use crate::model::{Run, RunId, RunStatus, StateHash};

/// What an evaluation was made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EvaluationKind {
    /// All of the validation set.
    Full,
    /// A sample of it.
    Minibatch,
    /// It does not tell.
    Unknown,
}

impl EvaluationKind {
    /// `full`, `minibatch`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Minibatch => "minibatch",
            Self::Unknown => "unknown",
        }
    }
}

/// What a store tells of one evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationFacts {
    /// The run.
    pub run: Run,
    /// Its score, the metric `eval`; on whatever scale the optimizer's metric has.
    pub score: Option<f64>,
    /// The metric `eval` where it is no score: see [`Evaluation::completed`].
    pub completed: Option<f64>,
    /// How many examples were scored: rows of the result table, else traces.
    pub n: Option<u64>,
    /// Which program was evaluated.
    pub state_hash: Option<StateHash>,
}

impl EvaluationFacts {
    /// On how many examples it was made, once that is settled: one that is under way, or broke off, has scored some of
    /// them.
    pub fn settled_n(&self) -> Option<u64> {
        let has_ended = self.score.is_some() || self.completed.is_some() || self.run.status == RunStatus::Finished;
        self.n.filter(|_| has_ended)
    }
}

/// One scoring of one program state.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The run.
    pub run_id: RunId,
    /// Its name.
    pub name: String,
    /// When it started, milliseconds since the epoch.
    pub start_time_ms: Option<i64>,
    /// When it ended.
    pub end_time_ms: Option<i64>,
    /// Its place, from 0.
    pub order: usize,
    /// What it was made on.
    pub kind: EvaluationKind,
    /// How many examples were scored, if known.
    pub n: Option<u64>,
    /// Its score, if it has one.
    pub score: Option<f64>,
    /// In percent, how many of the examples did not crash, where MLflow noted that and no score
    /// ([`COMPLETED_REASON`]).
    pub completed: Option<f64>,
    /// The best score of a full evaluation so far, this one included; `None` before the first.
    pub best_so_far: Option<f64>,
    /// Which program was evaluated, if known.
    pub state_hash: Option<StateHash>,
    /// It has no parent tag and was adopted by its time.
    pub parent_inferred: bool,
    /// Another optimization of the experiment ran when it started, so that it may be that one's.
    pub is_ambiguous: bool,
}

/// Whether an evaluation of this name may be one whose metric `eval` counts the runs that
/// completed: GEPA's in full, of a program with a Flex, without a table of results.
pub fn may_count_completed(name: &str) -> bool {
    run_names::is_one_of_several_full(name)
}

/// Why evaluations have no score but a share of runs that completed. GEPA scores a program with a
/// Flex in it by itself, after an evaluation that has no metric (DSPy 3.4).
pub const COMPLETED_REASON: &str = "with a Flex in the program, GEPA has MLflow log the share of runs that did not \
     crash, and logs its scores nowhere";

/// Why an evaluation is marked ambiguous.
pub const OVERLAP_REASON: &str =
    "another optimization of this experiment ran at the same time, and MLflow then mixes up whose evaluation is whose";

/// Evaluations in the order of `facts`, which is by start. `others` are the times of other
/// optimizations of the experiment: start and, unless open, end.
pub fn evaluations(facts: &[EvaluationFacts], others: &[(i64, Option<i64>)]) -> Vec<Evaluation> {
    let most = facts.iter().filter_map(EvaluationFacts::settled_n).max();
    let mut best: Option<f64> = None;
    let evaluation = |(order, one): (usize, &EvaluationFacts)| {
        let kind = kind(&one.run.name, one.settled_n(), most);
        if kind == EvaluationKind::Full
            && let Some(score) = one.score.filter(|score| !score.is_nan())
        {
            best = Some(best.map_or(score, |best| best.max(score)));
        }
        Evaluation {
            run_id: one.run.id.clone(),
            name: one.run.name.clone(),
            start_time_ms: one.run.start_time_ms,
            end_time_ms: one.run.end_time_ms,
            order,
            kind,
            n: one.n,
            score: one.score,
            completed: one.completed,
            best_so_far: best,
            state_hash: one.state_hash.clone(),
            parent_inferred: one.run.parent_inferred,
            is_ambiguous: one.run.start_time_ms.is_some_and(|start| overlapping(start, others)),
        }
    };
    facts.iter().enumerate().map(evaluation).collect()
}

/// Whether a moment lies within one of these times, both ends included.
pub fn overlapping(moment: i64, times: &[(i64, Option<i64>)]) -> bool {
    times.iter().any(|(start, end)| *start <= moment && end.is_none_or(|end| moment <= end))
}

/// MIPROv2 says it in the name. GEPA calls all of them `eval_N`: there, and with other
/// optimizers, those on as many examples as the largest are full.
fn kind(name: &str, n: Option<u64>, most: Option<u64>) -> EvaluationKind {
    if run_names::is_full(name) {
        return EvaluationKind::Full;
    }
    if run_names::is_minibatch(name) {
        return EvaluationKind::Minibatch;
    }
    match (n, most) {
        (Some(n), Some(most)) if n == most => EvaluationKind::Full,
        (Some(_), Some(_)) => EvaluationKind::Minibatch,
        _ => EvaluationKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::optimization::test_facts::facts;

    #[test]
    fn best_so_far_counts_full_evaluations_only() {
        let facts = [
            facts("a", "eval_full_0", Some(50.0), Some(12), "s"),
            facts("b", "eval_minibatch_0", Some(100.0), Some(5), "t"),
            facts("c", "eval_full_1", Some(f64::NAN), Some(12), "t"),
            facts("d", "eval_full_2", Some(40.0), None, "u"),
            facts("e", "eval_full_3", Some(75.0), Some(12), "t"),
        ];
        let made = evaluations(&facts, &[]);
        let best: Vec<Option<f64>> = made.iter().map(|one| one.best_so_far).collect();
        assert_eq!(best, [Some(50.0), Some(50.0), Some(50.0), Some(50.0), Some(75.0)]);
        assert_eq!(evaluations(&facts[1..2], &[])[0].best_so_far, None);
    }

    #[test]
    fn mixed_evaluations_are_told_apart_by_how_many_examples_they_have() {
        let facts = [
            facts("a", "eval_0", Some(1.0), Some(12), "s"),
            facts("b", "eval_1", Some(1.0), Some(3), "s"),
            facts("c", "eval_2", Some(1.0), None, "s"),
        ];
        let kinds: Vec<EvaluationKind> = evaluations(&facts, &[]).iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [EvaluationKind::Full, EvaluationKind::Minibatch, EvaluationKind::Unknown]);
        let mut under_way = facts.clone();
        under_way[1].score = None;
        under_way[1].run.status = RunStatus::Running;
        assert_eq!(evaluations(&under_way, &[])[1].kind, EvaluationKind::Unknown, "it has scored three so far");
    }

    #[test]
    fn evaluations_during_another_optimization_are_ambiguous() {
        let mut one = facts("a", "eval_0", None, None, "s");
        one.run.start_time_ms = Some(100);
        let at = |others: &[(i64, Option<i64>)]| evaluations(std::slice::from_ref(&one), others)[0].is_ambiguous;
        assert!(at(&[(50, Some(100))]) && at(&[(100, None)]));
        assert!(!at(&[(101, None), (0, Some(99))]));
    }
}
