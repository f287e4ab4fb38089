//! What agents did, made ready for the screen: its texts are laid out by the views.

use super::span_fields::PreparedFields;
use super::text::Text;
use crate::model::dspy::agents::TOOL_FAILED;
use crate::model::{Json, TraceId};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::steps::{Action, AgentKind, Finding, Step, StepsOf};
use crate::store::Result;
use crate::words;

/// An agent, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedAgent {
    /// Which one.
    pub kind: AgentKind,
    /// It is told by what it gave back, and not by its name.
    pub is_inferred: bool,
    /// What it did, in order.
    pub steps: Vec<PreparedStep>,
    /// What went wrong.
    pub findings: Vec<Finding>,
}

/// A step of an agent.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedStep {
    /// Its number, from 1.
    pub number: usize,
    /// What it did, in a word or two: the tools that it called.
    pub title: String,
    /// Time and tokens, as far as they are known.
    pub figures: String,
    /// Something in it failed.
    pub is_failed: bool,
    /// The span that decided it, by its place in the list of spans.
    pub span: Option<usize>,
    /// What the model thought.
    pub thought: Option<Text>,
    /// What it did.
    pub actions: Vec<PreparedAction>,
}

/// What an agent did in a step.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedAction {
    /// The tool, or the module that was called.
    pub tool: Option<String>,
    /// Its arguments.
    pub arguments: Option<PreparedFields>,
    /// The code that was run.
    pub code: Option<Text>,
    /// What came back.
    pub observation: Option<PreparedFields>,
    /// Why it failed, in a line; empty if nobody says.
    pub error: Option<String>,
    /// Its span, by its place in the list of spans.
    pub span: Option<usize>,
}

/// The agent whose span this is, by its place in the list of spans; `None` inside if it is none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentOf(pub TraceId, pub usize);

impl Question for AgentOf {
    type Answer = Option<PreparedAgent>;
    const LABEL: &'static str = "steps";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let steps = session.ask(&StepsOf(self.0.clone()))?;
        Ok(steps.agent(self.1).map(|agent| PreparedAgent {
            kind: agent.kind,
            is_inferred: agent.is_inferred,
            steps: agent.steps.iter().map(PreparedStep::new).collect(),
            findings: agent.findings.clone(),
        }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().flat_map(|agent| &agent.steps).map(PreparedStep::bytes).sum()
    }
}

impl PreparedAgent {
    /// All texts of it, in the order in which they are shown.
    pub fn texts(&self) -> Vec<&Text> {
        self.steps.iter().flat_map(PreparedStep::texts).collect()
    }
}

impl PreparedStep {
    fn new(step: &Step) -> Self {
        let tools: Vec<&str> = step.actions.iter().filter_map(|action| action.tool.as_deref()).collect();
        let title = match (&*tools, step.actions.iter().any(|action| action.code.is_some())) {
            ([], true) => "code".to_owned(),
            ([], false) => "no action".to_owned(),
            (tools, _) => tools.join(", "),
        };
        let duration = step.duration_ns.map(words::duration_ns);
        let tokens = step.tokens.and_then(|tokens| tokens.total).map(|total| words::counted(total, "token"));
        Self {
            number: step.number,
            title,
            figures: duration.into_iter().chain(tokens).collect::<Vec<_>>().join(" · "),
            is_failed: step.actions.iter().any(|action| action.is_failed),
            span: step.spans.first().copied(),
            thought: step.thought.as_deref().filter(|thought| !thought.trim().is_empty()).map(Text::new),
            actions: step.actions.iter().map(PreparedAction::new).collect(),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &Text> {
        self.thought.iter().chain(self.actions.iter().flat_map(PreparedAction::texts))
    }

    fn bytes(&self) -> usize {
        300 + self.texts().map(Text::bytes).sum::<usize>()
    }
}

impl PreparedAction {
    fn new(action: &Action) -> Self {
        let has_arguments =
            |value: &&Json| !value.as_object().is_some_and(serde_json::Map::is_empty) && !value.is_null();
        Self {
            tool: action.tool.clone(),
            arguments: action.arguments.as_ref().filter(has_arguments).map(PreparedFields::new),
            code: action.code.as_deref().map(Text::new),
            observation: action.observation.as_ref().map(PreparedFields::new),
            error: action.is_failed.then(|| action.observation.as_ref().map(error_line).unwrap_or_default()),
            span: action.span,
        }
    }

    fn texts(&self) -> impl Iterator<Item = &Text> {
        let fields = self.arguments.iter().map(PreparedFields::texts);
        let seen = self.observation.iter().map(PreparedFields::texts);
        fields.flatten().chain(&self.code).chain(seen.flatten())
    }
}

/// The line of an observation that says what went wrong: of a traceback the last.
fn error_line(observation: &Json) -> String {
    let Some(text) = observation.as_str() else { return String::new() };
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = if text.starts_with(TOOL_FAILED) { lines.next_back() } else { lines.next() };
    words::one_line(line.unwrap_or_default(), 300).into_owned()
}
