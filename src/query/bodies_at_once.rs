//! How many bodies are read together.

use std::slice::Chunks;

use crate::model::SpanHead;
use crate::store::Store;

/// No more bodies are held.
const MOST: usize = 1_000;

/// The spans of a trace in the portions in which their bodies are read where all of them are wanted: all at once as long
/// as that many can be held, and beyond as many as the store says.
pub(super) fn bodies_at_once<'a>(store: &dyn Store, spans: &'a [SpanHead]) -> Chunks<'a, SpanHead> {
    in_portions(spans, store.bodies_at_once())
}

fn in_portions(spans: &[SpanHead], of_long_traces: usize) -> Chunks<'_, SpanHead> {
    let portion = if spans.len() <= MOST { spans.len() } else { of_long_traces.min(MOST) };
    spans.chunks(portion.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[test]
    fn bodies_are_read_at_once_or_as_the_store_says() {
        let portions = |spans: usize, of_long_traces: usize| {
            let spans = vec![MemoryStore::span("x", None, "x", 1, 2); spans];
            let portions = in_portions(&spans, of_long_traces);
            (portions.len(), portions.map(<[_]>::len).max())
        };
        assert_eq!(portions(0, 1), (0, None));
        assert_eq!(portions(1_000, 1), (1, Some(1_000)));
        assert_eq!(portions(1_001, 1), (1_001, Some(1)), "several at once look through all of them");
        assert_eq!(portions(1_001, 256), (4, Some(256)), "not a thousand ways there and back");
        assert_eq!(portions(10_000, usize::MAX), (10, Some(1_000)), "no more can be held");
        let spans = vec![MemoryStore::span("x", None, "x", 1, 2); 1_001];
        assert_eq!(bodies_at_once(&MemoryStore::new(), &spans).len(), 1_001);
    }
}
