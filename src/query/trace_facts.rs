//! What the spans of traces tell: kept, or derived now. See [`TraceFacts`].

use super::call_texts::told_with_texts;
use super::steps;
use super::trace::may_have_agents;
use crate::analysis::{Names, Outline, roll_up};
use crate::model::{Forest, TraceFacts, TraceId, TraceRow};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::facts_cache::Print;
use crate::store::{Result, TraceHandle};

/// Of so many traces the spans are asked for together.
const EXPECTED: usize = 24;

/// A trace of a list, and what its spans tell.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownTrace {
    /// Where it stands.
    pub handle: TraceHandle,
    /// Its line.
    pub row: TraceRow,
    /// What its spans tell.
    pub facts: TraceFacts,
}

/// The facts of some traces, in their order; those that are gone are left out. Ask for a few hundred at a time: what
/// is not kept yet is derived before the answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceFactsOf(pub Vec<TraceHandle>);

impl Question for TraceFactsOf {
    type Answer = Vec<KnownTrace>;
    const LABEL: &'static str = "facts of traces";
    // The cache of facts remembers them.
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        known_traces(session, &self.0)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(|one| 700 + one.facts.spans.len() * 200).sum()
    }
}

/// The same for other questions.
///
/// # Errors
/// Those of the store.
pub fn known_traces(session: &mut Session<'_>, handles: &[TraceHandle]) -> Result<Vec<KnownTrace>> {
    let lines = session.store.trace_lines(session.cx, handles)?;
    let cache = session.facts_cache();
    let revision = session.store.revision(session.cx)?.0;
    let prints: Vec<Print> = lines.iter().map(|(handle, row)| Print::of(*handle, row, revision)).collect();
    let mut found = cache.find(&prints);
    let mut derived = Vec::new();
    let mut names = Names::default();
    let mut stopped = Ok(());
    let missing: Vec<TraceId> =
        lines.iter().zip(&found).filter(|(_, facts)| facts.is_none()).map(|((_, row), _)| row.id.clone()).collect();
    let mut expected = missing.chunks(EXPECTED);
    let mut left = 0;
    for (at, ((_, row), facts)) in lines.iter().zip(&mut found).enumerate() {
        if facts.is_some() {
            continue;
        }
        if left == 0
            && let Some(next) = expected.next()
        {
            left = next.len();
            if let Err(error) = session.store.expect_spans(session.cx, next) {
                stopped = Err(error);
                break;
            }
        }
        left = left.saturating_sub(1);
        match derive(session, row, &mut names) {
            Ok((told, is_whole)) => {
                derived.extend(is_whole.then_some(at));
                *facts = Some(told);
            }
            Err(error) => {
                stopped = Err(error);
                break;
            }
        }
    }
    // What was derived before somebody wanted no more of it is not lost.
    let kept: Vec<(Print, &TraceFacts)> =
        derived.iter().filter_map(|at| Some((*prints.get(*at)?, found.get(*at)?.as_ref()?))).collect();
    if !kept.is_empty() {
        cache.keep(&kept);
    }
    stopped?;
    let known = lines.into_iter().zip(found);
    Ok(known.filter_map(|((handle, row), facts)| Some(KnownTrace { handle, row, facts: facts? })).collect())
}

/// The line and the facts of one trace, for who has its id; `None` if the store does not have it.
///
/// # Errors
/// Those of the store.
pub fn known_trace(session: &mut Session<'_>, trace: &TraceId) -> Result<Option<(TraceRow, TraceFacts)>> {
    let Some(head) = session.store.trace(session.cx, trace)? else { return Ok(None) };
    let facts = derive(session, &head.row, &mut Names::default())?.0;
    Ok(Some((head.row, facts)))
}

/// Derives the facts of a trace, and whether all of its spans are there. What is wrong with a trace is told where it
/// is looked at, not by a count over thousands.
fn derive(session: &mut Session<'_>, row: &TraceRow, names: &mut Names) -> Result<(TraceFacts, bool)> {
    session.cx.check()?;
    let cx = session.cx;
    cx.quietly(|| {
        let spans = session.store.spans(cx, &row.id)?;
        let mut facts = session.store.span_facts(cx, &row.id, &spans)?;
        let mut told = told_with_texts(session, &row.id, (&spans, &mut facts), names)?;
        let is_whole = !spans.is_empty() && row.span_count.is_none_or(|promised| promised <= spans.len() as u64);
        // What went wrong in agents is told by their steps alone, so that a filter and the page of a trace agree.
        if may_have_agents(&spans, &facts) {
            let links: Vec<_> = spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
            let forest = Forest::build(&links);
            let outline = Outline::new(&forest, &spans);
            let own: Vec<_> = (0..spans.len()).map(|at| facts.get(at).and_then(|facts| facts.tokens)).collect();
            let steps = steps::read(session, &row.id, &outline, &spans, &roll_up(&forest, &own))?;
            told.agents = steps.fact(|name| names.of(name));
        }
        Ok((told, is_whole))
    })
}
