//! Costs of many traces.

use std::collections::BTreeMap;

use super::{Cost, TraceCost, UnknownCost};
use crate::model::Name;

/// What some traces cost together.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CostSum {
    /// What those cost whose cost is known; `None` if it is known of none, which is not 0.
    pub cost: Option<Cost>,
    /// How many these are.
    pub priced: u64,
    /// How many the others are, by why.
    unknown: [u64; UnknownCost::ALL.len()],
    /// Of how many MLflow's own figure was taken.
    pub stored: u64,
}

impl CostSum {
    /// One more trace.
    pub fn add(&mut self, trace: &TraceCost) {
        match trace.cost {
            Ok(cost) => {
                self.cost = Some(self.cost.map_or(cost, |sum| sum.plus(cost)));
                self.priced += 1;
                self.stored += u64::from(trace.is_stored);
            }
            Err(why) => self.unknown[why as usize] += 1,
        }
    }

    /// Both together.
    pub fn merge(&mut self, other: &Self) {
        self.cost = match (self.cost, other.cost) {
            (Some(a), Some(b)) => Some(a.plus(b)),
            (one, other) => one.or(other),
        };
        self.priced += other.priced;
        self.stored += other.stored;
        self.unknown.iter_mut().zip(other.unknown).for_each(|(sum, more)| *sum += more);
    }

    /// US dollars, as far as they are known.
    pub fn usd(&self) -> Option<f64> {
        self.cost.map(|cost| cost.usd)
    }

    /// What all traces cost together: at least so much where it is not known of some, but for those that a cache is likely
    /// to have answered.
    pub fn of_all(&self) -> Option<Cost> {
        let is_part = self.unknown() > self.unknown_for(UnknownCost::LikelyCached);
        self.cost.map(|cost| if is_part { cost.plus(super::AT_LEAST) } else { cost })
    }

    /// How many traces nobody knows the cost of.
    pub fn unknown(&self) -> u64 {
        self.unknown.iter().sum()
    }

    /// How many of them for this reason.
    pub fn unknown_for(&self, why: UnknownCost) -> u64 {
        self.unknown[why as usize]
    }

    /// How many traces there are.
    pub fn traces(&self) -> u64 {
        self.priced + self.unknown()
    }

    /// Whether it is known to the cent what all of them cost.
    pub fn is_exact(&self) -> bool {
        self.unknown() == 0 && self.cost.is_some_and(|cost| cost.certainty == super::Certainty::Exact)
    }

    /// What one trace of those with a known cost cost on the average.
    pub fn mean(&self) -> Option<f64> {
        Some(self.usd()? / self.priced as f64)
    }
}

/// What one model used and cost, over many traces.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ModelSum {
    /// Input tokens, as far as they are told.
    pub input: Option<u64>,
    /// Output tokens, as far as they are told.
    pub output: Option<u64>,
    /// What it cost in the traces whose cost is known; `None` if there is none.
    pub cost: Option<Cost>,
    /// In how many traces it used something.
    pub traces: u64,
}

/// The models of many traces, those that do not tell theirs under `None`.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ModelSums(pub BTreeMap<Option<Name>, ModelSum>);

fn known_sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (one, other) => one.or(other),
    }
}

impl ModelSums {
    /// Both together.
    pub fn merge(&mut self, other: &Self) {
        for (model, more) in &other.0 {
            let sum = self.0.entry(model.clone()).or_default();
            sum.input = known_sum(sum.input, more.input);
            sum.output = known_sum(sum.output, more.output);
            sum.traces += more.traces;
            sum.cost = match (sum.cost, more.cost) {
                (Some(a), Some(b)) => Some(a.plus(b)),
                (one, other) => one.or(other),
            };
        }
    }

    /// One more trace.
    pub fn add(&mut self, trace: &TraceCost) {
        let mut before: Vec<&Option<Name>> = Vec::new();
        for share in &trace.shares {
            let sum = self.0.entry(share.model.clone()).or_default();
            sum.input = known_sum(sum.input, share.input);
            sum.output = known_sum(sum.output, share.output);
            if !before.contains(&&share.model) {
                before.push(&share.model);
                sum.traces += 1;
            }
            // Of a trace that is not known as a whole nothing is counted, so that models add up to the sum.
            if let (Ok(cost), Ok(_)) = (share.cost, trace.cost) {
                sum.cost = Some(sum.cost.map_or(cost, |sum| sum.plus(cost)));
            }
        }
    }
}
