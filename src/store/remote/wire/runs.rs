//! Experiments, runs, metrics, artifacts.

use super::{Bytes, Put, Take, Taken, Writer, fields, kinds};
use crate::model::{
    ArtifactEntry, ArtifactOwner, ArtifactTree, DatasetInput, Entry, Experiment, ExperimentCounts, LatestMetric,
    Lifecycle, LoggedModel, MetricPoint, MetricSeries, Run, RunStatus, RunValues, Shown,
};

fields! {
    Experiment { id, name, lifecycle, creation_time_ms, artifact_location }
    ExperimentCounts { runs, traces }
    Run {
        id, experiment_id, name, parent_id, parent_inferred, status, lifecycle, start_time_ms, end_time_ms, artifact_uri,
    }
    Entry { key, value }
    RunValues { metrics, params, tags }
    LatestMetric { key, point }
    MetricPoint { step, timestamp_ms, value }
    MetricSeries { key, points }
    DatasetInput { name, digest, source_type, source, schema, profile, tags }
    LoggedModel { id, name, creation_time_ms, artifact_location }
    ArtifactEntry { path, is_folder, size }
    ArtifactTree { entries, folder, absent, can_be_named, outside, is_cut }
}

kinds! {
    Lifecycle { 0 => Active, 1 => Deleted }
    ArtifactOwner { 0 => Run(run), 1 => Trace(trace), 2 => Model(model) }
    // It was masked where it was read.
    Shown { 0 => Text(text), 1 => Masked }
}

impl Put for RunStatus {
    fn put(&self, to: &mut Writer) {
        self.as_str().put(to);
    }
}

impl Take for RunStatus {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(Self::parse(from.text()?))
    }
}
