//! What of a filter a store can look for by itself.

use super::syntax::{Attribute, Field, Node, Operator, Value};
use crate::model::RunStatus;
use crate::model::secret::{MASK, is_secret_key};
use crate::store::{Comparison, RunCondition, TimeWindow};

/// Numbers up to here are whole milliseconds without rounding.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Conditions that hold for every run that passes: those parts of the filter that all have to hold and that a store
/// understands. A run for which they hold need not pass.
pub(super) fn conditions(root: &Node) -> Vec<RunCondition> {
    match root {
        Node::All(parts) => parts.iter().flat_map(conditions).collect(),
        Node::Compare { field, operator, value } => condition(field, *operator, value).into_iter().collect(),
        // Of these a store knows nothing, or not the same.
        Node::Any(_) | Node::Not(_) | Node::Among { .. } | Node::IsAbsent(_) | Node::Holds(_) => Vec::new(),
    }
}

fn condition(field: &Field, operator: Operator, value: &Value) -> Option<RunCondition> {
    match (field, value) {
        (Field::Metric(key), Value::Number(number)) => {
            // What is infinite is stored as the largest number.
            let comparison = comparison(operator).filter(|_| number.abs() < f64::MAX)?;
            is_plain(key).then(|| RunCondition::Metric { key: key.clone(), comparison, value: *number })
        }
        (Field::Attribute(Attribute::StartTime), Value::Number(number)) => started(operator, *number),
        (field, Value::Text(text)) if operator == Operator::Equal && is_plain(text) => match field {
            Field::Attribute(Attribute::Status) => Some(RunCondition::Status(RunStatus::parse(text))),
            Field::Attribute(Attribute::Name) => Some(RunCondition::Name(text.clone())),
            Field::Param(key) if is_shown(key) => Some(RunCondition::Param { key: key.clone(), value: text.clone() }),
            Field::Tag(key) if is_shown(key) => Some(RunCondition::Tag { key: key.clone(), value: text.clone() }),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a text is shown as it is stored: it is not what stands for nothing, for what is masked, or for bytes that
/// are no text.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(MASK) && !text.contains(char::REPLACEMENT_CHARACTER)
}

/// Whether the values of a key are compared at all.
fn is_shown(key: &str) -> bool {
    is_plain(key) && !is_secret_key(key)
}

fn comparison(operator: Operator) -> Option<Comparison> {
    match operator {
        Operator::Equal => Some(Comparison::Equal),
        Operator::Less => Some(Comparison::Less),
        Operator::LessOrEqual => Some(Comparison::LessOrEqual),
        Operator::Greater => Some(Comparison::Greater),
        Operator::GreaterOrEqual => Some(Comparison::GreaterOrEqual),
        Operator::NotEqual | Operator::Like | Operator::Ilike | Operator::Contains => None,
    }
}

/// A comparison of the start as a window of whole milliseconds.
fn started(operator: Operator, number: f64) -> Option<RunCondition> {
    if number.is_nan() || number.abs() >= MOST_EXACT {
        return None;
    }
    let (floor, ceil) = (number.floor() as i64, number.ceil() as i64);
    let (from_ms, until_ms) = match comparison(operator)? {
        Comparison::Equal => (Some(ceil), Some(floor)),
        Comparison::Less => (None, Some(ceil - 1)),
        Comparison::LessOrEqual => (None, Some(floor)),
        Comparison::Greater => (Some(floor + 1), None),
        Comparison::GreaterOrEqual => (Some(ceil), None),
    };
    Some(RunCondition::Started(TimeWindow { from_ms, until_ms }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Filter;

    fn of(text: &str) -> Vec<RunCondition> {
        Filter::parse(text).expect("a filter").conditions()
    }

    #[test]
    fn parts_that_must_hold_and_that_a_store_understands_are_told_to_it() {
        let window = |from_ms, until_ms| RunCondition::Started(TimeWindow { from_ms, until_ms });
        let metric = |key: &str, comparison, value| RunCondition::Metric { key: key.to_owned(), comparison, value };
        for (text, wanted) in [
            ("status = 'FAILED'", vec![RunCondition::Status(RunStatus::Failed)]),
            ("name = 'eval'", vec![RunCondition::Name("eval".to_owned())]),
            ("params.n = '6'", vec![RunCondition::Param { key: "n".to_owned(), value: "6".to_owned() }]),
            ("tags.a = 'b'", vec![RunCondition::Tag { key: "a".to_owned(), value: "b".to_owned() }]),
            ("metrics.eval > 70", vec![metric("eval", Comparison::Greater, 70.0)]),
            ("start_time >= 10 and start_time < 20.5", vec![window(Some(10), None), window(None, Some(20))]),
            ("start_time > 10.5 and start_time <= 20.5", vec![window(Some(11), None), window(None, Some(20))]),
            ("start_time = 7.5", vec![window(Some(8), Some(7))]),
            (
                "metrics.eval <= 1 and (status = 'FINISHED' and name LIKE 'e%')",
                vec![metric("eval", Comparison::LessOrEqual, 1.0), RunCondition::Status(RunStatus::Finished)],
            ),
            ("metrics.eval > 70 or status = 'FAILED'", vec![]),
            ("not status = 'FAILED'", vec![]),
            ("status != 'FAILED' and metrics.eval != 3", vec![]),
            ("params.n = 6 and params.n > '5' and params.k IN ('a')", vec![]),
            // What is masked is compared with nothing.
            ("params.api_key = 'x' and tags.password = 'y' and params.a = '‹masked›'", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }
}
