//! Attempts, passages and calls that likely left a trace, for people.

use super::trace_values_text::{Form, value};
use crate::cli::words;
use crate::model::Json;
use crate::model::dspy::attempts::ADVICE;
use crate::query::TraceDocument;
use crate::query::likely_calls::{LikelyCall, LikelyCalls};
use crate::query::steps::{Attempt, Attempts, Found, Passage};

/// The attempts of a module, one after the other; those that gave what it hands on are marked.
pub(super) fn attempts(document: &TraceDocument, one: &Attempts, form: Form, lines: &mut Vec<String>) {
    let Some(span) = document.tree.spans.get(one.span) else { return };
    let count = words::counted(one.attempts.len(), "attempt");
    lines.push(format!("{} · {} · {count}", words::clean(&span.name), one.kind.name()));
    lines.push(format!("  {}", one.told()));
    if let Some(threshold) = &one.threshold {
        lines.push(format!("  An attempt worth {} is enough", words::clean(threshold)));
    }
    for (at, attempt) in one.attempts.iter().enumerate() {
        let mark = if one.choice.holds(at) { "✓ " } else { "" };
        lines.push(format!("{mark}Attempt {}{}", at + 1, figures(attempt)));
        told(attempt, form, lines);
    }
}

/// What a retriever found.
pub(super) fn passages(document: &TraceDocument, found: &Found, form: Form, lines: &mut Vec<String>) {
    let Some(span) = document.tree.spans.get(found.span) else { return };
    let inferred = if found.is_inferred { " · a retriever, inferred from its outputs" } else { "" };
    let count = words::counted(found.passages.len(), "passage");
    lines.push(format!("{}{inferred} · {count}", words::clean(&span.name)));
    if let Some(query) = &found.query {
        value("query", query, form, lines);
    }
    for (at, passage) in found.passages.iter().enumerate() {
        lines.push(format!("Passage {}{}", at + 1, noted(passage)));
        value("", &passage.text, form, lines);
    }
}

fn noted(passage: &Passage) -> String {
    let source = passage.source.as_ref().map(|source| words::clean(source));
    let number = passage.number.as_ref().map(|number| format!("no. {}", words::clean(number)));
    let score = passage.score.as_ref();
    let score = score.map(|score| format!("{} {}", words::clean(&score.name), words::value(score.value)));
    source.into_iter().chain(number).chain(score).map(|fact| format!(" · {fact}")).collect()
}

/// Calls that a span likely made.
pub(super) fn likely(
    document: &TraceDocument,
    (span, found): &(usize, LikelyCalls),
    form: Form,
    lines: &mut Vec<String>,
) {
    let Some(span) = document.tree.spans.get(*span) else { return };
    let count = words::counted(found.calls.len(), "trace");
    lines.push(format!(
        "{} likely made {count} of {}",
        words::clean(&span.name),
        if found.calls.len() == 1 { "its own" } else { "their own" }
    ));
    if found.is_cut {
        lines.push("  More began at that time, and were not looked at".to_owned());
    }
    for (at, call) in found.calls.iter().enumerate() {
        let mark = if found.choice.as_ref().is_some_and(|choice| choice.holds(at)) { "✓ " } else { "" };
        let LikelyCall { row, attempt, inputs } = call;
        lines.push(format!("{mark}Likely {} {}{}", words::clean(&row.name), row.id, figures(attempt)));
        lines.push(format!("  {}", inputs.reason()));
        told(attempt, form, lines);
    }
}

fn figures(attempt: &Attempt) -> String {
    let duration = attempt.duration_ns.map(|ns| format!(" · {}", words::duration_ns(ns))).unwrap_or_default();
    let tokens = attempt.tokens.map(|tokens| format!(" · {} tokens", words::tokens(Some(tokens)))).unwrap_or_default();
    let reward = attempt.reward.as_ref().map(|reward| format!(" · worth {}", words::clean(reward))).unwrap_or_default();
    format!("{duration}{tokens}{reward}")
}

fn told(attempt: &Attempt, form: Form, lines: &mut Vec<String>) {
    let json = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(advice) = &attempt.advice {
        value(ADVICE, &json(advice), form, lines);
    }
    for (name, field) in &attempt.fields {
        value(name, &json(field), form, lines);
    }
    if let Some(whole) = &attempt.value {
        value("gave", &json(whole), form, lines);
    }
    if let Some(error) = &attempt.error {
        value("failed", error, form, lines);
    }
}
