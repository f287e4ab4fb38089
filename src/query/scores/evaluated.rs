//! Which evaluations stand beside each other, and what is known of each before its examples are looked at.

use std::collections::HashSet;

use crate::analysis::optimization::{Evaluation, EvaluationFacts, EvaluationKind, candidates, evaluations};
use crate::model::dspy::run_names;
use crate::model::program::Object;
use crate::model::{EvaluationId, ExperimentId, Forest, Run, RunId, TriedPrompt};
use crate::query::ask::Session;
use crate::query::example_rows::{ExampleRows, rows_of};
use crate::query::lookup;
use crate::query::optimization::Optimization;
use crate::query::program::StateOf;
use crate::query::program_names::{NamedProgram, ProgramOfRun};
use crate::query::runs::{RelatedRuns, RunOf, ValuesOf};
use crate::store::{Allowance, Result};

/// Which evaluations stand beside each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Evaluated {
    /// Those of an optimization, by its parent run; of `mlflow.genai.optimize_prompts` the prompts that it tried.
    Optimization(RunId),
    /// These, in this order; one is enough. Those that the store does not have are left out.
    Runs(Vec<RunId>),
    /// Those of an experiment that are part of no optimization and have examples, by start.
    Experiment(ExperimentId),
}

/// An evaluation among others.
pub(super) struct Described {
    pub run: RunId,
    /// The prompt that was tried in the run, where each is one of several.
    pub prompt: Option<TriedPrompt>,
    pub name: String,
    /// Evaluations of one program have one number.
    pub candidate: usize,
    pub kind: EvaluationKind,
    /// The metric `eval`.
    pub score: Option<f64>,
    pub program: Option<NamedProgram>,
}

/// What is wanted of plain evaluations.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Those without examples are left out.
    pub only_with_examples: bool,
    /// Which of several scores, if one was chosen.
    pub score: Option<&'a str>,
}

/// The examples of an evaluation without what was answered to them, which is most of what they hold: many evaluations
/// are in memory at once.
pub(super) fn scored_rows(
    session: &mut Session<'_>,
    of: &EvaluationId,
    score: Option<&str>,
    time: Allowance,
) -> Result<ExampleRows> {
    let mut rows = rows_of(session, of, score, time)?;
    rows.table.rows.iter_mut().for_each(|row| row.prediction = Object::new());
    Ok(rows)
}

/// Those of an optimization, in its order.
pub(super) fn of_optimization(found: &Optimization) -> Vec<Described> {
    let mut candidate_of = vec![0; found.evaluations.len()];
    for (place, candidate) in found.candidates.iter().enumerate() {
        for order in &candidate.evaluations {
            candidate_of[*order] = place;
        }
    }
    let one = |(one, candidate): (&Evaluation, usize)| Described {
        run: one.run_id.clone(),
        prompt: None,
        name: one.name.clone(),
        candidate,
        kind: one.kind,
        score: one.score,
        program: found.names.at(candidate).map(|name| NamedProgram {
            name,
            optimization: found.run.id.clone(),
            optimization_name: found.run.name.clone(),
            is_of_winner: false,
        }),
    };
    found.evaluations.iter().zip(candidate_of).map(one).collect()
}

/// Plain evaluations with their examples. Evaluations of one state of a program are of one candidate; one on as many
/// examples as the largest is full, of others the name may tell.
pub(super) fn plain(
    session: &mut Session<'_>,
    of: &[Run],
    wanted: Wanted<'_>,
    time: Allowance,
) -> Result<(Vec<Described>, Vec<ExampleRows>)> {
    let (mut facts, mut tables) = (Vec::new(), Vec::new());
    for (place, run) in of.iter().enumerate() {
        session.cx.check()?;
        session.tell_progress(place, of.len());
        let rows = scored_rows(session, &(&run.id).into(), wanted.score, time)?;
        if wanted.only_with_examples && rows.count().unwrap_or_default() == 0 {
            continue;
        }
        let program = session.ask(&StateOf { run: run.id.clone(), best: false })?;
        let state_hash = program.as_ref().as_ref().and_then(|program| program.state_hash.clone());
        let score = lookup::score(&*session.ask(&ValuesOf(run.id.clone()))?);
        let n = rows.count().map(|rows| rows as u64);
        facts.push(EvaluationFacts { run: run.clone(), score, completed: None, n, state_hash });
        tables.push(rows);
    }
    let most = facts.iter().filter_map(|one| one.n).max().filter(|most| *most > 0);
    let evaluations = evaluations(&facts, &[]);
    let mut described = Vec::with_capacity(evaluations.len());
    for one in &evaluations {
        let kind = match one.n {
            Some(_) if one.n == most => EvaluationKind::Full,
            _ if run_names::is_full(&one.name) => EvaluationKind::Full,
            _ if run_names::is_minibatch(&one.name) => EvaluationKind::Minibatch,
            // Fewer examples may be all of another set.
            _ => EvaluationKind::Unknown,
        };
        described.push(Described {
            run: one.run_id.clone(),
            prompt: None,
            name: one.name.clone(),
            candidate: 0,
            kind,
            score: one.score,
            program: (*session.ask(&ProgramOfRun(one.run_id.clone()))?).clone(),
        });
    }
    for (place, candidate) in candidates(&evaluations).iter().enumerate() {
        for order in &candidate.evaluations {
            described[*order].candidate = place;
        }
    }
    Ok((described, tables))
}

/// The runs of these ids that the store has.
pub(super) fn runs(session: &mut Session<'_>, ids: &[RunId]) -> Result<Vec<Run>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        session.cx.check()?;
        found.extend((*session.ask(&RunOf(id.clone()))?).clone());
    }
    Ok(found)
}

/// The runs of an experiment that are part of no optimization and are none themselves, by start.
pub(super) fn plain_runs(session: &mut Session<'_>, experiment: &ExperimentId) -> Result<Vec<Run>> {
    let all = session.ask(&RelatedRuns { experiment: Some(experiment.clone()), with_deleted: false })?;
    let of_optimizer = |run: &&Run| run.parent_id.is_some() && run_names::is_of_optimizer(&run.name);
    let optimizations: HashSet<&RunId> =
        all.iter().filter(of_optimizer).filter_map(|run| run.parent_id.as_ref()).collect();
    let links: Vec<_> = all.iter().map(|run| (run.id.clone(), run.parent_id.clone())).collect();
    let forest = Forest::build(&links);
    let mut is_part = vec![false; all.len()];
    for (at, node) in forest.nodes.iter().enumerate() {
        if optimizations.contains(&all[node.item].id) {
            let under = &forest.nodes[at..][..=node.descendants];
            under.iter().for_each(|node| is_part[node.item] = true);
        }
    }
    Ok(all.iter().zip(is_part).filter(|(_, is_part)| !is_part).map(|(run, _)| run.clone()).collect())
}
