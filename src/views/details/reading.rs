//! The ways in which a span can be read. Whoever adds one adds a variant, where it is offered, and the function that
//! draws it in the `match` of [`super::span_ui`].

use std::collections::BTreeMap;

use super::Focused;
use crate::loader::{Lane, PreparedLikelyCallsOf, PreparedPassagesOf};
use crate::query::likely_calls::may_have_lost_calls;
use crate::query::steps::{AgentKind, AttemptsKind, PassagesOf, StepsOf};
use crate::views::scene::Scene;

/// A way in which what a span was given and gave back can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// An agent, step by step.
    Steps,
    /// What tried several times: attempts beside each other.
    Attempts,
    /// What a retriever found.
    Passages,
    /// As titled fields.
    Fields,
    /// Traces that it likely made.
    LikelyCalls,
    /// All that was stored, as JSON.
    Raw,
}

impl Reading {
    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Steps => "Steps",
            Self::Attempts => "Attempts",
            Self::Passages => "Passages",
            Self::Fields => "Fields",
            Self::LikelyCalls => "Likely calls",
            Self::Raw => "Raw",
        }
    }
}

/// How a span can be read: first what says most of such a span.
pub(super) fn offered(scene: &mut Scene<'_>, one: Focused<'_>) -> Vec<Reading> {
    let told = Told::of(scene, one);
    let mut offered = Vec::new();
    offered.extend(told.is_agent.then_some(Reading::Steps));
    offered.extend((told.has_attempts == Some(true)).then_some(Reading::Attempts));
    offered.extend(told.has_passages.then_some(Reading::Passages));
    offered.push(Reading::Fields);
    // Calls at once are no more than how it worked.
    offered.extend((told.has_attempts == Some(false)).then_some(Reading::Attempts));
    offered.extend(told.has_likely_calls.then_some(Reading::LikelyCalls));
    offered.push(Reading::Raw);
    offered
}

/// What is known of a span by now. Names tell at once, outputs as soon as they are read.
#[derive(Default)]
struct Told {
    is_agent: bool,
    /// Whether it is there to try several times; `None` of one that did not.
    has_attempts: Option<bool>,
    has_passages: bool,
    has_likely_calls: bool,
}

impl Told {
    fn of(scene: &mut Scene<'_>, one: Focused<'_>) -> Self {
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

/// What was chosen, for each kind of span: spans are of one kind if the same reading comes first.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    chosen: BTreeMap<Reading, Reading>,
    /// What was chosen before the raw record.
    before_raw: BTreeMap<Reading, Reading>,
}

impl Choices {
    /// How a span is read that offers these.
    pub fn chosen(&self, offered: &[Reading]) -> Reading {
        let first = offered.first().copied().unwrap_or(Reading::Raw);
        self.chosen.get(&first).copied().filter(|chosen| offered.contains(chosen)).unwrap_or(first)
    }

    /// Spans like this are read so from now on.
    pub fn choose(&mut self, offered: &[Reading], reading: Reading) {
        let Some(first) = offered.first().copied() else { return };
        let before = self.chosen(offered);
        if before != Reading::Raw {
            self.before_raw.insert(first, before);
        }
        self.chosen.insert(first, reading);
    }

    /// To the raw record, or back from it.
    pub fn toggle_raw(&mut self, offered: &[Reading]) {
        let first = offered.first().copied().unwrap_or(Reading::Raw);
        let to = match self.chosen(offered) {
            Reading::Raw => self.before_raw.get(&first).copied().unwrap_or(first),
            _ => Reading::Raw,
        };
        self.choose(offered, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_raw_record_is_one_key_away_and_the_way_back_too() {
        let mut choices = Choices::default();
        let offered = [Reading::Fields, Reading::Raw];
        assert_eq!(choices.chosen(&offered), Reading::Fields);
        choices.toggle_raw(&offered);
        assert_eq!(choices.chosen(&offered), Reading::Raw);
        assert_eq!(choices.chosen(&[Reading::Raw]), Reading::Raw);
        choices.toggle_raw(&offered);
        assert_eq!(choices.chosen(&offered), Reading::Fields);
    }
}
