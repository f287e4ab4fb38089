//! What went wrong in the agents of a trace, as words in its header, though it may have ended well: a click goes there.

use std::sync::Arc;

use egui::Ui;

use crate::loader::{Lane, TraceTree};
use crate::query::steps::{Agent, Finding, FindingKind, Steps, StepsOf};
use crate::state::Action;
use crate::views::scene::Scene;
use crate::views::spans::span_ref;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::tokens::Tone;
use crate::words;

/// A flag: its word, its mark, what it was seen by, and the span that it leads to.
#[derive(Debug, PartialEq)]
struct Flag {
    word: String,
    mark: (Glyph, Tone),
    told: String,
    span: usize,
}

/// No more of what one flag was seen by is told.
const MOST_TOLD: usize = 6;

/// The flags, and what they were made of.
#[derive(Default)]
pub(super) struct FlagsMemory {
    of: Option<Arc<Steps>>,
    flags: Vec<Flag>,
}

pub(super) fn flags_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut FlagsMemory, tree: &TraceTree) {
    let slot = scene.loader.ask(&StepsOf(tree.head.row.id.clone()), Lane::Visible);
    let Some(steps) = slot.value() else { return };
    if !memory.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, steps)) {
        *memory = FlagsMemory { of: Some(Arc::clone(steps)), flags: flags(steps) };
    }
    for flag in &memory.flags {
        let chip = Chip::button(&flag.word).glyph(flag.mark.0, flag.mark.1);
        if ui.add(chip).on_hover_text(&flag.told).clicked()
            && let Some(span) = span_ref(tree, flag.span)
        {
            scene.act(Action::FocusSpan(Some(span)));
        }
    }
}

fn flags(steps: &Steps) -> Vec<Flag> {
    [FindingKind::OutOfSteps, FindingKind::ActionFailed, FindingKind::HistoryCut, FindingKind::NoDecision]
        .into_iter()
        .filter_map(|kind| flag(steps, kind))
        .collect()
}

fn flag(steps: &Steps, kind: FindingKind) -> Option<Flag> {
    let of_kind = |agent: &'_ Agent| agent.findings.iter().filter(|one| one.kind == kind).count();
    let first = steps.agents.iter().find(|agent| of_kind(agent) > 0)?;
    let count: usize = steps.agents.iter().map(of_kind).sum();
    let findings = steps.agents.iter().flat_map(|agent| &agent.findings).filter(|one| one.kind == kind);
    let mut told: Vec<String> = findings.take(MOST_TOLD).map(sentence).collect();
    if count > MOST_TOLD {
        told.push(format!("… and {} more", words::count((count - MOST_TOLD) as u64)));
    }
    let (word, mark) = match kind {
        FindingKind::OutOfSteps => ("ran out of steps".to_owned(), (Glyph::Warning, Tone::Warn)),
        FindingKind::HistoryCut => ("history cut".to_owned(), (Glyph::Warning, Tone::Warn)),
        FindingKind::ActionFailed => (failed_word(steps, count), (Glyph::Cross, Tone::Bad)),
        FindingKind::NoDecision => (words::counted(count, "step") + " without action", (Glyph::Cross, Tone::Bad)),
    };
    // To what failed itself, where that has a span; else to its agent, whose steps tell.
    let failed = first.failed_actions().find_map(|action| action.span);
    let span = failed.filter(|_| kind == FindingKind::ActionFailed).unwrap_or(first.span);
    told.push("Click to go there".to_owned());
    Some(Flag { word, mark, told: told.join("\n"), span })
}

/// `ledger failed`, `2 tools failed`; what failed is code where no tool is named.
fn failed_word(steps: &Steps, count: usize) -> String {
    let failed = || steps.agents.iter().flat_map(Agent::failed_actions);
    let mut tools: Vec<Option<&str>> = failed().map(|action| action.tool.as_deref()).collect();
    tools.sort_unstable();
    tools.dedup();
    match *tools {
        [] => "source failed".to_owned(),
        [None] => "code failed".to_owned(),
        [Some(tool)] => format!("{} failed", words::one_line(tool, 40)),
        _ if tools.contains(&None) => format!("{} failed", words::counted(count, "action")),
        _ => format!("{} failed", words::counted(tools.len(), "tool")),
    }
}

fn sentence(finding: &Finding) -> String {
    let step = finding.step.map(|step| format!("step {}: ", words::count(step as u64))).unwrap_or_default();
    words::sentence(&format!("{step}{}", words::one_line(&finding.text, 300)))
}
