//! The spans right below an agent, divided into steps.

use super::{AgentKind, Step};
use crate::analysis::SpanTokens;
use crate::model::dspy::agents::{TOOL_SPAN, next};
use crate::model::{Forest, Json, SpanBody, SpanHead, Tokens};

/// The spans of one step.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    /// The one that decided what to do, by its place in the list of spans.
    pub(super) decider: Option<usize>,
    /// Those before it that failed to decide, where it was asked again.
    pub(super) failed: Vec<usize>,
    /// What was called then, in time order.
    pub(super) called: Vec<usize>,
    /// What asked for the final answer after it.
    pub(super) concluding: Option<usize>,
}

impl Segment {
    pub(super) fn all(&self) -> Vec<usize> {
        self.failed.iter().copied().chain(self.decider).chain(self.called.iter().copied()).collect()
    }
}

/// Divides what stands right below the agent at `position`.
pub(super) fn segments(
    kind: AgentKind,
    outline: &Forest,
    position: usize,
    spans: &[SpanHead],
    bodies: &[SpanBody],
) -> Vec<Segment> {
    let mut found: Vec<Segment> = Vec::new();
    let mut failed: Vec<usize> = Vec::new();
    for at in outline.children(position).filter_map(|below| Some(outline.nodes.get(below)?.item)) {
        let (Some(span), Some(body)) = (spans.get(at), bodies.get(at)) else { continue };
        if kind == AgentKind::Flex {
            found.push(Segment { called: vec![at], ..Segment::default() });
        } else if !decides(kind, span, body) {
            // What comes before any decision belongs to no step.
            match found.last_mut().filter(|_| failed.is_empty()) {
                Some(last) if concludes(kind, span, body) => last.concluding = last.concluding.or(Some(at)),
                Some(last) => last.called.push(at),
                None => {}
            }
        } else if span.status == "ERROR" {
            failed.push(at);
        } else {
            found.push(Segment { decider: Some(at), failed: std::mem::take(&mut failed), ..Segment::default() });
        }
    }
    if !failed.is_empty() {
        found.push(Segment { failed, ..Segment::default() });
    }
    found
}

/// Whether a span is the predictor that decides a step.
fn decides(kind: AgentKind, span: &SpanHead, body: &SpanBody) -> bool {
    let answered = |key: &str| body.outputs.as_ref().is_some_and(|outputs| outputs.get(key).is_some());
    let was_given = |key: &str| body.inputs.as_ref().is_some_and(|inputs| inputs.get(key).is_some());
    let is_predictor = span.kind == "LLM";
    match kind {
        AgentKind::ReAct => is_predictor && (answered(next::THOUGHT) || span.status == "ERROR"),
        AgentKind::ReActV2 => is_predictor && was_given("tools"),
        AgentKind::CodeAct => is_predictor && (answered(next::CODE) || span.status == "ERROR"),
        AgentKind::ProgramOfThought => answered(next::CODE),
        AgentKind::Rlm => is_predictor && was_given("iteration"),
        AgentKind::Flex => false,
    }
}

/// Whether a span asks for the final answer, after the last step.
fn concludes(kind: AgentKind, span: &SpanHead, body: &SpanBody) -> bool {
    let was_given = |key: &str| body.inputs.as_ref().is_some_and(|inputs| inputs.get(key).is_some());
    match kind {
        AgentKind::ReAct | AgentKind::CodeAct => was_given(crate::model::dspy::agents::TRAJECTORY),
        AgentKind::Rlm => span.kind == "LLM" && was_given("repl_history"),
        AgentKind::ProgramOfThought => true,
        AgentKind::ReActV2 | AgentKind::Flex => false,
    }
}

/// The tools among the spans that a step called: place, name, body.
pub(super) fn tools<'s>(
    segment: &'s Segment,
    spans: &'s [SpanHead],
    bodies: &'s [SpanBody],
) -> impl Iterator<Item = (usize, &'s SpanHead, &'s SpanBody)> {
    let called = segment.called.iter().filter_map(|at| Some((*at, spans.get(*at)?, bodies.get(*at)?)));
    called.filter(|(_, span, _)| span.kind == "TOOL" || span.name.starts_with(TOOL_SPAN))
}

/// The name of a tool, as its span tells it (MLflow 2 adds a number, which stays: `Tool.add_2` may be one's name).
pub(super) fn tool_name(span: &SpanHead) -> &str {
    span.name.strip_prefix(TOOL_SPAN).unwrap_or(&span.name)
}

/// Adds time and usage.
pub(super) fn with_figures(mut steps: Vec<Step>, spans: &[SpanHead], tokens: &[SpanTokens]) -> Vec<Step> {
    for step in &mut steps {
        let heads = || step.spans.iter().filter_map(|at| spans.get(*at));
        let start = heads().map(|span| span.start_ns).min();
        let ends: Option<Vec<i64>> = heads().map(|span| span.end_ns).collect();
        let end = ends.and_then(|ends| ends.into_iter().max());
        step.duration_ns = start.zip(end).map(|(start, end)| end.saturating_sub(start).max(0));
        let asks_models = step.spans.iter().filter(|at| spans.get(**at).is_some_and(|span| span.kind != "TOOL"));
        let usages: Option<Vec<Tokens>> = asks_models.map(|at| tokens.get(*at)?.total).collect();
        step.tokens = usages.and_then(|usages| usages.into_iter().reduce(Tokens::plus));
    }
    steps
}

/// A text as it is.
pub(super) fn text(value: Option<&Json>) -> Option<String> {
    value.filter(|value| !value.is_null()).map(super::super::content::words)
}
