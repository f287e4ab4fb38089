//! A trace as `trace --json` writes it.

use std::io::Write;

use super::ExportError;
use crate::model::TraceId;
use crate::query::ask::Session;
use crate::query::trace_document;
use crate::query::trace_json::trace_json;

/// Writes the document of a trace behind a separator; says whether the trace is there.
pub fn write(
    session: &mut Session<'_>,
    id: &TraceId,
    separator: &str,
    out: &mut dyn Write,
) -> Result<bool, ExportError> {
    let cx = session.cx;
    let (document, warnings) = cx.capture(|| trace_document(session, id));
    let Some(document) = document? else { return Ok(false) };
    out.write_all(separator.as_bytes())?;
    serde_json::to_writer(out, &trace_json(&document, cx.reveal(), warnings))?;
    Ok(true)
}
