use super::*;
use crate::model::price::read_prices;
use crate::model::{Cached, ModelCalls, PriceTable, Tokens, UsageFact};

/// US dollars for a million tokens, so that figures below are read easily.
fn prices() -> Prices {
    let text = r#"{
        "plain": {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6},
        "dear": {"input_cost_per_token": 10e-6, "output_cost_per_token": 40e-6},
        "caching": {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6, "cache_read_input_token_cost": 0.1e-6},
        "gpt": {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6, "cache_read_input_token_cost": 0.1e-6,
                "litellm_provider": "openai"},
        "long": {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6,
                 "input_cost_per_token_above_200k_tokens": 2e-6},
        "flex": {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6,
                 "input_cost_per_token_flex": 0.5e-6, "output_cost_per_token_flex": 2e-6},
        "night": {"input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6,
                  "off_peak_pricing": {"input_cost_per_token": 0.5e-6}},
        "free": {"input_cost_per_token": 0, "output_cost_per_token": 0}}"#;
    let table = PriceTable { is_users: true, ..read_prices(text.as_bytes()).0 };
    Prices { tables: vec![Arc::new(table)], failed: None }
}

fn calls(model: &str, calls: u32) -> ModelCalls {
    ModelCalls { model: (!model.is_empty()).then(|| model.into()), tier: None, calls, given: 0, gave: 0 }
}

fn usage(input: u64, output: u64, calls: Vec<ModelCalls>) -> UsageFact {
    let tokens = Tokens { input: Some(input), output: Some(output), total: Some(input + output) };
    UsageFact { tokens, cached_input: None, model: None, signature: None, calls }
}

fn facts(usage: Vec<UsageFact>) -> TraceFacts {
    TraceFacts { usage, ..TraceFacts::default() }
}

/// In millionths of a dollar.
fn cost(one: UsageFact) -> Result<(f64, Certainty), UnknownCost> {
    let told = cost_of_facts(&facts(vec![one]), &prices()).cost?;
    Ok(((told.usd * 1e9).round() / 1e3, told.certainty))
}

#[test]
fn one_model_is_exact() {
    assert_eq!(cost(usage(1_000, 10, vec![calls("plain", 3)])), Ok((1_040.0, Certainty::Exact)));
    assert_eq!(cost(usage(1_000, 10, vec![calls("free", 1)])), Ok((0.0, Certainty::Exact)), "its user says so");
    assert_eq!(cost(usage(0, 0, vec![calls("caching", 1)])), Ok((0.0, Certainty::Exact)));
}

#[test]
fn what_may_have_been_cached_is_at_most() {
    assert_eq!(cost(usage(1_000, 10, vec![calls("caching", 1)])), Ok((1_040.0, Certainty::AtMost)));
    let told = UsageFact { cached_input: Some(600), ..usage(1_000, 10, vec![calls("caching", 1)]) };
    assert_eq!(cost(told), Ok((500.0, Certainty::Exact)));
    let none = UsageFact { cached_input: Some(0), ..usage(1_000, 10, vec![calls("caching", 1)]) };
    assert_eq!(cost(none), Ok((1_040.0, Certainty::Exact)));
    // OpenAI caches no prompt of less than 1,024 tokens.
    assert_eq!(cost(usage(1_023, 0, vec![calls("gpt", 1)])), Ok((1_023.0, Certainty::Exact)));
    assert_eq!(cost(usage(1_024, 0, vec![calls("gpt", 1)])), Ok((1_024.0, Certainty::AtMost)));
    assert_eq!(cost(usage(1_000, 10, vec![calls("night", 1)])), Ok((1_040.0, Certainty::AtMost)), "at some hours less");
    // More than there is.
    let odd = UsageFact { cached_input: Some(9_999), ..usage(1_000, 0, vec![calls("caching", 1)]) };
    assert_eq!(cost(odd), Ok((100.0, Certainty::Exact)));
}

#[test]
fn a_long_call_is_dearer_and_of_several_nobody_knows_which_were_long() {
    assert_eq!(cost(usage(200_000, 0, vec![calls("long", 9)])), Ok((200_000.0, Certainty::Exact)));
    assert_eq!(cost(usage(200_001, 0, vec![calls("long", 1)])), Ok((400_002.0, Certainty::Exact)));
    assert_eq!(cost(usage(200_001, 0, vec![calls("long", 2)])), Ok((400_002.0, Certainty::AtMost)));
}

#[test]
fn a_tier_of_service_has_its_price_where_there_is_one() {
    let with = |model: &str, tier: &str| vec![ModelCalls { tier: Some(tier.into()), ..calls(model, 1) }];
    assert_eq!(cost(usage(1_000, 10, with("flex", "flex"))), Ok((520.0, Certainty::Exact)));
    assert_eq!(cost(usage(1_000, 10, with("flex", "auto"))), Ok((1_040.0, Certainty::Exact)));
    assert_eq!(cost(usage(1_000, 10, with("plain", "flex"))), Ok((1_040.0, Certainty::Estimate)));
    assert_eq!(cost(usage(1_000, 10, with("plain", "turbo"))), Ok((1_040.0, Certainty::Estimate)));
}

#[test]
fn several_models_share_what_was_used_and_nothing_is_lost() {
    let two = |a: [u64; 2], b: [u64; 2]| {
        vec![
            ModelCalls { given: a[0], gave: a[1], ..calls("dear", 1) },
            ModelCalls { given: b[0], gave: b[1], ..calls("plain", 3) },
        ]
    };
    // By text: a quarter of the input and half of the output.
    let shared = usage(1_000, 10, two([100, 50], [300, 50]));
    let shares = usage_shares(&shared, &prices());
    let tokens: Vec<_> = shares.iter().map(|one| (one.input, one.output)).collect();
    assert_eq!(tokens, [(Some(250), Some(5)), (Some(750), Some(5))]);
    assert_eq!(cost(shared), Ok((2_500.0 + 200.0 + 750.0 + 20.0, Certainty::Estimate)));
    // Where no text is known, by calls.
    let shares = usage_shares(&usage(1_000, 10, two([0, 0], [0, 0])), &prices());
    let tokens: Vec<_> = shares.iter().map(|one| (one.input, one.output)).collect();
    assert_eq!(tokens, [(Some(250), Some(2)), (Some(750), Some(8))]);
    for (tokens, weights) in [(7, [1, 1]), (u64::MAX, [u64::MAX, 3]), (1, [0, 5]), (0, [2, 2])] {
        let shares = usage_shares(&usage(tokens, 0, two([weights[0], 1], [weights[1], 1])), &prices());
        assert_eq!(shares.iter().filter_map(|one| one.input).sum::<u64>(), tokens);
    }
}

#[test]
fn what_cannot_be_told_is_unknown_and_never_0() {
    assert_eq!(cost(usage(1_000, 10, vec![calls("unknown", 1)])), Err(UnknownCost::NoPrice));
    assert_eq!(cost(usage(1_000, 10, vec![calls("plain", 1), calls("unknown", 1)])), Err(UnknownCost::NoPrice));
    assert_eq!(cost(usage(1_000, 10, vec![calls("", 1)])), Err(UnknownCost::NoModel));
    assert_eq!(cost(usage(1_000, 10, Vec::new())), Err(UnknownCost::NoModel));
    let total = Tokens { input: None, output: None, total: Some(5) };
    assert_eq!(cost(UsageFact { tokens: total, ..usage(0, 0, vec![calls("plain", 1)]) }), Err(UnknownCost::NoModel));
    assert_eq!(cost_of_facts(&TraceFacts::default(), &prices()).cost, Err(UnknownCost::NoUsage));
    // One part that is unknown makes the whole unknown; its name is told.
    let both = facts(vec![usage(9, 9, vec![calls("plain", 1)]), usage(9, 9, vec![calls("unknown", 1)])]);
    let told = cost_of_facts(&both, &prices());
    assert_eq!((told.cost, told.unpriced.as_slice()), (Err(UnknownCost::NoPrice), &["unknown".into()][..]));
    // A call that tells nothing stands beside one that does.
    let part = TraceFacts { untold_calls: 1, ..facts(vec![usage(1_000, 0, vec![calls("plain", 1)])]) };
    let told = cost_of_facts(&part, &prices()).cost.expect("known in part");
    assert_eq!((told.usd, told.certainty), (1_000.0 * 1e-6, Certainty::AtLeast));
}

#[test]
fn sums_count_what_is_unknown_and_models_add_up() {
    let row = |cached, cost_usd| TraceRow {
        id: "tr".into(),
        experiment_id: "1".into(),
        run_id: None,
        name: String::new(),
        status: "OK".to_owned(),
        start_time_ms: 1,
        duration_ms: None,
        tokens: None,
        cost_usd,
        cached,
        span_count: None,
        session: None,
        request_preview: None,
        response_preview: None,
    };
    let plain = facts(vec![usage(1_000, 0, vec![calls("plain", 1)])]);
    let mixed = facts(vec![usage(1_000, 0, vec![calls("plain", 1)]), usage(1, 1, vec![calls("unknown", 1)])]);
    let traces = [
        cost_of_trace(&row(None, None), &plain, &prices()),
        cost_of_trace(&row(None, Some(9.0)), &plain, &prices()),
        cost_of_trace(&row(None, None), &mixed, &prices()),
        cost_of_trace(&row(Some(Cached::Likely), None), &TraceFacts::default(), &prices()),
        cost_of_trace(&row(None, None), &TraceFacts::default(), &prices()),
        cost_of_trace(&row(None, Some(0.5)), &TraceFacts::default(), &prices()),
        // MLflow writes 0 where it knows no price, too.
        cost_of_trace(&row(None, Some(0.0)), &mixed, &prices()),
    ];
    let (mut sum, mut models) = (CostSum::default(), ModelSums::default());
    for trace in &traces {
        sum.add(trace);
        models.add(trace);
    }
    assert_eq!((sum.priced, sum.unknown(), sum.stored, sum.traces()), (3, 4, 1, 7));
    assert_eq!(sum.usd(), Some(0.001 + 0.001 + 0.5), "prices are before what MLflow stored");
    assert!(!sum.is_exact(), "four are unknown");
    let reasons = UnknownCost::ALL.map(|why| sum.unknown_for(why));
    assert_eq!(reasons, [1, 1, 0, 2]);
    let of = |model: &str| models.0[&Some(model.into())].clone();
    assert_eq!(
        (of("plain").input, of("plain").traces, of("plain").cost.map(|cost| cost.usd)),
        (Some(4_000), 4, Some(0.002))
    );
    assert_eq!((of("unknown").input, of("unknown").cost), (Some(2), None));
    assert_eq!(CostSum::default().usd(), None);
    let mut twice = sum.clone();
    twice.merge(&sum);
    assert_eq!((twice.priced, twice.unknown_for(UnknownCost::LikelyCached)), (6, 2));
}

/// root 0 ─ (1 ─ (2, 3), 4 ─ 5, 6): 2, 3 and 4 tell what they used, what 5 tells is hidden by 4.
fn spans_of(calls: &[usize], took_ms: i64) -> (Forest, Vec<SpanHead>, [Option<Tokens>; 7]) {
    let links = [(0, None), (1, Some(0)), (2, Some(1)), (3, Some(1)), (4, Some(0)), (5, Some(4)), (6, Some(0))];
    let span = |at: usize| SpanHead {
        id: at.to_string(),
        parent_id: None,
        name: String::new(),
        kind: if calls.contains(&at) { "CHAT_MODEL" } else { "CHAIN" }.to_owned(),
        status: "OK".to_owned(),
        start_ns: 0,
        end_ns: Some(took_ms * 1_000_000),
        handle: crate::model::SpanHandle(0),
    };
    let tokens = Tokens::new(Some(1_000), Some(0), None);
    (Forest::build(&links), (0..7).map(span).collect(), [None, None, tokens, tokens, tokens, tokens, None])
}

#[test]
fn a_span_costs_what_is_known_below_it() {
    let (forest, spans, own) = spans_of(&[2, 3, 4], 2_000);
    let of = |model: &str| usage(1_000, 0, vec![calls(model, 1)]);
    let costs = |models: [&str; 3]| {
        let facts = facts(models.into_iter().map(of).collect());
        let costs = span_costs((&forest, &spans), &own, &facts, &prices()).into_iter();
        costs.map(|cost| cost.map(|cost| (cost.usd * 1e6).round())).collect::<Vec<_>>()
    };
    let all = [Some(12_000.0), Some(11_000.0), Some(1_000.0), Some(10_000.0), Some(1_000.0), None, None];
    assert_eq!(costs(["plain", "dear", "plain"]), all);
    let part = [None, None, Some(1_000.0), None, Some(1_000.0), None, None];
    assert_eq!(costs(["plain", "unknown", "plain"]), part);
}

#[test]
fn what_stands_above_a_call_that_tells_nothing_cost_at_least_so_much() {
    use Certainty::{AtLeast, Exact};
    let certainties = |took_ms: i64| {
        let (forest, spans, own) = spans_of(&[2, 3, 4, 6], took_ms);
        let facts = facts(vec![usage(1_000, 0, vec![calls("plain", 1)]); 3]);
        let costs = span_costs((&forest, &spans), &own, &facts, &prices());
        costs.iter().map(|cost| cost.map(|cost| cost.certainty)).collect::<Vec<_>>()
    };
    let exact = Some(Exact);
    assert_eq!(certainties(2_000), [Some(AtLeast), exact, exact, exact, exact, None, None]);
    assert_eq!(certainties(0), [exact, exact, exact, exact, exact, None, None], "a cache answered it");
}

#[test]
fn certainties_of_a_sum() {
    use Certainty::{AtLeast, AtMost, Estimate, Exact};
    for (a, b, both) in [
        (Exact, Exact, Exact),
        (Exact, AtMost, AtMost),
        (AtMost, AtMost, AtMost),
        (AtMost, AtLeast, Estimate),
        (Estimate, Exact, Estimate),
    ] {
        assert_eq!((a.and(b), b.and(a)), (both, both));
    }
}
