//! From the seed to the winner, in one line.

use egui::Ui;

use super::rows::{Standing, standing};
use super::verdict::{examples_ui, judgement_ui, verdict_of, worst_slice_ui};
use crate::analysis::optimization::ProgramName;
use crate::loader::Optimization;
use crate::model::{Predictor, RunId, RunStatus};
use crate::query::ProvenanceOf;
use crate::state::{CompareTab, Place};
use crate::views::doctor_line::doctor_line_ui;
use crate::views::parts::link;
use crate::views::program_name::name_ui;
use crate::views::provenance::provenance_ui;
use crate::views::scene::Scene;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// With less room beside the scores, what changed stands below them.
const CHANGE_LEAST: f32 = 320.0;

/// No more predictors are named here; the tab of the program has all.
const MOST_REWRITTEN: usize = 3;

/// In windows that are lower the candidates need the room: who wrote instructions is told with what changed in them.
const LOW: f32 = 660.0;

/// What a tie means.
const TIE: &str = "Nothing but their order made one of them the winner: their full evaluations have the same score";

pub(super) fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Optimization) {
    let seed = found.seed.as_ref().and_then(|seed| standing(found, &seed.run_ids));
    let winner = found.winner.as_ref().and_then(|winner| standing(found, &winner.run_ids));
    let is_inferred = found.winner.as_ref().is_some_and(|winner| winner.inferred);
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        let mut stands_below = false;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_L;
            match &seed {
                Some(seed) => standing_ui(ui, "Seed", "", seed, Tone::Neutral),
                None => unknown_ui(ui, "Seed", "unknown: nothing tells which program it was given"),
            }
            Glyph::Arrow.show(ui, Tone::Faint);
            match &winner {
                Some(winner) => {
                    let word = if is_inferred { "Best so far" } else { "Winner" };
                    standing_ui(ui, word, if is_inferred { "inferred" } else { "" }, winner, Tone::Good);
                }
                None => unknown_ui(ui, "Winner", no_winner(&found.run.status)),
            }
            stands_below = ui.available_width() < CHANGE_LEAST;
            if stands_below {
                return;
            }
            ui.separator();
            if let Some(winner) = &winner {
                change_ui(ui, scene, found, seed.as_ref(), winner);
            }
        });
        if let Some(winner) = winner.as_ref().filter(|_| stands_below) {
            ui.add_space(size::GAP_XS);
            change_ui(ui, scene, found, seed.as_ref(), winner);
        }
        let name = winner.as_ref().map(|winner| winner.name.to_string()).unwrap_or_default();
        let rewritten = rewritten(found).unwrap_or_default();
        if !rewritten.is_empty() {
            ui.add_space(size::GAP_XS);
        }
        let most = if ui.ctx().content_rect().height() < LOW { 0 } else { MOST_REWRITTEN };
        for (run, path) in rewritten.into_iter().take(most) {
            let of = if path.is_empty() { format!("Instructions of {name}") } else { format!("{name} {path}") };
            let (parent, evaluation) = (found.run.id.clone(), run.clone());
            provenance_ui(ui, scene, &ProvenanceOf { parent, evaluation, path: path.to_owned() }, &of);
        }
        doctor_line_ui(ui, scene, found);
    });
}

/// The predictors of the winner whose instructions are not those of the seed, with a run that has them; `None` where one
/// of the two programs is not known.
fn rewritten(found: &Optimization) -> Option<Vec<(&RunId, &str)>> {
    let place = |runs: &[RunId]| found.evaluations.iter().position(|one| runs.contains(&one.run_id));
    let program = |at: Option<usize>| found.programs.get(at?)?.as_ref();
    let at = found.winner.as_ref().and_then(|winner| place(&winner.run_ids))?;
    let seed = program(found.seed.as_ref().and_then(|seed| place(&seed.run_ids)))?;
    let winner = program(Some(at))?;
    let given = |path: &str| seed.predictors.iter().find(|one| one.path == path)?.instructions.as_ref();
    let is_new = |one: &&Predictor| one.instructions.is_some() && one.instructions.as_ref() != given(&one.path);
    let run = &found.evaluations[at].run_id;
    Some(winner.predictors.iter().filter(is_new).map(|one| (run, &*one.path)).collect())
}

fn no_winner(status: &RunStatus) -> &'static str {
    match status {
        RunStatus::Running | RunStatus::Scheduled => "none yet: no full evaluation has a score",
        _ => "none: no full evaluation has a score",
    }
}

fn standing_ui(ui: &mut Ui, what: &str, mark: &str, one: &Standing, tone: Tone) {
    column_ui(ui, 2.0, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_XS;
            text_ui(ui, what, Type::Small, Tone::Muted);
            name_ui(ui, ProgramName::at(one.name.place), Type::Small);
            if !mark.is_empty() {
                text_ui(ui, mark, Type::Small, Tone::Faint)
                    .on_hover_text("The best full evaluation; no best_model.json of a finished optimization names it");
            }
        });
        let score = one.score.map_or_else(|| "–".to_owned(), words::value);
        text_ui(ui, &score, Type::Headline, if one.score.is_some() { tone } else { Tone::Faint });
        text_ui(ui, &one.note, Type::Small, Tone::Muted);
    });
}

/// A column of texts, each as high as its letters, so that the two sides stand on one line.
fn column_ui(ui: &mut Ui, gap: f32, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = gap;
        ui.spacing_mut().interact_size.y = 0.0;
        add(ui);
    });
}

fn unknown_ui(ui: &mut Ui, what: &str, why: &str) {
    column_ui(ui, 2.0, |ui| {
        text_ui(ui, what, Type::Small, Tone::Muted);
        text_ui(ui, "–", Type::Headline, Tone::Faint);
        text_ui(ui, why, Type::Small, Tone::Muted);
    });
}

/// What became of the seed: its score, its demos, its instructions, and where to see that.
fn change_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Optimization, seed: Option<&Standing>, winner: &Standing) {
    let verdict = verdict_of(scene, found);
    column_ui(ui, 6.0, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_S;
            if let Some(seed) = seed
                && let (Some(from), Some(to)) = (seed.score, winner.score)
            {
                let change = to - from;
                let (text, tone) = match change {
                    change if change > 0.0 => (format!("+{}", words::value(change)), Tone::Good),
                    change if change < 0.0 => (words::value(change), Tone::Bad),
                    _ => ("no change of score".to_owned(), Tone::Muted),
                };
                text_ui(ui, &text, Type::BodyStrong, tone);
            }
            if winner.score.is_none() {
                text_ui(ui, "nothing tells by how much", Type::Small, Tone::Muted);
                return;
            }
            judgement_ui(ui, verdict.as_ref(), found);
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_M;
            examples_ui(ui, scene, verdict.as_ref(), found);
        });
        worst_slice_ui(ui, scene, found);
        if let Some(tie) = &found.tie {
            text_ui(ui, &tie.words(), Type::Small, Tone::Neutral).on_hover_text(TIE);
        }
        let Some(seed) = seed else { return };
        let demos = match (&seed.demos, &winner.demos) {
            (Some(from), Some(to)) if from == to => format!("demos {to}"),
            (Some(from), Some(to)) => format!("demos {from} → {to}"),
            _ => "demos unknown".to_owned(),
        };
        let words = if seed.name.place != winner.name.place && winner.has_source {
            "the source changed".to_owned()
        } else if seed.name.place == winner.name.place {
            "it is the seed itself".to_owned()
        } else {
            changed_words(rewritten(found).map(|rewritten| rewritten.len()), winner.predictors)
        };
        text_ui(ui, &format!("{demos} · {words}"), Type::Small, Tone::Muted);
        if seed.run != winner.run {
            ways_ui(ui, scene, seed, winner);
        }
    });
}

/// How many of the predictors have other instructions, in words.
fn changed_words(rewritten: Option<usize>, predictors: usize) -> String {
    match (rewritten, predictors) {
        (None, _) => "whether instructions changed is not known".to_owned(),
        (Some(0), _) => "the same instructions".to_owned(),
        (Some(_), 1) => "instructions changed".to_owned(),
        (Some(changed), all) => format!("instructions of {changed} of {all} predictors changed"),
    }
}

/// To both programs beside each other, and to the examples that one of them got right.
fn ways_ui(ui: &mut Ui, scene: &mut Scene<'_>, seed: &Standing, winner: &Standing) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_L;
        let ways = [
            ("See what changed", CompareTab::Program),
            ("See which examples were fixed and broken", CompareTab::Examples { show: None }),
        ];
        for (text, tab) in ways {
            if link(ui, text, Type::Small, Tone::Accent).clicked() {
                let runs = vec![seed.run.clone(), winner.run.clone()];
                scene.go(Place::Compare { runs, shown: None, tab: Some(tab) });
            }
        }
    });
}
