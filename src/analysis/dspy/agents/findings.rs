//! What went wrong in an agent, though its span may say OK.

use super::segments::Segment;
use super::{AgentKind, Step};
use crate::model::dspy::agents::{
    CODE_BROKE, COMPLETION_TEXT, EXTRACTED, FINAL_REASONING, FINISH, FORCED, TERMINATION, TOO_LONG,
};
use crate::model::{Json, SpanBody, SpanHead};

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// In which step, by its number; `None` if in none.
    pub step: Option<usize>,
    /// In words, with what it was seen by.
    pub text: String,
}

/// Kinds of what goes wrong in agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// A tool raised, or code did.
    ActionFailed,
    /// The last step was not the agent's own end.
    OutOfSteps,
    /// The oldest steps were dropped, for the prompt was too long.
    HistoryCut,
    /// The model was asked for a step and gave none that was of use.
    NoDecision,
}

impl Finding {
    /// Whether all of what an agent ran failed, and not something in one of its steps.
    pub fn is_crash(&self) -> bool {
        self.kind == FindingKind::ActionFailed && self.step.is_none()
    }
}

impl FindingKind {
    /// Its word in JSON documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ActionFailed => "action_failed",
            Self::OutOfSteps => "out_of_steps",
            Self::HistoryCut => "history_cut",
            Self::NoDecision => "no_decision",
        }
    }
}

/// What went wrong, in the order of the steps; what concerns the whole agent at the end.
pub(super) fn findings(
    kind: AgentKind,
    span: &SpanHead,
    body: &SpanBody,
    segments: &[Segment],
    steps: &[Step],
    spans: &[SpanHead],
    bodies: &[SpanBody],
) -> Vec<Finding> {
    let mut found = Vec::new();
    for step in steps {
        for action in step.actions.iter().filter(|action| action.is_failed) {
            let what = action.tool.as_deref().unwrap_or("code");
            found.push(finding(FindingKind::ActionFailed, Some(step.number), format!("{what} failed")));
        }
    }
    for (at, segment) in segments.iter().enumerate().filter(|(_, segment)| !segment.failed.is_empty()) {
        let is_too_long = |at: &usize| bodies.get(*at).is_some_and(is_too_long);
        let (kind, text) = if segment.decider.is_some() && segment.failed.iter().all(is_too_long) {
            (FindingKind::HistoryCut, "the prompt was too long, and the oldest step was dropped")
        } else {
            (FindingKind::NoDecision, "the model gave no step that was of use")
        };
        found.push(finding(kind, Some(at + 1), text.to_owned()));
    }
    if kind == AgentKind::ReActV2 {
        // The last one of an agent that still works has called nothing yet.
        let has_decided =
            |number: usize| segments.get(number.saturating_sub(1)).is_some_and(|one| one.decider.is_some());
        let is_idle =
            |step: &&Step| step.actions.is_empty() && has_decided(step.number) && span.status != "IN_PROGRESS";
        for step in steps.iter().filter(is_idle) {
            found.push(finding(FindingKind::NoDecision, Some(step.number), "the model called no tool".to_owned()));
        }
    }
    if let Some(text) = crashed(kind, body) {
        found.push(finding(FindingKind::ActionFailed, None, text));
    }
    let dropped = steps.iter().take_while(|step| step.spans.is_empty() && step.actions.is_empty()).count();
    if dropped > 0 && kind == AgentKind::ReAct {
        let text = format!("the trajectory begins with step {}", dropped + 1);
        found.push(finding(FindingKind::HistoryCut, None, text));
    }
    if span.status != "ERROR" {
        let text = out_of_steps(kind, body, segments, steps, spans, bodies);
        found.extend(text.map(|text| finding(FindingKind::OutOfSteps, None, text)));
    }
    found
}

fn finding(kind: FindingKind, step: Option<usize>, text: String) -> Finding {
    Finding { kind, step, text }
}

fn is_too_long(body: &SpanBody) -> bool {
    let says = |text: &str| text.contains(TOO_LONG);
    let values = body.events.iter().flat_map(|event| event.attributes.values()).filter_map(Json::as_str);
    says(&body.status_message) || values.into_iter().any(says)
}

/// Why the source of a Flex broke: GEPA goes on with the words of the exception as outputs (DSPy 3.4).
fn crashed(kind: AgentKind, body: &SpanBody) -> Option<String> {
    let text = body.outputs.as_ref()?.get(0)?.get(COMPLETION_TEXT)?.as_str()?;
    (kind == AgentKind::Flex && text.contains(CODE_BROKE)).then(|| format!("the source failed: {text}"))
}

/// Why it looks as if the agent had no step left; `None` if it ended by itself.
fn out_of_steps(
    kind: AgentKind,
    body: &SpanBody,
    segments: &[Segment],
    steps: &[Step],
    spans: &[SpanHead],
    bodies: &[SpanBody],
) -> Option<String> {
    let outputs = body.outputs.as_ref()?;
    let says = |key: &str, word: &str| outputs.get(key).and_then(Json::as_str) == Some(word);
    let last = steps.last()?;
    let count = crate::words::counted(steps.len(), "step");
    match kind {
        AgentKind::ReAct => {
            let tool = last.actions.last()?.tool.as_deref()?;
            // A step that could not be decided ends it, too.
            let is_decided = segments.last().is_none_or(|segment| segment.decider.is_some());
            let is_open = tool != FINISH && is_decided;
            is_open.then(|| format!("ran out of steps: after {count} the last action is {tool}, not {FINISH}"))
        }
        AgentKind::ReActV2 => says(TERMINATION, FORCED)
            .then(|| format!("ran out of steps or called no tool: was made to submit after {count}")),
        AgentKind::Rlm => {
            says(FINAL_REASONING, EXTRACTED).then(|| format!("ran out of steps: answer extracted after {count}"))
        }
        AgentKind::CodeAct => {
            let decider = segments.iter().filter_map(|segment| segment.decider).next_back()?;
            let is_seen = spans.get(decider).is_some_and(|span| span.status != "ERROR");
            let finished = bodies.get(decider)?.outputs.as_ref()?.get("finished")?;
            let is_open = *finished == Json::Bool(false) && is_seen;
            is_open.then(|| format!("ran out of steps: not finished after {count}"))
        }
        AgentKind::ProgramOfThought | AgentKind::Flex => None,
    }
}
