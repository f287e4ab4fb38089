//! A trace as a tree for people.

use super::Answer;
use super::runs_text::guides;
use crate::cli::failure::Failure;
use crate::cli::json::preview;
use crate::cli::style::Color;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::{Json, SpanBody, SpanHead};
use crate::query::{SpanTokens, TokenSource, TraceDocument};

/// Previews are no wider than this; they are the beginning of a value in any case.
const PREVIEW: usize = 100;

/// Prints what is known of the trace, then its spans.
pub(super) fn print(document: &TraceDocument, answer: &mut Answer<'_>) -> Result<(), Failure> {
    print_head(document, answer)?;
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
    let guides = guides(&tree.forest);
    for (position, node) in tree.forest.nodes.iter().enumerate() {
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
        if node.is_orphan {
            table.mark(" (parent missing)");
        }
        // Notes hang below the name, beside the line that leads to the next sibling or child.
        let indent = below(&guides[position], node.descendants > 0);
        for note in notes(&document.bodies[node.item]) {
            table.note(&format!("{indent}{note}"));
        }
    }
    Ok(table.print(answer.style, answer.out)?)
}

fn print_head(document: &TraceDocument, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let row = &document.tree.head.row;
    let name = if row.name.is_empty() { words::UNKNOWN } else { &row.name };
    let status = words::clean(&row.status);
    let status = match Color::of_status(&status) {
        Some(color) if answer.style.has_color => color.paint(&status),
        _ => status,
    };
    writeln!(answer.out, "Trace {} · {} · {status}", words::clean(row.id.as_str()), words::clean(name))?;
    let mut facts = vec![
        format!(
            "{} {}",
            words::time_header("started", answer.style.is_utc),
            words::time(Some(row.start_time_ms), answer.style.is_utc)
        ),
        format!("took {}", words::duration_or_unknown(row.duration_ms)),
    ];
    let tokens = document.figures.tokens;
    facts.push(match tokens {
        Some(known) => {
            let part = |count: Option<u64>| words::count_or_unknown(count);
            format!("{} tokens ({} in, {} out)", words::tokens(tokens), part(known.input), part(known.output))
        }
        None => "tokens unknown".to_owned(),
    });
    if let Some(stored) = row.tokens.filter(|stored| tokens != Some(*stored)) {
        facts.push(format!("{} stored as the total", words::tokens(Some(stored))));
    }
    if row.cost_usd.is_some() {
        facts.push(format!("cost {}", words::dollars(row.cost_usd)));
    }
    writeln!(answer.out, "{}", facts.join(" · "))?;
    let run = row.run_id.as_ref().map_or(words::UNKNOWN, |id| id.as_str());
    let experiment = row.experiment_id.as_str();
    writeln!(answer.out, "run {} · experiment {}", words::clean(run), words::clean(experiment))?;
    for one in &document.tree.head.assessments {
        let error = one.error.as_deref().map_or(String::new(), |error| format!(" · error {}", words::clean(error)));
        let name = words::clean(&one.name);
        let overridden = if one.is_valid { "" } else { " · overridden" };
        writeln!(
            answer.out,
            "{} {name} = {}{error}{overridden}",
            words::clean(&one.kind),
            preview(&one.value, PREVIEW)
        )?;
    }
    writeln!(answer.out)?;
    Ok(())
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
fn notes(body: &SpanBody) -> Vec<String> {
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
    }
    let value = |label: &str, value: &Option<Json>| Some(format!("{label} {}", preview(value.as_ref()?, PREVIEW)));
    notes.extend(value("in ", &body.inputs));
    notes.extend(value("out", &body.outputs));
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
