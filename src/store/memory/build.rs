//! Filling a [`MemoryStore`]. Every addition changes its revision and is seen by all handles.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Content, MemoryStore, MemoryTrace};
use crate::model::{
    ArtifactEntry, ArtifactOwner, ArtifactTree, Assessment, DatasetInput, Experiment, ExperimentId, Json, LatestMetric,
    Lifecycle, LoggedModel, MetricPoint, MetricSeries, Run, RunId, RunStatus, RunValues, SpanBody, SpanFacts,
    SpanHandle, SpanHead, TraceHead, TraceId, TraceRow,
};
use crate::store::{Capabilities, Inventory, StoreId, StoreInfo};
use crate::words::natural;

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self { id: StoreId::fresh(), content: Arc::new(RwLock::new(Content::default())), knobs: Arc::default() }
    }

    /// Changes the content and the revision.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Content) -> T) -> T {
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        content.revision += 1;
        change(&mut content)
    }

    /// What [`Store::info`](crate::store::Store::info) says.
    pub fn set_info(&self, info: StoreInfo) {
        self.change(|content| content.info = Some(info));
    }

    /// What [`Store::capabilities`](crate::store::Store::capabilities) says.
    pub fn set_capabilities(&self, capabilities: Capabilities) {
        self.change(|content| content.capabilities = Some(capabilities));
    }

    /// What [`Store::inventory`](crate::store::Store::inventory) says.
    pub fn set_inventory(&self, inventory: Inventory) {
        self.change(|content| content.inventory = inventory);
    }

    /// Adds an active experiment.
    pub fn add_experiment(&self, id: &str, name: &str) {
        self.put_experiment(Experiment {
            id: id.into(),
            name: name.to_owned(),
            lifecycle: Lifecycle::Active,
            creation_time_ms: None,
            artifact_location: None,
        });
    }

    /// Adds an experiment.
    pub fn put_experiment(&self, experiment: Experiment) {
        self.change(|content| content.experiments.push(experiment));
    }

    /// Adds a run, or replaces the one of this id.
    pub fn put_run(&self, run: Run) {
        self.change(|content| match content.runs.iter_mut().find(|old| old.id == run.id) {
            Some(old) => *old = run,
            None => content.runs.push(run),
        });
    }

    /// Adds many runs at once, of ids that it does not have yet.
    pub fn add_runs(&self, runs: Vec<Run>) {
        self.change(|content| content.runs.extend(runs));
    }

    /// A finished run without parent, for [`MemoryStore::put_run`] after changing what matters.
    pub fn run(id: &str, experiment: &str, name: &str, start_time_ms: i64) -> Run {
        Run {
            id: id.into(),
            experiment_id: experiment.into(),
            name: name.to_owned(),
            parent_id: None,
            parent_inferred: false,
            status: RunStatus::Finished,
            lifecycle: Lifecycle::Active,
            start_time_ms: Some(start_time_ms),
            end_time_ms: Some(start_time_ms),
            artifact_uri: None,
        }
    }

    /// Sets a run's params, tags and latest metrics.
    pub fn put_values(&self, run: &RunId, mut values: RunValues) {
        values.metrics.sort_by(|a, b| a.key.cmp(&b.key));
        values.params.sort_by(|a, b| a.key.cmp(&b.key));
        values.tags.sort_by(|a, b| a.key.cmp(&b.key));
        self.change(|content| content.values.insert(run.clone(), values));
    }

    /// Sets every point of a run's metric, and its latest one (largest step, then time) with it.
    pub fn put_metric(&self, run: &RunId, key: &str, mut points: Vec<MetricPoint>) {
        points.sort_by(|a, b| {
            let values = a.value.is_nan().cmp(&b.value.is_nan()).then(a.value.total_cmp(&b.value));
            (a.step, a.timestamp_ms).cmp(&(b.step, b.timestamp_ms)).then(values)
        });
        self.change(|content| {
            let key: Arc<str> = key.into();
            let latest = &mut content.values.entry(run.clone()).or_default().metrics;
            latest.retain(|metric| metric.key != key);
            latest.extend(points.last().map(|point| LatestMetric { key: key.clone(), point: *point }));
            latest.sort_by(|a, b| a.key.cmp(&b.key));
            let histories = content.histories.entry(run.clone()).or_default();
            histories.retain(|series| series.key != key);
            histories.push(MetricSeries { key, points });
            histories.sort_by(|a, b| a.key.cmp(&b.key));
        });
    }

    /// Sets the datasets that a run was given.
    pub fn put_datasets(&self, run: &RunId, datasets: Vec<DatasetInput>) {
        self.change(|content| content.datasets.insert(run.clone(), datasets));
    }

    /// Sets the models that a run logged.
    pub fn put_models(&self, run: &RunId, models: Vec<LoggedModel>) {
        self.change(|content| content.models.insert(run.clone(), models));
    }

    /// Adds a trace, or replaces the one of this id. Spans are brought into order by start and
    /// get new handles; their facts are read from their bodies.
    pub fn put_trace(&self, head: TraceHead, spans: Vec<(SpanHead, SpanBody)>) {
        let facts = spans.iter().map(|(_, body)| body.facts()).collect::<Vec<_>>();
        let spans = spans.into_iter().zip(facts).map(|((head, body), facts)| (head, facts, body));
        self.put_trace_with_facts(head, spans.collect());
    }

    /// The same, with facts that the bodies do not tell.
    pub fn put_trace_with_facts(&self, head: TraceHead, mut spans: Vec<(SpanHead, SpanFacts, SpanBody)>) {
        spans.sort_by_key(|(span, _, _)| span.start_ns);
        let mut trace = MemoryTrace { head, spans: Vec::new(), facts: Vec::new(), bodies: Vec::new() };
        for (at, (span, facts, body)) in (0..).zip(spans) {
            trace.spans.push(SpanHead { handle: SpanHandle(at), ..span });
            trace.facts.push(facts);
            trace.bodies.push(body);
        }
        self.change(|content| {
            let id = trace.head.row.id.clone();
            match content.trace_of_id.get(&id) {
                Some(at) => content.traces[*at] = trace,
                None => {
                    content.trace_of_id.insert(id, content.traces.len());
                    content.traces.push(trace);
                }
            }
        });
    }

    /// A score that code gave to a trace, as `dspy.Evaluate` logs it, for [`TraceHead::assessments`].
    pub fn score(name: &str, value: Json) -> Assessment {
        Assessment {
            id: String::new(),
            name: name.to_owned(),
            kind: "feedback".to_owned(),
            value,
            error: None,
            rationale: None,
            source_type: "CODE".to_owned(),
            source_id: None,
            span_id: None,
            created_ms: None,
            is_valid: true,
            overrides: None,
            metadata: Json::Null,
        }
    }

    /// A finished trace of which nothing but this is known, for [`MemoryStore::put_trace`].
    pub fn trace_head(id: &str, experiment: &str, run: Option<&str>, name: &str, start_time_ms: i64) -> TraceHead {
        let row = TraceRow {
            id: TraceId::from(id),
            experiment_id: ExperimentId::from(experiment),
            run_id: run.map(RunId::from),
            name: name.to_owned(),
            status: "OK".to_owned(),
            start_time_ms,
            duration_ms: Some(1),
            tokens: None,
            cost_usd: None,
            cached: None,
            span_count: None,
            session: None,
            request_preview: None,
            response_preview: None,
        };
        let (tags, metadata, assessments) = (Vec::new(), Vec::new(), Vec::new());
        TraceHead { row, tags, metadata, assessments, client_request_id: None }
    }

    /// A finished span, for [`MemoryStore::put_trace`].
    pub fn span(id: &str, parent: Option<&str>, name: &str, start_ns: i64, end_ns: i64) -> SpanHead {
        SpanHead {
            id: id.to_owned(),
            parent_id: parent.map(str::to_owned),
            name: name.to_owned(),
            kind: "CHAIN".to_owned(),
            status: "OK".to_owned(),
            start_ns,
            end_ns: Some(end_ns),
            handle: SpanHandle(0),
        }
    }

    /// Sets what the list of an owner's artifacts says, for instance why there is none.
    pub fn put_artifact_tree(&self, owner: ArtifactOwner, tree: ArtifactTree) {
        self.change(|content| content.artifacts.entry(owner).or_default().tree = tree);
    }

    /// Adds an artifact, and the folders above it, or replaces the one at this path.
    pub fn put_artifact(&self, owner: ArtifactOwner, path: &str, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.change(|content| {
            let artifacts = content.artifacts.entry(owner).or_default();
            let entries = &mut artifacts.tree.entries;
            entries.retain(|entry| entry.path != path);
            entries.push(ArtifactEntry { path: path.to_owned(), is_folder: false, size: Some(bytes.len() as u64) });
            for (end, _) in path.match_indices('/') {
                if !entries.iter().any(|entry| entry.path == path[..end]) {
                    entries.push(ArtifactEntry { path: path[..end].to_owned(), is_folder: true, size: None });
                }
            }
            entries.sort_by(|a, b| compare_paths(&a.path, &b.path));
            artifacts.files.insert(path.to_owned(), bytes);
        });
    }
}

/// Depth-first, folders before their content, names in natural order.
fn compare_paths(a: &str, b: &str) -> std::cmp::Ordering {
    let (mut a, mut b) = (a.split('/'), b.split('/'));
    loop {
        match (a.next(), b.next()) {
            (Some(x), Some(y)) if x == y => {}
            (Some(x), Some(y)) => return natural::compare(x, y),
            (x, y) => return x.is_some().cmp(&y.is_some()),
        }
    }
}
