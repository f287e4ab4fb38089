//! What the readers of one store remember between questions. What fills it stands beside the questions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::connection::Version;
use crate::model::{ExperimentId, Json, TraceId, Unmasked};
use crate::store::TraceHandle;

/// Something about one version of the store, shared by all of its readers.
#[derive(Debug)]
pub struct OfVersion<T>(Mutex<Option<(Version, T)>>);

impl<T> Default for OfVersion<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> OfVersion<T> {
    /// What is remembered of this version.
    pub fn get(&self, version: &Version) -> Option<T> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(of, _)| of == version).map(|(_, known)| known.clone())
    }

    /// Remembers this, and nothing of other versions.
    pub fn put(&self, version: Version, known: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, known));
    }
}

/// How long the calls of each model usually take, nanoseconds.
pub type UsualTimes = Arc<HashMap<String, i64>>;

/// What is known of which traces each run has.
#[derive(Clone, Debug)]
pub enum RunTraceState {
    /// It was asked for once.
    Asked,
    /// All of it.
    Remembered(Arc<RunMap>),
    /// It is too large or damaged.
    Unfit,
}

/// The traces of every run, newest first.
#[derive(Debug, Default)]
pub struct RunMap {
    /// By run; each with the place of its experiment below.
    pub runs: HashMap<Box<str>, Vec<(TraceHandle, u32)>>,
    /// The experiments.
    pub experiments: Vec<String>,
}

impl RunMap {
    /// The traces of a run, of one experiment only if one is named.
    pub fn traces(&self, run: &str, experiment: Option<&ExperimentId>) -> Vec<TraceHandle> {
        // It is compared as SQLite would.
        let experiment = experiment.map(number_or_text);
        let is_wanted =
            |place: u32| experiment.as_ref().is_none_or(|wanted| self.experiments.get(place as usize) == Some(wanted));
        let traces = self.runs.get(run).map_or(&[][..], Vec::as_slice);
        traces.iter().filter(|(_, experiment)| is_wanted(*experiment)).map(|(handle, _)| *handle).collect()
    }
}

fn number_or_text(experiment: &ExperimentId) -> String {
    experiment.as_str().parse::<i64>().map_or_else(|_| experiment.to_string(), |number| number.to_string())
}

/// The records of a `traces.json`.
pub type Records = Arc<Vec<Unmasked<Json>>>;

/// The `traces.json` that was read last: a tree, its facts and a body are three questions.
#[derive(Default)]
pub struct TraceFile {
    last: Option<(TraceId, u64, Records)>,
}

impl TraceFile {
    /// Its records, if it is of this trace and has this size.
    pub fn get(&self, trace: &TraceId, size: u64) -> Option<&Records> {
        self.last.as_ref().filter(|(of, kept, _)| of == trace && *kept == size).map(|(_, _, records)| records)
    }

    /// Remembers one, or none.
    pub fn set(&mut self, last: Option<(TraceId, u64, Records)>) {
        self.last = last;
    }
}
