//! What a trace has for the fields of a filter.

use std::collections::HashMap;
use std::sync::Arc;

use super::eval::{Actual, Subject};
use super::syntax::Field;
use super::trace_keys::{TraceAttribute, TraceField};
use crate::analysis::cost::cost_of_trace;
use crate::model::{Cached, ExperimentId, Prices, RunId, Tokens, TraceFacts, TraceRow};
use crate::store::{TraceColumn, TraceValue};

/// The names of runs and experiments, by their ids.
#[derive(Clone, Debug, Default)]
pub(in crate::query) struct Names {
    pub runs: HashMap<RunId, String>,
    pub experiments: HashMap<ExperimentId, String>,
    /// The parents of runs, inferred ones too; only where a filter asks for them.
    pub parents: HashMap<RunId, RunId>,
}

/// No run stands deeper; parents that lead round end here.
const DEEPEST: usize = 32;

impl Names {
    /// The parent of a run, the parent of that, and so on.
    pub fn above(&self, run: &RunId) -> impl Iterator<Item = &RunId> {
        std::iter::successors(self.parents.get(run), |run| self.parents.get(*run)).take(DEEPEST)
    }
}

/// What spans tell of a trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::query) struct Derived {
    pub tokens: Option<Tokens>,
    /// US dollars.
    pub cost: Option<f64>,
    pub span_types: Vec<Arc<str>>,
    pub span_names: Vec<Arc<str>>,
    pub predictors: Vec<Arc<str>>,
    pub models: Vec<Arc<str>>,
    pub adapters: Vec<Arc<str>>,
    pub errors: Vec<Arc<str>>,
    pub has_fallback: bool,
    pub failed_tools: Vec<Arc<str>>,
    /// What went wrong in its agents: out of steps, history cut; `None` if none worked in it.
    pub agents: Option<(bool, bool)>,
}

impl Derived {
    /// What a filter looks at of what is known.
    pub fn of(row: &TraceRow, facts: &TraceFacts, prices: &Prices) -> Self {
        let distinct = |names: &mut dyn Iterator<Item = &Arc<str>>| {
            let mut found: Vec<Arc<str>> = names.map(Arc::clone).collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        Self {
            tokens: facts.tokens(),
            cost: cost_of_trace(row, facts, prices).known().map(|cost| cost.usd),
            span_types: distinct(&mut facts.spans.iter().map(|span| &span.kind)),
            span_names: distinct(&mut facts.spans.iter().map(|span| &span.name)),
            predictors: distinct(&mut facts.predictors().filter_map(|span| span.signature.as_ref())),
            models: distinct(&mut facts.spans.iter().filter_map(|span| span.model.as_ref())),
            adapters: distinct(&mut facts.adapters.iter().map(|adapter| &adapter.name)),
            errors: distinct(&mut facts.spans.iter().filter_map(|span| span.exception.as_ref())),
            has_fallback: facts.fallbacks > 0,
            failed_tools: facts.failed_tool_names().into_iter().map(Arc::from).collect(),
            agents: facts.agents.as_ref().map(|agents| (agents.is_out_of_steps, agents.has_cut_history)),
        }
    }
}

/// A trace as far as a filter looks at it.
pub(in crate::query) struct TraceSubject<'a> {
    /// Columns, and what stands in them.
    pub columns: &'a [TraceColumn],
    pub values: &'a [TraceValue],
    pub names: &'a Names,
    /// Where its answers came from, if that was asked.
    pub cached: Option<Cached>,
    /// Its score, if it has one; `None` until that is known.
    pub score: Option<Option<f64>>,
    /// What its spans tell; `None` until they were looked at.
    pub derived: Option<&'a Derived>,
}

impl TraceSubject<'_> {
    /// What plain words look through.
    pub const LOOKED_THROUGH: [TraceAttribute; 4] =
        [TraceAttribute::Name, TraceAttribute::Input, TraceAttribute::Output, TraceAttribute::Id];

    /// What it is sorted by; `Absent` where it has nothing, or nobody knows.
    pub fn sort_key(&self, field: &TraceField) -> TraceValue {
        match self.actual(&Field::Trace(field.clone())) {
            Actual::Absent | Actual::Unknown => TraceValue::Absent,
            Actual::Number(number) => TraceValue::Number(number),
            Actual::Text(text) => TraceValue::text(text),
            Actual::Any(list) => match list.first() {
                Some(Actual::Text(text)) => TraceValue::text(text),
                _ => TraceValue::Absent,
            },
        }
    }

    fn value(&self, column: &TraceColumn) -> &TraceValue {
        let found = self.columns.iter().zip(self.values).find(|(own, _)| *own == column);
        found.map_or(&TraceValue::Absent, |(_, value)| value)
    }

    /// An id, and the name of what it is of.
    fn named<'v>(&self, value: &'v TraceValue, name: Option<&'v String>) -> Actual<'v> {
        let TraceValue::Text(id) = value else { return Actual::Absent };
        let name = name.filter(|name| !name.is_empty()).map(|name| Actual::Text(name));
        Actual::Any(std::iter::once(Actual::Text(id)).chain(name).collect())
    }

    /// The ids and names of a run and of those above it.
    fn optimizations<'s>(&'s self, value: &'s TraceValue) -> Actual<'s> {
        let TraceValue::Text(id) = value else { return Actual::Absent };
        let own = RunId::from(id.as_str());
        let mut found = vec![Actual::Text(id)];
        found.extend(self.names.runs.get(&own).map(|name| Actual::Text(name)));
        for run in self.names.above(&own) {
            found.push(Actual::Text(run.as_str()));
            found.extend(self.names.runs.get(run).map(|name| Actual::Text(name)));
        }
        Actual::Any(found)
    }

    fn derived(&self, attribute: TraceAttribute) -> Actual<'_> {
        let Some(derived) = self.derived else { return Actual::Unknown };
        let count = |count: Option<u64>| count.map_or(Actual::Absent, |count| Actual::Number(count as f64));
        match attribute {
            TraceAttribute::Tokens => count(derived.tokens.and_then(|tokens| tokens.total)),
            TraceAttribute::InputTokens => count(derived.tokens.and_then(|tokens| tokens.input)),
            TraceAttribute::OutputTokens => count(derived.tokens.and_then(|tokens| tokens.output)),
            TraceAttribute::Cost => derived.cost.map_or(Actual::Absent, Actual::Number),
            TraceAttribute::SpanType => texts(&derived.span_types),
            TraceAttribute::SpanName => texts(&derived.span_names),
            TraceAttribute::Predictor => texts(&derived.predictors),
            TraceAttribute::Model => texts(&derived.models),
            TraceAttribute::Adapter => texts(&derived.adapters),
            TraceAttribute::Error => texts(&derived.errors),
            TraceAttribute::ParseFallback => yes_or_no(Some(derived.has_fallback)),
            TraceAttribute::FailedTool => texts(&derived.failed_tools),
            TraceAttribute::OutOfSteps => yes_or_no(derived.agents.map(|(is_out, _)| is_out)),
            TraceAttribute::HistoryCut => yes_or_no(derived.agents.map(|(_, is_cut)| is_cut)),
            _ => Actual::Absent,
        }
    }
}

impl Subject for TraceSubject<'_> {
    fn actual(&self, field: &Field) -> Actual<'_> {
        // The grammar of traces names nothing else.
        let Field::Trace(field) = field else { return Actual::Absent };
        let Some(column) = field.column() else {
            return match field {
                TraceField::Attribute(TraceAttribute::Cached) => {
                    self.cached.map_or(Actual::Absent, |cached| Actual::Text(cached.as_str()))
                }
                TraceField::Attribute(TraceAttribute::Score) => match self.score {
                    None => Actual::Unknown,
                    Some(score) => score.map_or(Actual::Absent, Actual::Number),
                },
                TraceField::Attribute(one) => self.derived(*one),
                TraceField::Tag(_) | TraceField::Metadata(_) | TraceField::Assessment(..) => Actual::Absent,
            };
        };
        let value = self.value(&column);
        if *field == TraceField::Attribute(TraceAttribute::Optimization) {
            return self.optimizations(value);
        }
        let id = |value: &TraceValue| value.first_text().unwrap_or_default().to_owned();
        match column {
            TraceColumn::Run => self.named(value, self.names.runs.get(&RunId::from(id(value)))),
            TraceColumn::Experiment => self.named(value, self.names.experiments.get(&ExperimentId::from(id(value)))),
            _ => actual(value),
        }
    }

    fn holds_word(&self, word: &str) -> bool {
        let columns = [TraceColumn::Name, TraceColumn::Input, TraceColumn::Output, TraceColumn::Id];
        let holds = |column: &TraceColumn| {
            self.value(column).first_text().is_some_and(|text| text.to_lowercase().contains(word))
        };
        columns.iter().any(holds)
    }
}

/// A word, or nothing where it is of nobody.
fn yes_or_no(is: Option<bool>) -> Actual<'static> {
    is.map_or(Actual::Absent, |is| Actual::Text(if is { "yes" } else { "no" }))
}

fn texts(list: &[Arc<str>]) -> Actual<'_> {
    Actual::Any(list.iter().map(|text| Actual::Text(text)).collect())
}

fn actual(value: &TraceValue) -> Actual<'_> {
    match value {
        TraceValue::Absent => Actual::Absent,
        TraceValue::Masked => Actual::Unknown,
        TraceValue::Number(number) => Actual::Number(*number),
        TraceValue::Text(text) => Actual::Text(text),
        TraceValue::Texts(texts) => Actual::Any(texts.iter().map(|text| Actual::Text(text)).collect()),
    }
}
