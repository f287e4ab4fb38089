//! The table of results of an evaluation, and which of its columns the program was given.

use std::collections::BTreeSet;

use super::program::{NO_JSON, Read, UnmaskedFile};
use crate::analysis::result_table::{table_from_json, table_of};
use crate::model::dspy::artifacts::RESULT_TABLE;
use crate::model::dspy::tables::RawTable;
use crate::model::{ResultTable, Run, RunId, TraceRow};
use crate::query::ask::Session;
use crate::query::runs::RunOf;
use crate::query::trace_counts::TraceCountsOf;
use crate::store::{Result, TimeWindow, TraceCondition, TraceQuery};

/// The table of results of a run, of a file that ends in the middle what comes before; `None` if it has none or it
/// cannot be read. What is wrong with it is a warning.
///
/// # Errors
/// Those of the store.
pub fn result_table(session: &mut Session<'_>, run: &RunId) -> Result<Option<ResultTable>> {
    let file = session.ask(&UnmaskedFile { run: run.clone(), path: RESULT_TABLE.to_owned() })?;
    let Read::Good(bytes) = &*file else { return Ok(None) };
    let (decoded, reveal) = (bytes.decode(), session.cx.reveal());
    let read = if decoded.marks.is_raw {
        let raw = RawTable::read_cut(&decoded.value);
        raw.map(|raw| table_of(raw, reveal)).ok_or_else(|| NO_JSON.to_owned())
    } else {
        table_from_json(decoded.value, reveal)
    };
    let place = format!("run {run}, {RESULT_TABLE}");
    match read {
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
    let Some(row) = newest_trace(session, run)? else { return Ok(None) };
    let spans = session.store.spans(session.cx, &row.id)?;
    let Some(root) = spans.iter().find(|span| span.parent_id.is_none()) else { return Ok(None) };
    let Some(inputs) = session.store.span_body(session.cx, &row.id, root.handle)?.and_then(|body| body.inputs) else {
        return Ok(None);
    };
    let given = |name: &String| {
        inputs.get(name).is_some() || inputs.pointer("/kwargs").is_some_and(|it| it.get(name).is_some())
    };
    let names: BTreeSet<String> = table.example_fields.iter().filter(|name| given(name)).cloned().collect();
    Ok(Some(names).filter(|names| !names.is_empty()))
}

/// The newest trace of a run. Of those that began while it ran, if there are any: where they stand in time is known, and
/// without it all traces of a store have to be looked at.
fn newest_trace(session: &mut Session<'_>, run: &RunId) -> Result<Option<TraceRow>> {
    let stored = session.ask(&RunOf(run.clone()))?;
    let all = TraceQuery { run: Some(run.clone()), limit: Some(1), ..TraceQuery::default() };
    if let Some(Run { experiment_id, start_time_ms: from_ms @ Some(_), end_time_ms: until_ms @ Some(_), .. }) =
        stored.as_ref()
    {
        let window = TraceCondition::Started(TimeWindow { from_ms: *from_ms, until_ms: *until_ms });
        let of_its_time = TraceQuery { experiment: Some(experiment_id.clone()), filter: vec![window], ..all.clone() };
        if let Some(row) = first_row(session, &of_its_time)? {
            return Ok(Some(row));
        }
        let counts = session.ask(&TraceCountsOf(Some(experiment_id.clone())))?;
        if counts.of(run).is_some_and(|counted| counted.traces == 0) {
            return Ok(None);
        }
    }
    first_row(session, &all)
}

fn first_row(session: &mut Session<'_>, query: &TraceQuery) -> Result<Option<TraceRow>> {
    let index = session.store.trace_index(session.cx, query)?;
    Ok(session.store.trace_rows(session.cx, &index.handles)?.pop())
}
