//! The spans of a trace: all of its records at once, as they stand in the server's store, unfinished ones too
//! (`get-trace-artifact`, MLflow 2.14 – 3.18).

use std::sync::{Arc, PoisonError};

use super::Shared;
use super::artifacts::is_plain;
use super::client::Answer;
use super::known::Records;
use crate::model::mlflow::trace::{SIZES, SPANS_FILE};
use crate::model::{ArtifactOwner, Json, SpanBody, SpanFacts, SpanHandle, SpanHead, TraceId, Unmasked, json};
use crate::store::{ReadCx, Result, span_json};

impl Shared {
    /// See [`crate::store::Store::spans`].
    pub fn spans_of(&self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>> {
        let mut heads = Vec::new();
        for (record, index) in self.records(cx, trace)?.iter().zip(0..) {
            match span_json::head(record, SpanHandle(index)) {
                Some(head) => heads.push(head),
                None => cx.warn(format!("trace {trace}"), format!("span {index} has no id")),
            }
        }
        if let Some(info) = self.known_info(trace) {
            let info = info.as_stored_for_structure();
            let sizes = super::fields::stored(info, "trace_metadata", SIZES).map(|sizes| sizes.decode().value);
            let promised = sizes.and_then(|sizes| sizes.as_stored_for_structure().get("num_spans")?.as_u64());
            if let Some(promised) = promised.filter(|promised| *promised > heads.len() as u64) {
                let found = heads.len();
                cx.warn(format!("trace {trace}"), format!("the store says it has {promised} spans and holds {found}"));
            }
        }
        // Stable: spans that start together stay as stored.
        heads.sort_by_key(|head| head.start_ns);
        Ok(heads)
    }

    /// See [`crate::store::Store::span_facts`].
    pub fn span_facts(&self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        let records = self.records(cx, trace)?;
        let facts = |span: &SpanHead| at(&records, span.handle).map(span_json::facts_of).unwrap_or_default();
        Ok(spans.iter().map(facts).collect())
    }

    /// See [`crate::store::Store::span_body`].
    pub fn span_body(&self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
        let records = self.records(cx, trace)?;
        Ok(at(&records, span).map(|record| span_json::body(record.clone(), cx.reveal())))
    }

    /// The records of a trace, in the order of the server.
    fn records(&self, cx: &ReadCx, trace: &TraceId) -> Result<Records> {
        let known = self.spans.lock().unwrap_or_else(PoisonError::into_inner).get(trace);
        if let Some(records) = known {
            return Ok(records);
        }
        let found = match self.document_of(cx, trace)? {
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
        let records: Records = Arc::new(spans.unwrap_or_default());
        let mut known = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        known.keep(trace.clone(), Arc::clone(&records), bytes);
        Ok(records)
    }

    /// The document that holds the records of a trace.
    fn document_of(&self, cx: &ReadCx, trace: &TraceId) -> Result<Answer<Unmasked<Json>>> {
        if !self.is_databricks {
            let path = "/ajax-api/2.0/mlflow/get-trace-artifact";
            return self.client.get(cx, path, &[("request_id", trace.as_str())]);
        }
        if !is_plain(trace.as_str()) {
            return Ok(Answer::Absent);
        }
        let most = json::MAX_BYTES as u64;
        Ok(match self.signed_file(cx, &ArtifactOwner::Trace(trace.clone()), "", most)? {
            Answer::Found(found) if found.is_cut => {
                Answer::Rejected(format!("its spans have more than {} MB", most >> 20))
            }
            Answer::Found(found) => Answer::Found(json::decode(found.bytes.as_stored_for_structure()).value),
            Answer::Absent => Answer::Absent,
            Answer::NoEndpoint => Answer::NoEndpoint,
            Answer::Rejected(why) => Answer::Rejected(why),
        })
    }
}

fn at<T>(list: &[T], SpanHandle(at): SpanHandle) -> Option<&T> {
    usize::try_from(at).ok().and_then(|at| list.get(at))
}
