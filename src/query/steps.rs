//! What agents of a trace did step by step, attempts beside each other, what retrievers found. Reads no more bodies than
//! that takes: neither those of adapters nor, mostly, prompts.

use super::trace::{BodyOf, TraceDocument, TraceFiguresOf, TraceTree, TraceTreeOf};
use crate::analysis::dspy;
use crate::analysis::{Outline, SpanTokens};
use crate::model::dspy::agents::TOOL_SPAN;
use crate::model::json::bytes_of;
use crate::model::{AgentFact, Forest, Name, Reveal, SpanBody, SpanHandle, SpanHead, TraceId};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::Result;

pub use crate::analysis::dspy::{
    Action, Agent, AgentKind, Attempt, Attempts, AttemptsKind, Choice, Finding, FindingKind, Found, Passage, Step,
};

/// What code that an agent wrote is called among tools that failed.
const CODE: &str = "code";

/// What the spans of a trace tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    /// Its agents, in the order of its tree.
    pub agents: Vec<Agent>,
    /// What tried several times, in the order of its tree.
    pub attempts: Vec<Attempts>,
}

/// The steps of a trace; empty where there are none, or no such trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StepsOf(pub TraceId);

impl Question for StepsOf {
    type Answer = Steps;
    const LABEL: &'static str = "steps";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let tree = session.ask(&TraceTreeOf(self.0.clone()))?;
        let Some(tree) = tree.as_ref() else { return Ok(Steps::default()) };
        let figures = session.ask(&TraceFiguresOf(self.0.clone()))?;
        if !figures.may_have_steps {
            return Ok(Steps::default());
        }
        let tokens: Vec<SpanTokens> = figures.spans.iter().map(|figures| figures.tokens).collect();
        read(session, &self.0, &tree.outline, &tree.spans, &tokens)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.bytes()
    }
}

impl Steps {
    /// The agent whose span this is, by its place in the list of spans.
    pub fn agent(&self, span: usize) -> Option<&Agent> {
        self.agents.iter().find(|one| one.span == span)
    }

    /// The attempts of a span, by its place in the list of spans.
    pub fn attempts(&self, span: usize) -> Option<&Attempts> {
        self.attempts.iter().find(|one| one.span == span)
    }

    /// What went wrong in its agents in sum; `None` if none worked in it.
    pub fn fact(&self, name: impl FnMut(&str) -> Name) -> Option<AgentFact> {
        if self.agents.is_empty() {
            return None;
        }
        let has = |kind| self.agents.iter().flat_map(|agent| &agent.findings).any(|finding| finding.kind == kind);
        let failed = self.agents.iter().flat_map(Agent::failed_actions);
        let mut failed: Vec<&str> = failed.map(|action| action.tool.as_deref().unwrap_or(CODE)).collect();
        // Source that failed as a whole did so in no step.
        let has_crashed = self.agents.iter().flat_map(|agent| &agent.findings).any(Finding::is_crash);
        failed.extend(has_crashed.then_some(CODE));
        failed.sort_unstable();
        failed.dedup();
        Some(AgentFact {
            is_out_of_steps: has(FindingKind::OutOfSteps),
            has_cut_history: has(FindingKind::HistoryCut),
            failed: failed.into_iter().map(|tool| tool.strip_prefix(TOOL_SPAN).unwrap_or(tool)).map(name).collect(),
        })
    }

    fn bytes(&self) -> usize {
        let value = bytes_of;
        let actions = self.agents.iter().flat_map(|agent| &agent.steps).flat_map(|step| &step.actions);
        let action = |one: &dspy::Action| {
            let code = one.code.as_ref().map_or(0, String::len);
            200 + code + one.observation.as_ref().map_or(0, value) + one.arguments.as_ref().map_or(0, value)
        };
        let thoughts = self.agents.iter().flat_map(|agent| &agent.steps);
        let thoughts = thoughts.map(|step| 200 + step.thought.as_ref().map_or(0, String::len));
        let tried = self.attempts.iter().flat_map(|one| &one.attempts);
        let tried = tried.map(|one| 200 + one.fields.values().chain(&one.value).map(value).sum::<usize>());
        actions.map(action).sum::<usize>() + thoughts.chain(tried).sum::<usize>()
    }
}

/// What a span found, where it is a retriever or gave back passages and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PassagesOf {
    /// The trace.
    pub trace: TraceId,
    /// The span.
    pub span: SpanHandle,
    /// Its kind: [`SpanHead::kind`].
    pub kind: String,
}

impl Question for PassagesOf {
    type Answer = Option<Found>;
    const LABEL: &'static str = "passages of a span";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let body = session.ask(&BodyOf(self.trace.clone(), self.span))?;
        Ok(body.as_ref().as_ref().and_then(|body| dspy::retrieval(0, &self.kind, body)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let more = |more: &[(String, crate::model::Json)]| more.iter().map(|(_, value)| bytes_of(value)).sum::<usize>();
        let of = |found: &Found| {
            let passages = found.passages.iter().map(|one| 200 + one.text.len() + more(&one.more));
            passages.sum::<usize>() + more(&found.more)
        };
        answer.as_ref().map_or(0, of)
    }
}

/// The steps of a trace that is at hand.
pub fn steps(document: &TraceDocument, reveal: Reveal) -> Steps {
    let tree: &TraceTree = &document.tree;
    let tokens: Vec<SpanTokens> = document.figures.spans.iter().map(|figures| figures.tokens).collect();
    put_together(&tree.outline.forest, (&tree.spans, &document.bodies, &tokens), reveal)
}

/// What the retrievers of a trace that is at hand found.
pub fn retrievals(document: &TraceDocument) -> Vec<Found> {
    dspy::retrievals(&document.tree.spans, &document.bodies)
}

/// Reads them; blocks.
///
/// # Errors
/// Those of the store.
pub fn read(
    session: &mut Session<'_>,
    trace: &TraceId,
    outline: &Outline,
    spans: &[SpanHead],
    tokens: &[SpanTokens],
) -> Result<Steps> {
    let wanted: Vec<usize> = wanted(outline, spans);
    let heads: Vec<SpanHead> = wanted.iter().filter_map(|at| spans.get(*at).cloned()).collect();
    let mut bodies: Vec<SpanBody> = Vec::new();
    bodies.resize_with(spans.len(), SpanBody::default);
    let read = session.store.span_bodies(session.cx, trace, &heads)?;
    for (at, body) in wanted.into_iter().zip(read) {
        if let Some(place) = bodies.get_mut(at) {
            *place = body;
        }
    }
    Ok(put_together(&outline.forest, (spans, &bodies, tokens), session.cx.reveal()))
}

/// The spans whose bodies are read: no adapters, and no calls of models but those that stand right below a module.
fn wanted(outline: &Outline, spans: &[SpanHead]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    for node in &outline.forest.nodes {
        let Some(span) = spans.get(node.item) else { continue };
        above.truncate(node.depth as usize);
        let is_prompt =
            span.kind == "CHAT_MODEL" && above.last().is_some_and(|kind| matches!(*kind, "LLM" | "CHAT_MODEL"));
        if span.kind != "PARSER" && !is_prompt {
            found.push(node.item);
        }
        above.push(&span.kind);
    }
    found
}

fn put_together(
    outline: &Forest,
    (spans, bodies, tokens): (&[SpanHead], &[SpanBody], &[SpanTokens]),
    reveal: Reveal,
) -> Steps {
    let agents = dspy::agents(outline, spans, bodies, tokens);
    let is_agent = |span| agents.iter().any(|agent| agent.span == span);
    let attempts = dspy::attempts(outline, (spans, bodies, tokens), is_agent, reveal);
    Steps { agents, attempts }
}
