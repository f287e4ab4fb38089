//! The table of results of an evaluation, and which of its columns the program was given.

use std::collections::BTreeSet;

use super::program::{Read, read_json};
use crate::analysis::result_table::table_from_json;
use crate::model::dspy::artifacts::RESULT_TABLE;
use crate::model::{Json, ResultTable, RunId};
use crate::query::ask::Session;
use crate::store::{Result, TraceQuery};

/// The table of results of a run; `None` if it has none or it cannot be read, which is a warning.
///
/// # Errors
/// Those of the store.
pub fn result_table(session: &mut Session<'_>, run: &RunId) -> Result<Option<ResultTable>> {
    let Read::Good(decoded) = read_json(session, run, RESULT_TABLE)? else { return Ok(None) };
    let place = format!("run {run}, {RESULT_TABLE}");
    match table_from_json(decoded.value, session.cx.reveal()) {
        Ok((table, problems)) => {
            for problem in problems {
                session.cx.warn(&place, problem);
            }
            Ok(Some(table))
        }
        Err(why) => {
            session.cx.warn(place, why);
            Ok(None)
        }
    }
}

/// Which fields of a table's examples the program was given, as the root span of the run's
/// newest trace tells; `None` if no trace does.
///
/// # Errors
/// Those of the store.
pub fn example_inputs(session: &mut Session<'_>, run: &RunId, table: &ResultTable) -> Result<Option<BTreeSet<String>>> {
    let given = newest_inputs(session, run)?;
    let names: BTreeSet<String> = table.example_fields.iter().filter(|name| given.contains(*name)).cloned().collect();
    Ok(Some(names).filter(|names| !names.is_empty()))
}

/// The names of what the root span of the run's newest trace was given; empty if no trace tells.
pub(super) fn newest_inputs(session: &mut Session<'_>, run: &RunId) -> Result<BTreeSet<String>> {
    let nothing = || Ok(BTreeSet::new());
    let query = TraceQuery { run: Some(run.clone()), limit: Some(1), ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    let Some(row) = session.store.trace_rows(session.cx, &index.handles)?.pop() else { return nothing() };
    let spans = session.store.spans(session.cx, &row.id)?;
    let Some(root) = spans.iter().find(|span| span.parent_id.is_none()) else { return nothing() };
    let Some(inputs) = session.store.span_body(session.cx, &row.id, root.handle)?.and_then(|body| body.inputs) else {
        return nothing();
    };
    let objects = [Some(&inputs), inputs.pointer("/kwargs")].into_iter().flatten().filter_map(Json::as_object);
    Ok(objects.flat_map(|object| object.keys().cloned()).collect())
}
