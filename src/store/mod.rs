//! Readers of stores. Nothing here writes to one, draws, or has threads of its own.
//!
//! [`Store`] is what every reader offers: blocking, cancellable through [`ReadCx`], with
//! skeletons apart from bodies so that a 20 MB input never delays a tree.
//!
//! # Lists
//! A list is asked for with a query ([`RunQuery`], [`TraceQuery`]: scope, filter, order, limit, cursor) and a reader
//! answers a page of it: `run_page`, `run_row_page`, `trace_page`. One that has everything at hand answers with a
//! single page; a server gives pages of its own size, may not know a [`Total`], and may not filter
//! ([`Capabilities`]). Everybody else asks for whole lists: `runs`, `run_rows`, `run_values`, `trace_index`, which
//! the trait makes of pages for every reader alike.

mod address;
mod answering;
pub mod artifacts;
mod at_path;
mod capabilities;
mod condition;
mod counting;
pub mod cx;
pub mod error;
mod file_bytes;
mod id;
mod inventory;
mod location;
pub mod memory;
pub mod nearby;
pub mod open;
mod opened_for;
mod options;
mod order;
mod otlp_values;
mod over_ssh;
mod page;
mod prompt_text;
mod queries;
pub mod remote;
mod search;
pub mod server;
pub mod span_json;
pub mod sqlite;
mod trace_column;
mod trace_file;
mod trail;
mod untrusted;
mod user_cache;
mod user_prices;
mod whole;

pub use answering::{Endpoint, Server, ServerReport, SignIn};
pub use at_path::{DiskKind, SQLITE_BEGIN, is_called_database};
pub use capabilities::Capabilities;
pub use condition::{Comparison, RunCondition, TimeWindow, TraceCondition};
pub use counting::RunTraces;
pub use cx::{Allowance, Budget, CancelToken, Part, ReadCx, Urgency};
pub use error::{Refusal, Remedy, StoreError};
pub use file_bytes::{ArtifactBytes, StoredFile};
pub use id::StoreId;
pub use inventory::Inventory;
pub use location::{Address, AddressKind, OverSsh, StoreLocation, whole_path};
pub use open::{Found, find, open};
pub use opened_for::OpenedFor;
pub use options::OpenOptions;
pub use order::Order;
pub use page::{Cursor, Page, Total, TraceHandle, TraceIndex};
pub use queries::{ColumnOrder, Counting, RunQuery, RunScope, TraceQuery};
pub use search::{SearchPage, SearchScope, Sought, SpanHit, SpanSearch};
pub use server::{Silence, Standing};
pub use trace_column::{TraceColumn, TraceValue};
pub use trail::Trail;
pub use user_cache::{user_cache, user_data};
pub use user_prices::{FileStamp, file_stamp, read_price_file, user_prices};

use crate::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, LoggedModel, MetricSeries,
    PromptKey, PromptUse, PromptUsesWanted, PromptVersion, RegisteredPrompt, Run, RunId, RunValues, Session, SpanBody,
    SpanFacts, SpanHandle, SpanHead, TraceHead, TraceId, TracePreview, TraceRow,
};

/// What a reading gives: the value, or why nothing could be read.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What a store is, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreInfo {
    /// Where it is: the file or folder that was opened, or the address.
    pub location: StoreLocation,
    /// What it is called: [`DiskKind::word`], [`Address::WORD`], `memory`.
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
    /// What is looked at first, where it is opened for nothing else.
    pub opened_for: Option<OpenedFor>,
    /// How current it is what a server tells; `None` for what is read where it stands.
    pub standing: Option<Standing>,
}

/// Changes whenever the store was written to; equal values mean nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Revision(pub u64);

/// Where a trace stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracePlace {
    /// How many traces stand before it.
    pub position: u64,
    /// The trace before it.
    pub previous: Option<TraceId>,
    /// The trace behind it.
    pub next: Option<TraceId>,
}

/// A reader of one store. All calls block; all obey the cancel and deadline of their
/// [`ReadCx`] and report into it what was damaged; an id that the store does not have is
/// `Ok(None)` or an empty list, never an error. Secrets are masked unless the `ReadCx`
/// reveals them.
///
/// What is asked about traces has an answer of its own, that there are none: a reader of stores without traces
/// ([`Capabilities::keeps_traces`]) leaves all of it out, one with traces leaves nothing out that has no other default.
pub trait Store: Send {
    /// Which opening of a store this reads; the same for all readers that are forked from one another.
    fn id(&self) -> StoreId;

    /// What this store is.
    fn info(&self) -> StoreInfo;

    /// What it can do by itself.
    fn capabilities(&self) -> Capabilities;

    /// A second reader of the same store for another thread.
    fn fork(&self) -> Result<Box<dyn Store>>;

    /// Who answers behind an address, if it is one.
    fn server(&self) -> Option<std::sync::Arc<dyn Server>> {
        None
    }

    /// Changes whenever the store was written to.
    fn revision(&mut self, cx: &ReadCx) -> Result<Revision>;

    /// All experiments, by id in natural order.
    fn experiments(&mut self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>>;

    /// How much each experiment holds.
    fn experiment_counts(&mut self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>>;

    /// A page of runs without their values, in the order of the query. Rows that the filter does not want are in it
    /// unless [`Capabilities::filters_runs`].
    fn run_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<Run>>;

    /// The same with params, tags and latest metrics: both at once, which costs a store less.
    fn run_row_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<(Run, RunValues)>>;

    /// Runs without their values, all that the query asks for.
    fn runs(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Vec<Run>> {
        whole::runs(self, cx, query)
    }

    /// Runs in the order of `runs`, each with its values.
    fn run_rows(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Vec<(Run, RunValues)>> {
        whole::run_rows(self, cx, query)
    }

    /// Params, tags and latest metrics of the runs that `runs` gives for the same query, without the runs that have
    /// none of them.
    fn run_values(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Vec<(RunId, RunValues)>> {
        let rows = self.run_rows(cx, query)?.into_iter().map(|(run, values)| (run.id, values));
        Ok(rows.filter(|(_, values)| !values.is_empty()).collect())
    }

    /// Every point of one metric or of all, by key, then step, time, value (NaN last).
    fn metric_history(&mut self, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>>;

    /// How many points a run has of each metric. What is counted is not read: it may be a million.
    fn metric_counts(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<(std::sync::Arc<str>, u64)>> {
        let all = self.metric_history(cx, run, None)?;
        Ok(all.into_iter().map(|series| (series.key, series.points.len() as u64)).collect())
    }

    /// The datasets that a run was given.
    fn dataset_inputs(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<DatasetInput>>;

    /// The models that a run logged.
    fn logged_models(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<LoggedModel>>;

    /// A page of the skeleton of a list of traces. Traces that the filter does not want are in it unless
    /// [`Capabilities::filters_traces`].
    fn trace_page(&mut self, _cx: &ReadCx, _query: &TraceQuery) -> Result<TraceIndex> {
        Ok(TraceIndex::default())
    }

    /// The skeleton of a list of traces, all that the query asks for.
    fn trace_index(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
        whole::trace_index(self, cx, query)
    }

    /// What stands in some columns of each trace of a list, in the order of the list: for who looks at all of them,
    /// which costs much less than their lines. `cursor` does not apply.
    fn trace_values(
        &mut self,
        cx: &ReadCx,
        query: &TraceQuery,
        columns: &[TraceColumn],
    ) -> Result<Vec<(TraceHandle, Vec<TraceValue>)>> {
        whole::trace_values(self, cx, query, columns)
    }

    /// Where a trace stands in a list, whatever its limit and cursor; `None` if it is not there. Costs much less than
    /// reading the list: nobody looks for a trace in its lines.
    fn trace_place(&mut self, _cx: &ReadCx, _query: &TraceQuery, _trace: &TraceId) -> Result<Option<TracePlace>> {
        Ok(None)
    }

    /// The lines behind handles, in their order; a line that is gone by now is left out.
    fn trace_rows(&mut self, _cx: &ReadCx, _handles: &[TraceHandle]) -> Result<Vec<TraceRow>> {
        Ok(Vec::new())
    }

    /// Of these lines only what traces were given and gave back, for who asks for thousands.
    fn trace_previews(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TracePreview>> {
        let preview =
            |row: TraceRow| TracePreview { id: row.id, request: row.request_preview, response: row.response_preview };
        Ok(self.trace_rows(cx, handles)?.into_iter().map(preview).collect())
    }

    /// Lines as [`Self::trace_rows`] gives them, each with its handle.
    fn trace_lines(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<(TraceHandle, TraceRow)>> {
        whole::trace_lines(self, cx, handles)
    }

    /// The traces of a list that belong to a session, in the order of the list; `limit` and `cursor` do not apply.
    fn trace_sessions(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<Vec<(TraceHandle, Session)>> {
        whole::trace_sessions(self, cx, query)
    }

    /// How much there is beside runs and traces.
    fn inventory(&mut self, cx: &ReadCx) -> Result<Inventory>;

    /// The prompts of the registry, by name in natural order, then by workspace.
    fn prompts(&mut self, _cx: &ReadCx) -> Result<Vec<RegisteredPrompt>> {
        Ok(Vec::new())
    }

    /// The versions of a prompt, the oldest first, deleted ones too.
    fn prompt_versions(&mut self, _cx: &ReadCx, _prompt: &PromptKey) -> Result<Vec<PromptVersion>> {
        Ok(Vec::new())
    }

    /// Which runs and traces used which versions, as MLflow linked them: runs first, each kind newest first, the
    /// versions of one in the order in which it lists them, each once. Deleted runs are left out.
    fn prompt_uses(&mut self, _cx: &ReadCx, _wanted: &PromptUsesWanted) -> Result<Vec<PromptUse>> {
        Ok(Vec::new())
    }

    /// The traces of every run that has some, in no order; a trace counts for each run that
    /// lists it. `None` where the store does not tell which run a trace was recorded in.
    fn run_traces(
        &mut self,
        _cx: &ReadCx,
        _experiment: Option<&ExperimentId>,
    ) -> Result<Option<Vec<(RunId, RunTraces)>>> {
        Ok(None)
    }

    /// The ids of traces that begin with `prefix`, sorted, no more than `limit`.
    fn trace_ids(&mut self, _cx: &ReadCx, _prefix: &str, _limit: usize) -> Result<Vec<TraceId>> {
        Ok(Vec::new())
    }

    /// One trace without its spans.
    fn trace(&mut self, _cx: &ReadCx, _trace: &TraceId) -> Result<Option<TraceHead>> {
        Ok(None)
    }

    /// The same for whoever shows it and watches the store ([`OpenOptions::is_watched`]): of a trace that has ended what
    /// was said of it in an earlier session, where that is asked again at the same time. If it is something else by now,
    /// the store has changed.
    fn trace_as_seen(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceHead>> {
        self.trace(cx, trace)
    }

    /// The heads of a trace's spans by start, then as stored; their places are the ordinals.
    fn spans(&mut self, _cx: &ReadCx, _trace: &TraceId) -> Result<Vec<SpanHead>> {
        Ok(Vec::new())
    }

    /// Says that the spans of these traces are read next: a store behind a network asks for several at once. What cannot
    /// be read is told by whoever reads it.
    fn expect_spans(&mut self, _cx: &ReadCx, _traces: &[TraceId]) -> Result<()> {
        Ok(())
    }

    /// The facts that a tree shows beside the names, for each of `spans` in the same order.
    fn span_facts(&mut self, _cx: &ReadCx, _trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        Ok(vec![SpanFacts::default(); spans.len()])
    }

    /// The body of one span; `None` if it is gone.
    fn span_body(&mut self, _cx: &ReadCx, _trace: &TraceId, _span: SpanHandle) -> Result<Option<SpanBody>> {
        Ok(None)
    }

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

    /// How many bodies of a trace are best read together where it has so many spans that nobody holds all of them. To
    /// read several may look through all records of the trace, so that one by one is the usual answer.
    fn bodies_at_once(&self) -> usize {
        1
    }

    /// The bodies of all of a trace's spans, in the order of `spans`.
    fn span_bodies(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanBody>> {
        spans.iter().map(|span| Ok(self.span_body(cx, trace, span.handle)?.unwrap_or_default())).collect()
    }

    /// The ids behind handles, in their order; what is gone by now is left out.
    fn trace_ids_of(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceId>> {
        Ok(self.trace_rows(cx, handles)?.into_iter().map(|row| row.id).collect())
    }

    /// A page of what a search for text in spans finds: in names, inputs, outputs, attributes and events, as they are
    /// shown. A cursor of another search leads nowhere.
    fn search_page(&mut self, cx: &ReadCx, search: &SpanSearch) -> Result<SearchPage> {
        search::in_list(self, cx, search)
    }

    /// All that a search finds, or counts, in the spans of one trace.
    fn search_trace(&mut self, cx: &ReadCx, trace: &TraceId, sought: &Sought) -> Result<SearchPage> {
        search::in_trace(self, cx, trace, sought)
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
        let file = self.stored_artifact(cx, owner, path, limit.saturating_add(crate::model::secret::LONGEST))?;
        Ok(file.map(|StoredFile { bytes, full_size }| {
            let is_read_whole = bytes.as_stored_for_structure().len() as u64 >= full_size;
            let mut bytes = bytes.readable_file(path, cx.reveal());
            let is_cut = !is_read_whole || bytes.len() as u64 > limit;
            bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            ArtifactBytes { bytes, full_size, is_cut }
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
    ) -> Result<Option<StoredFile>>;
}
