//! Calls that left a trace: what `dspy.Parallel` runs in threads of its own becomes traces of their own, which nothing
//! links to the module that made them (DSPy 3.4, MLflow 3.18). They are found by time and inputs, and are no more than
//! likely.

use super::example_answer::root_body;
use super::trace::{BodyOf, TraceTree, TraceTreeOf};
use crate::analysis::dspy::{self, Attempt, AttemptsKind, Choice};
use crate::model::{Json, SpanBody, SpanHead, TraceId, TraceRow};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{Order, Result, TimeWindow, TraceCondition, TraceQuery};

/// A clock of milliseconds, rounded at both ends.
const ROUNDED_NS: i64 = 2_000_000;
/// No more traces are looked at; where more began within a span's time, nobody could tell which of them are its own.
const MOST_LOOKED_AT: usize = 400;
/// No more are offered.
const MOST: usize = 64;
/// A shorter text is the same in too many inputs to tell anything.
const SHORTEST: usize = 4;

/// The traces that a span likely made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LikelyCallsOf {
    /// The trace.
    pub trace: TraceId,
    /// The span, by its place in [`TraceTree::spans`].
    pub span: usize,
}

/// Traces that a span likely made, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LikelyCalls {
    /// Each of them.
    pub calls: Vec<LikelyCall>,
    /// Which of them gave what the span gave back.
    pub choice: Option<Choice>,
    /// There are more, which were not looked at.
    pub is_cut: bool,
}

/// A trace that a span likely made.
#[derive(Clone, Debug, PartialEq)]
pub struct LikelyCall {
    /// Its line.
    pub row: TraceRow,
    /// What it gave back; its span and usage are of another trace, and not here.
    pub attempt: Attempt,
    /// How its inputs and those of the span compare.
    pub inputs: SharedInputs,
}

/// How the inputs of a call and of a module compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedInputs {
    /// All texts that the call was given were given to the module, too.
    All,
    /// Some of them were, or stand in them.
    Some,
    /// None was.
    None,
}

impl SharedInputs {
    /// Why a call is likely, in words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::All => "it ran while nothing below this span did, and was given the same inputs",
            Self::Some => "it ran while nothing below this span did, and was given some of its inputs",
            Self::None => "by its time alone: it ran while this span did, which has no span below it",
        }
    }

    /// The word in JSON documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "same",
            Self::Some => "some",
            Self::None => "other",
        }
    }
}

impl Question for LikelyCallsOf {
    type Answer = LikelyCalls;
    const LABEL: &'static str = "likely calls";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        find(session, &self.trace, self.span)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let value = |call: &LikelyCall| {
            let values = call.attempt.fields.values().chain(&call.attempt.value);
            values.map(crate::model::json::bytes_of).sum::<usize>()
        };
        answer.calls.iter().map(|call| 900 + value(call)).sum()
    }
}

/// Whether calls may have left a span: a module or an agent may run others in threads, and had time to.
pub fn may_have_lost_calls(span: &SpanHead, own: &[(i64, i64)]) -> bool {
    let is_module = !matches!(&*span.kind, "PARSER" | "CHAT_MODEL" | "LLM" | "EMBEDDING" | "RETRIEVER" | "RERANKER");
    is_module && span.end_ns.is_some() && own.iter().any(|(from, to)| to.saturating_sub(*from) > ROUNDED_NS)
}

/// Those of the spans of a trace that had most time for them, each with what it likely made.
///
/// # Errors
/// Those of the store.
pub fn of_trace(session: &mut Session<'_>, tree: &TraceTree) -> Result<Vec<(usize, LikelyCalls)>> {
    /// No more spans are looked at.
    const MOST_SPANS: usize = 20;
    let own = |at: &usize| tree.shape.own.length_ns(*at);
    let spans = tree.spans.iter().enumerate();
    let mut able: Vec<usize> =
        spans.filter(|(at, span)| may_have_lost_calls(span, tree.shape.own.of(*at))).map(|(at, _)| at).collect();
    able.sort_by_key(|at| std::cmp::Reverse(own(at)));
    able.truncate(MOST_SPANS);
    able.sort_unstable();
    let mut found = Vec::new();
    for span in able {
        let calls = session.ask(&LikelyCallsOf { trace: tree.head.row.id.clone(), span })?;
        if !calls.calls.is_empty() {
            found.push((span, (*calls).clone()));
        }
    }
    Ok(found)
}

fn find(session: &mut Session<'_>, trace: &TraceId, at: usize) -> Result<LikelyCalls> {
    let tree = session.ask(&TraceTreeOf(trace.clone()))?;
    let Some(tree) = tree.as_ref() else { return Ok(LikelyCalls::default()) };
    let Some(span) = tree.spans.get(at) else { return Ok(LikelyCalls::default()) };
    // A span of its own would stand where it worked: so the time of what left the trace is its own.
    let own = tree.shape.own.of(at);
    if !may_have_lost_calls(span, own) {
        return Ok(LikelyCalls::default());
    }
    let node = tree.forest.nodes.iter().find(|node| node.item == at);
    let is_alone = node.is_some_and(|node| node.descendants == 0);
    let (rows, is_cut) = rows(session, tree.head.row.experiment_id.clone(), span)?;
    let rows = rows.into_iter().filter(|row| row.id != *trace && is_within(row, own));
    let body = session.ask(&BodyOf(trace.clone(), span.handle))?;
    let Some(body) = body.as_ref() else { return Ok(LikelyCalls::default()) };
    let given = texts_of(body.inputs.as_ref());
    let mut found = LikelyCalls { is_cut, ..LikelyCalls::default() };
    for row in rows {
        session.cx.check()?;
        if found.calls.len() >= MOST {
            found.is_cut = true;
            break;
        }
        let root = session.ask(&RootOf(row.id.clone()))?;
        let Some(root) = root.as_ref() else { continue };
        let inputs = shared(&given, root.inputs.as_ref());
        if inputs != SharedInputs::None || is_alone {
            let attempt = attempt(&row, root);
            found.calls.push(LikelyCall { row, attempt, inputs });
        }
    }
    // Where some were given the same, the others are somebody else's.
    if found.calls.iter().any(|call| call.inputs != SharedInputs::None) {
        found.calls.retain(|call| call.inputs != SharedInputs::None);
    }
    found.calls.sort_by(|a, b| (a.row.start_time_ms, a.row.id.as_str()).cmp(&(b.row.start_time_ms, b.row.id.as_str())));
    if !found.calls.is_empty() {
        let attempts: Vec<Attempt> = found.calls.iter().map(|call| call.attempt.clone()).collect();
        found.choice = Some(dspy::choice(AttemptsKind::AtOnce, body.outputs.as_ref(), &attempts));
    }
    Ok(found)
}

/// The lines of the experiment's traces that began within a span's time, and whether there are more.
fn rows(
    session: &mut Session<'_>,
    experiment: crate::model::ExperimentId,
    span: &SpanHead,
) -> Result<(Vec<TraceRow>, bool)> {
    let ms = |ns: i64| ns.div_euclid(1_000_000);
    let end = span.end_ns.unwrap_or(span.start_ns);
    let time = TimeWindow { from_ms: Some(ms(span.start_ns)), until_ms: Some(ms(end)) };
    let query = TraceQuery {
        experiment: Some(experiment),
        filter: vec![TraceCondition::Started(time)],
        order: Order::OldestFirst,
        limit: Some(MOST_LOOKED_AT + 1),
        ..TraceQuery::default()
    };
    let index = session.store.trace_index(session.cx, &query)?;
    let most = index.handles.len().min(MOST_LOOKED_AT);
    let rows = session.store.trace_rows(session.cx, index.handles.get(..most).unwrap_or_default())?;
    Ok((rows, index.handles.len() > most))
}

/// Whether a trace ran within one of these stretches of time.
fn is_within(row: &TraceRow, own: &[(i64, i64)]) -> bool {
    let ns = |ms: i64| ms.saturating_mul(1_000_000);
    let Some(duration) = row.duration_ms else { return false };
    let (start, end) = (ns(row.start_time_ms), ns(row.start_time_ms.saturating_add(duration)));
    own.iter().any(|(from, to)| {
        start >= from.saturating_sub(ROUNDED_NS) && end <= to.saturating_add(ROUNDED_NS) && end > *from && start < *to
    })
}

/// The body of a trace's root; several spans look for their calls among the same traces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct RootOf(TraceId);

impl Question for RootOf {
    type Answer = Option<SpanBody>;
    const LABEL: &'static str = "root of a trace";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        root_body(session, &self.0)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, SpanBody::bytes)
    }
}

fn attempt(row: &TraceRow, root: &SpanBody) -> Attempt {
    let error = (row.status == "ERROR").then(|| dspy::error_of(root).unwrap_or_default());
    let (fields, value) = match &root.outputs {
        Some(Json::Object(fields)) => (fields.clone(), None),
        other => (crate::model::program::Object::new(), other.clone().filter(|value| !value.is_null())),
    };
    let duration_ns = row.duration_ms.map(|ms| ms.saturating_mul(1_000_000));
    Attempt { fields, value, error, duration_ns, tokens: row.tokens, ..Attempt::default() }
}

/// The texts that something was given, however deep.
fn texts_of(inputs: Option<&Json>) -> Vec<&str> {
    /// No more are compared.
    const MOST_TEXTS: usize = 200;
    let mut found = Vec::new();
    let mut open: Vec<&Json> = inputs.into_iter().collect();
    while let Some(value) = open.pop().filter(|_| found.len() < MOST_TEXTS) {
        match value {
            Json::String(text) if text.chars().nth(SHORTEST - 1).is_some() => found.push(text.as_str()),
            Json::Array(items) => open.extend(items),
            // What a module is called with beside its inputs (DSPy: `config`).
            Json::Object(map) => open.extend(map.iter().filter(|(key, _)| *key != "config").map(|(_, value)| value)),
            _ => {}
        }
    }
    found
}

fn shared(given: &[&str], inputs: Option<&Json>) -> SharedInputs {
    let own = texts_of(inputs);
    let is_given = |text: &&&str| given.contains(*text);
    let is_held = |text: &&&str| given.iter().any(|one| text.contains(one));
    if !own.is_empty() && own.iter().all(|text| is_given(&text)) {
        SharedInputs::All
    } else if own.iter().any(|text| is_given(&text) || is_held(&text)) {
        SharedInputs::Some
    } else {
        SharedInputs::None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{SpanBody, SpanHead};
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;

    const MS: i64 = 1_000_000;
    const START: i64 = 1_000_000;

    fn body(inputs: &Json, outputs: &Json) -> SpanBody {
        SpanBody { inputs: Some(inputs.clone()), outputs: Some(outputs.clone()), ..SpanBody::default() }
    }

    /// A trace of one module that ran from a moment to another one, in milliseconds after the beginning.
    fn put(store: &MemoryStore, id: &str, (from, to): (i64, i64), inputs: &Json, outputs: &Json) {
        let mut head = MemoryStore::trace_head(id, "1", None, "Triage.forward", START + from);
        head.row.duration_ms = Some(to.saturating_sub(from));
        let span = MemoryStore::span(id, None, "Triage.forward", (START + from) * MS, (START + to) * MS);
        store.put_trace(head, vec![(span, body(inputs, outputs))]);
    }

    /// What `Fan.forward` likely made, which ran 100 ms; with a child that ran from 50 ms to its end, if wanted.
    fn found(store: &MemoryStore, has_child: bool) -> Vec<(String, SharedInputs)> {
        let ticket = json!({"ticket": "Where is my parcel?"});
        let mut head = MemoryStore::trace_head("tr-fan", "1", None, "Fan.forward", START);
        head.row.duration_ms = Some(100);
        let root: SpanHead = MemoryStore::span("a", None, "Fan.forward", START * MS, (START + 100) * MS);
        let mut spans = vec![(root, body(&ticket, &json!({"queue": "shipping"})))];
        if has_child {
            let child = MemoryStore::span("b", Some("a"), "Child.forward", (START + 50) * MS, (START + 100) * MS);
            spans.push((child, SpanBody::default()));
        }
        store.put_trace(head, spans);
        let cx = ReadCx::new();
        let mut reader = store.clone();
        let asked = LikelyCallsOf { trace: TraceId::from("tr-fan"), span: 0 };
        let found = Session::alone(&mut reader, &cx).ask(&asked).expect("asked");
        found.calls.iter().map(|call| (call.row.id.to_string(), call.inputs)).collect()
    }

    fn store() -> MemoryStore {
        let store = MemoryStore::new();
        store.add_experiment("1", "desk");
        store
    }

    #[test]
    fn what_ran_within_a_module_and_was_given_the_same_is_likely_its_own() {
        let (same, other) = (json!({"ticket": "Where is my parcel?"}), json!({"ticket": "Another one."}));
        let more = json!({"question": "About this: Where is my parcel?"});
        let answer = json!({"queue": "shipping"});
        let store = store();
        put(&store, "tr-same", (2, 40), &same, &answer);
        put(&store, "tr-more", (3, 98), &more, &answer);
        put(&store, "tr-other", (4, 30), &other, &answer);
        put(&store, "tr-longer", (5, 140), &same, &answer);
        put(&store, "tr-before", (-20, 10), &same, &answer);
        let all = [("tr-same".to_owned(), SharedInputs::All), ("tr-more".to_owned(), SharedInputs::Some)];
        assert_eq!(found(&store, false), all);
        // While something below it worked, so that its span would stand there, it made no call.
        assert_eq!(found(&store, true), all[..1]);
    }

    #[test]
    fn several_spans_look_at_the_same_traces_once() {
        let same = json!({"ticket": "Where is my parcel?"});
        let store = store();
        put(&store, "tr-same", (12, 20), &same, &json!({}));
        let mut head = MemoryStore::trace_head("tr-fan", "1", None, "Fan.forward", START);
        head.row.duration_ms = Some(100);
        let within = |id: &str, parent: Option<&str>, from: i64, to: i64| {
            let head = MemoryStore::span(id, parent, "Fan.forward", (START + from) * MS, (START + to) * MS);
            (head, body(&same, &json!({})))
        };
        store.put_trace(
            head,
            vec![within("a", None, 0, 100), within("b", Some("a"), 10, 50), within("c", Some("a"), 11, 60)],
        );
        let (mut reader, cx) = (store.clone(), ReadCx::new());
        let mut session = Session::alone(&mut reader, &cx);
        let tree = session.ask(&TraceTreeOf("tr-fan".into())).expect("read");
        let before = store.calls("spans");
        let found = of_trace(&mut session, tree.as_ref().as_ref().expect("there")).expect("read");
        assert_eq!(found.len(), 2, "both had time for it");
        assert_eq!(store.calls("spans") - before, 1, "its root is read once");
    }

    #[test]
    fn time_alone_is_enough_only_where_nothing_else_tells_and_nothing_stands_below() {
        let store = store();
        put(&store, "tr-other", (4, 30), &json!({"ticket": "Another one."}), &json!({"queue": "x"}));
        assert_eq!(found(&store, false), [("tr-other".to_owned(), SharedInputs::None)]);
        assert!(found(&store, true).is_empty());
    }
}
