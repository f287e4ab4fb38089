//! What went wrong in the agents of a trace, as words in its header, though it may have ended well: a click goes there.

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
    told: Vec<String>,
    span: usize,
}

/// No more of what one flag was seen by is told.
const MOST_TOLD: usize = 6;

pub(super) fn flags_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    let slot = scene.loader.ask(&StepsOf(tree.head.row.id.clone()), Lane::Visible);
    let Some(steps) = slot.value() else { return };
    for flag in flags(steps) {
        let chip = Chip::button(&flag.word).glyph(flag.mark.0, flag.mark.1);
        let tip = format!("{}\nClick to go there", flag.told.join("\n"));
        if ui.add(chip).on_hover_text(tip).clicked()
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
    Some(Flag { word, mark, told, span })
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
