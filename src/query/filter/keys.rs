//! Which keys and values a filter could speak of.

use std::collections::HashMap;
use std::sync::Arc;

use super::syntax::Attribute;
use crate::model::mlflow::run::USER;
use crate::model::{Entry, Run, RunValues, Shown};
use crate::query::{RunTable, lookup};
use crate::words::natural;

/// Of each key, no more different values are counted.
const MAX_COUNTED: usize = 1_000;

/// Of each key, no more values are kept: those that most runs have.
const MAX_KEPT: usize = 50;

/// Longer values are prose, which nobody filters by; in bytes.
pub(super) const MAX_VALUE: usize = 120;

/// The keys and values of some runs or traces. What is masked is not among the values.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FilterKeys {
    /// How many rows there are.
    pub rows: usize,
    /// Metrics, in natural order, without values.
    pub metrics: Vec<KeyUse>,
    /// Params, in natural order.
    pub params: Vec<KeyUse>,
    /// Tags, in natural order.
    pub tags: Vec<KeyUse>,
    /// Metadata of traces, in natural order.
    pub metadata: Vec<KeyUse>,
    /// Assessments of traces, by name in natural order.
    pub assessments: Vec<KeyUse>,
    /// The attributes that are texts and repeat, by the name that the filter has for them.
    pub attributes: Vec<KeyUse>,
}

/// A key and how it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The key.
    pub key: Arc<str>,
    /// How many rows have it.
    pub rows: usize,
    /// A sample of its values, those of most rows first.
    pub values: Vec<ValueUse>,
    /// Whether there are values that are not in the sample.
    pub is_sample: bool,
}

/// A value and how many runs have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueUse {
    /// The value.
    pub value: String,
    /// How many rows have it, as far as they were counted.
    pub rows: usize,
}

impl FilterKeys {
    /// The keys behind a word and a dot.
    pub(super) fn of_entity(&self, entity: &str) -> &[KeyUse] {
        match entity {
            "metrics" => &self.metrics,
            "params" => &self.params,
            "tags" => &self.tags,
            "metadata" => &self.metadata,
            "assessments" => &self.assessments,
            _ => &[],
        }
    }

    /// The keys and values of runs that were read already.
    pub fn of(table: &RunTable) -> Self {
        let mut metrics = Counted::default();
        let mut params = Counted::default();
        let mut tags = Counted::default();
        let mut attributes = Counted::default();
        for (run, values) in &table.rows {
            for metric in &values.metrics {
                metrics.add(&metric.key, None);
            }
            for (counted, entries) in [(&mut params, &values.params), (&mut tags, &values.tags)] {
                for entry in entries {
                    counted.add(&entry.key, shown(entry));
                }
            }
            for (name, value) in repeating(run, values) {
                if !value.is_empty() {
                    attributes.add_named(name, value);
                }
            }
        }
        Self {
            rows: table.rows.len(),
            metrics: metrics.finish(),
            params: params.finish(),
            tags: tags.finish(),
            attributes: attributes.finish(),
            ..Self::default()
        }
    }
}

/// The attributes whose values are worth offering.
fn repeating<'a>(run: &'a Run, values: &'a RunValues) -> [(&'static str, &'a str); 5] {
    [
        (Attribute::Status.name(), run.status.as_str()),
        (Attribute::Name.name(), &run.name),
        (Attribute::ExperimentId.name(), run.experiment_id.as_str()),
        (Attribute::Lifecycle.name(), run.lifecycle.as_str()),
        (Attribute::UserId.name(), lookup::tag(values, USER).and_then(shown).unwrap_or_default()),
    ]
}

fn shown(entry: &Entry) -> Option<&str> {
    match &entry.value {
        Shown::Text(text) => Some(text),
        Shown::Masked => None,
    }
}

/// Counts runs by key and value. Memory is bounded by the number of keys.
#[derive(Default)]
pub(super) struct Counted<'a> {
    keys: HashMap<&'a str, KeyCount<'a>>,
}

#[derive(Default)]
struct KeyCount<'a> {
    /// Shared with the runs where they share it.
    key: Option<&'a Arc<str>>,
    runs: usize,
    values: HashMap<&'a str, usize>,
    is_sample: bool,
}

impl<'a> Counted<'a> {
    pub(super) fn add(&mut self, key: &'a Arc<str>, value: Option<&'a str>) {
        let count = self.keys.entry(key).or_default();
        count.key = Some(key);
        count.add(value);
    }

    pub(super) fn add_named(&mut self, name: &'static str, value: &'a str) {
        self.keys.entry(name).or_default().add(Some(value));
    }

    /// Keys in natural order.
    pub(super) fn finish(self) -> Vec<KeyUse> {
        let mut keys: Vec<KeyUse> = self.keys.into_iter().map(|(key, count)| count.finish(key)).collect();
        keys.sort_by(|a, b| natural::compare(&a.key, &b.key));
        keys
    }
}

impl<'a> KeyCount<'a> {
    fn add(&mut self, value: Option<&'a str>) {
        self.runs += 1;
        let Some(value) = value else { return };
        if value.len() > MAX_VALUE || value.contains('\n') {
            self.is_sample = true;
        } else if let Some(runs) = self.values.get_mut(value) {
            *runs += 1;
        } else if self.values.len() < MAX_COUNTED {
            self.values.insert(value, 1);
        } else {
            self.is_sample = true;
        }
    }

    fn finish(self, name: &str) -> KeyUse {
        let mut values: Vec<(&str, usize)> = self.values.into_iter().collect();
        values.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| natural::compare(a, b)));
        let is_sample = self.is_sample || values.len() > MAX_KEPT;
        values.truncate(MAX_KEPT);
        let values = values.into_iter().map(|(value, runs)| ValueUse { value: value.to_owned(), rows: runs }).collect();
        KeyUse { key: self.key.map_or_else(|| name.into(), Arc::clone), rows: self.runs, values, is_sample }
    }
}
