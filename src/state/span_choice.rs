//! How the spans of a trace are looked at.

use std::collections::BTreeSet;

use crate::analysis::span_groups::SpanGroup;
use crate::model::SearchPattern;

/// What the user chose of the spans of one trace.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SpanChoice {
    /// What is looked for inside the trace; none: nothing is.
    pub find: Option<SearchPattern>,
    /// The kinds of spans that stand out, all others being faint; none: all do.
    pub groups: BTreeSet<SpanGroup>,
    /// Only spans that failed stand out.
    pub only_errors: bool,
    /// What determines how long the trace took is marked.
    pub shows_critical: bool,
    /// The stretch of time that is shown, nanoseconds since the epoch; none: all of it.
    pub window_ns: Option<(i64, i64)>,
}

impl SpanChoice {
    /// Whether spans are drawn faint that are not chosen.
    pub fn dims(&self) -> bool {
        self.only_errors || !self.groups.is_empty()
    }
}
