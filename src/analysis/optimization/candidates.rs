//! Candidates: the distinct program states of an optimization, the first and the best of them.

use std::collections::BTreeMap;

use super::Optimizer;
use super::evaluations::{Evaluation, EvaluationKind};
use crate::model::{Program, RunId, StateHash};

/// One program state and all its evaluations.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Which program; `None` for an evaluation whose program is not known, which stands alone.
    pub state_hash: Option<StateHash>,
    /// The places of its evaluations, in order; never empty.
    pub evaluations: Vec<usize>,
    /// The lowest and highest score of its full evaluations: how far one program's score strays.
    pub full_range: Option<(f64, f64)>,
}

/// Joins repeated evaluations of one state, in the order of first evaluation.
pub fn candidates(evaluations: &[Evaluation]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for one in evaluations {
        let place = match &one.state_hash {
            Some(hash) => *places.entry(hash).or_insert(found.len()),
            None => found.len(),
        };
        if place == found.len() {
            found.push(Candidate { state_hash: one.state_hash.clone(), evaluations: Vec::new(), full_range: None });
        }
        let candidate = &mut found[place];
        candidate.evaluations.push(one.order);
        if one.kind == EvaluationKind::Full
            && let Some(score) = one.score.filter(|score| !score.is_nan())
        {
            let (low, high) = candidate.full_range.unwrap_or((score, score));
            candidate.full_range = Some((low.min(score), high.max(score)));
        }
    }
    found
}

/// The program that `compile()` was given, if that can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// All evaluations of its state, in order.
    pub run_ids: Vec<RunId>,
    /// Its state.
    pub state_hash: Option<StateHash>,
}

/// The seed. MIPROv2, GEPA and BootstrapFewShotWithRandomSearch score the given program first
/// (DSPy 2.6 – 3.4); COPRO begins with its proposals and tells its proposer the instructions it
/// was given (`given`). A program with demos was already worked on. `None` where the optimizer
/// is not known: the seed is never guessed.
pub fn seed(
    evaluations: &[Evaluation],
    programs: &[Option<Program>],
    optimizer: Option<Optimizer>,
    given: &[String],
) -> Option<Seed> {
    let has_no_demos = |program: &Program| program.predictors.iter().all(|one| one.demos.is_empty());
    let is_given = |program: &Program| {
        let mut instructions = program.predictors.iter().filter_map(|one| one.instructions.as_ref()).peekable();
        instructions.peek().is_some() && instructions.all(|text| given.iter().any(|given| given.trim() == text.trim()))
    };
    let mut known = evaluations.iter().zip(programs);
    let (seed, _) = match optimizer? {
        optimizer if optimizer.scores_the_given_program_first() => {
            known.next().filter(|(_, program)| program.as_ref().is_some_and(has_no_demos))?
        }
        Optimizer::Copro => known
            .find(|(_, program)| program.as_ref().is_some_and(|program| has_no_demos(program) && is_given(program)))?,
        _ => return None,
    };
    Some(Seed { run_ids: same_state(evaluations, seed), state_hash: seed.state_hash.clone() })
}

/// The evaluations of the program that an optimization gave back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Winner {
    /// The evaluations of its state, in order; never empty.
    pub run_ids: Vec<RunId>,
    /// Its state.
    pub state_hash: Option<StateHash>,
    /// It is the best full evaluation, and not known to be what was given back.
    pub inferred: bool,
}

/// The winner: the evaluations of the state that the finished optimization saved as its best
/// (`best`, to be `None` for an unfinished one), else the best full evaluation, the first of
/// equals.
pub fn winner(evaluations: &[Evaluation], best: Option<&StateHash>) -> Option<Winner> {
    if let Some(best) = best {
        let of_best = evaluations.iter().filter(|one| one.state_hash.as_ref() == Some(best));
        let run_ids: Vec<RunId> = of_best.map(|one| one.run_id.clone()).collect();
        if !run_ids.is_empty() {
            return Some(Winner { run_ids, state_hash: Some(best.clone()), inferred: false });
        }
    }
    let mut top: Option<(&Evaluation, f64)> = None;
    for one in evaluations.iter().filter(|one| one.kind == EvaluationKind::Full) {
        if let Some(score) = one.score.filter(|score| !score.is_nan())
            && top.is_none_or(|(_, best)| score > best)
        {
            top = Some((one, score));
        }
    }
    let (top, _) = top?;
    Some(Winner { run_ids: same_state(evaluations, top), state_hash: top.state_hash.clone(), inferred: true })
}

/// The place of the last evaluation before the one at `at` that evaluated another program. One of which it is not known
/// what it evaluated counts as another.
pub fn before_of_another_program(evaluations: &[Evaluation], programs: &[Option<Program>], at: usize) -> Option<usize> {
    let own = evaluations.get(at)?;
    let program = |at: usize| programs.get(at)?.as_ref();
    let is_same = |place: usize| {
        let other = evaluations.get(place).and_then(|other| other.state_hash.as_ref());
        match (own.state_hash.as_ref(), other, program(at).zip(program(place))) {
            (Some(own), Some(other), _) => own == other,
            (_, _, Some((own, other))) => is_alike(own, other),
            _ => false,
        }
    };
    (0..at).rev().find(|place| !is_same(*place))
}

/// Whether two programs of which not both are known completely are the same as far as both tell.
fn is_alike(a: &Program, b: &Program) -> bool {
    if !(a.source.has_instructions_only() || b.source.has_instructions_only()) {
        return a.predictors == b.predictors;
    }
    let texts = |program: &Program| -> BTreeMap<String, String> {
        let texts = program.predictors.iter().filter_map(|one| Some((one.path.clone(), one.text()?.to_owned())));
        texts.collect()
    };
    texts(a) == texts(b)
}

/// All evaluations of the state of `one`; it alone if its state is not known.
fn same_state(evaluations: &[Evaluation], one: &Evaluation) -> Vec<RunId> {
    let is_same = |other: &&Evaluation| {
        other.order == one.order || one.state_hash.is_some() && other.state_hash == one.state_hash
    };
    evaluations.iter().filter(is_same).map(|other| other.run_id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::optimization::test_facts::{facts, hash};
    use crate::analysis::optimization::{EvaluationFacts, evaluations};
    use crate::model::program::Object;
    use crate::model::{Demo, Predictor, ProgramSource};

    fn three() -> Vec<Evaluation> {
        let facts: [EvaluationFacts; 4] = [
            facts("a", "eval_full_0", Some(50.0), Some(12), "s"),
            facts("b", "eval_minibatch_0", Some(80.0), Some(5), "t"),
            facts("c", "eval_full_1", Some(70.0), Some(12), "t"),
            facts("d", "eval_full_2", Some(75.0), Some(12), ""),
        ];
        evaluations(&facts, &[])
    }

    fn ids(run_ids: &[RunId]) -> Vec<&str> {
        run_ids.iter().map(RunId::as_str).collect()
    }

    #[test]
    fn evaluations_of_one_state_are_one_candidate() {
        let made = candidates(&three());
        let joined: Vec<&[usize]> = made.iter().map(|one| one.evaluations.as_slice()).collect();
        assert_eq!(joined, [&[0][..], &[1, 2], &[3]]);
        assert_eq!(made[1].full_range, Some((70.0, 70.0)));
    }

    #[test]
    fn the_winner_is_what_was_saved_else_the_best_and_inferred() {
        let saved = winner(&three(), Some(&hash("t"))).expect("one");
        assert_eq!((ids(&saved.run_ids), saved.inferred), (vec!["b", "c"], false));
        for best in [None, Some(hash("elsewhere"))] {
            let inferred = winner(&three(), best.as_ref()).expect("one");
            assert_eq!((ids(&inferred.run_ids), inferred.inferred), (vec!["d"], true));
        }
        assert_eq!(winner(&three()[1..2], None), None);
    }

    #[test]
    fn an_evaluation_of_the_same_program_is_stepped_over() {
        let before = |at| before_of_another_program(&three(), &[None, None, None, None], at);
        assert_eq!([before(0), before(1), before(2), before(3)], [None, Some(0), Some(0), Some(2)]);
        assert_eq!(before(9), None);
    }

    #[test]
    fn the_seed_is_never_guessed() {
        let with = |instructions: &str, demos: usize| Program {
            source: ProgramSource::ModelJson,
            complete: true,
            stale: None,
            state_hash: None,
            predictors: vec![Predictor {
                instructions: Some(instructions.to_owned()),
                demos: vec![Demo::default(); demos],
                ..Predictor::default()
            }],
            metadata: None,
            other: Object::new(),
            missing: Vec::new(),
        };
        let programs = [with("new", 0), with("given", 2), with("given", 0), with("other", 0)].map(Some);
        let found = |optimizer, given: &[String]| {
            seed(&three(), &programs, optimizer, given).map(|seed| ids(&seed.run_ids).join(" "))
        };
        let given = ["given ".to_owned()];
        assert_eq!(found(Some(Optimizer::MiproV2), &[]).as_deref(), Some("a"));
        assert_eq!(found(Some(Optimizer::Copro), &given).as_deref(), Some("b c"));
        assert_eq!(found(Some(Optimizer::Copro), &[]), None);
        assert_eq!(found(Some(Optimizer::BetterTogether), &given), None);
        assert_eq!(found(None, &given), None);
        let worked_on = [Some(with("new", 1)), None, None, None];
        assert_eq!(seed(&three(), &worked_on, Some(Optimizer::Gepa), &[]), None);
        assert_eq!(seed(&three(), &[None, None, None, None], Some(Optimizer::Gepa), &[]), None);
    }
}
