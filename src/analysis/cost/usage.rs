//! What usage cost: shared out over the models whose calls it is of, then by their prices.

use super::{Certainty, Cost, UnknownCost};
use crate::model::{ModelCalls, Name, Price, Prices, ServiceTier, UsageFact};

/// OpenAI's prompts are cached by OpenAI from so many tokens on, and Azure's as well
/// (<https://platform.openai.com/docs/guides/prompt-caching>).
const CACHED_FROM: u64 = 1024;
const CACHED_FROM_OF: [&str; 3] = ["openai", "azure", "text-completion-openai"];

/// What one model has of a usage.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageShare {
    /// The model, if it is told.
    pub model: Option<Name>,
    /// Input tokens; `None` if only a total is told.
    pub input: Option<u64>,
    /// Output tokens.
    pub output: Option<u64>,
    /// What they cost, or why that is unknown.
    pub cost: Result<Cost, UnknownCost>,
}

/// Shares usage out over the models that it is of: input by how much text their calls were given, output by how much
/// they gave back, by the number of calls where no text is known. Nothing is lost by rounding.
pub fn usage_shares(usage: &UsageFact, prices: &Prices) -> Vec<UsageShare> {
    let told = ModelCalls { model: usage.model.clone(), tier: None, calls: 1, given: 0, gave: 0 };
    let told = [told];
    let calls = if usage.calls.is_empty() { &told[..] } else { &usage.calls };
    let given = split(usage.tokens.input, calls, |one| one.given);
    let gave = split(usage.tokens.output, calls, |one| one.gave);
    let is_one = calls.len() == 1;
    let share = |(one, (input, output)): (&ModelCalls, (Option<u64>, Option<u64>))| {
        let cached = usage.cached_input.filter(|_| is_one);
        let cost = cost_of(one, (input, output, cached), prices);
        let shared = |cost: Cost| if is_one { cost } else { Cost { certainty: Certainty::Estimate, ..cost } };
        UsageShare { model: one.model.clone(), input, output, cost: cost.map(shared) }
    };
    calls.iter().zip(given.into_iter().zip(gave)).map(share).collect()
}

/// Shares whole tokens out by weight, so that they add up.
fn split(tokens: Option<u64>, calls: &[ModelCalls], weight: fn(&ModelCalls) -> u64) -> Vec<Option<u64>> {
    let Some(tokens) = tokens else { return vec![None; calls.len()] };
    let has_text = calls.iter().any(|one| weight(one) > 0);
    let whole = || calls.iter().map(|one| u128::from(if has_text { weight(one) } else { one.calls.into() }));
    // Whatever a store says, their sum keeps to 64 bits, so that a product with tokens keeps to 128.
    let too_wide = u64::BITS.saturating_sub(whole().sum::<u128>().leading_zeros());
    let weights = || whole().map(|weight| weight >> too_wide);
    let all = weights().sum::<u128>().max(1);
    let (mut sum, mut before) = (0_u128, 0);
    let share = |weight: u128| {
        sum += weight;
        let up_to = u64::try_from(u128::from(tokens) * sum / all).unwrap_or(tokens);
        let share = up_to - before;
        before = up_to;
        Some(share)
    };
    weights().map(share).collect()
}

/// The cost of some calls of one model.
fn cost_of(
    calls: &ModelCalls,
    (input, output, cached): (Option<u64>, Option<u64>, Option<u64>),
    prices: &Prices,
) -> Result<Cost, UnknownCost> {
    let model = calls.model.as_deref().ok_or(UnknownCost::NoModel)?;
    let found = prices.find(model).ok_or(UnknownCost::NoPrice)?;
    let (input, output) = input.zip(output).ok_or(UnknownCost::NoModel)?;
    let tier = calls.tier.as_deref().map_or(Some(ServiceTier::Standard), ServiceTier::of_word);
    let priced = Priced { price: found.price, tier: tier.unwrap_or_default(), calls: calls.calls };
    let mut cost = priced.of(input, output, cached).ok_or(UnknownCost::NoPrice)?;
    if found.price.is_less_at_times {
        cost.certainty = cost.certainty.and(Certainty::AtMost);
    }
    if tier.is_none_or(|tier| !found.price.has_tier(tier)) {
        // It is served in a way that no price is known for.
        cost.certainty = Certainty::Estimate;
    }
    Ok(cost)
}

struct Priced<'p> {
    price: &'p Price,
    tier: ServiceTier,
    calls: u32,
}

impl Priced<'_> {
    fn of(&self, input: u64, output: u64, cached: Option<u64>) -> Option<Cost> {
        let shortest = self.with(0, (input, output, cached));
        let longest = self.with(input, (input, output, cached))?;
        if self.calls <= 1 {
            return Some(longest);
        }
        // Nobody knows how the tokens are shared out over calls: a longer one may be dearer.
        Some(match shortest {
            Some(shortest) if shortest.usd == longest.usd => longest,
            Some(shortest) => Cost { usd: shortest.usd.max(longest.usd), certainty: Certainty::AtMost },
            None => longest,
        })
    }

    /// At the prices of calls of this length.
    fn with(&self, length: u64, (input, output, cached): (u64, u64, Option<u64>)) -> Option<Cost> {
        let rates = self.price.rates(self.tier, length);
        let (each, back) = (rates.input?, rates.output?);
        let lower = rates.cached_input.filter(|lower| *lower < each);
        let (of_cache, certainty) = match (cached, lower) {
            (Some(cached), Some(_)) => (cached.min(input), Certainty::Exact),
            (None, Some(_)) if self.may_be_cached(input) => (0, Certainty::AtMost),
            _ => (0, Certainty::Exact),
        };
        let usd = (input - of_cache) as f64 * each + of_cache as f64 * lower.unwrap_or(each) + output as f64 * back;
        Some(Cost { usd, certainty })
    }

    /// Whether a call with no more input than this may find some of it in the provider's cache.
    fn may_be_cached(&self, input: u64) -> bool {
        let is_known = self.price.provider.as_deref().is_some_and(|provider| CACHED_FROM_OF.contains(&provider));
        input > 0 && (!is_known || input >= CACHED_FROM)
    }
}
