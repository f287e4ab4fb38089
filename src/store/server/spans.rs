//! The spans of a trace: all of its records at once, as they stand in the server's store, unfinished ones too
//! (`get-trace-artifact`, MLflow 2.14 – 3.18), or as its interface tells them ([`super::told_spans`]).

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::Shared;
use super::artifacts::is_plain;
use super::client::Answer;
use super::kept::{Got, Proof, of_trace};
use super::known::{Records, SpanRecords};
use super::standing::now_ms;
use crate::model::mlflow::trace::{SIZES, SPANS_FILE};
use crate::model::{ArtifactOwner, Json, SpanBody, SpanFacts, SpanHandle, SpanHead, TraceId, Unmasked, json};
use crate::store::{ReadCx, Result, span_json};

/// The spans of a trace as they stand in the store of the server.
pub const RECORDS: &str = "/ajax-api/2.0/mlflow/get-trace-artifact";

impl Shared {
    /// See [`crate::store::Store::spans`].
    pub fn spans_of(&self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>> {
        let mut heads = Vec::new();
        let records = self.records(cx, trace)?;
        for (index, (record, handle)) in records.with_handles().enumerate() {
            match handle.and_then(|handle| span_json::head(record, handle)) {
                Some(head) => heads.push(head),
                None => cx.warn(format!("trace {trace}"), format!("span {index} has no id")),
            }
        }
        if let Some(promised) = self.promised(trace).filter(|promised| *promised > heads.len() as u64) {
            let found = heads.len();
            cx.warn(format!("trace {trace}"), format!("the store says it has {promised} spans and holds {found}"));
        }
        // Stable: spans that start together stay as stored.
        heads.sort_by_key(|head| head.start_ns);
        Ok(heads)
    }

    /// See [`crate::store::Store::span_facts`].
    pub fn span_facts(&self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        let records = self.records(cx, trace)?;
        let facts = |span: &SpanHead| records.at(span.handle).map(span_json::facts_of);
        Ok(spans.iter().map(|span| facts(span).unwrap_or_default()).collect())
    }

    /// See [`crate::store::Store::span_body`].
    pub fn span_body(&self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
        let records = self.records(cx, trace)?;
        Ok(records.at(span).map(|record| span_json::body(record.clone(), cx.reveal())))
    }

    /// How many spans the server says that a trace has.
    fn promised(&self, trace: &TraceId) -> Option<u64> {
        self.told_of(trace, "num_spans")
    }

    /// One of the sizes that a server knows of a trace's spans: `num_spans`, `total_size_bytes` (MLflow ≥ 3.1).
    pub(super) fn told_of(&self, trace: &TraceId, size: &str) -> Option<u64> {
        let info = self.known_info(trace)?;
        let sizes = super::fields::stored(info.as_stored_for_structure(), "trace_metadata", SIZES)?.decode().value;
        sizes.as_stored_for_structure().get(size)?.as_u64()
    }

    /// What shows that the spans of a trace are what they were; `None` while they may change.
    pub fn proof_of_trace(&self, trace: &TraceId) -> Option<Proof> {
        of_trace(self.known_info(trace)?.as_stored_for_structure(), now_ms())
    }

    /// Whether all spans are there and have ended.
    fn is_whole(&self, trace: &TraceId, records: &SpanRecords) -> bool {
        let has_ended = |record| span_json::head(record, SpanHandle(0)).is_some_and(|head| head.end_ns.is_some());
        let is_enough = self.promised(trace).is_none_or(|promised| promised <= records.all().len() as u64);
        is_enough && !records.all().is_empty() && records.all().iter().all(has_ended)
    }

    /// The records of a trace, in the order of the server.
    pub(super) fn records(&self, cx: &ReadCx, trace: &TraceId) -> Result<Records> {
        let known = self.spans.lock().unwrap_or_else(PoisonError::into_inner).get(trace);
        if let Some(records) = known {
            return Ok(records);
        }
        let holds = self.proof_of_trace(trace);
        let (answer, got) = self.document_of(cx, trace, holds.as_ref())?;
        let found = match answer {
            Answer::Found(found) => found,
            Answer::Absent => return Ok(Records::default()),
            Answer::NoEndpoint => {
                cx.warn(format!("trace {trace}"), "this server gives no spans");
                return Ok(Records::default());
            }
            Answer::Rejected(why) => {
                cx.warn(format!("trace {trace}"), why);
                return Ok(Records::default());
            }
        };
        let bytes = json::bytes_of(found.as_stored_for_structure());
        let mut entries = found.into_entries().into_iter().flatten();
        let spans = entries.find(|(key, _)| key == "spans").and_then(|(_, spans)| spans.into_items().ok());
        if spans.is_none() {
            cx.warn(format!("{SPANS_FILE} of trace {trace}"), "it has no list of spans");
        }
        let records: Records = Arc::new(SpanRecords::new(spans.unwrap_or_default()));
        if self.is_whole(trace, &records) {
            self.client.seal(cx, got, holds.as_ref());
        }
        let mut known = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        known.keep(trace.clone(), Arc::clone(&records), bytes);
        Ok(records)
    }

    /// The document that holds the records of a trace, and what can be sealed of it.
    fn document_of(
        &self,
        cx: &ReadCx,
        trace: &TraceId,
        holds: Option<&Proof>,
    ) -> Result<(Answer<Unmasked<Json>>, Option<Got>)> {
        if !self.is_databricks {
            if !self.lacks_records.load(Ordering::Relaxed) {
                let found = self.client.get_lasting(cx, RECORDS, &[("request_id", trace.as_str())], holds)?;
                if !matches!(found.0, Answer::NoEndpoint) {
                    return Ok(found);
                }
                self.lacks_records.store(true, Ordering::Relaxed);
            }
            return Ok((self.told_document(cx, trace)?, None));
        }
        if !is_plain(trace.as_str()) {
            return Ok((Answer::Absent, None));
        }
        let most = json::MAX_BYTES as u64;
        let answer = match self.signed_file(cx, &ArtifactOwner::Trace(trace.clone()), "", most)? {
            Answer::Found(found) if found.is_cut => {
                Answer::Rejected(format!("its spans have more than {} MB", most >> 20))
            }
            Answer::Found(found) => Answer::Found(json::decode(found.bytes.as_stored_for_structure()).value),
            Answer::Absent => Answer::Absent,
            Answer::NoEndpoint => Answer::NoEndpoint,
            Answer::Rejected(why) => Answer::Rejected(why),
        };
        Ok((answer, None))
    }
}
