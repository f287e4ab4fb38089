//! A store that lives in memory: what a file of traces is read into, what tests of views and queries read, and what a
//! store can be copied into.
//!
//! A [`MemoryStore`] is a handle: clones and forks share one content, so that a test may add
//! to a store while a worker reads it. Content is kept as it was given; what is a secret is
//! masked on reading, unless the [`ReadCx`] reveals it.

mod build;
mod copy;
#[cfg(any(test, feature = "testing"))]
mod knobs;
#[cfg(not(any(test, feature = "testing")))]
#[path = "memory/no_knobs.rs"]
mod knobs;
mod lists;
mod masking;
mod prompts;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::counting;
use super::{
    Capabilities, Inventory, Page, ReadCx, Result, Revision, RunQuery, RunTraces, Store, StoreId, StoreInfo,
    StoreLocation, StoredFile, TraceHandle, TraceIndex, TracePlace, TraceQuery,
};
use crate::model::{
    ArtifactOwner, ArtifactTree, DatasetInput, Experiment, ExperimentCounts, ExperimentId, Lifecycle, LoggedModel,
    MetricSeries, PromptKey, PromptUse, PromptUsesWanted, PromptVersion, RegisteredPrompt, Run, RunId, RunValues,
    SpanBody, SpanFacts, SpanHandle, SpanHead, TraceHead, TraceId, TraceRow, Unmasked,
};
use crate::words::natural;
use knobs::Knobs;

/// A store in memory; clones share its content.
#[derive(Clone)]
pub struct MemoryStore {
    id: StoreId,
    content: Arc<RwLock<Content>>,
    knobs: Arc<Knobs>,
}

/// Everything that a store holds.
#[derive(Clone, Default)]
struct Content {
    info: Option<StoreInfo>,
    /// What is said of it where it was read from something that can do less.
    capabilities: Option<Capabilities>,
    inventory: Inventory,
    experiments: Vec<Experiment>,
    runs: Vec<Run>,
    values: HashMap<RunId, RunValues>,
    histories: HashMap<RunId, Vec<MetricSeries>>,
    datasets: HashMap<RunId, Vec<DatasetInput>>,
    models: HashMap<RunId, Vec<LoggedModel>>,
    traces: Vec<MemoryTrace>,
    trace_of_id: HashMap<TraceId, usize>,
    artifacts: HashMap<ArtifactOwner, MemoryArtifacts>,
    prompts: Vec<(RegisteredPrompt, Vec<PromptVersion>)>,
    prompt_uses: Vec<PromptUse>,
    revision: u64,
}

/// A trace and its spans, which stand in the order of the trait.
#[derive(Clone)]
struct MemoryTrace {
    head: TraceHead,
    spans: Vec<SpanHead>,
    facts: Vec<SpanFacts>,
    bodies: Vec<SpanBody>,
}

/// The artifacts of one owner.
#[derive(Clone, Default)]
struct MemoryArtifacts {
    tree: ArtifactTree,
    files: HashMap<String, Vec<u8>>,
}

impl MemoryStore {
    /// Counts the call, waits and fails as the knobs say, then opens the content.
    fn enter(&self, call: &'static str, cx: &ReadCx) -> Result<RwLockReadGuard<'_, Content>> {
        self.knobs.enter(call, cx)?;
        Ok(self.content.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Content {
    fn trace(&self, id: &TraceId) -> Option<&MemoryTrace> {
        self.trace_of_id.get(id).and_then(|at| self.traces.get(*at))
    }
}

impl Store for MemoryStore {
    fn id(&self) -> StoreId {
        self.id
    }

    fn info(&self) -> StoreInfo {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        content.info.clone().unwrap_or_else(|| StoreInfo {
            location: StoreLocation::from("memory"),
            kind: "memory",
            size_bytes: None,
            schema_of: None,
            opened_as: None,
            is_held: false,
            notices: Vec::new(),
            opened_for: None,
            standing: None,
        })
    }

    fn capabilities(&self) -> Capabilities {
        let content = self.content.read().unwrap_or_else(PoisonError::into_inner);
        let filters = !self.knobs.is_server();
        content.capabilities.unwrap_or(Capabilities {
            filters_runs: filters,
            filters_traces: filters,
            ..Capabilities::ALL
        })
    }

    fn fork(&self) -> Result<Box<dyn Store>> {
        Ok(Box::new(self.clone()))
    }

    fn revision(&mut self, cx: &ReadCx) -> Result<Revision> {
        Ok(Revision(self.enter("revision", cx)?.revision))
    }

    fn experiments(&mut self, cx: &ReadCx, with_deleted: bool) -> Result<Vec<Experiment>> {
        let content = self.enter("experiments", cx)?;
        let is_shown = |one: &&Experiment| with_deleted || one.lifecycle == Lifecycle::Active;
        let mut experiments: Vec<Experiment> = content.experiments.iter().filter(is_shown).cloned().collect();
        experiments.sort_by(|a, b| natural::compare(a.id.as_str(), b.id.as_str()));
        Ok(experiments)
    }

    fn experiment_counts(&mut self, cx: &ReadCx) -> Result<Vec<(ExperimentId, ExperimentCounts)>> {
        let content = self.enter("experiment_counts", cx)?;
        let mut runs: HashMap<&ExperimentId, u64> = HashMap::new();
        for run in content.runs.iter().filter(|run| run.lifecycle == Lifecycle::Active) {
            *runs.entry(&run.experiment_id).or_default() += 1;
        }
        let mut traces: HashMap<&ExperimentId, u64> = HashMap::new();
        for trace in &content.traces {
            *traces.entry(&trace.head.row.experiment_id).or_default() += 1;
        }
        let count = |id: &ExperimentId| ExperimentCounts {
            runs: runs.get(id).copied().unwrap_or(0),
            traces: Some(traces.get(id).copied().unwrap_or(0)),
        };
        Ok(content.experiments.iter().map(|one| (one.id.clone(), count(&one.id))).collect())
    }

    fn run_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<Run>> {
        let content = self.enter("run_page", cx)?;
        Ok(self.run_page_of(&content, cx, query).map(Run::clone))
    }

    fn run_row_page(&mut self, cx: &ReadCx, query: &RunQuery) -> Result<Page<(Run, RunValues)>> {
        let content = self.enter("run_row_page", cx)?;
        let page = self.run_page_of(&content, cx, query);
        cx.check()?;
        let values = |run: &Run| content.values.get(&run.id).map(|values| masking::values(values, cx.reveal()));
        Ok(page.map(|run| (run.clone(), values(run).unwrap_or_default())))
    }

    fn metric_history(&mut self, cx: &ReadCx, run: &RunId, key: Option<&str>) -> Result<Vec<MetricSeries>> {
        let content = self.enter("metric_history", cx)?;
        let series = content.histories.get(run).into_iter().flatten();
        Ok(series.filter(|series| key.is_none_or(|key| *series.key == *key)).cloned().collect())
    }

    fn metric_counts(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<(Arc<str>, u64)>> {
        let content = self.enter("metric_counts", cx)?;
        let series = content.histories.get(run).into_iter().flatten();
        Ok(series.map(|series| (Arc::clone(&series.key), series.points.len() as u64)).collect())
    }

    fn dataset_inputs(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<DatasetInput>> {
        let content = self.enter("dataset_inputs", cx)?;
        let inputs = content.datasets.get(run).into_iter().flatten();
        Ok(inputs.map(|input| masking::dataset(input, cx.reveal())).collect())
    }

    fn logged_models(&mut self, cx: &ReadCx, run: &RunId) -> Result<Vec<LoggedModel>> {
        Ok(self.enter("logged_models", cx)?.models.get(run).cloned().unwrap_or_default())
    }

    fn trace_page(&mut self, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
        let content = self.enter("trace_page", cx)?;
        Ok(self.trace_page_of(&content, cx, query))
    }

    fn trace_place(&mut self, cx: &ReadCx, query: &TraceQuery, trace: &TraceId) -> Result<Option<TracePlace>> {
        Ok(self.enter("trace_place", cx)?.trace_place_of(query, trace, cx.reveal()))
    }

    fn trace_rows(&mut self, cx: &ReadCx, handles: &[TraceHandle]) -> Result<Vec<TraceRow>> {
        let content = self.enter("trace_rows", cx)?;
        let mut rows = Vec::with_capacity(handles.len());
        for TraceHandle(at) in handles {
            cx.check()?;
            let trace = usize::try_from(*at).ok().and_then(|at| content.traces.get(at));
            rows.extend(trace.map(|trace| masking::row(&trace.head.row, cx.reveal())));
        }
        Ok(rows)
    }

    fn inventory(&mut self, cx: &ReadCx) -> Result<Inventory> {
        Ok(self.enter("inventory", cx)?.inventory.clone())
    }

    fn prompts(&mut self, cx: &ReadCx) -> Result<Vec<RegisteredPrompt>> {
        Ok(self.enter("prompts", cx)?.prompts(cx.reveal()))
    }

    fn prompt_versions(&mut self, cx: &ReadCx, prompt: &PromptKey) -> Result<Vec<PromptVersion>> {
        Ok(self.enter("prompt_versions", cx)?.prompt_versions(prompt, cx.reveal()))
    }

    fn prompt_uses(&mut self, cx: &ReadCx, wanted: &PromptUsesWanted) -> Result<Vec<PromptUse>> {
        Ok(self.enter("prompt_uses", cx)?.prompt_uses(wanted))
    }

    fn run_traces(
        &mut self,
        cx: &ReadCx,
        experiment: Option<&ExperimentId>,
    ) -> Result<Option<Vec<(RunId, RunTraces)>>> {
        let content = self.enter("run_traces", cx)?;
        let rows = content.traces.iter().map(|trace| &trace.head.row);
        Ok(Some(counting::by_run(rows.filter(|row| experiment.is_none_or(|wanted| row.experiment_id == *wanted)))))
    }

    fn trace_ids(&mut self, cx: &ReadCx, prefix: &str, limit: usize) -> Result<Vec<TraceId>> {
        let content = self.enter("trace_ids", cx)?;
        let mut ids: Vec<TraceId> =
            content.trace_of_id.keys().filter(|id| id.as_str().starts_with(prefix)).cloned().collect();
        ids.sort();
        ids.truncate(limit);
        Ok(ids)
    }

    fn trace(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceHead>> {
        let content = self.enter("trace", cx)?;
        Ok(content.trace(trace).map(|trace| masking::head(&trace.head, cx.reveal())))
    }

    fn spans(&mut self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>> {
        let content = self.enter("spans", cx)?;
        Ok(content.trace(trace).map(|trace| trace.spans.clone()).unwrap_or_default())
    }

    fn span_facts(&mut self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        let content = self.enter("span_facts", cx)?;
        let facts = content.trace(trace).map_or(&[][..], |trace| &trace.facts);
        Ok(spans.iter().map(|span| at(facts, span.handle).cloned().unwrap_or_default()).collect())
    }

    fn span_body(&mut self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
        let content = self.enter("span_body", cx)?;
        let bodies = content.trace(trace).map_or(&[][..], |trace| &trace.bodies);
        Ok(at(bodies, span).map(|body| masking::body(body, cx.reveal())))
    }

    fn artifacts(&mut self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<ArtifactTree> {
        let content = self.enter("artifacts", cx)?;
        let absent = || ArtifactTree { absent: Some("nothing was recorded".to_owned()), ..ArtifactTree::default() };
        Ok(content.artifacts.get(owner).map_or_else(absent, |artifacts| artifacts.tree.clone()))
    }

    fn stored_artifact(
        &mut self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredFile>> {
        let content = self.enter("artifact", cx)?;
        let bytes = content.artifacts.get(owner).and_then(|artifacts| artifacts.files.get(path));
        Ok(bytes.map(|bytes| StoredFile {
            bytes: Unmasked::new(bytes[..bytes.len().min(usize::try_from(limit).unwrap_or(usize::MAX))].to_vec()),
            full_size: bytes.len() as u64,
        }))
    }
}

/// What stands at a handle, which here is a place in a list.
fn at<T>(list: &[T], SpanHandle(at): SpanHandle) -> Option<&T> {
    usize::try_from(at).ok().and_then(|at| list.get(at))
}

#[cfg(test)]
mod tests;
