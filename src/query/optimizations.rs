//! All optimizations and plain evaluations of an experiment or a store, each in one line.

use std::collections::{BTreeMap, HashSet};

use super::example_rows::score_of;
use super::optimization::{Optimization, OptimizationOf, score};
use super::program::program_state;
use super::runs::RunRowsOf;
use super::trace_counts::{TraceCounts, TraceCountsOf};
use crate::analysis::metric_match::WRAPPED_METRIC;
use crate::analysis::optimization::{Evaluation, Optimizer, ProgramName, Purpose};
use crate::analysis::optimizations::Step;
use crate::model::dspy::run_names;
use crate::model::{ExperimentId, Lifecycle, Run, RunId};
use crate::query::ask::{Question, Session};
use crate::store::{Result, RunTraces, TraceQuery};

/// On so many traces of an optimization the name of its metric is looked for: most assessments are lost (MLflow 3.13 –
/// 3.18), and what is shared out over many optimizations has to be quick.
const NAMED_BY: usize = 8;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverviewKind {
    /// An optimizer ran.
    Optimization,
    /// A program was evaluated, by nobody's optimization.
    Evaluation,
}

impl OverviewKind {
    /// `optimization`, `evaluation`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optimization => "optimization",
            Self::Evaluation => "evaluation",
        }
    }
}

/// An optimization or an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct OverviewRow {
    /// What it is.
    pub kind: OverviewKind,
    /// Its run.
    pub run: Run,
    /// Which optimizer it was, if that can be told.
    pub optimizer: Option<Optimizer>,
    /// Its evaluations in order; of an evaluation itself.
    pub steps: Vec<Step>,
    /// The best full score of the program that it was given.
    pub seed: Option<f64>,
    /// The best full score of its winner; of an evaluation its score.
    pub best: Option<f64>,
    /// What the winner is called.
    pub winner: Option<ProgramName>,
    /// On how many examples the winner was scored in full.
    pub n: Option<u64>,
    /// Its traces and those of its evaluations, if the store tells.
    pub traces: Option<RunTraces>,
    /// What its metric is called, if a trace tells.
    pub metric: Option<String>,
}

impl OverviewRow {
    /// How many examples were scored in its evaluations; of none that tell nothing.
    pub fn metric_calls(&self) -> Option<u64> {
        self.steps.iter().filter_map(|step| step.n).reduce(|a, b| a + b)
    }

    /// Whether its scores go up to 1: a mean of the metric itself and not 100 × it. `None` without a score above 0.
    pub fn is_of_unit(&self) -> Option<bool> {
        let scores = self.steps.iter().filter_map(|step| step.score).filter(|score| score.is_finite());
        let most = scores.map(f64::abs).reduce(f64::max).filter(|most| *most > 0.0)?;
        Some(most <= 1.0)
    }
}

/// The optimizations and plain evaluations of one experiment, or of all, by start.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OptimizationsOf(pub Option<ExperimentId>);

impl Question for OptimizationsOf {
    type Answer = Vec<OverviewRow>;
    const LABEL: &'static str = "optimizations";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let rows = session.ask(&RunRowsOf(self.0.clone()))?;
        let active: Vec<&(Run, crate::model::RunValues)> =
            rows.rows.iter().filter(|(run, _)| run.lifecycle == Lifecycle::Active).collect();
        let parents: HashSet<&RunId> = active
            .iter()
            .filter(|(run, _)| run_names::is_evaluation(&run.name))
            .filter_map(|(run, _)| run.parent_id.as_ref())
            .collect();
        let mut all = Vec::new();
        let mut of_optimizations: HashSet<RunId> = HashSet::new();
        for (done, (run, _)) in active.iter().enumerate() {
            session.cx.check()?;
            session.tell_progress(done, active.len());
            // Some optimizers leave nothing but their program.
            let is_one = parents.contains(&run.id)
                || !run_names::is_evaluation(&run.name) && program_state(session, &run.id, true)?.is_some();
            if !is_one {
                continue;
            }
            let found = session.ask(&OptimizationOf(run.id.clone()))?;
            let Some(found) = found.as_ref().as_ref() else { continue };
            if found.optimizer.purpose == Some(Purpose::Evaluation) {
                continue;
            }
            of_optimizations.extend(found.evaluations.iter().map(|one| one.run_id.clone()));
            of_optimizations.insert(run.id.clone());
            let counts = session.ask(&TraceCountsOf(Some(run.experiment_id.clone())))?;
            all.push(optimization(session, found, &counts)?);
        }
        for (run, values) in &active {
            let Some(score) = score(values).filter(|_| !of_optimizations.contains(&run.id)) else { continue };
            let counts = session.ask(&TraceCountsOf(Some(run.experiment_id.clone())))?;
            all.push(evaluation(session, run, score, &counts)?);
        }
        all.sort_by_key(|row| row.run.start_time_ms);
        Ok(all)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(|row| 800 + row.steps.len() * size_of::<Step>()).sum()
    }
}

fn optimization(session: &mut Session<'_>, found: &Optimization, counts: &TraceCounts) -> Result<OverviewRow> {
    let best_of = |runs: &[RunId]| -> Option<&Evaluation> {
        let full = found.evaluations.iter().filter(|one| runs.contains(&one.run_id) && one.kind.as_str() == "full");
        let scored = full.filter(|one| one.score.is_some_and(|score| !score.is_nan()));
        scored.max_by(|a, b| a.score.unwrap_or_default().total_cmp(&b.score.unwrap_or_default()))
    };
    let winner = found.winner.as_ref().and_then(|winner| best_of(&winner.run_ids));
    let seed = found.seed.as_ref().and_then(|seed| best_of(&seed.run_ids));
    let steps = found.evaluations.iter().map(|one| step(one, &found.run, counts)).collect();
    let named_by = winner.or(found.evaluations.first()).map(|one| one.run_id.clone());
    Ok(OverviewRow {
        kind: OverviewKind::Optimization,
        run: found.run.clone(),
        optimizer: found.optimizer.name,
        steps,
        seed: seed.and_then(|one| one.score),
        best: winner.and_then(|one| one.score),
        winner: found.names.winner(),
        n: winner.and_then(|one| one.n),
        traces: found.traces,
        metric: named_by.map_or(Ok(None), |run| metric(session, &run))?,
    })
}

fn step(one: &Evaluation, parent: &Run, counts: &TraceCounts) -> Step {
    let traces = counts.recorded(&one.run_id);
    let moment = one.end_time_ms.or(one.start_time_ms);
    Step {
        score: one.score,
        best_so_far: one.best_so_far,
        n: one.n,
        after_ms: moment.zip(parent.start_time_ms).map(|(moment, start)| moment - start),
        tokens: traces.and_then(|traces| traces.tokens).and_then(|tokens| tokens.total),
        has_all_tokens: traces.is_some_and(|traces| traces.with_tokens == traces.traces),
    }
}

fn evaluation(session: &mut Session<'_>, run: &Run, score: f64, counts: &TraceCounts) -> Result<OverviewRow> {
    let rows = super::optimization::table_rows(session, &run.id)?;
    let traces = counts.of(&run.id);
    let n = rows.or(traces.map(|traces| traces.traces).filter(|traces| *traces > 0));
    let step = Step {
        score: Some(score),
        best_so_far: Some(score),
        n,
        after_ms: run.duration_ms(),
        tokens: traces.and_then(|traces| traces.tokens).and_then(|tokens| tokens.total),
        has_all_tokens: traces.is_some_and(|traces| traces.with_tokens == traces.traces),
    };
    Ok(OverviewRow {
        kind: OverviewKind::Evaluation,
        run: run.clone(),
        optimizer: None,
        steps: vec![step],
        seed: None,
        best: Some(score),
        winner: None,
        n,
        traces,
        metric: metric(session, &run.id)?,
    })
}

/// How the scores on a run's newest traces are called, if they are called one thing.
fn metric(session: &mut Session<'_>, run: &RunId) -> Result<Option<String>> {
    let query = TraceQuery { run: Some(run.clone()), limit: Some(NAMED_BY), ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in session.store.trace_rows(session.cx, &index.handles)? {
        session.cx.check()?;
        let assessments = session.store.trace(session.cx, &row.id)?.map(|head| head.assessments).unwrap_or_default();
        for (name, _) in assessments.iter().filter_map(score_of).filter(|(name, _)| name != WRAPPED_METRIC) {
            *counts.entry(name).or_default() += 1;
        }
    }
    let most = counts.values().copied().max();
    let mut names = counts.into_iter().filter(|(_, count)| Some(*count) == most).map(|(name, _)| name);
    Ok(names.next().filter(|_| names.next().is_none()))
}

/// Which optimizations can share a chart: those of the largest group with one scale and no other metric. The others come
/// with the reason why they cannot.
pub fn comparable(rows: &[&OverviewRow]) -> Vec<std::result::Result<(), String>> {
    let scale = most_frequent(rows.iter().filter_map(|row| row.is_of_unit()));
    let has_scale = |row: &&&OverviewRow| row.is_of_unit() == scale;
    let metric = most_frequent(rows.iter().filter(has_scale).filter_map(|row| row.metric.as_deref()));
    let judge = |row: &&OverviewRow| {
        if !row.steps.iter().any(|step| step.score.is_some_and(f64::is_finite)) {
            return Err("no score".to_owned());
        }
        // 0 is 0 on any scale.
        if let Some(own) = row.is_of_unit().filter(|own| Some(*own) != scale) {
            return Err(match own {
                true => "its scores go up to 1, those of others beyond".to_owned(),
                false => "its scores go beyond 1, those of others do not".to_owned(),
            });
        }
        match (row.metric.as_deref(), metric) {
            (Some(own), Some(metric)) if own != metric => Err(format!("scored by {own}, others by {metric}")),
            _ => Ok(()),
        }
    };
    rows.iter().map(judge).collect()
}

/// The one that is there most often; of several the first in order.
fn most_frequent<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    counts.into_iter().max_by_key(|(one, count)| (*count, std::cmp::Reverse(*one))).map(|(one, _)| one)
}
