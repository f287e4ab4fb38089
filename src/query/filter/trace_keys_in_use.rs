//! Which keys and values a filter of traces could speak of: those of the newest traces.

use std::collections::HashMap;
use std::sync::Arc;

use super::keys::{Counted, FilterKeys, MAX_VALUE};
use super::trace_keys::TraceAttribute;
use super::trace_subject::Derived;
use crate::model::{Entry, Json, Shown, TraceHead};
use crate::query::ask::{Question, Session};
use crate::query::trace_facts::{KnownTrace, known_traces};
use crate::query::traces::{TracePageOf, TraceScope};
use crate::store::{Result, TraceHandle};

/// So many traces are looked at, the newest.
const SAMPLE: usize = 100;

/// One of these traces.
#[derive(Clone, Debug, PartialEq)]
struct LookedAt {
    handle: TraceHandle,
    head: Arc<TraceHead>,
    derived: Option<Arc<Derived>>,
    /// It has ended, and said the same twice: it is not asked again. MLflow writes assessments a moment after the trace.
    is_settled: bool,
}

/// The newest traces of a list, kept from one state of the store to the next: only those that may have changed are read
/// again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct NewestOf(TraceScope);

impl Question for NewestOf {
    type Answer = Vec<LookedAt>;
    const LABEL: &'static str = "newest traces";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let previous = session.previous(self);
        let before: HashMap<TraceHandle, &LookedAt> =
            previous.iter().flat_map(|all| all.iter()).map(|one| (one.handle, one)).collect();
        let page = session.ask(&TracePageOf { scope: self.0.clone(), cursor: None })?;
        let handles = page.handles.get(..SAMPLE.min(page.handles.len())).unwrap_or_default();
        let is_settled = |handle: &TraceHandle| before.get(handle).is_some_and(|one| one.is_settled);
        let open: Vec<TraceHandle> = handles.iter().filter(|handle| !is_settled(handle)).copied().collect();
        let mut heads: HashMap<TraceHandle, TraceHead> = HashMap::new();
        for (handle, row) in session.store.trace_lines(session.cx, &open)? {
            heads.extend(session.store.trace(session.cx, &row.id)?.map(|head| (handle, head)));
        }
        let prices = session.prices();
        let derive = |one: &KnownTrace| (one.handle, Arc::new(Derived::of(&one.row, &one.facts, &prices)));
        let mut derived: HashMap<TraceHandle, Arc<Derived>> =
            known_traces(session, &open)?.iter().map(derive).collect();
        let one = |handle: &TraceHandle| {
            let known = before.get(handle).copied();
            if let Some(known) = known.filter(|known| known.is_settled) {
                return Some(known.clone());
            }
            let (head, derived) = (Arc::new(heads.remove(handle)?), derived.remove(handle));
            let is_over = matches!(head.row.status.as_str(), "OK" | "ERROR");
            let is_settled = is_over && known.is_some_and(|known| known.head == head && known.derived == derived);
            Some(LookedAt { handle: *handle, head, derived, is_settled })
        };
        Ok(handles.iter().filter_map(one).collect())
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 3_000
    }
}

/// The keys and values of the newest traces of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceKeysOf(pub TraceScope);

impl Question for TraceKeysOf {
    type Answer = FilterKeys;
    const LABEL: &'static str = "keys of traces";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let newest = session.ask(&NewestOf(self.0.clone()))?;
        Ok(of(&newest))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        (answer.tags.len() + answer.metadata.len() + answer.assessments.len()) * 400
    }
}

fn of(newest: &[LookedAt]) -> FilterKeys {
    let heads = || newest.iter().map(|one| &*one.head);
    let (mut tags, mut metadata, mut attributes) = (Counted::default(), Counted::default(), Counted::default());
    let assessed: Vec<(Arc<str>, Option<String>)> = heads()
        .flat_map(|head| head.assessments.iter().filter(|one| one.is_valid))
        .map(|one| (one.name.as_str().into(), value_text(&one.value)))
        .collect();
    for head in heads() {
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
    for one in newest.iter().filter_map(|one| one.derived.as_deref()) {
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
        rows: newest.len(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::ask::Memo;
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;

    fn put(store: &MemoryStore, number: i64, tag: &str, status: &str) {
        let mut head = MemoryStore::trace_head(&format!("tr-{number}"), "1", None, "Predict", number);
        head.row.status = status.to_owned();
        head.tags.push(Entry { key: tag.into(), value: Shown::Text("yes".into()) });
        store.put_trace(head, Vec::new());
    }

    #[test]
    fn after_a_write_only_new_and_open_traces_are_asked() {
        let store = MemoryStore::new();
        store.add_experiment("1", "one");
        (0..20).for_each(|number| put(&store, number, "old", "OK"));
        put(&store, 20, "running", "IN_PROGRESS");
        let memo = Arc::<Memo>::default();
        let cx = ReadCx::new();
        let mut generation = 0;
        // The keys, and how many traces were read for them.
        let mut look = || {
            generation += 1;
            let (mut reader, before) = (store.clone(), store.calls("trace"));
            let mut session = Session::new(&mut reader, &cx, Arc::clone(&memo), generation);
            let keys = session.ask(&TraceKeysOf(TraceScope::All)).expect("keys");
            let tags: Vec<String> = keys.tags.iter().map(|tag| tag.key.to_string()).collect();
            (tags, keys.rows, store.calls("trace") - before)
        };
        let tags = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(look(), (tags(&["old", "running"]), 21, 21));
        // A second look tells what does not change any more.
        assert_eq!(look().2, 21);
        put(&store, 21, "new", "OK");
        let (found, rows, read) = look();
        assert_eq!((rows, read), (22, 2), "the new one and the one that runs");
        assert!(found.contains(&"new".to_owned()), "{found:?}");
        // What was written a moment later is seen, too.
        put(&store, 21, "later", "OK");
        let (found, _, read) = look();
        assert!(found.contains(&"later".to_owned()) && read == 2, "{found:?} {read}");
    }
}
