//! Traces as files that other programs read: one trace after the other, so that memory holds one of them however many
//! there are.

mod lines;
mod mlflow;
mod otlp;
mod own;
mod span_ids;
mod trainset;

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{SpanBody, SpanHead, TraceHead, TraceId};
use crate::query::ask::Session;
use crate::query::bodies_at_once::bodies_at_once;
use crate::store::StoreError;
use trainset::Trainset;
#[cfg(test)]
use trainset::{ANSWER, INPUT_KEYS};

/// Of so many traces the spans are asked for together.
const EXPECTED: usize = 24;

/// What traces are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// As `mlflow.entities.Trace.to_json` writes a trace and `Trace.from_json` reads it (MLflow 3).
    Mlflow,
    /// OTLP/JSON: `resourceSpans`, as an OpenTelemetry collector takes it.
    Otlp,
    /// A line for each trace: what its root was given and gave back.
    Jsonl,
    /// Examples for DSPy, each distinct one once.
    Trainset,
    /// As `trace --json` writes each.
    Json,
}

impl ExportFormat {
    /// Those that the terminal offers, and the window first.
    pub const ALL: [Self; 4] = [Self::Mlflow, Self::Otlp, Self::Jsonl, Self::Trainset];

    /// What it is called where it is chosen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Mlflow => "MLflow JSON",
            Self::Otlp => "OTLP JSON",
            Self::Jsonl => "Inputs and outputs (JSONL)",
            Self::Trainset => "Trainset of DSPy",
            Self::Json => "JSON of dspyglass",
        }
    }

    /// What is in it, in a sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Mlflow => "Whole traces, as mlflow.entities.Trace.from_json reads them",
            Self::Otlp => "Spans alone, as OpenTelemetry's collectors and tools read them",
            Self::Jsonl => "One line for each trace: what its root was given and gave back",
            Self::Trainset => "Examples for dspy.Example: inputs, and the answer by label, by the data, or as given",
            Self::Json => "Each trace as `dspyglass trace --json` writes it",
        }
    }

    /// The name of a file of these, where the user did not give one.
    pub fn file_name(self, what: &str) -> String {
        match self {
            Self::Mlflow => format!("{what}.mlflow.json"),
            Self::Otlp => format!("{what}.otlp.json"),
            Self::Jsonl => format!("{what}.jsonl"),
            Self::Trainset => "trainset.json".to_owned(),
            Self::Json => format!("{what}.json"),
        }
    }
}

/// Why traces were not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// They could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be written.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::Output(error.into())
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Traces, lines or examples.
    pub written: u64,
    /// Those that are gone, or of which there is nothing to write in this format.
    pub left_out: u64,
}

/// How traces are written.
pub struct Exporting<'w> {
    /// As what.
    pub format: ExportFormat,
    /// One trace was asked for: it stands alone, not as the only one of a list.
    pub is_single: bool,
    /// Where to.
    pub out: &'w mut dyn Write,
}

impl Exporting<'_> {
    /// Writes traces in this order.
    ///
    /// # Errors
    /// [`ExportError`]; what was written by then is not whole.
    pub fn write(mut self, session: &mut Session<'_>, traces: &[TraceId]) -> Result<Exported, ExportError> {
        if self.format == ExportFormat::Trainset {
            let mut trainset = Trainset::default();
            each(session, traces, |session, id| trainset.add(session, id))?;
            return trainset.write(self.out);
        }
        let (before, between, after) = self.frame();
        self.out.write_all(before.as_bytes())?;
        let mut written = 0;
        each(session, traces, |session, id| {
            let separator = if written == 0 { "" } else { between };
            let is_there = self.one(session, id, separator)?;
            written += u64::from(is_there);
            Ok(())
        })?;
        self.out.write_all(after.as_bytes())?;
        Ok(Exported { written, left_out: (traces.len() as u64).saturating_sub(written) })
    }

    /// What stands before, between and behind traces.
    fn frame(&self) -> (&'static str, &'static str, &'static str) {
        match self.format {
            ExportFormat::Otlp => ("{\"resourceSpans\":[\n", ",\n", "\n]}\n"),
            ExportFormat::Jsonl | ExportFormat::Trainset => ("", "", ""),
            ExportFormat::Mlflow | ExportFormat::Json if self.is_single => ("", "\n", "\n"),
            ExportFormat::Mlflow | ExportFormat::Json => ("[\n", ",\n", "\n]\n"),
        }
    }

    /// Writes one trace behind a separator; says whether it was there.
    fn one(&mut self, session: &mut Session<'_>, id: &TraceId, separator: &str) -> Result<bool, ExportError> {
        if self.format == ExportFormat::Json {
            return own::write(session, id, separator, self.out);
        }
        let Some(head) = session.store.trace(session.cx, id)? else { return Ok(false) };
        self.out.write_all(separator.as_bytes())?;
        match self.format {
            ExportFormat::Jsonl => lines::write(session, &head, self.out)?,
            ExportFormat::Otlp => otlp::write(session, &head, self.out)?,
            ExportFormat::Mlflow | ExportFormat::Trainset | ExportFormat::Json => {
                mlflow::write(session, &head, self.out)?;
            }
        }
        Ok(true)
    }
}

/// Goes through traces, obeys the cancel and tells how far it is.
fn each(
    session: &mut Session<'_>,
    traces: &[TraceId],
    mut one: impl FnMut(&mut Session<'_>, &TraceId) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    for (at, id) in traces.iter().enumerate() {
        session.cx.check()?;
        session.tell_progress(at, traces.len());
        if at % EXPECTED == 0 {
            let next: Vec<TraceId> = traces.iter().skip(at).take(EXPECTED).cloned().collect();
            session.store.expect_spans(session.cx, &next)?;
        }
        one(session, id)?;
    }
    Ok(())
}

/// Writes the spans of a trace, each as `shaped` makes it of its head and body, separated by commas. Not more than a
/// thousand bodies are in memory at once.
fn write_spans<T: Serialize>(
    session: &mut Session<'_>,
    head: &TraceHead,
    out: &mut dyn Write,
    shaped: impl Fn(&SpanHead, &SpanBody) -> T,
) -> Result<(), ExportError> {
    let id = &head.row.id;
    let spans = session.store.spans(session.cx, id)?;
    let mut separator = "";
    for some in bodies_at_once(session.store, &spans) {
        session.cx.check()?;
        let bodies = session.store.span_bodies(session.cx, id, some)?;
        for (span, body) in some.iter().zip(&bodies) {
            out.write_all(separator.as_bytes())?;
            serde_json::to_writer(&mut *out, &shaped(span, body))?;
            separator = ",";
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
