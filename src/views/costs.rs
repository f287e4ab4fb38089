//! What is shown of costs in several places: how they are written, what they leave out, and how those of optimizations
//! are asked for.

use std::sync::Arc;

use super::scene::Scene;
use crate::analysis::cost::{Cost, CostSum, TraceCost, UnknownCost};
use crate::loader::Lane;
use crate::model::{EvaluationId, RunId};
use crate::query::ask::Question;
use crate::query::{OptimizationCost, OptimizationCostOf, TraceCostOf, TracesOfExamples};
use crate::widgets::table::CellText;
use crate::widgets::tokens::Tone;
use crate::words;

/// After so many rounds an optimization is too large to be looked at; each has twice the time of the one before.
const MOST_ROUNDS: u32 = 12;

/// What an optimization cost, asked for in rounds, so that what is looked at has the workers in between.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct CostInRounds {
    known: Option<Arc<<OptimizationCostOf as Question>::Answer>>,
    round: u32,
    has_failed: bool,
}

impl CostInRounds {
    /// Takes what is known by now and says whether it is news; everything else on screen is asked before.
    pub fn update(&mut self, scene: &mut Scene<'_>, run: &RunId) -> bool {
        loop {
            let asked = OptimizationCostOf { run: run.clone(), round: Some(self.round) };
            let slot = scene.loader.ask(&asked, Lane::Prefetch);
            self.has_failed = slot.error().is_some();
            let Some(new) = slot.value() else { return false };
            if new.as_ref().as_ref().is_some_and(|cost| !cost.is_whole) {
                if self.round >= MOST_ROUNDS {
                    return false;
                }
                self.round += 1;
                continue;
            }
            let is_news = self.known.as_ref().is_none_or(|known| !Arc::ptr_eq(known, new));
            if is_news {
                self.known = Some(Arc::clone(new));
            }
            return is_news;
        }
    }

    /// One that is known.
    #[cfg(test)]
    pub fn of(cost: OptimizationCost) -> Self {
        Self { known: Some(Arc::new(Some(cost))), ..Self::default() }
    }

    /// It, once it is known.
    pub fn cost(&self) -> Option<&OptimizationCost> {
        self.known.as_ref()?.as_ref().as_ref()
    }

    /// Whether it is still to come.
    pub fn is_awaited(&self) -> bool {
        self.known.is_none() && self.round < MOST_ROUNDS && !self.has_failed
    }

    /// The cell of a table in which it is told.
    pub fn cell(&self) -> CellText<'static> {
        match self.cost() {
            Some(cost) => sum_cell(&cost.costs.all),
            None if self.is_awaited() => CellText::text("…").tone(Tone::Faint),
            None if self.has_failed => CellText::unknown(),
            None => CellText::unknown().hover("There are too many traces to look at all of them"),
        }
    }
}

/// What an example of an evaluation cost, once it is known which trace is its own.
pub(super) fn cost_of_example(scene: &mut Scene<'_>, of: EvaluationId, row: usize) -> Option<Arc<Option<TraceCost>>> {
    let links = scene.loader.ask(&TracesOfExamples(of), Lane::Prefetch);
    let trace = links.value()?.get(row)?.trace()?.clone();
    scene.loader.ask(&TraceCostOf(trace), Lane::Prefetch).value().cloned()
}

/// `≤ $0.12`, or that it is unknown; what a cache answered is likely to have cost nothing, which is not told as 0.
pub(super) fn of_trace(cost: &TraceCost) -> String {
    match cost.cost {
        Ok(known) => told(known),
        Err(UnknownCost::LikelyCached) => "likely cached".to_owned(),
        Err(UnknownCost::NoUsage | UnknownCost::NoModel | UnknownCost::NoPrice) => "cost unknown".to_owned(),
    }
}

/// `≤ $0.12`, which no line ends within.
pub(super) fn told(cost: Cost) -> String {
    words::cost(cost.usd, cost.certainty.sign()).replace(' ', "\u{a0}")
}

/// What a sum is of: its traces, and why some are left out.
pub(super) fn about_sum(sum: &CostSum) -> String {
    let mut told = vec![match sum.unknown() {
        0 => format!("of {}", words::counted(sum.priced, "trace")),
        _ => format!("known of {} of {} traces", words::count(sum.priced), words::count(sum.traces())),
    }];
    for why in UnknownCost::ALL {
        match sum.unknown_for(why) {
            0 => {}
            some => told.push(format!("{} {}", words::count(some), why.words())),
        }
    }
    told.extend(sum.cost.map(|cost| cost.certainty.reason().to_owned()).filter(|reason| !reason.is_empty()));
    told.join("; ")
}

/// The cell of a table in which a sum is told. Nothing where there are no traces, and no 0 where nothing is known.
pub(super) fn sum_cell(sum: &CostSum) -> CellText<'static> {
    match (sum.of_all(), sum.traces()) {
        (None, 0) => CellText::default(),
        (None, _) => CellText::unknown().hover(about_sum(sum)),
        (Some(cost), _) => CellText::value(told(cost)).tone(Tone::Muted).hover(about_sum(sum)),
    }
}

/// How the cost of a trace came about, on lines.
pub(super) fn about_trace(cost: &TraceCost) -> Vec<String> {
    let mut lines: Vec<String> = cost
        .shares
        .iter()
        .map(|share| {
            let model = words::one_line(share.model.as_deref().unwrap_or("model unknown"), 80);
            let usd = share.cost.map_or("cost unknown".to_owned(), |cost| words::cost(cost.usd, cost.certainty.sign()));
            let tokens = |tokens: Option<u64>| tokens.map_or_else(|| words::UNKNOWN.to_owned(), words::count);
            format!("{model}: {} in, {} out, {usd}", tokens(share.input), tokens(share.output))
        })
        .collect();
    match cost.cost {
        Ok(_) if cost.is_stored => lines.push("As MLflow stored it; no price is known".to_owned()),
        Ok(known) if !known.certainty.reason().is_empty() => lines.push(known.certainty.reason().to_owned()),
        Ok(_) => {}
        Err(_) if !cost.unpriced.is_empty() => {
            lines.push(format!("No price is known of {}", cost.unpriced.join(", ")));
            lines.push("A file of your own can tell it: see dspyglass prices --help".to_owned());
        }
        Err(why) => lines.push(format!("A trace {}", why.words())),
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::cost::Certainty;

    fn trace(cost: Result<Cost, UnknownCost>) -> TraceCost {
        TraceCost { cost, shares: Vec::new(), unpriced: Vec::new(), is_stored: false }
    }

    #[test]
    fn what_is_unknown_is_no_0_and_says_why() {
        let mut sum = CostSum::default();
        assert_eq!(sum_cell(&sum).text, "", "no traces, nothing to tell");
        sum.add(&trace(Err(UnknownCost::NoUsage)));
        assert_eq!(sum_cell(&sum).text, "–");
        sum.add(&trace(Ok(Cost { usd: 0.5, certainty: Certainty::AtMost })));
        assert_eq!(sum_cell(&sum).text, "~\u{a0}$0.50", "at most so much of one, and of the other nobody knows");
        let about = about_sum(&sum);
        assert!(about.starts_with("known of 1 of 2 traces; 1 without recorded usage; at most"), "{about}");
        assert_eq!(of_trace(&trace(Err(UnknownCost::NoUsage))), "cost unknown");
        assert_eq!(of_trace(&trace(Err(UnknownCost::LikelyCached))), "likely cached");
        // What is free by somebody's own prices is told to be so.
        let mut free = CostSum::default();
        free.add(&trace(Ok(Cost::default())));
        assert_eq!(sum_cell(&free).text, "$0.00");
    }
}
