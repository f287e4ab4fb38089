//! What is known of a span that decides how it can be read.

use super::Focused;
use crate::loader::{Lane, PreparedLikelyCallsOf, PreparedPassagesOf};
use crate::query::likely_calls::may_have_lost_calls;
use crate::query::steps::{AgentKind, AttemptsKind, PassagesOf, StepsOf};
use crate::views::scene::Scene;

/// What is known of a span by now. Names tell at once, outputs as soon as they are read.
#[derive(Default)]
pub(super) struct Told {
    pub is_agent: bool,
    /// Whether it is there to try several times; `None` of one that did not.
    pub has_attempts: Option<bool>,
    pub has_passages: bool,
    pub has_likely_calls: bool,
}

impl Told {
    pub fn of(scene: &mut Scene<'_>, one: Focused<'_>) -> Self {
        let (trace, span) = (one.trace.clone(), one.span);
        let is_text = matches!(&*span.kind, "PARSER" | "CHAT_MODEL" | "EMBEDDING");
        if is_text {
            return Self::default();
        }
        let steps = scene.loader.ask(&StepsOf(trace.clone()), Lane::Selection);
        let steps = steps.value();
        let attempts = steps.and_then(|steps| steps.attempts(one.ordinal));
        let is_named = AttemptsKind::is_named(&span.name).then_some(true);
        let retrieves = span.kind == "RETRIEVER" && span.status != "ERROR";
        // A predictor answers; it neither retrieves nor runs others.
        let is_module = span.kind != "LLM";
        let passages = is_module.then(|| scene.loader.ask(&PreparedPassagesOf(passages_of(one)), Lane::Visible));
        let has_passages = passages.is_some_and(|found| found.value().map_or(retrieves, |found| found.is_some()));
        let may_have_lost = may_have_lost_calls(span, one.tree.shape.own.of(one.ordinal));
        let likely = may_have_lost.then(|| scene.loader.ask(&PreparedLikelyCallsOf(trace, one.ordinal), Lane::Visible));
        Self {
            is_agent: AgentKind::is_named(&span.name) || steps.is_some_and(|steps| steps.agent(one.ordinal).is_some()),
            has_attempts: match (steps, attempts) {
                (None, _) => is_named,
                (Some(_), attempts) => attempts.map(|attempts| attempts.kind != AttemptsKind::AtOnce),
            },
            has_passages,
            has_likely_calls: likely.is_some_and(|found| found.value().is_some_and(|found| found.is_some())),
        }
    }
}

/// The question for what a span found.
pub(super) fn passages_of(one: Focused<'_>) -> PassagesOf {
    let (trace, span) = one.key();
    PassagesOf { trace, span, kind: one.span.kind.clone() }
}
