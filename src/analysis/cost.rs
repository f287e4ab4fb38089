//! What traces cost: what they used, times the prices of the models that they called.
//!
//! MLflow computes no cost for DSPy, and a trace tells what it used without telling of which model, which of its input
//! tokens were cached, or how long each of its calls was. So a cost says how sure it is, and what cannot be told is
//! unknown, which is never 0.

mod sum;
mod usage;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::tokens::UsageBelow;
use super::trace_facts::{is_lm_call, took_the_time_of_a_model};
use crate::model::{Forest, Name, Prices, SpanHead, Tokens, TraceFacts, TraceRow, UsageFact};

pub use sum::{CostSum, ModelSum, ModelSums};
pub use usage::{UsageShare, usage_shares};

/// How sure a cost is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Certainty {
    /// It is what the prices say.
    #[default]
    Exact,
    /// It was no more: some input may have been cached by the provider, or calls may have been short enough for a
    /// lower price.
    AtMost,
    /// It was no less: some calls do not tell what they used.
    AtLeast,
    /// It was about so much: several models share what was used.
    Estimate,
}

impl Certainty {
    /// That of a sum.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exact, one) | (one, Self::Exact) => one,
            (one, other) if one == other => one,
            _ => Self::Estimate,
        }
    }

    /// As programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::AtMost => "at_most",
            Self::AtLeast => "at_least",
            Self::Estimate => "estimate",
        }
    }

    /// What stands before a figure.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::AtMost => "≤ ",
            Self::AtLeast => "≥ ",
            Self::Estimate => "~ ",
        }
    }

    /// Why it is no more certain; empty where it is.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::AtMost => {
                "at most: what the provider had cached, how long each call was, or when it is cheaper, traces do not tell"
            }
            Self::AtLeast => "at least: some calls do not tell what they used",
            Self::Estimate => "an estimate: several models, or calls of several kinds, share what was used",
        }
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Cost {
    /// US dollars.
    pub usd: f64,
    /// How sure that is.
    pub certainty: Certainty,
}

impl Cost {
    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self { usd: self.usd + other.usd, certainty: self.certainty.and(other.certainty) }
    }
}

/// Why nobody can say what a trace cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnknownCost {
    /// Its answers came from DSPy's cache (likely): no usage is recorded, and nothing was paid (likely).
    LikelyCached,
    /// No span tells what it used.
    NoUsage,
    /// What it used is told, but not of input and output, or not by which model.
    NoModel,
    /// No table knows the price of a model that it called.
    NoPrice,
}

impl UnknownCost {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::LikelyCached, Self::NoUsage, Self::NoModel, Self::NoPrice];

    /// As programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LikelyCached => "likely_cached",
            Self::NoUsage => "no_usage",
            Self::NoModel => "no_model",
            Self::NoPrice => "no_price",
        }
    }

    /// In words, after a number of traces.
    pub fn words(self) -> &'static str {
        match self {
            Self::LikelyCached => "likely answered from DSPy's cache",
            Self::NoUsage => "without recorded usage",
            Self::NoModel => "that do not tell which model used what",
            Self::NoPrice => "of a model without a price",
        }
    }
}

/// What is known of the cost of one trace.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceCost {
    /// What it cost, or why that is unknown.
    pub cost: Result<Cost, UnknownCost>,
    /// What it used and cost by model, as far as usage is told.
    pub shares: Vec<UsageShare>,
    /// The models that no table knows, each once.
    pub unpriced: Vec<Name>,
    /// MLflow's own figure is taken, since prices say nothing.
    pub is_stored: bool,
}

impl TraceCost {
    /// The cost, if it is known.
    pub fn known(&self) -> Option<Cost> {
        self.cost.ok()
    }
}

/// The cost of a trace by what its spans tell. A trace whose cost MLflow stored costs that where prices say nothing; a
/// stored 0 says nothing either: MLflow (3.9 – 3.18) writes it for models that run on somebody's own machine, too.
pub fn cost_of_trace(row: &TraceRow, facts: &TraceFacts, prices: &Prices) -> TraceCost {
    let mut told = cost_of_facts(facts, prices);
    if told.cost == Err(UnknownCost::NoUsage) && row.cached == Some(crate::model::Cached::Likely) {
        told.cost = Err(UnknownCost::LikelyCached);
    }
    if let Some(usd) = row.cost_usd.filter(|usd| usd.is_finite() && *usd > 0.0 && told.cost.is_err()) {
        told.cost = Ok(Cost { usd, certainty: Certainty::Exact });
        told.is_stored = true;
    }
    told
}

/// The same by its spans alone.
pub fn cost_of_facts(facts: &TraceFacts, prices: &Prices) -> TraceCost {
    let shares: Vec<UsageShare> = facts.usage.iter().flat_map(|usage| usage_shares(usage, prices)).collect();
    let unpriced: BTreeSet<&Name> = shares
        .iter()
        .filter(|share| share.cost == Err(UnknownCost::NoPrice))
        .filter_map(|one| one.model.as_ref())
        .collect();
    let unpriced = unpriced.into_iter().map(Arc::clone).collect();
    let mut cost = shares.iter().map(|share| share.cost).reduce(|a, b| Ok(a?.plus(b?)));
    if facts.untold_calls > 0 {
        cost = cost.map(|cost| Ok(cost?.plus(AT_LEAST)));
    }
    TraceCost { cost: cost.unwrap_or(Err(UnknownCost::NoUsage)), shares, unpriced, is_stored: false }
}

/// What one usage cost; `None` if that is not known of all of it.
pub fn cost_of_usage(usage: &UsageFact, prices: &Prices) -> Option<Cost> {
    usage_shares(usage, prices).iter().map(|share| share.cost).reduce(|a, b| Ok(a?.plus(b?)))?.ok()
}

/// What a sum lacks where calls do not tell what they used.
const AT_LEAST: Cost = Cost { usd: 0.0, certainty: Certainty::AtLeast };

/// A span whose sum is being made.
struct OpenSum {
    /// Where it ends in the walk.
    end: usize,
    /// Its place in the list of spans.
    item: usize,
    /// What is known so far.
    sum: Option<Result<Cost, ()>>,
    /// It is or holds a call that took the time of a model and does not tell what it used.
    has_untold: bool,
}

/// What each span of a trace cost, in the order of the list that the forest was built from: that of its own usage
/// where no span above it has any, else the sum of what is below it, which is at least so much where a call below does
/// not tell what it used. `None` where it is not known, or not of all that is told below.
pub fn span_costs(
    (forest, spans): (&Forest, &[SpanHead]),
    own: &[Option<Tokens>],
    facts: &TraceFacts,
    prices: &Prices,
) -> Vec<Option<Cost>> {
    let mut costs: Vec<Option<Cost>> = vec![None; own.len()];
    // The usages in the order in which a walk from the roots down finds them, as facts have them.
    let mut usages = facts.usage.iter();
    let below = UsageBelow::of(forest, own);
    let mut sums: Vec<OpenSum> = Vec::new();
    let (mut at, mut call_end) = (0, 0);
    let close = |sums: &mut Vec<OpenSum>, costs: &mut [Option<Cost>]| {
        let Some(OpenSum { item, sum, has_untold, .. }) = sums.pop() else { return };
        if let Some(slot) = costs.get_mut(item) {
            let known = sum.and_then(Result::ok);
            *slot = if has_untold { known.map(|cost| cost.plus(AT_LEAST)) } else { known };
        }
        if let Some(above) = sums.last_mut() {
            above.has_untold |= has_untold;
            above.sum = match (above.sum, sum) {
                (Some(a), Some(b)) => Some(a.and_then(|a| Ok(a.plus(b?)))),
                (one, other) => one.or(other),
            };
        }
    };
    while let Some(node) = forest.nodes.get(at) {
        while sums.last().is_some_and(|open| open.end <= at) {
            close(&mut sums, &mut costs);
        }
        let end = at + 1 + node.descendants;
        let has_usage = own.get(node.item).copied().flatten().is_some();
        let sum = has_usage.then(|| usages.next().and_then(|usage| cost_of_usage(usage, prices)).ok_or(()));
        // A call within a call is the same one once more.
        let is_own = at >= call_end && !below.has(at, end);
        let call = spans.get(node.item).filter(|span| is_own && is_lm_call(span));
        call_end = if call.is_some() { end } else { call_end };
        let has_untold = !has_usage && call.is_some_and(took_the_time_of_a_model);
        sums.push(OpenSum { end, item: node.item, sum, has_untold });
        at = if has_usage { end } else { at + 1 };
    }
    while !sums.is_empty() {
        close(&mut sums, &mut costs);
    }
    costs
}

#[cfg(test)]
mod tests;
