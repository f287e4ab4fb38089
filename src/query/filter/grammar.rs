//! What a filter may speak of: the same language over other keys.

use super::syntax::{Attribute, Field};
use super::trace_keys::{TraceAttribute, TraceField};
use crate::model::Assessment;

/// The keys of one kind of rows, and how freely their values may be written.
pub(super) struct Grammar {
    /// A row is called so.
    pub noun: &'static str,
    /// What stands before a dot, in the order in which it is offered.
    pub entities: &'static [Entity],
    /// What may stand before the dot and an attribute; the first is offered.
    pub attribute_words: &'static [&'static str],
    /// An attribute by its name in lower case.
    pub attribute: fn(&str) -> Option<Field>,
    /// Every attribute by the name to show, in order, and what it is.
    pub shown: fn() -> Vec<(&'static str, Field, &'static str)>,
    /// What is offered after `attributes.`
    pub attributes_note: &'static str,
    /// What a comparison begins with, for people.
    pub operand: &'static str,
    /// What is known not to be understood, and what to write instead.
    pub others: &'static [(&'static str, &'static str)],
    /// Texts need no quotes where they are one word.
    pub has_bare_words: bool,
}

/// What stands before a dot and a key of the user's own.
pub(super) struct Entity {
    /// Its names; the first is offered.
    pub names: &'static [&'static str],
    /// The field of a key.
    pub field: fn(String) -> Field,
}

/// There are two, each in one place.
impl PartialEq for Grammar {
    fn eq(&self, other: &Self) -> bool {
        self.noun == other.noun
    }
}

impl std::fmt::Debug for Grammar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.noun)
    }
}

impl Grammar {
    /// The entity that is called so, in any case.
    pub fn entity(&self, word: &str) -> Option<&'static Entity> {
        let word = word.to_ascii_lowercase();
        self.entities.iter().find(|entity| entity.names.contains(&&*word))
    }

    /// Whether attributes may stand behind this word and a dot.
    pub fn is_attribute_word(&self, word: &str) -> bool {
        self.attribute_words.contains(&&*word.to_ascii_lowercase())
    }

    /// Whether two words before a dot mean the same.
    pub fn is_same_entity(&self, own: &str, typed: &str) -> bool {
        match self.entity(own) {
            Some(entity) => entity.names.contains(&&*typed.to_ascii_lowercase()),
            None => self.is_attribute_word(own) && self.is_attribute_word(typed),
        }
    }
}

/// MLflow's `search_runs`, and what is added to it.
pub(super) static RUNS: Grammar = Grammar {
    noun: "run",
    entities: &[
        Entity { names: &["metrics", "metric"], field: Field::Metric },
        Entity { names: &["params", "param", "parameters", "parameter"], field: Field::Param },
        Entity { names: &["tags", "tag"], field: Field::Tag },
    ],
    attribute_words: &["attributes", "attribute", "attr", "run"],
    attribute: |name| {
        let found = Attribute::NAMES.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, attribute)| Field::Attribute(attribute))
    },
    shown: || {
        let shown = Attribute::shown();
        shown.map(|(name, attribute)| (name, Field::Attribute(attribute), attribute.describe())).collect()
    },
    attributes_note: "status, name, times, …",
    operand: "metrics.<key>, params.<key>, tags.<key> or an attribute such as status",
    others: &[
        ("dataset", "metrics, params, tags or attributes, since datasets cannot be filtered by"),
        ("datasets", "metrics, params, tags or attributes, since datasets cannot be filtered by"),
    ],
    has_bare_words: false,
};

/// MLflow's `search_traces` (MLflow 3), and what is added to it.
pub(super) static TRACES: Grammar = Grammar {
    noun: "trace",
    entities: &[
        Entity { names: &["tags", "tag"], field: |key| Field::Trace(TraceField::Tag(key)) },
        Entity {
            names: &["metadata", "request_metadata", "trace_metadata"],
            field: |key| Field::Trace(TraceField::Metadata(key)),
        },
        Entity { names: &["assessments", "assessment"], field: |key| Field::Trace(TraceField::Assessment(key, None)) },
        Entity { names: &["feedback"], field: |key| Field::Trace(TraceField::Assessment(key, Some("feedback"))) },
        Entity {
            names: &["expectation", "expectations"],
            field: |key| Field::Trace(TraceField::Assessment(key, Some(Assessment::EXPECTATION))),
        },
    ],
    attribute_words: &["attributes", "attribute", "attr", "trace", "span"],
    attribute: |name| TraceAttribute::named(name).map(|one| Field::Trace(TraceField::Attribute(one))),
    shown: || {
        let shown = TraceAttribute::shown();
        shown.map(|(name, one)| (name, Field::Trace(TraceField::Attribute(one)), one.note())).collect()
    },
    attributes_note: "status, latency_ms, model, …",
    operand: "an attribute such as status or latency_ms, tags.<key>, metadata.<key> or assessments.<name>",
    others: &[
        ("metrics", "latency_ms, tokens, cost_usd or assessments.<name>, since traces have no metrics"),
        ("params", "tags.<key> or metadata.<key>, since traces have no params"),
    ],
    has_bare_words: true,
};
