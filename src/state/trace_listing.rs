//! Which traces of a list are shown, in which order: what goes along with who opens one of them.

use crate::loader::TraceSort;
use crate::query::TraceFilter;

/// What a list of traces shows. The default is all of them, the newest first.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TraceListing {
    /// What passes.
    pub filter: TraceFilter,
    /// The same as it was typed.
    pub text: String,
    /// In which order.
    pub sort: TraceSort,
}
