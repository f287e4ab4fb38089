use std::io::Read;

use super::*;
use crate::model::Json;

/// What the shipped table says of itself.
fn about() -> Json {
    let mut text = String::new();
    flate2::read::GzDecoder::new(shipped::PACKED).read_to_string(&mut text).expect("unpacked");
    let mut table: Json = serde_json::from_str(&text).expect("JSON");
    table[litellm::ABOUT].take()
}

fn read(text: &str) -> PriceTable {
    read_prices(text.as_bytes()).0
}

fn users(text: &str) -> Prices {
    let table = PriceTable { is_users: true, ..read(text) };
    Prices { tables: vec![Arc::new(table), shipped_prices()], failed: None }
}

fn shipped() -> Prices {
    Prices { tables: vec![shipped_prices()], failed: None }
}

fn usual(prices: &Prices, model: &str) -> Option<(f64, f64, Option<f64>)> {
    let rates = prices.find(model)?.price.usual();
    Some((rates.input?, rates.output?, rates.cached_input))
}

#[test]
fn the_shipped_table_says_what_it_is_and_has_no_model_for_nothing() {
    let about = about();
    let table = shipped_prices();
    assert_eq!((&table.cut, table.unusable.as_slice(), table.without_price), (&None, &[][..], 0));
    assert_eq!(Some(table.models.len() as u64), about.get("kept").and_then(Json::as_u64));
    assert!(table.models.len() > 3_000, "{}", table.models.len());
    assert_eq!(table.source.name, "LiteLLM");
    assert_eq!(table.source.version.as_deref(), about.get("version").and_then(Json::as_str));
    assert!(table.source.date.as_deref().is_some_and(|date| date.len() == 10));
    assert!(about["licence"].as_str().is_some_and(|text| text.starts_with("MIT")));
    let licence = include_str!("../../../assets/prices/LICENSE");
    assert!(licence.contains("Copyright (c) 2023 Berri AI"));
    for (name, price) in &table.models {
        let rates = price.usual();
        assert!(rates.input.unwrap_or_default() + rates.output.unwrap_or_default() > 0.0, "{name} is free");
    }
}

#[test]
fn a_model_is_its_whole_name_or_what_follows_its_provider() {
    let prices = shipped();
    assert_eq!(usual(&prices, "gpt-4o-mini"), Some((1.5e-7, 6e-7, Some(7.5e-8))));
    assert_eq!(usual(&prices, "openai/gpt-4o-mini"), usual(&prices, "gpt-4o-mini"));
    assert_eq!(prices.find("openai/gpt-4o-mini").map(|found| found.entry), Some("gpt-4o-mini"));
    // Its own name is before that of another provider's model of the same name.
    assert_eq!(prices.find("azure/gpt-4o-mini").map(|found| found.entry), Some("azure/gpt-4o-mini"));
    // Families of providers are one provider's, as LiteLLM has it.
    assert_eq!(prices.find("vertex_ai/gemini-2.5-flash").map(|found| found.entry), Some("gemini-2.5-flash"));
    for unknown in
        ["groq/gpt-4o-mini", "litellm_proxy/gpt-4o-mini", "openai/gpt-4o-mini-x", "openai/", "gpt-4o-m", "", "/"]
    {
        assert!(prices.find(unknown).is_none(), "{unknown} is guessed");
    }
}

#[test]
fn the_users_file_is_right_and_alone_makes_models_free() {
    assert!(shipped().find("ollama/llama3.2").is_none(), "nobody knows what a machine costs");
    let prices = users(
        r#"{"ollama/llama3.2": {"input_cost_per_token": 0, "output_cost_per_token": 0.0},
            "gpt-4o-mini": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}"#,
    );
    assert_eq!(usual(&prices, "ollama/llama3.2"), Some((0.0, 0.0, None)));
    assert_eq!(usual(&prices, "openai/gpt-4o-mini"), Some((1e-6, 2e-6, None)), "an entry of no provider is of all");
    assert_eq!(usual(&prices, "openai/gpt-4o"), usual(&shipped(), "openai/gpt-4o"));
    assert!(prices.find("openai/gpt-4o-mini").is_some_and(|found| found.table.is_users));
    let all = prices.all();
    assert_eq!(all.len(), shipped_prices().models.len() + 1);
    assert!(all["gpt-4o-mini"].table.is_users);
}

#[test]
fn what_can_be_used_is_used_and_the_rest_is_said() {
    let table = read(
        r#"{"sample_spec": {"input_cost_per_token": 0.0, "mode": "one of"},
            "text": {"input_cost_per_token": "1.5e-07", "output_cost_per_token": " 6e-07 ", "new_key": [{}], "mode": 7},
            "negative": {"input_cost_per_token": -1e-7, "output_cost_per_token": 6e-07},
            "absurd": {"input_cost_per_token": 15, "output_cost_per_token": 6e-07},
            "endless": {"input_cost_per_token": 1e999, "output_cost_per_token": 6e-07},
            "word": {"input_cost_per_token": "free", "output_cost_per_token": true},
            "cache": {"input_cost_per_token": 1e-7, "output_cost_per_token": 1e-7, "cache_read_input_token_cost": -1},
            "image": {"output_cost_per_image": 0.04, "mode": "image_generation"},
            "half": {"input_cost_per_token": 1e-7, "output_cost_per_token": null},
            "embedding": {"input_cost_per_token": 2e-8, "mode": "embedding"},
            "list": [1], "nothing": null}"#,
    );
    assert_eq!(table.entries, 11);
    let names: Vec<&str> = table.models.keys().map(|name| &**name).collect();
    assert_eq!(names, ["cache", "embedding", "text"]);
    assert_eq!(table.without_price, 2, "an image, and half a price");
    let said: Vec<(&str, &str, bool)> =
        table.unusable.iter().map(|one| (&*one.model, one.why, one.is_partly_used)).collect();
    let wanted = [
        ("negative", "a negative price", false),
        ("absurd", "an absurd price", false),
        ("endless", "a price that is no number", false),
        ("word", "a price that is no number", false),
        ("cache", "a negative price", true),
        ("list", "no object", false),
        ("nothing", "no object", false),
    ];
    assert_eq!(said, wanted);
    let complaint = table.complaint().expect("something is wrong");
    assert!(complaint.starts_with("7 entries not usable in full: negative (a negative price), "), "{complaint}");
    assert!(complaint.ends_with(" and 4 more"), "{complaint}");
    let embedding = table.models["embedding"].usual();
    assert_eq!((embedding.input, embedding.output), (Some(2e-8), Some(0.0)));
    assert_eq!(table.models["text"].usual().input, Some(1.5e-7));
    assert_eq!(table.models["cache"].usual().cached_input, None);
}

#[test]
fn a_table_that_is_cut_anywhere_is_read_up_to_there() {
    let one = |at: usize| format!(r#""m{at}": {{"input_cost_per_token": 1e-7, "output_cost_per_token": 2e-7}}"#);
    let whole = format!("{{{}}}", (0..30).map(one).collect::<Vec<_>>().join(",\n"));
    assert_eq!((read(&whole).models.len(), read(&whole).cut), (30, None));
    let mut before = 0;
    for end in 0..whole.len() {
        let table = read(&whole[..end]);
        assert!(table.cut.is_some(), "cut at {end}");
        // An entry counts once it is closed.
        let closed = whole[..end].matches('}').count();
        assert_eq!(table.models.len(), closed.min(30), "cut at {end}");
        assert!(table.models.len() >= before);
        before = table.models.len();
    }
    for nonsense in ["", "[]", "7", "null", "\"x\"", "PK\u{3}\u{4}"] {
        let table = read(nonsense);
        assert!(table.models.is_empty() && table.cut.is_some(), "{nonsense}");
    }
    // As Windows writes it, and with what Python writes and the standard forbids.
    let odd = format!("\u{feff}{{\"x\": {{\"input_cost_per_token\": NaN}}, {}}}", one(0));
    let table = read(&odd);
    assert_eq!((table.models.len(), table.unusable.len(), table.cut), (1, 1, None));
}

#[test]
fn long_calls_and_tiers_have_prices_of_their_own() {
    let table = read(
        r#"{"m": {"input_cost_per_token": 1, "output_cost_per_token": 2, "cache_read_input_token_cost": 0.5,
                  "input_cost_per_token_above_128k_tokens": 3, "output_cost_per_token_above_128k_tokens": 4,
                  "input_cost_per_token_above_272k_tokens": 5, "input_cost_per_token_flex": 0.25,
                  "input_cost_per_token_above_272k_tokens_flex": 0.75, "input_cost_per_token_above_xk_tokens": 9},
            "t": {"tiered_pricing": [
                  {"range": [0, 256000.0], "input_cost_per_token": 1e-3, "output_cost_per_token": 2e-3},
                  {"range": [256000.0, 1e6], "input_cost_per_token": 3e-3, "output_cost_per_token": 4e-3}]}}"#
            .replace(": 1,", ": 1e-3,")
            .replace(": 2,", ": 2e-3,")
            .replace(": 3,", ": 3e-3,")
            .replace(": 4,", ": 4e-3,")
            .replace(": 5,", ": 5e-3,")
            .replace("0.5,", "0.5e-3,")
            .replace("0.25,", "0.25e-3,")
            .replace("0.75,", "0.75e-3,")
            .as_str(),
    );
    let price = &table.models["m"];
    let of = |tier, tokens| {
        let rates = price.rates(tier, tokens);
        [rates.input, rates.output, rates.cached_input].map(|rate| rate.map(|rate| (rate * 1e5).round() / 100.0))
    };
    use ServiceTier::{Flex, Priority, Standard};
    assert_eq!(of(Standard, 128_000), [Some(1.0), Some(2.0), Some(0.5)]);
    assert_eq!(of(Standard, 128_001), [Some(3.0), Some(4.0), Some(0.5)]);
    assert_eq!(of(Standard, 272_001), [Some(5.0), Some(4.0), Some(0.5)]);
    assert_eq!(of(Flex, 10), [Some(0.25), Some(2.0), Some(0.5)]);
    assert_eq!(of(Flex, 300_000), [Some(0.75), Some(4.0), Some(0.5)]);
    assert_eq!(of(Priority, 10), of(Standard, 10));
    assert!(price.has_tier(Flex) && !price.has_tier(Priority));
    assert_eq!(price.lengths(), [128_000, 272_000]);
    let list = &table.models["t"];
    assert_eq!(list.usual().input, Some(1e-3));
    assert_eq!(list.rates(Standard, 256_001).output, Some(4e-3));
    assert_eq!([ServiceTier::of_word("flex"), ServiceTier::of_word("x")], [Some(Flex), None]);
}
