//! Which keys and values a filter of traces could speak of: those of the newest traces.

use super::keys::{Counted, FilterKeys, MAX_VALUE};
use super::trace_keys::TraceAttribute;
use super::trace_subject::Derived;
use crate::model::{Entry, Json, Shown, TraceHead};
use crate::query::ask::{Question, Session};
use crate::query::trace_facts::{KnownTrace, known_traces};
use crate::query::traces::{TracePageOf, TraceScope};
use crate::store::Result;

/// So many traces are looked at, the newest.
const SAMPLE: usize = 100;

/// The keys and values of the newest traces of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceKeysOf(pub TraceScope);

impl Question for TraceKeysOf {
    type Answer = FilterKeys;
    const LABEL: &'static str = "keys of traces";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let page = session.ask(&TracePageOf { scope: self.0.clone(), cursor: None })?;
        let handles = page.handles.get(..SAMPLE.min(page.handles.len())).unwrap_or_default();
        let mut heads: Vec<TraceHead> = Vec::with_capacity(handles.len());
        for (_, row) in session.store.trace_lines(session.cx, handles)? {
            heads.extend(session.store.trace(session.cx, &row.id)?);
        }
        let prices = session.prices();
        let derive = |one: &KnownTrace| Derived::of(&one.row, &one.facts, &prices);
        let derived: Vec<Derived> = known_traces(session, handles)?.iter().map(derive).collect();
        Ok(of(&heads, &derived))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        (answer.tags.len() + answer.metadata.len() + answer.assessments.len()) * 400
    }
}

fn of(heads: &[TraceHead], derived: &[Derived]) -> FilterKeys {
    let (mut tags, mut metadata, mut attributes) = (Counted::default(), Counted::default(), Counted::default());
    let assessed: Vec<(std::sync::Arc<str>, Option<String>)> = heads
        .iter()
        .flat_map(|head| head.assessments.iter().filter(|one| one.is_valid))
        .map(|one| (one.name.as_str().into(), value_text(&one.value)))
        .collect();
    for head in heads {
        for (counted, entries) in [(&mut tags, &head.tags), (&mut metadata, &head.metadata)] {
            for entry in entries {
                counted.add(&entry.key, shown(entry));
            }
        }
        let session = head.row.session.as_ref().map_or("", |session| session.id());
        for (one, text) in [
            (TraceAttribute::Status, head.row.status.as_str()),
            (TraceAttribute::Name, &head.row.name),
            (TraceAttribute::Session, session),
            (TraceAttribute::Experiment, head.row.experiment_id.as_str()),
            (TraceAttribute::Cached, head.row.cached.map_or("", |cached| cached.as_str())),
        ] {
            if !text.is_empty() {
                attributes.add_named(one.name(), text);
            }
        }
    }
    for one in derived {
        for (attribute, texts) in [
            (TraceAttribute::Model, &one.models),
            (TraceAttribute::Adapter, &one.adapters),
            (TraceAttribute::SpanType, &one.span_types),
            (TraceAttribute::SpanName, &one.span_names),
            (TraceAttribute::Predictor, &one.predictors),
            (TraceAttribute::Error, &one.errors),
            (TraceAttribute::FailedTool, &one.failed_tools),
        ] {
            texts.iter().for_each(|text| attributes.add_named(attribute.name(), text));
        }
        let word = |is: bool| if is { "yes" } else { "no" };
        attributes.add_named(TraceAttribute::ParseFallback.name(), word(one.has_fallback));
        if let Some((is_out, is_cut)) = one.agents {
            attributes.add_named(TraceAttribute::OutOfSteps.name(), word(is_out));
            attributes.add_named(TraceAttribute::HistoryCut.name(), word(is_cut));
        }
    }
    let mut assessments = Counted::default();
    for (name, value) in &assessed {
        assessments.add(name, value.as_deref());
    }
    FilterKeys {
        rows: heads.len(),
        tags: tags.finish(),
        metadata: metadata.finish(),
        assessments: assessments.finish(),
        attributes: attributes.finish(),
        ..FilterKeys::default()
    }
}

/// Longer ones are prose, which nobody filters by.
fn shown(entry: &Entry) -> Option<&str> {
    match &entry.value {
        Shown::Text(text) => Some(&**text).filter(|text| text.len() <= MAX_VALUE),
        Shown::Masked => None,
    }
}

fn value_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
