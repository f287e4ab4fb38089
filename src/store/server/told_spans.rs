//! Spans as MLflow's interface tells them (OTLP), turned into the records that its store holds: those of several traces
//! by one request (`batchGet`, MLflow ≥ 3.6), and those of one trace where the records themselves are out of reach
//! (`traces/get` with `allow_partial`, MLflow ≥ 3.7).
//!
//! The records are what one trace is shown by, since they are told byte by byte and for every trace. What is told here
//! has been decoded by the server: an attribute that it could not read looks like one without a value, half a surrogate
//! is a question mark, and unfinished traces are left out of a batch without a word. So batches serve whoever needs many
//! traces at once, and a trace of which anything is in doubt is asked for by itself.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use serde_json::json;

use super::Shared;
use super::client::Answer;
use super::fields::{list, name};
use super::known::SpanRecords;
use super::lists::AT_ONCE;
use super::spans::RECORDS;
use super::together::together;
use crate::model::{Json, TraceId, Unmasked, json as model_json};
use crate::store::otlp_values::pairs;
use crate::store::{ReadCx, Result, StoreError};

/// The spans of many traces.
const BATCH: &str = "/api/3.0/mlflow/traces/batchGet";
/// One trace with its spans.
const ONE: &str = "/api/3.0/mlflow/traces/get";

/// So many traces are asked for by one request: their ids are in its address.
const TRACES: usize = 60;
/// No more bytes than this by one request, as far as they are known.
const BYTES: u64 = 8 << 20;
/// Of a trace whose size is not known.
const USUAL: u64 = 64 << 10;

/// The records of the spans of one trace.
struct Told {
    trace: TraceId,
    records: Vec<Unmasked<Json>>,
}

impl Shared {
    /// See [`crate::store::Store::expect_spans`].
    pub fn expect_spans(&self, cx: &ReadCx, traces: &[TraceId]) -> Result<()> {
        let is_unknown = |trace: &&TraceId| {
            let is_known = self.spans.lock().unwrap_or_else(PoisonError::into_inner).holds(trace);
            let query = [("request_id", trace.as_str())];
            !is_known && !self.client.has_kept(cx, RECORDS, &query, self.proof_of_trace(trace).as_ref())
        };
        let unknown: Vec<&TraceId> = traces.iter().filter(is_unknown).collect();
        let one_by_one: Vec<&TraceId> = if unknown.len() < 2 || self.is_databricks || self.lacks_batches() {
            unknown
        } else {
            self.expect_batches(cx, &unknown)?;
            let known = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
            unknown.into_iter().filter(|trace| !known.holds(trace)).collect()
        };
        for some in one_by_one.chunks(AT_ONCE) {
            cx.check()?;
            together(cx, some, |cx, trace| self.records(cx, trace).map(|_| ()))?;
        }
        Ok(())
    }

    fn lacks_batches(&self) -> bool {
        self.lacks_batches.load(Ordering::Relaxed)
    }

    /// Keeps the spans of those traces that a batch tells without a doubt.
    fn expect_batches(&self, cx: &ReadCx, traces: &[&TraceId]) -> Result<()> {
        let batches = batches(traces, |trace| self.told_of(trace, "total_size_bytes").unwrap_or(USUAL));
        for some in batches.chunks(AT_ONCE) {
            cx.check()?;
            if self.lacks_batches() {
                return Ok(());
            }
            for told in together(cx, some, |cx, batch| self.batch(cx, batch))?.into_iter().flatten() {
                let bytes = told.records.iter().map(|one| model_json::bytes_of(one.as_stored_for_structure())).sum();
                let mut known = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
                known.keep(told.trace, SpanRecords::new(told.records).into(), bytes);
            }
        }
        Ok(())
    }

    /// What a server tells of some traces by one request; those that it does not tell are missing.
    fn batch(&self, cx: &ReadCx, traces: &[&TraceId]) -> Result<Vec<Told>> {
        let query: Vec<(&str, &str)> = traces.iter().map(|trace| ("trace_ids", trace.as_str())).collect();
        let found = match self.client.get(cx, BATCH, &query) {
            Ok(Answer::Found(found)) => found,
            // MLflow 3.1 – 3.5 takes the name of the endpoint for that of a trace, which it does not have.
            Ok(Answer::NoEndpoint | Answer::Absent) => {
                self.lacks_batches.store(true, Ordering::Relaxed);
                return Ok(Vec::new());
            }
            // One of them that MLflow cannot encode, or too large an answer: each is asked for by itself, and says so.
            Ok(Answer::Rejected(_)) | Err(StoreError::Answer { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let found = found.as_stored_for_structure();
        let told = list(found, "traces").iter().filter_map(|trace| {
            let id = name(trace.get("trace_info")?, "trace_id")?;
            let trace_id = traces.iter().find(|trace| trace.as_str() == id)?;
            let records = records(list(trace, "spans"))?;
            Some(Told { trace: (*trace_id).clone(), records })
        });
        Ok(told.collect())
    }

    /// The document that holds the records of one trace, made of what the interface tells of it.
    pub(super) fn told_document(&self, cx: &ReadCx, trace: &TraceId) -> Result<Answer<Unmasked<Json>>> {
        let query = [("trace_id", trace.as_str()), ("allow_partial", "true")];
        Ok(match self.client.get(cx, ONE, &query)? {
            Answer::Found(found) => {
                let spans = found.as_stored_for_structure().get("trace").map_or(&[][..], |trace| list(trace, "spans"));
                let spans: Vec<Json> = spans.iter().map(|span| record(span).0).collect();
                Answer::Found(Unmasked::new(json!({ "spans": spans })))
            }
            Answer::Absent => Answer::Absent,
            Answer::NoEndpoint => Answer::NoEndpoint,
            Answer::Rejected(why) => Answer::Rejected(why),
        })
    }
}

/// Traces in such pieces as one request is for.
fn batches<'t>(traces: &[&'t TraceId], bytes_of: impl Fn(&TraceId) -> u64) -> Vec<Vec<&'t TraceId>> {
    let (mut all, mut bytes) = (Vec::<Vec<&TraceId>>::new(), 0_u64);
    for trace in traces {
        let own = bytes_of(trace);
        bytes = bytes.saturating_add(own);
        match all.last_mut().filter(|batch| batch.len() < TRACES && bytes <= BYTES) {
            Some(batch) => batch.push(trace),
            None => {
                all.push(vec![trace]);
                bytes = own;
            }
        }
    }
    all
}

/// The records of some spans; `None` if anything of them is in doubt.
fn records(spans: &[Json]) -> Option<Vec<Unmasked<Json>>> {
    let sure = |span| {
        let (record, is_sure) = record(span);
        is_sure.then(|| Unmasked::new(record))
    };
    spans.iter().map(sure).collect::<Option<Vec<_>>>().filter(|records| !records.is_empty())
}

/// The record that MLflow's store holds of a span, and whether each of its attributes has a value: without one it was
/// null, or could not be read.
fn record(span: &Json) -> (Json, bool) {
    let Some(span) = span.as_object() else { return (span.clone(), false) };
    let (mut record, mut is_sure) = (span.clone(), true);
    if let Some(attributes) = record.get_mut("attributes") {
        let values = pairs(attributes);
        is_sure = values.values().all(|value| !value.is_null());
        *attributes = values.into_iter().map(|(key, value)| (key, Json::from(value.to_string()))).collect();
    }
    // Those of events stand there as they are.
    for event in record.get_mut("events").and_then(Json::as_array_mut).into_iter().flatten() {
        if let Some(attributes) = event.get_mut("attributes") {
            *attributes = Json::Object(pairs(attributes));
        }
    }
    (Json::Object(record), is_sure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_as_its_record() {
        let attribute = |key: &str, value: Json| json!({"key": key, "value": value});
        let asked = json!({"kvlist_value": {"values": [attribute("q", json!({"string_value": "é"}))]}});
        let kind = json!({"string_value": "LLM"});
        let error = json!({"string_value": "KeyError"});
        let span = |asked: Json| {
            json!({"span_id": "cMLpN80tVVE=", "name": "x", "start_time_unix_nano": 12,
                "attributes": [attribute("mlflow.spanInputs", asked), attribute("mlflow.spanType", kind.clone())],
                "events": [{"name": "exception", "attributes": [attribute("exception.type", error.clone())]}]})
        };
        let wanted = json!({"span_id": "cMLpN80tVVE=", "name": "x", "start_time_unix_nano": 12,
            "attributes": {"mlflow.spanInputs": r#"{"q":"é"}"#, "mlflow.spanType": r#""LLM""#},
            "events": [{"name": "exception", "attributes": {"exception.type": "KeyError"}}]});
        assert_eq!(record(&span(asked.clone())), (wanted, true));
        assert!(records(&[span(asked.clone()), span(json!({}))]).is_none(), "null, or not read");
        assert_eq!(records(&[span(asked)]).map(|records| records.len()), Some(1));
        assert!(records(&[]).is_none() && records(&[json!(7)]).is_none());
    }

    #[test]
    fn no_request_is_for_too_many_traces_or_bytes() {
        let ids: Vec<TraceId> = (0..130).map(|at| TraceId::from(format!("tr-{at}"))).collect();
        let ids: Vec<&TraceId> = ids.iter().collect();
        let sizes = |bytes: u64| batches(&ids, |_| bytes).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(USUAL), [60, 60, 10]);
        assert_eq!(sizes(BYTES / 2).len(), 65);
        assert_eq!(sizes(u64::MAX).len(), 130, "each by itself");
        assert_eq!(batches(&ids, |_| 1).concat(), ids);
    }
}
