//! Scores in the order of evaluation.

use egui::{Align, Layout, Ui};

use super::head::is_low;
use super::{OptimizationMemory, points};
use crate::analysis::optimization::{COMPLETED_REASON, Evaluation, EvaluationKind};
use crate::loader::Optimization;
use crate::state::{Action, Place, RunTab};
use crate::views::parts::link;
use crate::views::scene::Scene;
use crate::widgets::charts::{AxisKind, LineChart, Series, SeriesStyle};
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_heading_ui, card_ui, low_card_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::wording::width_of;
use crate::words;

/// Best so far below the evaluations, the winner's above all.
pub(super) fn series(found: &Optimization) -> Vec<Series> {
    let of = |is_it: &dyn Fn(&Evaluation) -> bool| -> Vec<(f64, f64)> {
        let shown = found.evaluations.iter().filter(|one| is_it(one));
        shown.filter_map(|one| Some((one.order as f64, one.score?))).collect()
    };
    let best = found.evaluations.iter().filter_map(|one| Some((one.order as f64, one.best_so_far?)));
    let winner = |one: &Evaluation| found.winner.as_ref().is_some_and(|winner| winner.run_ids.contains(&one.run_id));
    let kind = |kind: EvaluationKind| move |one: &Evaluation| one.kind == kind;
    let all = [
        Series::new("best so far", best).tone(Tone::Accent).style(SeriesStyle::Step),
        Series::new("minibatch", of(&kind(EvaluationKind::Minibatch))).tone(Tone::Muted).style(SeriesStyle::Rings),
        Series::new("kind unknown", of(&kind(EvaluationKind::Unknown))).tone(Tone::Warn).style(SeriesStyle::Rings),
        Series::new("full", of(&kind(EvaluationKind::Full))).tone(Tone::Accent).style(SeriesStyle::Dots),
        Series::new("winner, full", of(&|one| winner(one) && one.kind == EvaluationKind::Full))
            .tone(Tone::Good)
            .style(SeriesStyle::Dots),
    ];
    all.into_iter().filter(|one| one.x_range().is_some()).collect()
}

/// Why there is nothing to draw.
fn no_scores(found: &Optimization) -> String {
    match found.evaluations.iter().any(|one| one.completed.is_some()) {
        true => format!("No evaluation has a score: {COMPLETED_REASON}"),
        false => "No evaluation has a score".to_owned(),
    }
}

/// A lower chart has no room for the names of its axes: its heading says what they are.
const NAMED_FROM: f32 = 120.0;

/// The height of its heading.
pub(super) const HEAD: f32 = 16.0;

pub(super) fn card(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OptimizationMemory, height: f32) {
    let Some((found, candidates, series)) = &memory.shown else { return };
    let Some(optimization) = found.as_ref() else { return };
    let (mut clicked, mut pointed) = (None, None);
    let marked = memory.pointed.line().map(|line| points::marked(optimization, candidates, line)).unwrap_or_default();
    let links = points::links_of(&memory.links, &marked);
    let ranges = &memory.ranges;
    let (whiskers, brackets) = (ranges.whiskers(optimization, &marked), ranges.brackets(optimization, &marked));
    let is_low = is_low(ui);
    let is_of_cost = memory.cost.is_chart && memory.cost.has_points();
    let (mut switched, mut selected) = (false, None);
    let add = |ui: &mut Ui| {
        ui.set_width(ui.available_width());
        // As high as the heading of the card beside it.
        ui.spacing_mut().interact_size.y = HEAD;
        ui.horizontal(|ui| {
            card_heading_ui(ui, if is_of_cost { "Score against cost" } else { "Score by evaluation" });
            if memory.cost.has_points() {
                switched = switch_ui(ui, is_of_cost);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| match is_of_cost {
                true => cost_legend_ui(ui, memory.cost.has_rings()),
                false => legend_ui(ui, series, !whiskers.is_empty(), !links.is_empty()),
            });
        });
        if is_of_cost {
            let line = memory.pointed.line();
            let marked = line.and_then(|line| points::candidate_on(candidates, line));
            let (hovered, clicked) = memory.cost.chart_ui(ui, candidates, height, marked);
            let row = |at: Option<usize>| candidates.rows.get(at?);
            pointed = row(hovered).and_then(|row| row.best_full.or(row.evaluations.first().copied()));
            selected = row(clicked).map(|row| row.first.clone());
            return;
        }
        if series.is_empty() {
            let top = ui.cursor().top();
            text_ui(ui, &no_scores(optimization), Type::Small, Tone::Muted);
            ui.add_space((height - (ui.cursor().top() - top)).max(0.0));
            return;
        }
        let label = format!("Score by evaluation, {}", words::counted(optimization.evaluations.len(), "evaluation"));
        let mut chart = LineChart::new(("evaluations", &optimization.run.id), &label, series)
            .height(height)
            .names(false)
            .x_kind(AxisKind::Whole)
            .x_name(if height < NAMED_FROM { "" } else { "Evaluation, in order of start" })
            .y_name(if height < NAMED_FROM { "" } else { "Score" })
            .x_tick(|x, _| if x >= 0.0 { words::value(x.round()) } else { String::new() })
            .whiskers(&whiskers)
            .brackets(&brackets)
            .links(&links)
            .marked(&marked)
            .tip(|x| points::tip(optimization, candidates, (ranges, &memory.parts), x));
        if let Some((low, high)) = ranges.axis(optimization) {
            chart = chart.y_range(low, high);
        }
        let events = chart.show(ui, &mut memory.chart);
        clicked = events.clicked.map(|(_, x)| x);
        pointed = events.hovered.and_then(|x| points::place_at(optimization, x));
    };
    if is_low {
        low_card_ui(ui, add)
    } else {
        card_ui(ui, add)
    }
    memory.pointed.at_point(ui.ctx(), pointed);
    let opened = clicked.and_then(|x| optimization.evaluations.get(points::place_at(optimization, x)?));
    if let Some(one) = opened {
        open(scene, &one.run_id);
    }
    memory.cost.is_chart ^= switched;
    if let Some(run) = selected {
        scene.act(Action::ShowRunTab(RunTab::Optimization { candidate: Some(run) }));
    }
}

/// To the chart of scores against cost, or back.
fn switch_ui(ui: &mut Ui, is_of_cost: bool) -> bool {
    let (text, tip) = match is_of_cost {
        true => ("By evaluation", "Scores in the order of evaluation"),
        false => ("Against cost", "Which program is the cheapest for its score"),
    };
    link(ui, text, Type::Small, Tone::Accent).on_hover_text(tip).clicked()
}

/// What the marks of the other chart mean.
fn cost_legend_ui(ui: &mut Ui, has_rings: bool) {
    ui.spacing_mut().item_spacing.x = size::GAP_S;
    if ui.available_width() > LENGTHS_FROM {
        text_ui(ui, "larger: longer prompts", Type::Small, Tone::Muted)
            .on_hover_text("The text of its instructions and demos");
    }
    text_ui(ui, "— cheapest for its score", Type::Small, Tone::Accent)
        .on_hover_text("No other program costs less and scores as much; of full evaluations, where there are any");
    if has_rings && ui.available_width() > RINGS_FROM {
        text_ui(ui, "minibatch", Type::Small, Tone::Muted)
            .on_hover_text("Scored on minibatches alone: the mean over them");
        ui.add_space(size::GAP_XS - size::GAP_S);
        Glyph::Ring.show(ui, Tone::Muted);
    }
}

/// The legend tells what rings are where so much room is left.
const RINGS_FROM: f32 = 90.0;

/// The legend tells the size of points where so much room is there.
const LENGTHS_FROM: f32 = 300.0;

/// What the marks mean, from the right; of the bows only where there is room.
fn legend_ui(ui: &mut Ui, series: &[Series], has_intervals: bool, has_links: bool) {
    ui.spacing_mut().item_spacing.x = size::GAP_XS;
    if has_intervals && ui.available_width() > INTERVALS_FROM {
        text_ui(ui, "│ 95 % interval", Type::Small, Tone::Muted).on_hover_text(INTERVAL);
        ui.add_space(size::GAP_S);
    }
    for one in series {
        // What has no room is left out: the marks say the same on hover.
        let needed = width_of(ui, one.name(), Type::Small) + size::ICON + 3.0 * size::GAP_S;
        if ui.available_width() < needed {
            break;
        }
        let (mark, tone) = match one.name() {
            "best so far" => (None, Tone::Accent),
            "minibatch" => (Some(Glyph::Ring), Tone::Muted),
            "kind unknown" => (Some(Glyph::Ring), Tone::Warn),
            "full" => (Some(Glyph::Dot), Tone::Accent),
            _ => (Some(Glyph::Dot), Tone::Good),
        };
        match mark {
            Some(mark) => {
                text_ui(ui, one.name(), Type::Small, Tone::Muted);
                mark.show(ui, tone);
            }
            None => {
                text_ui(ui, &format!("— {}", one.name()), Type::Small, tone);
            }
        }
        ui.add_space(size::GAP_S);
    }
    if has_links && ui.available_width() > BOWS_FROM {
        text_ui(ui, "┄ promoted", Type::Small, Tone::Muted)
            .on_hover_text("The evaluation on a minibatch is joined to the full one of the same program");
    }
}

/// What the bars are.
const INTERVAL: &str = "In which the program's true score lies: Wilson's where examples are right or wrong, else of resampled \
     examples; none where the scores of the examples are not stored";

/// The legend names the bars where so much room is there, for what else is in it too.
const INTERVALS_FROM: f32 = 400.0;

/// The legend names the bows where so much room is left, for the heading too.
const BOWS_FROM: f32 = 90.0;

/// Goes to an evaluation, to what it evaluated.
pub(super) fn open(scene: &mut Scene<'_>, run: &crate::model::RunId) {
    let experiment = scene.place().experiment().cloned();
    scene.go(Place::Run { experiment, run: run.clone(), tab: Some(RunTab::Program { predictor: None }) });
}
