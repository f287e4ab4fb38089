//! One trace: its tree, the figures of its spans, their bodies, or all of it at once.

use super::call_texts::told_with_texts;
use crate::analysis::cost::{Cost, TraceCost, cost_of_trace, span_costs};
use crate::analysis::dspy;
use crate::analysis::{
    Fallback, Names, Outline, SpanTokens, TraceShape, fallbacks, own_times_ns, roll_up, trace_facts, trace_total,
    usages,
};
use crate::model::{Forest, Prices, SpanBody, SpanFacts, SpanHandle, SpanHead, Tokens, TraceFacts, TraceHead, TraceId};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::attachments::{Attachments, attachments};
use crate::query::{Found, NoSpans};
use crate::store::Result;

/// When the beginning of an id fits several, no more of them are named.
pub const MAX_CANDIDATES: usize = 20;

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
    /// The same with adapters that stand twice folded into one.
    pub outline: Outline,
    /// Where an adapter got no usable answer and another one was tried.
    pub fallbacks: Vec<Fallback>,
    /// What follows from the spans alone: own times, the critical path, kinds, runs, damages.
    pub shape: TraceShape,
    /// Where there are no spans: why.
    pub no_spans: Option<NoSpans>,
}

impl TraceTree {
    /// Puts spans together. They stand in the order that siblings are to have.
    pub fn new(head: TraceHead, spans: Vec<SpanHead>) -> Self {
        let links: Vec<(&str, Option<&str>)> =
            spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
        let forest = Forest::build(&links);
        let outline = Outline::new(&forest, &spans);
        let fallbacks = fallbacks(&outline.forest, &spans);
        let shape = TraceShape::new(&forest, &outline, &spans);
        Self { head, spans, forest, outline, fallbacks, shape, no_spans: None }
    }
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
    /// What it cost with what is below it; `None` where that is unknown.
    pub cost: Option<Cost>,
    /// It tells what it used, and no span above it does: its cost is not part of what another one tells.
    pub tells_cost: bool,
}

/// The figures of a trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceFigures {
    /// Those of each span, in the order of [`TraceTree::spans`].
    pub spans: Vec<SpanFigures>,
    /// The usage of the whole trace, recomputed from its spans.
    pub tokens: Option<Tokens>,
    /// What the whole trace cost; `None` until the figures are read.
    pub cost: Option<TraceCost>,
    /// The attachments that its spans name.
    pub attachments: Attachments,
    /// Agents may have worked in it, or something was tried several times: [`super::steps`] tells.
    pub may_have_steps: bool,
}

/// Whether a trace may have steps or attempts, as its names and the shapes of its outputs tell.
fn may_have_steps(spans: &[SpanHead], facts: &[SpanFacts]) -> bool {
    may_have_agents(spans, facts)
        || spans.iter().any(|span| dspy::AttemptsKind::is_named(&span.name))
        || dspy::may_have_calls_at_once(spans)
}

/// Whether agents may have worked in a trace.
pub fn may_have_agents(spans: &[SpanHead], facts: &[SpanFacts]) -> bool {
    spans.iter().any(|span| dspy::AgentKind::is_named(&span.name)) || facts.iter().any(|one| one.tells_steps)
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

/// The trace of an id, or else the only one whose id begins like this, with or without the `tr-`
/// of MLflow 3.
///
/// # Errors
/// Those of the store.
pub fn find_trace(session: &mut Session<'_>, id_or_prefix: &str) -> Result<Found<TraceId>> {
    let id = TraceId::from(id_or_prefix);
    if session.store.trace(session.cx, &id)?.is_some() {
        return Ok(Found::One(id));
    }
    Ok(super::one_of(find_traces(session, id_or_prefix, MAX_CANDIDATES)?, TraceId::to_string))
}

/// The ids of traces that are `typed` or begin so, with or without the `tr-` of MLflow 3 before them; no more than
/// `limit`.
///
/// # Errors
/// Those of the store.
pub fn find_traces(session: &mut Session<'_>, typed: &str, limit: usize) -> Result<Vec<TraceId>> {
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = session.store.trace_ids(session.cx, typed, limit)?;
    if !typed.starts_with("tr-") {
        found.extend(session.store.trace_ids(session.cx, &format!("tr-{typed}"), limit.saturating_sub(found.len()))?);
    }
    Ok(found)
}

/// A trace without the bodies of its spans; `None` if the store does not have it.
///
/// # Errors
/// Those of the store.
pub fn trace_tree(session: &mut Session<'_>, trace: &TraceId) -> Result<Option<TraceTree>> {
    let Some(head) = session.store.trace(session.cx, trace)? else { return Ok(None) };
    with_spans(session, trace, head).map(Some)
}

fn with_spans(session: &mut Session<'_>, trace: &TraceId, head: TraceHead) -> Result<TraceTree> {
    // Not by the session: all of them are kept in the tree, and twice would be too much of them.
    let spans = session.store.spans(session.cx, trace)?;
    let no_spans = if spans.is_empty() { Some(NoSpans::of(session, &head)?) } else { None };
    Ok(TraceTree { no_spans, ..TraceTree::new(head, spans) })
}

/// The figures of a trace's spans, and its usage.
///
/// # Errors
/// Those of the store.
pub fn span_facts(session: &mut Session<'_>, tree: &TraceTree) -> Result<TraceFigures> {
    let mut facts = session.store.span_facts(session.cx, &tree.head.row.id, &tree.spans)?;
    let attachments = attachments(session, &tree.head, &facts)?;
    facts.resize_with(tree.spans.len(), SpanFacts::default);
    let told = told_with_texts(session, &tree.head.row.id, (&tree.spans, &mut facts), &mut Names::default())?;
    Ok(figures(tree, (facts, &told), attachments, &session.prices()))
}

/// The body of one span; `None` if it is gone.
///
/// # Errors
/// Those of the store.
pub fn span_body(session: &mut Session<'_>, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
    session.store.span_body(session.cx, trace, span)
}

/// The beginning of a body that takes long to read, for somebody who waits; `None` of one that
/// does not.
///
/// # Errors
/// Those of the store.
pub fn span_beginning(session: &mut Session<'_>, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
    session.store.span_beginning(session.cx, trace, span, BEGINNING_BYTES)
}

/// All of a trace; `None` if the store does not have it.
///
/// # Errors
/// Those of the store.
pub fn trace_document(session: &mut Session<'_>, trace: &TraceId) -> Result<Option<TraceDocument>> {
    let Some(tree) = trace_tree(session, trace)? else { return Ok(None) };
    let mut bodies = session.store.span_bodies(session.cx, trace, &tree.spans)?;
    bodies.resize_with(tree.spans.len(), SpanBody::default);
    // The bodies hold the facts: asking the store for them would read everything twice.
    let fact = |body: &SpanBody| SpanFacts { text: Some(body.text()), ..body.facts() };
    let facts: Vec<SpanFacts> = bodies.iter().map(fact).collect();
    let attachments = attachments(session, &tree.head, &facts)?;
    let told = trace_facts(&tree.spans, &facts, &mut Names::default());
    let figures = figures(&tree, (facts, &told), attachments, &session.prices());
    Ok(Some(TraceDocument { tree, bodies, figures }))
}

/// `facts` are those of all spans, `told` what all of them tell together.
fn figures(
    tree: &TraceTree,
    (facts, told): (Vec<SpanFacts>, &TraceFacts),
    attachments: Attachments,
    prices: &Prices,
) -> TraceFigures {
    let own: Vec<Option<Tokens>> = facts.iter().map(|facts| facts.tokens).collect();
    let may_have_steps = may_have_steps(&tree.spans, &facts);
    let own_times = own_times_ns(&tree.forest, &tree.spans);
    let rolled = roll_up(&tree.forest, &own);
    let costs = span_costs((&tree.forest, &tree.spans), &own, told, prices);
    let tell = usages(&tree.forest, &own);
    let spans = facts.into_iter().zip(rolled).zip(own_times).zip(costs.into_iter().zip(tell));
    let span = |(((facts, tokens), own_time_ns), (cost, tells_cost)): (((SpanFacts, SpanTokens), _), _)| SpanFigures {
        tokens,
        model: facts.model,
        own_time_ns,
        cost,
        tells_cost,
    };
    TraceFigures {
        spans: spans.map(span).collect(),
        tokens: trace_total(&tree.forest, &own),
        cost: Some(cost_of_trace(&tree.head.row, told, prices)),
        attachments,
        may_have_steps,
    }
}

/// The heads of a trace's spans, by start, then as stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpansOf(pub TraceId);

impl Question for SpansOf {
    type Answer = Vec<SpanHead>;
    const LABEL: &'static str = "spans";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        session.store.spans(session.cx, &self.0)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 250
    }
}

/// The body of a span, for other questions; `None` inside if it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BodyOf(pub TraceId, pub SpanHandle);

impl Question for BodyOf {
    type Answer = Option<SpanBody>;
    const LABEL: &'static str = "span";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        session.store.span_body(session.cx, &self.0, self.1)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, SpanBody::bytes)
    }
}

/// A trace and the heads of its spans, as a tree; `None` inside if the store has no such trace. Whoever watches the store
/// may get the trace as it was seen ([`crate::store::Store::trace_as_seen`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceTreeOf(pub TraceId);

impl Question for TraceTreeOf {
    type Answer = Option<TraceTree>;
    const LABEL: &'static str = "trace";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(head) = session.store.trace_as_seen(session.cx, &self.0)? else { return Ok(None) };
        with_spans(session, &self.0, head).map(Some)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |tree| tree.spans.len() * 450)
    }
}

/// The ids of a few traces that begin with this, or with `tr-` and this.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceIdsLike(pub String);

impl Question for TraceIdsLike {
    type Answer = Vec<TraceId>;
    const LABEL: &'static str = "ids of traces";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        find_traces(session, &self.0, MAX_CANDIDATES)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 60
    }
}

/// What stands beside the spans of a trace, and what it adds up to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceFiguresOf(pub TraceId);

impl Question for TraceFiguresOf {
    type Answer = TraceFigures;
    const LABEL: &'static str = "tokens of spans";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        match &*session.ask(&TraceTreeOf(self.0.clone()))? {
            Some(tree) => span_facts(session, tree),
            None => Ok(TraceFigures::default()),
        }
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.spans.len() * 160
    }
}
