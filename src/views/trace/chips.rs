//! The kinds of spans of a trace as chips: those that are chosen stand out, the others are drawn faint.

use egui::Ui;

use crate::analysis::span_groups::SpanGroup;
use crate::loader::TraceTree;
use crate::model::SpanHead;
use crate::state::{Action, SpanChoice};
use crate::views::command::{Command, SpanCommand};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::tokens::Tone;
use crate::words;

/// Whether a span is drawn faint.
pub(super) fn is_dimmed(choice: &SpanChoice, tree: &TraceTree, ordinal: usize, span: &SpanHead) -> bool {
    let group = tree.shape.groups.get(ordinal);
    let is_of_kind = choice.groups.is_empty() || group.is_some_and(|group| choice.groups.contains(group));
    !is_of_kind || choice.only_errors && span.status != "ERROR"
}

/// Draws the chips of what this trace has.
pub(super) fn kinds_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree) {
    let shape = &tree.shape;
    let choice = &scene.state.page().spans;
    // What is folded away cannot stand out.
    let is_told = |group: SpanGroup| {
        group != SpanGroup::Adapter || scene.state.settings.show_adapters || choice.groups.contains(&group)
    };
    let mut changed = None;
    if shape.counts.len() > 1 {
        for (group, count) in shape.counts.iter().filter(|(group, _)| is_told(*group)) {
            let is_on = choice.groups.contains(group);
            let count = words::count(*count as u64);
            let chip = Chip::toggle(group.word(), is_on).note(&count);
            if ui.add(chip).on_hover_text(tip(*group)).clicked() {
                let mut groups = choice.groups.clone();
                if !groups.remove(group) {
                    groups.insert(*group);
                }
                changed = Some(SpanChoice { groups, ..choice.clone() });
            }
        }
    }
    if shape.errors > 0 {
        let count = words::count(shape.errors as u64);
        let chip = Chip::toggle("errors", choice.only_errors).note(&count).glyph(Glyph::Cross, Tone::Bad);
        let key = Command::Spans(SpanCommand::Error).key_text(ui.ctx());
        let tip = format!("Draw all others faint\nTo the first one, then to the next: {key}");
        if ui.add(chip).on_hover_text(tip).clicked() {
            changed = Some(SpanChoice { only_errors: !choice.only_errors, ..choice.clone() });
        }
    }
    if let Some(changed) = changed {
        scene.act(Action::ArrangeSpans(changed));
    }
}

fn tip(group: SpanGroup) -> String {
    let what = match group {
        SpanGroup::Lm => "Calls of language models",
        SpanGroup::Predictor => "Predictors",
        SpanGroup::Module => "Other modules",
        SpanGroup::Agent => "Agents",
        SpanGroup::Retriever => "Retrievers, embedders and rerankers",
        SpanGroup::Tool => "Tools",
        SpanGroup::Adapter => "Steps of adapters",
        SpanGroup::Other => "Spans of other types",
    };
    format!("{what}; draw all others faint")
}
