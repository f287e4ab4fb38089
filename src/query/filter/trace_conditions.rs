//! What of a filter of traces a store can look for by itself.

use super::syntax::{Field, Node, Operator, Value};
use super::trace_keys::{TraceAttribute, TraceField};
use super::trace_subject::Names;
use crate::model::RunId;
use crate::model::secret::MASK;
use crate::store::{Comparison, TraceColumn, TraceCondition};

/// A condition, and how much it says.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct Pushed {
    pub condition: TraceCondition,
    pub level: Level,
}

/// How a condition of a store and a part of a filter belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::query) enum Level {
    /// It holds for every trace that passes, and perhaps for others.
    Beyond,
    /// It holds for those that pass and for no other; where it does not hold, the part may be false or unknown.
    Passing,
    /// It holds where the part is true and not where it is false, and the part is never unknown.
    Exact,
}

/// What of a part of a filter a store can look for; `None` if nothing.
pub(super) fn pushed(node: &Node, names: &Names) -> Option<Pushed> {
    match node {
        Node::All(parts) => {
            let found: Vec<Option<Pushed>> = parts.iter().map(|part| pushed(part, names)).collect();
            let least = found.iter().flatten().map(|one| one.level).min()?;
            let level = if found.contains(&None) { Level::Beyond } else { least };
            let conditions = found.into_iter().flatten().map(|one| one.condition);
            Some(Pushed { condition: TraceCondition::All(conditions.collect()), level })
        }
        Node::Any(parts) => {
            let found: Vec<Pushed> = parts.iter().map(|part| pushed(part, names)).collect::<Option<_>>()?;
            let level = found.iter().map(|one| one.level).min()?;
            let conditions = found.into_iter().map(|one| one.condition);
            Some(Pushed { condition: TraceCondition::Any(conditions.collect()), level })
        }
        Node::Not(part) => {
            pushed(part, names).filter(|one| one.level == Level::Exact).map(|one| exact(not(one.condition)))
        }
        Node::IsAbsent(Field::Trace(field)) => Some(exact(not(TraceCondition::Present(field.column()?)))),
        Node::Compare { field: Field::Trace(field), operator, value } => compare(field, *operator, value, names),
        Node::Among { field: Field::Trace(field), values, is_negated } => {
            let column = field.column()?;
            Some(among(field, values, *is_negated, names).unwrap_or_else(|| present(column)))
        }
        Node::IsAbsent(_) | Node::Compare { .. } | Node::Among { .. } | Node::Holds(_) => None,
    }
}

fn exact(condition: TraceCondition) -> Pushed {
    Pushed { condition, level: Level::Exact }
}

fn not(condition: TraceCondition) -> TraceCondition {
    TraceCondition::Not(Box::new(condition))
}

/// A comparison with nothing is false.
fn present(column: TraceColumn) -> Pushed {
    Pushed { condition: TraceCondition::Present(column), level: Level::Beyond }
}

/// There is something, and it is not this.
fn other_than(column: TraceColumn, condition: TraceCondition) -> Pushed {
    exact(TraceCondition::All(vec![TraceCondition::Present(column), not(condition)]))
}

fn compare(field: &TraceField, operator: Operator, value: &Value, names: &Names) -> Option<Pushed> {
    let column = field.column()?;
    let found = match (operator, value) {
        (operator, Value::Number(number)) if Field::Trace(field.clone()).is_number() => {
            Some(compare_number(&column, operator, *number))
        }
        (Operator::Equal, Value::Text(text)) => among(field, std::slice::from_ref(text), false, names),
        (Operator::NotEqual, Value::Text(text)) => among(field, std::slice::from_ref(text), true, names),
        // Names are not in this column.
        (Operator::Contains, Value::Text(text)) => holds(&column, text),
        _ => None,
    };
    Some(found.unwrap_or_else(|| present(column)))
}

fn compare_number(column: &TraceColumn, operator: Operator, value: f64) -> Pushed {
    let with = |comparison| TraceCondition::Compares { column: column.clone(), comparison, value };
    exact(match operator {
        Operator::Less => with(Comparison::Less),
        Operator::LessOrEqual => with(Comparison::LessOrEqual),
        Operator::Greater => with(Comparison::Greater),
        Operator::GreaterOrEqual => with(Comparison::GreaterOrEqual),
        Operator::NotEqual => return other_than(column.clone(), with(Comparison::Equal)),
        // No other one stands before a number.
        Operator::Equal | Operator::Like | Operator::Ilike | Operator::Contains => with(Comparison::Equal),
    })
}

/// One of some texts, or none of them.
fn among(field: &TraceField, values: &[String], is_negated: bool, names: &Names) -> Option<Pushed> {
    let column = &field.column()?;
    // Lists in JSON, which only who reads them can compare.
    if matches!(column, TraceColumn::Assessment { .. }) || column.is_secret() || !values.iter().all(|one| is_plain(one))
    {
        return None;
    }
    let is = TraceCondition::Is { column: column.clone(), values: ids(field, values, names) };
    match (is_negated, column.is_never_masked()) {
        (false, true) => Some(exact(is)),
        (false, false) => Some(Pushed { condition: is, level: Level::Passing }),
        (true, true) => Some(other_than(column.clone(), is)),
        (true, false) => None,
    }
}

/// Runs and experiments are stored by their ids.
fn ids(field: &TraceField, values: &[String], names: &Names) -> Vec<String> {
    let mut ids = values.to_vec();
    let TraceField::Attribute(attribute) = field else { return ids };
    match attribute {
        TraceAttribute::Optimization => {
            let is_meant = |run: &RunId| {
                let name = names.runs.get(run);
                values.iter().any(|value| value == run.as_str() || name == Some(value))
            };
            let found = names.runs.keys().filter(|run| is_meant(run) || names.above(run).any(is_meant));
            ids.extend(found.map(ToString::to_string));
        }
        TraceAttribute::Run => {
            let found = names.runs.iter().filter(|(_, name)| values.contains(name));
            ids.extend(found.map(|(id, _)| id.to_string()));
        }
        TraceAttribute::Experiment => {
            let found = names.experiments.iter().filter(|(_, name)| values.contains(name));
            ids.extend(found.map(|(id, _)| id.to_string()));
        }
        _ => {}
    }
    ids
}

fn holds(column: &TraceColumn, text: &str) -> Option<Pushed> {
    let is_of_mask = text.contains(['‹', '›']) || MASK.contains(text);
    let level = match column {
        TraceColumn::Id | TraceColumn::Status | TraceColumn::Name => Level::Exact,
        TraceColumn::Input | TraceColumn::Output if !is_of_mask => Level::Beyond,
        TraceColumn::Tag(_) | TraceColumn::Metadata(_) if !is_of_mask && !column.is_secret() => Level::Beyond,
        _ => return None,
    };
    let condition = TraceCondition::Holds { column: column.clone(), text: text.to_owned() };
    (is_plain(text)).then_some(Pushed { condition, level })
}

/// Whether a text is shown as it is stored: it is not what stands for nothing, for what is masked, or for bytes that
/// are no text.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(MASK) && !text.contains(['\0', char::REPLACEMENT_CHARACTER])
}
