//! What a comparison says first: both scores, their difference, and how many examples were fixed and broken.

use egui::{Label, RichText, Ui};

use super::outcomes::counted;
use super::paint::mark;
use crate::analysis::statistics::PairedTest;
use crate::query::{Between, Comparison};
use crate::state::{Action, CompareTab, Outcome, Outcomes};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// The height of the figures.
const HEIGHT: f32 = 30.0;

/// One line; nothing where neither run has a score.
pub(super) fn scores_ui(ui: &mut Ui, scene: &mut Scene<'_>, diff: &Comparison) {
    if diff.scores == [None, None] && diff.examples.as_ref().is_none_or(|all| all.rule().is_none()) {
        named_ui(ui, diff);
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        ui.spacing_mut().interact_size.y = HEIGHT;
        for (side, score) in diff.scores.into_iter().enumerate() {
            let text = score.map_or_else(|| words::UNKNOWN.to_owned(), words::value);
            let tone = if score.is_some() { Tone::Neutral } else { Tone::Faint };
            let told = match score {
                Some(score) => format!("score {}", words::exact(score)),
                None => "no score".to_owned(),
            };
            let whose = ["The baseline", "The compared run"][side];
            text_ui(ui, &text, Type::Headline, tone).on_hover_text(format!("{whose}: {told}"));
            if side == 0 {
                Glyph::Arrow.show(ui, Tone::Faint);
            }
        }
        difference_ui(ui, diff);
        ui.add_space(size::GAP_M);
        let Some(all) = &diff.examples else { return };
        for outcome in [Outcome::Fixed, Outcome::Broken] {
            let Some(count) = counted(all, outcome) else { return };
            let (glyph, tone) = mark(outcome);
            let text = format!("{} {}", words::count(count as u64), outcome.title().to_lowercase());
            if ui.add(Chip::button(&text).glyph(glyph, tone)).on_hover_text("List them").clicked() {
                let show = Some(Outcomes::only(outcome));
                scene.act(Action::ShowCompareTab(CompareTab::Examples { show }));
            }
        }
        // It goes to the next line as a whole.
        let text = RichText::new(format!("of {} that both scored", words::count(all.scored as u64)));
        let label = Label::new(text.font(Type::Small.font()).color(Tone::Muted.color(Tokens::of(ui)))).extend();
        let response = ui.add(label);
        if let Some(rule) = all.rule().filter(|rule| !rule.is_binary) {
            response.on_hover_text(format!(
                "Right is a score of {} or more: half of the range of the scores of both.\n\
                 Among all evaluations of an optimization it is half of the range of all",
                words::value(rule.threshold)
            ));
        }
    });
    if let Some(verdict) = diff.examples.as_ref().and_then(|all| all.verdict.as_ref()) {
        verdict_ui(ui, None, verdict);
    }
    named_ui(ui, diff);
}

/// The verdict by each of several scores, in a line each.
fn named_ui(ui: &mut Ui, diff: &Comparison) {
    /// More would push away what changed.
    const MOST: usize = 6;
    for (name, verdict) in diff.named.iter().take(MOST) {
        verdict_ui(ui, Some(name), verdict);
    }
    if let Some(more) = diff.named.len().checked_sub(MOST).filter(|more| *more > 0) {
        text_ui(ui, &format!("{} more scores", words::count(more as u64)), Type::Small, Tone::Muted);
    }
}

/// Whether the difference is more than luck, in a line of its own.
fn verdict_ui(ui: &mut Ui, name: Option<&str>, verdict: &Between) {
    let told = &verdict.comparison;
    let test = match told.test {
        PairedTest::McNemarExact => "McNemar's exact test, interval by Newcombe",
        PairedTest::PairedBootstrap => "Differences of the examples, resampled 10,000 times with a fixed seed",
    };
    let scale = if verdict.unit.is_some() { "on the scale of the scores" } else { "on the scale of the examples" };
    let examples = words::counted(told.examples, "example");
    let how = format!(
        "{test}\n{examples} that both scored, two-sided {}\nDifference {scale}, at 95 %",
        words::p_value(told.p)
    );
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        if let Some(name) = name {
            text_ui(ui, &words::one_line(name, 60), Type::Small, Tone::Neutral);
        }
        let tone = if told.is_more_than_luck() { Tone::Neutral } else { Tone::Warn };
        text_ui(ui, &verdict.meaning(), Type::Small, tone).on_hover_text(&how);
        text_ui(ui, &verdict.difference_words(), Type::Small, Tone::Muted).on_hover_text(&how);
    });
}

/// By how much the score grew; else why there is no difference.
fn difference_ui(ui: &mut Ui, diff: &Comparison) {
    if let Some(difference) = diff.score_difference() {
        let tone = match difference {
            difference if difference > 0.0 => Tone::Good,
            difference if difference < 0.0 => Tone::Bad,
            _ => Tone::Muted,
        };
        ui.add_space(size::GAP_S);
        text_ui(ui, &words::signed(difference), Type::Headline, tone);
    } else if let (Some(note), [Some(_), Some(_)]) = (diff.score_note(), diff.scores) {
        text_ui(ui, note, Type::Small, Tone::Muted);
    }
}
