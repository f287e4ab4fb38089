//! A reader of a store without traces says so once, and nothing of them.

use dspyglass::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, LoggedModel, MetricSeries,
    Run, RunId, RunValues, SpanHandle, TraceId,
};
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::{FilteredTracesOf, TraceList, TracePlaceOf, TraceScope, traces};
use dspyglass::store::{
    Capabilities, Inventory, Page, ReadCx, Result, Revision, RunQuery, RunScope, Store, StoreId, StoreInfo, StoredFile,
    TraceHandle, TraceQuery,
};

use crate::support::{databases, reader};

/// What a reader answers, but for what is asked about traces.
struct RunsOnly(Box<dyn Store>);

impl Store for RunsOnly {
    fn id(&self) -> StoreId {
        self.0.id()
    }

    fn info(&self) -> StoreInfo {
        self.0.info()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { keeps_traces: false, ..self.0.capabilities() }
    }

    fn fork(&self) -> Result<Box<dyn Store>> {
        Ok(Box::new(Self(self.0.fork()?)))
    }

    fn revision(&mut self, cx: &ReadCx) -> Result<Revision> {
        self.0.revision(cx)
    }

    fn experiments(&mut self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>> {
        self.0.experiments(cx, with_deleted)
    }

    fn experiment_counts(&mut self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>> {
        self.0.experiment_counts(cx)
    }

    fn run_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<Run>> {
        self.0.run_page(cx, query)
    }

    fn run_row_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<(Run, RunValues)>> {
        self.0.run_row_page(cx, query)
    }

    fn metric_history(&mut self, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
        self.0.metric_history(cx, run, key)
    }

    fn dataset_inputs(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<DatasetInput>> {
        self.0.dataset_inputs(cx, run)
    }

    fn logged_models(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<LoggedModel>> {
        self.0.logged_models(cx, run)
    }

    fn inventory(&mut self, cx: &ReadCx) -> Result<Inventory> {
        self.0.inventory(cx)
    }

    fn artifacts(&mut self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<ArtifactTree> {
        self.0.artifacts(cx, owner)
    }

    fn stored_artifact(
        &mut self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredFile>> {
        self.0.stored_artifact(cx, owner, path, limit)
    }
}

#[test]
fn what_is_asked_about_traces_has_an_answer_of_its_own() {
    let (mut store, cx) = (RunsOnly(reader(&databases()[0])), ReadCx::new());
    assert!(!store.runs(&cx, &RunQuery::new(RunScope::All)).expect("runs").is_empty(), "there is something to read");
    let (trace, handles) = (TraceId::from("tr-1"), [TraceHandle(1)]);
    assert!(store.trace_index(&cx, &TraceQuery::default()).expect("asked").handles.is_empty());
    assert!(store.trace_rows(&cx, &handles).expect("asked").is_empty());
    assert!(store.trace_lines(&cx, &handles).expect("asked").is_empty());
    assert!(store.trace_sessions(&cx, &TraceQuery::default()).expect("asked").is_empty());
    assert_eq!(store.run_traces(&cx, None).expect("asked"), None, "unknown, not none");
    assert!(store.trace_ids(&cx, "", 9).expect("asked").is_empty());
    assert_eq!(store.trace(&cx, &trace).expect("asked"), None);
    assert!(store.spans(&cx, &trace).expect("asked").is_empty());
    assert!(store.span_facts(&cx, &trace, &[]).expect("asked").is_empty());
    assert_eq!(store.span_body(&cx, &trace, SpanHandle(1)).expect("asked"), None);
    let mut session = Session::new(&mut store, &cx, Memo::new().into(), 1);
    let list = traces(&mut session, &TraceQuery::default()).expect("asked");
    assert_eq!(list, TraceList { total: None, rows: Vec::new(), handles: [].into() }, "unknown, not none");
    let place = session.ask(&TracePlaceOf { list: FilteredTracesOf::whole(TraceScope::All), trace }).expect("asked");
    assert_eq!(*place, None);
    assert!(cx.take_warnings().is_empty(), "nothing is wrong");
}
