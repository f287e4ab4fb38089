//! Whether a run passes a filter.

use super::like::is_like;
use super::syntax::{Attribute, Field, Node, Operator, Value};
use crate::model::mlflow::run::USER;
use crate::model::{Entry, Run, RunValues, Shown};
use crate::query::lookup;

/// Whether a part of a filter holds; `None` where what is masked would decide.
///
/// Recursion is as deep as the parser allowed.
pub(super) fn holds(node: &Node, run: &Run, values: &RunValues) -> Option<bool> {
    match node {
        Node::All(parts) => decide(parts, false, run, values),
        Node::Any(parts) => decide(parts, true, run, values),
        Node::Not(part) => holds(part, run, values).map(|holds| !holds),
        Node::Compare { field, operator, value } => Some(match (actual(field, run, values), value) {
            (Actual::Masked, _) => return None,
            (Actual::Number(actual), Value::Number(wanted)) => compare_numbers(actual, *operator, *wanted),
            // Params and tags are texts; beside a number they count as numbers if they are.
            (Actual::Text(actual), Value::Number(wanted)) => {
                actual.trim().parse().is_ok_and(|actual| compare_numbers(actual, *operator, *wanted))
            }
            (Actual::Text(actual), Value::Text(wanted)) => compare_texts(actual, *operator, wanted),
            _ => false,
        }),
        // As with `!=`, a run without the key is not among the others either.
        Node::Among { field, values: wanted, is_negated } => match actual(field, run, values) {
            Actual::Masked => None,
            Actual::Text(actual) => Some(wanted.iter().any(|wanted| wanted == actual) != *is_negated),
            _ => Some(false),
        },
        Node::NameHolds(word) => Some(run.name.to_lowercase().contains(word)),
        Node::IsAbsent(field) => Some(matches!(actual(field, run, values), Actual::Absent)),
    }
}

/// AND is decided by the first part that is false, OR by the first that is true; else it is
/// unknown if any part is.
fn decide(parts: &[Node], deciding: bool, run: &Run, values: &RunValues) -> Option<bool> {
    let mut outcome = Some(!deciding);
    for part in parts {
        match holds(part, run, values) {
            Some(holds) if holds == deciding => return Some(deciding),
            Some(_) => {}
            None => outcome = None,
        }
    }
    outcome
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
            let found = lookup::metric(values, key);
            found.map_or(Actual::Absent, |metric| Actual::Number(metric.point.value))
        }
        Field::Param(key) => shown(lookup::param(values, key)),
        Field::Tag(key) => shown(lookup::tag(values, key)),
        Field::Attribute(attribute) => self::attribute(*attribute, run, values),
    }
}

fn shown(entry: Option<&Entry>) -> Actual<'_> {
    match entry.map(|entry| &entry.value) {
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
        Attribute::UserId => shown(lookup::tag(values, USER)),
        Attribute::StartTime => number(run.start_time_ms),
        Attribute::EndTime => number(run.end_time_ms),
        Attribute::Duration => number(run.duration_ms()),
    }
}

fn compare_numbers(actual: f64, operator: Operator, wanted: f64) -> bool {
    match operator {
        Operator::Equal => actual == wanted,
        Operator::NotEqual => actual != wanted,
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
