//! Above the examples: which of them are listed.

use egui::Ui;

use super::paint::mark;
use crate::query::ExampleDiff;
use crate::state::{Action, CompareTab, Outcome, Outcomes};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::tokens::size;
use crate::words;

/// How many examples have an outcome; `None` unless one metric scored both runs.
pub(super) fn counted(all: &ExampleDiff, outcome: Outcome) -> Option<usize> {
    let [wrong, right] = all.unchanged()?;
    Some(match outcome {
        Outcome::Fixed => all.fixed.len(),
        Outcome::Broken => all.broken.len(),
        Outcome::StillWrong => wrong,
        Outcome::StillRight => right,
    })
}

/// A switch for each outcome, where there are any.
pub(super) fn outcomes_ui(ui: &mut Ui, scene: &mut Scene<'_>, all: &ExampleDiff, shown: Outcomes) {
    if all.rule().is_none() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        for outcome in Outcome::ALL {
            let count = counted(all, outcome).unwrap_or_default();
            let text = format!("{} {}", outcome.title(), words::count(count as u64));
            let (glyph, tone) = mark(outcome);
            let tip = match outcome {
                Outcome::Fixed => "Wrong in the baseline, right in the compared run",
                Outcome::Broken => "Right in the baseline, wrong in the compared run",
                Outcome::StillWrong => "Wrong in both",
                Outcome::StillRight => "Right in both",
            };
            if ui.add(Chip::toggle(&text, shown.has(outcome)).glyph(glyph, tone)).on_hover_text(tip).clicked() {
                let show = Some(shown.toggled(outcome));
                scene.act(Action::ShowCompareTab(CompareTab::Examples { show }));
            }
        }
    });
    ui.add_space(size::GAP_XS);
}
