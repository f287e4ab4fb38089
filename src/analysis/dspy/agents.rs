//! Agents as steps: what each thought, did and saw, in time order.

mod findings;
mod recorded;
mod segments;

use crate::analysis::SpanTokens;
use crate::model::dspy::agents::{TERMINATION, TRAJECTORY, classes, keys};
use crate::model::{Forest, Json, SpanBody, SpanHead, Tokens};

pub use findings::{Finding, FindingKind};

/// Which agent it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentKind {
    /// `dspy.ReAct`
    ReAct,
    /// `dspy.ReActV2`
    ReActV2,
    /// `dspy.CodeAct`
    CodeAct,
    /// `dspy.ProgramOfThought`
    ProgramOfThought,
    /// `dspy.RLM`
    Rlm,
    /// `dspy.Flex`
    Flex,
}

/// An agent of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Agent {
    /// Its span, by its place in the list of spans.
    pub span: usize,
    /// Which one.
    pub kind: AgentKind,
    /// It is told by what it gave back, and not by its name.
    pub is_inferred: bool,
    /// What it did, in order.
    pub steps: Vec<Step>,
    /// What went wrong, though the agent may have answered.
    pub findings: Vec<Finding>,
}

/// A step of an agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Its number, from 1; a trajectory of which the oldest steps were dropped begins later.
    pub number: usize,
    /// What the model thought.
    pub thought: Option<String>,
    /// What it did; several where it called tools in parallel.
    pub actions: Vec<Action>,
    /// The spans right below the agent that belong to it, by their places in the list of spans: first the one that
    /// decided, then tools and calls of other models.
    pub spans: Vec<usize>,
    /// From the beginning of its first span to the end of its last; `None` without spans, or while one runs.
    pub duration_ns: Option<i64>,
    /// Its usage, where the store knows that of all its calls.
    pub tokens: Option<Tokens>,
}

/// What an agent did in a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Action {
    /// The tool, or the module that was called; `None` of code.
    pub tool: Option<String>,
    /// Its arguments.
    pub arguments: Option<Json>,
    /// The code that was run.
    pub code: Option<String>,
    /// What came back.
    pub observation: Option<Json>,
    /// It failed.
    pub is_failed: bool,
    /// The span of the tool, by its place in the list of spans, where it has one.
    pub span: Option<usize>,
}

impl Agent {
    /// What it did that failed, in order.
    pub fn failed_actions(&self) -> impl Iterator<Item = &Action> {
        self.steps.iter().flat_map(|step| &step.actions).filter(|action| action.is_failed)
    }
}

impl AgentKind {
    /// Its class.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReAct => classes::REACT,
            Self::ReActV2 => classes::REACT_V2,
            Self::CodeAct => classes::CODE_ACT,
            Self::ProgramOfThought => classes::PROGRAM_OF_THOUGHT,
            Self::Rlm => classes::RLM,
            Self::Flex => classes::FLEX,
        }
    }

    /// By the name of a span: `ReAct.forward`, in MLflow 2 also `ReAct.forward_2`.
    fn of_name(name: &str) -> Option<Self> {
        let (class, method) = name.split_once('.')?;
        let kinds = [Self::ReAct, Self::ReActV2, Self::CodeAct, Self::ProgramOfThought, Self::Rlm, Self::Flex];
        let is_run = ["forward", "aforward", "acall", "__call__"].iter().any(|run| method.starts_with(run));
        kinds.into_iter().find(|kind| is_run && kind.name() == class)
    }

    /// Whether a span of this name is one, seen without its body.
    pub fn is_named(name: &str) -> bool {
        Self::of_name(name).is_some()
    }

    /// By what a span gave back, as of classes derived from DSPy's.
    fn of_outputs(outputs: &Json) -> Option<Self> {
        if outputs.get(TERMINATION).is_some() && outputs.get("history").is_some() {
            return Some(Self::ReActV2);
        }
        match outputs.get(TRAJECTORY)? {
            Json::Object(map) if map.keys().any(|key| key.starts_with(keys::TOOL)) => Some(Self::ReAct),
            Json::Object(map) if map.keys().any(|key| key.starts_with(keys::CODE)) => Some(Self::CodeAct),
            Json::Array(steps) if steps.iter().any(|step| step.get("code").is_some()) => Some(Self::Rlm),
            _ => None,
        }
    }
}

/// The agents of a trace in the order of its tree. `outline` is the forest with adapters folded; the other lists
/// stand in the order of `spans`.
pub fn agents(outline: &Forest, spans: &[SpanHead], bodies: &[SpanBody], tokens: &[SpanTokens]) -> Vec<Agent> {
    let mut found: Vec<(usize, AgentKind, bool)> = Vec::new();
    // From below: a module that hands on what an agent within it gave back is none itself.
    let mut last_of_kind: Vec<(AgentKind, usize)> = Vec::new();
    for (position, node) in outline.nodes.iter().enumerate().rev() {
        let (Some(span), Some(body)) = (spans.get(node.item), bodies.get(node.item)) else { continue };
        let end = position + 1 + node.descendants;
        let has_one_below =
            |kind| last_of_kind.iter().rev().find(|(known, _)| *known == kind).is_some_and(|(_, at)| *at < end);
        let named = AgentKind::of_name(&span.name).map(|kind| (kind, false));
        let shaped = || body.outputs.as_ref().and_then(AgentKind::of_outputs).filter(|kind| !has_one_below(*kind));
        if let Some((kind, is_inferred)) = named.or_else(|| shaped().map(|kind| (kind, true))) {
            last_of_kind.retain(|(known, _)| *known != kind);
            last_of_kind.push((kind, position));
            found.push((position, kind, is_inferred));
        }
    }
    let agent = |(position, kind, is_inferred): (usize, AgentKind, bool)| {
        let span = outline.nodes.get(position)?.item;
        let body = bodies.get(span)?;
        let segments = segments::segments(kind, outline, position, spans, bodies);
        let steps = recorded::steps(kind, body, &segments, spans, bodies);
        let steps = segments::with_figures(steps, spans, tokens);
        let findings = findings::findings(kind, spans.get(span)?, body, &segments, &steps, spans, bodies);
        Some(Agent { span, kind, is_inferred, steps, findings })
    };
    found.into_iter().rev().filter_map(agent).collect()
}
