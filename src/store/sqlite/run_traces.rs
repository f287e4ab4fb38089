//! Which traces each run has, remembered.
//!
//! MLflow keeps a trace's run in a table of metadata that has no index on its values, so that
//! every question for the traces of one run looks at one row of each trace: 220 ms where there
//! are 91,000. Whoever asks twice will ask again: the second question reads all of them in one
//! pass, and those after it are answered from memory until somebody writes to the store.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::types::ValueRef;

use super::reader::Reader;
use super::remembered::{RunMap, RunTraceState};
use super::row;
use crate::store::order::TraceKey;
use crate::store::{Order, Result, TraceHandle, TraceQuery};

/// No more is remembered, in bytes; stores with more are asked each time.
const MAX_BYTES: usize = 64 << 20;

/// What one trace and one run cost, about.
const TRACE_BYTES: usize = size_of::<(TraceHandle, u32)>();
const RUN_BYTES: usize = 128;

impl Reader<'_> {
    /// The traces of the run that a query names, all of them in its order; `None` if they are not known, or if the
    /// query asks for more than is.
    pub fn remembered_traces(&self, query: &TraceQuery) -> Result<Option<Vec<TraceHandle>>> {
        let Some(run) = &query.run else { return Ok(None) };
        if !query.filter.is_empty() || query.cursor.is_some() {
            return Ok(None);
        }
        // The content stays as its version says until the end.
        let (_look, version) = self.look_at_version()?;
        let Some(version) = version else { return Ok(None) };
        let map = match self.run_traces.get(&version) {
            Some(RunTraceState::Remembered(map)) => Some(map),
            Some(RunTraceState::Asked) => {
                let map = self.run_map()?.map(Arc::new);
                let state = map.clone().map_or(RunTraceState::Unfit, RunTraceState::Remembered);
                self.run_traces.put(version, state);
                map
            }
            Some(RunTraceState::Unfit) => None,
            None => {
                self.run_traces.put(version, RunTraceState::Asked);
                None
            }
        };
        let Some(map) = map else { return Ok(None) };
        let mut traces = map.traces(run.as_str(), query.experiment.as_ref());
        if query.order == Order::OldestFirst {
            traces.reverse();
        }
        Ok(Some(traces))
    }

    /// Reads all of them; `None` if they are too many, or damaged.
    ///
    /// Rows of traces are wide and lie in another order than that of their ids: everything is
    /// asked so that an index answers from beginning to end, and put together here. (One
    /// statement that joins and sorts takes five times as long.)
    fn run_map(&self) -> Result<Option<RunMap>> {
        let mut is_whole = true;
        let mut traces: HashMap<u64, About> = HashMap::new();
        let mut map = RunMap::default();
        let mut bytes = 0;
        let mut rank = 0_u32;
        is_whole &= self.each_of_whole("traces", "select rowid from trace_info order by request_id", [], |values| {
            if let Some(handle) = row::count(values, 0)
                && traces.len() * ABOUT_BYTES <= MAX_BYTES
            {
                traces.insert(handle, About { rank, start: None, experiment: 0 });
                rank = rank.saturating_add(1);
            }
        })?;
        let mut places: HashMap<String, u32> = HashMap::new();
        let experiment = self.schema.column("trace_info", "t", "experiment_id");
        let sql = format!("select t.rowid, t.timestamp_ms, {experiment} from trace_info t");
        is_whole &= self.each_of_whole("traces", &sql, [], |values| {
            let Some(about) = row::count(values, 0).and_then(|handle| traces.get_mut(&handle)) else { return };
            let next = u32::try_from(map.experiments.len()).unwrap_or(u32::MAX);
            about.start = row::int(values, 1);
            about.experiment = *places.entry(row::name(values, 2).unwrap_or_default()).or_insert_with_key(|id| {
                bytes += RUN_BYTES + id.len();
                map.experiments.push(id.clone());
                next
            });
        })?;
        let Some(links) = self.run_links(None) else { return Ok(None) };
        let sql =
            format!("select w.run, t.rowid from ({links}) w cross join trace_info t on t.request_id = w.request_id");
        is_whole &= self.each_of_whole("traces", &sql, [], |values| {
            // What is no text equals no id, and SQLite would not find it either.
            let Ok(ValueRef::Text(run)) = values.get_ref(0) else { return };
            let (Ok(run), Some(handle)) = (std::str::from_utf8(run), row::count(values, 1)) else { return };
            let Some(about) = traces.get(&handle).filter(|_| bytes <= MAX_BYTES) else { return };
            bytes += TRACE_BYTES;
            let trace = (TraceHandle(handle), about.experiment);
            match map.runs.get_mut(run) {
                Some(traces) => traces.push(trace),
                None => {
                    bytes += RUN_BYTES + run.len();
                    map.runs.insert(run.into(), vec![trace]);
                }
            }
        })?;
        for of_run in map.runs.values_mut() {
            let key = |(handle, _): &(TraceHandle, u32)| {
                let about = traces.get(&handle.0);
                TraceKey { start_ms: about.and_then(|about| about.start), id: about.map(|about| about.rank) }
            };
            of_run.sort_unstable_by(|a, b| Order::NewestFirst.compare(&key(a), &key(b)));
            of_run.shrink_to_fit();
        }
        let is_small = bytes <= MAX_BYTES && traces.len() * ABOUT_BYTES <= MAX_BYTES;
        Ok((is_whole && is_small).then_some(map))
    }
}

/// What the order of a trace depends on, and where it belongs.
struct About {
    /// The place of its id among all ids.
    rank: u32,
    start: Option<i64>,
    experiment: u32,
}

/// What one of them costs while the map is built, about.
const ABOUT_BYTES: usize = 2 * size_of::<(u64, About)>();
