//! Experiments and runs as a server tells them.

use std::sync::Arc;

use super::fields::{entries, list, name, readable, real, stored, whole};
use crate::model::metric::from_stored;
use crate::model::mlflow::run::{MODEL_HISTORY, PARENT};
use crate::model::{
    DatasetInput, Experiment, ExperimentId, Json, LatestMetric, Lifecycle, LoggedModel, MetricPoint, Reveal, Run,
    RunId, RunStatus, RunValues, Unmasked,
};

/// An experiment; `None` if it has no id.
pub fn experiment(of: &Json, reveal: Reveal) -> Option<Experiment> {
    Some(Experiment {
        id: ExperimentId::from(name(of, "experiment_id")?),
        name: name(of, "name").unwrap_or_default(),
        lifecycle: Lifecycle::parse(of.get("lifecycle_stage").and_then(Json::as_str)),
        creation_time_ms: whole(of, "creation_time").filter(|time| *time != 0),
        artifact_location: readable(of, "artifact_location", reveal),
    })
}

/// A run with its values; `None` if it has no id.
pub fn run(of: &Json, reveal: Reveal) -> Option<(Run, RunValues)> {
    let (info, data) = (of.get("info")?, of.get("data").unwrap_or(&Json::Null));
    let id = name(info, "run_id").or_else(|| name(info, "run_uuid"))?;
    let parent = stored(data, "tags", PARENT).map(|parent| (*parent.as_stored_for_structure()).to_owned());
    let mut metrics: Vec<LatestMetric> = list(data, "metrics").iter().filter_map(latest).collect();
    metrics.sort_by(|a, b| a.key.cmp(&b.key));
    let run = Run {
        id: RunId::from(id),
        experiment_id: ExperimentId::from(name(info, "experiment_id").unwrap_or_default()),
        name: name(info, "run_name").unwrap_or_default(),
        parent_id: parent.filter(|parent| !parent.is_empty()).map(RunId::from),
        parent_inferred: false,
        status: RunStatus::parse(info.get("status").and_then(Json::as_str).unwrap_or_default()),
        lifecycle: Lifecycle::parse(info.get("lifecycle_stage").and_then(Json::as_str)),
        start_time_ms: whole(info, "start_time"),
        // Protobuf's 0 for what is not there.
        end_time_ms: whole(info, "end_time").filter(|time| *time != 0),
        artifact_uri: readable(info, "artifact_uri", reveal),
    };
    Some((run, RunValues { metrics, params: entries(data, "params", reveal), tags: entries(data, "tags", reveal) }))
}

/// The last point of a metric.
fn latest(of: &Json) -> Option<LatestMetric> {
    Some(LatestMetric { key: Arc::from(of.get("key")?.as_str()?), point: point(of)? })
}

/// One point of a metric; `None` if its value is no number.
pub fn point(of: &Json) -> Option<MetricPoint> {
    let value = real(of, "value")?;
    Some(MetricPoint {
        step: whole(of, "step").unwrap_or(0),
        timestamp_ms: whole(of, "timestamp").unwrap_or(0),
        value: from_stored(value, value.is_nan()),
    })
}

/// The datasets that a run was given, by name and digest.
pub fn datasets(of: &Json, reveal: Reveal) -> Vec<DatasetInput> {
    let inputs = of.get("inputs").unwrap_or(&Json::Null);
    let dataset = |input: &Json| {
        let of = input.get("dataset")?;
        let source = Unmasked::new(name(of, "source").unwrap_or_default());
        Some(DatasetInput {
            name: name(of, "name").unwrap_or_default(),
            digest: name(of, "digest").unwrap_or_default(),
            source_type: name(of, "source_type").unwrap_or_default(),
            source: source.shown("source", reveal),
            schema: readable(of, "schema", reveal),
            profile: readable(of, "profile", reveal),
            tags: entries(input, "tags", reveal),
        })
    };
    let mut found: Vec<DatasetInput> = list(inputs, "dataset_inputs").iter().filter_map(dataset).collect();
    found.sort_by(|a, b| (&a.name, &a.digest).cmp(&(&b.name, &b.digest)));
    found
}

/// The ids of the models that a run gave out (MLflow 3).
pub fn model_ids(of: &Json) -> Vec<String> {
    let outputs = of.get("outputs").unwrap_or(&Json::Null);
    list(outputs, "model_outputs").iter().filter_map(|model| name(model, "model_id")).collect()
}

/// A logged model as its own endpoint tells it; `None` if it was deleted.
pub fn model(of: &Json, reveal: Reveal) -> Option<LoggedModel> {
    let info = of.get("model")?.get("info")?;
    let is_deleted = info.get("lifecycle_stage").and_then(Json::as_str) == Some("deleted");
    (!is_deleted).then_some(())?;
    Some(LoggedModel {
        id: name(info, "model_id")?,
        name: name(info, "name").unwrap_or_default(),
        creation_time_ms: whole(info, "creation_timestamp_ms"),
        artifact_location: readable(info, "artifact_uri", reveal),
    })
}

/// The models that a run's tag names (MLflow 1 – 2).
pub fn models_of_tag(of: &Json) -> Vec<LoggedModel> {
    let data = of.get("data").unwrap_or(&Json::Null);
    let Some(history) = stored(data, "tags", MODEL_HISTORY) else { return Vec::new() };
    let history = history.decode().value;
    let listed = history.as_stored_for_structure().as_array();
    let model = |entry: &Json| {
        let id = name(entry, "model_uuid").filter(|id| !id.is_empty())?;
        let name = name(entry, "artifact_path").unwrap_or_default();
        Some(LoggedModel { id, name, creation_time_ms: None, artifact_location: None })
    };
    listed.into_iter().flatten().filter_map(model).collect()
}
