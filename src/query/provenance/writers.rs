//! The spans of an optimization that may have written an instruction.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::analysis::optimization::{is_proposal, is_reflection_prompt};
use crate::analysis::provenance::{Writer, WriterKind, prompt_text};
use crate::model::{Json, RunId, SpanBody, SpanHead, TraceId};
use crate::query::ask::{Question, Session};
use crate::query::trace::{BodyOf, SpansOf};
use crate::query::traces::{TraceIndexOf, TraceScope};
use crate::store::{Part, Result};

/// No more traces of an optimization are looked into.
const MAX_TRACES: usize = 5_000;

/// Nor more bodies of spans.
const MAX_SPANS: usize = 40_000;

/// Lines of traces that are read at once.
const CHUNK: usize = 200;

/// How far a search came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Looked {
    /// Traces that were looked into.
    pub traces: u64,
    /// Spans whose inputs and outputs were read.
    pub spans: u64,
    /// Nothing was left out that could have told more.
    pub complete: bool,
}

/// Shows each possible writer in the traces of a run, the oldest trace first, until `visit` has
/// seen enough.
pub fn writers(
    session: &mut Session<'_>,
    run: &RunId,
    visit: &mut dyn FnMut(&Arc<Writer>) -> ControlFlow<()>,
) -> Result<Looked> {
    let time = session.cx.begin(Part::Writers);
    let index = session.ask(&TraceIndexOf(TraceScope::Run(run.clone())))?;
    let of = index.handles.len();
    let mut looked = Looked { complete: of <= MAX_TRACES, ..Looked::default() };
    for from in (0..of.min(MAX_TRACES)).step_by(CHUNK) {
        for trace in session.ask(&OldestTraces { run: run.clone(), from })?.iter() {
            session.cx.check()?;
            if looked.spans >= MAX_SPANS as u64 || time.is_spent() {
                looked.complete = false;
                return Ok(looked);
            }
            looked.traces += 1;
            let found = session.ask(&WritersOf(trace.clone()))?;
            looked.spans += found.read;
            for writer in &found.writers {
                if visit(writer).is_break() {
                    looked.complete = true;
                    return Ok(looked);
                }
            }
        }
    }
    Ok(looked)
}

/// Some traces of a run, the oldest first: what was written first is what was used.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct OldestTraces {
    run: RunId,
    /// The place of the first of them among all, counted from the oldest.
    from: usize,
}

impl Question for OldestTraces {
    type Answer = Vec<TraceId>;
    const LABEL: &'static str = "list of traces";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let index = session.ask(&TraceIndexOf(TraceScope::Run(self.run.clone())))?;
        // They come the newest first.
        let handles: Vec<_> =
            index.handles.iter().rev().take(MAX_TRACES).skip(self.from).take(CHUNK).copied().collect();
        Ok(session.store.trace_rows(session.cx, &handles)?.into_iter().map(|row| row.id).collect())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 60
    }
}

/// The possible writers of one trace.
#[derive(Debug, PartialEq)]
struct TraceWriters {
    /// Predictors before the calls that they made.
    writers: Vec<Arc<Writer>>,
    /// How many bodies of spans were read.
    read: u64,
}

/// The spans of a trace that may have written an instruction: asked for each instruction of an optimization, read once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct WritersOf(TraceId);

impl Question for WritersOf {
    type Answer = TraceWriters;
    const LABEL: &'static str = "proposals of a trace";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let (writers, read) = writers_of(session, &self.0)?;
        Ok(TraceWriters { writers: writers.into_iter().map(Arc::new).collect(), read })
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.writers.iter().map(|writer| writer.bytes()).sum()
    }
}

/// Those of one trace, predictors before the calls that they made; and how many bodies were read.
fn writers_of(session: &mut Session<'_>, trace: &TraceId) -> Result<(Vec<Writer>, u64)> {
    let spans = session.ask(&SpansOf(trace.clone()))?;
    let predictors: HashMap<&str, usize> =
        (0..spans.len()).filter(|at| is_predictor(&spans[*at])).map(|at| (&*spans[at].id, at)).collect();
    let parents: HashMap<&str, &str> =
        spans.iter().filter_map(|span| Some((&*span.id, span.parent_id.as_deref()?))).collect();
    let mut nth: HashMap<&str, usize> = HashMap::new();
    let mut read = 0;
    let mut found = Vec::new();
    // What each predictor of this trace is, where it proposes.
    let mut proposers: HashMap<usize, (Option<String>, Option<Json>)> = HashMap::new();
    let mut calls = Vec::new();
    for (at, span) in spans.iter().enumerate() {
        let seen = nth.entry(&span.id).or_default();
        let span_nth = *seen;
        *seen += 1;
        if is_call(span) {
            calls.push((at, span_nth));
        }
        if !is_predictor(span) {
            continue;
        }
        read += 1;
        let body = session.ask(&BodyOf(trace.clone(), span.handle))?;
        let Some(body) = body.as_ref() else { continue };
        let signature = signature(body);
        let kind = match &signature {
            Some(signature) if is_proposal(signature) => WriterKind::Proposer,
            _ => WriterKind::OtherPredictor,
        };
        if kind == WriterKind::Proposer {
            proposers.insert(at, (signature.clone(), body.inputs.clone()));
        }
        if let Some(outputs) = body.outputs.clone() {
            let inputs = body.inputs.clone();
            found.push(Wrote { kind, signature, inputs, outputs }.writer(trace, span, span_nth));
        }
    }
    for (at, span_nth) in calls {
        let span = &spans[at];
        let predictor = ancestor(span, &parents, &predictors);
        let (kind, signature, inputs) = match predictor {
            None => (WriterKind::BareCall, None, None),
            Some(predictor) => match proposers.get(&predictor) {
                Some((signature, inputs)) => (WriterKind::CallOfProposer, signature.clone(), inputs.clone()),
                None => continue,
            },
        };
        read += 1;
        let body = session.ask(&BodyOf(trace.clone(), span.handle))?;
        let Some(body) = body.as_ref() else { continue };
        let inputs = inputs.or_else(|| body.inputs.clone());
        let is_reflection =
            kind == WriterKind::BareCall && inputs.as_ref().and_then(prompt_text).is_some_and(is_reflection_prompt);
        let kind = if is_reflection { WriterKind::ReflectionPrompt } else { kind };
        if let Some(outputs) = body.outputs.clone() {
            found.push(Wrote { kind, signature, inputs, outputs }.writer(trace, span, span_nth));
        }
    }
    Ok((found, read))
}

/// What a span read and wrote.
struct Wrote {
    kind: WriterKind,
    signature: Option<String>,
    inputs: Option<Json>,
    outputs: Json,
}

impl Wrote {
    /// The span as the writer of it.
    fn writer(self, trace: &TraceId, span: &SpanHead, span_nth: usize) -> Writer {
        Writer {
            trace: trace.clone(),
            span_id: span.id.clone(),
            span_nth,
            name: span.name.clone(),
            kind: self.kind,
            signature: self.signature,
            start_ns: span.start_ns,
            end_ns: span.end_ns,
            // The repr of the signature says nothing that the signature does not.
            inputs: self.inputs.map(without_signature),
            outputs: self.outputs,
        }
    }
}

fn without_signature(inputs: Json) -> Json {
    match inputs {
        Json::Object(mut fields) => {
            if fields.len() > 1 && fields.get("signature").is_some_and(Json::is_string) {
                fields.shift_remove("signature");
            }
            Json::Object(fields)
        }
        other => other,
    }
}

/// DSPy's name of it; MLflow 2.x puts a number behind names that repeat.
fn is_predictor(span: &SpanHead) -> bool {
    span.name.starts_with("Predict.")
}

fn is_call(span: &SpanHead) -> bool {
    span.name.starts_with("LM.")
}

/// The nearest predictor above a span, if there is one.
fn ancestor(span: &SpanHead, parents: &HashMap<&str, &str>, predictors: &HashMap<&str, usize>) -> Option<usize> {
    let mut at = span.parent_id.as_deref();
    // A damaged store may lead round in a circle.
    for _ in 0..=parents.len() {
        if let Some(found) = predictors.get(at?) {
            return Some(*found);
        }
        at = parents.get(at?).copied();
    }
    None
}

fn signature(body: &SpanBody) -> Option<String> {
    body.attributes.get("signature").and_then(Json::as_str).map(str::to_owned)
}
