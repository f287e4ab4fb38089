//! What is asked of spans. It names spans by handles that only their trace tells, so that nobody could ask it ahead: what
//! is asked ahead names them by their places, and the answer says by handles which they were.

use super::RemoteStore;
use super::wire::{Bytes, Put, Take, Taken, Writer, said};
use crate::model::{SpanBody, SpanFacts, SpanHandle, SpanHead, TraceId};
use crate::store::{ReadCx, Result, Store};

const SPANS: &str = "spans";
const FACTS: &str = "span_facts";
const FACTS_OF_ALL: &str = "span_facts_of_all";
const BODIES: &str = "span_bodies";
const BODIES_OF_ALL: &str = "span_bodies_of_all";
const BODY: &str = "span_body";
const BODY_AT: &str = "span_body_at";

/// So many bodies of a long trace go over together: each way there and back takes longer than to look through a trace.
pub(super) const BODIES_AT_ONCE: usize = 256;

/// What was told of all spans of a trace, and which they were.
type OfAll<T> = (Vec<SpanHandle>, Vec<T>);

impl RemoteStore {
    pub(super) fn spans_of(&self, cx: &ReadCx, trace: &TraceId) -> Result<Vec<SpanHead>> {
        let heads: Vec<SpanHead> = self.ask(cx, SPANS, |to| trace.put(to))?;
        self.remember(trace, handles(&heads));
        Ok(heads)
    }

    pub(super) fn facts_of(&self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanFacts>> {
        match self.ahead_of_all(cx, FACTS_OF_ALL, trace, spans) {
            Some(facts) => Ok(facts),
            None => self.ask(cx, FACTS, |to| {
                trace.put(to);
                spans.put(to);
            }),
        }
    }

    pub(super) fn bodies_of(&self, cx: &ReadCx, trace: &TraceId, spans: &[SpanHead]) -> Result<Vec<SpanBody>> {
        match self.ahead_of_all(cx, BODIES_OF_ALL, trace, spans) {
            Some(bodies) => Ok(bodies),
            None => self.ask(cx, BODIES, |to| {
                trace.put(to);
                spans.put(to);
            }),
        }
    }

    pub(super) fn body_of(&self, cx: &ReadCx, trace: &TraceId, span: SpanHandle) -> Result<Option<SpanBody>> {
        if let Some(place) = self.place_of(trace, span) {
            let early: Option<Option<(SpanHandle, Option<SpanBody>)>> = self.ahead(cx, BODY_AT, |to| {
                trace.put(to);
                place.put(to);
            });
            if let Some(Some((handle, body))) = early
                && handle == span
            {
                return Ok(body);
            }
        }
        self.ask(cx, BODY, |to| {
            trace.put(to);
            span.put(to);
        })
    }

    /// What was asked ahead of these spans, if they are all of their trace and those that the other side saw. Whoever
    /// reads a part of each trace wants nothing of the others.
    fn ahead_of_all<T: Take>(&self, cx: &ReadCx, name: &str, trace: &TraceId, spans: &[SpanHead]) -> Option<Vec<T>> {
        if !self.are_all_of(trace, spans.iter().map(|span| span.handle)) {
            return None;
        }
        let (seen, values): OfAll<T> = self.ahead(cx, name, |to| trace.put(to))?;
        (seen == handles(spans) && values.len() == spans.len()).then_some(values)
    }
}

fn handles(spans: &[SpanHead]) -> Vec<SpanHandle> {
    spans.iter().map(|span| span.handle).collect()
}

/// Asks a reader, if the question is one of these.
pub(super) fn asked(
    store: &mut dyn Store,
    cx: &ReadCx,
    question: &str,
    from: &mut Bytes<'_>,
    to: &mut Writer,
) -> Taken<bool> {
    let is_one = [SPANS, FACTS, FACTS_OF_ALL, BODIES, BODIES_OF_ALL, BODY, BODY_AT].contains(&question);
    if !is_one {
        return Ok(false);
    }
    let trace = TraceId::take(from)?;
    match question {
        FACTS | BODIES => {
            let spans: Vec<SpanHead> = Take::take(from)?;
            from.end()?;
            if question == FACTS {
                said(cx, store.span_facts(cx, &trace, &spans), to);
            } else {
                said(cx, store.span_bodies(cx, &trace, &spans), to);
            }
        }
        BODY => {
            let span = Take::take(from)?;
            from.end()?;
            said(cx, store.span_body(cx, &trace, span), to);
        }
        SPANS => {
            from.end()?;
            said(cx, store.spans(cx, &trace), to);
        }
        _ => {
            let place: Option<usize> = if question == BODY_AT { Some(Take::take(from)?) } else { None };
            from.end()?;
            // What is wrong with them was told with themselves.
            let spans = cx.quietly(|| store.spans(cx, &trace));
            match (question, place) {
                (FACTS_OF_ALL, _) => {
                    let all = spans.and_then(|spans| Ok((handles(&spans), store.span_facts(cx, &trace, &spans)?)));
                    said(cx, all, to);
                }
                (_, None) => {
                    let all = spans.and_then(|spans| Ok((handles(&spans), store.span_bodies(cx, &trace, &spans)?)));
                    said(cx, all, to);
                }
                (_, Some(place)) => {
                    let span = spans.map(|spans| spans.get(place).map(|span| span.handle));
                    let body = span
                        .and_then(|span| span.map(|span| Ok((span, store.span_body(cx, &trace, span)?))).transpose());
                    said(cx, body, to);
                }
            }
        }
    }
    Ok(true)
}
