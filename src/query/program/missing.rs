//! Predictors that the traces of a run show and the saved state of its program lacks.

use std::collections::HashMap;

use crate::analysis::optimization::is_proposal;
use crate::analysis::program_state::{is_of_program, signature_of_text};
use crate::model::{Json, MissingPredictor, Program, RunId, SpanHead, TraceId};
use crate::query::ask::Session;
use crate::store::{Result, TraceQuery};

/// Traces of the run that are looked into, the newest first.
const TRACES: usize = 4;

/// Predictors of one trace: an agent of hundreds of steps repeats itself.
const SPANS: usize = 32;

/// Looks for predictors in traces that show a saved one, too: others are not of this program. A
/// program with a Flex is left alone, whose predictors stand in its source.
pub fn missing(session: &mut Session<'_>, run: &RunId, program: &Program) -> Result<Vec<MissingPredictor>> {
    if program.has_source() || program.predictors.iter().all(|one| one.fields.is_empty()) {
        return Ok(Vec::new());
    }
    // The same traces were read for the names of fields, with their warnings.
    session.cx.quietly(|| look(session, run, program))
}

fn look(session: &mut Session<'_>, run: &RunId, program: &Program) -> Result<Vec<MissingPredictor>> {
    let query = TraceQuery { run: Some(run.clone()), limit: Some(TRACES), ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    let mut missing: Vec<MissingPredictor> = Vec::new();
    for row in session.store.trace_rows(session.cx, &index.handles)? {
        session.cx.check()?;
        let (saved, others) = predictors(session, &row.id, program)?;
        for other in others.into_iter().filter(|_| saved > 0) {
            if missing.iter().all(|known| known.signature != other.signature) {
                missing.push(other);
            }
        }
    }
    Ok(missing)
}

/// How many predictors of a trace are in the state, and those that are not.
fn predictors(session: &mut Session<'_>, trace: &TraceId, program: &Program) -> Result<(usize, Vec<MissingPredictor>)> {
    let spans = session.store.spans(session.cx, trace)?;
    let by_id: HashMap<&str, &SpanHead> = spans.iter().map(|span| (&*span.id, span)).collect();
    let (mut saved, mut others) = (0, Vec::new());
    for span in spans.iter().filter(|span| span.name.starts_with("Predict.forward")).take(SPANS) {
        let Some(body) = session.store.span_body(session.cx, trace, span.handle)? else { continue };
        let Some(text) = body.attributes.get("signature").and_then(Json::as_str).filter(|it| !is_proposal(it)) else {
            continue;
        };
        let Some(signature) = signature_of_text(text.trim_matches('"')) else { continue };
        if is_of_program(program, &signature) {
            saved += 1;
            continue;
        }
        let around = span.parent_id.as_deref().and_then(|parent| by_id.get(parent));
        others.push(MissingPredictor {
            signature: text.trim_matches('"').to_owned(),
            module: around.and_then(|around| Some(around.name.split_once(".forward")?.0.to_owned())),
            trace: trace.clone(),
        });
    }
    Ok((saved, others))
}
