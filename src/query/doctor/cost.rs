//! What an optimization cost, for the rules.

use std::cmp::Reverse;

use super::progress;
use crate::analysis::cost::cost_of_trace;
use crate::analysis::cost::{CostSum, UnknownCost};
use crate::analysis::doctor::{BestEvaluation, CostFacts, SeenTrace};
use crate::model::{RunId, Tokens};
use crate::query::ask::Session;
use crate::query::optimization::Optimization;
use crate::query::optimization_cost::{OptimizationCost, OptimizationCostOf, best_and_after};
use crate::query::trace_facts::{KnownTrace, known_traces};
use crate::query::traces::{TraceIndexOf, TraceScope};
use crate::store::{Part, Result};
use crate::words;

/// The time of this round is that of [`Part::Doctor`]: 32 times that of [`Part::Facts`].
const ROUND: u32 = 5;

/// Traces that are read together.
const AT_ONCE: usize = 100;

/// So many traces of a kind are enough to show it.
const ENOUGH: usize = 5;

pub fn facts(session: &mut Session<'_>, found: &Optimization) -> Result<CostFacts> {
    let asked = OptimizationCostOf { run: found.run.id.clone(), round: Some(ROUND) };
    let told = session.ask(&asked)?;
    let is_over = progress::is_over(found);
    let Some(cost) = told.as_ref().as_ref().filter(|cost| cost.is_whole) else {
        return Ok(CostFacts { is_over, ..CostFacts::default() });
    };
    let mut unpriced: Vec<_> = cost.costs.unpriced.iter().map(|(model, traces)| (model.clone(), *traces)).collect();
    unpriced.sort_by_key(|(_, traces)| Reverse(*traces));
    let best = best_and_after(&found.evaluations);
    let mut facts = CostFacts {
        is_over,
        is_whole: true,
        all: cost.costs.all.clone(),
        unpriced,
        price_file: session.price_file().map(|path| path.display().to_string()),
        differing: cost.costs.differing_totals,
        evaluating: of_evaluations(found, cost),
        best: best.and_then(|(best, _)| {
            let program = progress::candidate_of(found, std::slice::from_ref(&best.run_id))?;
            let program = progress::name(found, program);
            Some(BestEvaluation { run: best.run_id.clone(), name: best.name.clone(), program, score: best.score? })
        }),
        after_best: cost.after_best.clone(),
        ..CostFacts::default()
    };
    let after = best.map(|(_, after)| after).unwrap_or_default();
    let mut later: Vec<_> = after.iter().filter_map(|one| Some((one, cost.by_run.get(&one.run_id)?.cost?))).collect();
    later.sort_by(|a, b| b.1.usd.total_cmp(&a.1.usd));
    let of = |cost: crate::analysis::cost::Cost| words::cost(cost.usd, cost.certainty.sign());
    facts.later = later.into_iter().map(|(one, cost)| (one.run_id.clone(), one.name.clone(), of(cost))).collect();
    look(session, cost, &mut facts)?;
    Ok(facts)
}

/// What the evaluations cost, without what the optimizer ran itself.
fn of_evaluations(found: &Optimization, cost: &OptimizationCost) -> CostSum {
    let mut sum = CostSum::default();
    found.evaluations.iter().filter_map(|one| cost.by_run.get(&one.run_id)).for_each(|one| sum.merge(one));
    sum
}

/// Looks for the first traces that show what is counted, if anything is.
fn look(session: &mut Session<'_>, cost: &OptimizationCost, facts: &mut CostFacts) -> Result<()> {
    let time = session.cx.begin(Part::Facts);
    let prices = session.prices();
    let is_odd = |sum: &CostSum| facts.differing > 0 || sum.unknown_for(UnknownCost::NoPrice) > 0;
    let runs: Vec<RunId> =
        cost.costs.runs.iter().filter(|(_, sum)| is_odd(sum)).filter_map(|(run, _)| run.clone()).collect();
    for run in runs {
        let index = session.ask(&TraceIndexOf(TraceScope::Run(run.clone())))?;
        for handles in index.handles.chunks(AT_ONCE) {
            for known in known_traces(session, handles)? {
                let seen = |what| SeenTrace { run: run.clone(), trace: known.row.id.clone(), what };
                let told = cost_of_trace(&known.row, &known.facts, &prices);
                if told.cost == Err(UnknownCost::NoPrice) && facts.without_price.len() < ENOUGH {
                    let named: Vec<&str> = told.unpriced.iter().map(|name| &**name).collect();
                    facts.without_price.push(seen(named.join(", ")));
                }
                if let Some(what) = other_total(&known).filter(|_| facts.with_other_total.len() < ENOUGH) {
                    facts.with_other_total.push(seen(what));
                }
            }
            let needs = |seen: &[SeenTrace], all: u64| (seen.len() as u64) < all.min(ENOUGH as u64);
            let without = facts.all.unknown_for(UnknownCost::NoPrice);
            let is_enough = !needs(&facts.without_price, without) && !needs(&facts.with_other_total, facts.differing);
            if is_enough || time.is_spent() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// `240 stored, 120 by its spans`
fn other_total(known: &KnownTrace) -> Option<String> {
    let total = |tokens: Option<Tokens>| tokens?.total;
    let (stored, told) = (total(known.row.tokens)?, total(known.facts.tokens())?);
    (stored != told).then(|| format!("{} stored, {} by its spans", words::count(stored), words::count(told)))
}
