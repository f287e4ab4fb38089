//! What a terminal tells of a trace above its spans.

use super::Answer;
use crate::cli::failure::Failure;
use crate::cli::json::preview;
use crate::cli::style::Color;
use crate::cli::words;
use crate::model::{Assessment, Cached, Entry, Json, TraceHead};
use crate::query::{NamedAttachment, TraceDocument};

/// Previews are no wider than this; they are the beginning of a value in any case.
const PREVIEW: usize = 100;

/// Of a rationale, so many characters are printed.
const RATIONALE: usize = 4_000;

/// So many attachments are told one by one.
const ATTACHMENTS: usize = 10;

/// Prints what is known of the trace as a whole, and an empty line.
pub(super) fn print(document: &TraceDocument, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let head = &document.tree.head;
    print_row(document, answer)?;
    if let Some(line) = origin(head) {
        writeln!(answer.out, "{line}")?;
    }
    for (label, entry) in
        head.told_tags().map(|tag| ("tag", tag)).chain(head.told_metadata().map(|one| ("metadata", one)))
    {
        writeln!(answer.out, "{}", told(label, entry))?;
    }
    for one in &head.assessments {
        writeln!(answer.out, "{}", assessment(head, one))?;
        for line in one.rationale.as_deref().map(rationale_lines).into_iter().flatten() {
            writeln!(answer.out, "    {line}")?;
        }
    }
    print_attachments(document, answer)?;
    writeln!(answer.out)?;
    Ok(())
}

/// Name, status, times, tokens, run.
fn print_row(document: &TraceDocument, answer: &mut Answer<'_>) -> Result<(), Failure> {
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
    facts.extend(row.cached.and_then(Cached::fact).map(str::to_owned));
    if let Some(cost) = document.figures.cost.as_ref().and_then(|cost| cost.known()) {
        facts.push(format!("cost {}", words::cost(cost.usd, cost.certainty.sign())));
    }
    writeln!(answer.out, "{}", facts.join(" · "))?;
    let run = row.run_id.as_ref().map_or(words::UNKNOWN, |id| id.as_str());
    let experiment = row.experiment_id.as_str();
    writeln!(answer.out, "run {} · experiment {}", words::clean(run), words::clean(experiment))?;
    Ok(())
}

/// `session desk-7 · user ana · request req-1`, as far as it is known.
fn origin(head: &TraceHead) -> Option<String> {
    let said = [
        ("session", head.row.session.as_ref().map(|session| session.text())),
        ("user", head.user().map(|user| user.as_str().to_owned())),
        ("request", head.client_request_id.as_ref().map(|id| id.as_str().to_owned())),
    ];
    let known = said.into_iter().filter_map(|(what, text)| Some(format!("{what} {}", short(&text?))));
    let known: Vec<String> = known.collect();
    (!known.is_empty()).then(|| known.join(" · "))
}

fn told(label: &str, entry: &Entry) -> String {
    format!("{label} {} = {}", short(&entry.key), short(entry.value.as_str()))
}

/// `feedback correct = "yes" · HUMAN ana@example.org · overrides …`
fn assessment(head: &TraceHead, one: &Assessment) -> String {
    let mut parts = vec![named(one)];
    parts.extend(one.error_text().map(|error| format!("error {}", short(&error))));
    let source = one.source();
    if !source.is_empty() {
        parts.push(short(&source));
    }
    if let Some(id) = &one.overrides {
        parts.push(match head.overridden_by(one) {
            Some(other) => format!("overrides {} of {}", named(other), short(&other.source())),
            None => format!("overrides {}, which is not here", short(id)),
        });
    }
    if !one.is_valid {
        parts.push("overridden".to_owned());
    }
    parts.join(" · ")
}

fn named(one: &Assessment) -> String {
    format!("{} {} = {}", words::clean(&one.kind), words::clean(&one.name), preview(&one.value, PREVIEW))
}

fn rationale_lines(text: &str) -> Vec<String> {
    let end = text.char_indices().nth(RATIONALE).map_or(text.len(), |(at, _)| at);
    let mut lines: Vec<String> = text[..end].lines().map(words::clean).collect();
    if end < text.len() {
        lines.push("…".to_owned());
    }
    lines
}

fn print_attachments(document: &TraceDocument, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let attachments = &document.figures.attachments;
    if attachments.list.is_empty() {
        return Ok(());
    }
    let missing = attachments.missing().count();
    let all = words::counted(attachments.list.len() as u64, "attachment");
    if missing == 0 {
        writeln!(answer.out, "{all}")?;
        return Ok(());
    }
    let why = attachments.absent.as_deref().map_or(String::new(), |why| format!(": {}", words::clean(why)));
    writeln!(answer.out, "{all}, {} missing{why}", words::count(missing as u64))?;
    for one in attachments.missing().take(ATTACHMENTS) {
        writeln!(answer.out, "    {} not at {}", what(one), words::clean(&attachments.place(one)))?;
    }
    if missing > ATTACHMENTS {
        writeln!(answer.out, "    … and {} more", words::count((missing - ATTACHMENTS) as u64))?;
    }
    Ok(())
}

/// `image/png, 78 bytes`
pub(super) fn what(one: &NamedAttachment) -> String {
    let size = one.attachment.size.map_or(String::new(), |size| format!(", {}", words::bytes(size)));
    format!("{}{size}", words::cut(&words::clean(one.attachment.kind()), 40))
}

fn short(text: &str) -> String {
    preview(&Json::from(text), PREVIEW)
}
