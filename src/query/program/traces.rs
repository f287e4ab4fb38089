//! Signatures in the traces of a run, of its parent and of its children: few traces are read,
//! the newest first, until every field is known.

use crate::analysis::program_state::{SeenSignature, SignatureText, signature_of_repr, signature_of_text, tells_all};
use crate::model::{Json, Program, ProgramSource, Run, RunId, SpanBody, SpanHead, TraceId};
use crate::query::runs::adopted_runs;
use crate::store::{ReadCx, Result, Store, TraceQuery};

/// Traces of one run.
const TRACES: usize = 4;

/// Children of an optimization: its own newest traces are often the proposer's.
const CHILDREN: usize = 3;

/// Spans of one trace: an agent of hundreds of steps repeats itself.
const SPANS: usize = 32;

/// The signatures that may be those of `program`: in traces of its own run, then of the parent,
/// whose fields are the same, then of the parent's children; of a best program in those of the
/// run's own children.
pub fn signatures(store: &mut dyn Store, cx: &ReadCx, run: &Run, program: &Program) -> Result<Vec<SeenSignature>> {
    let mut seen = Vec::new();
    let has_fields = program.predictors.iter().any(|predictor| !predictor.fields.is_empty());
    if !has_fields || look(store, cx, &run.id, &run.id, program, &mut seen)? {
        return Ok(seen);
    }
    let is_best = program.source == ProgramSource::BestModelJson;
    let family = adopted_runs(store, cx, Some(&run.experiment_id), true)?;
    let parent = match family.iter().find(|other| other.id == run.id).and_then(|it| it.parent_id.as_ref()) {
        _ if is_best => Some(&run.id),
        Some(parent) if look(store, cx, parent, &run.id, program, &mut seen)? => return Ok(seen),
        parent => parent,
    };
    let children = family.iter().rev().filter(|other| parent.is_some() && other.parent_id.as_ref() == parent);
    for child in children.filter(|other| other.id != run.id).take(CHILDREN) {
        if look(store, cx, &child.id, &run.id, program, &mut seen)? {
            break;
        }
    }
    Ok(seen)
}

/// Looks through the newest traces of `run`; whether everything is known now.
fn look(
    store: &mut dyn Store,
    cx: &ReadCx,
    run: &RunId,
    home: &RunId,
    program: &Program,
    seen: &mut Vec<SeenSignature>,
) -> Result<bool> {
    let query = TraceQuery { run: Some(run.clone()), limit: Some(TRACES), ..TraceQuery::default() };
    let index = store.trace_index(cx, &query)?;
    for row in store.trace_rows(cx, &index.handles)? {
        cx.check()?;
        for signature in signatures_of_trace(store, cx, &row.id)? {
            if seen.iter().all(|one| one.signature != signature) {
                let elsewhere = (run != home).then(|| run.clone());
                seen.push(SeenSignature { signature, trace: row.id.clone(), run: elsewhere });
            }
        }
        if tells_all(program, seen) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn signatures_of_trace(store: &mut dyn Store, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SignatureText>> {
    let spans = store.spans(cx, trace)?;
    let is_format = |span: &&SpanHead| span.name.contains("Adapter.format");
    let found = read(store, cx, trace, spans.iter().filter(is_format), of_format)?;
    // Without an adapter's span (a log level that leaves them out) the names are still told.
    if found.is_empty() {
        let predict = spans.iter().filter(|span| span.name.contains("Predict") || span.name.contains("ChainOfThought"));
        return read(store, cx, trace, predict, of_predict);
    }
    Ok(found)
}

fn read<'a>(
    store: &mut dyn Store,
    cx: &ReadCx,
    trace: &TraceId,
    spans: impl Iterator<Item = &'a SpanHead>,
    signature: impl Fn(&SpanBody) -> Option<SignatureText>,
) -> Result<Vec<SignatureText>> {
    let mut found = Vec::new();
    for span in spans.take(SPANS) {
        let body = store.span_body(cx, trace, span.handle)?;
        found.extend(body.as_ref().and_then(&signature).filter(|one| !found.contains(one)));
    }
    Ok(found)
}

fn of_format(body: &SpanBody) -> Option<SignatureText> {
    signature_of_repr(body.inputs.as_ref()?.get("signature")?.as_str()?)
}

fn of_predict(body: &SpanBody) -> Option<SignatureText> {
    let attribute = |key: &str| body.attributes.get(key).and_then(Json::as_str);
    signature_of_text(attribute("extended_signature").or_else(|| attribute("signature"))?)
}
