//! What the spans of a trace tell of it, out of what is known of each of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::adapters::{Outline, StepKind, step};
use super::fallbacks::{FallbackOutcome, fallbacks};
use super::own_time::own_times_ns;
use super::tokens::{UsageBelow, roll_up};
use crate::model::cached::LmCall;
use crate::model::trace_facts::CALL;
use crate::model::{
    AdapterFact, Forest, ModelCalls, Name, SpanFact, SpanFacts, SpanHead, Tokens, TraceFacts, UsageFact,
};

/// A longer name is cut: what is kept of all traces has a bound.
const LONGEST_NAME: usize = 200;

/// No more spans above one are looked at for where an exception came from.
const MOST_ABOVE: usize = 1_000;

/// Names, each held once however many spans bear it.
#[derive(Debug, Default)]
pub struct Names(HashMap<Name, ()>);

impl Names {
    /// No more are held; names of a store that gives every span another one are held by their spans alone.
    const MOST: usize = 20_000;

    /// The one that says this.
    pub fn of(&mut self, text: &str) -> Name {
        let text = text.get(..text.floor_char_boundary(LONGEST_NAME)).unwrap_or(text);
        if let Some((known, ())) = self.0.get_key_value(text) {
            return Arc::clone(known);
        }
        let name: Name = text.into();
        if self.0.len() < Self::MOST {
            self.0.insert(Arc::clone(&name), ());
        }
        name
    }
}

/// Derives them. `facts` stand in the order of `spans`; what is missing at its end is unknown.
pub fn trace_facts(spans: &[SpanHead], facts: &[SpanFacts], names: &mut Names) -> TraceFacts {
    let links: Vec<(&str, Option<&str>)> = spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
    let forest = Forest::build(&links);
    let nothing = SpanFacts::default();
    let fact = |at: usize| facts.get(at).unwrap_or(&nothing);
    let own: Vec<Option<Tokens>> = (0..spans.len()).map(|at| fact(at).tokens).collect();
    let rolled = roll_up(&forest, &own);
    let own_times = own_times_ns(&forest, spans);
    let positive = |ns: Option<i64>| ns.and_then(|ns| u64::try_from(ns).ok());
    let mut told: Vec<SpanFact> = spans
        .iter()
        .enumerate()
        .map(|(at, span)| SpanFact {
            name: names.of(&span.name),
            kind: names.of(&span.kind),
            has_failed: span.status == "ERROR",
            duration_ns: positive(span.duration_ns()),
            own_ns: positive(own_times.get(at).copied().flatten()),
            model: fact(at).model.as_deref().map(|model| names.of(model)),
            signature: fact(at).signature.as_deref().map(|signature| names.of(signature)),
            exception: fact(at).exception.as_deref().map(|exception| names.of(exception)),
            is_origin: true,
            tokens: rolled.get(at).and_then(|tokens| tokens.total),
        })
        .collect();
    let mut usage = usage(&forest, &own, &told, fact);
    let untold_calls = share_calls(&forest, &own, (spans, facts), names, &mut usage);
    mark_what_is_above(&forest, &mut told);
    let outline = Outline::new(&forest, spans);
    let tried = fallbacks(&outline.forest, spans);
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    TraceFacts {
        usage,
        untold_calls,
        adapters: adapters(&outline, spans, names),
        fallbacks: count(tried.len()),
        failed_fallbacks: count(tried.iter().filter(|one| one.outcome == FallbackOutcome::Failed).count()),
        spans: told,
        agents: None,
    }
}

/// What counts, from the roots down, and whose it is: usage is that of the calls below, so that it is one model's
/// where all of them ask it, and one predictor's where it makes all of them.
fn usage<'f>(
    forest: &Forest,
    own: &[Option<Tokens>],
    spans: &[SpanFact],
    fact: impl Fn(usize) -> &'f SpanFacts,
) -> Vec<UsageFact> {
    let mut found = Vec::new();
    let mut above = Above::default();
    let mut at = 0;
    while let Some(node) = forest.nodes.get(at) {
        above.enter(at, node.descendants, spans.get(node.item));
        let Some(tokens) = own.get(node.item).copied().flatten() else {
            at += 1;
            continue;
        };
        let (mut models, mut signatures) = (Only::default(), Only::default());
        let end = at + 1 + node.descendants;
        let mut within = at;
        while within < end.min(forest.nodes.len()) {
            let inner = forest.nodes[within];
            above.enter(within, inner.descendants, spans.get(inner.item));
            if let Some(call) =
                spans.get(inner.item).filter(|span| span.is_call() || within == at && inner.descendants == 0)
            {
                // A call within a call (MLflow 2.21) is the same call once more.
                models.add(call.model.clone());
                signatures.add(above.signature());
            }
            within += 1;
        }
        found.push(UsageFact {
            tokens,
            cached_input: fact(node.item).cached_input,
            model: models.only(),
            signature: signatures.only(),
            calls: Vec::new(),
        });
        at = end;
    }
    found
}

/// Gives each usage, in the order in which [`usage`] finds them, the calls that it is of. How many calls are of none,
/// although they took the time of one that was not answered from a cache, is given back.
fn share_calls(
    forest: &Forest,
    own: &[Option<Tokens>],
    (spans, facts): (&[SpanHead], &[SpanFacts]),
    names: &mut Names,
    usage: &mut [UsageFact],
) -> u32 {
    let nothing = SpanFacts::default();
    let below = UsageBelow::of(forest, own);
    let (mut untold, mut next_usage, mut at) = (0_u32, 0, 0);
    // Where the usage and the call end that the walk is within.
    let (mut usage_end, mut call_end) = (0, 0);
    while let Some(node) = forest.nodes.get(at) {
        let end = at + 1 + node.descendants;
        let is_usage = at >= usage_end && own.get(node.item).copied().flatten().is_some();
        if is_usage {
            (usage_end, next_usage) = (end, next_usage + 1);
        }
        let Some(span) = spans.get(node.item) else { break };
        let is_own = at < usage_end || !below.has(at, end);
        let is_call = at >= call_end && (is_lm_call(span) && is_own || is_usage && node.descendants == 0);
        if is_call {
            call_end = end;
            let fact = facts.get(node.item).unwrap_or(&nothing);
            match usage.get_mut(usize::wrapping_sub(next_usage, 1)).filter(|_| at < usage_end) {
                Some(usage) => add_call(&mut usage.calls, fact, names),
                None => untold += u32::from(took_the_time_of_a_model(span)),
            }
        }
        at += 1;
    }
    usage.iter_mut().for_each(|usage| usage.calls.sort());
    untold
}

/// Whether a span calls a language model by what DSPy says of it.
pub fn is_lm_call(span: &SpanHead) -> bool {
    span.kind == CALL
}

/// Whether a call took so long that no cache answered it: without usage, what it used is unknown.
pub fn took_the_time_of_a_model(call: &SpanHead) -> bool {
    !LmCall { duration_ns: call.duration_ns(), is_ok: call.status == "OK", usual_ns: None }.is_surely_quick()
}

fn add_call(calls: &mut Vec<ModelCalls>, fact: &SpanFacts, names: &mut Names) {
    let (model, tier) = (fact.model.as_deref(), fact.service_tier.as_deref());
    let text = fact.text.unwrap_or_default();
    if let Some(known) = calls.iter_mut().find(|one| one.model.as_deref() == model && one.tier.as_deref() == tier) {
        known.calls = known.calls.saturating_add(1);
        known.given = known.given.saturating_add(text.given);
        known.gave = known.gave.saturating_add(text.gave);
        return;
    }
    let (model, tier) = (model.map(|model| names.of(model)), tier.map(|tier| names.of(tier)));
    calls.push(ModelCalls { model, tier, calls: 1, given: text.given, gave: text.gave });
}

/// The predictors that a walk down the tree is within.
#[derive(Default)]
struct Above(Vec<(usize, Option<Name>)>);

impl Above {
    fn enter(&mut self, at: usize, descendants: usize, span: Option<&SpanFact>) {
        while self.0.last().is_some_and(|(end, _)| *end <= at) {
            self.0.pop();
        }
        if let Some(span) = span.filter(|span| span.is_predictor()) {
            self.0.push((at + 1 + descendants, span.signature.clone()));
        }
    }

    fn signature(&self) -> Option<Name> {
        self.0.last().and_then(|(_, signature)| signature.clone())
    }
}

/// The one value of several that are all the same.
#[derive(Default)]
struct Only(Option<Option<Name>>);

impl Only {
    fn add(&mut self, name: Option<Name>) {
        self.0 = Some(match self.0.take() {
            Some(before) if before != name => None,
            _ => name,
        });
    }

    fn only(self) -> Option<Name> {
        self.0.flatten()
    }
}

/// Usage of a span within one of the same name counts once, and an exception comes from where it was raised.
fn mark_what_is_above(forest: &Forest, spans: &mut [SpanFact]) {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut names: HashMap<Name, usize> = HashMap::new();
    for (at, node) in forest.nodes.iter().enumerate() {
        while let Some((_, item)) = open.pop_if(|(end, _)| *end <= at) {
            if let Some(count) = spans.get(item).and_then(|span| names.get_mut(&span.name)) {
                *count -= 1;
            }
        }
        let Some(span) = spans.get_mut(node.item) else { continue };
        let count = names.entry(Arc::clone(&span.name)).or_default();
        if *count > 0 {
            span.tokens = None;
        }
        *count += 1;
        if let Some(exception) = span.exception.clone() {
            for (_, item) in open.iter().rev().take(MOST_ABOVE) {
                match spans.get_mut(*item).filter(|above| above.exception.as_ref() == Some(&exception)) {
                    // What is above that one was told by it.
                    Some(above) if !above.is_origin => break,
                    Some(above) => above.is_origin = false,
                    None => {}
                }
            }
        }
        open.push((at + 1 + node.descendants, node.item));
    }
}

fn adapters(outline: &Outline, spans: &[SpanHead], names: &mut Names) -> Vec<AdapterFact> {
    let mut found: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for span in outline.forest.nodes.iter().filter_map(|node| spans.get(node.item)) {
        let Some(step) = step(span) else { continue };
        let (prompts, failed) = found.entry(step.adapter).or_default();
        match step.kind {
            StepKind::Format => *prompts += 1,
            StepKind::Parse => *failed += u32::from(span.status == "ERROR"),
        }
    }
    let fact =
        |(name, (prompts, failed_parses)): (&str, _)| AdapterFact { name: names.of(name), prompts, failed_parses };
    found.into_iter().map(fact).collect()
}

#[cfg(test)]
mod tests {
    use super::super::adapters::tests::spans;
    use super::*;

    /// name, depth, kind, status; then what is noted of them: tokens, model, signature, exception.
    type Noted<'a> = (Option<u64>, Option<&'a str>, Option<&'a str>, Option<&'a str>);

    type Head<'a> = (&'a str, usize, &'a str, &'a str);

    fn of(list: &[(Head<'_>, Noted<'_>)]) -> TraceFacts {
        let heads: Vec<_> = list.iter().map(|(head, _)| *head).collect();
        let text = |text: Option<&str>| text.map(str::to_owned);
        let facts: Vec<SpanFacts> = list
            .iter()
            .map(|(_, (tokens, model, signature, exception))| SpanFacts {
                tokens: tokens.and_then(|total| Tokens::new(None, None, Some(total))),
                model: text(*model),
                signature: text(*signature),
                exception: text(*exception),
                ..SpanFacts::default()
            })
            .collect();
        trace_facts(&spans(&heads).1, &facts, &mut Names::default())
    }

    const NOTHING: Noted<'static> = (None, None, None, None);

    fn call(depth: usize, model: &str) -> (Head<'static>, Noted<'_>) {
        (("LM.__call__", depth, "CHAT_MODEL", "OK"), (None, Some(model), None, None))
    }

    fn predict(depth: usize, signature: &str) -> (Head<'static>, Noted<'_>) {
        (("Predict.forward", depth, "LLM", "OK"), (None, None, Some(signature), None))
    }

    #[test]
    fn usage_belongs_to_the_model_and_the_predictor_that_all_of_its_calls_share() {
        let root = (("Program.forward", 0, "CHAIN", "OK"), (Some(30), None, None, None));
        let usage = |list: &[_]| {
            let facts = of(list);
            let name = |name: &Option<Name>| name.as_deref().unwrap_or("-").to_owned();
            let one = facts.usage.first().expect("usage");
            (facts.tokens().and_then(|tokens| tokens.total), name(&one.model), name(&one.signature))
        };
        let one = [root, predict(1, "q -> a"), call(2, "m"), call(2, "m")];
        assert_eq!(usage(&one), (Some(30), "m".to_owned(), "q -> a".to_owned()));
        let two = [root, predict(1, "q -> a"), call(2, "m"), predict(1, "a -> b"), call(2, "n")];
        assert_eq!(usage(&two), (Some(30), "-".to_owned(), "-".to_owned()));
        let beside = [root, predict(1, "q -> a"), call(2, "m"), call(1, "m")];
        assert_eq!(usage(&beside), (Some(30), "m".to_owned(), "-".to_owned()), "one call was made by no predictor");
        // What a call tells itself is hidden by what stands above it.
        let told = (("LM.__call__", 2, "CHAT_MODEL", "OK"), (Some(7), Some("m"), None, None));
        assert_eq!(usage(&[root, predict(1, "q -> a"), told]).0, Some(30));
        assert_eq!(usage(&[predict(0, "q -> a"), told]), (Some(7), "m".to_owned(), "q -> a".to_owned()));
    }

    #[test]
    fn a_call_within_a_call_tells_for_both() {
        let within = (("litellm.completion", 2, "CHAT_MODEL", "OK"), (Some(7), Some("m"), None, None));
        let facts = of(&[predict(0, "q -> a"), call(1, "dspy/m"), within]);
        assert_eq!((facts.usage.len(), facts.usage[0].calls.len(), facts.untold_calls), (1, 1, 0));
        assert_eq!(facts.usage[0].model.as_deref(), Some("m"));
    }

    #[test]
    fn an_exception_comes_from_where_it_was_raised_and_usage_within_its_like_counts_once() {
        let failed = |name, depth, kind, exception| ((name, depth, kind, "ERROR"), (None, None, None, Some(exception)));
        let facts = of(&[
            failed("Program.forward", 0, "CHAIN", "ValueError"),
            failed("Tool.search", 1, "TOOL", "KeyError"),
            failed("Predict.forward", 1, "LLM", "ValueError"),
            failed("LM.__call__", 2, "CHAT_MODEL", "ValueError"),
        ]);
        let origins: Vec<&str> = facts.spans.iter().filter(|span| span.is_origin).map(|span| &*span.name).collect();
        assert_eq!(origins, ["Tool.search", "LM.__call__"]);
        assert_eq!((facts.exceptions(), facts.failed_tools()), (vec!["KeyError", "ValueError"], vec!["Tool.search"]));
        let used = |name, depth, tokens| ((name, depth, "CHAIN", "OK"), (Some(tokens), None, None, None));
        let facts = of(&[used("A.forward", 0, 9), used("A.forward", 1, 4), used("A.forward", 0, 2)]);
        let tokens: Vec<_> = facts.spans.iter().map(|span| span.tokens.and_then(|it| it.total)).collect();
        assert_eq!(tokens, [Some(9), None, Some(2)]);
        assert_eq!(facts.tokens().and_then(|it| it.total), Some(11));
    }

    #[test]
    fn a_doubled_step_of_an_adapter_counts_once_and_a_fallback_is_told() {
        let facts = of(&[
            (("Predict.forward", 0, "LLM", "OK"), NOTHING),
            (("XMLAdapter.format", 1, "PARSER", "OK"), NOTHING),
            (("XMLAdapter.format", 2, "PARSER", "OK"), NOTHING),
            (("LM.__call__", 1, "CHAT_MODEL", "OK"), NOTHING),
            (("XMLAdapter.parse", 1, "PARSER", "ERROR"), NOTHING),
            (("JSONAdapter.format", 1, "PARSER", "OK"), NOTHING),
            (("LM.__call__", 1, "CHAT_MODEL", "OK"), NOTHING),
            (("JSONAdapter.parse", 1, "PARSER", "OK"), NOTHING),
        ]);
        let adapters: Vec<_> = facts.adapters.iter().map(|one| (&*one.name, one.prompts, one.failed_parses)).collect();
        assert_eq!(adapters, [("JSONAdapter", 1, 0), ("XMLAdapter", 1, 1)]);
        assert_eq!((facts.fallbacks, facts.failed_fallbacks, facts.failed_parses()), (1, 0, 1));
        assert_eq!((facts.spans.len(), facts.calls().count(), facts.tokens()), (8, 2, None));
    }
}
