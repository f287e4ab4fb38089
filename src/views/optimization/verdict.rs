//! The verdict under the scores: by how much, whether it is more than luck, and how it did on other examples.

use std::sync::Arc;

use egui::Ui;

use crate::analysis::score_matrix::ExampleClass;
use crate::analysis::statistics::{Interval, PairedTest};
use crate::loader::{Lane, Optimization};
use crate::query::ask::Question;
use crate::query::{HeldOutOf, Verdict, VerdictOf, WorstSliceOf};
use crate::state::{Action, Place, RunTab};
use crate::views::parts::link;
use crate::views::scene::Scene;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the best of several on the same data is worth.
const CHOSEN: &str = "A score on examples that no choice depended on tells more: evaluate it on others";

/// The verdict of an optimization, as far as it is known.
pub(super) fn verdict_of(scene: &mut Scene<'_>, found: &Optimization) -> Option<Known> {
    scene.loader.ask(&VerdictOf(found.run.id.clone()), Lane::Visible).value().cloned()
}

/// An answer to [`VerdictOf`].
pub(super) type Known = Arc<<VerdictOf as Question>::Answer>;

/// What the difference is worth, beside it: `more than luck`, else on what it was chosen.
pub(super) fn judgement_ui(ui: &mut Ui, known: Option<&Known>, found: &Optimization) {
    match known.and_then(|known| known.as_ref().as_ref()) {
        Some(Ok(verdict)) => {
            let tone = if verdict.comparison.is_more_than_luck() { Tone::Neutral } else { Tone::Warn };
            text_ui(ui, &verdict.judgement(), Type::Small, tone).on_hover_ui(|ui| {
                ui.label(how(verdict));
            });
        }
        Some(Err(why)) => {
            text_ui(ui, &chosen(found), Type::Small, Tone::Muted).on_hover_text(format!("{}\n{CHOSEN}", why.words()));
        }
        None => {
            text_ui(ui, &chosen(found), Type::Small, Tone::Muted).on_hover_text(CHOSEN);
        }
    }
}

/// The examples that were fixed and broken, and both programs on examples that the optimization never saw.
pub(super) fn examples_ui(ui: &mut Ui, scene: &mut Scene<'_>, known: Option<&Known>, found: &Optimization) {
    let Some(Ok(verdict)) = known.and_then(|known| known.as_ref().as_ref()) else { return };
    text_ui(ui, &verdict.changed(), Type::Small, Tone::Muted).on_hover_ui(|ui| {
        ui.label(how(verdict));
    });
    let tip = "Every example by every evaluation: those that were fixed or broken are listed";
    if link(ui, "Open the matrix", Type::Small, Tone::Accent).on_hover_text(tip).clicked() {
        open_matrix(scene, verdict);
    }
    let held_out = scene.loader.ask(&HeldOutOf(found.run.id.clone()), Lane::Visible);
    let Some(held_out) = held_out.value().and_then(|answer| answer.as_ref().as_ref()) else { return };
    let said = held_out.words();
    if link(ui, &said, Type::Small, Tone::Accent).on_hover_text("Compare both on these examples").clicked() {
        let runs = vec![held_out.seed_run.clone(), held_out.winner_run.clone()];
        scene.go(Place::Compare { runs, shown: None, tab: None });
    }
}

/// The examples that were fixed or broken, by all evaluations; all examples if none was.
fn open_matrix(scene: &mut Scene<'_>, verdict: &Verdict) {
    let mut choice = scene.state.page().matrix.clone();
    choice.settings.classes = [(ExampleClass::Fixed, verdict.fixed), (ExampleClass::Broken, verdict.broken)]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(class, _)| Some(class))
        .collect();
    scene.act(Action::ArrangeMatrix(choice));
    scene.act(Action::ShowRunTab(RunTab::Examples { example: None, evaluation: None, only: None }));
}

/// The group of examples in which the winner lost, or lost most often, and the way to it.
pub(super) fn worst_slice_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Optimization) {
    let slot = scene.loader.ask(&WorstSliceOf(found.run.id.clone()), Lane::Visible);
    let Some(worst) = slot.value().and_then(|answer| answer.as_ref().as_ref()) else { return };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_XS;
        Glyph::Down.show(ui, if worst.fell { Tone::Bad } else { Tone::Warn });
        text_ui(ui, &worst.words(), Type::Small, Tone::Neutral).on_hover_text(worst.reason());
        ui.add_space(size::GAP_XS);
        let slices = link(ui, &format!("Slices by {}", worst.field), Type::Small, Tone::Accent);
        if slices.on_hover_text("Every group of examples, seed against winner").clicked() {
            scene.act(Action::ShowRunTab(RunTab::Slices { field: Some(worst.field.clone()) }));
        }
    });
}

/// `the best of 4 full evaluations, on the data it was chosen by`
fn chosen(found: &Optimization) -> String {
    let full = found.evaluations.iter().filter(|one| one.kind.as_str() == "full").count();
    format!("the best of {}, on the data it was chosen by", words::counted(full, "full evaluation"))
}

/// By which test, on how many examples, with which interval.
fn how(verdict: &Verdict) -> String {
    let told = &verdict.comparison;
    let test = match told.test {
        PairedTest::McNemarExact => "McNemar's exact test, interval by Newcombe",
        PairedTest::PairedBootstrap => "Differences of the examples, resampled 10,000 times with a fixed seed",
    };
    let interval = |interval: Option<Interval>| {
        let scaled = interval.map(|interval| interval.scaled(verdict.unit));
        scaled
            .map_or_else(|| "unknown".to_owned(), |it| format!("{} to {}", words::value(it.low), words::value(it.high)))
    };
    let examples = words::counted(told.examples, "example");
    format!(
        "{test}\n{examples} that both scored, two-sided {}\n95 % interval of the difference {}\n{} as the best of {} \
         (Bonferroni), interval {}",
        words::p_value(told.p),
        interval(told.interval),
        words::p_value(verdict.corrected_p()),
        words::count(verdict.best_of as u64),
        interval(verdict.corrected),
    )
}
