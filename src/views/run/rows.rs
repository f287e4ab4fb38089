//! What a run's overview lists, as keys and values.

use crate::model::{DatasetInput, Entry, LoggedModel, Run, Shown, secret::MASK};
use crate::views::scene::Clock;
use crate::views::time::{moment, moment_utc};

/// A key, its value, and whether the value was withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub key: String,
    pub value: String,
    pub is_masked: bool,
}

impl Line {
    fn new(key: &str, value: impl Into<String>) -> Self {
        Self { key: key.to_owned(), value: value.into(), is_masked: false }
    }

    fn shown(key: &str, value: &Shown) -> Self {
        let text = value.as_str();
        Self { key: key.to_owned(), value: text.to_owned(), is_masked: text.contains(MASK) }
    }
}

/// How long a run took, if it has ended.
pub(super) fn duration_ms(run: &Run) -> Option<i64> {
    Some(run.end_time_ms?.saturating_sub(run.start_time_ms?).max(0))
}

/// The facts of the run itself.
pub(super) fn facts(run: &Run, clock: Clock) -> Vec<Line> {
    let time = |ms: Option<i64>| ms.map_or_else(|| "unknown".to_owned(), |ms| moment(ms, clock));
    let mut lines = vec![
        Line::new("Run id", run.id.to_string()),
        Line::new("Experiment id", run.experiment_id.to_string()),
        Line::new("Started", time(run.start_time_ms)),
        Line::new("Ended", run.end_time_ms.map_or_else(|| "not yet".to_owned(), |ms| moment(ms, clock))),
    ];
    lines.extend(run.start_time_ms.map(|ms| Line::new("Started, UTC", moment_utc(ms))));
    lines.extend(run.artifact_uri.as_ref().map(|uri| Line::new("Artifacts", uri)));
    lines
}

/// Params or tags.
pub(super) fn entries(entries: &[Entry]) -> Vec<Line> {
    entries.iter().map(|entry| Line::shown(&entry.key, &entry.value)).collect()
}

/// Tags that people set, and those that MLflow set for itself.
pub(super) fn split_tags(tags: &[Entry]) -> (Vec<Line>, Vec<Line>) {
    let (own, others): (Vec<&Entry>, Vec<&Entry>) = tags.iter().partition(|tag| tag.key.starts_with("mlflow."));
    let lines = |tags: Vec<&Entry>| tags.into_iter().map(|tag| Line::shown(&tag.key, &tag.value)).collect();
    (lines(others), lines(own))
}

/// A dataset that the run was given.
pub(super) fn dataset(input: &DatasetInput) -> Vec<Line> {
    let mut lines = vec![
        Line::new("Name", &input.name),
        Line::new("Digest", &input.digest),
        Line::new("Source type", &input.source_type),
        Line::shown("Source", &input.source),
    ];
    lines.extend(input.profile.as_ref().map(|profile| Line::new("Profile", profile)));
    lines.extend(input.schema.as_ref().map(|schema| Line::new("Schema", schema)));
    lines.extend(entries(&input.tags));
    lines
}

/// One line per model, its id as the value: DSPy's autologging makes one per compile.
pub(super) fn models(models: &[LoggedModel], clock: Clock) -> Vec<Line> {
    let line = |model: &LoggedModel| {
        let made = model.creation_time_ms.map(|ms| format!(" · {}", moment(ms, clock))).unwrap_or_default();
        Line::new(&format!("{}{made}", model.name), &model.id)
    };
    models.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_stay_masked_and_marked() {
        let tags = [
            Entry { key: "mlflow.user".into(), value: Shown::Text("me".into()) },
            Entry { key: "api_key".into(), value: Shown::Masked },
        ];
        let (others, own) = split_tags(&tags);
        assert_eq!((others.len(), own.len()), (1, 1));
        assert_eq!(others[0], Line { key: "api_key".into(), value: MASK.into(), is_masked: true });
        assert!(!own[0].is_masked);
    }
}
