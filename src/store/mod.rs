//! Readers of stores. Nothing here writes to one, draws, or has threads of its own.
//!
//! [`Store`] is what every reader offers: blocking, cancellable through [`ReadCx`], with
//! skeletons apart from bodies so that a 20 MB input never delays a tree.

pub mod artifacts;
pub mod cx;
pub mod error;
mod id;
mod location;
#[cfg(feature = "testing")]
pub mod memory;
pub mod nearby;
pub mod open;
mod options;
pub mod span_json;
pub mod sqlite;

use std::collections::HashMap;
use std::sync::Arc;

pub use cx::{Allowance, Budget, CancelToken, Part, ReadCx};
pub use error::{Refusal, Remedy, StoreError};
pub use id::StoreId;
pub use location::{Address, AddressKind, StoreLocation, whole_path};
pub use open::{Found, Opened, find, open};
pub use options::OpenOptions;

use crate::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, LoggedModel, MetricSeries,
    Run, RunId, RunValues, Session, SpanBody, SpanFacts, SpanHandle, SpanHead, Tokens, TraceHead, TraceId, TraceRow,
    Unmasked,
};

/// What a reading gives: the value, or why nothing could be read.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What a store is, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreInfo {
    /// Where it is: the file or folder that was opened, or the address.
    pub location: StoreLocation,
    /// `SQLite`, `memory`, …
    pub kind: &'static str,
    /// Size of the database in bytes, if it has one.
    pub size_bytes: Option<u64>,
    /// Whose schema it has (`schema of MLflow 3.17`), or `None`. The database may be older: an
    /// upgrade moves what another MLflow wrote.
    pub schema_of: Option<String>,
    /// How it was opened, if not plainly: a private copy, a snapshot, …
    pub opened_as: Option<String>,
    /// Another process has it open to write, as far as its locks tell.
    pub is_held: bool,
    /// Things to know before trusting what is shown (a schema newer than known, …).
    pub notices: Vec<String>,
}

/// What a store can do by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Its `revision` changes when somebody writes.
    pub can_watch: bool,
    /// It has a table of traces; without one it is unknown how many there were.
    pub keeps_traces: bool,
}

/// Changes whenever the store was written to; equal values mean nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Revision(pub u64);

/// Which runs are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunScope {
    /// All of the store.
    All,
    /// Those of one experiment.
    Experiment(ExperimentId),
    /// One by its id, deleted or not.
    One(RunId),
}

/// A question for runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunQuery {
    /// Which.
    pub scope: RunScope,
    /// Deleted ones too (`One` finds them in any case).
    pub with_deleted: bool,
}

/// A question for traces.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TraceQuery {
    /// Only of this experiment.
    pub experiment: Option<ExperimentId>,
    /// Only those recorded in this run.
    pub run: Option<RunId>,
    /// No more than this many handles; the total is told all the same.
    pub limit: Option<usize>,
}

/// An opaque cursor to one line of a list of traces; means nothing to anybody but its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceHandle(pub u64);

/// The skeleton of a list of traces, newest first (by start, then id, both descending).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TraceIndex {
    /// How many there are.
    pub total: u64,
    /// The way to each line; fewer than `total` only under a limit.
    pub handles: Arc<[TraceHandle]>,
}

/// The traces that were recorded in one run, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct RunTraces {
    /// How many there are.
    pub traces: u64,
    /// How many of them ended with an error.
    pub errors: u64,
    /// How many of them tell which tokens they used; others were answered from a cache, called
    /// no model, are older than MLflow 3.2, or are such that DSPy notes no usage (failed ones, LMs
    /// called alone, GEPA's reflective minibatches).
    pub with_tokens: u64,
    /// The sums over those that tell each number; `None` if none does, which is not 0.
    pub tokens: Option<Tokens>,
    /// When the last of them began or ended, milliseconds since the epoch.
    pub last_ms: Option<i64>,
}

/// How much a store holds beside runs and traces; `None` where it has no place for such things.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Inventory {
    /// Assessments by kind (`feedback`, `expectation`, `issue`), the most frequent first.
    pub assessments: Option<Vec<(String, u64)>>,
    /// Prompts of the registry (MLflow 3).
    pub prompts: Option<u64>,
    /// Their versions.
    pub prompt_versions: Option<u64>,
    /// Evaluation datasets (MLflow ≥ 3.3).
    pub evaluation_datasets: Option<u64>,
    /// Records of all of them.
    pub dataset_records: Option<u64>,
    /// Datasets that were given to runs.
    pub run_datasets: Option<u64>,
    /// Logged models that are not deleted (MLflow 3).
    pub logged_models: Option<u64>,
}

/// The bytes of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactBytes {
    /// Its content. Where it is text, secrets in it are replaced unless revealed.
    pub bytes: Vec<u8>,
    /// The size of the file; larger than `bytes` if it was cut at the limit.
    pub full_size: u64,
}

/// No secret is longer than this.
const SECRET_BYTES: u64 = 4096;

/// The bytes of an artifact as they stand in its file.
#[derive(Debug, PartialEq)]
pub struct StoredArtifact {
    /// Its content, not masked.
    pub bytes: Unmasked<Vec<u8>>,
    /// The size of the file; larger than `bytes` if it was cut at the limit.
    pub full_size: u64,
}

/// A reader of one store. All calls block; all obey the cancel and deadline of their
/// [`ReadCx`] and report into it what was damaged; an id that the store does not have is
/// `Ok(None)` or an empty list, never an error. Secrets are masked unless the `ReadCx`
/// reveals them.
pub trait Store: Send {
    /// Which opening of a store this reads; the same for all readers that are forked from one another.
    fn id(&self) -> StoreId;

    /// What this store is.
    fn info(&self) -> StoreInfo;

    /// What it can do by itself.
    fn capabilities(&self) -> Capabilities;

    /// A second reader of the same store for another thread.
    fn fork(&self) -> Result<Box<dyn Store>>;

    /// Changes whenever the store was written to.
    fn revision(&mut self, cx: &ReadCx) -> Result<Revision>;

    /// All experiments, by id in natural order.
    fn experiments(&mut self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>>;

    /// How much each experiment holds.
    fn experiment_counts(&mut self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>>;

    /// Runs without their values, by start (unknown first), then name in natural order, then id.
    fn runs(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Vec<Run>>;

    /// Params, tags and latest metrics of the runs that `runs` gives for the same query;
    /// runs that have none of them may be absent.
    fn run_values(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Vec<(RunId, RunValues)>>;

    /// Runs in the order of `runs`, each with its values: both at once, which costs a store less.
    fn run_rows(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Vec<(Run, RunValues)>> {
        let runs = self.runs(cx, query)?;
        let mut values: HashMap<RunId, RunValues> = self.run_values(cx, query)?.into_iter().collect();
        let row = |run: Run| {
            let values = values.remove(&run.id).unwrap_or_default();
            (run, values)
        };
        Ok(runs.into_iter().map(row).collect())
    }

    /// Every point of one metric or of all, by key, then step, time, value (NaN last).
    fn metric_history(&mut self, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>>;

    /// The datasets that a run was given.
    fn dataset_inputs(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<DatasetInput>>;

    /// The models that a run logged.
    fn logged_models(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<LoggedModel>>;

    /// The skeleton of a list of traces.
    fn trace_index(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex>;

    /// The lines behind handles, in their order; a line that is gone by now is left out.
    fn trace_rows(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceRow>>;

    /// The traces of a list that belong to a session, in the order of the list; `limit` does not apply.
    fn trace_sessions(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<Vec<(TraceHandle, Session)>>;

    /// How much there is beside runs and traces.
    fn inventory(&mut self, cx: &ReadCx) -> Result<Inventory>;

    /// The traces of every run that has some, in no order; a trace counts for each run that
    /// lists it. `None` where the store does not tell which run a trace was recorded in.
    fn run_traces(&mut self, cx: &ReadCx, experiment: Option<&ExperimentId>)
    -> Result<Option<Vec<(RunId, RunTraces)>>>;

    /// The ids of traces that begin with `prefix`, sorted, no more than `limit`.
    fn trace_ids(&mut self, cx: &ReadCx, prefix: &str, limit: usize) -> Result<Vec<TraceId>>;

    /// One trace without its spans.
    fn trace(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceHead>>;

    /// The heads of a trace's spans by start, then as stored; their places are the ordinals.
    fn spans(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>>;

    /// The facts that a tree shows beside the names, for each of `spans` in the same order.
    fn span_facts(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>>;

    /// The body of one span; `None` if it is gone.
    fn span_body(&mut self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>>;

    /// The beginning of a body whose record is longer than `most` bytes, read from about as many
    /// bytes, for somebody who waits; `None` if the record is shorter, or its beginning tells
    /// nothing. What is cut ends somewhere; what comes later is missing.
    fn span_beginning(
        &mut self,
        _cx: &ReadCx,
        _trace: &TraceId,
        _span: SpanHandle,
        _most: usize,
    ) -> Result<Option<SpanBody>> {
        Ok(None)
    }

    /// The bodies of all of a trace's spans, in the order of `spans`.
    fn span_bodies(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanBody>> {
        spans.iter().map(|span| Ok(self.span_body(cx, trace, span.handle)?.unwrap_or_default())).collect()
    }

    /// The artifacts of a run, a trace or a logged model.
    fn artifacts(&mut self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<ArtifactTree>;

    /// The first `limit` bytes of one artifact, as they may be shown; `None` if there is no such file.
    fn artifact(
        &mut self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        path: &str,
        limit: u64,
    ) -> Result<Option<ArtifactBytes>> {
        // A little more than is asked for: a secret across the limit must be seen whole.
        let file = self.stored_artifact(cx, owner, path, limit.saturating_add(SECRET_BYTES))?;
        Ok(file.map(|StoredArtifact { bytes, full_size }| {
            let mut bytes = bytes.readable_bytes(cx.reveal());
            bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            ArtifactBytes { bytes, full_size }
        }))
    }

    /// The first `limit` bytes of one artifact, to be parsed and then masked by the keys in it; `None` if there is
    /// no such file.
    fn stored_artifact(
        &mut self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredArtifact>>;
}
