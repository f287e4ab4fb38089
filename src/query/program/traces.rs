//! Signatures in the traces of a run, of its parent and of its children: few traces are read,
//! the newest first, until every field is known.

use crate::analysis::program_state::{SeenSignature, SignatureText, signature_of_repr, signature_of_text, tells_all};
use crate::model::{Json, Program, ProgramSource, Run, RunId, SpanBody, SpanHead, TraceId};
use crate::query::ask::Session;
use crate::query::runs::RelatedRuns;
use crate::store::{Result, TraceQuery};

/// Traces of one run.
const TRACES: usize = 4;

/// Children of an optimization: its own newest traces are often the proposer's.
const CHILDREN: usize = 3;

/// Spans of one trace: an agent of hundreds of steps repeats itself.
const SPANS: usize = 32;

/// The signatures that may be those of `program`: in traces of its own run, then of the parent,
/// whose fields are the same, then of the parent's children; of a best program in those of the
/// run's own children.
pub fn signatures(session: &mut Session<'_>, run: &Run, program: &Program) -> Result<Vec<SeenSignature>> {
    let mut seen = Vec::new();
    let has_fields = program.predictors.iter().any(|predictor| !predictor.fields.is_empty());
    if !has_fields || look(session, &run.id, &run.id, program, &mut seen)? {
        return Ok(seen);
    }
    let is_best = program.source == ProgramSource::BestModelJson;
    let family = session.ask(&RelatedRuns { experiment: Some(run.experiment_id.clone()), with_deleted: true })?;
    let parent = match family.iter().find(|other| other.id == run.id).and_then(|it| it.parent_id.as_ref()) {
        _ if is_best => Some(&run.id),
        Some(parent) if look(session, parent, &run.id, program, &mut seen)? => return Ok(seen),
        parent => parent,
    };
    let children = family.iter().rev().filter(|other| parent.is_some() && other.parent_id.as_ref() == parent);
    for child in children.filter(|other| other.id != run.id).take(CHILDREN) {
        if look(session, &child.id, &run.id, program, &mut seen)? {
            break;
        }
    }
    Ok(seen)
}

/// Looks through the newest traces of `run`; whether everything is known now.
fn look(
    session: &mut Session<'_>,
    run: &RunId,
    home: &RunId,
    program: &Program,
    seen: &mut Vec<SeenSignature>,
) -> Result<bool> {
    let query = TraceQuery { run: Some(run.clone()), limit: Some(TRACES), ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    for row in session.store.trace_rows(session.cx, &index.handles)? {
        session.cx.check()?;
        for signature in signatures_of_trace(session, &row.id)? {
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

fn signatures_of_trace(session: &mut Session<'_>, trace: &TraceId) -> Result<Vec<SignatureText>> {
    let spans = session.store.spans(session.cx, trace)?;
    let is_format = |span: &&SpanHead| span.name.contains("Adapter.format");
    let found = read(session, trace, spans.iter().filter(is_format), of_format)?;
    // Without an adapter's span (a log level that leaves them out) the names are still told.
    if found.is_empty() {
        let predict = spans.iter().filter(|span| span.name.contains("Predict") || span.name.contains("ChainOfThought"));
        return read(session, trace, predict, of_predict);
    }
    Ok(found)
}

fn read<'a>(
    session: &mut Session<'_>,
    trace: &TraceId,
    spans: impl Iterator<Item = &'a SpanHead>,
    signature: impl Fn(&SpanBody) -> Option<SignatureText>,
) -> Result<Vec<SignatureText>> {
    let mut found = Vec::new();
    for span in spans.take(SPANS) {
        let body = session.store.span_body(session.cx, trace, span.handle)?;
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
