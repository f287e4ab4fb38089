//! A line for each trace: what its root was given and gave back.

use std::io::Write;

use serde::Serialize;

use super::ExportError;
use crate::model::program::Object;
use crate::model::{Json, TraceHead};
use crate::query::ask::Session;
use crate::query::example_answer::{answer_of_repr, root_body};
use crate::query::json;

#[derive(Serialize)]
struct Line<'a> {
    trace_id: &'a str,
    run_id: Option<&'a str>,
    experiment_id: &'a str,
    name: Option<&'a str>,
    status: Option<&'a str>,
    start_time_ms: i64,
    duration_ms: Option<i64>,
    inputs: Option<Json>,
    outputs: Option<Json>,
    /// The fields of a prediction, where `outputs` holds only its repr.
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs_from_repr: Option<Object>,
}

/// Writes the line of a trace with its end.
pub fn write(session: &mut Session<'_>, head: &TraceHead, out: &mut dyn Write) -> Result<(), ExportError> {
    let row = &head.row;
    let body = root_body(session, &row.id)?.unwrap_or_default();
    let reveal = session.cx.reveal();
    let line = Line {
        trace_id: row.id.as_str(),
        run_id: row.run_id.as_ref().map(|id| id.as_str()),
        experiment_id: row.experiment_id.as_str(),
        name: json::known(&row.name),
        status: json::known(&row.status),
        start_time_ms: row.start_time_ms,
        duration_ms: row.duration_ms,
        outputs_from_repr: body.outputs.as_ref().and_then(|outputs| answer_of_repr(outputs, reveal)),
        inputs: body.inputs,
        outputs: body.outputs,
    };
    serde_json::to_writer(&mut *out, &line)?;
    Ok(out.write_all(b"\n")?)
}
