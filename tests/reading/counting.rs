//! How often what is read for an optimization: no file and no run twice, whatever is opened of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use dspyglass::loader::{EvolutionOf, PreparedFamilyTreeOf};
use dspyglass::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, LoggedModel, MetricSeries,
    Run, RunId, RunValues, Session as TraceSession, SpanBody, SpanFacts, SpanHandle, SpanHead, TraceHead, TraceId,
    TraceRow,
};
use dspyglass::query::ask::{Memo, Question, Session};
use dspyglass::query::{OptimizationOf, ProvenanceOf};
use dspyglass::store::{
    Capabilities, Inventory, Page, ReadCx, Result, Revision, RunQuery, RunTraces, Store, StoreId, StoreInfo,
    StoredFile, TraceHandle, TraceIndex, TracePlace, TraceQuery,
};

use crate::support::{databases, reader, sql};

type Calls = Arc<Mutex<BTreeMap<String, usize>>>;

/// Notes every call with what it asks for.
struct Counting {
    inner: Box<dyn Store>,
    calls: Calls,
}

impl Counting {
    fn note(&self, call: String) {
        *self.calls.lock().expect("no panic").entry(call).or_default() += 1;
    }
}

impl Store for Counting {
    fn id(&self) -> StoreId {
        self.inner.id()
    }

    fn info(&self) -> StoreInfo {
        self.inner.info()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn fork(&self) -> Result<Box<dyn Store>> {
        Ok(Box::new(Self { inner: self.inner.fork()?, calls: Arc::clone(&self.calls) }))
    }

    fn revision(&mut self, cx: &ReadCx) -> Result<Revision> {
        self.inner.revision(cx)
    }

    fn experiments(&mut self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>> {
        self.inner.experiments(cx, with_deleted)
    }

    fn experiment_counts(&mut self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>> {
        self.inner.experiment_counts(cx)
    }

    fn run_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<Run>> {
        self.note(format!("runs {query:?}"));
        self.inner.run_page(cx, query)
    }

    fn run_row_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<(Run, RunValues)>> {
        self.note(format!("rows {query:?}"));
        self.inner.run_row_page(cx, query)
    }

    fn metric_history(&mut self, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
        self.note(format!("metric {run} {key:?}"));
        self.inner.metric_history(cx, run, key)
    }

    fn dataset_inputs(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<DatasetInput>> {
        self.inner.dataset_inputs(cx, run)
    }

    fn logged_models(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<LoggedModel>> {
        self.inner.logged_models(cx, run)
    }

    fn trace_page(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
        self.note(format!("traces {query:?}"));
        self.inner.trace_page(cx, query)
    }

    fn trace_place(&mut self, cx: &ReadCx, query: &TraceQuery, trace: &TraceId) -> Result<Option<TracePlace>> {
        self.inner.trace_place(cx, query, trace)
    }

    fn trace_rows(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceRow>> {
        self.inner.trace_rows(cx, handles)
    }

    fn trace_sessions(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<Vec<(TraceHandle, TraceSession)>> {
        self.inner.trace_sessions(cx, query)
    }

    fn inventory(&mut self, cx: &ReadCx) -> Result<Inventory> {
        self.inner.inventory(cx)
    }

    fn run_traces(
        &mut self,
        cx: &ReadCx,
        experiment: Option<&ExperimentId>,
    ) -> Result<Option<Vec<(RunId, RunTraces)>>> {
        self.note(format!("counts {experiment:?}"));
        self.inner.run_traces(cx, experiment)
    }

    fn trace_ids(&mut self, cx: &ReadCx, prefix: &str, limit: usize) -> Result<Vec<TraceId>> {
        self.inner.trace_ids(cx, prefix, limit)
    }

    fn trace(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceHead>> {
        self.note(format!("trace {trace}"));
        self.inner.trace(cx, trace)
    }

    fn spans(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>> {
        self.note(format!("spans {trace}"));
        self.inner.spans(cx, trace)
    }

    fn span_facts(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        self.inner.span_facts(cx, trace, spans)
    }

    fn span_body(&mut self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
        self.note(format!("body {trace} {span:?}"));
        self.inner.span_body(cx, trace, span)
    }

    fn artifacts(&mut self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<ArtifactTree> {
        self.note(format!("folder {owner:?}"));
        self.inner.artifacts(cx, owner)
    }

    fn stored_artifact(
        &mut self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredFile>> {
        self.note(format!("file {owner:?} {path}"));
        self.inner.stored_artifact(cx, owner, path, limit)
    }
}

fn ask<Q: Question>(store: &mut Counting, memo: &Arc<Memo>, question: &Q) -> Arc<Q::Answer> {
    Session::new(store, &ReadCx::new(), Arc::clone(memo), 1).ask(question).expect("read")
}

#[test]
fn nothing_is_read_twice_for_the_places_of_one_optimization() {
    let mut optimizations = 0;
    for database in databases() {
        let parents = "select distinct value from tags where key = 'mlflow.parentRunId'";
        for parent in sql(&database, parents).into_iter().map(|mut row| RunId::from(row.remove(0))) {
            let calls = Calls::default();
            let mut store = Counting { inner: reader(&database), calls: Arc::clone(&calls) };
            let memo = Arc::new(Memo::new());
            let found = ask(&mut store, &memo, &OptimizationOf(parent.clone()));
            ask(&mut store, &memo, &EvolutionOf { parent: parent.clone(), predictor: None, against: None });
            ask(&mut store, &memo, &PreparedFamilyTreeOf(parent.clone()));
            let Some(found) = found.as_ref() else { continue };
            for (one, program) in found.evaluations.iter().zip(&found.programs) {
                for predictor in program.iter().flat_map(|program| &program.predictors) {
                    let (parent, evaluation, path) = (parent.clone(), one.run_id.clone(), predictor.path.clone());
                    ask(&mut store, &memo, &ProvenanceOf { parent, evaluation, path });
                }
            }
            optimizations += usize::from(!found.evaluations.is_empty());
            let calls = calls.lock().expect("no panic");
            assert!(calls.keys().any(|call| call.starts_with("file")), "{parent}");
            let twice: Vec<_> = calls.iter().filter(|(_, times)| **times > 1).collect();
            assert!(twice.is_empty(), "{}, {parent}: {twice:#?}", database.display());
        }
    }
    assert!(optimizations >= 10, "{optimizations}");
}
