//! Which trace each row of an evaluation left, and the traces of a run as examples.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::ExampleRows;
use crate::analysis::example_traces::{ExampleTrace, ExampleTraces, NoTrace, TraceLink, named_inputs};
use crate::model::program::Object;
use crate::model::{Json, Reveal, RunId, Shown, TracePreview, json, secret};
use crate::query::ask::Session;
use crate::query::example_answer::{answer, answer_of, root_body};
use crate::store::{Allowance, Order, Part, Result, Total, TraceQuery};

/// No more traces of a run are looked into.
const MAX_TRACES: usize = 5_000;

/// Lines of traces that are read at once.
const CHUNK: usize = 200;

/// The traces of some rows, as long as there is `time`; where they cannot be told, why.
///
/// # Errors
/// Those of the store.
pub fn links(
    session: &mut Session<'_>,
    run: &RunId,
    rows: &ExampleRows,
    wanted: &[usize],
    time: Allowance,
) -> Result<Vec<TraceLink>> {
    if wanted.is_empty() || !rows.is_from_table() {
        let known = |row: &usize| rows.links.get(*row).cloned().unwrap_or(TraceLink::Unknown(NoTrace::NotRead));
        return Ok(wanted.iter().map(known).collect());
    }
    let (mut traces, complete) = traces_of(session, run, time)?;
    let mut sorted = ExampleTraces::new(&rows.table, &traces, complete);
    // An answer that the line of a trace does not tell is read only where it decides.
    let mut met = HashSet::new();
    let several = wanted.iter().map(|row| sorted.candidates(*row)).filter(|fitting| fitting.len() > 1);
    // Rows with the same inputs have the same ones.
    let several = several.filter(|fitting| met.insert(fitting.as_ptr()));
    let unsure: BTreeSet<usize> = several.flatten().copied().filter(|at| traces[*at].outputs.is_none()).collect();
    if !unsure.is_empty() {
        for at in unsure {
            session.cx.check()?;
            if time.is_spent() {
                break;
            }
            traces[at].outputs = answer(session, &traces[at].id)?.map(|answer| answer.fields);
        }
        sorted = ExampleTraces::new(&rows.table, &traces, complete);
    }
    let time = time.or_later(session.cx.begin(Part::TracesByExample));
    let mut known: HashMap<(usize, Vec<u8>), TraceLink> = HashMap::new();
    let mut links = Vec::with_capacity(wanted.len());
    for row in wanted {
        session.cx.check()?;
        let find = || if time.is_spent() { TraceLink::Unknown(NoTrace::NotRead) } else { sorted.link(*row) };
        links.push(match sorted.likeness(*row) {
            Some(alike) => known.entry(alike).or_insert_with(find).clone(),
            None => find(),
        });
    }
    Ok(links)
}

/// The traces of a run in order, and whether all of them were looked into.
pub(super) fn traces_of(session: &mut Session<'_>, run: &RunId, time: Allowance) -> Result<(Vec<ExampleTrace>, bool)> {
    let (order, limit) = (Order::OldestFirst, Some(MAX_TRACES));
    let query = TraceQuery { run: Some(run.clone()), order, limit, ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    let mut traces = Vec::new();
    for chunk in index.handles.chunks(CHUNK) {
        for preview in session.store.trace_previews(session.cx, chunk)? {
            session.cx.check()?;
            if time.is_spent() {
                return Ok((traces, false));
            }
            traces.push(example_trace(session, preview)?);
        }
    }
    let complete = index.total == Total::Exact(traces.len() as u64);
    Ok((traces, complete))
}

/// What MLflow shows of inputs and outputs in lists is all of them where they are short.
fn example_trace(session: &mut Session<'_>, preview: TracePreview) -> Result<ExampleTrace> {
    let reveal = session.cx.reveal();
    let TracePreview { id, request, response } = preview;
    let outputs = response.as_ref().and_then(|preview| whole_object(preview, reveal));
    let Some(inputs) = request.as_ref().and_then(|preview| whole_object(preview, reveal)) else {
        let body = root_body(session, &id)?.unwrap_or_default();
        let outputs =
            outputs.or_else(|| body.outputs.and_then(|outputs| answer_of(outputs, reveal).map(|it| it.fields)));
        return Ok(ExampleTrace { id, inputs: body.inputs.and_then(named_inputs), outputs });
    };
    Ok(ExampleTrace { id, inputs: named_inputs(Json::Object(inputs)), outputs })
}

/// An object from a line of a list; `None` if it is cut there, or masked in another way than a table.
fn whole_object(preview: &Shown, reveal: Reveal) -> Option<Object> {
    let Shown::Text(text) = preview else { return None };
    if !text.starts_with('{') || text.contains(secret::MASK) {
        return None;
    }
    let decoded = json::decode(text.as_bytes());
    match decoded.value.mask("", reveal) {
        Json::Object(object) if !decoded.marks.is_raw => Some(object),
        _ => None,
    }
}
