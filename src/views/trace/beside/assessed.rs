//! What was said and judged: by the metric in its table first, then what is noted on the trace itself.

use egui::{Label, RichText, Ui};

use crate::loader::TraceTree;
use crate::model::Assessment;
use crate::query::TraceExample;
use crate::views::trace::about::value_text;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// No more of them stand here; all of them are told by what is known about the trace.
const MOST: usize = 12;
/// Of what was said so many characters stand here, more where the pointer rests.
const SAID: usize = 400;
const TIP: usize = 2_000;

pub(super) fn assessed_ui(ui: &mut Ui, tree: &TraceTree, example: Option<&TraceExample>) {
    for (who, said) in example.iter().flat_map(|example| &example.feedback) {
        said_ui(ui, if who.is_empty() { "Feedback" } else { who }, said);
    }
    let told = || tree.head.assessments.iter().filter(|one| one.is_valid && !one.is_expectation());
    for one in told().take(MOST) {
        assessment_ui(ui, one);
    }
    let more = told().count().saturating_sub(MOST);
    if more > 0 {
        text_ui(ui, &format!("{} under About", words::counted(more, "more assessment")), Type::Small, Tone::Muted);
    }
}

/// `✓ correct yes  HUMAN ana@example.org`, its rationale below.
fn assessment_ui(ui: &mut Ui, one: &Assessment) {
    let value = one.error_text().unwrap_or_else(|| value_text(&one.value));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        text_ui(ui, &words::one_line(&one.name, 60), Type::Small, Tone::Muted);
        if one.error.is_some() {
            Glyph::Warning.show(ui, Tone::Warn);
        }
        let tone = if one.error.is_some() { Tone::Warn } else { Tone::Neutral };
        let shown = text_ui(ui, &words::one_line(&value, 200), Type::Value, tone);
        if value.len() > 200 {
            shown.on_hover_text(words::ellipsize_graphemes(&value, TIP).as_ref());
        }
        let source = one.source();
        if !source.is_empty() {
            text_ui(ui, &words::one_line(&source, 80), Type::Small, Tone::Faint);
        }
        if one.overrides.is_some() {
            text_ui(ui, "overrides an earlier one", Type::Small, Tone::Faint);
        }
    });
    if let Some(said) = one.rationale.as_ref().filter(|said| !said.trim().is_empty()) {
        said_ui(ui, "", said);
    }
}

fn said_ui(ui: &mut Ui, who: &str, said: &str) {
    let short = words::one_line(said.trim(), SAID);
    let text = if who.is_empty() { short.into_owned() } else { format!("{who}: {short}") };
    let color = Tone::Muted.color(Tokens::of(ui));
    let shown = ui.add(Label::new(RichText::new(&text).font(Type::Small.font()).color(color)).wrap());
    if said.trim().len() > SAID || said.trim().contains('\n') {
        shown.on_hover_text(words::ellipsize_graphemes(said.trim(), TIP).as_ref());
    }
}
