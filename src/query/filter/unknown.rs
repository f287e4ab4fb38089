//! Keys of a filter that no run has: what was mistyped, and what may have been meant.

use std::fmt;

use super::syntax::{Field, Node};
use super::{Filter, FilterKeys, KeyUse};

/// As much of a key may be mistyped for another one to be meant: one letter of so many.
const LETTERS_PER_MISTAKE: usize = 3;

/// A key that no run has. As a text it is a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    /// What it was looked for as: `metric`, `param`, `tag`.
    pub kind: &'static str,
    /// The key.
    pub key: String,
    /// What is like it: a key of the same kind, or `params.k` of another one.
    pub meant: Option<String>,
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.meant {
            Some(meant) => write!(f, "No {} {}; did you mean {meant}?", self.kind, self.key),
            None => write!(f, "No run here has a {} {}", self.kind, self.key),
        }
    }
}

impl Filter {
    /// The first of its keys that none of the runs has which these keys are of.
    pub fn unknown_key(&self, keys: &FilterKeys) -> Option<UnknownKey> {
        self.root.as_ref().and_then(|root| unknown(root, keys))
    }
}

fn unknown(node: &Node, keys: &FilterKeys) -> Option<UnknownKey> {
    match node {
        Node::All(parts) | Node::Any(parts) => parts.iter().find_map(|part| unknown(part, keys)),
        Node::Not(part) => unknown(part, keys),
        Node::Compare { field, .. } | Node::Among { field, .. } => unknown_field(field, keys),
        // Who asks for what is absent knows that it may be so everywhere.
        Node::IsAbsent(_) | Node::Holds(_) => None,
    }
}

fn unknown_field(field: &Field, keys: &FilterKeys) -> Option<UnknownKey> {
    let (kind, entity, key) = match field {
        Field::Metric(key) => ("metric", "metrics", key),
        Field::Param(key) => ("param", "params", key),
        Field::Tag(key) => ("tag", "tags", key),
        Field::Attribute(_) | Field::Trace(_) => return None,
    };
    let groups = [("metrics", &keys.metrics), ("params", &keys.params), ("tags", &keys.tags)];
    let (own, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(name, _)| *name == entity);
    let has = |list: &[KeyUse]| list.iter().any(|one| *one.key == **key);
    if own.iter().any(|(_, list)| has(list)) {
        return None;
    }
    let elsewhere = || others.iter().find(|(_, list)| has(list)).map(|(name, _)| format!("{name}.{key}"));
    let meant = own.iter().find_map(|(_, list)| nearest(key, list)).or_else(elsewhere);
    Some(UnknownKey { kind, key: key.clone(), meant })
}

/// The key that is most like what was typed, if it is like it.
fn nearest(typed: &str, keys: &[KeyUse]) -> Option<String> {
    let lower = typed.to_lowercase();
    let most = (typed.chars().count() / LETTERS_PER_MISTAKE).max(1);
    let distance = |one: &KeyUse| {
        // What differs more in length alone is not worth comparing.
        let is_near = one.key.chars().count().abs_diff(typed.chars().count()) <= most;
        is_near.then(|| strsim::osa_distance(&lower, &one.key.to_lowercase())).filter(|distance| *distance <= most)
    };
    let near = keys.iter().filter_map(|one| Some((distance(one)?, std::cmp::Reverse(one.rows), &one.key)));
    near.min().map(|(_, _, key)| key.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> FilterKeys {
        let one = |key: &str, runs| KeyUse { key: key.into(), rows: runs, values: Vec::new(), is_sample: false };
        FilterKeys {
            rows: 9,
            metrics: vec![one("eval", 3), one("eval_full", 1), one("lost", 1), one("loss", 4)],
            params: vec![one("num_trials", 1)],
            tags: vec![one("mlflow.user", 9)],
            ..FilterKeys::default()
        }
    }

    fn told(filter: &str) -> Option<String> {
        Filter::parse(filter).expect(filter).unknown_key(&keys()).map(|unknown| unknown.to_string())
    }

    #[test]
    fn a_mistyped_key_is_told_with_what_was_meant() {
        for (filter, expected) in [
            ("metrics.evl > 70", "No metric evl; did you mean eval?"),
            (
                "metrics.eval > 1 and not (status = 'x' or metrics.EVAL_ful > 1)",
                "No metric EVAL_ful; did you mean eval_full?",
            ),
            ("params.nmu_trials = '6'", "No param nmu_trials; did you mean num_trials?"),
            // Of two that are as like it, the one that more runs have.
            ("metrics.losx > 1", "No metric losx; did you mean loss?"),
            ("params.eval = '3'", "No param eval; did you mean metrics.eval?"),
            ("tags.colour in ('red')", "No run here has a tag colour"),
        ] {
            assert_eq!(told(filter).as_deref(), Some(expected), "{filter}");
        }
    }

    #[test]
    fn what_runs_have_and_what_is_asked_to_be_absent_is_no_mistake() {
        for filter in ["metrics.eval > 1", "params.num_trials = '6'", "tags.x is null", "status = 'FINISHED'", ""] {
            assert_eq!(told(filter), None, "{filter}");
        }
        assert_eq!(Filter::default().unknown_key(&FilterKeys::default()), None);
    }
}
