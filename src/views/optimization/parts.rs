//! MIPROv2's instructions against its sets of demos, for one predictor at a time.

use std::sync::Arc;

use egui::Ui;

use super::OptimizationMemory;
use super::rows::{Candidates, LIST, Line, RowId};
use crate::analysis::first_change::first_words;
use crate::analysis::parts::{Cell, Grid, Mean, Parts};
use crate::loader::{Lane, Optimization};
use crate::model::predictor_title;
use crate::query::PartsOf;
use crate::query::ask::Question;
use crate::query::parts::{CONFOUNDED, NUMBERS, demo_set_name, grid_of, instruction_name, part_name, short_name};
use crate::state::Action;
use crate::views::distinctions::change_words;
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::heat_grid::{HeatCell, HeatHead, heat_grid_ui};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use crate::words::Decimals;

/// What a few words of an instruction are, in graphemes.
const WORDS: usize = 60;
/// No more evaluations are listed where the pointer rests on a cell.
const LISTED: usize = 12;

/// The height of what switches between list and grid, with the gap below it.
pub(super) const SWITCH: f32 = size::CONTROL + size::GAP_XS + size::GAP_XS;

/// What is known of the parts, and which predictor is looked at.
#[derive(Default)]
pub(super) struct PartsShown {
    known: Option<Arc<<PartsOf as Question>::Answer>>,
    /// The grid takes the place of the list.
    pub is_grid: bool,
    predictor: usize,
    /// Of the predictor at this place.
    grid: Option<(usize, Grid)>,
}

impl PartsShown {
    /// Takes what is known by now.
    pub fn update(&mut self, scene: &mut Scene<'_>, found: &Optimization) {
        let slot = scene.loader.ask(&PartsOf(found.run.id.clone()), Lane::Visible);
        let Some(new) = slot.value() else { return };
        if self.known.as_ref().is_none_or(|known| !Arc::ptr_eq(known, new)) {
            (self.known, self.grid) = (Some(Arc::clone(new)), None);
        }
    }

    /// The parts, of a MIPROv2.
    pub fn parts(&self) -> Option<&Parts> {
        self.known.as_ref()?.as_ref().as_ref()
    }

    /// What a candidate is made of, in a few letters and in full.
    pub fn of(&self, candidate: usize) -> Option<(String, String)> {
        let own = self.parts()?.of.get(candidate)?.as_ref()?;
        let in_full = own.iter().map(|part| format!("{}: {}", predictor_title(&part.path), part_name(part)));
        Some((short_name(own), in_full.collect::<Vec<_>>().join("\n")))
    }

    /// What the short names are.
    pub fn about(&self) -> String {
        let titles: Vec<&str> =
            self.parts().iter().flat_map(|parts| &parts.predictors).map(|one| predictor_title(&one.path)).collect();
        format!("Instruction · demo set of {}. 0 is the seed’s, – is none; {NUMBERS}", titles.join(" / "))
    }

    /// Whether some candidate has more than one predictor, so that its name is in a few letters.
    pub fn are_several(&self) -> bool {
        self.parts().is_some_and(|parts| parts.predictors.len() > 1)
    }
}

/// To the list or to the grid.
pub(super) fn switch_ui(ui: &mut Ui, memory: &mut OptimizationMemory) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_XS;
        let parts = &mut memory.parts;
        for (text, is_grid) in [("Candidates", false), ("Instructions × demo sets", true)] {
            if ui.add(Chip::toggle(text, parts.is_grid == is_grid)).clicked() {
                parts.is_grid = is_grid;
            }
        }
        if !parts.is_grid || !parts.are_several() {
            return;
        }
        let Some(Some(all)) = parts.known.as_deref() else { return };
        ui.add_space(size::GAP_M);
        text_ui(ui, "Predictor", Type::Small, Tone::Muted);
        ui.add_space(size::GAP_XS);
        for (at, one) in all.predictors.iter().enumerate() {
            if ui.add(Chip::toggle(predictor_title(&one.path), parts.predictor == at)).clicked() {
                parts.predictor = at;
            }
        }
    });
}

/// The grid, and what it cannot say.
pub(super) fn grid_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OptimizationMemory) {
    let Some((found, candidates, _)) = &memory.shown else { return };
    let Some(found) = found.as_ref() else { return };
    let Some(parts) = memory.parts.known.as_deref().and_then(Option::as_ref) else { return };
    let at = memory.parts.predictor.min(parts.predictors.len().saturating_sub(1));
    let Some(predictor) = parts.predictors.get(at) else { return };
    if memory.parts.grid.as_ref().is_none_or(|(of, _)| *of != at) {
        memory.parts.grid = grid_of(found, parts, &predictor.path).map(|grid| (at, grid));
    }
    let Some((_, grid)) = &memory.parts.grid else { return };
    let drawing = Drawing::of(grid, candidates);
    let is_tried = |row: usize| !grid.instructions.get(row).is_none_or(Mean::is_empty);
    let rows: Vec<usize> = (0..predictor.instructions.len()).filter(|row| is_tried(*row)).collect();
    let columns: Vec<usize> =
        (0..predictor.demo_sets.len()).filter(|set| !grid.demo_sets.get(*set).is_none_or(Mean::is_empty)).collect();
    let instruction = |number: &usize| {
        let text = predictor.instructions.get(*number).and_then(Option::as_deref).unwrap_or_default();
        HeatHead {
            name: capital(&instruction_name(*number)),
            note: change_words(&first_words(text), None, WORDS),
            hover: text.to_owned(),
        }
    };
    let mut heads: Vec<HeatHead> = rows.iter().map(instruction).collect();
    heads.push(HeatHead { name: "All instructions".to_owned(), ..HeatHead::default() });
    let demo_set = |number: &usize| HeatHead {
        name: capital(&demo_set_name(*number)),
        note: String::new(),
        hover: match predictor.demo_sets.get(*number).copied().unwrap_or_default() {
            0 => String::new(),
            demos => words::counted(demos, "demo"),
        },
    };
    let mut sets: Vec<HeatHead> = columns.iter().map(demo_set).collect();
    sets.push(HeatHead { name: "All demo sets".to_owned(), ..HeatHead::default() });
    let mut cells: Vec<Vec<HeatCell>> = Vec::new();
    for row in &rows {
        let of = |column: &usize| grid.cells.get(*row)?.get(*column).map(|cell| drawing.cell(found, cell));
        let mut line: Vec<HeatCell> = columns.iter().map(|column| of(column).unwrap_or_default()).collect();
        line.push(grid.instructions.get(*row).map(|mean| drawing.mean(mean)).unwrap_or_default());
        cells.push(line);
    }
    let mut last: Vec<HeatCell> =
        columns.iter().map(|set| grid.demo_sets.get(*set).map(|mean| drawing.mean(mean)).unwrap_or_default()).collect();
    last.push(HeatCell::default());
    cells.push(last);
    let label = format!("Mean score by instruction and demo set of {}", predictor_title(&predictor.path));
    let events = heat_grid_ui(ui, ("parts", &label), (&heads, &sets), &cells);
    ui.add_space(size::GAP_XS);
    legend_ui(ui);
    let cell = |(row, column): (usize, usize)| grid.cells.get(*rows.get(row)?)?.get(*columns.get(column)?);
    let pointed = events.hovered.and_then(cell).map(|cell| cell.candidates.as_slice());
    let line = pointed.and_then(|all| if let [one] = all { Some(Line::Candidate(*one)) } else { None });
    let best = events.clicked.and_then(cell).and_then(|cell| drawing.best(cell));
    memory.pointed.at_row(ui.ctx(), line);
    if let Some(best) = best.and_then(|best| candidates.rows.get(best)) {
        memory.cursor = Some(RowId::Candidate(best.first.clone()));
        scene.act(Action::Selected(LIST, RowId::Candidate(best.first.clone()).to_text()));
        memory.parts.is_grid = false;
        memory.wants_focus = true;
    }
}

fn legend_ui(ui: &mut Ui) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_XS;
        Glyph::Dot.show(ui, Tone::Accent);
        text_ui(ui, "with a full evaluation", Type::Small, Tone::Muted);
        Glyph::Ring.show(ui, Tone::Muted);
        text_ui(ui, "on minibatches alone", Type::Small, Tone::Muted);
        ui.add_space(size::GAP_S);
        text_ui(ui, "n: so many scorings of examples, by which evaluations weigh", Type::Small, Tone::Muted);
    });
    let text = format!("{CONFOUNDED}. The {NUMBERS}.");
    ui.add(
        egui::Label::new(
            egui::RichText::new(text)
                .font(Type::Small.font())
                .color(Tone::Muted.color(crate::widgets::tokens::Tokens::of(ui))),
        )
        .wrap(),
    );
}

/// How the figures of a grid are written and shaded.
struct Drawing<'a> {
    candidates: &'a Candidates,
    low: f64,
    high: f64,
    decimals: Decimals,
}

impl<'a> Drawing<'a> {
    fn of(grid: &Grid, candidates: &'a Candidates) -> Self {
        let scores = || grid.cells.iter().flatten().filter_map(|cell| cell.mean.score);
        let low = scores().fold(f64::INFINITY, f64::min);
        let high = scores().fold(f64::NEG_INFINITY, f64::max);
        Self { candidates, low, high, decimals: candidates.decimals }
    }

    fn mean(&self, mean: &Mean) -> HeatCell {
        if mean.is_empty() {
            return HeatCell::default();
        }
        let range = self.high - self.low;
        HeatCell {
            figure: mean.score.map_or_else(|| words::UNKNOWN.to_owned(), |score| self.decimals.write(score)),
            note: format!("n {}", words::count(mean.n)),
            mark: Some(if mean.full.is_empty() { (Glyph::Ring, Tone::Muted) } else { (Glyph::Dot, Tone::Accent) }),
            shade: mean.score.filter(|_| range > 0.0).map_or(0.0, |score| ((score - self.low) / range) as f32),
            hover: left_out(mean),
            leads: false,
        }
    }

    fn cell(&self, found: &Optimization, cell: &Cell) -> HeatCell {
        let hover = listed(found, &cell.mean, self.decimals);
        HeatCell { hover, leads: !cell.candidates.is_empty(), ..self.mean(&cell.mean) }
    }

    /// The candidate of a cell with the best full score, else with the best on minibatches.
    fn best(&self, cell: &Cell) -> Option<usize> {
        let score = |at: &usize| {
            let row = self.candidates.rows.get(*at)?;
            row.full.map(|score| (true, score)).or(row.mini.map(|score| (false, score)))
        };
        let better = |a: &&usize, b: &&usize| score(a).partial_cmp(&score(b)).unwrap_or(std::cmp::Ordering::Equal);
        cell.candidates.iter().rev().max_by(better).copied()
    }
}

/// The evaluations that a cell is the mean of.
fn listed(found: &Optimization, mean: &Mean, decimals: Decimals) -> String {
    let line = |place: &usize| {
        let one = found.evaluations.get(*place)?;
        let name = found.names.of_run(&one.run_id).map(|name| format!("{name} · ")).unwrap_or_default();
        let score = one.score.map_or_else(|| words::UNKNOWN.to_owned(), |score| decimals.write(score));
        let n = one.n.map_or_else(|| "n unknown".to_owned(), |n| format!("n {}", words::count(n)));
        Some(format!("{name}{} {score}, {n}", words::one_line(&one.name, 40)))
    };
    let all = mean.full.iter().chain(&mean.minibatches);
    let mut lines: Vec<String> = all.clone().take(LISTED).filter_map(line).collect();
    let more = all.count().saturating_sub(LISTED);
    if more > 0 {
        lines.push(format!("and {} more", words::count(more as u64)));
    }
    lines.extend(Some(left_out(mean)).filter(|text| !text.is_empty()));
    lines.join("\n")
}

fn left_out(mean: &Mean) -> String {
    match mean.left_out.len() {
        0 => String::new(),
        some => format!("left out: {}, whose score, kind or n is not known", words::counted(some, "evaluation")),
    }
}

/// With a capital letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
