//! How much text the calls of a trace were given and gave back.

use super::bodies_at_once::bodies_at_once;
use crate::analysis::{Names, is_lm_call, trace_facts};
use crate::model::{SpanFacts, SpanHead, TraceFacts, TraceId};
use crate::query::ask::Session;
use crate::store::Result;

/// What the spans of a trace tell. Where usage is of calls of several kinds – of other models, or served otherwise –, it
/// is known of all of them together and shared out by how much text they were given and gave back, which is read then.
pub(super) fn told_with_texts(
    session: &mut Session<'_>,
    trace: &TraceId,
    (spans, facts): (&[SpanHead], &mut [SpanFacts]),
    names: &mut Names,
) -> Result<TraceFacts> {
    let told = trace_facts(spans, facts, names);
    if told.usage.iter().all(|usage| usage.calls.len() < 2) {
        return Ok(told);
    }
    let calls: Vec<usize> = (0..spans.len().min(facts.len())).filter(|at| is_lm_call(&spans[*at])).collect();
    let heads: Vec<SpanHead> = calls.iter().map(|at| spans[*at].clone()).collect();
    let mut calls = calls.into_iter();
    for some in bodies_at_once(session.store, &heads) {
        session.cx.check()?;
        for (at, body) in calls.by_ref().take(some.len()).zip(session.store.span_bodies(session.cx, trace, some)?) {
            facts[at].text = Some(body.text());
        }
    }
    Ok(trace_facts(spans, facts, names))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::SpanBody;
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;

    /// A program that used 1,000 tokens in two calls of one model, served as these say, the second given much more.
    fn store(tiers: [&str; 2]) -> MemoryStore {
        let store = MemoryStore::new();
        let attributes = |value: crate::model::Json| value.as_object().cloned().unwrap_or_default();
        let usage = json!({"input_tokens": 1_000, "output_tokens": 0, "total_tokens": 1_000});
        let used = SpanBody {
            attributes: attributes(json!({crate::model::mlflow::span::TOKENS: usage})),
            ..SpanBody::default()
        };
        let mut spans = vec![(MemoryStore::span("r", None, "Ask.forward", 0, 100), used)];
        for (at, (tier, words)) in tiers.into_iter().zip([10, 90]).enumerate() {
            let from = 1 + 10 * at as i64;
            let head = MemoryStore::span(&format!("c{at}"), Some("r"), "LM.__call__", from, from + 5);
            let body = SpanBody {
                inputs: Some(json!({"messages": [{"role": "user", "content": "word ".repeat(words)}]})),
                attributes: attributes(json!({"model": "m", "service_tier": tier})),
                ..SpanBody::default()
            };
            spans.push((SpanHead { kind: "CHAT_MODEL".to_owned(), ..head }, body));
        }
        store.put_trace(MemoryStore::trace_head("tr-1", "1", None, "Ask", 5), spans);
        store
    }

    #[test]
    fn calls_of_one_model_that_are_served_otherwise_share_what_was_used_by_their_texts() {
        let given = |tiers: [&str; 2]| {
            let store = store(tiers);
            let (mut reader, cx) = (store.clone(), ReadCx::new());
            let mut session = Session::alone(&mut reader, &cx);
            let id = TraceId::from("tr-1");
            let spans = session.store.spans(&cx, &id).expect("spans");
            let mut facts = session.store.span_facts(&cx, &id, &spans).expect("facts");
            let told = told_with_texts(&mut session, &id, (&spans, &mut facts), &mut Names::default()).expect("told");
            let calls = &told.usage[0].calls;
            (
                calls.iter().map(|one| one.given).collect::<Vec<_>>(),
                store.calls("span_bodies") + store.calls("span_body"),
            )
        };
        let (shares, _) = given(["flex", "default"]);
        assert!(shares.len() == 2 && shares.iter().all(|given| *given > 0), "{shares:?}");
        assert!(shares.iter().max() > shares.iter().min().map(|least| least * 5).as_ref(), "{shares:?}");
        assert_eq!(given(["flex", "flex"]), (vec![0], 0), "nothing is shared out, and nothing is read for it");
    }
}
