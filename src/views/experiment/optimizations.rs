//! The optimizations of an experiment on one chart, and in a table below it.

mod rows;

use std::sync::Arc;

use egui::{ScrollArea, Ui};

use crate::analysis::optimizations::Effort;
use crate::loader::Lane;
use crate::model::ExperimentId;
use crate::query::ask::Question;
use crate::query::{OptimizationsOf, OverviewRow, VerdictOf};
use crate::state::{Action, ExperimentTab, Place, RunTab};
use crate::views::names::experiment_name;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::widgets::charts::{AxisKind, ChartState, LineChart, Series};
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use rows::{Drawn, Line, Shows, lines};

/// So high the chart is.
const CHART: f32 = 260.0;
/// What the names beside the lines take: a share of the width, at least, at most.
const NAMES: (f32, f32, f32) = (0.26, 110.0, 300.0);
/// No more verdicts are asked for than for so many optimizations.
const VERDICTS: usize = 40;
/// No more costs are asked for than of so many optimizations.
const COSTS: usize = 200;

/// What the tab remembers of an experiment.
#[derive(Default)]
pub(super) struct OptimizationsMemory {
    known: Option<Arc<<OptimizationsOf as Question>::Answer>>,
    lines: Vec<Line>,
    drawn: Option<(Effort, Drawn)>,
    chart: ChartState,
    table: TableState,
    cursor: Option<usize>,
    wants_focus: bool,
}

impl OptimizationsMemory {
    /// The rows get the keyboard, if there are any.
    pub fn focus_rows(&mut self) -> bool {
        self.wants_focus = !self.lines.is_empty();
        self.wants_focus
    }

    /// Goes to the next or the previous row.
    pub fn step(&mut self, is_forward: bool) {
        let last = self.lines.len().saturating_sub(1);
        let next = self.cursor.map_or(0, |at| if is_forward { at + 1 } else { at.saturating_sub(1) });
        self.cursor = (!self.lines.is_empty()).then_some(next.min(last));
    }

    /// The optimization of a line.
    fn row(&self, line: usize) -> Option<&OverviewRow> {
        self.known.as_ref()?.get(self.lines.get(line)?.place)
    }
}

pub(super) fn optimizations_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut OptimizationsMemory,
    of: &Option<ExperimentId>,
    effort: Effort,
) {
    let slot = scene.loader.ask(&OptimizationsOf(of.clone()), Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The optimizations", size::TABLE_ROW) else { return };
    if memory.known.as_ref().is_none_or(|known| !Arc::ptr_eq(known, found)) {
        memory.lines = lines(found);
        (memory.known, memory.drawn) = (Some(Arc::clone(found)), None);
    }
    if memory.lines.is_empty() {
        empty_ui(ui, "No optimization in this experiment: one has evaluations under it, or a best_model.json", "");
        return;
    }
    if memory.drawn.as_ref().is_none_or(|(of, _)| *of != effort) {
        memory.drawn = Some((effort, Drawn::of(found, &memory.lines, effort)));
        memory.chart = ChartState::default();
    }
    tell_verdicts(scene, memory);
    tell_costs(scene, memory);
    if of.is_none() {
        tell_experiments(scene, memory);
    }
    ScrollArea::vertical().id_salt("optimizations").auto_shrink(false).show(ui, |ui| {
        chart_ui(ui, scene, memory, (effort, of.is_none()));
        ui.add_space(size::GAP_S);
        table_ui(ui, scene, memory);
    });
}

/// Takes the verdicts that are known by now.
fn tell_verdicts(scene: &mut Scene<'_>, memory: &mut OptimizationsMemory) {
    let Some(known) = &memory.known else { return };
    for line in memory.lines.iter_mut().take(VERDICTS) {
        let Some(row) = known.get(line.place).filter(|row| !row.steps.is_empty()) else { continue };
        let slot = scene.loader.ask(&VerdictOf(row.run.id.clone()), Lane::Visible);
        line.verdict = slot.value().and_then(|verdict| {
            verdict.as_ref().as_ref().map(|verdict| match verdict {
                Ok(verdict) => verdict.short_meaning(),
                Err(why) => why.words().to_owned(),
            })
        });
    }
}

/// Takes the costs that are known by now. One after another is asked for: each may take long.
fn tell_costs(scene: &mut Scene<'_>, memory: &mut OptimizationsMemory) {
    let Some(known) = &memory.known else { return };
    for line in memory.lines.iter_mut().take(COSTS) {
        let Some(row) = known.get(line.place) else { continue };
        line.cost.update(scene, &row.run.id);
        if line.cost.is_awaited() {
            return;
        }
    }
}

/// Notes of which experiment each is.
fn tell_experiments(scene: &mut Scene<'_>, memory: &mut OptimizationsMemory) {
    let Some(known) = &memory.known else { return };
    for line in memory.lines.iter_mut().filter(|line| line.experiment.is_empty()) {
        if let Some(row) = known.get(line.place) {
            line.experiment = experiment_name(scene, &row.run.experiment_id);
        }
    }
}

fn chart_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut OptimizationsMemory,
    (effort, everywhere): (Effort, bool),
) {
    let Some((_, drawn)) = &memory.drawn else { return };
    let mut opened = None;
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_XS;
            card_heading_ui(ui, "Best full score so far, over");
            ui.add_space(size::GAP_XS);
            for one in Effort::ALL {
                if ui.add(Chip::toggle(rows::title(one), one == effort)).clicked() {
                    show(scene, one, everywhere);
                }
            }
            ui.add_space(size::GAP_M);
            text_ui(ui, "of", Type::Small, Tone::Muted);
            ui.add_space(size::GAP_XS);
            for (text, all) in [("this experiment", false), ("the whole store", true)] {
                if ui.add(Chip::toggle(text, all == everywhere)).clicked() {
                    show(scene, effort, all);
                }
            }
        });
        if drawn.series.is_empty() {
            let why = rows::nothing(effort).to_lowercase();
            text_ui(ui, &format!("No optimization here has any: {why}"), Type::Small, Tone::Muted);
        } else {
            let label = format!("Best scores over {}", rows::title(effort).to_lowercase());
            let kind = match effort {
                Effort::Time => AxisKind::Time,
                Effort::Evaluations => AxisKind::Whole,
                Effort::MetricCalls | Effort::Tokens => AxisKind::Number,
            };
            let events = LineChart::new(("optimizations", effort.as_str()), &label, &drawn.series)
                .height(CHART)
                .names_width((ui.available_width() * NAMES.0).clamp(NAMES.1, NAMES.2))
                .x_kind(kind)
                .x_name(rows::axis(effort))
                .y_name("Score")
                .x_tick(move |x, step| rows::tick(effort, x, step))
                .tip(|x| drawn.tip(x, effort))
                .show(ui, &mut memory.chart);
            opened = events.clicked.and_then(|(series, _)| drawn.series.get(series)).map(Series::tone_of);
        }
        for note in &drawn.notes {
            text_ui(ui, note, Type::Small, Tone::Muted);
        }
    });
    let is_it = |line: &Line| line.left_out.is_none() && opened == Some(Tone::Category(line.colour));
    let line = memory.lines.iter().position(is_it);
    if let Some(row) = line.and_then(|line| memory.row(line)) {
        open(scene, row);
    }
}

fn show(scene: &mut Scene<'_>, over: Effort, everywhere: bool) {
    let tab = ExperimentTab::Optimizations { over: Some(over), everywhere: everywhere.then_some(true) };
    scene.act(Action::ShowExperimentTab(tab));
}

fn open(scene: &mut Scene<'_>, row: &OverviewRow) {
    let experiment = Some(row.run.experiment_id.clone());
    scene.go(Place::Run { experiment, run: row.run.id.clone(), tab: Some(RunTab::Optimization { candidate: None }) });
}

fn table_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut OptimizationsMemory) {
    let shows = rows::columns();
    let columns: Vec<Column<'_>> = shows.iter().map(|(_, column)| *column).collect();
    let gets_focus = memory.wants_focus && ui.memory(|memory| memory.focused().is_none());
    memory.wants_focus &= !gets_focus;
    let height = Table::height_of(memory.lines.len()) + size::SCROLL_BAR;
    let OptimizationsMemory { known, lines, table, cursor, .. } = memory;
    let events = Table::new("optimizations", "Optimizations", &columns, lines.len())
        .selected(*cursor)
        .height(height.max(ui.available_height()))
        .focus(gets_focus)
        .show(ui, table, |at, column| {
            let line = lines.get(at);
            let row = line.and_then(|line| known.as_ref()?.get(line.place));
            let (Some(line), Some(row), Some((shows, _))) = (line, row, shows.get(column)) else {
                return CellText::default();
            };
            rows::cell(line, row, *shows)
        });
    if let Some(at) = events.selected {
        memory.cursor = Some(at);
    }
    let clicked = events.cell.filter(|(_, column)| shows.get(*column).is_some_and(|(shows, _)| *shows == Shows::Name));
    let opened = events.opened.or(clicked.map(|(line, _)| line));
    if let Some(row) = opened.and_then(|line| memory.row(line)) {
        open(scene, row);
    }
}

/// How many there are, in figures.
pub(super) fn count(memory: &OptimizationsMemory) -> String {
    if memory.known.is_none() { String::new() } else { words::count(memory.lines.len() as u64) }
}
