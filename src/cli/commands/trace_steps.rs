//! `dspyglass trace --steps --json`

use serde::Serialize;

use super::Answer;
use super::trace_attempts::{OneAttempts, OneLikely, OneRetrieval};
use crate::cli::failure::Failure;
use crate::cli::json::{self, Usage, Warnings};
use crate::model::Json;
use crate::query::TraceDocument;
use crate::query::likely_calls::LikelyCalls;
use crate::query::steps::{Action, Agent, Found, Step, Steps};

#[derive(Serialize)]
struct Document<'a> {
    id: &'a str,
    agents: Vec<OneAgent<'a>>,
    attempts: Vec<OneAttempts<'a>>,
    retrievals: Vec<OneRetrieval<'a>>,
    likely_calls: Vec<OneLikely<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_spans: Option<String>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct OneAgent<'a> {
    span_id: &'a str,
    name: &'a str,
    kind: &'static str,
    kind_inferred: bool,
    status: Option<&'a str>,
    steps: Vec<OneStep<'a>>,
    findings: Vec<OneFinding<'a>>,
}

#[derive(Serialize)]
struct OneStep<'a> {
    number: usize,
    thought: Option<&'a str>,
    duration_ns: Option<i64>,
    tokens: Option<Usage>,
    span_ids: Vec<&'a str>,
    actions: Vec<OneAction<'a>>,
}

#[derive(Serialize)]
struct OneAction<'a> {
    tool: Option<&'a str>,
    arguments: Option<&'a Json>,
    code: Option<&'a str>,
    observation: Option<&'a Json>,
    failed: bool,
    span_id: Option<&'a str>,
}

#[derive(Serialize)]
struct OneFinding<'a> {
    kind: &'static str,
    step: Option<usize>,
    text: &'a str,
}

impl<'a> OneAgent<'a> {
    fn new(document: &'a TraceDocument, agent: &'a Agent) -> Option<Self> {
        let spans = &document.tree.spans;
        let span_id = |at: usize| spans.get(at).map(|span| &*span.id);
        let action = |one: &'a Action| OneAction {
            tool: one.tool.as_deref(),
            arguments: one.arguments.as_ref(),
            code: one.code.as_deref(),
            observation: one.observation.as_ref(),
            failed: one.is_failed,
            span_id: one.span.and_then(span_id),
        };
        let step = |one: &'a Step| OneStep {
            number: one.number,
            thought: one.thought.as_deref(),
            duration_ns: one.duration_ns,
            tokens: one.tokens.map(Usage::from),
            span_ids: one.spans.iter().filter_map(|at| span_id(*at)).collect(),
            actions: one.actions.iter().map(action).collect(),
        };
        let span = spans.get(agent.span)?;
        let findings = agent.findings.iter();
        Some(Self {
            span_id: &span.id,
            name: &span.name,
            kind: agent.kind.name(),
            kind_inferred: agent.is_inferred,
            status: json::known(&span.status),
            steps: agent.steps.iter().map(step).collect(),
            findings: findings
                .map(|one| OneFinding { kind: one.kind.as_str(), step: one.step, text: &one.text })
                .collect(),
        })
    }
}

/// What is printed.
pub(super) struct Told<'a> {
    pub document: &'a TraceDocument,
    pub steps: &'a Steps,
    pub retrievals: &'a [Found],
    /// By the places of their spans.
    pub likely: &'a [(usize, LikelyCalls)],
}

/// Prints them as a document.
pub(super) fn print(told: &Told<'_>, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let Told { document, steps, .. } = told;
    let written = Document {
        id: document.tree.head.row.id.as_str(),
        agents: steps.agents.iter().filter_map(|agent| OneAgent::new(document, agent)).collect(),
        attempts: steps.attempts.iter().filter_map(|one| OneAttempts::new(document, one)).collect(),
        retrievals: told.retrievals.iter().filter_map(|one| OneRetrieval::new(document, one)).collect(),
        likely_calls: OneLikely::all(document, told.likely),
        no_spans: document.tree.no_spans.as_ref().map(crate::query::NoSpans::sentence),
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&written, answer.out)
}
