//! Spans: from the table `spans`, from the artifact `traces.json`, or from both.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::reader::Reader;
use super::remembered::Records;
use super::row;
use crate::model::mlflow::trace::{SIZES, SPANS_FILE};
use crate::model::{ArtifactOwner, Json, SpanBody, SpanFacts, SpanHandle, SpanHead, TraceId, Unmasked};
use crate::store::{Result, Sought, span_json};

/// Handles with this bit point into `traces.json`, the others are row ids of the table.
const IN_FILE: u64 = 1 << 63;

/// A `traces.json` is not read if it is larger.
const MAX_FILE_BYTES: u64 = 512 << 20;

/// A file is kept in memory for the next question if it is no larger.
const MAX_KEPT_BYTES: usize = 8 << 20;

impl Reader<'_> {
    /// See [`crate::store::Store::spans`].
    pub fn spans(&mut self, trace: &TraceId) -> Result<Vec<SpanHead>> {
        let mut heads = self.table_spans(trace)?;
        let promised = self.promised_spans(trace)?;
        if heads.is_empty() || promised.is_some_and(|promised| promised > heads.len() as u64) {
            self.add_file_spans(trace, &mut heads)?;
            self.warn_of_lost(trace, promised, heads.len() as u64);
        }
        // Stable: spans that start together stay as stored.
        heads.sort_by_key(|head| head.start_ns);
        Ok(heads)
    }

    /// Says so where the store promised more spans of a trace than there are.
    pub fn warn_of_lost(&self, trace: &TraceId, promised: Option<u64>, found: u64) {
        if let Some(promised) = promised.filter(|promised| *promised > found) {
            self.cx.warn(format!("trace {trace}"), format!("the store says it has {promised} spans and holds {found}"));
        }
    }

    pub fn table_spans(&self, trace: &TraceId) -> Result<Vec<SpanHead>> {
        let mut heads = Vec::new();
        if !self.schema.has("spans", "trace_id") {
            return Ok(heads);
        }
        // No column after `content` may be named here: SQLite would walk its overflow pages.
        let sql = "select rowid, span_id, parent_span_id, name, type, status, start_time_unix_nano, end_time_unix_nano \
                   from spans where trace_id = ?1 order by rowid";
        self.each(&format!("spans of trace {trace}"), sql, [trace.as_str()], |values| {
            let Some(rowid) = row::count(values, 0) else { return };
            let end_ns = row::int(values, 7);
            let status = row::name(values, 5).unwrap_or_default();
            heads.push(SpanHead {
                id: row::name(values, 1).unwrap_or_default(),
                parent_id: row::name(values, 2).filter(|parent| !parent.is_empty()),
                name: row::name(values, 3).unwrap_or_default(),
                kind: row::name(values, 4).filter(|kind| !kind.is_empty()).unwrap_or_else(|| "UNKNOWN".to_owned()),
                status: if end_ns.is_none() { "IN_PROGRESS".to_owned() } else { status },
                start_ns: row::int(values, 6).unwrap_or(0),
                end_ns,
                handle: SpanHandle(rowid & !IN_FILE),
            });
        })?;
        Ok(heads)
    }

    /// How many spans the store says that a trace has (`mlflow.trace.sizeStats`, MLflow ≥ 3.1).
    pub fn promised_spans(&self, trace: &TraceId) -> Result<Option<u64>> {
        if !self.schema.has("trace_request_metadata", "request_id") {
            return Ok(None);
        }
        let sql = format!("select value from trace_request_metadata where key = '{SIZES}' and request_id = ?1");
        let stats = self.first("metadata", &sql, [trace.as_str()], |values| row::text(values, 0))?.flatten();
        Ok(stats.and_then(|stats| span_count(&stats)))
    }

    fn add_file_spans(&mut self, trace: &TraceId, heads: &mut Vec<SpanHead>) -> Result<()> {
        let found = self.spans_of_file(trace, heads)?;
        heads.extend(found.into_iter().map(|(head, _)| head));
        Ok(())
    }

    /// The spans that are in a trace's `traces.json` and not among those of the table, each with its record.
    pub fn spans_of_file(&mut self, trace: &TraceId, in_table: &[SpanHead]) -> Result<Vec<(SpanHead, Unmasked<Json>)>> {
        let known: HashSet<&str> = in_table.iter().map(|head| head.id.as_str()).collect();
        let mut found = Vec::new();
        for (index, record) in self.trace_file(trace)?.iter().enumerate() {
            self.cx.check()?;
            match span_json::head(record, SpanHandle(IN_FILE | index as u64)) {
                Some(head) if known.contains(head.id.as_str()) => {}
                Some(head) => found.push((head, record.clone())),
                None => self.cx.warn(format!("trace {trace}"), format!("span {index} of {SPANS_FILE} has no id")),
            }
        }
        Ok(found)
    }

    /// How many spans are in a trace's `traces.json`, and in how many of them what is looked for may be, as far as
    /// bytes tell; `None` where they do not tell enough: it may be there and not only to be counted, or there is no
    /// such file, or a damaged one. That takes a fraction of decoding them.
    pub fn spans_of_file_by_bytes(&self, trace: &TraceId, sought: &Sought) -> Result<Option<[u64; 2]>> {
        #[derive(serde::Deserialize)]
        struct Counted<'a> {
            #[serde(borrow)]
            spans: Vec<&'a serde_json::value::RawValue>,
        }
        let owner = ArtifactOwner::Trace(trace.clone());
        let uri = self.artifact_uri(&owner)?;
        let Some(file) = self.artifacts.read(&owner, uri.as_ref(), SPANS_FILE, MAX_FILE_BYTES)? else {
            return Ok(None);
        };
        let bytes = file.bytes.as_stored_for_structure();
        let may_be_in = |bytes: &[u8]| sought.matcher.may_be_in(bytes);
        if !sought.is_counted && may_be_in(bytes) {
            return Ok(None);
        }
        Ok(serde_json::from_slice(bytes).ok().map(|Counted { spans }| {
            let in_spans = spans.iter().filter(|span| sought.is_counted && may_be_in(span.get().as_bytes()));
            [spans.len() as u64, in_spans.count() as u64]
        }))
    }

    /// The records of a trace's `traces.json`; none if there is no such file.
    fn trace_file(&mut self, trace: &TraceId) -> Result<Records> {
        let owner = ArtifactOwner::Trace(trace.clone());
        let uri = self.artifact_uri(&owner)?;
        let Some(file) = self.artifacts.read(&owner, uri.as_ref(), SPANS_FILE, MAX_FILE_BYTES)? else {
            if uri.is_some() && !self.schema.has_table("spans") {
                let what = "its spans are in a file, traces.json, that is not here; name the folder of the artifacts";
                self.cx.warn(format!("trace {trace}"), what);
            }
            return Ok(Arc::default());
        };
        if let Some(records) = self.trace_file.get(trace, file.full_size) {
            return Ok(Arc::clone(records));
        }
        let place = format!("{SPANS_FILE} of trace {trace}");
        if file.full_size > file.bytes.as_stored_for_structure().len() as u64 {
            self.cx.warn(&place, format!("it is too large to be read ({} bytes)", file.full_size));
            return Ok(Arc::default());
        }
        let decoded = file.bytes.decode();
        let mut entries = decoded.value.into_entries().into_iter().flatten();
        let listed = entries.find(|(key, _)| key == "spans").and_then(|(_, spans)| spans.into_items().ok());
        let records = listed.unwrap_or_else(|| {
            let what = if decoded.marks.is_raw { "it is no complete JSON document" } else { "it has no list of spans" };
            self.cx.warn(place, what);
            Vec::new()
        });
        let records = Arc::new(records);
        let is_small = file.bytes.as_stored_for_structure().len() <= MAX_KEPT_BYTES;
        self.trace_file.set(is_small.then(|| (trace.clone(), file.full_size, Arc::clone(&records))));
        Ok(records)
    }

    /// See [`crate::store::Store::span_facts`].
    pub fn span_facts(&mut self, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        let mut by_handle: HashMap<SpanHandle, SpanFacts> = HashMap::new();
        if spans.iter().any(|span| span.handle.0 & IN_FILE == 0) {
            let sql = "select rowid, content from spans where trace_id = ?1";
            let cx = self.cx;
            self.each(&format!("spans of trace {trace}"), sql, [trace.as_str()], |values| {
                if let Some(rowid) = row::count(values, 0)
                    && cx.check().is_ok()
                {
                    by_handle.insert(SpanHandle(rowid & !IN_FILE), span_json::facts(&row::bytes(values, 1)));
                }
            })?;
            cx.check()?;
        }
        if spans.iter().any(|span| span.handle.0 & IN_FILE != 0) {
            for (index, record) in self.trace_file(trace)?.iter().enumerate() {
                by_handle.insert(SpanHandle(IN_FILE | index as u64), span_json::facts_of(record));
            }
        }
        Ok(spans.iter().map(|span| by_handle.get(&span.handle).cloned().unwrap_or_default()).collect())
    }

    /// See [`crate::store::Store::span_body`].
    pub fn span_body(&mut self, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
        let place = format!("a span of trace {trace}");
        let reveal = self.cx.reveal();
        if span.0 & IN_FILE != 0 {
            let records = self.trace_file(trace)?;
            let record = usize::try_from(span.0 & !IN_FILE).ok().and_then(|index| records.get(index).cloned());
            return Ok(record.map(|record| span_json::body(record, reveal)));
        }
        let sql = "select content from spans where rowid = ?1 and trace_id = ?2";
        let params = (i64::try_from(span.0).unwrap_or(-1), trace.as_str());
        let found = self.first(&place, sql, params, |values| span_json::body_of(&row::bytes(values, 0), reveal))?;
        Ok(found.map(|(body, is_raw)| {
            self.warn_of_raw(trace, is_raw);
            body
        }))
    }

    /// See [`crate::store::Store::span_bodies`]. Those of the table are read in one go.
    pub fn span_bodies(&mut self, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanBody>> {
        let places: HashMap<SpanHandle, usize> = spans.iter().zip(0..).map(|(span, at)| (span.handle, at)).collect();
        let mut bodies: Vec<Option<SpanBody>> = Vec::new();
        bodies.resize_with(spans.len(), || None);
        if spans.iter().filter(|span| span.handle.0 & IN_FILE == 0).nth(1).is_some() {
            let sql = "select rowid, content from spans where trace_id = ?1";
            let (cx, reveal) = (self.cx, self.cx.reveal());
            self.each(&format!("spans of trace {trace}"), sql, [trace.as_str()], |values| {
                let place = row::count(values, 0).and_then(|rowid| places.get(&SpanHandle(rowid & !IN_FILE)));
                if let Some(slot) = place.and_then(|place| bodies.get_mut(*place))
                    && cx.check().is_ok()
                {
                    let (body, is_raw) = span_json::body_of(&row::bytes(values, 1), reveal);
                    self.warn_of_raw(trace, is_raw);
                    *slot = Some(body);
                }
            })?;
            cx.check()?;
        }
        // Those of a file, and what damage hid, one by one.
        let body = |(body, span): (Option<SpanBody>, &SpanHead)| match body {
            Some(body) => Ok(body),
            None => Ok(self.span_body(trace, span.handle)?.unwrap_or_default()),
        };
        bodies.into_iter().zip(spans).map(body).collect()
    }

    pub fn warn_of_raw(&self, trace: &TraceId, is_raw: bool) {
        if is_raw {
            self.cx.warn(format!("a span of trace {trace}"), "its content is no JSON and is shown as text");
        }
    }

    /// See [`crate::store::Store::span_beginning`].
    pub fn span_beginning(&mut self, trace: &TraceId, span: SpanHandle, most: usize) -> Result<Option<SpanBody>> {
        if span.0 & IN_FILE != 0 {
            return Ok(None);
        }
        // The length stands in the record's head; only a long content is touched.
        let sql = "select substr(content, 1, ?3) from spans \
                   where rowid = ?1 and trace_id = ?2 and octet_length(content) > ?3";
        let params = (i64::try_from(span.0).unwrap_or(-1), trace.as_str(), i64::try_from(most).unwrap_or(i64::MAX));
        let content = self.first("the beginning of a span", sql, params, |values| row::text(values, 0))?.flatten();
        Ok(content.and_then(|content| span_json::beginning(&content, self.cx.reveal())))
    }
}

/// Reads `num_spans` of `mlflow.trace.sizeStats`.
pub fn span_count(stats: &Unmasked<String>) -> Option<u64> {
    stats.decode().value.as_stored_for_structure().get("num_spans")?.as_u64()
}
