//! How many bodies are read together.

use std::slice::Chunks;

use crate::model::SpanHead;

/// No more bodies are held.
const MOST: usize = 1_000;

/// The spans of a trace in the portions in which their bodies are read where all of them are wanted: all at once as long
/// as that many can be held, and one by one beyond, since to read several looks through all records of the trace.
pub(super) fn bodies_at_once(spans: &[SpanHead]) -> Chunks<'_, SpanHead> {
    spans.chunks(if spans.len() <= MOST { spans.len().max(1) } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[test]
    fn bodies_are_read_at_once_or_one_by_one() {
        let portions = |spans: usize| {
            let spans = vec![MemoryStore::span("x", None, "x", 1, 2); spans];
            let portions = bodies_at_once(&spans);
            (portions.len(), portions.map(<[_]>::len).max())
        };
        assert_eq!(portions(0), (0, None));
        assert_eq!(portions(1_000), (1, Some(1_000)));
        assert_eq!(portions(1_001), (1_001, Some(1)), "several at once look through all of them");
    }
}
