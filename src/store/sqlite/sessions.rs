//! Which traces belong to a session.

use super::reader::Reader;
use super::row;
use super::trace_lists::order_by;
use crate::model::Session;
use crate::model::mlflow::trace::SESSION;
use crate::store::{Result, TraceHandle, TraceQuery};

impl Reader<'_> {
    /// What names the session of a trace `t`, as a piece of a `select`: the column of MLflow ≥ 3.17, else
    /// metadata. `null` if neither is there.
    pub fn session_column(&self) -> String {
        let column = self.schema.column("trace_info", "t", "session_id");
        if !self.schema.has("trace_request_metadata", "request_id") {
            return column;
        }
        let metadata = format!(
            "(select value from trace_request_metadata m where m.key = '{SESSION}' and m.request_id = t.request_id)"
        );
        if column == "null" { metadata } else { format!("coalesce(nullif({column}, ''), {metadata})") }
    }

    /// See [`crate::store::Store::trace_sessions`].
    pub fn trace_sessions(&self, query: &TraceQuery) -> Result<Vec<(TraceHandle, Session)>> {
        let mut found = Vec::new();
        if !self.schema.has("trace_info", "request_id") {
            return Ok(found);
        }
        let mut wanted = self.wanted(query);
        // Usually one of the two ways names no session at all, and need not be tried for each trace.
        let session = if self.has_session_metadata()? {
            self.session_column()
        } else {
            self.schema.column("trace_info", "t", "session_id")
        };
        wanted.and("session is not null");
        let sql = format!(
            "select t.rowid, {session} as session from trace_info t {} {}",
            wanted.clause(),
            order_by(query.order)
        );
        self.each("sessions", &sql, rusqlite::params_from_iter(&wanted.params), |values| {
            let session = row::text(values, 1).and_then(|text| Session::read(text, self.cx.reveal()));
            found.extend(row::count(values, 0).map(TraceHandle).zip(session));
        })?;
        Ok(found)
    }

    fn has_session_metadata(&self) -> Result<bool> {
        if !self.schema.has("trace_request_metadata", "request_id") {
            return Ok(false);
        }
        let sql = "select 1 from trace_request_metadata where key = ?1 limit 1";
        Ok(self.first("sessions", sql, [SESSION], |_| ())?.is_some())
    }
}
