//! The traces of every run, counted in one statement.

use super::reader::Reader;
use super::row;
use super::trace_lists::experiment_value;
use crate::model::mlflow::trace::{RUN, TOKENS};
use crate::model::{ExperimentId, RunId, Tokens};
use crate::store::{Result, RunTraces};

/// The pieces of usage, in the order of the columns below.
const PIECES: [&str; 3] = ["input_tokens", "output_tokens", "total_tokens"];

impl Reader<'_> {
    /// See [`crate::store::Store::run_traces`].
    pub fn run_traces(&self, experiment: Option<&ExperimentId>) -> Result<Option<Vec<(RunId, RunTraces)>>> {
        let Some(traces) = self.traces_with_runs(experiment.is_some()) else { return Ok(None) };
        let sources = self.usage_sources();
        // The first source that tells anything tells all, as in a list of traces.
        let piece = |piece: usize| {
            let ways = sources.iter().map(|source| {
                let is_known = format!("coalesce({source}0, {source}1, {source}2) is not null");
                let total = format!("coalesce({source}2, {source}0 + {source}1)");
                format!("when {is_known} then {}", if piece == 2 { total } else { format!("{source}{piece}") })
            });
            format!("case {} end", ways.collect::<Vec<_>>().join(" "))
        };
        let [input, output, total] = [piece(0), piece(1), piece(2)];
        // Materialized: each column is needed several times and costs a look elsewhere.
        // `total()` rather than `sum()`, which fails on what does not fit.
        let sql = format!(
            "with traces as materialized ({traces}) \
             select run, count(*), sum(status = 'ERROR'), count(coalesce(i, o, s)), \
             count(i), total(i), count(o), total(o), count(s), total(s), max(at) \
             from (select run, status, at, {input} as i, {output} as o, {total} as s from traces) group by run"
        );
        let mut found = Vec::new();
        let params = experiment.map(experiment_value);
        self.each("traces", &sql, rusqlite::params_from_iter(params), |values| {
            let Some(run) = row::name(values, 0).filter(|run| !run.is_empty()) else { return };
            let count = |column| row::count(values, column).unwrap_or(0);
            let sum = |column| (count(column) > 0).then(|| row::real(values, column + 1).unwrap_or(0.0) as u64);
            let tokens = (count(3) > 0).then(|| Tokens { input: sum(4), output: sum(6), total: sum(8) });
            let last_ms = row::int(values, 10);
            let counts = RunTraces { traces: count(1), errors: count(2), with_tokens: count(3), tokens, last_ms };
            found.push((RunId::from(run), counts));
        })?;
        Ok(Some(found))
    }

    /// One row for each trace and run that it was recorded in. Traces stand outermost, in the
    /// order of the file, beside which their metadata lies.
    fn traces_with_runs(&self, of_experiment: bool) -> Option<String> {
        if !self.schema.has("trace_info", "request_id") {
            return None;
        }
        let has_metadata = self.schema.has("trace_request_metadata", "request_id");
        let usage = if has_metadata {
            format!("left join trace_request_metadata u on u.key = '{TOKENS}' and u.request_id = t.request_id")
        } else {
            String::new()
        };
        let condition = if of_experiment { "t.experiment_id = ?1" } else { "1" };
        let status = self.schema.column("trace_info", "t", "status");
        let [start, duration] =
            ["timestamp_ms", "execution_time_ms"].map(|column| self.schema.column("trace_info", "t", column));
        let at = format!("{start} + coalesce({duration}, 0) as at");
        let columns = format!("{status} as status, {at}, {}", self.usage_columns());
        let mut ways = Vec::new();
        if has_metadata {
            ways.push(format!(
                "select m.value as run, {columns} from trace_info t cross join trace_request_metadata m \
                 on m.key = '{RUN}' and m.request_id = t.request_id {usage} where {condition}"
            ));
        }
        if self.schema.has("entity_associations", "destination_id") {
            let is_told_above = if has_metadata {
                format!(
                    "exists (select 1 from trace_request_metadata m where m.key = '{RUN}' \
                     and m.request_id = a.source_id and m.value = a.destination_id)"
                )
            } else {
                "0".to_owned()
            };
            ways.push(format!(
                "select a.destination_id as run, {columns} from (select distinct source_id, destination_id \
                 from entity_associations where source_type = 'trace' and destination_type = 'run') a \
                 cross join trace_info t on t.request_id = a.source_id {usage} where {condition} and not {is_told_above}"
            ));
        }
        (!ways.is_empty()).then(|| ways.join(" union all "))
    }

    /// Where usage may be told: columns of the trace, its metadata, a table of its own.
    fn usage_sources(&self) -> Vec<&'static str> {
        let mut sources = vec!["c"];
        if self.schema.has("trace_request_metadata", "request_id") {
            sources.push("u");
        }
        if self.schema.has("trace_metrics", "request_id") {
            sources.push("m");
        }
        sources
    }

    /// Each piece from each source, under the source's letter and the piece's place.
    fn usage_columns(&self) -> String {
        let mut columns = Vec::new();
        for source in self.usage_sources() {
            for (place, piece) in PIECES.into_iter().enumerate() {
                let value = match source {
                    "c" => self.schema.column("trace_info", "t", piece),
                    "u" => format!("case when json_valid(u.value) then json_extract(u.value, '$.{piece}') end"),
                    _ => format!(
                        "(select value from trace_metrics x where x.request_id = t.request_id and x.key = '{piece}')"
                    ),
                };
                columns.push(format!("{} as {source}{place}", count_of(&value)));
            }
        }
        columns.join(", ")
    }
}

/// A value if it is a number that can count something, else null.
fn count_of(value: &str) -> String {
    if value == "null" {
        return value.to_owned();
    }
    format!(
        "(select case when typeof(v) in ('integer', 'real') and v >= 0 then cast(v as integer) end from (select {value} as v))"
    )
}
