//! What spans are called and how they are found, wherever one is shown.

use crate::loader::TraceTree;
use crate::state::SpanRef;
use crate::widgets::tokens::Tone;

/// The colour that says what kind of span it is.
pub(super) fn kind_tone(kind: &str) -> Tone {
    match kind {
        "CHAIN" => Tone::Accent,
        "LLM" | "CHAT_MODEL" => Tone::Violet,
        "RETRIEVER" | "EMBEDDING" | "RERANKER" => Tone::Teal,
        "TOOL" => Tone::Warn,
        "AGENT" => Tone::Pink,
        "PARSER" => Tone::Faint,
        _ => Tone::Muted,
    }
}

/// A kind as a word.
pub(super) fn kind_word(kind: &str) -> String {
    match kind {
        "LLM" => "LLM".to_owned(),
        "UNKNOWN" | "" => "span".to_owned(),
        other => other.to_lowercase().replace('_', " "),
    }
}

/// The span that an address names.
pub(super) fn find_span(tree: &TraceTree, span: &SpanRef) -> Option<usize> {
    let bearers = tree.spans.iter().enumerate().filter(|(_, one)| one.id == span.id);
    bearers.map(|(ordinal, _)| ordinal).nth(span.nth)
}

/// How an address names a span.
pub(super) fn span_ref(tree: &TraceTree, ordinal: usize) -> Option<SpanRef> {
    let id = &tree.spans.get(ordinal)?.id;
    let nth = tree.spans[..ordinal].iter().filter(|one| one.id == *id).count();
    Some(SpanRef { id: id.clone(), nth })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[test]
    fn repeated_ids_are_told_apart() {
        let span = |name| MemoryStore::span("1", None, name, 0, 5);
        let tree = TraceTree::new(MemoryStore::trace_head("t", "1", None, "QA", 0), vec![span("a"), span("b")]);
        for ordinal in 0..2 {
            let span = span_ref(&tree, ordinal).expect("a span");
            assert_eq!(find_span(&tree, &span), Some(ordinal));
        }
        assert_eq!(find_span(&tree, &SpanRef { id: "1".into(), nth: 2 }), None);
    }
}
