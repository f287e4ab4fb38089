//! Lines of lists of traces.

use rusqlite::Row;

use super::cached::CallTimes;
use super::reader::Reader;
use super::row;
use super::spans::span_count;
use crate::model::mlflow::trace as keys;
use crate::model::{Cached, ExperimentId, RunId, Session, Shown, Tokens, TraceId, TracePreview, TraceRow};
use crate::store::{Result, TraceHandle};

impl Reader<'_> {
    /// A select of `request_id` and `run` that says which run each trace was recorded in, each
    /// pair once; with a parameter only those of one run. `None` if the store does not tell.
    pub fn run_links(&self, parameter: Option<usize>) -> Option<String> {
        let only = |column: &str| parameter.map_or(String::new(), |place| format!(" and {column} = ?{place}"));
        let mut ways = Vec::new();
        if self.schema.has("trace_request_metadata", "request_id") {
            ways.push(format!(
                "select request_id, value as run from trace_request_metadata where key = '{}'{}",
                keys::RUN,
                only("value")
            ));
        }
        if self.schema.has("entity_associations", "destination_id") {
            ways.push(format!(
                "select source_id as request_id, destination_id as run from entity_associations \
                 where destination_type = 'run' and source_type = 'trace'{}",
                only("destination_id")
            ));
        }
        (!ways.is_empty()).then(|| ways.join(" union "))
    }

    /// Whether a trace `t` was recorded in the run that is the parameter of this place, as a condition.
    pub fn is_of_run(&self, parameter: usize) -> String {
        let mut ways = Vec::new();
        if self.schema.has("trace_request_metadata", "request_id") {
            let key = keys::RUN;
            ways.push(format!(
                "exists (select 1 from trace_request_metadata r where r.key = '{key}' \
                 and r.request_id = t.request_id and r.value = ?{parameter})"
            ));
        }
        if self.schema.has("entity_associations", "destination_id") {
            ways.push(format!(
                "exists (select 1 from entity_associations a where a.source_type = 'trace' \
                 and a.source_id = t.request_id and a.destination_type = 'run' and a.destination_id = ?{parameter})"
            ));
        }
        if ways.is_empty() { "0".to_owned() } else { format!("({})", ways.join(" or ")) }
    }

    /// See [`crate::store::Store::trace_ids`].
    pub fn trace_ids(&self, prefix: &str, limit: usize) -> Result<Vec<TraceId>> {
        let mut found = Vec::new();
        if self.schema.has("trace_info", "request_id") {
            // A range of the primary key: `like` and `substr` would look at every row.
            let sql =
                "select request_id from trace_info where request_id >= ?1 and request_id < ?2 order by 1 limit ?3";
            let end = format!("{prefix}{}", char::MAX);
            self.each("traces", sql, (prefix, end, i64::try_from(limit).unwrap_or(i64::MAX)), |values| {
                found.extend(row::name(values, 0).map(TraceId::from));
            })?;
        }
        Ok(found)
    }

    /// See [`crate::store::Store::trace_rows`].
    pub fn trace_rows(&self, handles: &[TraceHandle]) -> Result<Vec<TraceRow>> {
        let sql = format!("{} where t.rowid = ?1", self.trace_columns());
        let _look = self.look()?;
        let mut found = Vec::with_capacity(handles.len());
        let times = CallTimes::default();
        for handle in handles {
            let rowid = i64::try_from(handle.0).unwrap_or(-1);
            if let Some(Some(trace)) = self.first("traces", &sql, [rowid], |values| self.trace_row(values))? {
                found.push(self.complete(trace, &times)?);
            }
        }
        Ok(found)
    }

    /// One line by the trace's id.
    pub fn trace_row_of(&self, trace: &TraceId) -> Result<Option<TraceRow>> {
        if !self.schema.has("trace_info", "request_id") {
            return Ok(None);
        }
        let sql = format!("{} where t.request_id = ?1", self.trace_columns());
        match self.first("traces", &sql, [trace.as_str()], |values| self.trace_row(values))? {
            Some(Some(trace)) => Ok(Some(self.complete(trace, &CallTimes::default())?)),
            _ => Ok(None),
        }
    }

    /// See [`crate::store::Store::trace_previews`].
    pub fn trace_previews(&self, handles: &[TraceHandle]) -> Result<Vec<TracePreview>> {
        let [request, response] = self.preview_columns();
        let sql = format!("select t.request_id, {request}, {response} from trace_info t where t.rowid = ?1");
        let _look = self.look()?;
        let mut found = Vec::with_capacity(handles.len());
        for handle in handles {
            let rowid = i64::try_from(handle.0).unwrap_or(-1);
            let preview = self.first("traces", &sql, [rowid], |values| {
                let (request, response) = (self.preview(values, 1), self.preview(values, 2));
                Some(TracePreview { id: TraceId::from(row::name(values, 0)?), request, response })
            })?;
            found.extend(preview.flatten());
        }
        Ok(found)
    }

    /// The beginning of what was given or given back, in a column; `None` if it is empty.
    fn preview(&self, values: &Row<'_>, column: usize) -> Option<Shown> {
        let text = row::text(values, column)?.shown("", self.cx.reveal());
        (!text.as_str().is_empty()).then_some(text)
    }

    /// What traces `t` were given and gave back, as pieces of a `select`.
    pub fn preview_columns(&self) -> [String; 2] {
        [("request_preview", keys::INPUTS), ("response_preview", keys::OUTPUTS)].map(|(name, key)| {
            let (column, metadata) = (self.schema.column("trace_info", "t", name), self.metadata_column(key));
            if column == "null" { metadata } else { format!("coalesce({column}, {metadata})") }
        })
    }

    /// Metadata of traces `t`, as a piece of a `select`.
    pub fn metadata_column(&self, key: &str) -> String {
        if !self.schema.has("trace_request_metadata", "request_id") {
            return "null".to_owned();
        }
        format!("(select value from trace_request_metadata m where m.key = '{key}' and m.request_id = t.request_id)")
    }

    fn trace_columns(&self) -> String {
        let column = |name| self.schema.column("trace_info", "t", name);
        let metadata = |key: &str| self.metadata_column(key);
        let [request, response] = self.preview_columns();
        let columns = [
            "t.request_id".to_owned(),
            column("experiment_id"),
            self.name_column(),
            column("status"),
            column("timestamp_ms"),
            column("execution_time_ms"),
            column("input_tokens"),
            column("output_tokens"),
            column("total_tokens"),
            column("total_cost"),
            request,
            response,
            metadata(keys::RUN),
            metadata(keys::SIZES),
            metadata(keys::TOKENS),
            metadata(keys::COST),
            self.session_column(),
        ];
        format!("select {} from trace_info t", columns.join(", "))
    }

    fn trace_row(&self, values: &Row<'_>) -> Option<TraceRow> {
        let decoded = |column| row::text(values, column).map(|text| text.decode().value);
        let tokens = Tokens::new(row::count(values, 6), row::count(values, 7), row::count(values, 8));
        Some(TraceRow {
            id: TraceId::from(row::name(values, 0)?),
            experiment_id: ExperimentId::from(row::name(values, 1).unwrap_or_default()),
            run_id: row::name(values, 12).filter(|run| !run.is_empty()).map(RunId::from),
            name: row::name(values, 2).unwrap_or_default(),
            status: row::name(values, 3).unwrap_or_default(),
            start_time_ms: row::int(values, 4).unwrap_or(0),
            duration_ms: row::int(values, 5),
            tokens: tokens.or_else(|| Tokens::from_usage(decoded(14)?.as_stored_for_structure())),
            cost_usd: row::real(values, 9)
                .or_else(|| decoded(15)?.as_stored_for_structure().get("total_cost")?.as_f64()),
            cached: None,
            span_count: row::text(values, 13).and_then(|stats| span_count(&stats)),
            session: row::text(values, 16).and_then(|text| Session::read(text, self.cx.reveal())),
            request_preview: self.preview(values, 10),
            response_preview: self.preview(values, 11),
        })
    }

    /// Looks elsewhere for what the row and its metadata do not tell.
    fn complete(&self, mut trace: TraceRow, times: &CallTimes) -> Result<TraceRow> {
        let id = trace.id.as_str();
        if trace.run_id.is_none() && self.schema.has("entity_associations", "destination_id") {
            let sql = "select destination_id from entity_associations \
                       where source_type = 'trace' and source_id = ?1 and destination_type = 'run' limit 1";
            trace.run_id = self.first("traces", sql, [id], |values| row::name(values, 0))?.flatten().map(RunId::from);
        }
        if trace.tokens.is_none() && self.schema.has("trace_metrics", "request_id") {
            let (mut input, mut output, mut total) = (None, None, None);
            self.each("trace metrics", "select key, value from trace_metrics where request_id = ?1", [id], |values| {
                match row::key(values, 0) {
                    b"input_tokens" => input = row::count(values, 1),
                    b"output_tokens" => output = row::count(values, 1),
                    b"total_tokens" => total = row::count(values, 1),
                    _ => {}
                }
            })?;
            trace.tokens = Tokens::new(input, output, total);
        }
        if !self.schema.has("spans", "trace_id") {
            trace.cached = trace.tokens.map(|_| Cached::No);
            return Ok(trace);
        }
        if trace.span_count.is_none() {
            let sql = "select count(*) from spans where trace_id = ?1";
            let counted = self.first("spans", sql, [id], |values| row::count(values, 0))?.flatten();
            trace.span_count = counted.filter(|count| *count > 0);
        }
        trace.cached = self.cached(&trace, times)?;
        Ok(trace)
    }
}
