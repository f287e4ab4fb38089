//! One trace: its tree, the figures of its spans, their bodies, or all of it at once.

use crate::analysis::{SpanTokens, own_times_ns, roll_up, trace_total};
use crate::model::{Forest, SpanBody, SpanFacts, SpanHandle, SpanHead, Tokens, TraceHead, TraceId};
use crate::query::{Found, NoSpans};
use crate::store::{ReadCx, Result, Store};

/// When the beginning of an id fits several, no more of them are named.
const MAX_CANDIDATES: usize = 20;

/// A record longer than this is shown by its beginning first.
const BEGINNING_BYTES: usize = 128 << 10;

/// A trace without the bodies of its spans.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceTree {
    /// The trace.
    pub head: TraceHead,
    /// Its spans by start, then as stored.
    pub spans: Vec<SpanHead>,
    /// Parents and children, in the order of `spans`.
    pub forest: Forest,
    /// Where there are no spans: why.
    pub no_spans: Option<NoSpans>,
}

/// What a tree shows beside the name of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanFigures {
    /// Its own usage and that of what is below.
    pub tokens: SpanTokens,
    /// The model that it called.
    pub model: Option<String>,
    /// Its duration without the time in which its children worked, in nanoseconds; `None`
    /// while it runs.
    pub own_time_ns: Option<i64>,
}

/// The figures of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceFigures {
    /// Those of each span, in the order of [`TraceTree::spans`].
    pub spans: Vec<SpanFigures>,
    /// The usage of the whole trace, recomputed from its spans.
    pub tokens: Option<Tokens>,
}

/// All of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceDocument {
    /// The trace, its spans and how they hang together.
    pub tree: TraceTree,
    /// The bodies, in the order of [`TraceTree::spans`].
    pub bodies: Vec<SpanBody>,
    /// The figures.
    pub figures: TraceFigures,
}

/// The trace of an id, or else the only one whose id begins like this.
///
/// # Errors
/// Those of the store.
pub fn find_trace(store: &mut dyn Store, cx: &ReadCx, id_or_prefix: &str) -> Result<Found<TraceId>> {
    let id = TraceId::from(id_or_prefix);
    if store.trace(cx, &id)?.is_some() {
        return Ok(Found::One(id));
    }
    if id_or_prefix.is_empty() {
        return Ok(Found::Nothing);
    }
    Ok(super::one_of(store.trace_ids(cx, id_or_prefix, MAX_CANDIDATES)?, TraceId::to_string))
}

/// The ids of traces that are `typed` or begin so, with or without the `tr-` of MLflow 3 before them; no more than
/// `limit`.
///
/// # Errors
/// Those of the store.
pub fn find_traces(store: &mut dyn Store, cx: &ReadCx, typed: &str, limit: usize) -> Result<Vec<TraceId>> {
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = store.trace_ids(cx, typed, limit)?;
    if !typed.starts_with("tr-") {
        found.extend(store.trace_ids(cx, &format!("tr-{typed}"), limit.saturating_sub(found.len()))?);
    }
    Ok(found)
}

/// A trace without the bodies of its spans; `None` if the store does not have it.
///
/// # Errors
/// Those of the store.
pub fn trace_tree(store: &mut dyn Store, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceTree>> {
    let Some(head) = store.trace(cx, trace)? else { return Ok(None) };
    let spans = store.spans(cx, trace)?;
    let links: Vec<(&str, Option<&str>)> = spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
    let forest = Forest::build(&links);
    let no_spans = if spans.is_empty() { Some(NoSpans::of(store, cx, &head)?) } else { None };
    Ok(Some(TraceTree { head, spans, forest, no_spans }))
}

/// The figures of a trace's spans, and its usage.
///
/// # Errors
/// Those of the store.
pub fn span_facts(store: &mut dyn Store, cx: &ReadCx, tree: &TraceTree) -> Result<TraceFigures> {
    let facts = store.span_facts(cx, &tree.head.row.id, &tree.spans)?;
    Ok(figures(tree, facts))
}

/// The body of one span; `None` if it is gone.
///
/// # Errors
/// Those of the store.
pub fn span_body(store: &mut dyn Store, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
    store.span_body(cx, trace, span)
}

/// The beginning of a body that takes long to read, for somebody who waits; `None` of one that
/// does not.
///
/// # Errors
/// Those of the store.
pub fn span_beginning(
    store: &mut dyn Store,
    cx: &ReadCx,
    trace: &TraceId,
    span: SpanHandle,
) -> Result<Option<SpanBody>> {
    store.span_beginning(cx, trace, span, BEGINNING_BYTES)
}

/// All of a trace; `None` if the store does not have it.
///
/// # Errors
/// Those of the store.
pub fn trace_document(store: &mut dyn Store, cx: &ReadCx, trace: &TraceId) -> Result<Option<TraceDocument>> {
    let Some(tree) = trace_tree(store, cx, trace)? else { return Ok(None) };
    let mut bodies = store.span_bodies(cx, trace, &tree.spans)?;
    bodies.resize_with(tree.spans.len(), SpanBody::default);
    let facts = store.span_facts(cx, trace, &tree.spans)?;
    let figures = figures(&tree, facts);
    Ok(Some(TraceDocument { tree, bodies, figures }))
}

fn figures(tree: &TraceTree, mut facts: Vec<SpanFacts>) -> TraceFigures {
    facts.resize_with(tree.spans.len(), SpanFacts::default);
    let own: Vec<Option<Tokens>> = facts.iter().map(|facts| facts.tokens).collect();
    let own_times = own_times_ns(&tree.forest, &tree.spans);
    let rolled = roll_up(&tree.forest, &own);
    let spans = facts.into_iter().zip(rolled).zip(own_times);
    let span = |((facts, tokens), own_time_ns): ((SpanFacts, SpanTokens), Option<i64>)| SpanFigures {
        tokens,
        model: facts.model,
        own_time_ns,
    };
    TraceFigures { spans: spans.map(span).collect(), tokens: trace_total(&tree.forest, &own) }
}
