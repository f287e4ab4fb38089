//! From the seed to the winner: their scores, what the difference is worth, what changed; each in one line.

use egui::{Align, Layout, Stroke, Ui};

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
use crate::views::provenance::{provenance_of_all_ui, provenance_ui};
use crate::views::scene::Scene;
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_ui, low_card_ui, text_ui};
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::wording::{width_of, wording_ui};
use crate::words;

/// From this width the scores stand beside what is told of them, else above it.
const SIDE_BY_SIDE: f32 = 560.0;
/// Between two lines, in low windows and else.
const LINES_APART: (f32, f32) = (3.0, 5.0);
/// So far down an arrow stands between two figures.
const ARROW_DOWN: f32 = 22.0;

/// No more predictors are named here; the tab of the program has all.
const MOST_REWRITTEN: usize = 3;

/// In windows that are lower the candidates need the room: who wrote instructions is told with what changed in them.
const LOW: f32 = 660.0;

const SEE_CHANGED: &str = "See what changed";
const NO_SEED: &str = "unknown: nothing tells which program it was given";
const INFERRED: &str = "The best full evaluation; no best_model.json of a finished optimization names it";

/// What a tie means.
const TIE: &str = "Nothing but their order made one of them the winner: their full evaluations have the same score";

pub(super) fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Optimization) {
    let sides = Sides::of(found);
    let is_low = is_low(ui);
    let add = |ui: &mut Ui| {
        ui.set_width(ui.available_width());
        // Lines are no higher than their letters.
        ui.spacing_mut().interact_size.y = 0.0;
        ui.spacing_mut().item_spacing.y = if is_low { LINES_APART.0 } else { LINES_APART.1 };
        if ui.available_width() < SIDE_BY_SIDE {
            scores_line_ui(ui, scene, found, &sides);
            change_ui(ui, scene, found, &sides, Beside { scores: true, is_low });
        } else {
            let mut rule = 0.0;
            let row = ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = size::GAP_L;
                scores_ui(ui, found, &sides);
                rule = ui.cursor().left();
                ui.add_space(size::GAP_L);
                ui.vertical(|ui| change_ui(ui, scene, found, &sides, Beside { scores: false, is_low }));
            });
            ui.painter().vline(rule, row.response.rect.y_range(), Stroke::new(size::RULE, Tokens::of(ui).line));
        }
        if !is_low {
            writers_ui(ui, scene, found, &sides);
        }
        doctor_line_ui(ui, scene, found);
    };
    if is_low { low_card_ui(ui, add) } else { card_ui(ui, add) }
}

/// What is told of both ends of the optimization.
struct Sides {
    seed: Option<Standing>,
    winner: Option<Standing>,
    /// No finished optimization names the winner.
    is_inferred: bool,
}

impl Sides {
    fn of(found: &Optimization) -> Self {
        let stands = |runs: &[RunId]| standing(found, runs);
        Self {
            seed: found.seed.as_ref().and_then(|seed| stands(&seed.run_ids)),
            winner: found.winner.as_ref().and_then(|winner| stands(&winner.run_ids)),
            is_inferred: found.winner.as_ref().is_some_and(|winner| winner.inferred),
        }
    }

    /// What the winner is called.
    fn word(&self) -> &'static str {
        if self.is_inferred && self.winner.is_some() { "Best so far" } else { "Winner" }
    }

    /// By how much the score changed, in words.
    fn difference(&self) -> Option<(String, Tone)> {
        let change = self.winner.as_ref()?.score? - self.seed.as_ref()?.score?;
        Some(match change {
            change if change > 0.0 => (format!("+{}", words::value(change)), Tone::Good),
            change if change < 0.0 => (words::value(change), Tone::Bad),
            _ => ("no change of score".to_owned(), Tone::Muted),
        })
    }
}

/// What the lines about the change stand beside.
#[derive(Clone, Copy)]
struct Beside {
    /// The scores stand on a line of their own above, with the difference.
    scores: bool,
    /// The window is low: what changed is told on hover.
    is_low: bool,
}

/// Whether the window is so low that the candidates need what can be told elsewhere.
pub(super) fn is_low(ui: &Ui) -> bool {
    ui.ctx().content_rect().height() < LOW
}

/// Seed and winner as figures beside each other.
fn scores_ui(ui: &mut Ui, found: &Optimization, sides: &Sides) {
    match &sides.seed {
        Some(seed) => standing_ui(ui, "Seed", "", seed, Tone::Neutral),
        None => unknown_ui(ui, "Seed", NO_SEED),
    }
    ui.vertical(|ui| {
        ui.add_space(ARROW_DOWN);
        Glyph::Arrow.show(ui, Tone::Faint);
    });
    match &sides.winner {
        Some(winner) => {
            let mark = if sides.is_inferred { "inferred" } else { "" };
            standing_ui(ui, sides.word(), mark, winner, Tone::Good);
        }
        None => unknown_ui(ui, sides.word(), no_winner(&found.run.status)),
    }
}

/// Seed, winner and difference on one line; what is missing is told below.
fn scores_line_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Optimization, sides: &Sides) {
    ui.horizontal(|ui| {
        ui.set_height(size::LINE + 2.0);
        ui.spacing_mut().item_spacing.x = 6.0;
        let side = |ui: &mut Ui, what: &str, one: Option<&Standing>, tone: Tone, why: &str| {
            text_ui(ui, what, Type::Small, Tone::Muted);
            if let Some(one) = one {
                name_ui(ui, ProgramName::at(one.name.place), Type::Small);
            }
            let note = one.map_or(why, |one| &one.note).to_owned();
            let score = one.and_then(|one| one.score);
            let (text, tone) = score.map_or(("–".to_owned(), Tone::Faint), |score| (words::value(score), tone));
            text_ui(ui, &text, Type::Figure, tone).on_hover_text(note);
        };
        side(ui, "Seed", sides.seed.as_ref(), Tone::Neutral, NO_SEED);
        Glyph::Arrow.show(ui, Tone::Faint);
        side(ui, sides.word(), sides.winner.as_ref(), Tone::Good, no_winner(&found.run.status));
        if sides.is_inferred && sides.winner.is_some() {
            text_ui(ui, "inferred", Type::Small, Tone::Faint).on_hover_text(INFERRED);
        }
        if let Some((text, tone)) = sides.difference() {
            ui.add_space(size::GAP_XS);
            text_ui(ui, &text, Type::BodyStrong, tone);
        }
        if let (true, Some((seed, winner))) = (is_low(ui), sides.seed.as_ref().zip(sides.winner.as_ref()))
            && seed.run != winner.run
        {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let told = changed_wordings(found, seed, winner).swap_remove(0);
                way_ui(ui, scene, (SEE_CHANGED, CompareTab::Program), [seed, winner], &told);
            });
        }
    });
    let seed = sides.seed.as_ref().map_or(Some(NO_SEED), |one| one.score.is_none().then_some(&*one.note));
    let no_winner = no_winner(&found.run.status);
    let winner = sides.winner.as_ref().map_or(Some(no_winner), |one| one.score.is_none().then_some(&*one.note));
    for (what, why) in [("Seed", seed), (sides.word(), winner)] {
        if let Some(why) = why {
            wording_ui(ui, &[format!("{what}: {why}")], 0.0, Type::Small, Tone::Muted);
        }
    }
}

/// Who wrote the winner's instructions, in one line.
fn writers_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Optimization, sides: &Sides) {
    let rewritten = rewritten(found).unwrap_or_default();
    let parent = &found.run.id;
    let asked = |(run, path): &(&RunId, &str)| ProvenanceOf {
        parent: parent.clone(),
        evaluation: (*run).clone(),
        path: (*path).to_owned(),
    };
    let asked: Vec<ProvenanceOf> = rewritten.iter().take(MOST_REWRITTEN).map(asked).collect();
    let Some(first) = asked.first() else { return };
    ui.add_space(size::GAP_XS);
    if asked.len() > 1 {
        provenance_of_all_ui(ui, scene, &asked);
        return;
    }
    let name = sides.winner.as_ref().map(|winner| winner.name.to_string()).unwrap_or_default();
    let path = &first.path;
    let of = if path.is_empty() { format!("Instructions of {name}") } else { format!("{name} {path}") };
    provenance_ui(ui, scene, first, &of);
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
                text_ui(ui, mark, Type::Small, Tone::Faint).on_hover_text(INFERRED);
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

/// What became of the seed: what the difference is worth, where it got worse, its demos, its instructions.
fn change_ui(ui: &mut Ui, scene: &mut Scene<'_>, found: &Optimization, sides: &Sides, beside: Beside) {
    let Some(winner) = &sides.winner else { return };
    let verdict = verdict_of(scene, found);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        if let Some((text, tone)) = sides.difference().filter(|_| !beside.scores) {
            text_ui(ui, &text, Type::BodyStrong, tone);
        }
        if winner.score.is_none() {
            text_ui(ui, "nothing tells by how much", Type::Small, Tone::Muted);
            return;
        }
        judgement_ui(ui, verdict.as_ref(), found);
    });
    examples_ui(ui, scene, verdict.as_ref(), found);
    worst_slice_ui(ui, scene, found);
    if let Some(tie) = &found.tie {
        wording_ui(ui, &[tie.words()], 0.0, Type::Small, Tone::Neutral).on_hover_text(TIE);
    }
    let Some(seed) = &sides.seed else { return };
    if beside.scores && beside.is_low && seed.run != winner.run {
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_M;
        let ways = [(SEE_CHANGED, CompareTab::Program), ("Compare examples", CompareTab::Examples { show: None })];
        let ways = if seed.run == winner.run { &[][..] } else { &ways[..] };
        let reserved = ways.iter().map(|(text, _)| width_of(ui, text, Type::Small) + size::GAP_M + 1.0).sum();
        wording_ui(ui, &changed_wordings(found, seed, winner), reserved, Type::Small, Tone::Muted);
        for way in ways {
            way_ui(ui, scene, *way, [seed, winner], "Both programs beside each other");
        }
    });
}

/// What became of demos and instructions, the fullest wording first.
fn changed_wordings(found: &Optimization, seed: &Standing, winner: &Standing) -> Vec<String> {
    let demos = match (&seed.demos, &winner.demos) {
        (Some(from), Some(to)) if from == to => format!("demos {to}"),
        (Some(from), Some(to)) => format!("demos {from} → {to}"),
        _ => "demos unknown".to_owned(),
    };
    if seed.name.place == winner.name.place {
        return vec![format!("{demos} · it is the seed itself")];
    }
    if winner.has_source {
        return vec![format!("{demos} · the source changed")];
    }
    let rewritten = rewritten(found).map(|rewritten| rewritten.len());
    let changed = changed_words(rewritten, winner.predictors);
    let mut wordings = vec![format!("{demos} · {changed}")];
    if let Some(changed) = rewritten.filter(|changed| *changed > 0 && winner.predictors > 1) {
        let short = format!("{} of {} instructions changed", words::count(changed as u64), winner.predictors);
        wordings.extend([format!("{demos} · {short}"), short]);
    } else {
        wordings.push(changed);
    }
    wordings
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

/// To both programs beside each other, or to the examples that one of them got right.
fn way_ui(ui: &mut Ui, scene: &mut Scene<'_>, (text, tab): (&str, CompareTab), between: [&Standing; 2], tip: &str) {
    if link(ui, text, Type::Small, Tone::Accent).on_hover_text(tip).clicked() {
        let runs = between.map(|one| one.run.clone()).to_vec();
        scene.go(Place::Compare { runs, shown: None, tab: Some(tab) });
    }
}
