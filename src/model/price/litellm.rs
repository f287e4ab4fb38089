//! LiteLLM's table, `model_prices_and_context_window_backup.json` of its Python package: an object of one entry a
//! model. Everything in it may be missing, damaged or absurd; what can be used is used, and the rest is told.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};

use super::{Price, PriceTable, ServiceTier, UnusablePrice};
use crate::model::{Json, json};

/// The entry in which a trimmed table says what it is.
pub(super) const ABOUT: &str = "dspyglass:about";

/// The entry in which LiteLLM shows what entries look like.
const SAMPLE: &str = "sample_spec";

/// More for a token was never asked: the dearest in LiteLLM's table cost less than a hundredth of it.
const MOST_PER_TOKEN: f64 = 0.1;

/// The keys of prices: with `_above_200k_tokens` and with a tier of service after it, too.
const INPUT: &str = "input_cost_per_token";
const OUTPUT: &str = "output_cost_per_token";
const CACHED_INPUT: &str = "cache_read_input_token_cost";

/// Where LiteLLM writes prices by length as a list (dashscope).
const STEPS: &str = "tiered_pricing";

/// Where LiteLLM writes what a model costs while few people work.
const OFF_PEAK: &str = "off_peak_pricing";

/// Reads a table of anybody, and what it says of itself.
pub fn read_prices(bytes: &[u8]) -> (PriceTable, Option<Json>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut table = PriceTable::default();
    let mut about = None;
    let decoded = json::decode(bytes);
    match decoded.value.as_stored_for_structure() {
        Json::Object(entries) => {
            for (name, entry) in entries {
                add(&mut table, name, entry, &mut about);
            }
        }
        Json::String(text) if decoded.marks.is_raw => {
            let mut reader = serde_json::Deserializer::from_str(text);
            let entries = Entries { table: &mut table, about: &mut about };
            if let Err(error) = (&mut reader).deserialize_map(entries) {
                table.cut = Some(format!("it is no JSON from line {} on", error.line()));
            }
        }
        _ => table.cut = Some("it is no object of models".to_owned()),
    }
    (table, about)
}

/// Takes entry after entry, so that those before a damage are there.
struct Entries<'t> {
    table: &'t mut PriceTable,
    about: &'t mut Option<Json>,
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of models")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some((name, entry)) = entries.next_entry::<String, Json>()? {
            add(self.table, &name, &entry, self.about);
        }
        Ok(())
    }
}

fn add(table: &mut PriceTable, name: &str, entry: &Json, about: &mut Option<Json>) {
    if name == ABOUT {
        *about = Some(entry.clone());
        return;
    }
    if name == SAMPLE {
        return;
    }
    table.entries += 1;
    let mut wrong = None;
    let price = match entry {
        Json::Object(_) => price(entry, &mut wrong),
        _ => {
            wrong = Some("no object");
            None
        }
    };
    match (&price, wrong) {
        (_, Some(why)) => {
            table.unusable.push(UnusablePrice { model: name.into(), why, is_partly_used: price.is_some() });
        }
        (None, None) => table.without_price += 1,
        (Some(_), None) => {}
    }
    // A name that stands twice is as any reader of JSON has it: the last one counts.
    match price {
        Some(price) => drop(table.models.insert(name.into(), price)),
        None => drop(table.models.remove(name)),
    }
}

/// The prices of an entry; `None` if it tells none that can be used. `wrong`: what of it cannot.
fn price(entry: &Json, wrong: &mut Option<&'static str>) -> Option<Price> {
    let provider = entry.get("litellm_provider").and_then(Json::as_str).filter(|provider| !provider.is_empty());
    let is_embedding = entry.get("mode").and_then(Json::as_str) == Some("embedding");
    let is_less_at_times = entry.get(OFF_PEAK).is_some_and(Json::is_object);
    let mut price = Price { provider: provider.map(Into::into), is_embedding, is_less_at_times, ..Price::default() };
    for (key, value) in entry.as_object()? {
        let Some((tier, above, kind)) = kind_of(key) else { continue };
        match amount(value) {
            Ok(Some(amount)) => set(&mut price, tier, above, kind, amount),
            Ok(None) => {}
            Err(why) => *wrong = Some(why),
        }
    }
    for step in entry.get(STEPS).and_then(Json::as_array).into_iter().flatten() {
        // From so many tokens on; searches are priced by something else.
        let Some(range) = step.get("range") else { continue };
        let from = range.get(0).and_then(Json::as_f64);
        let Some(from) = from.filter(|from| (0.0..1e12).contains(from)) else {
            *wrong = Some("a length that is none");
            continue;
        };
        for kind in [INPUT, OUTPUT, CACHED_INPUT] {
            match step.get(kind).map_or(Ok(None), amount) {
                Ok(Some(amount)) => set(&mut price, ServiceTier::Standard, from as u64, kind, amount),
                Ok(None) => {}
                Err(why) => *wrong = Some(why),
            }
        }
    }
    let usual = price.usual();
    (usual.input.is_some() && usual.output.is_some()).then_some(price)
}

fn set(price: &mut Price, tier: ServiceTier, above: u64, kind: &str, amount: f64) {
    let rates = price.steps.entry((tier, above)).or_default();
    match kind {
        INPUT => rates.input = Some(amount),
        OUTPUT => rates.output = Some(amount),
        _ => rates.cached_input = Some(amount),
    }
}

/// What a key is the price of: `input_cost_per_token_above_272k_tokens_flex`. `None` if of nothing that is used.
fn kind_of(key: &str) -> Option<(ServiceTier, u64, &'static str)> {
    let (kind, rest) = [INPUT, OUTPUT, CACHED_INPUT].iter().find_map(|kind| Some((*kind, key.strip_prefix(kind)?)))?;
    let (tier, rest) =
        [("_batches", ServiceTier::Batch), ("_flex", ServiceTier::Flex), ("_priority", ServiceTier::Priority)]
            .iter()
            .find_map(|(end, tier)| Some((*tier, rest.strip_suffix(end)?)))
            .unwrap_or((ServiceTier::Standard, rest));
    if rest.is_empty() {
        return Some((tier, 0, kind));
    }
    let thousands: u64 = rest.strip_prefix("_above_")?.strip_suffix("k_tokens")?.parse().ok()?;
    Some((tier, thousands.checked_mul(1000).filter(|above| *above > 0)?, kind))
}

/// US dollars for a token; `None` for null.
fn amount(value: &Json) -> Result<Option<f64>, &'static str> {
    let amount = match value {
        Json::Null => return Ok(None),
        Json::Number(number) => number.as_f64(),
        // Written as a text by a tool that keeps its digits.
        Json::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    match amount {
        Some(amount) if amount.is_nan() => Err("a price that is no number"),
        Some(amount) if amount < 0.0 => Err("a negative price"),
        Some(amount) if amount > MOST_PER_TOKEN => Err("an absurd price"),
        Some(amount) => Ok(Some(amount)),
        None => Err("a price that is no number"),
    }
}
