//! What an optimization cost: proposing against evaluating, what each of its programs cost, what was saved.

use std::collections::{BTreeSet, HashMap};

use super::cost::{CostOf, Costs, TraceKind};
use super::optimization::OptimizationOf;
use super::trace_facts::known_traces;
use super::traces::{TraceIndexOf, TraceScope};
use crate::analysis::cost::{CostSum, UnknownCost};
use crate::analysis::optimization::{Evaluation, EvaluationKind, planned_evaluations, planned_minibatches};
use crate::model::{RunId, RunStatus};
use crate::query::ask::{Question, Session};
use crate::store::{Part, Result};

/// No round may take more than so many times the time of the first.
const MOST_TIMES: u32 = 64;

/// Traces that are read together.
const AT_ONCE: usize = 100;

/// What the optimization under a run cost; `None` inside if the store has no such run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OptimizationCostOf {
    /// The run.
    pub run: RunId,
    /// What spans tell is derived once, within a time that each round doubles: others want the worker, too. `None`: as
    /// long as it takes.
    pub round: Option<u32>,
}

impl OptimizationCostOf {
    /// All of it, however long it takes.
    pub fn whole(run: RunId) -> Self {
        Self { run, round: None }
    }

    /// Has the facts of these runs' traces derived; whether all of them are, within the time of this round.
    fn has_facts(&self, session: &mut Session<'_>, runs: &[RunId]) -> Result<bool> {
        let Some(round) = self.round else { return Ok(true) };
        let times = 1_u32.checked_shl(round).unwrap_or(MOST_TIMES).min(MOST_TIMES);
        let time = session.cx.begin(Part::Facts).times(times);
        for run in runs {
            let index = session.ask(&TraceIndexOf(TraceScope::Run(run.clone())))?;
            for handles in index.handles.chunks(AT_ONCE) {
                known_traces(session, handles)?;
                if time.is_spent() {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// What an optimization cost.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OptimizationCost {
    /// All traces of the optimization and its evaluations.
    pub costs: Costs,
    /// Running programs: the evaluations, and what in the optimization's own run is like their traces (demos that were
    /// bootstrapped, minibatches of GEPA).
    pub evaluating: CostSum,
    /// Everything else in the optimization's own run: what proposed instructions.
    pub proposing: CostSum,
    /// What each evaluation cost, by its run.
    pub by_run: HashMap<RunId, CostSum>,
    /// What each candidate cost in all of its evaluations, in their order.
    pub candidates: Vec<CostSum>,
    /// What the evaluations cost that came after the one that was the best of all so far, and made nothing better.
    pub after_best: CostSum,
    /// What the answers that likely came from DSPy's cache would have cost, at the mean of the traces of the same run,
    /// else of the whole optimization; `None` if there are none, or nothing is known of what they would have cost.
    pub saved_usd: Option<f64>,
    /// What it will have cost at its end, each evaluation that is still to come at the mean of those of its kind that
    /// have a score: only while it runs, and where its settings tell how many evaluations are planned.
    pub projected_usd: Option<f64>,
    /// False: there was no time to look at all traces, and nothing is told yet.
    pub is_whole: bool,
}

impl Question for OptimizationCostOf {
    type Answer = Option<OptimizationCost>;
    const LABEL: &'static str = "cost of an optimization";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&OptimizationOf(self.run.clone()))?;
        let Some(found) = found.as_ref() else { return Ok(None) };
        let evaluated = found.evaluations.iter().map(|one| &one.run_id);
        let runs: Vec<RunId> = std::iter::once(&self.run).chain(evaluated).cloned().collect();
        if !self.has_facts(session, &runs)? {
            return Ok(Some(OptimizationCost::default()));
        }
        let own = session.ask(&CostOf(TraceScope::Run(self.run.clone())))?;
        let mut cost = OptimizationCost { costs: (*own).clone(), is_whole: true, ..OptimizationCost::default() };
        let mut programs: BTreeSet<TraceKind> = BTreeSet::new();
        for evaluation in found.evaluations.iter().filter(|one| one.run_id != self.run) {
            session.cx.check()?;
            let costs = session.ask(&CostOf(TraceScope::Run(evaluation.run_id.clone())))?;
            cost.costs.merge(&costs);
            cost.evaluating.merge(&costs.all);
            cost.by_run.insert(evaluation.run_id.clone(), costs.all.clone());
            programs.extend(costs.kinds.keys().cloned());
        }
        for (kind, sum) in &own.kinds {
            let side = if programs.contains(kind) { &mut cost.evaluating } else { &mut cost.proposing };
            side.merge(sum);
        }
        cost.candidates = found
            .candidates
            .iter()
            .map(|candidate| {
                let mut sum = CostSum::default();
                let runs = candidate.evaluations.iter().filter_map(|at| found.evaluations.get(*at));
                runs.filter_map(|one| cost.by_run.get(&one.run_id)).for_each(|one| sum.merge(one));
                sum
            })
            .collect();
        for evaluation in best_and_after(&found.evaluations).map(|(_, after)| after).unwrap_or_default() {
            if let Some(sum) = cost.by_run.get(&evaluation.run_id) {
                cost.after_best.merge(sum);
            }
        }
        cost.saved_usd = saved(&cost.costs);
        if found.run.status == RunStatus::Running {
            let planned = planned_evaluations(&found.settings).zip(planned_minibatches(&found.settings));
            cost.projected_usd = planned.and_then(|planned| projected(&cost, &found.evaluations, planned));
        }
        Ok(Some(cost))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |cost| CostOf::bytes(&cost.costs) + (cost.by_run.len() + cost.candidates.len()) * 160)
    }
}

/// The last evaluation that made the best score so far a better one, and those after it; `None` if none has a score.
pub fn best_and_after(evaluations: &[Evaluation]) -> Option<(&Evaluation, &[Evaluation])> {
    let best = evaluations.last()?.best_so_far?;
    let first = evaluations.iter().position(|one| one.best_so_far == Some(best))?;
    Some((evaluations.get(first)?, evaluations.get(first + 1..)?))
}

/// What cached answers would have cost.
fn saved(costs: &Costs) -> Option<f64> {
    let overall = costs.all.mean();
    let of_run = |sum: &CostSum| {
        let cached = sum.unknown_for(UnknownCost::LikelyCached);
        let mean = sum.mean().or(overall).filter(|_| cached > 0)?;
        Some(mean * cached as f64)
    };
    let known: Vec<f64> = costs.runs.values().filter_map(of_run).collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

/// What is spent, and for each evaluation that is still to come what one of its kind cost so far. One without a score
/// is under way: what it cost is not all that it will have cost, so it is counted among those to come.
fn projected(cost: &OptimizationCost, evaluations: &[Evaluation], (planned, minibatches): (u64, u64)) -> Option<f64> {
    let usd = |one: &Evaluation| cost.by_run.get(&one.run_id).and_then(CostSum::usd);
    let under_way = evaluations.iter().filter(|one| one.score.is_none()).filter_map(usd);
    let spent = cost.costs.all.usd()?;
    let mut sum = spent - under_way.sum::<f64>();
    let done = || evaluations.iter().filter(|one| one.score.is_some());
    let overall = mean(done().filter_map(usd));
    let is_mini = |one: &&Evaluation| one.kind == EvaluationKind::Minibatch;
    let (mini, full): (Vec<&Evaluation>, Vec<&Evaluation>) = done().partition(is_mini);
    let mut to_come = 0;
    for (done, planned) in [(mini, minibatches), (full, planned.saturating_sub(minibatches))] {
        let left = planned.saturating_sub(done.len() as u64);
        if left > 0 {
            sum += left as f64 * mean(done.into_iter().filter_map(usd)).or(overall)?;
            to_come += left;
        }
    }
    // One that failed has no score either, and may have cost more than those that are to come.
    (to_come > 0).then_some(sum.max(spent))
}

fn mean(known: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = known.fold((0.0, 0_u32), |(sum, n), usd| (sum + usd, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

#[cfg(test)]
mod tests;
