//! Single columns of lists of traces: as pieces of a statement, and read for all of a list at once.

use rusqlite::Row;

use super::reader::Reader;
use super::row;
use super::trace_lists::Wanted;
use crate::model::mlflow::trace as keys;
use crate::model::{Reveal, Session, Shown, Unmasked};
use crate::store::{Result, TraceColumn, TraceHandle, TraceQuery, TraceValue};

impl Reader<'_> {
    /// A column of traces `t` as a piece of a statement: null where a trace has nothing there. What is stored, which
    /// may have to be masked.
    pub fn trace_column(&self, wanted: &mut Wanted, column: &TraceColumn) -> String {
        let own = |name: &str| self.schema.column("trace_info", "t", name);
        match column {
            TraceColumn::Id => "t.request_id".to_owned(),
            TraceColumn::Status => format!("nullif({}, '')", own("status")),
            TraceColumn::Name => format!("nullif({}, '')", self.name_column()),
            TraceColumn::Run => self.run_column(),
            TraceColumn::Experiment => format!("cast({} as text)", own("experiment_id")),
            TraceColumn::Session => format!("nullif({}, '')", self.session_column()),
            TraceColumn::Started => "nullif(t.timestamp_ms, 0)".to_owned(),
            TraceColumn::Duration => own("execution_time_ms"),
            TraceColumn::Tokens => self.tokens_column(),
            TraceColumn::Cost => self.cost_column(),
            TraceColumn::Input => format!("nullif({}, '')", self.preview_columns()[0]),
            TraceColumn::Output => format!("nullif({}, '')", self.preview_columns()[1]),
            TraceColumn::Tag(key) => self.entry_column(wanted, "trace_tags", key),
            TraceColumn::Metadata(key) => self.entry_column(wanted, "trace_request_metadata", key),
            TraceColumn::Assessment { name, kind } => self.assessment_column(wanted, name, *kind),
        }
    }

    fn run_column(&self) -> String {
        let metadata = format!("nullif({}, '')", self.metadata_column(keys::RUN));
        if !self.schema.has("entity_associations", "destination_id") {
            return metadata;
        }
        let linked = "(select destination_id from entity_associations a where a.source_type = 'trace' \
                      and a.source_id = t.request_id and a.destination_type = 'run' limit 1)";
        format!("coalesce({metadata}, {linked})")
    }

    /// As a line is made: the columns, else the metadata, else the metrics of the trace.
    fn tokens_column(&self) -> String {
        let own = |name: &str| self.schema.column("trace_info", "t", name);
        let (input, output, total) = (own("input_tokens"), own("output_tokens"), own("total_tokens"));
        let metadata = self.metadata_column(keys::TOKENS);
        let told = format!(
            "(select case when json_valid(u) then coalesce(json_extract(u, '$.total_tokens'), \
             json_extract(u, '$.input_tokens') + json_extract(u, '$.output_tokens')) end from (select {metadata} as u))"
        );
        let metrics = if self.schema.has("trace_metrics", "request_id") {
            "(select value from trace_metrics x where x.request_id = t.request_id and x.key = 'total_tokens')"
        } else {
            "null"
        };
        format!("coalesce({total}, {input} + {output}, {told}, {metrics})")
    }

    fn cost_column(&self) -> String {
        let metadata = self.metadata_column(keys::COST);
        let told = format!(
            "(select case when json_valid(u) then json_extract(u, '$.total_cost') end from (select {metadata} as u))"
        );
        format!("coalesce({}, {told})", self.schema.column("trace_info", "t", "total_cost"))
    }

    fn entry_column(&self, wanted: &mut Wanted, table: &str, key: &str) -> String {
        if !self.schema.has(table, "request_id") {
            return "null".to_owned();
        }
        let key = wanted.param(key.to_owned());
        format!("(select coalesce(value, '') from {table} e where e.key = {key} and e.request_id = t.request_id)")
    }

    /// All that are valid, as a list in JSON, by time.
    fn assessment_column(&self, wanted: &mut Wanted, name: &str, kind: Option<&str>) -> String {
        if !self.schema.has("assessments", "trace_id") {
            return "null".to_owned();
        }
        let name = wanted.param(name.to_owned());
        let valid = self.schema.column("assessments", "a", "valid");
        let kind = kind.map_or(String::new(), |kind| format!(" and a.assessment_type = '{kind}'"));
        format!(
            "(select nullif(json_group_array(case when json_valid(a.value) then json(a.value) \
             else json(json_quote(a.value)) end order by a.created_timestamp, a.rowid), '[]') \
             from assessments a where a.trace_id = t.request_id and a.name = {name}{kind} \
             and coalesce({valid}, 1) and a.value <> 'null')"
        )
    }

    /// See [`crate::store::Store::trace_values`].
    pub fn trace_values(
        &self,
        query: &TraceQuery,
        columns: &[TraceColumn],
    ) -> Result<Vec<(TraceHandle, Vec<TraceValue>)>> {
        let mut found = Vec::new();
        if !self.schema.has("trace_info", "request_id") {
            return Ok(found);
        }
        let mut wanted = self.wanted(query);
        let selected: Vec<String> = columns.iter().map(|column| self.trace_column(&mut wanted, column)).collect();
        let order = self.order_of(&mut wanted, query);
        let before = if selected.is_empty() { "" } else { ", " };
        let limit =
            query.limit.map_or(String::new(), |most| format!(" limit {}", i64::try_from(most).unwrap_or(i64::MAX)));
        let sql = format!(
            "select t.rowid{before}{} from trace_info t {} {order}{limit}",
            selected.join(", "),
            wanted.clause()
        );
        self.each("traces", &sql, rusqlite::params_from_iter(&wanted.params), |values| {
            let Some(handle) = row::count(values, 0) else { return };
            let cells = columns.iter().zip(1..).map(|(column, place)| self.trace_value(column, values, place));
            found.push((TraceHandle(handle), cells.collect()));
        })?;
        Ok(found)
    }

    fn trace_value(&self, column: &TraceColumn, values: &Row<'_>, place: usize) -> TraceValue {
        let reveal = self.cx.reveal();
        match column {
            TraceColumn::Id | TraceColumn::Status | TraceColumn::Name | TraceColumn::Run | TraceColumn::Experiment => {
                TraceValue::text(&row::name(values, place).unwrap_or_default())
            }
            TraceColumn::Started | TraceColumn::Duration => {
                TraceValue::number(row::int(values, place).map(|ms| ms as f64))
            }
            TraceColumn::Tokens => TraceValue::number(row::count(values, place).map(|count| count as f64)),
            TraceColumn::Cost => TraceValue::number(row::real(values, place)),
            TraceColumn::Session => {
                let session = row::text(values, place).and_then(|text| Session::read(text, reveal));
                let ids = session.iter().flat_map(Session::ids);
                TraceValue::texts(ids.map(|id| id.to_string()).collect())
            }
            TraceColumn::Input | TraceColumn::Output => {
                TraceValue::shown(row::text(values, place).map(|text| text.shown("", reveal)).as_ref())
            }
            TraceColumn::Tag(key) | TraceColumn::Metadata(key) => match row::text(values, place) {
                None => TraceValue::Absent,
                Some(text) => match text.shown(key, reveal) {
                    Shown::Masked => TraceValue::Masked,
                    Shown::Text(text) => TraceValue::Text(text.to_string()),
                },
            },
            TraceColumn::Assessment { name, .. } => assessed(row::text(values, place), name, reveal),
        }
    }
}

/// The values of a list of assessments of one name.
fn assessed(list: Option<Unmasked<String>>, name: &str, reveal: Reveal) -> TraceValue {
    let items = list.and_then(|list| list.decode().value.into_items().ok()).unwrap_or_default();
    TraceValue::assessments(items.into_iter().map(|value| value.mask(name, reveal)))
}
