//! The LM calls of a trace, read as DSPy wrote them, and its agents, step by step.

use super::trace::TraceDocument;
use crate::analysis::{SpanTokens, dspy};

pub use crate::analysis::dspy::{
    Action, AdapterSource, Agent, Beside, Call, Completion, Finding, Language, Media, Message, Part, PartKind, Place,
    Request, Step, TraceCall,
};

/// The LM calls of a trace in the order of its tree.
pub fn chat(document: &TraceDocument) -> Vec<TraceCall> {
    let tree = &document.tree;
    dspy::calls(&tree.outline.forest, &tree.spans, &document.bodies, &tree.fallbacks)
}

/// The agents of a trace, step by step, in the order of its tree.
pub fn agents(document: &TraceDocument) -> Vec<Agent> {
    let tree = &document.tree;
    let tokens: Vec<SpanTokens> = document.figures.spans.iter().map(|figures| figures.tokens).collect();
    dspy::agents(&tree.outline.forest, &tree.spans, &document.bodies, &tokens)
}
