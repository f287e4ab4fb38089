//! What calls of language models cost, by tables of prices in LiteLLM's format, whose names of models are DSPy's.
//!
//! A model is looked up by its whole name, then by what follows the first `/` where the entry is of the provider that
//! stands before it: `openai/gpt-4o-mini` is `gpt-4o-mini` of `openai`. Several providers of one family count as the same
//! (`vertex_ai-…`), and an entry of the user's that names none is right for all. Nothing else is tried: a price is known
//! or not.

mod litellm;
mod shipped;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use litellm::read_prices;
pub use shipped::shipped_prices;

/// US dollars for a token of each kind; `None` where the table does not tell it.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Rates {
    /// A token that the model is given.
    pub input: Option<f64>,
    /// A token that it gives back.
    pub output: Option<f64>,
    /// A token that it is given and that the provider has cached.
    pub cached_input: Option<f64>,
}

impl Rates {
    /// What is told here, else there.
    pub fn or(self, other: Self) -> Self {
        Self {
            input: self.input.or(other.input),
            output: self.output.or(other.output),
            cached_input: self.cached_input.or(other.cached_input),
        }
    }
}

/// How a call is served, where that has a price of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum ServiceTier {
    /// As usual.
    #[default]
    Standard,
    /// Later, and for less (OpenAI's and Google's `flex`).
    Flex,
    /// Sooner, and for more.
    Priority,
    /// With many others, within a day.
    Batch,
}

impl ServiceTier {
    /// By the `service_tier` that a call was given; `None` for a word that is not known.
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "" | "auto" | "default" | "standard" => Some(Self::Standard),
            "flex" => Some(Self::Flex),
            "priority" => Some(Self::Priority),
            "batch" => Some(Self::Batch),
            _ => None,
        }
    }
}

/// The prices of one model.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Price {
    /// Who serves it: `openai`.
    pub provider: Option<Arc<str>>,
    /// Whether nothing is paid by the token for its output since it gives none: models that embed texts.
    pub is_embedding: bool,
    /// At some hours it costs less (deepseek), so that its price is the most that was paid.
    pub is_less_at_times: bool,
    /// By how it is served and from more than how many input tokens of a call on.
    steps: BTreeMap<(ServiceTier, u64), Rates>,
}

impl Price {
    /// The prices of a call with so many input tokens. What a tier or a length has no price of its own for costs what
    /// a shorter call does, or a usual one.
    pub fn rates(&self, tier: ServiceTier, input_tokens: u64) -> Rates {
        let of = |tier| {
            let steps = self.steps.range((tier, 0)..=(tier, u64::MAX)).rev();
            steps.filter(|((_, above), _)| *above == 0 || input_tokens > *above).map(|(_, rates)| *rates)
        };
        let mut rates = of(tier).fold(Rates::default(), Rates::or);
        if tier != ServiceTier::Standard {
            rates = of(ServiceTier::Standard).fold(rates, Rates::or);
        }
        if self.is_embedding {
            rates.output = rates.output.or(Some(0.0));
        }
        rates
    }

    /// From more than how many input tokens of a call on it has other prices, in order.
    pub fn lengths(&self) -> Vec<u64> {
        let mut lengths: Vec<u64> = self.steps.keys().map(|(_, above)| *above).filter(|above| *above > 0).collect();
        lengths.sort_unstable();
        lengths.dedup();
        lengths
    }

    /// Whether it has prices of its own for this tier.
    pub fn has_tier(&self, tier: ServiceTier) -> bool {
        self.steps.keys().any(|(one, _)| *one == tier)
    }

    /// What a usual call costs by the token.
    pub fn usual(&self) -> Rates {
        self.rates(ServiceTier::Standard, 0)
    }
}

/// What could not be used of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusablePrice {
    /// The name of the entry.
    pub model: Arc<str>,
    /// Why.
    pub why: &'static str,
    /// The entry has prices beside it that are used.
    pub is_partly_used: bool,
}

/// Where a table comes from.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PriceSource {
    /// In words: a path, or whose table it is.
    pub name: String,
    /// Of which version it is.
    pub version: Option<String>,
    /// When it was taken, `2026-11-29`.
    pub date: Option<String>,
}

impl PriceSource {
    /// `LiteLLM 1.110.2, 2026-11-29`
    pub fn words(&self) -> String {
        let version = self.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        let date = self.date.as_deref().map(|date| format!(", {date}")).unwrap_or_default();
        format!("{}{version}{date}", self.name)
    }
}

/// A table of prices.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PriceTable {
    /// Where it comes from.
    pub source: PriceSource,
    /// It is the user's own: an entry that names no provider is right for all of them, and 0 is a price.
    pub is_users: bool,
    /// The models that have prices, by name.
    pub models: BTreeMap<Arc<str>, Price>,
    /// How many entries there are, of all kinds.
    pub entries: usize,
    /// How many of them have no price by the token: models of images, sound, …
    pub without_price: usize,
    /// What is damaged or absurd, by name.
    pub unusable: Vec<UnusablePrice>,
    /// Why nothing is known of what follows, if the table ends early.
    pub cut: Option<String>,
}

impl PriceTable {
    fn find(&self, model: &str) -> Option<(&Arc<str>, &Price)> {
        if let Some(found) = self.models.get_key_value(model) {
            return Some(found);
        }
        let (provider, name) = model.split_once('/')?;
        let found = self.models.get_key_value(name)?;
        let agrees = found.1.provider.as_deref().map_or(self.is_users, |of| is_provider(provider, of));
        agrees.then_some(found)
    }

    /// What could not be used, in a sentence; `None` if nothing was wrong.
    pub fn complaint(&self) -> Option<String> {
        const NAMED: usize = 3;
        let mut told = Vec::new();
        if !self.unusable.is_empty() {
            let first = self.unusable.iter().take(NAMED).map(|one| format!("{} ({})", one.model, one.why));
            let more = self.unusable.len().checked_sub(NAMED).filter(|more| *more > 0);
            let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
            let entries = if self.unusable.len() == 1 { "entry" } else { "entries" };
            let first = first.collect::<Vec<_>>().join(", ");
            told.push(format!("{} {entries} not usable in full: {first}{more}", self.unusable.len()));
        }
        told.extend(self.cut.clone());
        (!told.is_empty()).then(|| told.join("; "))
    }
}

/// Whether an entry of LiteLLM's provider is right for models with this prefix, as LiteLLM has it
/// (`_check_provider_match`), without the prefixes for which it takes any provider.
fn is_provider(prefix: &str, provider: &str) -> bool {
    let is_family = |family: &str| prefix.starts_with(family) && provider.starts_with(family);
    prefix == provider || is_family("vertex_ai") || is_family("fireworks_ai") || is_family("bedrock")
}

/// What the price of a model is, and where that stands.
#[derive(Clone, Copy, Debug)]
pub struct FoundPrice<'p> {
    /// The price.
    pub price: &'p Price,
    /// The name of its entry.
    pub entry: &'p str,
    /// The table that tells it.
    pub table: &'p PriceTable,
}

/// Tables of prices: the first that knows a model is right.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    /// The user's before the one that is shipped.
    pub tables: Vec<Arc<PriceTable>>,
    /// A file of the user's that could not be read, and why.
    pub failed: Option<String>,
}

impl Prices {
    /// The price of a model; `None` if no table knows it.
    pub fn find(&self, model: &str) -> Option<FoundPrice<'_>> {
        self.tables.iter().find_map(|table| {
            let (entry, price) = table.find(model)?;
            Some(FoundPrice { price, entry, table })
        })
    }

    /// Every entry that counts, by name: one of the user's hides the shipped one of the same name.
    pub fn all(&self) -> BTreeMap<&str, FoundPrice<'_>> {
        let mut all = BTreeMap::new();
        for table in self.tables.iter().rev() {
            for (entry, price) in &table.models {
                all.insert(&**entry, FoundPrice { price, entry, table });
            }
        }
        all
    }
}

#[cfg(test)]
mod tests;
