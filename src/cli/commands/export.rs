//! `dspyglass export`

use std::sync::Arc;

use serde::Serialize;

use super::traces::Wanted;
use super::{Answer, several};
use crate::cli::args::{ExportArgs, TracesArgs};
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::words;
use crate::model::TraceId;
use crate::query::{self, ExportError, ExportFormat, Exported, Exporting, Found, NotWritten, replace_file};

/// Ids are read this many at a time, so that a cancel or deadline is obeyed between.
const IDS_AT_ONCE: usize = 500;

#[derive(Serialize)]
struct Document {
    written: u64,
    left_out: u64,
    file: String,
    #[serde(skip_serializing_if = "json::Warnings::is_empty")]
    warnings: json::Warnings,
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => Self::Store(error),
            ExportError::Output(error) => Self::Output(error),
        }
    }
}

/// What of the arguments says which traces are meant.
pub(super) fn listed(args: &ExportArgs) -> TracesArgs {
    TracesArgs {
        store: args.store.clone(),
        experiment: args.experiment.clone(),
        run: args.run.clone(),
        filter: args.filter.clone(),
        sort: args.sort.clone(),
        limit: args.limit,
    }
}

pub(super) fn answer(args: &ExportArgs, wanted: Wanted, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let ids = if args.trace.is_empty() { in_list(args, wanted, answer)? } else { named(&args.trace, answer)? };
    let format = ExportFormat::from(args.to);
    let is_single = args.trace.len() == 1;
    let Some(path) = &args.out else {
        Exporting { format, is_single, out: answer.out }.write(&mut answer.session, &ids)?;
        return Ok(());
    };
    let location = answer.session.store.info().location;
    let exported = replace_file(path, location.path(), |out| {
        Exporting { format, is_single, out }.write(&mut answer.session, &ids)
    });
    let exported = exported.map_err(|error| match error {
        NotWritten::Refused(why) => Failure::Absent(format!("cannot write {}: {why}", path.display())),
        NotWritten::Content(error) => error.into(),
    })?;
    if answer.is_json {
        let warnings = answer.session.cx.take_warnings().into();
        let Exported { written, left_out } = exported;
        return json::write(&Document { written, left_out, file: path.display().to_string(), warnings }, answer.out);
    }
    let what = if format == ExportFormat::Trainset { "example" } else { "trace" };
    let of = if format == ExportFormat::Trainset {
        format!(" of {}", words::counted(ids.len() as u64, "trace"))
    } else {
        String::new()
    };
    writeln!(answer.out, "{}{of} written to {}", words::counted(exported.written, what), path.display())?;
    if exported.left_out > 0 {
        let why = match format {
            ExportFormat::Trainset => "without named inputs, or without an answer that is not known to be wrong",
            _ => "which are gone",
        };
        writeln!(answer.out, "Left out: {} {why}", words::counted(exported.left_out, "trace"))?;
    }
    Ok(())
}

/// Those that the user named.
fn named(texts: &[String], answer: &mut Answer<'_>) -> Result<Vec<TraceId>, Failure> {
    let mut ids = Vec::with_capacity(texts.len());
    for text in texts {
        match query::find_trace(&mut answer.session, text)? {
            Found::One(id) => ids.push(id),
            Found::Several(known) => return Err(several("traces", text, &known)),
            Found::Nothing => return Err(answer.absent("trace", text)),
        }
    }
    Ok(ids)
}

fn in_list(args: &ExportArgs, wanted: Wanted, answer: &mut Answer<'_>) -> Result<Vec<TraceId>, Failure> {
    let question = wanted.question(args.experiment.as_deref(), args.run.as_deref(), answer)?;
    let found = match args.limit {
        Some(limit) => Arc::new(question.first(&mut answer.session, limit)?),
        None => answer.session.ask(&question)?,
    };
    let most = args.limit.unwrap_or(usize::MAX).min(found.list.handles.len());
    let mut ids = Vec::with_capacity(most);
    for some in found.list.handles.get(..most).unwrap_or_default().chunks(IDS_AT_ONCE) {
        answer.session.cx.check()?;
        ids.extend(answer.session.store.trace_ids_of(answer.session.cx, some)?);
    }
    Ok(ids)
}
