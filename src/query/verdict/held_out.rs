//! Seed and winner on examples that the optimization never saw: plain evaluations of both programs anywhere in the store.

use crate::analysis::result_table::join_examples;
use crate::analysis::statistics::{Comparison, Confidence, compare_paired};
use crate::model::dspy::run_names;
use crate::model::{ResultTable, RunId, StateHash};
use crate::query::ask::{Question, Session};
use crate::query::example_rows::logged_table;
use crate::query::optimization::OptimizationOf;
use crate::query::program_history::{AllStates, EvaluationData, Seen};
use crate::query::runs::{RunOf, ValuesOf};
use crate::query::scores::unit;
use crate::query::{StateIndex, lookup};
use crate::store::Result;

/// Seed and winner on held-out examples.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldOut {
    /// The evaluation of the seed.
    pub seed_run: RunId,
    /// The evaluation of the winner.
    pub winner_run: RunId,
    /// The examples that both scored, in the unit of the examples.
    pub comparison: Comparison,
    /// One point of an example's score on the scale of `eval`: 100 or 1.
    pub unit: f64,
}

/// The plain evaluations of an optimization's seed and winner on the same examples, of which none is in its trainset or
/// valset; of several pairs the one with most examples, of these the latest. `None` where there is no such pair, or where
/// the optimization did not log what it saw.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeldOutOf(pub RunId);

impl Question for HeldOutOf {
    type Answer = Option<HeldOut>;
    const LABEL: &'static str = "held-out evaluations";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&OptimizationOf(self.0.clone()))?;
        let Some(found) = found.as_ref() else { return Ok(None) };
        let hash = |hash: Option<&StateHash>| hash.cloned();
        let seed = hash(found.seed.as_ref().and_then(|seed| seed.state_hash.as_ref()));
        let winner = hash(found.winner.as_ref().and_then(|winner| winner.state_hash.as_ref()));
        let (Some(seed), Some(winner)) = (seed, winner) else { return Ok(None) };
        if seed == winner {
            return Ok(None);
        }
        let seen = Seen::read(session, &[&found.run])?;
        let index = session.ask(&AllStates)?;
        let seeds = plain(session, &index, &seed, &seen)?;
        if seeds.is_empty() {
            return Ok(None);
        }
        let winners = plain(session, &index, &winner, &seen)?;
        let mut best: Option<HeldOut> = None;
        for (before, after) in seeds.iter().flat_map(|before| winners.iter().map(move |after| (before, after))) {
            session.cx.check()?;
            if let Some(pair) = pair(before, after)
                && best.as_ref().is_none_or(|best| pair.comparison.examples >= best.comparison.examples)
            {
                best = Some(pair);
            }
        }
        Ok(best)
    }

    fn bytes(_: &Self::Answer) -> usize {
        300
    }
}

/// A plain evaluation with its table.
struct Plain {
    run: RunId,
    table: ResultTable,
    /// The metric `eval`, and the mean of the examples.
    scored: Option<(f64, f64)>,
}

/// The held-out plain evaluations of a program, by start.
fn plain(session: &mut Session<'_>, index: &StateIndex, program: &StateHash, seen: &Seen) -> Result<Vec<Plain>> {
    let mut found = Vec::new();
    for run in index.evaluated.get(program).into_iter().flatten() {
        session.cx.check()?;
        let stored = session.ask(&RunOf(run.clone()))?;
        let is_of_optimizer =
            |run: &crate::model::Run| run.parent_id.is_some() && run_names::is_of_optimizer(&run.name);
        if stored.as_ref().as_ref().is_none_or(is_of_optimizer) {
            continue;
        }
        let Some(table) = logged_table(session, run)? else { continue };
        if seen.of_plain(Some(&table)) != EvaluationData::HeldOut {
            continue;
        }
        let scores: Vec<f64> = table.rows.iter().filter_map(|row| row.score).collect();
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        let score = lookup::score(&*session.ask(&ValuesOf(run.clone()))?);
        found.push(Plain { run: run.clone(), table, scored: score.map(|score| (score, mean)) });
    }
    Ok(found)
}

fn pair(before: &Plain, after: &Plain) -> Option<HeldOut> {
    let unit = unit(&[before.scored?, after.scored?])?;
    let score = |table: &ResultTable, row: usize| table.rows.get(row).and_then(|row| row.score);
    let pairs: Vec<(f64, f64)> = join_examples(&before.table, &after.table)
        .into_iter()
        .filter_map(|(a, b)| Some((score(&before.table, a)?, score(&after.table, b)?)))
        .collect();
    let comparison = compare_paired(&pairs, Confidence::USUAL)?;
    Some(HeldOut { seed_run: before.run.clone(), winner_run: after.run.clone(), comparison, unit })
}
