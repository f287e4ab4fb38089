//! What a run has for the fields of a filter.

use super::eval::{Actual, Subject};
use super::syntax::{Attribute, Field};
use crate::model::mlflow::run::USER;
use crate::model::{Entry, Run, RunValues, Shown};
use crate::query::lookup;

/// A run with its params, tags and metrics.
pub(super) struct RunSubject<'a>(pub &'a Run, pub &'a RunValues);

impl Subject for RunSubject<'_> {
    fn actual(&self, field: &Field) -> Actual<'_> {
        let Self(run, values) = self;
        match field {
            Field::Metric(key) => {
                let found = lookup::metric(values, key);
                found.map_or(Actual::Absent, |metric| Actual::Number(metric.point.value))
            }
            Field::Param(key) => shown(lookup::param(values, key)),
            Field::Tag(key) => shown(lookup::tag(values, key)),
            Field::Attribute(attribute) => self::attribute(*attribute, run, values),
            // The grammar of runs names none of these.
            Field::Trace(_) => Actual::Absent,
        }
    }

    fn holds_word(&self, word: &str) -> bool {
        self.0.name.to_lowercase().contains(word)
    }
}

fn shown(entry: Option<&Entry>) -> Actual<'_> {
    match entry.map(|entry| &entry.value) {
        None => Actual::Absent,
        Some(Shown::Masked) => Actual::Unknown,
        Some(Shown::Text(text)) => Actual::Text(text),
    }
}

fn attribute<'a>(attribute: Attribute, run: &'a Run, values: &'a RunValues) -> Actual<'a> {
    let text = |text: &'a str| if text.is_empty() { Actual::Absent } else { Actual::Text(text) };
    let number = |number: Option<i64>| number.map_or(Actual::Absent, |number| Actual::Number(number as f64));
    match attribute {
        Attribute::RunId => text(run.id.as_str()),
        Attribute::Name => text(&run.name),
        Attribute::Status => text(run.status.as_str()),
        Attribute::ExperimentId => text(run.experiment_id.as_str()),
        Attribute::ParentId => run.parent_id.as_ref().map_or(Actual::Absent, |id| text(id.as_str())),
        Attribute::ArtifactUri => run.artifact_uri.as_deref().map_or(Actual::Absent, text),
        Attribute::Lifecycle => text(run.lifecycle.as_str()),
        Attribute::UserId => shown(lookup::tag(values, USER)),
        Attribute::StartTime => number(run.start_time_ms),
        Attribute::EndTime => number(run.end_time_ms),
        Attribute::Duration => number(run.duration_ms()),
    }
}
