//! GEPA's own tables beside an optimization (`use_mlflow=True`, DSPy 3.4), and what they tell of
//! evaluations that lack a program or a table of their own.

use std::collections::HashSet;

use super::read::{Read, read_json};
use crate::analysis::family_tree::{FamilyCandidate, Table, add_scores, candidates_of};
use crate::analysis::gepa_evaluations::{Scored, candidate_of_program, candidates_in_order, path_of, program_of};
use crate::model::dspy::artifacts::{CANDIDATES, VALSET_SCORES};
use crate::model::dspy::keys::{SEED, VALSET_AVERAGE};
use crate::model::{Program, ProgramSource, Run, RunId, RunStatus, RunValues};
use crate::query::ask::Session;
use crate::query::lookup;
use crate::query::runs::run_table;
use crate::query::runs::{RelatedRuns, ValuesOf};
use crate::store::Result;

/// One of GEPA's tables, masked; `None` if it is not there or none.
pub fn table(session: &mut Session<'_>, run: &RunId, path: &str) -> Result<Option<Table>> {
    let Read::Good(decoded) = read_json(session, run, path)? else { return Ok(None) };
    let table = Table::of(decoded.value, session.cx.reveal());
    if table.is_none() {
        session.cx.warn(format!("run {run}, {path}"), "is no table: it needs the lists `columns` and `data`");
    }
    Ok(table)
}

/// The candidates in the order of their numbers, the seed first, with their scores; empty where
/// there is no such table. `seed` is the program that was evaluated first, if known.
pub fn candidates(
    session: &mut Session<'_>,
    parent: &RunId,
    values: &RunValues,
    seed: Option<&Program>,
) -> Result<Vec<FamilyCandidate>> {
    let found = table(session, parent, CANDIDATES)?;
    let mut found = found.as_ref().map(candidates_of).unwrap_or_default();
    if found.first().is_none_or(|first| first.index != 0) {
        found.insert(0, seed_candidate(session, parent, values, seed, &found)?);
    }
    if let Some(scores) = table(session, parent, VALSET_SCORES)? {
        add_scores(&scores, &mut found);
    }
    Ok(found)
}

/// Candidate 0, which no table holds: its instructions are params and those of the first
/// evaluation, its score is the first that GEPA noted.
fn seed_candidate(
    session: &mut Session<'_>,
    parent: &RunId,
    values: &RunValues,
    seed: Option<&Program>,
    others: &[FamilyCandidate],
) -> Result<FamilyCandidate> {
    let components: Vec<&str> = match others.first() {
        Some(other) => other.instructions.iter().map(|(component, _)| &**component).collect(),
        None => values.params.iter().filter_map(|param| param.key.strip_prefix(SEED)?.strip_prefix('/')).collect(),
    };
    let instruction = |component: &str| {
        let of_program = seed.and_then(|program| {
            let path = path_of(program, component);
            program.predictors.iter().find(|one| one.path == path)?.instructions.as_deref()
        });
        let of_param = || lookup::param(values, &format!("{SEED}/{component}")).map(|param| param.value.as_str());
        Some((component.to_owned(), of_program.or_else(of_param)?.to_owned()))
    };
    let instructions = components.into_iter().filter_map(instruction).collect();
    let mut candidate = FamilyCandidate { index: 0, instructions, ..FamilyCandidate::default() };
    let histories = session.store.metric_history(session.cx, parent, Some(VALSET_AVERAGE))?;
    // GEPA scores the seed before its first iteration, which is step 0.
    let first = histories.first().and_then(|series| series.points.iter().find(|point| point.step == 0));
    candidate.score = first.map(|point| point.value).filter(|value| value.is_finite());
    Ok(candidate)
}

/// What GEPA's tables tell of one of its evaluations.
pub struct GepaEvaluation {
    /// The optimization.
    pub parent: RunId,
    /// The candidate that was scored.
    pub candidate: FamilyCandidate,
    /// The first evaluation of the optimization.
    pub first: Option<RunId>,
}

/// The candidate that an evaluation scored, by its own program or else by GEPA's order; `None`
/// if its optimization has no such tables or they do not fit.
pub fn evaluation(session: &mut Session<'_>, run: &Run, program: Option<&Program>) -> Result<Option<GepaEvaluation>> {
    let family = session.ask(&RelatedRuns { experiment: Some(run.experiment_id.clone()), with_deleted: true })?;
    let adopted = family.iter().find(|one| one.id == run.id);
    let Some(parent) = adopted.and_then(|run| run.parent_id.clone()) else { return Ok(None) };
    let first = family.iter().find(|one| one.parent_id.as_ref() == Some(&parent)).map(|one| one.id.clone());
    if table(session, &parent, CANDIDATES)?.is_none() {
        return Ok(None);
    }
    let values = session.ask(&ValuesOf(parent.clone()))?;
    let mut known = candidates(session, &parent, &values, None)?;
    let place = match program {
        Some(program) => {
            let score = lookup::score(&*session.ask(&ValuesOf(run.id.clone()))?);
            candidate_of_program(&known, program, score)
        }
        None => in_order(session, run, &parent, &known)?,
    };
    Ok(place.map(|place| GepaEvaluation { parent, candidate: known.swap_remove(place), first }))
}

/// The place of the candidate that a run without a program scored, by the order of all of them.
fn in_order(
    session: &mut Session<'_>,
    run: &Run,
    parent: &RunId,
    candidates: &[FamilyCandidate],
) -> Result<Option<usize>> {
    let rows = run_table(session, Some(&run.experiment_id), false)?.rows;
    let counted = session.store.run_traces(session.cx, Some(&run.experiment_id))?.unwrap_or_default();
    let count = |run: &RunId| counted.iter().find(|(id, _)| id == run).map(|(_, counted)| counted.traces);
    let mut scored = Vec::new();
    let mut own = None;
    for (one, values) in rows.iter().filter(|(one, _)| one.parent_id.as_ref() == Some(parent)) {
        let score = lookup::score(values);
        if score.is_some() {
            own = own.or((one.id == run.id).then_some(scored.len()));
            scored.push(Scored { score, n: count(&one.id).filter(|traces| *traces > 0) });
        }
    }
    let places = candidates_in_order(candidates, &scored, &HashSet::new());
    Ok(own.and_then(|own| places.get(own).copied().flatten()))
}

/// The program of a run that saved none: of one of GEPA's evaluations, or of what GEPA gave back.
pub fn program(session: &mut Session<'_>, run: &Run) -> Result<Option<Program>> {
    let found = if table(session, &run.id, CANDIDATES)?.is_some() {
        let values = session.ask(&ValuesOf(run.id.clone()))?;
        let best = lookup::metric(&values, "best_candidate_idx").map(|metric| metric.point.value);
        let known = candidates(session, &run.id, &values, None)?;
        known.into_iter().find(|one| Some(one.index as f64) == best && run.status == RunStatus::Finished)
    } else {
        evaluation(session, run, None)?.map(|found| found.candidate)
    };
    Ok(found.filter(|one| !one.instructions.is_empty()).map(|one| of_candidate(&one)))
}

/// The program of a candidate, and where it was read.
fn of_candidate(candidate: &FamilyCandidate) -> Program {
    let source = if candidate.index == 0 { ProgramSource::SeedParams } else { ProgramSource::Candidates };
    program_of(candidate, source)
}

/// Fills in the programs of GEPA's evaluations that saved none. Both lists are in the order of
/// the evaluations.
pub fn add_programs(
    session: &mut Session<'_>,
    parent: &RunId,
    values: &RunValues,
    evaluations: &[Scored],
    programs: &mut [Option<Program>],
) -> Result<()> {
    let without: Vec<usize> = (0..programs.len()).filter(|at| programs[*at].is_none()).collect();
    if without.is_empty() || table(session, parent, CANDIDATES)?.is_none() {
        return Ok(());
    }
    let known = candidates(session, parent, values, None)?;
    let with = programs.iter().zip(evaluations).filter_map(|(program, one)| Some((program.as_ref()?, one.score)));
    let taken: HashSet<usize> =
        with.filter_map(|(program, score)| candidate_of_program(&known, program, score)).collect();
    let scored: Vec<Scored> = without.iter().map(|at| evaluations[*at]).collect();
    for (at, place) in without.into_iter().zip(candidates_in_order(&known, &scored, &taken)) {
        let candidate = place.map(|place| &known[place]).filter(|one| !one.instructions.is_empty());
        programs[at] = candidate.map(of_candidate);
    }
    Ok(())
}
