//! The LM calls of a trace, read as DSPy wrote them.

use super::trace::TraceDocument;
use crate::analysis::dspy;

pub use crate::analysis::dspy::{
    AdapterSource, Beside, Call, Completion, Language, Media, Message, Part, PartKind, Place, Request, TraceCall,
};

/// The LM calls of a trace in the order of its tree.
pub fn chat(document: &TraceDocument) -> Vec<TraceCall> {
    let tree = &document.tree;
    dspy::calls(&tree.outline.forest, &tree.spans, &document.bodies, &tree.fallbacks)
}
