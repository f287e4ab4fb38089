//! How far an optimization came, for the rules.

use std::collections::HashMap;

use crate::analysis::doctor::{ProgramFacts, ProgressFacts, Proposals};
use crate::analysis::family_tree::{FamilyProposal, ProposalStatus, proposals_of};
use crate::analysis::optimization::{Candidate, EvaluationKind, Optimizer};
use crate::model::dspy::artifacts::PROPOSALS;
use crate::model::{RunId, RunStatus};
use crate::query::ask::Session;
use crate::query::family_tree::FamilyTreeOf;
use crate::query::optimization::Optimization;
use crate::query::program::gepa_table;
use crate::query::runs::RunRowsOf;
use crate::store::Result;

/// Whether an optimization has ended, well or not.
pub fn is_over(found: &Optimization) -> bool {
    !matches!(found.run.status, RunStatus::Running | RunStatus::Scheduled)
}

/// The place of the candidate of which one of these runs is an evaluation.
pub fn candidate_of(found: &Optimization, runs: &[RunId]) -> Option<usize> {
    let is_of = |one: &Candidate| {
        one.evaluations.iter().filter_map(|at| found.evaluations.get(*at)).any(|one| runs.contains(&one.run_id))
    };
    found.candidates.iter().position(is_of)
}

/// What the programs of an optimization are called: `C4`.
pub fn name(found: &Optimization, candidate: usize) -> String {
    found.names.at(candidate).map_or_else(|| format!("C{}", candidate + 1), |name| name.to_string())
}

pub fn facts(session: &mut Session<'_>, found: &Optimization) -> Result<ProgressFacts> {
    let programs: Vec<ProgramFacts> =
        found.candidates.iter().enumerate().filter_map(|(at, one)| program(found, at, one)).collect();
    Ok(ProgressFacts {
        parent: found.run.id.clone(),
        is_over: is_over(found),
        optimizer: found.optimizer.name,
        proposals: proposals(session, found, programs.len())?,
        programs,
        seed: found.seed.as_ref().and_then(|seed| candidate_of(found, &seed.run_ids)),
        winner: found.winner.as_ref().and_then(|winner| candidate_of(found, &winner.run_ids)),
        is_winner_inferred: found.winner.as_ref().is_some_and(|winner| winner.inferred),
        failed: failed(session, found)?,
    })
}

fn program(found: &Optimization, at: usize, one: &Candidate) -> Option<ProgramFacts> {
    let evaluations = || one.evaluations.iter().filter_map(|at| found.evaluations.get(*at));
    let first = evaluations().find(|one| one.kind == EvaluationKind::Full).or_else(|| evaluations().next())?;
    let batches = evaluations().filter(|one| one.kind == EvaluationKind::Minibatch);
    let scored = batches.filter_map(|one| Some((one.score.filter(|score| score.is_finite())?, one.n?)));
    let (sum, examples) = scored.fold((0.0, 0), |(sum, examples), (score, n)| (sum + score * n as f64, examples + n));
    Some(ProgramFacts {
        name: name(found, at),
        run: first.run_id.clone(),
        full: one.full_range.map(|(_, best)| best),
        minibatches: (examples > 0).then(|| (sum / examples as f64, examples)),
        is_known: one.state_hash.is_some(),
    })
}

/// What GEPA proposed: its own table tells, else the spans of its proposer.
fn proposals(
    session: &mut Session<'_>,
    found: &Optimization,
    programs: usize,
) -> Result<std::result::Result<Proposals, &'static str>> {
    if found.optimizer.name != Some(Optimizer::Gepa) {
        return Ok(Err("it is not GEPA's"));
    }
    let count = |all: &[FamilyProposal], are_inferred: bool| Proposals {
        total: all.len(),
        accepted: all.iter().filter(|one| one.status == ProposalStatus::Accepted).count(),
        are_inferred,
    };
    if let Some(table) = gepa_table(session, &found.run.id, PROPOSALS)? {
        return Ok(Ok(count(&proposals_of(&table), false)));
    }
    let told = session.ask(&FamilyTreeOf(found.run.id.clone()))?;
    let Some(told) = told.as_ref() else { return Ok(Err("its proposals are not stored")) };
    let counted = count(&told.proposals, true);
    Ok(match counted {
        _ if !told.looked.complete => Err("not all of its traces could be looked into for proposals"),
        // What a proposer was asked may look like nothing that is known here.
        Proposals { total: 0, .. } => Err("neither a table nor its traces tell what it proposed"),
        Proposals { accepted, .. } if accepted + 1 < programs => {
            Err("its traces tell fewer proposals than it evaluated programs")
        }
        counted => Ok(counted),
    })
}

/// The evaluations that ended without a score.
fn failed(session: &mut Session<'_>, found: &Optimization) -> Result<Vec<(RunId, String)>> {
    let around = session.ask(&RunRowsOf(Some(found.run.experiment_id.clone())))?;
    let statuses: HashMap<&RunId, &RunStatus> = around.rows.iter().map(|(run, _)| (&run.id, &run.status)).collect();
    let has_failed = |run: &RunId| matches!(statuses.get(run), Some(RunStatus::Failed | RunStatus::Killed));
    let without = found.evaluations.iter().filter(|one| one.score.is_none() && one.completed.is_none());
    Ok(without.filter(|one| has_failed(&one.run_id)).map(|one| (one.run_id.clone(), one.name.clone())).collect())
}
