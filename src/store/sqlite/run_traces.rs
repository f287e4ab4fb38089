//! Which traces each run has, remembered.
//!
//! MLflow keeps a trace's run in a table of metadata that has no index on its values, so that
//! every question for the traces of one run looks at one row of each trace: 220 ms where there
//! are 91,000. Whoever asks twice will ask again: the second question reads all of them in one
//! pass, and those after it are answered from memory until somebody writes to the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::types::ValueRef;

use super::connection::{Version, explain};
use super::reader::Reader;
use super::row;
use crate::model::ExperimentId;
use crate::store::{Result, TraceHandle, TraceIndex, TraceQuery};

/// No more is remembered, in bytes; stores with more are asked each time.
const MAX_BYTES: usize = 64 << 20;

/// What one trace and one run cost, about.
const TRACE_BYTES: usize = size_of::<(TraceHandle, u32)>();
const RUN_BYTES: usize = 128;

/// Shared by all readers of one store.
#[derive(Debug, Default)]
pub struct RunTraceCache(Mutex<Option<Known>>);

/// What is known of one version of the store.
#[derive(Debug)]
struct Known {
    version: Version,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// It was asked for once.
    Asked,
    /// All of it.
    Remembered(Arc<RunMap>),
    /// It is too large or damaged.
    Unfit,
}

/// The traces of every run, newest first.
#[derive(Debug, Default)]
struct RunMap {
    runs: HashMap<Box<str>, Vec<(TraceHandle, u32)>>,
    /// The experiments that the numbers above stand for.
    experiments: Vec<String>,
}

impl RunTraceCache {
    /// What is known of this version; notes that it was asked for if nothing is.
    fn ask(&self, version: &Version) -> Option<State> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(known) if known.version == *version => Some(known.state.clone()),
            _ => {
                *known = Some(Known { version: version.clone(), state: State::Asked });
                None
            }
        }
    }

    fn tell(&self, version: Version, state: State) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Known { version, state });
    }
}

impl RunMap {
    fn index(&self, run: &str, query: &TraceQuery) -> TraceIndex {
        let traces = self.runs.get(run).map_or(&[][..], Vec::as_slice);
        // Everything that the query asks for is compared as SQLite would.
        let experiment = query.experiment.as_ref().map(number_or_text);
        let is_wanted =
            |place: u32| experiment.as_ref().is_none_or(|wanted| self.experiments.get(place as usize) == Some(wanted));
        let found = traces.iter().filter(|(_, experiment)| is_wanted(*experiment)).map(|(handle, _)| *handle);
        let total = found.clone().count() as u64;
        TraceIndex { total, handles: found.take(query.limit.unwrap_or(usize::MAX)).collect() }
    }
}

fn number_or_text(experiment: &ExperimentId) -> String {
    experiment.as_str().parse::<i64>().map_or_else(|_| experiment.to_string(), |number| number.to_string())
}

impl Reader<'_> {
    /// The answer to a question for one run, if it is known or has become worth knowing.
    pub fn remembered_index(&self, query: &TraceQuery) -> Result<Option<TraceIndex>> {
        let Some(run) = &query.run else { return Ok(None) };
        let fail = |error: rusqlite::Error| explain(self.path, "traces", &error);
        // The transaction keeps the content as its version says until the end.
        let _transaction = self.conn.unchecked_transaction().map_err(fail)?;
        self.first("traces", "select 1 from trace_info limit 1", [], |_| ())?;
        let Some(version) = self.db.version(self.source) else { return Ok(None) };
        match self.run_traces.ask(&version) {
            Some(State::Remembered(map)) => Ok(Some(map.index(run.as_str(), query))),
            Some(State::Asked) => {
                let map = self.run_map()?.map(Arc::new);
                let index = map.as_ref().map(|map| map.index(run.as_str(), query));
                self.run_traces.tell(version, map.map_or(State::Unfit, State::Remembered));
                Ok(index)
            }
            Some(State::Unfit) | None => Ok(None),
        }
    }

    /// Reads all of them; `None` if they are too many, or damaged.
    fn run_map(&self) -> Result<Option<RunMap>> {
        let Some(links) = self.run_links(None) else { return Ok(None) };
        let sql = format!(
            "select w.run, t.rowid, {} from ({links}) w join trace_info t on t.request_id = w.request_id \
             order by t.timestamp_ms desc, t.request_id desc",
            self.schema.column("trace_info", "t", "experiment_id")
        );
        let mut map = RunMap::default();
        let mut places: HashMap<String, u32> = HashMap::new();
        let mut bytes = 0;
        let is_whole = self.each_of_whole("traces", &sql, [], |values| {
            // What is no text equals no id, and SQLite would not find it either.
            let Ok(ValueRef::Text(run)) = values.get_ref(0) else { return };
            let (Ok(run), Some(handle)) = (std::str::from_utf8(run), row::count(values, 1)) else { return };
            if bytes > MAX_BYTES {
                return;
            }
            let experiment = row::text(values, 2).unwrap_or_default();
            let next = u32::try_from(map.experiments.len()).unwrap_or(u32::MAX);
            let experiment = *places.entry(experiment).or_insert_with_key(|id| {
                map.experiments.push(id.clone());
                bytes += RUN_BYTES + id.len();
                next
            });
            bytes += TRACE_BYTES;
            match map.runs.get_mut(run) {
                Some(traces) => traces.push((TraceHandle(handle), experiment)),
                None => {
                    bytes += RUN_BYTES + run.len();
                    map.runs.insert(run.into(), vec![(TraceHandle(handle), experiment)]);
                }
            }
        })?;
        map.runs.values_mut().for_each(Vec::shrink_to_fit);
        Ok((is_whole && bytes <= MAX_BYTES).then_some(map))
    }
}
