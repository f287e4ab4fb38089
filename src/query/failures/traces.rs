//! Why an example failed, as its trace says.

use crate::analysis::failures::FailureKind;
use crate::analysis::fallbacks::fallbacks;
use crate::analysis::feedback_template::template;
use crate::model::program::Object;
use crate::model::{Forest, Json, SpanBody, TraceId};
use crate::query::ask::Session;
use crate::store::Result;
use crate::words;

/// No more of a message tells exceptions apart.
const MESSAGE_MOST: usize = 200;
/// No more of it is shown whole.
const SAMPLE_MOST: usize = 2_000;

/// What DSPy raises where no adapter could read an answer (2.6 – 3.5); with its module before it in some versions.
const PARSE_ERROR: &str = "AdapterParseError";

/// The reasons that a trace tells, each as examples may share it and in full: the exception with which its root ended, and
/// the answers that could not be parsed.
pub(super) fn reasons(session: &mut Session<'_>, trace: &TraceId) -> Result<Vec<(FailureKind, String, String)>> {
    let spans = session.store.spans(session.cx, trace)?;
    let Some(root) = spans.iter().find(|span| span.parent_id.is_none()) else { return Ok(Vec::new()) };
    let links: Vec<(&str, Option<&str>)> = spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
    let mut told: Vec<(FailureKind, String, String)> = Vec::new();
    for one in fallbacks(&Forest::build(&links), &spans) {
        let text = one.text();
        if told.iter().all(|(_, known, _)| *known != text) {
            told.push((FailureKind::Parse, text.clone(), text));
        }
    }
    if root.status != "ERROR" {
        return Ok(told);
    }
    let body = session.store.span_body(session.cx, trace, root.handle)?.unwrap_or_default();
    let (kind, what, sample) = exception(&body);
    if kind.ends_with(PARSE_ERROR) && told.is_empty() {
        told.push((FailureKind::Parse, format!("{PARSE_ERROR}, and no other adapter was tried"), sample.clone()));
    }
    told.push((FailureKind::Exception, what, sample));
    Ok(told)
}

/// The exception of a span: its type, that with what its message says without what differs, and all of it.
fn exception(body: &SpanBody) -> (String, String, String) {
    let text = |key: &str| body.events.iter().rev().find_map(|event| event.attributes.get(key).and_then(Json::as_str));
    let kind = text("exception.type").unwrap_or("An exception without a type");
    let message = text("exception.message").unwrap_or(&body.status_message).trim();
    let first = message.lines().next().unwrap_or_default();
    let template = template(first, &Object::default(), &Object::default());
    let join = |message: &str| if message.is_empty() { kind.to_owned() } else { format!("{kind}: {message}") };
    let what = join(&words::one_line(&template, MESSAGE_MOST));
    (kind.to_owned(), what, join(&words::ellipsize_graphemes(message, SAMPLE_MOST)))
}
