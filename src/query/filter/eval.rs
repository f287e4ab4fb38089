//! Whether a row passes a filter: the logic of it, whatever a row is.

use super::like::is_like;
use super::syntax::{Field, Node, Operator, Value};

/// Something that a filter can be held against.
pub(super) trait Subject {
    /// What it has for a field.
    fn actual(&self, field: &Field) -> Actual<'_>;

    /// Whether what plain words look through holds one, which is in lower case.
    fn holds_word(&self, word: &str) -> bool;
}

/// What a row has for a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Actual<'a> {
    Absent,
    /// It has it, but it may not be seen, and so not be guessed by comparing either; or nobody knows yet.
    Unknown,
    Number(f64),
    Text(&'a str),
    /// Several: what is asked for may be any of them, what is excluded may be none.
    Any(Vec<Actual<'a>>),
}

/// Whether a part of a filter holds; `None` where what is masked or not known yet would decide.
///
/// Recursion is as deep as the parser allowed.
pub(super) fn holds(node: &Node, subject: &impl Subject) -> Option<bool> {
    match node {
        Node::All(parts) => decide(parts.iter().map(|part| holds(part, subject)), false),
        Node::Any(parts) => decide(parts.iter().map(|part| holds(part, subject)), true),
        Node::Not(part) => holds(part, subject).map(|holds| !holds),
        Node::Compare { field, operator, value } => compare(&subject.actual(field), *operator, value),
        // As with `!=`, a row without the key is not among the others either.
        Node::Among { field, values, is_negated } => among(&subject.actual(field), values, *is_negated),
        Node::Holds(word) => Some(subject.holds_word(word)),
        Node::IsAbsent(field) => Some(match subject.actual(field) {
            Actual::Any(list) => list.is_empty(),
            actual => actual == Actual::Absent,
        }),
    }
}

/// AND is decided by the first part that is false, OR by the first that is true; else it is
/// unknown if any part is.
fn decide(parts: impl Iterator<Item = Option<bool>>, deciding: bool) -> Option<bool> {
    let mut outcome = Some(!deciding);
    for part in parts {
        match part {
            Some(holds) if holds == deciding => return Some(deciding),
            Some(_) => {}
            None => outcome = None,
        }
    }
    outcome
}

/// Of several all, if it says what may not be; else any. Of none, neither.
fn over(list: &[Actual<'_>], is_negated: bool, one: impl Fn(&Actual<'_>) -> Option<bool>) -> Option<bool> {
    if list.is_empty() { Some(false) } else { decide(list.iter().map(one), !is_negated) }
}

fn compare(actual: &Actual<'_>, operator: Operator, value: &Value) -> Option<bool> {
    Some(match (actual, value) {
        (Actual::Unknown, _) => return None,
        (Actual::Any(list), value) => {
            return over(list, operator == Operator::NotEqual, |one| compare(one, operator, value));
        }
        (Actual::Number(actual), Value::Number(wanted)) => compare_numbers(*actual, operator, *wanted),
        // Params and tags are texts; beside a number they count as numbers if they are.
        (Actual::Text(actual), Value::Number(wanted)) => {
            actual.trim().parse().is_ok_and(|actual| compare_numbers(actual, operator, *wanted))
        }
        (Actual::Text(actual), Value::Text(wanted)) => compare_texts(actual, operator, wanted),
        _ => false,
    })
}

fn among(actual: &Actual<'_>, wanted: &[String], is_negated: bool) -> Option<bool> {
    match actual {
        Actual::Unknown => None,
        Actual::Any(list) => over(list, is_negated, |one| among(one, wanted, is_negated)),
        Actual::Text(actual) => Some(wanted.iter().any(|wanted| wanted == actual) != is_negated),
        _ => Some(false),
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
