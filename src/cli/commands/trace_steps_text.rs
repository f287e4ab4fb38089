//! The agents of a trace for people, step by step.

use super::trace_steps::Told;
use super::trace_values_text::{Form, value};
use super::{Answer, trace_attempts_text};
use crate::cli::failure::Failure;
use crate::cli::style::Color;
use crate::cli::words;
use crate::model::Json;
use crate::query::TraceDocument;
use crate::query::steps::{Action, Agent, Step};

/// A line is no longer than this without `--full`, where there is no terminal to tell.
const LINE: usize = 160;

/// Prints the agents, attempts, passages and calls that likely left the trace.
pub(super) fn print(told: &Told<'_>, is_full: bool, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let width = if is_full { usize::MAX } else { answer.style.width.unwrap_or(LINE) };
    let form = (is_full, width);
    let mut blocks: Vec<Vec<String>> = Vec::new();
    let agents = agents(told.document, &told.steps.agents, form, answer.style.has_color);
    blocks.extend(agents);
    let mut block = |fill: &dyn Fn(&mut Vec<String>)| {
        let mut lines = Vec::new();
        fill(&mut lines);
        blocks.push(lines);
    };
    for one in &told.steps.attempts {
        block(&|lines| trace_attempts_text::attempts(told.document, one, form, lines));
    }
    for one in told.retrievals {
        block(&|lines| trace_attempts_text::passages(told.document, one, form, lines));
    }
    for one in told.likely {
        block(&|lines| trace_attempts_text::likely(told.document, one, form, lines));
    }
    if let Some(why) = &told.document.tree.no_spans {
        writeln!(answer.out, "{}", words::clean(&why.sentence()))?;
    } else if blocks.is_empty() {
        writeln!(answer.out, "No agent worked in this trace, nothing was tried several times or retrieved")?;
    }
    let lines: Vec<String> = blocks.join(&String::new());
    for line in lines {
        writeln!(answer.out, "{line}")?;
    }
    Ok(())
}

/// The lines of each agent.
fn agents(document: &TraceDocument, agents: &[Agent], (is_full, width): Form, has_color: bool) -> Vec<Vec<String>> {
    let bad = |text: String| if has_color { Color::Bad.paint(&text) } else { text };
    let mut blocks = Vec::new();
    for agent in agents {
        let mut lines: Vec<String> = Vec::new();
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
                acted(action, (is_full, width), &mut lines);
            }
        }
        blocks.push(lines);
    }
    blocks
}

/// `Step 2 · 1.3 s · 1,234 tokens`
fn head(step: &Step) -> String {
    let duration = step.duration_ns.map(|ns| format!(" · {}", words::duration_ns(ns))).unwrap_or_default();
    let tokens = step.tokens.map(|tokens| format!(" · {} tokens", words::tokens(Some(tokens)))).unwrap_or_default();
    format!("Step {}{duration}{tokens}", step.number)
}

fn acted(action: &Action, form: Form, lines: &mut Vec<String>) {
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
