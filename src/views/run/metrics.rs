//! A run's metrics: all keys with their last value, and the chosen one over its steps.

use std::sync::Arc;

use egui::{Align, Layout, Ui};

use crate::loader::{DerivedKey, Lane, RunPage, fresh_id};
use crate::model::MetricSeries;
use crate::state::Action;
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::time::moment_short;
use crate::widgets::charts::{ChartState, LineChart, Series};
use crate::widgets::empty::empty_ui;
use crate::widgets::format;
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};

const CHART: f32 = 280.0;

/// What the tab remembers.
#[derive(Default)]
pub(super) struct MetricsMemory {
    table: TableState,
    chart: ChartState,
    shown: Option<(Arc<Option<MetricSeries>>, u64)>,
}

pub(super) fn metrics_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut MetricsMemory, page: &RunPage) {
    let metrics = &page.values.metrics;
    if metrics.is_empty() {
        empty_ui(ui, "No metrics; they appear when the run logs one, as every evaluation by DSPy does", "");
        return;
    }
    let item = scene.state.location().item.as_deref();
    let selected = item.and_then(|key| metrics.iter().position(|metric| &*metric.key == key)).unwrap_or(0);
    let key = Arc::clone(&metrics[selected].key);
    chart_ui(ui, scene, memory, page, &key);
    ui.add_space(size::GAP_M);
    let clock = scene.clock;
    let columns = [
        Column::text("Metric", 300.0).unsorted().growing(),
        Column::number("Last value", 120.0).unsorted(),
        Column::number("Step", 80.0).unsorted(),
        Column::text("Logged", 150.0).unsorted(),
    ];
    let events = Table::new("metrics", "Metrics", &columns, metrics.len()).selected(Some(selected)).show(
        ui,
        &mut memory.table,
        |row, column| {
            let metric = &metrics[row];
            match column {
                0 => CellText::text(metric.key.to_string()).strong(),
                1 => CellText::value(format::value(metric.point.value)),
                2 => CellText::value(metric.point.step.to_string()).tone(Tone::Muted),
                _ => CellText::text(moment_short(metric.point.timestamp_ms, clock)).tone(Tone::Muted),
            }
        },
    );
    if let Some(metric) = events.selected.and_then(|row| metrics.get(row)) {
        scene.act(Action::FocusItem(Some(metric.key.to_string())));
    }
}

fn chart_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut MetricsMemory, page: &RunPage, key: &str) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.set_min_height(CHART + 30.0);
        let slot = scene.loader.metric(&page.run.id, key, Lane::Selection);
        let known = slot.value().and_then(|series| series.as_ref().as_ref());
        ui.horizontal(|ui| {
            card_heading_ui(ui, key);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(series) = known {
                    text_ui(ui, &summary(series), Type::Small, Tone::Muted);
                }
            });
        });
        let Some(series) = slot_ui(ui, scene, &slot, "The metric", size::TABLE_ROW) else { return };
        let source = memory.number(series);
        let Some(points) = series.as_ref().as_ref().filter(|series| !series.points.is_empty()) else {
            text_ui(ui, "No points are stored for this metric", Type::Small, Tone::Muted);
            return;
        };
        let owned = Arc::clone(series);
        let made = scene
            .loader
            .derive(DerivedKey { what: "series", source, variant: 0 }, Lane::Selection, move || make_series(&owned));
        if let Some(made) = made.value() {
            let shown = std::slice::from_ref(made.as_ref());
            let label = format!("{key} over steps, {} points", points.points.len());
            LineChart::new(("metric", source), &label, shown)
                .height(CHART)
                .names(false)
                .x_text(|x| if x.fract() == 0.0 { format!("{x:.0}") } else { String::new() })
                .show(ui, &mut memory.chart);
        }
    });
}

/// One number per answer: what was derived of another one is not shown for it.
impl MetricsMemory {
    fn number(&mut self, series: &Arc<Option<MetricSeries>>) -> u64 {
        match &self.shown {
            Some((known, number)) if Arc::ptr_eq(known, series) => *number,
            _ => {
                let number = fresh_id();
                self.chart = ChartState::default();
                self.shown = Some((Arc::clone(series), number));
                number
            }
        }
    }
}

/// Over steps; where every point has the same step, over their order.
fn make_series(series: &Option<MetricSeries>) -> (Series, usize) {
    let Some(series) = series else { return (Series::new("", []), 64) };
    let points = &series.points;
    let has_steps = points.iter().any(|point| point.step != points[0].step);
    let at = |(index, point): (usize, &crate::model::MetricPoint)| {
        (if has_steps { point.step as f64 } else { index as f64 }, point.value)
    };
    let made = Series::new(Arc::clone(&series.key), points.iter().enumerate().map(at)).tone(Tone::Accent);
    (made, points.len() * 24)
}

fn summary(series: &MetricSeries) -> String {
    let finite = || series.points.iter().map(|point| point.value).filter(|value| value.is_finite());
    let count = format::count(series.points.len() as u64);
    let points = if series.points.len() == 1 { "1 point".to_owned() } else { format!("{count} points") };
    let (low, high) = (finite().reduce(f64::min), finite().reduce(f64::max));
    let odd = series.points.len() - finite().count();
    let odd = if odd > 0 { format!(" · {odd} not finite") } else { String::new() };
    match (low, high) {
        (Some(low), Some(high)) if low < high => {
            format!("{points} · {} to {}{odd}", format::value(low), format::value(high))
        }
        (Some(only), _) => format!("{points} · {}{odd}", format::value(only)),
        _ => format!("{points}{odd}"),
    }
}
