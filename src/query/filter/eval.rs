//! Whether a run passes a filter.

use super::{Attribute, Field, Node, Operator, Value};
use crate::model::{Entry, Run, RunValues, Shown};

/// Recursion is as deep as the parser allowed.
pub(super) fn holds(node: &Node, run: &Run, values: &RunValues) -> bool {
    match node {
        Node::All(parts) => parts.iter().all(|part| holds(part, run, values)),
        Node::Any(parts) => parts.iter().any(|part| holds(part, run, values)),
        Node::Not(part) => !holds(part, run, values),
        Node::Compare { field, operator, value } => match (actual(field, run, values), value) {
            (Actual::Number(actual), Value::Number(wanted)) => compare_numbers(actual, *operator, *wanted),
            // Params and tags are texts; beside a number they count as numbers if they are.
            (Actual::Text(actual), Value::Number(wanted)) => {
                actual.trim().parse().is_ok_and(|actual| compare_numbers(actual, *operator, *wanted))
            }
            (Actual::Text(actual), Value::Text(wanted)) => compare_texts(actual, *operator, wanted),
            _ => false,
        },
        // As with `!=`, a run without the key is not among the others either.
        Node::Among { field, values: wanted, is_negated } => match actual(field, run, values) {
            Actual::Text(actual) => wanted.iter().any(|wanted| wanted == actual) != *is_negated,
            _ => false,
        },
        Node::IsAbsent(field) => matches!(actual(field, run, values), Actual::Absent),
    }
}

/// What a run has for a field.
enum Actual<'a> {
    Absent,
    /// It has it, but it may not be seen, and so not be guessed by comparing either.
    Masked,
    Number(f64),
    Text(&'a str),
}

fn actual<'a>(field: &Field, run: &'a Run, values: &'a RunValues) -> Actual<'a> {
    match field {
        Field::Metric(key) => {
            let found = values.metrics.iter().find(|metric| *metric.key == **key);
            found.map_or(Actual::Absent, |metric| Actual::Number(metric.point.value))
        }
        Field::Param(key) => entry(&values.params, key),
        Field::Tag(key) => entry(&values.tags, key),
        Field::Attribute(attribute) => self::attribute(*attribute, run, values),
    }
}

fn entry<'a>(entries: &'a [Entry], key: &str) -> Actual<'a> {
    match entries.iter().find(|entry| *entry.key == *key).map(|entry| &entry.value) {
        None => Actual::Absent,
        Some(Shown::Masked) => Actual::Masked,
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
        // MLflow keeps the user as a tag too, and only there since 1.x.
        Attribute::UserId => entry(&values.tags, "mlflow.user"),
        Attribute::StartTime => number(run.start_time_ms),
        Attribute::EndTime => number(run.end_time_ms),
        Attribute::Duration => {
            number(run.start_time_ms.zip(run.end_time_ms).map(|(start, end)| end.saturating_sub(start)))
        }
    }
}

fn compare_numbers(actual: f64, operator: Operator, wanted: f64) -> bool {
    match operator {
        Operator::Equal => actual == wanted,
        Operator::NotEqual => !actual.is_nan() && actual != wanted,
        Operator::Less => actual < wanted,
        Operator::LessOrEqual => actual <= wanted,
        Operator::Greater => actual > wanted,
        Operator::GreaterOrEqual => actual >= wanted,
        Operator::Like | Operator::Ilike | Operator::Contains => false,
    }
}

fn compare_texts(actual: &str, operator: Operator, wanted: &str) -> bool {
    match operator {
        Operator::Equal => actual == wanted,
        Operator::NotEqual => actual != wanted,
        Operator::Less => actual < wanted,
        Operator::LessOrEqual => actual <= wanted,
        Operator::Greater => actual > wanted,
        Operator::GreaterOrEqual => actual >= wanted,
        Operator::Contains => actual.contains(wanted),
        Operator::Like => is_like(actual, wanted),
        Operator::Ilike => is_like(&actual.to_lowercase(), &wanted.to_lowercase()),
    }
}

/// SQL's LIKE, by case as MLflow has it: `%` is any text, `_` any one character.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p) = (0, 0);
    // Where to go on when a `%` must take one character more.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'%') {
            retry = Some((t, p));
            p += 1;
        } else if pattern.get(p).is_some_and(|wanted| *wanted == '_' || *wanted == text[t]) {
            (t, p) = (t + 1, p + 1);
        } else if let Some((from, percent)) = retry {
            retry = Some((from + 1, percent));
            (t, p) = (from + 1, percent + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '%')
}
