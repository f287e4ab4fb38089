//! The traces of every run, counted in one pass.

use std::collections::BTreeMap;

use rusqlite::Row;

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
        let Some(sql) = self.traces_with_runs(experiment.is_some()) else { return Ok(None) };
        let sources = self.usage_sources().len();
        let mut found: BTreeMap<String, Counted> = BTreeMap::new();
        let params = experiment.map(experiment_value);
        // Put together here: SQLite would write a row for each trace into a table of its own before it groups them.
        let is_whole = self.each_of_whole("traces", &sql, rusqlite::params_from_iter(params), |values| {
            let Some(run) = row::name(values, 0).filter(|run| !run.is_empty()) else { return };
            found.entry(run).or_default().add(values, sources);
        })?;
        if !is_whole {
            // Some of them are no count.
            found.clear();
        }
        Ok(Some(found.into_iter().map(|(run, counted)| (RunId::from(run), counted.done())).collect()))
    }

    /// One row for each trace and run that it was recorded in. Traces stand outermost, in the
    /// order of the file, beside which their metadata lies.
    fn traces_with_runs(&self, of_experiment: bool) -> Option<String> {
        if !self.schema.has("trace_info", "request_id") {
            return None;
        }
        let has_metadata = self.schema.has("trace_request_metadata", "request_id");
        let usage = if has_metadata {
            // Where the columns tell, the metadata need not be looked for.
            let told = PIECES.map(|piece| self.schema.column("trace_info", "t", piece)).join(", ");
            format!(
                "left join trace_request_metadata u on u.key = '{TOKENS}' \
                 and u.request_id = case when coalesce({told}) is null then t.request_id end"
            )
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

    /// Each piece from each source. The first source that tells anything tells all, as in a list of traces, and those
    /// behind it are not looked at: a look costs as much as all else of a trace.
    fn usage_columns(&self) -> String {
        let mut columns: Vec<String> = Vec::new();
        for source in self.usage_sources() {
            let told_before = match columns.as_slice() {
                [] => String::new(),
                before => format!("case when coalesce({}) is null then ", before.join(", ")),
            };
            let end = if columns.is_empty() { "" } else { " end" };
            let of_source = PIECES.map(|piece| {
                let value = match source {
                    "c" => self.schema.column("trace_info", "t", piece),
                    "u" => format!("case when json_valid(u.value) then json_extract(u.value, '$.{piece}') end"),
                    _ => format!(
                        "(select value from trace_metrics x where x.request_id = t.request_id and x.key = '{piece}')"
                    ),
                };
                format!("{told_before}{}{end}", count_of(&value))
            });
            columns.extend(of_source);
        }
        columns.join(", ")
    }
}

/// The traces of one run while they are counted.
#[derive(Default)]
struct Counted {
    traces: u64,
    errors: u64,
    with_tokens: u64,
    /// The sum of each piece over those that tell it.
    pieces: [Option<u64>; PIECES.len()],
    last_ms: Option<i64>,
}

impl Counted {
    /// Adds a row of run, status, end, and the pieces from each source.
    fn add(&mut self, values: &Row<'_>, sources: usize) {
        self.traces += 1;
        self.errors += u64::from(row::key(values, 1) == b"ERROR");
        self.last_ms = self.last_ms.max(row::int(values, 2));
        let pieces = |source: usize| [0, 1, 2].map(|piece| row::count(values, 3 + source * PIECES.len() + piece));
        let Some([input, output, total]) = (0..sources).map(pieces).find(|told| told.iter().any(Option::is_some))
        else {
            return;
        };
        let total = total.or_else(|| Some(input?.saturating_add(output?)));
        self.with_tokens += 1;
        for (sum, piece) in self.pieces.iter_mut().zip([input, output, total]) {
            if let Some(piece) = piece {
                *sum = Some(sum.unwrap_or(0).saturating_add(piece));
            }
        }
    }

    fn done(self) -> RunTraces {
        let [input, output, total] = self.pieces;
        let tokens = (self.with_tokens > 0).then_some(Tokens { input, output, total });
        let Self { traces, errors, with_tokens, last_ms, .. } = self;
        RunTraces { traces, errors, with_tokens, tokens, last_ms }
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
