//! What agents did, made ready for the screen: its texts are laid out by the views.

use super::span_fields::PreparedFields;
use super::text::Text;
use crate::model::dspy::agents::TOOL_FAILED;
use crate::model::{Json, SpanHead, TraceId};
use crate::query::TraceTreeOf;
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
    pub thought: Option<Foldable>,
    /// What it did.
    pub actions: Vec<PreparedAction>,
    /// What its code called: models, tools, other modules, each with its name, time and span.
    pub calls: Vec<PreparedCall>,
}

/// A call that an agent's code made.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedCall {
    /// The name of its span.
    pub name: String,
    /// How long it took; empty while it runs.
    pub took: String,
    /// It failed.
    pub is_failed: bool,
    /// Its span, by its place in the list of spans.
    pub span: usize,
}

/// A text of which a long one is shown by its beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct Foldable {
    /// All of it.
    pub all: Text,
    /// The beginning of a long one.
    pub head: Option<Text>,
    /// How many lines it has.
    pub lines: usize,
}

/// What came back to an agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// A text.
    Text(Foldable),
    /// Anything else, by its names.
    Fields(PreparedFields),
}

/// What an agent did in a step.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedAction {
    /// The tool, or the module that was called.
    pub tool: Option<String>,
    /// Its arguments.
    pub arguments: Option<PreparedFields>,
    /// The code that was run.
    pub code: Option<Foldable>,
    /// What came back.
    pub observation: Option<Observation>,
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
        let tree = session.ask(&TraceTreeOf(self.0.clone()))?;
        let spans = tree.as_ref().as_ref().map_or(&[][..], |tree| &tree.spans);
        Ok(steps.agent(self.1).map(|agent| PreparedAgent {
            kind: agent.kind,
            is_inferred: agent.is_inferred,
            steps: agent.steps.iter().map(|step| PreparedStep::new(step, spans)).collect(),
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
    fn new(step: &Step, spans: &[SpanHead]) -> Self {
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
            thought: step.thought.as_deref().filter(|thought| !thought.trim().is_empty()).map(Foldable::new),
            actions: step.actions.iter().map(PreparedAction::new).collect(),
            calls: calls(step, spans),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &Text> {
        self.thought.iter().map(|thought| &thought.all).chain(self.actions.iter().flat_map(PreparedAction::texts))
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
            code: action.code.as_deref().map(Foldable::new),
            observation: action.observation.as_ref().map(Observation::new),
            error: action.is_failed.then(|| action.observation.as_ref().map(error_line).unwrap_or_default()),
            span: action.span,
        }
    }

    fn texts(&self) -> impl Iterator<Item = &Text> {
        let fields = self.arguments.iter().map(PreparedFields::texts);
        let seen = self.observation.iter().flat_map(Observation::texts);
        fields.flatten().chain(self.code.iter().map(|code| &code.all)).chain(seen)
    }
}

/// The spans of a step that neither decided it nor are its actions.
fn calls(step: &Step, spans: &[SpanHead]) -> Vec<PreparedCall> {
    let is_action = |at: usize| step.actions.iter().any(|action| action.span == Some(at));
    let called = step.spans.iter().skip(1).filter(|at| !is_action(**at));
    let call = |at: &usize| {
        let span = spans.get(*at)?;
        let took = span.duration_ns().map(words::duration_ns).unwrap_or_default();
        Some(PreparedCall { name: span.name.clone(), took, is_failed: span.status == "ERROR", span: *at })
    };
    called.filter_map(call).collect()
}

impl Foldable {
    /// A text of more lines or bytes is shown by its first lines.
    const LONG: (usize, usize) = (16, 2_000);
    const HEAD: (usize, usize) = (8, 600);

    fn new(text: &str) -> Self {
        let lines = text.lines().count();
        let is_long = lines > Self::LONG.0 || text.len() > Self::LONG.1;
        let head = || {
            let end = text.match_indices('\n').nth(Self::HEAD.0 - 1).map_or(text.len(), |(at, _)| at);
            let end = text.floor_char_boundary(end.min(Self::HEAD.1));
            Text::new(format!("{} …", text.get(..end).unwrap_or_default().trim_end()))
        };
        Self { head: is_long.then(head), all: Text::new(text), lines }
    }
}

impl Observation {
    fn new(value: &Json) -> Self {
        match value {
            Json::String(text) => Self::Text(Foldable::new(text)),
            other => Self::Fields(PreparedFields::new(other)),
        }
    }

    fn texts(&self) -> Vec<&Text> {
        match self {
            Self::Text(text) => vec![&text.all],
            Self::Fields(fields) => fields.texts().collect(),
        }
    }
}

/// The line of an observation that says what went wrong: of a traceback the last.
fn error_line(observation: &Json) -> String {
    let Some(text) = observation.as_str() else { return String::new() };
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = if text.starts_with(TOOL_FAILED) { lines.next_back() } else { lines.next() };
    words::one_line(line.unwrap_or_default(), 300).into_owned()
}
