//! Two traces beside each other, as `diff-traces` prints them.

use super::Answer;
use crate::analysis::span_difference::PartDiff;
use crate::analysis::trace_alignment::RowChange;
use crate::cli::failure::Failure;
use crate::model::TraceId;
use crate::query::trace_alignment::{AlignedTraces, AlignedTracesOf, SpanPairOf};

/// One of the other traces beside the first.
pub(super) struct Compared {
    pub(super) ids: [TraceId; 2],
    pub(super) aligned: AlignedTraces,
    /// What the rows have in them: of the one that first differs, or with `--full` of all that differ.
    pub(super) parts: Vec<Option<Vec<PartDiff>>>,
    /// It was asked for all of them.
    pub(super) is_full: bool,
}

/// Compares two traces.
pub(super) fn compare(ids: [TraceId; 2], is_full: bool, answer: &mut Answer<'_>) -> Result<Compared, Failure> {
    let found = answer.session.ask(&AlignedTracesOf(ids[0].clone(), ids[1].clone()))?;
    let aligned = match &*found {
        Ok(aligned) => aligned.clone(),
        Err(gone) => return Err(answer.absent("trace", gone.as_str())),
    };
    let mut parts = Vec::with_capacity(aligned.alignment.rows.len());
    for (at, row) in aligned.alignment.rows.iter().enumerate() {
        let is_told = aligned.alignment.first == Some(at) || is_full && row.change != RowChange::Same;
        let question = SpanPairOf { traces: ids.clone(), spans: row.spans };
        parts.push(if is_told { Some(answer.session.ask(&question)?.as_ref().clone()) } else { None });
    }
    Ok(Compared { ids, aligned, parts, is_full })
}
