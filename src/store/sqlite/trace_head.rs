//! One trace without its spans.

use super::reader::Reader;
use super::row;
use crate::model::{Assessment, Entry, Json, Shown, TraceHead, TraceId};
use crate::store::Result;

impl Reader<'_> {
    /// See [`crate::store::Store::trace`].
    pub fn trace(&self, trace: &TraceId) -> Result<Option<TraceHead>> {
        let Some(row) = self.trace_row_of(trace)? else { return Ok(None) };
        Ok(Some(TraceHead {
            row,
            tags: self.entries("trace_tags", trace)?,
            metadata: self.entries("trace_request_metadata", trace)?,
            assessments: self.assessments(trace)?,
            client_request_id: self.client_request_id(trace)?,
        }))
    }

    fn client_request_id(&self, trace: &TraceId) -> Result<Option<Shown>> {
        if !self.schema.has("trace_info", "client_request_id") {
            return Ok(None);
        }
        let sql = "select client_request_id from trace_info where request_id = ?1";
        let id = self.first("traces", sql, [trace.as_str()], |values| row::text(values, 0))?.flatten();
        let id = id.map(|id| id.shown("", self.cx.reveal()));
        Ok(id.filter(|id| !id.as_str().is_empty()))
    }

    fn entries(&self, table: &str, trace: &TraceId) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        if self.schema.has(table, "request_id") {
            let sql = format!("select key, value from {table} where request_id = ?1 order by key");
            self.each(table, &sql, [trace.as_str()], |values| {
                let key = row::name(values, 0).unwrap_or_default();
                let value = row::stored(values, 1).shown(&key, self.cx.reveal());
                found.push(Entry { key: key.into(), value });
            })?;
        }
        Ok(found)
    }

    fn assessments(&self, trace: &TraceId) -> Result<Vec<Assessment>> {
        let mut found = Vec::new();
        if !self.schema.has("assessments", "trace_id") {
            return Ok(found);
        }
        let column = |name| self.schema.column("assessments", "a", name);
        let sql = format!(
            "select {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {} from assessments a where a.trace_id = ?1 order by 9, rowid",
            column("name"),
            column("assessment_type"),
            column("value"),
            column("error"),
            column("rationale"),
            column("source_type"),
            column("source_id"),
            column("span_id"),
            column("created_timestamp"),
            column("valid"),
            column("assessment_id"),
            column("overrides"),
            column("assessment_metadata"),
        );
        let reveal = self.cx.reveal();
        self.each("assessments", &sql, [trace.as_str()], |values| {
            let text = |column| row::name(values, column).unwrap_or_default();
            let readable = |column| Some(row::text(values, column)?.readable(reveal));
            let name = text(0);
            found.push(Assessment {
                kind: text(1),
                value: row::stored(values, 2).decode().value.mask(&name, reveal),
                name,
                error: row::text(values, 3).map(|text| text.readable_json(reveal)).filter(|error| !error.is_empty()),
                rationale: readable(4),
                source_type: text(5),
                source_id: readable(6),
                span_id: row::name(values, 7),
                created_ms: row::int(values, 8),
                is_valid: row::int(values, 9) != Some(0),
                id: text(10),
                overrides: row::name(values, 11).filter(|id| !id.is_empty()),
                metadata: row::text(values, 12).map_or(Json::Null, |text| text.decode().value.mask("", reveal)),
            });
        })?;
        Ok(found)
    }
}
