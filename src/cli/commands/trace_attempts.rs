//! What `dspyglass trace --steps --json` tells beside agents: attempts, passages, calls that likely left the trace.

use serde::Serialize;

use crate::cli::json::Usage;
use crate::model::{Json, program};
use crate::query::TraceDocument;
use crate::query::likely_calls::LikelyCalls;
use crate::query::steps::{Attempt, Attempts, Found};

#[derive(Serialize)]
pub(super) struct OneAttempts<'a> {
    span_id: &'a str,
    name: &'a str,
    kind: &'static str,
    threshold: Option<&'a str>,
    choice: String,
    attempts: Vec<OneAttempt<'a>>,
}

#[derive(Serialize)]
struct OneAttempt<'a> {
    span_id: Option<&'a str>,
    fields: &'a program::Object,
    value: Option<&'a Json>,
    error: Option<&'a str>,
    advice: Option<&'a Json>,
    reward: Option<&'a str>,
    duration_ns: Option<i64>,
    tokens: Option<Usage>,
    gave_the_result: bool,
}

#[derive(Serialize)]
pub(super) struct OneRetrieval<'a> {
    span_id: &'a str,
    name: &'a str,
    inferred: bool,
    query: Option<&'a str>,
    passages: Vec<OnePassage<'a>>,
    /// What is said of all of them.
    more: program::Object,
}

#[derive(Serialize)]
struct OnePassage<'a> {
    text: &'a str,
    source: Option<&'a str>,
    number: Option<&'a str>,
    score: Option<f64>,
    score_name: Option<&'a str>,
    more: program::Object,
}

#[derive(Serialize)]
pub(super) struct OneLikely<'a> {
    span_id: &'a str,
    trace_id: &'a str,
    name: &'a str,
    status: &'a str,
    start_time_ms: i64,
    duration_ms: Option<i64>,
    inputs: &'static str,
    reason: &'static str,
    gave_the_result: bool,
}

impl<'a> OneAttempts<'a> {
    pub(super) fn new(document: &'a TraceDocument, one: &'a Attempts) -> Option<Self> {
        let spans = &document.tree.spans;
        let span = spans.get(one.span)?;
        let attempt = |(at, attempt): (usize, &'a Attempt)| OneAttempt {
            span_id: attempt.span.and_then(|at| spans.get(at)).map(|span| &*span.id),
            fields: &attempt.fields,
            value: attempt.value.as_ref(),
            error: attempt.error.as_deref(),
            advice: attempt.advice.as_ref(),
            reward: attempt.reward.as_deref(),
            duration_ns: attempt.duration_ns,
            tokens: attempt.tokens.map(Usage::from),
            gave_the_result: one.choice.holds(at),
        };
        Some(Self {
            span_id: &span.id,
            name: &span.name,
            kind: one.kind.name(),
            threshold: one.threshold.as_deref(),
            choice: one.told(),
            attempts: one.attempts.iter().enumerate().map(attempt).collect(),
        })
    }
}

impl<'a> OneRetrieval<'a> {
    pub(super) fn new(document: &'a TraceDocument, found: &'a Found) -> Option<Self> {
        let span = document.tree.spans.get(found.span)?;
        let passages = found.passages.iter().map(|one| OnePassage {
            text: &one.text,
            source: one.source.as_deref(),
            number: one.number.as_deref(),
            score: one.score.as_ref().map(|score| score.value),
            score_name: one.score.as_ref().map(|score| &*score.name),
            more: one.more.iter().cloned().collect(),
        });
        Some(Self {
            span_id: &span.id,
            name: &span.name,
            inferred: found.is_inferred,
            query: found.query.as_deref(),
            passages: passages.collect(),
            more: found.more.iter().cloned().collect(),
        })
    }
}

impl<'a> OneLikely<'a> {
    pub(super) fn all(document: &'a TraceDocument, likely: &'a [(usize, LikelyCalls)]) -> Vec<Self> {
        let one = |(span, found): &'a (usize, LikelyCalls)| {
            let span = document.tree.spans.get(*span);
            found.calls.iter().enumerate().filter_map(move |(at, call)| {
                Some(Self {
                    span_id: &span?.id,
                    trace_id: call.row.id.as_str(),
                    name: &call.row.name,
                    status: &call.row.status,
                    start_time_ms: call.row.start_time_ms,
                    duration_ms: call.row.duration_ms,
                    inputs: call.inputs.as_str(),
                    reason: call.inputs.reason(),
                    gave_the_result: found.choice.as_ref().is_some_and(|choice| choice.holds(at)),
                })
            })
        };
        likely.iter().flat_map(one).collect()
    }
}
