//! What a store answered, made ready for the screen on the worker.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use super::diff::PreparedDiff;
use super::evolution::PreparedEvolution;
use super::file::FileBytes;
use super::lineage::PreparedLineage;
use super::prepare::PreparedBody;
use super::program::{PreparedProgram, optimization_bytes};
use super::text::Text;
use crate::model::{
    ArtifactTree, Experiment, ExperimentCounts, ExperimentId, MetricSeries, RunId, RunValues, TraceId, TraceRow,
};
use crate::query::table::PreparedRuns;
use crate::query::{Optimization, Passport, Provenance, RunPage, RunTree, TraceCounts, TraceFigures, TraceTree};
use crate::store::{Revision, StoreInfo, TraceHandle, TraceIndex};

/// Where a trace stands in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracePlace {
    /// Its position, from 0.
    pub position: usize,
    /// How many traces the list has.
    pub total: u64,
    /// The trace above it.
    pub previous: Option<TraceId>,
    /// The trace below it.
    pub next: Option<TraceId>,
}

/// Any answer.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Experiments(Arc<Vec<Experiment>>),
    Counts(Arc<Vec<(ExperimentId, ExperimentCounts)>>),
    RunTree(Arc<RunTree>),
    RunValues(Arc<HashMap<RunId, RunValues>>),
    Runs(Arc<PreparedRuns>),
    RunTraces(Arc<TraceCounts>),
    RunPage(Arc<Option<RunPage>>),
    Metric(Arc<Option<MetricSeries>>),
    TraceIndex(Arc<TraceIndex>),
    TraceRows(Vec<(TraceHandle, Arc<TraceRow>)>),
    TracePlace(Arc<Option<TracePlace>>),
    TraceTree(Arc<Option<TraceTree>>),
    TraceIds(Arc<Vec<TraceId>>),
    SpanFacts(Arc<TraceFigures>),
    SpanBody(Arc<Option<PreparedBody>>),
    SpanJson(Arc<Option<Text>>),
    Artifacts(Arc<ArtifactTree>),
    Provenance(Arc<Option<Provenance>>),
    Lineage(Arc<Option<PreparedLineage>>),
    Passport(Arc<Option<Passport>>),
    Artifact(Arc<Option<FileBytes>>),
    Program(Arc<Option<PreparedProgram>>),
    Optimization(Arc<Option<Optimization>>),
    Diff(Arc<PreparedDiff>),
    Evolution(Arc<Option<PreparedEvolution>>),
    Revision(Revision, Arc<StoreInfo>),
    Derived(Derived),
}

/// What a view derived from an answer; only the view knows what it is.
#[derive(Clone)]
pub(super) struct Derived {
    pub value: Arc<dyn Any + Send + Sync>,
    pub bytes: usize,
}

impl std::fmt::Debug for Derived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Derived").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Answer {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        64 + match self {
            Self::Experiments(list) => list.len() * 200,
            Self::Counts(list) => list.len() * 40,
            Self::RunTree(tree) => tree.runs.len() * 400,
            Self::RunValues(list) => list.values().map(values_bytes).sum(),
            Self::Runs(runs) => runs.table.rows.iter().map(|(_, values)| 600 + values_bytes(values)).sum(),
            Self::RunTraces(counts) => counts.len() * 160,
            Self::RunPage(page) => page.as_ref().as_ref().map_or(0, |page| {
                let inputs = page.datasets.iter().map(|input| {
                    input.source.as_str().len()
                        + input.schema.as_ref().map_or(0, String::len)
                        + input.profile.as_ref().map_or(0, String::len)
                });
                values_bytes(&page.values) + inputs.sum::<usize>() + page.models.len() * 200
            }),
            Self::Metric(series) => series.as_ref().as_ref().map_or(0, |series| series.points.len() * 24),
            Self::TraceIndex(index) => index.handles.len() * 8,
            Self::TraceRows(rows) => rows.len() * 1000,
            Self::TraceTree(tree) => tree.as_ref().as_ref().map_or(0, |tree| tree.spans.len() * 300),
            Self::TraceIds(ids) => ids.len() * 60,
            Self::SpanFacts(figures) => figures.spans.len() * 160,
            Self::SpanBody(body) => body.as_ref().as_ref().map_or(0, PreparedBody::bytes),
            Self::SpanJson(text) => text.as_ref().as_ref().map_or(0, Text::bytes),
            Self::Artifacts(tree) => tree.entries.len() * 120,
            Self::Provenance(told) => told.as_ref().as_ref().map_or(0, Provenance::bytes),
            Self::Lineage(told) => told.as_ref().as_ref().map_or(0, |told| told.lineage.bytes()),
            Self::Passport(told) => told.as_ref().as_ref().map_or(0, Passport::bytes),
            Self::Artifact(file) => file.as_ref().as_ref().map_or(0, |file| file.bytes().len()),
            Self::Program(program) => program.as_ref().as_ref().map_or(0, PreparedProgram::bytes),
            Self::Optimization(found) => found.as_ref().as_ref().map_or(0, optimization_bytes),
            Self::Diff(diff) => diff.bytes(),
            Self::Evolution(found) => found.as_ref().as_ref().map_or(0, PreparedEvolution::bytes),
            Self::Derived(derived) => derived.bytes,
            Self::TracePlace(_) | Self::Revision(..) => 0,
        }
    }

    /// This answer, or `previous` if it says the same: who drew from it need not draw anew.
    pub fn or_same(self, previous: Option<&Self>) -> Self {
        let is_same = match (&self, previous) {
            (Self::Experiments(a), Some(Self::Experiments(b))) => a == b,
            (Self::Counts(a), Some(Self::Counts(b))) => a == b,
            (Self::RunTree(a), Some(Self::RunTree(b))) => a == b,
            (Self::RunValues(a), Some(Self::RunValues(b))) => a == b,
            (Self::Runs(a), Some(Self::Runs(b))) => a == b,
            (Self::RunTraces(a), Some(Self::RunTraces(b))) => a == b,
            (Self::RunPage(a), Some(Self::RunPage(b))) => a == b,
            (Self::Metric(a), Some(Self::Metric(b))) => a == b,
            (Self::TraceIndex(a), Some(Self::TraceIndex(b))) => a == b,
            (Self::TracePlace(a), Some(Self::TracePlace(b))) => a == b,
            (Self::TraceTree(a), Some(Self::TraceTree(b))) => a == b,
            (Self::TraceIds(a), Some(Self::TraceIds(b))) => a == b,
            (Self::SpanFacts(a), Some(Self::SpanFacts(b))) => a == b,
            (Self::SpanBody(a), Some(Self::SpanBody(b))) => a == b,
            (Self::SpanJson(a), Some(Self::SpanJson(b))) => a == b,
            (Self::Artifacts(a), Some(Self::Artifacts(b))) => a == b,
            (Self::Provenance(a), Some(Self::Provenance(b))) => a == b,
            (Self::Lineage(a), Some(Self::Lineage(b))) => a == b,
            (Self::Passport(a), Some(Self::Passport(b))) => a == b,
            (Self::Artifact(a), Some(Self::Artifact(b))) => a == b,
            (Self::Program(a), Some(Self::Program(b))) => a == b,
            (Self::Optimization(a), Some(Self::Optimization(b))) => a == b,
            (Self::Diff(a), Some(Self::Diff(b))) => a == b,
            (Self::Evolution(a), Some(Self::Evolution(b))) => a == b,
            _ => false,
        };
        match previous {
            Some(previous) if is_same => previous.clone(),
            _ => self,
        }
    }

    /// Whether writing to the store cannot change it any more: the body of a span that has ended.
    pub fn is_final(&self) -> bool {
        match self {
            Self::SpanBody(body) => body.as_ref().as_ref().is_some_and(|body| body.is_final),
            Self::Derived(_) => true,
            _ => false,
        }
    }
}

fn values_bytes(values: &RunValues) -> usize {
    let entries = values.params.iter().chain(&values.tags);
    entries.map(|entry| 64 + entry.key.len() + entry.value.as_str().len()).sum::<usize>() + values.metrics.len() * 64
}
