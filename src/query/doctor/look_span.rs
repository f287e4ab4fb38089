//! Looks into the spans of a trace. Bodies are read of those that may tell something, not of all.

use std::collections::{HashMap, HashSet};

use crate::analysis::adapters::{StepKind, is_adapter, step};
use crate::analysis::doctor::{FailedSpans, SeenTrace, is_broken_off, is_ended_by_length};
use crate::analysis::{FallbackOutcome, Outline, fallbacks};
use crate::model::dspy::keys::lm;
use crate::model::{Forest, Json, RunId, SpanBody, SpanHead, TraceId, TraceRow};
use crate::query::ask::Session;
use crate::store::Result;
use crate::words;

/// No more bodies are read of spans that failed within traces that ended well, nor of answers that were not parsed.
const MOST_BODIES: usize = 300;

/// What a call of a model is to MLflow.
const CALL: &str = "CHAT_MODEL";

/// What was seen in one trace.
#[derive(Default)]
pub struct Seen {
    /// A model was asked.
    pub has_calls: bool,
    /// Another adapter was tried: the first time in words.
    pub fallback: Option<String>,
    pub fallback_count: usize,
    pub failed_fallbacks: usize,
    /// No adapter could parse an answer: which tried last.
    pub unparsed: Option<String>,
    /// An answer was cut, and how that is known.
    pub cut: Option<String>,
    /// An answer stops in its middle.
    pub broken_off: Option<String>,
}

/// Looks into traces one after another.
#[derive(Default)]
pub struct TraceLooker {
    /// How many tokens an answer may have, by the runs in which it was looked up.
    limits: HashMap<RunId, Option<u64>>,
    failed: Vec<FailedSpans>,
    bodies: usize,
}

impl TraceLooker {
    /// The spans that failed within traces that ended well, the most frequent first.
    pub fn failed_spans(mut self) -> Vec<FailedSpans> {
        self.failed.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        self.failed
    }

    /// The type and message of the exception that ended a trace: that of its root, else of the first span that failed.
    pub fn failure(&mut self, session: &mut Session<'_>, trace: &TraceId) -> Result<(Option<String>, String)> {
        let spans = session.store.spans(session.cx, trace)?;
        let has_failed = || spans.iter().filter(|span| is_failed(span));
        let span = has_failed().find(|span| span.parent_id.is_none()).or_else(|| has_failed().next());
        let Some(span) = span else { return Ok((None, String::new())) };
        let body = session.store.span_body(session.cx, trace, span.handle)?;
        Ok(body.as_ref().map(exception).unwrap_or_default())
    }

    /// Looks into one trace, recorded in a run.
    pub fn look(&mut self, session: &mut Session<'_>, run: &RunId, row: &TraceRow) -> Result<Seen> {
        let spans = session.store.spans(session.cx, &row.id)?;
        let mut seen = Seen { has_calls: spans.iter().any(|span| span.kind == CALL), ..Seen::default() };
        if spans.iter().any(is_adapter) {
            self.look_at_adapters(session, &row.id, &spans, &mut seen)?;
        }
        if row.status == "OK" && spans.iter().any(is_failed) {
            self.note_failed(session, run, row, &spans)?;
        }
        self.look_at_calls(session, run, row, (&spans, &mut seen))?;
        Ok(seen)
    }

    fn look_at_adapters(
        &mut self,
        session: &mut Session<'_>,
        trace: &TraceId,
        spans: &[SpanHead],
        seen: &mut Seen,
    ) -> Result<()> {
        let links: Vec<(&str, Option<&str>)> =
            spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
        let outline = Outline::new(&Forest::build(&links), spans);
        let tried = fallbacks(&outline.forest, spans);
        seen.fallback = tried.first().map(crate::analysis::Fallback::text);
        seen.fallback_count = tried.len();
        seen.failed_fallbacks = tried.iter().filter(|one| one.outcome == FallbackOutcome::Failed).count();
        // Of spans with the same id the first stands for all.
        let by_id: HashMap<&str, &SpanHead> = spans.iter().rev().map(|span| (&*span.id, span)).collect();
        for span in spans.iter().filter(|span| is_failed(span)) {
            let Some(step) = step(span).filter(|step| step.kind == StepKind::Parse) else { continue };
            if asker(&by_id, span).is_some_and(is_failed) {
                seen.unparsed = Some(format!("{}.parse failed", step.adapter));
            }
            if seen.broken_off.is_none() && self.bodies < MOST_BODIES {
                self.bodies += 1;
                let body = session.store.span_body(session.cx, trace, span.handle)?;
                let inputs = body.as_ref().and_then(|body| body.inputs.as_ref());
                let answer = inputs.and_then(|inputs| inputs.get("completion")?.as_str());
                if answer.is_some_and(is_broken_off) {
                    seen.broken_off =
                        Some(format!("{}.parse failed on an answer that stops in its middle", step.adapter));
                }
            }
        }
        Ok(())
    }

    /// The innermost spans that failed within a trace that ended well, but for adapters and what failed because of them.
    fn note_failed(
        &mut self,
        session: &mut Session<'_>,
        run: &RunId,
        row: &TraceRow,
        spans: &[SpanHead],
    ) -> Result<()> {
        let above_failed: HashSet<&str> =
            spans.iter().filter(|span| is_failed(span)).filter_map(|span| span.parent_id.as_deref()).collect();
        let is_innermost = |span: &SpanHead| !above_failed.contains(&*span.id);
        for span in spans.iter().filter(|span| is_failed(span) && !is_adapter(span) && is_innermost(span)) {
            let mut told = (None, String::new());
            if self.bodies < MOST_BODIES {
                self.bodies += 1;
                let body = session.store.span_body(session.cx, &row.id, span.handle)?;
                told = body.as_ref().map(exception).unwrap_or_default();
            }
            let (kind, message) = told;
            match self.failed.iter_mut().find(|one| one.name == span.name && one.kind == kind) {
                Some(known) => known.count += 1,
                None => {
                    let what = format!("{}: {} {message}", span.name, kind.as_deref().unwrap_or("failed"));
                    let what = words::one_line(what.trim(), 160).into_owned();
                    let first = SeenTrace { run: run.clone(), trace: row.id.clone(), what };
                    self.failed.push(FailedSpans { name: span.name.clone(), kind, count: 1, first });
                }
            }
        }
        Ok(())
    }

    fn look_at_calls(
        &mut self,
        session: &mut Session<'_>,
        run: &RunId,
        row: &TraceRow,
        (spans, seen): (&[SpanHead], &mut Seen),
    ) -> Result<()> {
        let calls: Vec<&SpanHead> = spans.iter().filter(|span| span.kind == CALL).collect();
        let ids: HashSet<&str> = calls.iter().map(|call| &*call.id).collect();
        // What a call within a call gave back is the response of the provider.
        let responses =
            calls.iter().filter(|call| call.parent_id.as_deref().is_some_and(|parent| ids.contains(parent)));
        for call in responses {
            let body = session.store.span_body(session.cx, &row.id, call.handle)?;
            if body.and_then(|body| body.outputs).is_some_and(|outputs| is_ended_by_length(&outputs)) {
                seen.cut = Some(format!("finish_reason {}", lm::ENDED_BY_LENGTH));
                return Ok(());
            }
        }
        let (Some(used), [call]) = (row.tokens.and_then(|tokens| tokens.output), calls.as_slice()) else {
            return Ok(());
        };
        let usual = match self.limits.get(run) {
            Some(known) => *known,
            None => {
                let limit = session.store.span_body(session.cx, &row.id, call.handle)?.as_ref().and_then(limit);
                *self.limits.entry(run.clone()).or_insert(limit)
            }
        };
        // The run's other calls may be allowed more: this very one decides.
        if usual.is_some_and(|usual| used >= usual)
            && let Some(limit) = session.store.span_body(session.cx, &row.id, call.handle)?.as_ref().and_then(limit)
            && used >= limit
        {
            seen.cut = Some(format!("{} output tokens of {}", words::count(used), words::count(limit)));
        }
        Ok(())
    }
}

fn is_failed(span: &SpanHead) -> bool {
    span.status == "ERROR"
}

/// The span that asked an adapter: the nearest above it that is none.
fn asker<'s>(by_id: &HashMap<&str, &'s SpanHead>, adapter: &'s SpanHead) -> Option<&'s SpanHead> {
    let mut parent = adapter.parent_id.as_deref();
    // No tree is deeper than it has spans; a damaged one may lead round.
    for _ in 0..by_id.len() {
        let above = *by_id.get(parent?)?;
        if !is_adapter(above) {
            return Some(above);
        }
        parent = above.parent_id.as_deref();
    }
    None
}

/// The type and message of the last exception of a span.
fn exception(body: &SpanBody) -> (Option<String>, String) {
    let text = |key: &str| {
        let told = body.events.iter().rev().find_map(|event| event.attributes.get(key)?.as_str());
        told.map(str::to_owned)
    };
    (text("exception.type"), text("exception.message").unwrap_or_default())
}

/// How many tokens an answer to a call may have: as the call says, else its LM.
fn limit(body: &SpanBody) -> Option<u64> {
    let of = |value: &Json| value.as_u64().filter(|limit| *limit > 0);
    let inputs = body.inputs.as_ref();
    let by_call = lm::MAX_TOKENS.iter().find_map(|key| inputs.and_then(|inputs| inputs.get(*key)).and_then(of));
    by_call.or_else(|| lm::MAX_TOKENS.iter().find_map(|key| body.attributes.get(*key).and_then(of)))
}
