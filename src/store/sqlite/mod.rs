//! Stores in a SQLite database: what MLflow 2.21 – 3.18 write with `sqlite:///…`.

mod cached;
mod connection;
mod experiments;
mod extras;
mod inventory;
mod lease;
mod log_index;
mod metrics;
mod prompt_uses;
mod prompts;
mod reader;
mod remembered;
mod revisions;
mod row;
mod run_conditions;
mod run_traces;
mod runs;
mod schema;
mod search;
mod search_pair;
mod sessions;
mod source;
mod spans;
mod trace_conditions;
mod trace_counts;
mod trace_head;
mod trace_lists;
mod trace_totals;
mod trace_values;
mod traces;

use std::path::Path;
use std::sync::Arc;

use self::connection::{Db, NEEDS_RECOVERY};
pub use self::connection::{Holder, Mode};
use self::lease::Lent;
use self::reader::Reader;
use self::remembered::{OfVersion, RunTraceState, TraceFile, UsualTimes};
use self::schema::Schema;
use self::source::Source;
use super::OpenOptions;
use super::artifacts::Artifacts;
use super::{
    Capabilities, DiskKind, Inventory, Page, ReadCx, Result, Revision, RunQuery, RunTraces, SearchPage, Sought,
    SpanSearch, Store, StoreError, StoreId, StoreInfo, StoreLocation, StoredFile, TraceColumn, TraceHandle, TraceIndex,
    TracePlace, TraceQuery, TraceValue,
};
use crate::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, LoggedModel, MetricSeries,
    PromptKey, PromptUse, PromptUsesWanted, PromptVersion, RegisteredPrompt, Run, RunId, RunValues, Session, SpanBody,
    SpanFacts, SpanHandle, SpanHead, TraceHead, TraceId, TracePreview, TraceRow,
};

/// What is seen of a store without opening it for reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Whose schema it has (`schema of MLflow 3.17`), as far as its tables tell.
    pub schema_of: Option<String>,
    /// Its experiments, the latest first, no more than a few.
    pub experiments: Vec<String>,
}

/// A reader of one SQLite database.
pub struct SqliteStore {
    source: Arc<Source>,
    artifacts: Artifacts,
    lent: Lent,
    mode: Mode,
    schema: Schema,
    trace_file: TraceFile,
    /// Another connection, as long as a search goes on that reads with two.
    second: Option<Db>,
    /// Shared by all readers of this store.
    run_traces: Arc<OfVersion<RunTraceState>>,
    /// Shared, too.
    usual: Arc<OfVersion<UsualTimes>>,
    /// Counts reopenings, so that a revision never repeats by accident.
    openings: u64,
}

impl SqliteStore {
    /// Opens a database file.
    ///
    /// # Errors
    /// A sentence for everything that keeps it from being read.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self> {
        let source = Arc::new(Source::open(path)?);
        let artifacts = Artifacts::beside(source.path().parent().unwrap_or(Path::new(".")), options);
        Self::connect(source, artifacts, Arc::default(), Arc::default())
    }

    /// How many connections this reader has opened for its readings; a store with a write-ahead log
    /// is not kept open.
    #[cfg(any(test, feature = "testing"))]
    pub fn openings(&self) -> u64 {
        self.lent.hold().opened
    }

    /// Whether a file is a store of MLflow, and whose schema it has, without reading more of it than its tables'
    /// names. `None` inside if a copy would have to be made to tell.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn probe(path: &Path) -> Result<Option<Probe>> {
        let source = Source::open(path)?;
        let Some(db) = Db::open_in_place(&source)? else { return Ok(None) };
        let schema = Schema::read(&db.conn, source.path())?;
        let schema_of = revisions::describe(schema.revision.as_deref()).0;
        Ok(Some(Probe { schema_of, experiments: experiments::latest_names(&db.conn, &schema) }))
    }

    fn connect(
        source: Arc<Source>,
        artifacts: Artifacts,
        run_traces: Arc<OfVersion<RunTraceState>>,
        usual: Arc<OfVersion<UsualTimes>>,
    ) -> Result<Self> {
        let db = Db::open(&source)?;
        let schema = Schema::read(&db.conn, source.path())?;
        let mode = db.mode;
        let lent = Lent::default();
        // A connection is lent to a reading, and this is none.
        lent.hold().db = Some(db).filter(|_| !mode.keeps_lock());
        Ok(Self {
            source,
            artifacts,
            lent,
            mode,
            schema,
            trace_file: TraceFile::default(),
            second: None,
            run_traces,
            usual,
            openings: 0,
        })
    }

    /// Reads through a connection that fits the store as it is now.
    fn read<T>(&mut self, cx: &ReadCx, mut read: impl FnMut(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let mut outcome = self.read_once(cx, &mut read);
        // A process died while it wrote, after this store was opened: once more, with a copy.
        if let Err(StoreError::Sqlite { message, .. }) = &outcome
            && message == NEEDS_RECOVERY
        {
            self.lent.hold().db = None;
            outcome = self.read_once(cx, &mut read);
        }
        outcome
    }

    fn read_once<T>(&mut self, cx: &ReadCx, read: &mut impl FnMut(&mut Reader<'_>) -> Result<T>) -> Result<T> {
        let mut held = self.lent.hold();
        if held.db.as_ref().is_some_and(|db| !db.is_current(&self.source)) {
            held.db = None;
        }
        if held.db.is_none() {
            let db = Db::open(&self.source)?;
            self.schema = Schema::read_again(&self.schema, &db.conn, self.source.path())?;
            self.mode = db.mode;
            self.lent.put(&mut held, db, cx);
            if !self.mode.keeps_lock() {
                self.openings += 1;
            }
        }
        let Some(db) = &held.db else { return Err(StoreError::Missing(self.source.path().to_owned())) };
        let (schema, artifacts, trace_file) = (&self.schema, &self.artifacts, &mut self.trace_file);
        let (source, run_traces, usual) = (&*self.source, &*self.run_traces, &*self.usual);
        let path = source.path();
        let outcome = db.guarded(cx, |db| {
            let conn = &db.conn;
            read(&mut Reader { conn, path, schema, cx, artifacts, trace_file, db, source, run_traces, usual })
        });
        held.rest();
        outcome.map_err(|error| match error {
            // SQLite only knows that it was interrupted.
            StoreError::Cancelled => cx.check().err().unwrap_or(StoreError::Cancelled),
            other => other,
        })
    }

    /// How the database is opened at the moment.
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

impl Store for SqliteStore {
    fn id(&self) -> StoreId {
        self.source.id()
    }

    fn info(&self) -> StoreInfo {
        let (schema_of, notice) = revisions::describe(self.schema.revision.as_deref());
        let opened_as = match self.mode {
            Mode::Plain => None,
            Mode::Snapshot => Some("a snapshot: no process has its write-ahead log open".to_owned()),
            Mode::Log(Holder::Alive) => Some("live: a process has its write-ahead log open".to_owned()),
            Mode::Log(Holder::Gone) => {
                Some("with the side files -wal and -shm that a process left behind; nobody writes to it".to_owned())
            }
            Mode::Log(Holder::Unknown) => Some("with its write-ahead log".to_owned()),
            Mode::Copy => Some("a private copy: a process died while it wrote, and the copy was recovered".to_owned()),
        };
        StoreInfo {
            location: StoreLocation::Path(self.source.path().to_owned()),
            kind: DiskKind::Sqlite.word(),
            size_bytes: self.source.size(),
            schema_of,
            opened_as,
            is_held: self.mode == Mode::Log(Holder::Alive),
            notices: notice.into_iter().collect(),
            opened_for: None,
            standing: None,
        }
    }

    fn capabilities(&self) -> Capabilities {
        let keeps_traces = self.schema.has("trace_info", "request_id");
        let keeps_prompts = self.schema.keeps_prompts();
        Capabilities { keeps_traces, keeps_prompts, ..Capabilities::ALL }
    }

    fn fork(&self) -> Result<Box<dyn Store>> {
        // A copy is the same recovered snapshot for everyone, but each makes its own: it is rare.
        let (run_traces, usual) = (Arc::clone(&self.run_traces), Arc::clone(&self.usual));
        Ok(Box::new(Self::connect(Arc::clone(&self.source), self.artifacts.clone(), run_traces, usual)?))
    }

    fn revision(&mut self, cx: &ReadCx) -> Result<Revision> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        format!("{:?}", self.source.surroundings()).hash(&mut hasher);
        if self.mode == Mode::Plain {
            let version = self.read(cx, |reader| reader.data_version())?;
            version.hash(&mut hasher);
        }
        if let Mode::Log(_) = self.mode {
            self.source.log_index().head().hash(&mut hasher);
            // Whoever wrote may have left, or come back.
            let holder = Holder::of(&self.source);
            holder.hash(&mut hasher);
            self.mode = Mode::Log(holder);
        }
        self.openings.hash(&mut hasher);
        Ok(Revision(hasher.finish()))
    }

    fn experiments(&mut self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>> {
        self.read(cx, |reader| reader.experiments(with_deleted))
    }

    fn experiment_counts(&mut self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>> {
        self.read(cx, |reader| reader.experiment_counts())
    }

    fn run_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<Run>> {
        self.read(cx, |reader| reader.run_page(query))
    }

    fn run_row_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<(Run, RunValues)>> {
        self.read(cx, |reader| reader.run_row_page(query))
    }

    fn metric_history(&mut self, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
        self.read(cx, |reader| reader.metric_history(run, key))
    }

    fn metric_counts(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<(Arc<str>, u64)>> {
        self.read(cx, |reader| reader.metric_counts(run))
    }

    fn dataset_inputs(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<DatasetInput>> {
        self.read(cx, |reader| reader.dataset_inputs(run))
    }

    fn logged_models(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<LoggedModel>> {
        self.read(cx, |reader| reader.logged_models(run))
    }

    fn trace_page(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
        self.read(cx, |reader| reader.trace_page(query))
    }

    fn trace_values(
        &mut self,
        cx: &ReadCx,
        query: &TraceQuery,
        columns: &[TraceColumn],
    ) -> Result<Vec<(TraceHandle, Vec<TraceValue>)>> {
        self.read(cx, |reader| reader.trace_values(query, columns))
    }

    fn trace_place(&mut self, cx: &ReadCx, query: &TraceQuery, trace: &TraceId) -> Result<Option<TracePlace>> {
        self.read(cx, |reader| reader.trace_place(query, trace))
    }

    fn trace_rows(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceRow>> {
        self.read(cx, |reader| reader.trace_rows(handles))
    }

    fn trace_previews(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TracePreview>> {
        self.read(cx, |reader| reader.trace_previews(handles))
    }

    fn trace_sessions(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<Vec<(TraceHandle, Session)>> {
        self.read(cx, |reader| reader.trace_sessions(query))
    }

    fn inventory(&mut self, cx: &ReadCx) -> Result<Inventory> {
        self.read(cx, |reader| reader.inventory())
    }

    fn prompts(&mut self, cx: &ReadCx) -> Result<Vec<RegisteredPrompt>> {
        self.read(cx, |reader| reader.prompts())
    }

    fn prompt_versions(&mut self, cx: &ReadCx, prompt: &PromptKey) -> Result<Vec<PromptVersion>> {
        self.read(cx, |reader| reader.prompt_versions(prompt))
    }

    fn prompt_uses(&mut self, cx: &ReadCx, wanted: &PromptUsesWanted) -> Result<Vec<PromptUse>> {
        self.read(cx, |reader| reader.prompt_uses(wanted))
    }

    fn run_traces(
        &mut self,
        cx: &ReadCx,
        experiment: Option<&ExperimentId>,
    ) -> Result<Option<Vec<(RunId, RunTraces)>>> {
        self.read(cx, |reader| reader.run_traces(experiment))
    }

    fn trace_ids(&mut self, cx: &ReadCx, prefix: &str, limit: usize) -> Result<Vec<TraceId>> {
        self.read(cx, |reader| reader.trace_ids(prefix, limit))
    }

    fn trace(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceHead>> {
        self.read(cx, |reader| reader.trace(trace))
    }

    fn spans(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>> {
        self.read(cx, |reader| reader.spans(trace))
    }

    fn span_facts(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        self.read(cx, |reader| reader.span_facts(trace, spans))
    }

    fn span_body(&mut self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
        self.read(cx, |reader| reader.span_body(trace, span))
    }

    fn span_bodies(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanBody>> {
        self.read(cx, |reader| reader.span_bodies(trace, spans))
    }

    fn span_beginning(
        &mut self,
        cx: &ReadCx,
        trace: &TraceId,
        span: SpanHandle,
        most: usize,
    ) -> Result<Option<SpanBody>> {
        self.read(cx, |reader| reader.span_beginning(trace, span, most))
    }

    fn trace_ids_of(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceId>> {
        self.read(cx, |reader| reader.trace_ids_of(handles))
    }

    fn search_page(&mut self, cx: &ReadCx, search: &SpanSearch) -> Result<SearchPage> {
        self.page_of_search(cx, search)
    }

    fn search_trace(&mut self, cx: &ReadCx, trace: &TraceId, sought: &Sought) -> Result<SearchPage> {
        self.read(cx, |reader| reader.search_trace(trace, sought))
    }

    fn artifacts(&mut self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<ArtifactTree> {
        let uri = self.read(cx, |reader| reader.artifact_uri(owner))?;
        self.artifacts.list(cx, owner, uri.as_ref())
    }

    fn stored_artifact(
        &mut self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredFile>> {
        let uri = self.read(cx, |reader| reader.artifact_uri(owner))?;
        self.artifacts.read(owner, uri.as_ref(), path, limit)
    }
}
