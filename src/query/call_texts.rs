//! How much text the calls of a trace were given and gave back.

use crate::model::{SpanFacts, SpanHead, TraceId};
use crate::query::ask::Session;
use crate::store::Result;

/// How much text calls were given and gave back, where several models were called: what was used is known of all of
/// them together, and is shared out by that.
pub(super) fn measure_texts(
    session: &mut Session<'_>,
    trace: &TraceId,
    spans: &[SpanHead],
    facts: &mut [SpanFacts],
) -> Result<()> {
    let mut models = facts.iter().filter_map(|fact| fact.model.as_deref());
    let first = models.next();
    if models.all(|model| Some(model) == first) {
        return Ok(());
    }
    let calls: Vec<usize> = (0..spans.len().min(facts.len())).filter(|at| facts[*at].model.is_some()).collect();
    let heads: Vec<SpanHead> = calls.iter().map(|at| spans[*at].clone()).collect();
    for (at, body) in calls.into_iter().zip(session.store.span_bodies(session.cx, trace, &heads)?) {
        facts[at].text = Some(body.text());
    }
    Ok(())
}
