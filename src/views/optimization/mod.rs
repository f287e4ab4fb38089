//! An optimization: what it was, how its candidates did, who won.

mod chart;
mod cost;
mod facts;
mod head;
mod parts;
mod pointed;
mod points;
mod ranges;
mod rows;
mod table;
mod verdict;

use std::sync::Arc;

use egui::{ScrollArea, Ui};

use super::parts::slot_ui;
use super::run_menu::RunMenu;
use super::scene::Scene;
use super::scroll::{NotedRow, NotedScroll};
use crate::loader::{Lane, Optimization, RunPage};
use crate::model::RunId;
use crate::query::OptimizationOf;
use crate::query::parts::has_parts;
use crate::state::{Action, RunTab};
use crate::widgets::charts::{ChartState, Link, Series};
use crate::widgets::chips::Chip;
use crate::widgets::notice::Notice;
use crate::widgets::section::{card_ui, text_ui};
use crate::widgets::table::TableState;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use cost::CostShown;
use parts::PartsShown;
use pointed::Pointed;
use ranges::Ranges;
use rows::{Candidates, RowId};

/// What the tab remembers.
#[derive(Default)]
pub(super) struct OptimizationMemory {
    shown: Option<(Arc<Option<Optimization>>, Candidates, Vec<Series>)>,
    table: TableState,
    scroll: NotedScroll,
    row: NotedRow,
    /// The row that the keyboard stands on.
    cursor: Option<RowId>,
    wants_focus: bool,
    is_told_beside: bool,
    menu: RunMenu,
    chart: ChartState,
    /// The points that are joined.
    links: Vec<Link>,
    pointed: Pointed,
    ranges: Ranges,
    parts: PartsShown,
    cost: CostShown,
    /// How high the facts were beside the chart.
    facts_height: f32,
}

impl OptimizationMemory {
    /// The candidates of this optimization get the keyboard, if they are on screen.
    pub fn focus_rows(&mut self, parent: &RunId) -> bool {
        let shown = self.shown.as_ref().and_then(|(found, ..)| found.as_ref().as_ref());
        self.wants_focus = shown.is_some_and(|found| found.run.id == *parent && !found.evaluations.is_empty());
        self.wants_focus
    }

    /// The run of the row on which the keyboard stands, in the table of this optimization.
    pub fn run_at_cursor(&self, parent: &RunId) -> Option<RunId> {
        let (found, candidates, _) = self.shown.as_ref()?;
        let found = found.as_ref().as_ref().filter(|found| found.run.id == *parent)?;
        table::run_of(found, candidates, &candidates.line_of(found, self.cursor.as_ref()?)?)
    }

    /// Whether the selected candidate is told beside the page: then one is selected from the start, the winner.
    pub fn set_told_beside(&mut self, is_told: bool) {
        self.is_told_beside = is_told;
    }

    /// The candidate that the address names is selected, whichever row of it was.
    fn select(&mut self, candidate: Option<&RunId>) {
        if let Some(run) = candidate
            && self.cursor.as_ref().is_none_or(|row| row.run() != run)
        {
            self.cursor = self
                .shown
                .as_ref()
                .and_then(|(found, candidates, _)| candidates.row_with(found.as_ref().as_ref()?, run));
        }
    }

    /// Makes rows and series anew only when something changed.
    fn update_rows(&mut self, found: &Arc<Option<Optimization>>) {
        let known = self.shown.as_ref().map(|(known, ..)| known);
        if known.is_some_and(|known| Arc::ptr_eq(known, found)) {
            return;
        }
        let run = |of: &Arc<Option<Optimization>>| of.as_ref().as_ref().map(|one| one.run.id.clone());
        if known.is_none_or(|known| run(known) != run(found)) {
            *self = Self::default();
        }
        if let Some(optimization) = found.as_ref() {
            let candidates = Candidates::of(optimization);
            self.links = points::links(optimization, &candidates);
            self.cost.forget_points();
            self.shown = Some((Arc::clone(found), candidates, chart::series(optimization)));
        }
    }
}

impl OptimizationMemory {
    /// Whether there is anything to draw.
    fn has_scores(&self) -> bool {
        self.shown.as_ref().is_some_and(|(_, _, series)| !series.is_empty())
    }
}

/// From this width the facts stand beside the chart.
const TWO_COLUMNS: f32 = 700.0;
/// The height of the chart without its heading.
const CHART: f32 = 224.0;
/// A lower chart tells nothing.
const CHART_LEAST: f32 = 64.0;
/// Its heading and the margins of its card.
const CHART_FRAME: f32 = chart::HEAD + size::GAP_XS + 26.0;
/// The same in a low window.
const LOW_CHART_FRAME: f32 = CHART_FRAME - 8.0;

/// What stands between the head and the candidates, so that these are seen without scrolling.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Above {
    /// The chart, of this height at least, and the facts beside it.
    ChartAndFacts(f32),
    /// The chart alone, so high; the facts stand below the candidates.
    Chart(f32),
    /// Nothing: both stand below.
    Nothing,
}

impl Above {
    /// What fits into a view of `room` points, of which the candidates take `table`.
    fn of(room: egui::Vec2, table: f32, memory: &OptimizationMemory, is_low: bool) -> Self {
        // Without a score there is a sentence in place of the chart, which needs no room of its own.
        let wanted = if memory.has_scores() { CHART } else { 0.0 };
        let frame = if is_low { LOW_CHART_FRAME } else { CHART_FRAME };
        let left = room.y - table - size::GAP_S - frame;
        if !is_low && left >= wanted.max(memory.facts_height - CHART_FRAME) && room.x >= TWO_COLUMNS {
            Self::ChartAndFacts(wanted)
        } else if left >= CHART_LEAST.min(wanted) {
            Self::Chart(left.min(wanted))
        } else {
            Self::Nothing
        }
    }
}

/// `candidate`: a run that evaluated the one that is selected.
pub(super) fn optimization_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut OptimizationMemory,
    page: &RunPage,
    candidate: Option<&RunId>,
) {
    let slot = scene.loader.ask(&OptimizationOf(page.run.id.clone()), Lane::Selection);
    let Some(found) = slot_ui(ui, scene, &slot, "The optimization", size::TABLE_ROW) else { return };
    memory.update_rows(found);
    let Some(optimization) = found.as_ref() else { return };
    memory.ranges.update(scene, optimization);
    memory.parts.update(scene, optimization);
    if let Some((_, candidates, _)) = &memory.shown {
        memory.cost.update(scene, optimization, candidates);
    }
    let view = ui.available_size();
    ScrollArea::vertical().id_salt("optimization").auto_shrink(false).show(ui, |ui| {
        let top = ui.cursor().top();
        if let Some(stale) = optimization.best.as_ref().and_then(|best| best.stale.as_ref()) {
            Notice::warning("best_model.json may be stale").advice(stale).show(ui);
            ui.add_space(size::GAP_S);
        }
        if optimization.evaluations.is_empty() {
            without_evaluations_ui(ui, scene, optimization);
            ui.add_space(size::GAP_S);
            facts::card(ui, optimization, (&memory.ranges, &memory.cost), 0.0);
            return;
        }
        head::head_ui(ui, scene, optimization);
        ui.add_space(size::GAP_S);
        let room = egui::vec2(ui.available_width(), view.y - (ui.cursor().top() - top));
        let switch = if has_parts(optimization) { parts::SWITCH } else { 0.0 };
        let above = Above::of(room, switch + table::least_height(memory), memory, head::is_low(ui));
        match above {
            Above::ChartAndFacts(height) => beside_ui(ui, scene, memory, (optimization, height)),
            Above::Chart(height) => chart::card(ui, scene, memory, height),
            Above::Nothing => {}
        }
        if above != Above::Nothing {
            ui.add_space(size::GAP_S);
        }
        memory.select(candidate);
        if has_parts(optimization) {
            parts::switch_ui(ui, memory);
            ui.add_space(size::GAP_XS);
        }
        if memory.parts.is_grid && memory.parts.parts().is_some() {
            parts::grid_ui(ui, scene, memory);
        } else {
            table::table_ui(ui, scene, memory, matches!(above, Above::ChartAndFacts(_)));
        }
        if above == Above::Nothing {
            ui.add_space(size::GAP_S);
            chart::card(ui, scene, memory, if memory.has_scores() { CHART } else { 0.0 });
        }
        if !matches!(above, Above::ChartAndFacts(_)) {
            ui.add_space(size::GAP_S);
            facts::card(ui, optimization, (&memory.ranges, &memory.cost), 0.0);
        }
    });
}

/// The chart, of this height at least, and at its right the facts, equally high.
fn beside_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut OptimizationMemory,
    (optimization, least): (&Optimization, f32),
) {
    let width = ui.available_width();
    let right = (width * 0.36).clamp(270.0, 400.0);
    let height = least + CHART_FRAME;
    let top = ui.available_rect_before_wrap().min;
    let part = |ui: &mut Ui, name: &str, left: f32, width: f32, add: &mut dyn FnMut(&mut Ui)| {
        let rect = egui::Rect::from_min_size(top + egui::vec2(left, 0.0), egui::vec2(width, height));
        let mut inner = ui.new_child(egui::UiBuilder::new().id_salt(name).max_rect(rect));
        add(&mut inner);
        inner.min_rect().height()
    };
    let left = width - right - size::GAP_M;
    let b = part(ui, "facts", left + size::GAP_M, right, &mut |ui| {
        facts::card(ui, optimization, (&memory.ranges, &memory.cost), height);
    });
    memory.facts_height = b;
    let chart = least.max(b - CHART_FRAME);
    let a = part(ui, "chart", 0.0, left, &mut |ui| chart::card(ui, scene, memory, chart));
    ui.advance_cursor_after_rect(egui::Rect::from_min_size(top, egui::vec2(width, a.max(b))));
}

/// Some optimizers evaluate nothing that MLflow records: what there is stands elsewhere.
fn without_evaluations_ui(ui: &mut Ui, scene: &mut Scene<'_>, optimization: &Optimization) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        text_ui(ui, &rows::no_evaluations(optimization), Type::Body, Tone::Neutral);
        ui.add_space(size::GAP_XS);
        ui.horizontal(|ui| {
            if optimization.best.is_some() && ui.add(Chip::button("Show its program")).clicked() {
                scene.act(Action::ShowRunTab(RunTab::Program { predictor: None }));
            }
            if optimization.traces.is_some_and(|traces| traces.traces > 0)
                && ui.add(Chip::button("Show its traces")).clicked()
            {
                scene.act(Action::ShowRunTab(RunTab::TRACES));
            }
        });
    });
}
