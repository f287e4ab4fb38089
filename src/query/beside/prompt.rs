//! The call of a language model that wrote what is looked at: the prompt behind an answer.

use super::answer::{ExpectedField, TraceAnswerOf};
use crate::analysis::span_groups::SpanGroup;
use crate::model::{Json, TraceId};
use crate::query::ask::{Question, Session};
use crate::query::trace::{BodyOf, TraceTree, TraceTreeOf};
use crate::store::Result;

/// So many predictors are looked into, the last first: an agent of hundreds of steps repeats itself.
const PREDICTORS: usize = 32;

/// A span of a trace, told apart from others with its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptSpan {
    /// Its id.
    pub id: String,
    /// Which of the spans with this id, from 0.
    pub nth: usize,
}

/// The call of a language model whose prompt led to the answer of a trace.
///
/// That is the last call of the last predictor that failed; else of the last one that answered a field that was expected
/// otherwise, else one that was expected at all; else the last call. `None` inside if there is no call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PromptOfTrace(pub TraceId);

impl Question for PromptOfTrace {
    type Answer = Option<PromptSpan>;
    const LABEL: &'static str = "prompt behind an answer";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let tree = session.ask(&TraceTreeOf(self.0.clone()))?;
        let Some(tree) = tree.as_ref() else { return Ok(None) };
        Ok(prompt(session, tree, &self.0)?.and_then(|at| span_at(tree, at)))
    }

    fn bytes(_: &Self::Answer) -> usize {
        60
    }
}

fn span_at(tree: &TraceTree, at: usize) -> Option<PromptSpan> {
    let id = &tree.spans.get(at)?.id;
    let nth = tree.spans.iter().take(at).filter(|one| one.id == *id).count();
    Some(PromptSpan { id: id.clone(), nth })
}

/// The place of the call among the spans.
fn prompt(session: &mut Session<'_>, tree: &TraceTree, trace: &TraceId) -> Result<Option<usize>> {
    let predictors = Predictors::of(tree);
    if let Some((_, call)) = predictors.list.iter().rev().find(|(span, _)| is_failed(tree, *span)) {
        return Ok(Some(*call));
    }
    let answer = session.ask(&TraceAnswerOf(trace.clone()))?;
    let names = |fields: &[&ExpectedField]| fields.iter().map(|field| field.name.clone()).collect::<Vec<String>>();
    let all: Vec<&ExpectedField> = answer.expected.iter().collect();
    let other: Vec<&ExpectedField> = all.iter().copied().filter(|field| field.is_same() == Some(false)).collect();
    let wanted = if other.is_empty() { names(&all) } else { names(&other) };
    let tried = if wanted.is_empty() { 0 } else { PREDICTORS };
    for (span, call) in predictors.list.iter().rev().take(tried) {
        session.cx.check()?;
        let Some(head) = tree.spans.get(*span) else { continue };
        let body = session.ask(&BodyOf(trace.clone(), head.handle))?;
        let outputs = body.as_ref().as_ref().and_then(|body| body.outputs.as_ref());
        if outputs.is_some_and(|outputs| answers(outputs, &wanted)) {
            return Ok(Some(*call));
        }
    }
    Ok(predictors.last_call)
}

/// The predictors of a trace in the order of its tree, each with its last call.
struct Predictors {
    list: Vec<(usize, usize)>,
    last_call: Option<usize>,
}

impl Predictors {
    fn of(tree: &TraceTree) -> Self {
        let is = |item: usize, group: SpanGroup| tree.shape.groups.get(item) == Some(&group);
        let nodes = &tree.forest.nodes;
        // In the walk: the last call up to here, by where it stands.
        let mut last: Option<usize> = None;
        let up_to: Vec<Option<usize>> = nodes
            .iter()
            .enumerate()
            .map(|(at, node)| {
                last = if is(node.item, SpanGroup::Lm) { Some(at) } else { last };
                last
            })
            .collect();
        let item = |at: usize| nodes.get(at).map(|node| node.item);
        let of = |(at, node): (usize, &crate::model::ForestNode)| {
            let call = up_to.get(at + node.descendants).copied().flatten().filter(|call| *call > at)?;
            is(node.item, SpanGroup::Predictor).then_some((node.item, item(call)?))
        };
        Self { list: nodes.iter().enumerate().filter_map(of).collect(), last_call: last.and_then(item) }
    }
}

fn is_failed(tree: &TraceTree, span: usize) -> bool {
    tree.spans.get(span).is_some_and(|span| span.status == "ERROR")
}

/// Whether outputs have any of these fields.
fn answers(outputs: &Json, wanted: &[String]) -> bool {
    match outputs {
        Json::Object(fields) => wanted.iter().any(|name| fields.contains_key(name)),
        // All that was stored of a prediction may be its text.
        Json::String(text) => {
            text.starts_with("Prediction(") && wanted.iter().any(|name| text.contains(&format!("{name}=")))
        }
        _ => false,
    }
}
