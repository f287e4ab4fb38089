//! Filters of traces: MLflow's `search_traces`, and what it lacks.
//!
//! `status = ERROR and latency_ms > 500 and input ~ "refund"`: the grammar is that of the filters of runs
//! ([`super::Filter`]), the keys are those of traces. MLflow's own spelling (`trace.status`, `attributes.name`,
//! `execution_time_ms`, `timestamp_ms`, `request_metadata.`…, `feedback.`…, `span.type`; MLflow 3) is understood.
//!
//! # What holds
//!
//! * Texts of one word need no quotes. Statuses are compared in any case.
//! * `time` takes milliseconds, dates (`2026-11-28`, `'2026-11-28 10:30'`) and times before now (`-2h`, `-3d`);
//!   `latency_ms` also takes `2s`, `1.5min`.
//! * `run` and `experiment` are names or ids.
//! * `optimization` is the run that a trace was recorded in, or one above it: all traces of an optimization.
//! * `input` and `output` are the beginnings that MLflow stores with the trace (about 1,000 characters), as they are
//!   stored; all texts of all spans are looked through by a search, not by a filter.
//! * Of several values – the ids of a session, assessments of one name, models, names and types of spans – any may be
//!   what `=` asks for; `!=` and `NOT IN` want none of them to be.
//! * What is derived from spans is unknown until it was derived; a comparison with it then is neither true nor false,
//!   and the trace does not pass.
//! * `tokens`, `input_tokens` and `output_tokens` are recomputed from spans; `stored_tokens` is what MLflow stored.
//! * `score` is that of the example that the trace is of its run's evaluation, else the only one that was assessed;
//!   a trace without one has none, and one whose evaluation was not looked into yet is unknown.
//! * Plain words ([`TraceFilter::parse_typed`]) must all be in the name, the inputs, the outputs or the id.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::complete;
use super::eval;
use super::grammar::TRACES;
use super::moments::Now;
use super::parse;
use super::syntax::{Field, Node};
use super::trace_conditions::{self, Pushed};
use super::trace_keys::{TraceAttribute, TraceField};
use super::trace_subject::{Names, TraceSubject};
use super::words;
use super::{Completion, FilterError, FilterKeys};
use crate::model::TraceId;
use crate::store::TraceColumn;

/// A filter of traces that was understood. Two are the same if they ask for the same.
#[derive(Clone, Debug, Default)]
pub struct TraceFilter {
    /// `None` lets everything pass.
    root: Option<Arc<Node>>,
    /// What it asks for, so that it can be compared.
    key: Arc<str>,
}

impl PartialEq for TraceFilter {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for TraceFilter {}

impl Hash for TraceFilter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl TraceFilter {
    fn of(root: Option<Node>) -> Self {
        let key = root.as_ref().map_or(String::new(), |root| format!("{root:?}")).into();
        Self { root: root.map(Arc::new), key }
    }

    /// Reads a filter; a blank text lets everything pass.
    ///
    /// # Errors
    /// The first mistake, by its place.
    pub fn parse(text: &str, now: Now) -> Result<Self, FilterError> {
        Ok(Self::of(parse::parse(text, &TRACES, now)?))
    }

    /// Reads what was typed where people look for traces: a filter, or else plain words. Says whether they are words.
    ///
    /// # Errors
    /// The first mistake, if it looks like a filter.
    pub fn parse_typed(text: &str, now: Now) -> Result<(Self, bool), FilterError> {
        match Self::parse(text, now) {
            Ok(filter) => Ok((filter, false)),
            Err(_) if words::are_words(text, &TRACES) => Ok((Self::of(Some(words::root(text))), true)),
            Err(error) => Err(error),
        }
    }

    /// The text of a filter that lets these traces pass and no others.
    pub fn text_of_ids<'a>(ids: impl IntoIterator<Item = &'a TraceId>) -> String {
        let quoted = |id: &TraceId| format!("'{}'", id.as_str().replace('\'', "''"));
        format!("id in ({})", ids.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
    }

    /// Whether it lets everything pass.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// What could stand at the caret (an offset in bytes), best first, as [`super::Filter::complete`].
    pub fn complete(text: &str, caret: usize, keys: &FilterKeys) -> Vec<Completion> {
        complete::complete(text, caret, keys, &TRACES)
    }

    /// Whether it speaks of what is derived from spans.
    pub fn wants_facts(&self) -> bool {
        self.fields().iter().any(|field| field.column().is_none() && !is_cached(field) && !is_score(field))
    }

    /// Whether it asks for scores.
    pub(in crate::query) fn wants_scores(&self) -> bool {
        self.fields().iter().any(is_score)
    }

    /// Whether it asks where answers came from.
    pub(in crate::query) fn wants_cached(&self) -> bool {
        self.fields().iter().any(is_cached)
    }

    /// Whether it speaks of runs or experiments, which have names.
    pub(in crate::query) fn wants_names(&self) -> bool {
        let is_named = |field: &TraceField| {
            matches!(field, TraceField::Attribute(TraceAttribute::Run | TraceAttribute::Experiment))
                || is_optimization(field)
        };
        self.fields().iter().any(is_named)
    }

    /// Whether it asks for the parents of runs.
    pub(in crate::query) fn wants_parents(&self) -> bool {
        self.fields().iter().any(is_optimization)
    }

    /// The columns that it looks at.
    pub(in crate::query) fn columns(&self) -> Vec<TraceColumn> {
        let mut columns: Vec<TraceColumn> = Vec::new();
        for column in self.fields().iter().filter_map(|field| field.column()) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// What of it a store can look for by itself.
    pub(in crate::query) fn pushed(&self, names: &Names) -> Option<Pushed> {
        self.root.as_ref().and_then(|root| trace_conditions::pushed(root, names))
    }

    /// Whether a trace passes.
    pub(in crate::query) fn passes(&self, trace: &TraceSubject<'_>) -> bool {
        self.root.as_ref().is_none_or(|root| eval::holds(root, trace) == Some(true))
    }

    fn fields(&self) -> Vec<TraceField> {
        let mut found = Vec::new();
        if let Some(root) = &self.root {
            collect(root, &mut found);
        }
        found
    }
}

fn is_optimization(field: &TraceField) -> bool {
    *field == TraceField::Attribute(TraceAttribute::Optimization)
}

fn is_cached(field: &TraceField) -> bool {
    *field == TraceField::Attribute(TraceAttribute::Cached)
}

fn is_score(field: &TraceField) -> bool {
    *field == TraceField::Attribute(TraceAttribute::Score)
}

fn collect(node: &Node, found: &mut Vec<TraceField>) {
    match node {
        Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| collect(part, found)),
        Node::Not(part) => collect(part, found),
        Node::Compare { field: Field::Trace(field), .. }
        | Node::Among { field: Field::Trace(field), .. }
        | Node::IsAbsent(Field::Trace(field)) => found.push(field.clone()),
        Node::Compare { .. } | Node::Among { .. } | Node::IsAbsent(_) => {}
        Node::Holds(_) => found.extend(TraceSubject::LOOKED_THROUGH.map(TraceField::Attribute)),
    }
}
