//! The agents of a trace for people, step by step.

use super::Answer;
use crate::cli::failure::Failure;
use crate::cli::style::Color;
use crate::cli::words;
use crate::model::Json;
use crate::query::TraceDocument;
use crate::query::chat::{Action, Agent, Step};

/// Of a long code or observation so many lines are shown; all of them with `--full`.
const LINES: usize = 8;
/// A line is no longer than this without `--full`, where there is no terminal to tell.
const LINE: usize = 160;

/// Prints the agents.
pub(super) fn print(
    document: &TraceDocument,
    agents: &[Agent],
    is_full: bool,
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    if let Some(why) = &document.tree.no_spans {
        writeln!(answer.out, "{}", words::clean(&why.sentence()))?;
    } else if agents.is_empty() {
        writeln!(answer.out, "No agent worked in this trace")?;
    }
    let width = if is_full { usize::MAX } else { answer.style.width.unwrap_or(LINE) };
    let bad = |text: String| if answer.style.has_color { Color::Bad.paint(&text) } else { text };
    let mut lines: Vec<String> = Vec::new();
    for (at, agent) in agents.iter().enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        let Some(span) = document.tree.spans.get(agent.span) else { continue };
        let inferred = if agent.is_inferred {
            format!(" · a {}, inferred from its outputs", agent.kind.name())
        } else {
            String::new()
        };
        let steps = words::counted(agent.steps.len(), "step");
        lines.push(format!("{}{inferred} · {} · {steps}", words::clean(&span.name), words::clean(&span.status)));
        for finding in &agent.findings {
            let place = finding.step.map_or_else(String::new, |step| format!("step {step}: "));
            lines.push(bad(format!("! {place}{}", words::clean(&finding.text))));
        }
        for step in &agent.steps {
            lines.push(head(step));
            if let Some(thought) = &step.thought {
                value("thought", thought, (is_full, width), &mut lines);
            }
            for action in &step.actions {
                told(action, (is_full, width), &mut lines);
            }
        }
    }
    for line in lines {
        writeln!(answer.out, "{line}")?;
    }
    Ok(())
}

/// `Step 2 · 1.3 s · 1,234 tokens`
fn head(step: &Step) -> String {
    let duration = step.duration_ns.map(|ns| format!(" · {}", words::duration_ns(ns))).unwrap_or_default();
    let tokens = step.tokens.map(|tokens| format!(" · {} tokens", words::tokens(Some(tokens)))).unwrap_or_default();
    format!("Step {}{duration}{tokens}", step.number)
}

fn told(action: &Action, form: (bool, usize), lines: &mut Vec<String>) {
    if let Some(tool) = &action.tool {
        let arguments = action.arguments.as_ref().map(Json::to_string).unwrap_or_default();
        value("action", &format!("{tool} {arguments}"), form, lines);
    }
    if let Some(code) = &action.code {
        value("code", code, form, lines);
    }
    let label = if action.is_failed { "failed" } else { "saw" };
    match &action.observation {
        Some(Json::String(text)) => value(label, text, form, lines),
        Some(other) => value(label, &other.to_string(), form, lines),
        None if action.is_failed => lines.push("  failed".to_owned()),
        None => {}
    }
}

/// A label and a text of several lines beside it.
fn value(label: &str, text: &str, (is_full, width): (bool, usize), lines: &mut Vec<String>) {
    let shown = if is_full { usize::MAX } else { LINES };
    let cut = |line: String| if width == usize::MAX { line } else { words::cut(&line, width) };
    for (at, line) in text.lines().take(shown).enumerate() {
        let label = if at == 0 { label } else { "" };
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let line = format!("{}{}", " ".repeat(blanks.min(80)), words::clean(line.trim_start_matches(' ')));
        lines.push(cut(format!("  {label:<8}{line}")));
    }
    let more = if is_full { 0 } else { text.lines().skip(shown).count() };
    if more > 0 {
        lines.push(format!(
            "          … {} more {}",
            words::count(more as u64),
            if more == 1 { "line" } else { "lines" }
        ));
    }
}
