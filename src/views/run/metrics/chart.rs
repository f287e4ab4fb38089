//! The chart of one metric: a line per run, and what can be done with it.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Align, Layout, Rect, Ui, UiBuilder};

use super::MetricsMemory;
use super::by_run::ByRun;
use super::choice::Candidate;
use super::gather::{Gathered, gather};
use super::lines::{Axis, Drawing, Facts, Line};
use super::picture::file_name;
use super::points::{Points, csv, points_ui};
use crate::loader::{DerivedKey, Lane, RunPage, unique_id};
use crate::model::RunId;
use crate::state::{Action, FileToSave};
use crate::views::failed::failed_ui;
use crate::views::parts::icon_button;
use crate::views::scene::{Clock, Scene};
use crate::views::time::moment;
use crate::widgets::charts::{AxisKind, ChartMove, ChartState, LineChart};
use crate::widgets::chips::Chip;
use crate::widgets::empty::skeleton_block_ui;
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::widgets::section::{card_heading_ui, card_ui as section_card_ui, text_ui};
use crate::widgets::table::TableState;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use crate::words;

/// What a chart remembers.
#[derive(Default)]
pub(super) struct ChartMemory {
    chart: ChartState,
    table: TableState,
    as_table: bool,
    /// The lines that were drawn last: they stay while others are made.
    pub lines: HashMap<RunId, Arc<Line>>,
    /// The line over the runs that was drawn last.
    pub by_run: Option<ByRun>,
    /// Over what it was drawn last.
    pub axis: Option<Axis>,
    /// A CSV that is being written, by the number it is kept under.
    csv: Option<u64>,
}

impl ChartMemory {
    /// The axes changed: what was zoomed into is not there any more.
    pub fn see_all(&mut self) {
        self.chart.make(ChartMove::Reset);
    }
}

/// A chart among others.
#[derive(Clone, Copy)]
pub(super) struct Card<'a> {
    pub page: &'a RunPage,
    /// The metric.
    pub key: &'a str,
    /// The runs whose lines are drawn.
    pub shown: &'a [&'a Candidate],
    pub rect: Rect,
}

pub(super) fn card_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut MetricsMemory, card: Card<'_>) {
    let Card { page, key, shown, rect } = card;
    let mut area = ui.new_child(UiBuilder::new().id_salt(("chart", key)).max_rect(rect));
    section_card_ui(&mut area, |ui| {
        ui.set_min_size(rect.size() - egui::vec2(26.0, 26.0));
        ui.set_max_width(rect.width() - 26.0);
        let gathered = gather(scene, memory, key, shown);
        head_ui(ui, memory, page, key, &gathered);
        if let Some(error) = &gathered.error {
            failed_ui(ui, scene, "The metric", error);
        }
        let height = (rect.bottom() - 13.0 - ui.cursor().top()).max(60.0);
        body_ui(ui, memory, Body { key, gathered: &gathered, clock: scene.clock, height });
        write_csv(scene, memory, key, &gathered);
    });
    memory.picture.pose(ui, key, rect);
}

fn head_ui(ui: &mut Ui, memory: &mut MetricsMemory, page: &RunPage, key: &str, gathered: &Gathered) {
    let poses = memory.picture.poses(key);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if poses {
                let name = if page.run.name.is_empty() { page.run.id.as_str() } else { &page.run.name };
                text_ui(ui, &words::one_line(name, 40), Type::Small, Tone::Muted);
            } else {
                menu_ui(ui, memory, key);
                let state = memory.charts.entry(key.to_owned()).or_default();
                if state.chart.is_moved() && ui.add(Chip::button("See all")).on_hover_text("Double-click").clicked() {
                    state.chart.make(ChartMove::Reset);
                }
            }
            let text = summary(gathered.facts, gathered.is_by_order);
            let width = ui.available_width();
            if width > 240.0 {
                text_ui(ui, &text, Type::Small, Tone::Muted);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| card_heading_ui(ui, key).on_hover_text(&text));
        });
    });
}

fn menu_ui(ui: &mut Ui, memory: &mut MetricsMemory, key: &str) {
    let button = icon_button(ui, Glyph::More, &format!("More for {key}"), "Table, files, zoom", true);
    let state = memory.charts.entry(key.to_owned()).or_default();
    let entries = [
        MenuEntry::Item(MenuItem::new("Show as table").checked(state.as_table)),
        MenuEntry::Rule,
        MenuEntry::Item(MenuItem::new("Save as CSV…")),
        MenuEntry::Item(MenuItem::new("Save as PNG…").enabled(!state.as_table)),
        MenuEntry::Rule,
        MenuEntry::Item(MenuItem::new("Zoom in").shortcut("+").enabled(!state.as_table)),
        MenuEntry::Item(MenuItem::new("Zoom out").shortcut("-").enabled(!state.as_table)),
        MenuEntry::Item(MenuItem::new("See all").shortcut("0").enabled(!state.as_table)),
    ];
    match button_menu(&button, &entries) {
        Some(0) => state.as_table = !state.as_table,
        Some(2) => state.csv = Some(unique_id()),
        Some(3) => memory.picture.begin(key),
        Some(5) => state.chart.make(ChartMove::ZoomIn),
        Some(6) => state.chart.make(ChartMove::ZoomOut),
        Some(7) => state.chart.make(ChartMove::Reset),
        _ => {}
    }
}

/// The lines or the table of a card.
#[derive(Clone, Copy)]
struct Body<'a> {
    key: &'a str,
    gathered: &'a Gathered,
    clock: Clock,
    height: f32,
}

fn body_ui(ui: &mut Ui, memory: &mut MetricsMemory, body: Body<'_>) {
    let Body { key, gathered, clock, height } = body;
    let (drawing, poses) = (gathered.drawing, memory.picture.poses(key));
    let state = memory.charts.entry(key.to_owned()).or_default();
    if state.as_table {
        points_ui(ui, &mut state.table, Points { key, runs: &gathered.points, clock, height });
        return;
    }
    if gathered.series.is_empty() {
        if gathered.is_waiting {
            skeleton_block_ui(ui, height);
        } else if gathered.error.is_none() {
            text_ui(ui, "No points are stored for this metric in the chosen runs", Type::Small, Tone::Muted);
        }
        return;
    }
    let (over, x_name) = match drawing.axis {
        Axis::Step if gathered.is_by_order => ("the order of logging", "Order of logging"),
        Axis::Step => ("steps", "Step"),
        Axis::Time => ("time", "Time of logging"),
        Axis::Relative => ("relative time", "Time since the start of the run"),
        Axis::Runs => ("runs in order of start", "Run, in order of start"),
    };
    let label = format!("{key} over {over}, {}", words::counted(gathered.facts.points, "point"));
    let kind = if matches!(drawing.axis, Axis::Step | Axis::Runs) { AxisKind::Whole } else { AxisKind::Time };
    let has_several = gathered.points.len() > 1;
    let apart = memory.pointed.told_apart(&gathered.series).filter(|_| has_several);
    let (series, marked) = apart.as_ref().map_or((&gathered.series, [].as_slice()), |(all, marked)| (all, marked));
    let events = LineChart::new(("metric", key), &label, series)
        .height(height)
        // The list of runs is the legend of all charts; a picture has none beside it.
        .names(poses && has_several && drawing.axis != Axis::Runs)
        .marked(marked)
        .log(drawing.is_log)
        .still(poses)
        .x_kind(kind)
        .x_name(x_name)
        .y_name(if drawing.is_log { "Value, logarithmic" } else { "Value" })
        .x_text(move |x| x_text(x, drawing, clock))
        .x_tick(move |x, step| x_tick(x, step, drawing, clock))
        .show(ui, &mut state.chart);
    if let Some(one) = events.near.and_then(|index| series.get(index)).filter(|_| has_several) {
        memory.pointed.in_chart(one.tone_of());
    }
}

/// An x in full, for the pointer.
fn x_text(x: f64, drawing: Drawing, clock: Clock) -> String {
    match drawing.axis {
        Axis::Step => format!("step {}", words::value(x.round())),
        Axis::Runs => format!("run {}", words::value(x.round())),
        Axis::Time => moment(x as i64, clock),
        Axis::Relative => format!("after {}", words::duration_ms(x as i64)),
    }
}

/// An x as short as its neighbours allow.
fn x_tick(x: f64, step: f64, drawing: Drawing, clock: Clock) -> String {
    match drawing.axis {
        Axis::Step | Axis::Runs => words::value(x.round()),
        Axis::Relative => words::duration_on_axis(x, step),
        Axis::Time => {
            let full = moment(x as i64, clock);
            let part = match step {
                _ if full.len() != 19 => 0..full.len(),
                ..60e3 => 11..19,
                ..86_400e3 => 11..16,
                _ => 5..10,
            };
            full[part].to_owned()
        }
    }
}

/// How many points, and from where to where.
fn summary(facts: Facts, is_by_order: bool) -> String {
    let mut text = words::counted(facts.points, "point");
    match facts.range {
        Some((low, high)) if low < high => {
            text.push_str(&format!(" · {} to {}", words::value(low), words::value(high)));
        }
        Some((only, _)) => text.push_str(&format!(" · {}", words::value(only))),
        None => {}
    }
    if facts.odd > 0 {
        text.push_str(&format!(" · {} not finite", words::count(facts.odd as u64)));
    }
    if is_by_order {
        text.push_str(" · no steps logged");
    }
    text
}

fn write_csv(scene: &mut Scene<'_>, memory: &mut MetricsMemory, key: &str, gathered: &Gathered) {
    let Some(state) = memory.charts.get_mut(key) else { return };
    let Some(source) = state.csv else { return };
    if gathered.is_waiting {
        return;
    }
    let (runs, owned) = (gathered.points.clone(), key.to_owned());
    let slot =
        scene.loader.derive(DerivedKey { what: "CSV of a metric", source, variant: 0 }, Lane::Selection, move || {
            let text = csv(&owned, &runs);
            let bytes = text.len();
            (text, bytes)
        });
    if let Some(text) = slot.value() {
        state.csv = None;
        scene.act(Action::Save(FileToSave::new(file_name(key, "csv"), text.as_bytes())));
    }
}
