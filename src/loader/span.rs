//! Questions for the body of a span, laid out for the screen.

use super::prepare::{BodyPart, PreparedBody, part_as_json, pretty};
use super::text::Text;
use crate::model::{Json, SpanHandle, TraceId};
use crate::query;
use crate::query::ask::{CostClass, Question, Session};
use crate::query::chat::{Language, Request};
use crate::store::Result;

/// One span of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanAt {
    /// The trace.
    pub trace: TraceId,
    /// Its place there.
    pub span: SpanHandle,
    /// It has ended: its body will not change any more.
    pub has_ended: bool,
}

/// The body of a span; `None` inside if it is gone. Of a long one it is the beginning
/// ([`PreparedBody::is_beginning`]): something to read while all of it comes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanBodyOf(pub SpanAt);

/// All of the body of a span, however long; `None` inside if it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WholeSpanBodyOf(pub SpanAt);

/// A text that is made of a span when it is asked for: to be looked at as it was stored, or to be copied.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanTextOf {
    /// The trace.
    pub trace: TraceId,
    /// The span's place there.
    pub span: SpanHandle,
    /// Which text.
    pub what: SpanText,
}

/// A text of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpanText {
    /// All that was stored of it, as JSON.
    Record,
    /// A part of that.
    Part(BodyPart),
    /// The messages that a model was sent, as JSON.
    Messages,
    /// The call of a model as code that repeats it.
    Code(Language),
}

impl Question for SpanBodyOf {
    type Answer = Option<PreparedBody>;
    const LABEL: &'static str = "span";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let SpanAt { trace, span, has_ended } = &self.0;
        match query::span_beginning(session, trace, *span)? {
            Some(beginning) => Ok(Some(PreparedBody::of_beginning(beginning, *has_ended))),
            None => WholeSpanBodyOf(self.0.clone()).answer(session),
        }
    }

    fn bytes(answer: &Self::Answer) -> usize {
        body_bytes(answer)
    }

    fn is_final(answer: &Self::Answer) -> bool {
        is_final(answer)
    }
}

impl Question for WholeSpanBodyOf {
    type Answer = Option<PreparedBody>;
    const LABEL: &'static str = "long span";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let SpanAt { trace, span, has_ended } = &self.0;
        let body = query::span_body(session, trace, *span)?;
        Ok(body.map(|body| PreparedBody::new(body, *has_ended)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        body_bytes(answer)
    }

    fn is_final(answer: &Self::Answer) -> bool {
        is_final(answer)
    }
}

impl Question for SpanTextOf {
    /// `None` inside of a span that is gone, or has no such thing.
    type Answer = Option<Text>;
    const LABEL: &'static str = "text of a span";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        if self.what == SpanText::Record {
            let record = query::span_record(session, &self.trace, self.span)?;
            return Ok(record.map(|record| Text::new(pretty(&record))));
        }
        let Some(body) = query::span_body(session, &self.trace, self.span)? else { return Ok(None) };
        let json = |json: Json| Text::new(pretty(&json));
        Ok(match self.what {
            SpanText::Record => None,
            SpanText::Part(part) => part_as_json(body, part).map(json),
            SpanText::Messages => Request::of(&body).map(|request| json(request.messages().clone())),
            SpanText::Code(language) => Request::of(&body).map(|request| Text::new(request.code(language))),
        })
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, Text::bytes)
    }
}

fn body_bytes(body: &Option<PreparedBody>) -> usize {
    body.as_ref().map_or(0, PreparedBody::bytes)
}

fn is_final(body: &Option<PreparedBody>) -> bool {
    body.as_ref().is_some_and(|body| body.is_final)
}
