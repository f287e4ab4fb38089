//! What changed in a candidate of an optimization: against the program it was made of, its seed, its winner, or the one
//! that was evaluated in full before it.

use super::evolution::relatives;
use super::optimization::{Optimization, OptimizationOf};
use crate::analysis::evolution::{Against, Relatives};
use crate::analysis::optimization::EvaluationKind;
use crate::analysis::program_diff::{ProgramDiff, diff_programs};
use crate::model::{Program, RunId};
use crate::query::ask::Session;
use crate::store::{Part, Result};

/// What changed in a candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramChange {
    /// The candidate, by its place.
    pub candidate: usize,
    /// The evaluation that stands for it.
    pub run: RunId,
    /// With what it is compared.
    pub against: Against,
    /// With what candidates of this optimization can be compared.
    pub choices: Vec<Against>,
    /// The other one: its place, and the evaluation that stands for it. `None` if there is none, as nothing came before
    /// the seed, or if the program of one of the two is not known.
    pub base: Option<(usize, RunId)>,
    /// What changed; `None` without another one.
    pub diff: Option<ProgramDiff>,
    /// What both are called where they are prompts that were tried within one run, the other one first; `None` for
    /// programs, which have names of their own.
    pub prompts: Option<[String; 2]>,
}

/// What changed in the program that a run of an optimization evaluated. `against`: what fits the optimizer if nothing is
/// chosen or it is not known here. `None` if the store does not have the optimization, or the run is not part of it.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn program_change(
    session: &mut Session<'_>,
    optimization: &RunId,
    run: &RunId,
    against: Option<Against>,
) -> Result<Option<ProgramChange>> {
    let found = session.ask(&OptimizationOf(optimization.clone()))?;
    let Some(found) = found.as_ref() else { return Ok(None) };
    let Some(candidate) = found.candidate_of(run) else { return Ok(None) };
    let relatives = relatives(session, found)?;
    let choices = relatives.known();
    let fitting = || Against::fitting(found.optimizer.name, &choices);
    let against = against.filter(|against| choices.contains(against)).unwrap_or_else(fitting);
    let deadline = session.cx.begin(Part::Texts).ends();
    let own = program_of(found, candidate);
    let base = own.and_then(|_| base_of(found, &relatives, against, candidate));
    let diff = own.zip(base.and_then(|base| program_of(found, base)));
    let stands_for = |candidate: usize| found.best_evaluation(candidate).map(|one| one.run_id.clone());
    Ok(Some(ProgramChange {
        candidate,
        run: stands_for(candidate).unwrap_or_else(|| run.clone()),
        against,
        base: base.and_then(|base| Some((base, stands_for(base)?))),
        diff: diff.map(|(own, base)| diff_programs(base, own, deadline)),
        choices,
        prompts: None,
    }))
}

/// The first program with which a candidate may be compared.
fn base_of(found: &Optimization, relatives: &Relatives, against: Against, candidate: usize) -> Option<usize> {
    let is_known = |other: &usize| program_of(found, *other).is_some();
    if against == Against::Previous
        && let Some(before) = full_before(found, candidate).filter(is_known)
    {
        return Some(before);
    }
    relatives.of(against, candidate).find(is_known)
}

/// The candidate of the last full evaluation before the first one of this candidate.
fn full_before(found: &Optimization, candidate: usize) -> Option<usize> {
    let first = *found.candidates.get(candidate)?.evaluations.first()?;
    let before = found.evaluations.get(..first)?;
    let last = before.iter().rev().find(|one| one.kind == EvaluationKind::Full)?;
    found.candidate_of(&last.run_id).filter(|other| *other != candidate)
}

/// The program of a candidate, as the first of its evaluations that tells it has it.
fn program_of(found: &Optimization, candidate: usize) -> Option<&Program> {
    let evaluations = &found.candidates.get(candidate)?.evaluations;
    evaluations.iter().find_map(|at| found.programs.get(*at)?.as_ref())
}
