//! MLflow's tracking server, read through its REST interface: 2.21 to 3.18, each by the endpoints that it has.
//!
//! What is asked of it and how its answers are read stands in a file for each kind; the requests themselves are sent by
//! [`client`], the only one that reaches out. What a server does not tell (how many spans were stored, whether answers
//! came from a cache, how much there is beside runs and traces) stays unknown.
//!
//! What it said is kept on disk ([`kept`]): what can't change is not asked for again, and while nobody answers what was
//! seen is still shown, marked ([`standing`]).

mod artifacts;
mod client;
mod counts;
mod credentials;
mod databricks;
mod endpoints;
mod exchange;
mod experiments;
mod fields;
mod file_ways;
mod filters;
mod kept;
mod known;
mod lists;
mod places;
mod prompt_uses;
mod prompts;
mod runs;
mod said;
mod seen;
mod sign_in;
mod sign_ins;
mod spans;
mod standing;
mod tls;
mod together;
mod told_spans;
mod trace_lists;
mod trace_lookup;
mod trace_place;
mod traces;
mod watch;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use client::{Answer, Client};
use counts::KnownCounts;
use credentials::Credentials;
use databricks::Workspace;
use experiments::KnownExperiments;
pub use kept::forget;
use kept::{EndedRuns, base_of};
use known::{KnownSpans, KnownTraces};
use seen::ShownAsSeen;
pub use sign_ins::SignIns;
pub use standing::{Silence, Standing};
use watch::Watch;

use super::{
    Address, AddressKind, Capabilities, Inventory, OpenOptions, Page, ReadCx, Refusal, Result, Revision, RunQuery,
    RunTraces, Store, StoreError, StoreId, StoreInfo, StoreLocation, StoredFile, TraceColumn, TraceHandle, TraceIndex,
    TracePlace, TraceQuery, TraceValue,
};
use crate::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, Json, LoggedModel,
    MetricSeries, PromptKey, PromptUse, PromptUsesWanted, PromptVersion, RegisteredPrompt, Run, RunId, RunValues,
    SpanBody, SpanFacts, SpanHandle, SpanHead, TraceHead, TraceId, TraceRow, Unmasked,
};

/// A reader of one server; forks share what was learned of it.
pub struct ServerStore {
    id: StoreId,
    shared: Arc<Shared>,
}

/// What all readers of a server know.
struct Shared {
    client: Client,
    /// It is a workspace of Databricks, which keeps files elsewhere.
    is_databricks: bool,
    /// Which MLflow answers, as far as it says (`GET /version`).
    version: OnceLock<Option<String>>,
    /// Whether the search of MLflow 3 is there; unknown until it was asked for.
    has_trace_search: OnceLock<bool>,
    /// It was asked for records of spans, or for those of several traces, and has no such endpoint.
    lacks_records: AtomicBool,
    lacks_batches: AtomicBool,
    experiments: Mutex<KnownExperiments>,
    traces: Mutex<KnownTraces>,
    /// The trace that was asked for last, when and what was told: who looks at it asks for it several times.
    latest: Mutex<Option<(TraceId, Instant, Unmasked<Json>)>>,
    spans: Mutex<KnownSpans>,
    counts: Mutex<KnownCounts>,
    watch: Mutex<Watch>,
    ended_runs: EndedRuns,
    /// See [`OpenOptions::is_watched`].
    is_watched: bool,
    shown_as_seen: Mutex<ShownAsSeen>,
}

impl ServerStore {
    /// A reader of the server at an address. Nothing is asked yet: whether somebody answers there is told by the
    /// first question.
    ///
    /// # Errors
    /// Where a certificate that MLflow's variables name cannot be used.
    pub fn open(address: &Address, options: &OpenOptions) -> Result<Self> {
        let variable = |name: &str| std::env::var(name).ok();
        let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let place = StoreLocation::Address(address.clone());
        let is_databricks = address.kind() == AddressKind::Databricks;
        let (base, credentials) = if is_databricks {
            let found = Workspace::find(address, variable, home.as_deref());
            let found = found.map_err(|why| StoreError::SignIn { place: place.clone(), why })?;
            (found.host, found.credentials)
        } else {
            (base_of(address), Credentials::find(address, variable, home.as_deref()))
        };
        let client = Client::new(place, &base, credentials, variable, options.cache.clone())?;
        let client = client.with_sign_ins(options.sign_ins.clone());
        let shared = Shared {
            client,
            is_databricks,
            version: OnceLock::new(),
            has_trace_search: OnceLock::new(),
            lacks_records: AtomicBool::default(),
            lacks_batches: AtomicBool::default(),
            experiments: Mutex::default(),
            traces: Mutex::default(),
            latest: Mutex::default(),
            spans: Mutex::default(),
            counts: Mutex::default(),
            watch: Mutex::default(),
            ended_runs: EndedRuns::default(),
            is_watched: options.is_watched,
            shown_as_seen: Mutex::default(),
        };
        Ok(Self { id: StoreId::fresh(), shared: Arc::new(shared) })
    }
}

impl Shared {
    /// Which MLflow answers; asked for once.
    fn version(&self, cx: &ReadCx) -> Result<Option<&str>> {
        if let Some(version) = self.version.get() {
            return Ok(version.as_deref());
        }
        let said = match self.client.bytes(cx, "/version", &[], 64, true, None) {
            Ok(Answer::Found(found)) => String::from_utf8(found.bytes.as_stored_for_structure().clone()).ok(),
            Ok(Answer::Absent | Answer::NoEndpoint | Answer::Rejected(_)) => None,
            // Whoever signs in is told later.
            Err(StoreError::Refused { refusal, .. }) if refusal != Refusal::Forbidden => return Ok(None),
            // Somebody in front of it keeps it back: that won't change.
            Err(StoreError::Refused { .. } | StoreError::Answer { .. }) => None,
            Err(error) => return Err(error),
        };
        let is_version = |text: &String| {
            text.starts_with(|c: char| c.is_ascii_digit())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || ".+-".contains(c))
        };
        let version = said.map(|text| text.trim().to_owned()).filter(is_version);
        Ok(self.version.get_or_init(|| version).as_deref())
    }

    /// Whether it is this MLflow or a later one; not if that is unknown.
    fn is_at_least(&self, cx: &ReadCx, major: u32, minor: u32) -> Result<bool> {
        let Some(version) = self.version(cx)? else { return Ok(false) };
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        let own = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        Ok(own >= (major, minor))
    }
}

impl Store for ServerStore {
    fn id(&self) -> StoreId {
        self.id
    }

    fn info(&self) -> StoreInfo {
        let version = self.shared.version.get().cloned().flatten();
        let elsewhere = self.shared.client.owner_of_credentials().map(|owner| {
            format!(
                "Credentials of the environment are for {owner} (MLFLOW_TRACKING_URI) and are not sent to this server"
            )
        });
        StoreInfo {
            location: self.shared.client.place().clone(),
            kind: Address::WORD,
            size_bytes: None,
            schema_of: version.map(|version| format!("MLflow {version}")),
            opened_as: None,
            opened_for: None,
            is_held: false,
            notices: elsewhere.into_iter().collect(),
            standing: Some(self.shared.client.standing()),
        }
    }

    fn capabilities(&self) -> Capabilities {
        // To count texts every trace would have to be fetched.
        Capabilities { counts_texts: false, ..Capabilities::ALL }
    }

    fn fork(&self) -> Result<Box<dyn Store>> {
        Ok(Box::new(Self { id: self.id, shared: Arc::clone(&self.shared) }))
    }

    fn server(&self) -> Option<Arc<dyn super::Server>> {
        Some(Arc::clone(&self.shared) as Arc<dyn super::Server>)
    }

    fn revision(&mut self, cx: &ReadCx) -> Result<Revision> {
        self.shared.revision(cx)
    }

    fn experiments(&mut self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>> {
        self.shared.experiments(cx, with_deleted)
    }

    fn experiment_counts(&mut self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>> {
        self.shared.experiment_counts(cx)
    }

    fn run_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<Run>> {
        Ok(self.shared.run_row_page(cx, query)?.map(|(run, _)| run))
    }

    fn run_row_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<(Run, RunValues)>> {
        self.shared.run_row_page(cx, query)
    }

    fn metric_history(&mut self, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
        self.shared.metric_history(cx, run, key)
    }

    fn dataset_inputs(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<DatasetInput>> {
        let found = self.shared.run(cx, run)?;
        Ok(found.map(|run| runs::datasets(run.as_stored_for_structure(), cx.reveal())).unwrap_or_default())
    }

    fn logged_models(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<LoggedModel>> {
        self.shared.logged_models(cx, run)
    }

    fn trace_page(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
        self.shared.trace_page(cx, query)
    }

    fn trace_values(
        &mut self,
        cx: &ReadCx,
        query: &TraceQuery,
        columns: &[TraceColumn],
    ) -> Result<Vec<(TraceHandle, Vec<TraceValue>)>> {
        let index = self.trace_index(cx, &TraceQuery { cursor: None, ..query.clone() })?;
        self.shared.columns_of(cx, &index.handles, columns)
    }

    fn trace_place(&mut self, cx: &ReadCx, query: &TraceQuery, trace: &TraceId) -> Result<Option<TracePlace>> {
        self.shared.trace_place(cx, query, trace)
    }

    fn trace_rows(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceRow>> {
        self.shared.trace_rows(cx, handles)
    }

    fn inventory(&mut self, _cx: &ReadCx) -> Result<Inventory> {
        Ok(Inventory::default())
    }

    fn prompts(&mut self, cx: &ReadCx) -> Result<Vec<RegisteredPrompt>> {
        self.shared.prompts(cx)
    }

    fn prompt_versions(&mut self, cx: &ReadCx, prompt: &PromptKey) -> Result<Vec<PromptVersion>> {
        self.shared.prompt_versions(cx, prompt)
    }

    fn prompt_uses(&mut self, cx: &ReadCx, wanted: &PromptUsesWanted) -> Result<Vec<PromptUse>> {
        self.shared.prompt_uses(cx, wanted)
    }

    fn run_traces(
        &mut self,
        cx: &ReadCx,
        experiment: Option<&ExperimentId>,
    ) -> Result<Option<Vec<(RunId, RunTraces)>>> {
        self.shared.run_traces(cx, experiment)
    }

    fn trace_ids(&mut self, cx: &ReadCx, prefix: &str, limit: usize) -> Result<Vec<TraceId>> {
        self.shared.trace_ids(cx, prefix, limit)
    }

    fn trace(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceHead>> {
        let info = self.shared.trace_info_soon(cx, trace)?;
        Ok(info.and_then(|info| traces::head(info.as_stored_for_structure(), cx.reveal())))
    }

    fn trace_as_seen(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceHead>> {
        let info = self.shared.trace_as_seen(cx, trace)?;
        Ok(info.and_then(|info| traces::head(info.as_stored_for_structure(), cx.reveal())))
    }

    fn spans(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>> {
        self.shared.spans_of(cx, trace)
    }

    fn expect_spans(&mut self, cx: &ReadCx, traces: &[TraceId]) -> Result<()> {
        self.shared.expect_spans(cx, traces)
    }

    fn span_facts(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        self.shared.span_facts(cx, trace, spans)
    }

    fn span_body(&mut self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
        self.shared.span_body(cx, trace, span)
    }

    fn artifacts(&mut self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<ArtifactTree> {
        self.shared.artifacts(cx, owner)
    }

    fn stored_artifact(
        &mut self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredFile>> {
        self.shared.stored_artifact(cx, owner, path, limit)
    }
}
