//! The steps that an agent gave back itself, joined with the spans that belong to them. Where it gave back none, as
//! one that failed, the spans alone tell.

use super::segments::{Segment, text, tool_name, tools};
use super::{Action, AgentKind, Step};
use crate::model::dspy::agents::{CODE_FAILED, TOOL_FAILED, TRAJECTORY, is_numbered, keys, next};
use crate::model::dspy::prompts::TOOL_CALL_RESULTS;
use crate::model::{Json, SpanBody, SpanHead};

/// The steps of an agent.
pub(super) fn steps(
    kind: AgentKind,
    body: &SpanBody,
    segments: &[Segment],
    spans: &[SpanHead],
    bodies: &[SpanBody],
) -> Vec<Step> {
    let trajectory = body.outputs.as_ref().and_then(|outputs| outputs.get(TRAJECTORY));
    let told = match kind {
        AgentKind::ReAct => numbered(trajectory, keys::THOUGHT, react),
        AgentKind::CodeAct => numbered(trajectory, keys::CODE, code_act),
        AgentKind::Rlm => trajectory.and_then(Json::as_array).into_iter().flatten().enumerate().map(rlm).collect(),
        AgentKind::ReActV2 => events(body).iter().enumerate().map(event).collect(),
        AgentKind::ProgramOfThought | AgentKind::Flex => Vec::new(),
    };
    // The oldest steps may have been dropped: numbers are those of the trajectory.
    let first = told.first().map_or(0, |(number, _)| *number);
    let count = told.last().map_or(0, |(number, _)| number + 1);
    let mut told = told.into_iter().map(|(_, step)| step);
    let numbered_spans = segments.iter().map(Some).chain(std::iter::repeat(None));
    let mut steps = Vec::new();
    for (at, segment) in numbered_spans.enumerate().take(segments.len().max(count)) {
        let recorded = if at >= first { told.next() } else { None };
        let seen = segment.map(|segment| seen(kind, segment, spans, bodies));
        let mut step = recorded.or_else(|| seen.clone()).unwrap_or_default();
        if let (Some(segment), Some(seen)) = (segment, seen) {
            step.spans = segment.all();
            join(kind, &mut step, seen, segment, spans, bodies);
        }
        step.number = at + 1;
        steps.push(step);
    }
    if kind == AgentKind::ProgramOfThought {
        observe_code(&mut steps, segments, bodies);
    }
    steps
}

/// The steps of a trajectory with numbered keys.
fn numbered(trajectory: Option<&Json>, key: &str, step: fn(&Json, usize) -> Step) -> Vec<(usize, Step)> {
    let Some(Json::Object(map)) = trajectory else { return Vec::new() };
    let number = |name: &String| name.strip_prefix(key).and_then(|number| number.parse().ok());
    let mut numbers: Vec<usize> = map.keys().filter_map(number).filter(|number| *number < 100_000).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(|at| (at, step(trajectory.unwrap_or(&Json::Null), at))).collect()
}

fn react(trajectory: &Json, at: usize) -> Step {
    let get = |key: &str| trajectory.get(format!("{key}{at}"));
    let observation = get(keys::OBSERVATION).cloned();
    let is_failed = observation.as_ref().and_then(Json::as_str).is_some_and(|text| text.starts_with(TOOL_FAILED));
    let tool = text(get(keys::TOOL));
    let action = Action { tool, arguments: get(keys::ARGUMENTS).cloned(), observation, is_failed, ..Action::default() };
    Step { thought: text(get(keys::THOUGHT)), actions: vec![action], ..Step::default() }
}

fn code_act(trajectory: &Json, at: usize) -> Step {
    let get = |key: &str| trajectory.get(format!("{key}{at}"));
    let failure = get(keys::OBSERVATION);
    let observation = get(keys::CODE_OUTPUT).or(failure).cloned();
    let action = Action { code: text(get(keys::CODE)), observation, is_failed: failure.is_some(), ..Action::default() };
    Step { actions: vec![action], ..Step::default() }
}

fn rlm((at, step): (usize, &Json)) -> (usize, Step) {
    let observation = step.get("output").cloned();
    let is_failed = observation.as_ref().and_then(Json::as_str).is_some_and(|text| text.starts_with(CODE_FAILED));
    let action = Action { code: text(step.get("code")), observation, is_failed, ..Action::default() };
    (at, Step { thought: text(step.get("reasoning")), actions: vec![action], ..Step::default() })
}

/// The events of this run: those that stand behind the history that it was given.
fn events(body: &SpanBody) -> Vec<Json> {
    let messages = |value: &Option<Json>| -> Option<Vec<Json>> {
        Some(value.as_ref()?.get("history")?.get("messages")?.as_array()?.clone())
    };
    let before = messages(&body.inputs).map_or(0, |before| before.len());
    messages(&body.outputs).unwrap_or_default().into_iter().skip(before).collect()
}

fn event((at, event): (usize, &Json)) -> (usize, Step) {
    let calls = event.get("tool_calls");
    let list = |value: Option<&Json>, key: &str| {
        value.and_then(|value| value.get(key)?.as_array().cloned()).unwrap_or_default()
    };
    let results = calls.and_then(|calls| calls.get(TOOL_CALL_RESULTS));
    let results = list(results, TOOL_CALL_RESULTS);
    let actions = list(calls, "tool_calls").into_iter().enumerate().map(|(at, call)| {
        let result = results.get(at);
        Action {
            tool: text(call.get("name")),
            arguments: call.get("args").cloned(),
            observation: result.and_then(|result| result.get("value")).cloned(),
            is_failed: result.and_then(|result| result.get("is_error")?.as_bool()).unwrap_or(false),
            ..Action::default()
        }
    });
    (at, Step { thought: text(event.get(next::THOUGHT)), actions: actions.collect(), ..Step::default() })
}

/// A step as its spans tell it.
fn seen(kind: AgentKind, segment: &Segment, spans: &[SpanHead], bodies: &[SpanBody]) -> Step {
    let outputs = segment.decider.and_then(|at| bodies.get(at)).and_then(|body| body.outputs.as_ref());
    let get = |key: &str| outputs.and_then(|outputs| outputs.get(key));
    let action = |code: Option<String>, tool: Option<String>, arguments: Option<Json>| Action {
        tool,
        arguments,
        code,
        ..Action::default()
    };
    let (thought, actions) = match kind {
        AgentKind::ReAct => {
            let action = action(None, text(get(next::TOOL)), get(next::ARGUMENTS).cloned());
            (text(get(next::THOUGHT)), vec![action])
        }
        AgentKind::ReActV2 => return event((0, outputs.unwrap_or(&Json::Null))).1,
        AgentKind::CodeAct => (None, vec![action(text(get(next::CODE)), None, None)]),
        AgentKind::ProgramOfThought => (text(get("reasoning")), vec![action(text(get(next::CODE)), None, None)]),
        AgentKind::Rlm => (text(get("reasoning")), vec![action(text(get("code")), None, None)]),
        AgentKind::Flex => {
            let called = segment.called.iter().filter_map(|at| Some((*at, spans.get(*at)?, bodies.get(*at)?)));
            let actions = called.map(|(at, span, body)| Action {
                tool: Some(span.name.clone()),
                arguments: body.inputs.clone(),
                observation: body.outputs.clone(),
                is_failed: span.status == "ERROR",
                span: Some(at),
                ..Action::default()
            });
            (None, actions.collect())
        }
    };
    let is_empty = outputs.is_none() && kind != AgentKind::Flex;
    Step { thought, actions: if is_empty { Vec::new() } else { actions }, ..Step::default() }
}

/// Gives the actions of a step their spans, and what only those know.
fn join(kind: AgentKind, step: &mut Step, seen: Step, segment: &Segment, spans: &[SpanHead], bodies: &[SpanBody]) {
    if step.thought.is_none() {
        step.thought = seen.thought;
    }
    if matches!(kind, AgentKind::Rlm | AgentKind::CodeAct | AgentKind::ProgramOfThought | AgentKind::Flex) {
        return;
    }
    let mut left = step.actions.iter_mut().collect::<std::collections::VecDeque<_>>();
    for (at, span, body) in tools(segment, spans, bodies) {
        // Calls run one after the other; one without a span (an unknown tool, `finish`) is passed over.
        let name = tool_name(span);
        let is_it =
            |action: &&mut Action| action.tool.as_deref().is_some_and(|tool| name == tool || is_numbered(name, tool));
        let Some(place) = left.iter().position(is_it) else { continue };
        left.drain(..place);
        if let Some(action) = left.pop_front() {
            action.span = Some(at);
            action.is_failed |= span.status == "ERROR";
            if action.observation.is_none() {
                action.observation = body.outputs.clone().filter(|value| !value.is_null());
            }
        }
    }
}

/// `ProgramOfThought` tells what code did only in what it asks next: for better code, or for the answer.
fn observe_code(steps: &mut [Step], segments: &[Segment], bodies: &[SpanBody]) {
    let given = |span: Option<usize>, key: &str| {
        let inputs = bodies.get(span?)?.inputs.as_ref()?;
        inputs.get(key).filter(|value| !value.is_null()).cloned()
    };
    for (at, step) in steps.iter_mut().enumerate() {
        let Some(action) = step.actions.first_mut() else { continue };
        let error = segments.get(at + 1).and_then(|next| given(next.decider, "error"));
        action.is_failed = error.is_some();
        let asked_for_answer = segments.get(at).and_then(|segment| segment.concluding);
        action.observation = error.or_else(|| given(asked_for_answer, "code_output"));
    }
}
