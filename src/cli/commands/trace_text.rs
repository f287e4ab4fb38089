//! A trace as a tree for people.

use super::Answer;
use super::runs_text::guides;
use super::trace_beside::{self, Beside};
use super::trace_head_text;
use crate::cli::failure::Failure;
use crate::cli::json::preview;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::{Json, Reveal, SpanBody, SpanHead};
use crate::query::{SpanTokens, TokenSource, TraceDocument, answer_of_repr, causes};

/// Previews are no wider than this; they are the beginning of a value in any case.
const PREVIEW: usize = 100;

/// So many attachments of one span are told.
const ATTACHMENTS: usize = 10;

/// Prints what is known of the trace, then its spans.
pub(super) fn print(document: &TraceDocument, beside: &Beside, answer: &mut Answer<'_>) -> Result<(), Failure> {
    trace_head_text::print(document, answer)?;
    trace_beside::print(beside, answer)?;
    let tree = &document.tree;
    if let Some(why) = &tree.no_spans {
        writeln!(answer.out, "{}", words::clean(&why.sentence()))?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("Span", Side::LeftCut),
        ("Type", Side::Left),
        ("Status", Side::Left),
        ("Duration", Side::Right),
        ("Own", Side::Right),
        ("Tokens", Side::Right),
    ]);
    // Adapters that stand twice are one row; the whole list is in the JSON.
    let outline = &tree.outline;
    let guides = guides(&outline.forest);
    for (position, node) in outline.forest.nodes.iter().enumerate() {
        let span = &tree.spans[node.item];
        let figures = &document.figures.spans[node.item];
        let name = format!("{}{}", guides[position], words::clean(&span.name));
        let time = |ns: Option<i64>| ns.map_or_else(|| words::UNKNOWN.to_owned(), words::duration_ns);
        let cells = vec![
            name,
            span.kind.clone(),
            span.status.clone(),
            time(span.duration_ns()),
            time(figures.own_time_ns),
            describe_tokens(span, &figures.tokens),
        ];
        table.row_with(cells, Some(2));
        if node.lacks_parent {
            table.mark(" (parent missing)");
        }
        let times = outline.times.get(position).copied().unwrap_or(1);
        if times > 1 {
            table.mark(&format!(" ×{times}"));
        }
        let fallback = tree.fallbacks.iter().find(|fallback| fallback.format == node.item);
        if fallback.is_some() {
            table.mark(" (fallback)");
        }
        // Notes hang below the name, beside the line that leads to the next sibling or child.
        let indent = below(&guides[position], node.descendants > 0);
        if let Some(fallback) = fallback {
            table.note(&format!("{indent}! {}", fallback.text()));
        }
        for note in notes(&document.bodies[node.item], answer.session.cx.reveal()) {
            table.note(&format!("{indent}{note}"));
        }
        for one in document.figures.attachments.of_span(node.item).take(ATTACHMENTS) {
            let missing = if one.is_there == Some(false) { ", missing" } else { "" };
            let (what, path) = (trace_head_text::what(one), one.attachment.path());
            table.note(&format!("{indent}att {what}: {path}{missing}"));
        }
    }
    Ok(table.print(answer.style, answer.out)?)
}

/// `1,234` own, `Σ 1,234` a sum, `?` an LM call of which nothing was recorded.
fn describe_tokens(span: &SpanHead, tokens: &SpanTokens) -> String {
    match tokens.source {
        TokenSource::Own => words::tokens(tokens.total),
        TokenSource::Sum => format!("Σ {}", words::tokens(tokens.total)),
        TokenSource::Unknown if span.kind == "CHAT_MODEL" => "?".to_owned(),
        TokenSource::Unknown => words::UNKNOWN.to_owned(),
    }
}

/// What stands below a span: errors first, then the beginnings of inputs and outputs.
fn notes(body: &SpanBody, reveal: Reveal) -> Vec<String> {
    let mut notes = Vec::new();
    if !body.status_message.is_empty() {
        notes.push(format!("! {}", preview(&Json::from(&*body.status_message), PREVIEW)));
    }
    for event in &body.events {
        let text = |key: &str| event.attributes.get(key).map(|value| preview(value, PREVIEW));
        let message = match (text("exception.type"), text("exception.message")) {
            (Some(kind), Some(message)) => format!("{kind}: {message}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => preview(&Json::from(&*event.name), PREVIEW),
        };
        // The status often repeats the exception.
        if !notes.iter().any(|note| note.contains(&message)) {
            notes.push(format!("! {message}"));
        }
        let stack = event.attributes.get("exception.stacktrace").and_then(Json::as_str);
        for cause in stack.map(causes).into_iter().flatten() {
            notes.push(format!("  {}", preview(&Json::from(cause.text()), PREVIEW)));
        }
    }
    let value = |label: &str, value: &Option<Json>| Some(format!("{label} {}", preview(value.as_ref()?, PREVIEW)));
    notes.extend(value("in ", &body.inputs));
    match body.outputs.as_ref().and_then(|outputs| answer_of_repr(outputs, reveal)) {
        Some(fields) => notes.push(format!("out, read from a repr {}", preview(&Json::Object(fields), PREVIEW))),
        None => notes.extend(value("out", &body.outputs)),
    }
    notes
}

/// The lines of the tree for what stands below a node's name.
fn below(guide: &str, has_children: bool) -> String {
    let mut below = guide.replace("├─ ", "│  ").replace("└─ ", "   ");
    if let Some(end) = below.find("] ").filter(|_| below.starts_with('[')) {
        below.replace_range(..end + 2, "");
    }
    below.push_str(if has_children { "│    " } else { "     " });
    below
}
