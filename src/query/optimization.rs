//! An optimization: its evaluations in order, its candidates, who won, and which optimizer it was.

mod absence;
mod clues;
mod files;

use std::collections::HashSet;
use std::sync::Arc;

use super::infer_rules;
use super::program::{StateOf, add_gepa_programs, program_state};
use super::runs::{RunOf, RunRowsOf, ValuesOf};
use super::trace_counts::{TraceCounts, TraceCountsOf};
use crate::analysis::gepa_evaluations::Scored;
use crate::analysis::optimization::{
    Candidate, Evaluation, EvaluationFacts, EvaluationKind, Optimizer, OptimizerGuess, ProgramNames, Seed, Tie, Winner,
    candidates, evaluations, may_count_completed, seed, winner,
};
use crate::model::dspy::{artifacts, run_names};
use crate::model::{Entry, Forest, Lifecycle, Program, Run, RunId, RunStatus, RunValues, Tokens};
use crate::query::ask::{Question, Session};
use crate::store::{Result, RunTraces};

pub use super::lookup::score;
pub use files::DataSize;
pub(super) use files::table_rows;

/// All about an optimization but its examples.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimization {
    /// The parent run.
    pub run: Run,
    /// Its params: what `compile()` was given, and settings of the LM.
    pub settings: Vec<Entry>,
    /// Which optimizer it was.
    pub optimizer: OptimizerGuess,
    /// Its evaluations by start; adopted ones included.
    pub evaluations: Vec<Evaluation>,
    /// The program of each evaluation, without facts from traces; `None` where there is none.
    pub programs: Vec<Option<Program>>,
    /// The distinct programs among them.
    pub candidates: Vec<Candidate>,
    /// What they are called.
    pub names: Arc<ProgramNames>,
    /// Those that share the score of the winner, if any do.
    pub tie: Option<Tie>,
    /// The program that it was given, if that can be told.
    pub seed: Option<Seed>,
    /// The program that it gave back, as evaluated.
    pub winner: Option<Winner>,
    /// `best_model.json`, which may be stale.
    pub best: Option<Program>,
    /// What it used over all of its traces that tell; `None` if none does.
    pub tokens: Option<Tokens>,
    /// Its traces and those of its evaluations, counted, if the store tells.
    pub traces: Option<RunTraces>,
    /// The size of `trainset.json`.
    pub trainset: Option<DataSize>,
    /// The size of `valset.json`.
    pub valset: Option<DataSize>,
    /// The scores of the prompts that were given and given back, where prompts were optimized.
    pub prompt_scores: [Option<f64>; 2],
}

impl Optimization {
    /// The place of the candidate that a run evaluated.
    pub fn candidate_of(&self, run: &RunId) -> Option<usize> {
        let at = self.evaluations.iter().position(|one| one.run_id == *run)?;
        self.candidates.iter().position(|one| one.evaluations.contains(&at))
    }

    /// The evaluation that stands for a candidate: its best full one, else its first.
    pub fn best_evaluation(&self, candidate: usize) -> Option<&Evaluation> {
        let all = || self.candidates.get(candidate).into_iter().flat_map(|one| &one.evaluations);
        let all = || all().filter_map(|at| self.evaluations.get(*at));
        let full = all().filter(|one| one.kind == EvaluationKind::Full);
        let scored = full.filter_map(|one| Some((one, one.score.filter(|score| !score.is_nan())?)));
        let best = scored.reduce(|best, one| if one.1 > best.1 { one } else { best });
        best.map(|(one, _)| one).or_else(|| all().next())
    }

    /// The scores on minibatches among these evaluations, given by their places.
    pub fn minibatch_scores(&self, places: &[usize]) -> Vec<f64> {
        let all = places.iter().filter_map(|place| self.evaluations.get(*place));
        let scored = all.filter(|one| one.kind == EvaluationKind::Minibatch).filter_map(|one| one.score);
        scored.filter(|score| score.is_finite()).collect()
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let programs: usize = self.programs.iter().chain([&self.best]).flatten().map(Program::bytes).sum();
        programs + self.names.bytes() + self.evaluations.len() * 400 + self.settings.len() * 200
    }
}

/// What is known of the optimization under a parent run; one without evaluations has an empty
/// list of them. `None` if the store does not have the run.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn optimization(session: &mut Session<'_>, parent: &RunId) -> Result<Option<Optimization>> {
    let stored = session.ask(&RunOf(parent.clone()))?;
    let Some(stored) = (*stored).clone() else { return Ok(None) };
    let around = session.ask(&RunRowsOf(Some(stored.experiment_id.clone())))?;
    let counts = session.ask(&TraceCountsOf(Some(stored.experiment_id.clone())))?;
    among(session, stored, &around.rows, &counts).map(Some)
}

/// The optimization under a run, among all runs of its experiment and their traces, counted.
fn among(
    session: &mut Session<'_>,
    stored: Run,
    around: &[(Run, RunValues)],
    counts: &TraceCounts,
) -> Result<Optimization> {
    let parent = &stored.id;
    let is_active = |(run, _): &&(Run, RunValues)| run.lifecycle == Lifecycle::Active || run.id == *parent;
    let rows: Vec<&(Run, RunValues)> = around.iter().filter(is_active).collect();
    let runs: Vec<&Run> = rows.iter().map(|(run, _)| run).collect();
    let family = Family::of(&runs, parent);

    let mut best = program_state(session, parent, true)?;
    let with_rules = match &best {
        Some(_) if family.descendants.is_empty() => infer_rules::evaluations(session, &stored, &runs)?,
        _ => Vec::new(),
    };
    if !with_rules.is_empty()
        && let Some(best) = &mut best
    {
        best.stale = Some(infer_rules::INTERMEDIATE.to_owned());
    }
    let mut facts = Vec::new();
    let mut programs = Vec::new();
    for place in family.descendants.iter().chain(&with_rules) {
        session.cx.check()?;
        let (run, values) = rows[*place];
        let program = session.ask(&StateOf { run: run.id.clone(), best: false })?;
        let program = (*program).clone();
        let score = score(values);
        if program.is_none() && score.is_none() {
            continue;
        }
        let rows_of_table = files::table_rows(session, &run.id)?;
        let has_source = program.as_ref().is_some_and(Program::has_source);
        let (score, completed) = match rows_of_table {
            None if has_source && may_count_completed(&run.name) => (None, score),
            _ => (score, None),
        };
        let n = match rows_of_table {
            Some(rows) => Some(rows),
            None => counts.recorded(&run.id).map(|counted| counted.traces).filter(|traces| *traces > 0),
        };
        let state_hash = program.as_ref().and_then(|program| program.state_hash.clone());
        let mut run = run.clone();
        if run.parent_id.is_none() {
            (run.parent_id, run.parent_inferred) = (Some(parent.clone()), true);
        }
        facts.push(EvaluationFacts { run, score, completed, n, state_hash });
        programs.push(program);
    }
    let own_values = rows.iter().find(|(run, _)| run.id == *parent).map(|(_, values)| values.clone());
    let values = match own_values {
        Some(values) => values,
        None => (*session.ask(&ValuesOf(parent.clone()))?).clone(),
    };
    let scored: Vec<Scored> = facts.iter().map(|one| Scored { score: one.score, n: one.n }).collect();
    add_gepa_programs(session, parent, &values, &scored, &mut programs)?;
    let is_finished = stored.status == RunStatus::Finished;
    let best_hash =
        best.as_ref().filter(|best| is_finished && best.stale.is_none()).and_then(|best| best.state_hash.clone());
    let trainset = files::data_size(session, parent, artifacts::TRAINSET)?;
    let own_traces = counts.of(parent).map(|counted| counted.traces);
    let clues = clues::Known {
        values: &values,
        facts: &facts,
        best: best.as_ref(),
        trainset,
        traces: own_traces,
        with_rules: with_rules.len(),
    };
    let (optimizer, given) = clues::optimizer(session, &stored, clues)?;
    if optimizer.name != Some(Optimizer::Gepa) {
        facts.iter_mut().for_each(|one| one.score = one.score.or(one.completed.take()));
    }
    let evaluations = evaluations(&facts, &family.others);
    let counted: Vec<RunTraces> = std::iter::once(parent)
        .chain(evaluations.iter().map(|one| &one.run_id))
        .filter_map(|run| counts.recorded(run))
        .collect();
    let traces = sum(&counted);
    let candidates = candidates(&evaluations);
    let seed = seed(&evaluations, &programs, optimizer.name, &given);
    let winner = winner(&evaluations, best_hash.as_ref());
    let names = ProgramNames::new(&candidates, &evaluations, seed.as_ref(), winner.as_ref());
    Ok(Optimization {
        tie: Tie::of(&names, &candidates),
        names: Arc::new(names),
        candidates,
        seed,
        optimizer,
        winner,
        evaluations,
        programs,
        best,
        tokens: traces.and_then(|traces| traces.tokens),
        traces,
        trainset,
        valset: files::data_size(session, parent, artifacts::VALSET)?,
        prompt_scores: absence::prompt_scores(&values),
        settings: values.params,
        run: stored,
    })
}

/// Sums counts; of tokens, those that are known.
fn sum(counted: &[RunTraces]) -> Option<RunTraces> {
    counted.iter().copied().reduce(|a, b| RunTraces {
        traces: a.traces + b.traces,
        errors: a.errors + b.errors,
        with_tokens: a.with_tokens + b.with_tokens,
        tokens: match (a.tokens, b.tokens) {
            (Some(a), Some(b)) => Some(a.plus(b)),
            (a, b) => a.or(b),
        },
        last_ms: a.last_ms.max(b.last_ms),
    })
}

/// Where an optimization stands among the runs of its experiment.
struct Family {
    /// The places of all runs under it, by start.
    descendants: Vec<usize>,
    /// When other optimizations of the experiment ran.
    others: Vec<(i64, Option<i64>)>,
}

impl Family {
    fn of(runs: &[&Run], parent: &RunId) -> Self {
        let links: Vec<_> = runs.iter().map(|run| (run.id.clone(), run.parent_id.clone())).collect();
        let forest = Forest::build(&links);
        let mut descendants = Vec::new();
        let mut related: HashSet<&RunId> = HashSet::from([parent]);
        if let Some(at) = forest.nodes.iter().position(|node| runs[node.item].id == *parent) {
            let under = &forest.nodes[at + 1..][..forest.nodes[at].descendants];
            descendants = under.iter().map(|node| node.item).collect();
            // The order of `runs` is by start.
            descendants.sort_unstable();
            related.extend(descendants.iter().map(|item| &runs[*item].id));
            let mut depth = forest.nodes[at].depth;
            for node in forest.nodes[..at].iter().rev().filter(|node| node.depth < forest.nodes[at].depth) {
                if node.depth < depth {
                    depth = node.depth;
                    related.insert(&runs[node.item].id);
                }
            }
        }
        let is_evaluation = |run: &&&Run| run_names::is_evaluation(&run.name) && !run.parent_inferred;
        let optimizations: HashSet<&RunId> =
            runs.iter().filter(is_evaluation).filter_map(|run| run.parent_id.as_ref()).collect();
        let others = runs
            .iter()
            .filter(|run| optimizations.contains(&run.id) && !related.contains(&run.id))
            .filter_map(|run| Some((run.start_time_ms?, run.end_time_ms)))
            .collect();
        Self { descendants, others }
    }
}

/// What is known of an optimization; `None` inside if the store has no such run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OptimizationOf(pub RunId);

impl Question for OptimizationOf {
    type Answer = Option<Optimization>;
    const LABEL: &'static str = "optimization";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        optimization(session, &self.0)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, Optimization::bytes)
    }
}
