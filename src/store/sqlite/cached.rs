//! Whether a trace's answers came from a cache: what the tables tell for [`crate::model::cached`].

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::reader::Reader;
use super::remembered::UsualTimes;
use super::row;
use super::trace_lists::order_by;
use crate::model::cached::{LmCall, Usage, infer};
use crate::model::mlflow::trace::TOKENS;
use crate::model::{Cached, TraceRow};
use crate::store::{Order, Result, span_json};

/// The usual time of a model is that of its calls in so many traces with usage, the newest.
const SAMPLE: usize = 200;

/// And in so many of them: a trace of thousands of calls tells nothing that its first hundreds do not.
const SAMPLE_CALLS: usize = 2_000;

/// More calls of a trace are not looked at. A list asks this of each of its traces.
const MOST_CALLS: u32 = 200;

/// Fewer calls than this tell nothing of what is usual.
const ENOUGH: usize = 5;

/// A call with a longer record is not asked for its model.
const MAX_RECORD_BYTES: i64 = 1 << 20;

/// The usual times while one question is answered; most answers need none.
#[derive(Default)]
pub struct CallTimes(OnceCell<UsualTimes>);

impl Reader<'_> {
    /// Where the answers of a trace came from, of which everything else is known.
    pub fn cached(&self, trace: &TraceRow, times: &CallTimes) -> Result<Option<Cached>> {
        let usage = match &trace.response_preview {
            _ if trace.tokens.is_some() => Usage::Recorded,
            output => Usage::without(&trace.status, &trace.name, output.as_ref().map(|output| output.as_str())),
        };
        let mut calls: Vec<(i64, LmCall)> = Vec::new();
        if self.schema.has("spans", "trace_id") {
            let sql = "select rowid, end_time_unix_nano - start_time_unix_nano, status from spans \
                       where trace_id = ?1 and type = 'CHAT_MODEL' limit ?2";
            self.each("calls of a trace", sql, (trace.id.as_str(), MOST_CALLS + 1), |values| {
                let is_ok = row::key(values, 2) == b"OK";
                let call = LmCall { duration_ns: row::int(values, 1), is_ok, usual_ns: None };
                calls.push((row::int(values, 0).unwrap_or(-1), call));
            })?;
        }
        let is_cut = calls.len() > MOST_CALLS as usize;
        if usage == Usage::Missing {
            for (rowid, call) in calls.iter_mut().filter(|(_, call)| call.is_ok && !call.is_surely_quick()) {
                call.usual_ns = self.usual_time(*rowid, times)?;
            }
        }
        let told = infer(usage, &calls.into_iter().map(|(_, call)| call).collect::<Vec<_>>());
        // Of so many calls, those that were not looked at may be otherwise.
        Ok(told.filter(|told| !is_cut || *told == Cached::Partly))
    }

    /// How long calls of the same model usually take.
    fn usual_time(&self, rowid: i64, times: &CallTimes) -> Result<Option<i64>> {
        let usual = match times.0.get() {
            Some(usual) => usual,
            None => {
                let made = self.usual_times()?;
                times.0.get_or_init(|| made)
            }
        };
        if usual.is_empty() {
            return Ok(None);
        }
        let sql = "select content from spans where rowid = ?1 and octet_length(content) <= ?2";
        let model = self
            .first("a call", sql, (rowid, MAX_RECORD_BYTES), |values| span_json::facts(&row::bytes(values, 0)).model)?;
        Ok(model.flatten().and_then(|model| usual.get(&model).copied()))
    }

    fn usual_times(&self) -> Result<UsualTimes> {
        let _look = self.look()?;
        self.first("traces", "select 1 from trace_info limit 1", [], |_| ())?;
        let version = self.db.version(self.source);
        if let Some(usual) = version.as_ref().and_then(|version| self.usual.get(version)) {
            return Ok(usual);
        }
        let usual = UsualTimes::new(self.measured_times()?);
        if let Some(version) = version {
            self.usual.put(version, Arc::clone(&usual));
        }
        Ok(usual)
    }

    /// The median time of each model's calls in the newest traces that tell their usage: there,
    /// models were called.
    fn measured_times(&self) -> Result<HashMap<String, i64>> {
        let mut ways = Vec::new();
        if self.schema.has("trace_info", "total_tokens") {
            ways.push("t.total_tokens is not null".to_owned());
        }
        if self.schema.has("trace_request_metadata", "request_id") {
            ways.push(format!(
                "exists (select 1 from trace_request_metadata m where m.key = '{TOKENS}' \
                 and m.request_id = t.request_id)"
            ));
        }
        if self.schema.has("trace_metrics", "request_id") {
            ways.push("exists (select 1 from trace_metrics x where x.request_id = t.request_id)".to_owned());
        }
        if ways.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!(
            "select s.content, s.end_time_unix_nano - s.start_time_unix_nano from \
             (select request_id from trace_info t where {} {} limit {SAMPLE}) t \
             cross join spans s on s.trace_id = t.request_id \
             where s.type = 'CHAT_MODEL' and s.status = 'OK' and octet_length(s.content) <= {MAX_RECORD_BYTES} \
             limit {SAMPLE_CALLS}",
            ways.join(" or "),
            order_by(Order::NewestFirst),
        );
        let mut times: HashMap<String, Vec<i64>> = HashMap::new();
        self.each("calls of models", &sql, [], |values| {
            let model = span_json::facts(&row::bytes(values, 0)).model;
            if let (Some(model), Some(took)) = (model, row::int(values, 1).filter(|took| *took > 0)) {
                times.entry(model).or_default().push(took);
            }
        })?;
        times.retain(|_, times| times.len() >= ENOUGH);
        let median = |mut times: Vec<i64>| {
            times.sort_unstable();
            times.get(times.len() / 2).copied()
        };
        Ok(times.into_iter().filter_map(|(model, times)| Some((model, median(times)?))).collect())
    }
}
