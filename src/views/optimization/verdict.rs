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
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::wording::{width_of, wording_ui};
use crate::words;

/// What the best of several on the same data is worth.
const CHOSEN: &str = "A score on examples that no choice depended on tells more: evaluate it on others";

const MATRIX: &str = "Open the matrix";

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
            // How sure it is at the least is told on hover, too: it is the first to go.
            let short = verdict.short_judgement();
            let bare = short.rsplit_once(" (").map_or(short.clone(), |(said, _)| said.to_owned());
            let wordings = [verdict.judgement(), short, bare];
            wording_ui(ui, &wordings, 0.0, Type::Small, tone).on_hover_text(how(verdict));
        }
        Some(Err(why)) => {
            let why = format!("{}\n{CHOSEN}", why.words());
            wording_ui(ui, &[chosen(found)], 0.0, Type::Small, Tone::Muted).on_hover_text(why);
        }
        None => {
            wording_ui(ui, &[chosen(found)], 0.0, Type::Small, Tone::Muted).on_hover_text(CHOSEN);
        }
    }
}

/// The examples that were fixed and broken, and both programs on examples that the optimization never saw.
pub(super) fn examples_ui(ui: &mut Ui, scene: &mut Scene<'_>, known: Option<&Known>, found: &Optimization) {
    let Some(Ok(verdict)) = known.and_then(|known| known.as_ref().as_ref()) else { return };
    let slot = scene.loader.ask(&HeldOutOf(found.run.id.clone()), Lane::Visible);
    let held_out = slot.value().cloned();
    let held_out = held_out.as_deref().and_then(Option::as_ref);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_M;
        let changed = [verdict.changed(), verdict.changed_counts()];
        let others = held_out.map(|it| [it.words(), it.figures(), it.short_figures()]).unwrap_or_default();
        let of = |ui: &Ui, text: &str| width_of(ui, text, Type::Small);
        let room = ui.available_width() - of(ui, MATRIX) - 2.0 * size::GAP_M - 2.0;
        // What p says is said by the line above and by the interval: it is the first to go.
        let fits = |(own, other): &(usize, usize)| of(ui, &changed[*own]) + of(ui, &others[*other]) <= room;
        let (_, other) = [(0, 0), (1, 0), (1, 1), (1, 2)].into_iter().find(fits).unwrap_or((1, 2));
        let reserved = of(ui, MATRIX) + of(ui, &others[other]) + 2.0 * size::GAP_M;
        wording_ui(ui, &changed, reserved, Type::Small, Tone::Muted).on_hover_text(how(verdict));
        let tip = "Every example by every evaluation: those that were fixed or broken are listed";
        if link(ui, MATRIX, Type::Small, Tone::Accent).on_hover_text(tip).clicked() {
            open_matrix(scene, verdict);
        }
        let Some(held_out) = held_out else { return };
        let tip = format!("{}\nCompare both on these examples", others[0]);
        if link(ui, &others[other], Type::Small, Tone::Accent).on_hover_text(tip).clicked() {
            let runs = vec![held_out.seed_run.clone(), held_out.winner_run.clone()];
            scene.go(Place::Compare { runs, shown: None, tab: None });
        }
    });
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
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_XS;
        Glyph::Down.show(ui, if worst.fell { Tone::Bad } else { Tone::Warn });
        let way = format!("Slices by {}", worst.field);
        let reserved = width_of(ui, &way, Type::Small) + size::GAP_M;
        let wordings = [worst.words(), worst.short_words()];
        wording_ui(ui, &wordings, reserved, Type::Small, Tone::Neutral).on_hover_text(worst.reason());
        ui.add_space(size::GAP_XS);
        let slices = link(ui, &way, Type::Small, Tone::Accent);
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
