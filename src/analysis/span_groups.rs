//! What kind of work a span is, in the words of DSPy.

use crate::model::{Forest, SpanHead};

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpanGroup {
    /// A call of a language model.
    Lm,
    /// A predictor: what asks a language model by a signature.
    Predictor,
    /// Another module.
    Module,
    /// An agent.
    Agent,
    /// A retriever, an embedder, a reranker.
    Retriever,
    /// A tool.
    Tool,
    /// A step of an adapter.
    Adapter,
    /// Of any other kind, or of none.
    Other,
}

impl SpanGroup {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 8] =
        [Self::Lm, Self::Predictor, Self::Module, Self::Agent, Self::Retriever, Self::Tool, Self::Adapter, Self::Other];

    /// What one of them is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lm => "LM",
            Self::Predictor => "predictor",
            Self::Module => "module",
            Self::Agent => "agent",
            Self::Retriever => "retriever",
            Self::Tool => "tool",
            Self::Adapter => "adapter",
            Self::Other => "other",
        }
    }
}

/// The kind of work of each span, in the order of `spans` (the list that the forest was built from).
///
/// By the types that MLflow gives the spans of DSPy (2.22 to 3.18): `CHAT_MODEL` is a call of a language model, `LLM` a
/// `Predict`. Where no DSPy stands in between, `LLM` is the call itself: a span of that type that has no call below it.
pub fn span_groups(forest: &Forest, spans: &[SpanHead]) -> Vec<SpanGroup> {
    let mut groups: Vec<SpanGroup> = spans.iter().map(by_kind).collect();
    let mut calls_before = Vec::with_capacity(forest.len() + 1);
    calls_before.push(0_usize);
    for node in &forest.nodes {
        let is_call = spans.get(node.item).is_some_and(|span| span.kind == "CHAT_MODEL");
        calls_before.push(calls_before.last().copied().unwrap_or(0) + usize::from(is_call));
    }
    for (position, node) in forest.nodes.iter().enumerate() {
        let Some(span) = spans.get(node.item).filter(|span| span.kind == "LLM") else { continue };
        let calls = |at: usize| calls_before.get(at).copied().unwrap_or(0);
        let has_call_below = calls(position + 1 + node.descendants) > calls(position + 1);
        // A `Predict` of DSPy whose call was never made is a predictor by its name.
        let is_predictor = has_call_below || span.name.ends_with(".forward");
        groups[node.item] = if is_predictor { SpanGroup::Predictor } else { SpanGroup::Lm };
    }
    groups
}

fn by_kind(span: &SpanHead) -> SpanGroup {
    match span.kind.as_str() {
        "CHAT_MODEL" | "LLM" => SpanGroup::Lm,
        "CHAIN" => SpanGroup::Module,
        "AGENT" => SpanGroup::Agent,
        "RETRIEVER" | "EMBEDDING" | "RERANKER" => SpanGroup::Retriever,
        "TOOL" => SpanGroup::Tool,
        "PARSER" => SpanGroup::Adapter,
        _ => SpanGroup::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::adapters::tests::spans;

    #[test]
    fn a_predictor_is_told_from_a_call() {
        let (forest, list) = spans(&[
            ("QA.forward", 0, "CHAIN", "OK"),
            ("Predict.forward", 1, "LLM", "OK"),
            ("ChatAdapter.format", 2, "PARSER", "OK"),
            ("LM.__call__", 2, "CHAT_MODEL", "OK"),
            ("Predict.forward_2", 1, "LLM", "ERROR"),
            ("LM.__call___2", 2, "CHAT_MODEL", "ERROR"),
            ("Predict.forward", 1, "LLM", "ERROR"),
            ("openai", 1, "LLM", "OK"),
            ("search", 1, "RETRIEVER", "OK"),
            ("strange", 1, "", "OK"),
        ]);
        let words: Vec<&str> = span_groups(&forest, &list).into_iter().map(SpanGroup::word).collect();
        let wanted =
            ["module", "predictor", "adapter", "LM", "predictor", "LM", "predictor", "LM", "retriever", "other"];
        assert_eq!(words, wanted);
    }
}
