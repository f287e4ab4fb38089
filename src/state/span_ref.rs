//! How an address names a span.

/// A span within a trace. Damaged stores repeat ids: `nth` counts its bearers, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanRef {
    /// The span's id as stored.
    pub id: String,
    /// Which of the spans with this id.
    pub nth: usize,
}
