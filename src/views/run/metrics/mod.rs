//! A run's metrics as charts: one per metric, so that no two scales share an axis, and in each a line per run.

mod by_run;
mod chart;
mod choice;
mod gather;
mod lines;
mod panel;
mod picture;
mod pointed;
mod points;
mod values;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use egui::{Rect, ScrollArea, Slider, Ui, UiBuilder, pos2, vec2};

use self::chart::{Card, ChartMemory};
use self::choice::Candidate;
use self::lines::{Axis, Drawing};
use self::panel::{ListMemory, Lists};
use self::picture::Picture;
use self::pointed::Pointed;
use self::values::{Single, ValuesMemory};
use crate::analysis::optimization::ProgramNames;
use crate::loader::{Lane, RunPage};
use crate::model::dspy::run_names;
use crate::model::{MetricSeries, Run, RunId};
use crate::query::{ProgramNamesOf, RunTreeOf, RunValuesOf};
use crate::state::{Action, ChartChoice, RunTab};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::empty::{empty_ui, skeleton_block_ui};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

/// A chart among others is this high, higher where there is room for all, and not narrower than that.
const CHART_HEIGHTS: std::ops::RangeInclusive<f32> = 250.0..=360.0;
const CHART_LEAST: f32 = 380.0;
/// The lists of metrics and runs are this wide, in a place that has room for a chart beside them.
const LISTS: f32 = 230.0;
const LISTS_FROM: f32 = LISTS + 400.0;
/// Where they stand above the charts, they are this high.
const LISTS_HEIGHT: f32 = 140.0;

/// The width of the slider with its words.
const SMOOTHING: f32 = 230.0;

/// No more runs of the table than this can be drawn beside the children: nobody tells more lines apart.
const OTHERS_MOST: usize = 100;

/// An answer and its number.
type Numbered = (Arc<Option<MetricSeries>>, u64);

/// What the tab remembers.
#[derive(Default)]
pub(super) struct MetricsMemory {
    /// The axis that the user chose; else each chart has the one that suits its points.
    axis: Option<Axis>,
    /// How charts are drawn apart from their axis.
    drawing: Drawing,
    /// As it is noted of the page, until the user chooses something else.
    choice: ChartChoice,
    visit: Option<u64>,
    charts: HashMap<String, ChartMemory>,
    /// One number per answer: what was derived of another one is not shown for it.
    numbers: HashMap<(RunId, String), Numbered>,
    metric_list: ListMemory,
    run_list: ListMemory,
    picture: Picture,
    values: ValuesMemory,
    pointed: Pointed,
}

impl MetricsMemory {
    /// Another run begins with its own choice; how charts are drawn stays.
    pub fn with_drawing_of(other: &Self) -> Self {
        Self { axis: other.axis, drawing: other.drawing, ..Self::default() }
    }

    /// The axis that is marked as chosen: the order of runs only where all charts have it by themselves.
    fn shown_axis(&self, keys: &[String]) -> Axis {
        let mut own = keys.iter().filter_map(|key| self.charts.get(key)?.axis).peekable();
        let is_by_run = own.peek().is_some() && own.all(|axis| axis == Axis::Runs);
        self.axis.unwrap_or(if is_by_run { Axis::Runs } else { Axis::Step })
    }
}

/// `alone`: the metric that is shown alone, if it is one of this run's.
pub(super) fn metrics_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut MetricsMemory,
    page: &RunPage,
    alone: Option<&str>,
) {
    if memory.visit.replace(scene.state.visit()) != Some(scene.state.visit()) {
        memory.choice.clone_from(&scene.state.page().charts);
    }
    let others = selected(scene, memory, page);
    let names = names(scene, page);
    let candidates = choice::candidates(&memory.choice, page, &others, names.as_deref());
    // The values of other runs are asked for only where there are some.
    let values = (candidates.len() > 1)
        .then(|| scene.loader.ask(&RunValuesOf(page.run.experiment_id.clone()), Lane::Visible))
        .and_then(|slot| slot.value().map(Arc::clone));
    let keys = choice::keys(page, &candidates, values.as_deref());
    let singles = memory.values.singles(scene, page, (&candidates, &keys), values.as_ref());
    if keys.is_empty() && candidates.len() == 1 {
        empty_ui(ui, "No metrics; they appear when the run logs one, as every evaluation by DSPy does", "");
        return;
    }
    let alone = alone.and_then(|alone| keys.iter().find(|key| *key == alone));
    memory.picture.go_on(scene);
    let has_several = candidates.iter().filter(|candidate| candidate.is_shown).count() > 1;
    tools_ui(ui, scene, memory, (&keys, alone), has_several);
    ui.add_space(size::GAP_S);
    let has_lists = keys.len() > 1 || candidates.len() > 1;
    let outer = ui.available_rect_before_wrap();
    let (lists, charts) = match (has_lists, outer.width() >= LISTS_FROM) {
        (false, _) => (Rect::NOTHING, outer),
        (true, true) => {
            let edge = outer.left() + LISTS;
            (outer.with_max_x(edge), outer.with_min_x(edge + size::GAP_M))
        }
        (true, false) => {
            let edge = outer.top() + LISTS_HEIGHT;
            (outer.with_max_y(edge), outer.with_min_y(edge + size::GAP_S))
        }
    };
    let offered = Lists { page, keys: &keys, alone, candidates: &candidates };
    memory.pointed.begin();
    if has_lists {
        let mut area = ui.new_child(UiBuilder::new().id_salt("lists").max_rect(lists));
        area.shrink_clip_rect(lists);
        panel::lists_ui(&mut area, scene, memory, offered, lists.width() > LISTS + 1.0);
    }
    let mut area = ui.new_child(UiBuilder::new().id_salt("charts").max_rect(charts));
    area.shrink_clip_rect(charts.expand(1.0));
    match singles {
        Some(singles) => charts_ui(&mut area, scene, memory, offered, &singles),
        // Before that is known what is drawn would only jump.
        None if memory.values.is_slow => skeleton_block_ui(&mut area, CHART_HEIGHTS.start() - size::GAP_M),
        None => {}
    }
    memory.pointed.end(ui.ctx());
    ui.advance_cursor_after_rect(outer);
    if memory.choice != scene.state.page().charts {
        scene.act(Action::ChooseCharts(memory.choice.clone()));
    }
}

/// What the programs of the evaluations under this run are called, if it is an optimization.
fn names(scene: &mut Scene<'_>, page: &RunPage) -> Option<Arc<ProgramNames>> {
    if !run_names::is_optimization(&page.children) {
        return None;
    }
    let slot = scene.loader.ask(&ProgramNamesOf(page.run.id.clone()), Lane::Visible);
    slot.value().and_then(|names| names.as_ref().clone())
}

/// The runs that are selected in the table of this run's experiment.
fn selected(scene: &mut Scene<'_>, memory: &mut MetricsMemory, page: &RunPage) -> Vec<Run> {
    let chosen = &scene.state.selected_runs;
    if chosen.ids.len() < 2 || chosen.experiment.as_ref() != Some(&page.run.experiment_id) {
        return Vec::new();
    }
    memory.choice.follow(&chosen.ids);
    let ids: HashSet<RunId> = chosen.ids.iter().cloned().collect();
    let slot = scene.loader.ask(&RunTreeOf(page.run.experiment_id.clone()), Lane::Visible);
    let Some(tree) = slot.value() else { return Vec::new() };
    tree.runs.iter().filter(|run| ids.contains(&run.id)).take(OTHERS_MOST).cloned().collect()
}

fn tools_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut MetricsMemory,
    (keys, alone): (&[String], Option<&String>),
    has_several: bool,
) {
    ui.horizontal_wrapped(|ui| {
        let shown = memory.shown_axis(keys);
        for (axis, title, tip) in Axis::ALL {
            // With one run there is no order of runs.
            if axis == Axis::Runs && !has_several && shown != Axis::Runs {
                continue;
            }
            if ui.add(Chip::toggle(title, shown == axis)).on_hover_text(tip).clicked() {
                memory.axis = Some(axis);
                memory.charts.values_mut().for_each(ChartMemory::see_all);
            }
        }
        ui.add_space(size::GAP_S);
        if ui.add(Chip::toggle("Log scale", memory.drawing.is_log)).on_hover_text("Logarithmic y axis").clicked() {
            memory.drawing.is_log = !memory.drawing.is_log;
            memory.charts.values_mut().for_each(ChartMemory::see_all);
        }
        ui.add_space(size::GAP_S);
        // Together, in whatever line they fit: the figure says nothing without its slider.
        if ui.available_size_before_wrap().x < SMOOTHING {
            ui.end_row();
        }
        ui.horizontal(|ui| smoothing_ui(ui, &mut memory.drawing.smoothing));
        if alone.is_some() && keys.len() > 1 {
            ui.add_space(size::GAP_S);
            if ui.add(Chip::button("All metrics")).clicked() {
                scene.act(Action::ShowRunTab(RunTab::Metrics { key: None }));
            }
        }
    });
}

fn smoothing_ui(ui: &mut Ui, smoothing: &mut u8) {
    text_ui(ui, "Smoothing", Type::Small, Tone::Muted);
    let slider = Slider::new(smoothing, 0..=99).show_value(false).step_by(1.0);
    ui.spacing_mut().slider_width = 110.0;
    ui.add(slider).accessible_name("Smoothing").on_hover_text("The exponential mean; the raw line stays behind it");
    let text = if *smoothing == 0 { "off".to_owned() } else { format!("0.{smoothing:02}") };
    text_ui(ui, &text, Type::ValueSmall, Tone::Muted);
}

fn charts_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut MetricsMemory, lists: Lists<'_>, singles: &[Single]) {
    let Lists { page, keys, alone, candidates } = lists;
    let shown: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.is_shown).collect();
    if shown.is_empty() {
        empty_ui(ui, "No run is chosen; choose one at the left to see its metrics", "");
        return;
    }
    let is_chosen = |key: &String| alone.map_or(!memory.choice.hidden.contains(key), |alone| alone == key);
    let values: Vec<&Single> = singles.iter().filter(|single| is_chosen(&single.key)).collect();
    let is_single = |key: &String| values.iter().any(|single| single.key == *key);
    let drawn: Vec<&String> = keys.iter().filter(|key| is_chosen(key) && !is_single(key)).collect();
    if drawn.is_empty() && values.is_empty() {
        empty_ui(ui, "No metric is chosen; choose one at the left to see it", "");
        return;
    }
    let room = ui.available_size();
    if let ([key], []) = (&*drawn, &*values) {
        let rect = Rect::from_min_size(ui.max_rect().min, vec2(room.x, (room.y - size::GAP_M).clamp(180.0, 560.0)));
        chart::card_ui(ui, scene, memory, Card { page, key, shown: &shown, rect });
        return;
    }
    ScrollArea::vertical().id_salt(&page.run.id).auto_shrink(false).show(ui, |ui| {
        ui.set_width(ui.available_width() - size::GAP_XS);
        if !values.is_empty() {
            values::values_ui(ui, &mut memory.values, &values, (shown.len() > 1, !drawn.is_empty()), scene.clock);
        }
        if drawn.is_empty() {
            return;
        }
        let width = ui.available_width();
        let columns = ((width + size::GAP_M) / (CHART_LEAST + size::GAP_M)).floor().max(1.0);
        let columns = (columns as usize).min(drawn.len()).min(3);
        let own = (width - size::GAP_M * (columns - 1) as f32) / columns as f32;
        let rows = drawn.len().div_ceil(columns);
        let high = (room.y / rows as f32 - size::GAP_M).clamp(*CHART_HEIGHTS.start(), *CHART_HEIGHTS.end());
        let height = rows as f32 * (high + size::GAP_M);
        let (area, _) = ui.allocate_exact_size(vec2(width, height), egui::Sense::hover());
        for (index, key) in drawn.iter().enumerate() {
            let (row, column) = (index / columns, index % columns);
            let corner =
                pos2(area.left() + column as f32 * (own + size::GAP_M), area.top() + row as f32 * (high + size::GAP_M));
            let rect = Rect::from_min_size(corner, vec2(own, high));
            // What is scrolled out is neither read nor drawn; a picture of it brings it into view first.
            if ui.is_rect_visible(rect) || memory.picture.poses(key) {
                chart::card_ui(ui, scene, memory, Card { page, key, shown: &shown, rect });
            }
        }
    });
}
