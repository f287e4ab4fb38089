//! Counts over the traces of a list: figures of all of them, a chart over time, and a table by what is chosen.

mod rows;

use std::sync::Arc;

use egui::{ScrollArea, Ui};

use crate::loader::{Lane, Slot, TraceScope};
use crate::query::{CountedStats, StatsBy, StatsOf, TraceFilter};
use crate::state::{Action, Place, RunTab};
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::time::moment_short;
use crate::widgets::charts::{AxisKind, ChartState, LineChart};
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::{card_heading_ui, card_ui, figure_ui, text_ui};
use crate::widgets::table::{CellText, Column, Sort, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::wording::width_of;

use crate::widgets::tokens::size::{self, Type};
use crate::words;
use rows::{Drawn, Shows};

/// So high the chart is at the most, and which share of the window it takes.
const CHART: f32 = 150.0;
const CHART_SHARE: f32 = 0.15;
/// So many rows stand in the page, which scrolls; of more the table scrolls.
const ROWS_WHOLE: usize = 30;

/// What the counts of a list remember.
#[derive(Default)]
pub(super) struct AggregatesMemory {
    of: Option<Counted>,
    /// How often more was asked for.
    round: u32,
    /// What is on screen: of the last round that is there.
    shown: Option<Arc<CountedStats>>,
    pause: Pause,
    drawn: Drawn,
    sort: Option<Sort>,
    table: TableState,
    chart: ChartState,
    cursor: Option<usize>,
}

/// No pause is longer, in seconds.
const MOST_PAUSE: f64 = 60.0;

/// How long what was counted stands while somebody writes to the store: counting takes no more than a tenth of the
/// time of a worker. Seconds on the clock of the frames.
#[derive(Default)]
struct Pause {
    begun: Option<f64>,
    until: f64,
}

impl Pause {
    /// Whether what was counted is to stand for now. The frame that ends the pause is asked for.
    fn holds(&self, ui: &Ui) -> bool {
        let left = self.until - ui.input(|input| input.time);
        if left > 0.0 {
            ui.ctx().request_repaint_after_secs(left as f32);
        }
        left > 0.0
    }

    /// Notes whether somebody is counting.
    fn note(&mut self, ui: &Ui, is_pending: bool) {
        let now = ui.input(|input| input.time);
        if is_pending {
            self.begun.get_or_insert(now);
        } else if let Some(begun) = self.begun.take() {
            self.until = now + (9.0 * (now - begun)).min(MOST_PAUSE);
        }
    }
}

/// What is counted.
#[derive(Clone, PartialEq)]
pub(super) struct Counted {
    pub scope: TraceScope,
    pub filter: TraceFilter,
    pub by: StatsBy,
}

/// What is chosen; `None`: the list itself.
pub(super) fn chosen(scene: &Scene<'_>) -> Option<StatsBy> {
    scene.state.settings.aggregates.as_deref().and_then(StatsBy::of_word)
}

/// The switch between the list and the counts over it.
pub(super) fn switch_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let now = chosen(scene);
    ui.spacing_mut().item_spacing.x = size::GAP_XS;
    if ui.add(Chip::toggle("List", now.is_none())).clicked() {
        scene.act(Action::ShowAggregates(None));
    }
    let tip = "How many, how long, what they used: over all of these traces";
    if ui.add(Chip::toggle("Aggregates", now.is_some())).on_hover_text(tip).clicked() && now.is_none() {
        scene.act(Action::ShowAggregates(Some(StatsBy::Predictor)));
    }
    let Some(now) = now else { return };
    ui.add_space(size::GAP_M);
    text_ui(ui, "by", Type::Small, Tone::Muted);
    ui.add_space(size::GAP_XS);
    for by in StatsBy::ALL {
        if ui.add(Chip::toggle(by.title(), by == now)).clicked() {
            scene.act(Action::ShowAggregates(Some(by)));
        }
    }
}

/// Draws them; returns the condition of the traces behind a row that was opened.
pub(super) fn aggregates_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut AggregatesMemory,
    counted: Counted,
) -> Option<String> {
    if memory.of.as_ref() != Some(&counted) {
        // Whoever looks at the same traces by something else need not wait for what is known of them.
        let is_same = |of: &&Counted| (&of.scope, &of.filter) == (&counted.scope, &counted.filter);
        let round = memory.of.as_ref().filter(is_same).map_or(0, |_| memory.round);
        *memory = AggregatesMemory { of: Some(counted.clone()), round, ..AggregatesMemory::default() };
    }
    let Counted { scope, filter, by } = counted;
    let lane = if memory.shown.is_none() { Lane::Visible } else { Lane::Prefetch };
    let question = StatsOf { scope, filter, by, round: Some(memory.round) };
    let is_done = memory.shown.as_ref().is_some_and(|shown| shown.is_complete());
    let slot = if is_done && memory.pause.holds(ui) { Slot::Empty } else { scene.loader.ask(&question, lane) };
    memory.pause.note(ui, slot.is_pending());
    let progress = scene.loader.progress().filter(|_| slot.is_pending());
    if let Some(found) = slot.value() {
        if memory.shown.as_ref().is_none_or(|shown| !Arc::ptr_eq(shown, found)) {
            memory.shown = Some(Arc::clone(found));
            memory.drawn = Drawn::of(found, by, memory.sort);
        }
        if !slot.is_pending() && !found.is_complete() {
            memory.round += 1;
        }
    }
    let Some(shown) = memory.shown.clone() else {
        slot_ui(ui, scene, &slot, "The counts over traces", size::TABLE_ROW);
        return None;
    };
    if shown.of == 0 && shown.is_complete() {
        empty_ui(ui, "No trace passes this filter", "");
        return None;
    }
    if !shown.is_complete() {
        let looked =
            progress.filter(|(_, of)| *of == shown.of).map_or(shown.looked, |(done, _)| done.max(shown.looked));
        let counts = [looked, shown.looked, shown.of].map(|count| words::count(count as u64));
        let [known, counted, of] = counts;
        let text = format!("Facts of {known} of {of} traces are known; counted are the newest {counted}");
        text_ui(ui, &text, Type::Small, Tone::Warn);
    }
    let area = ScrollArea::vertical().id_salt("aggregates").auto_shrink(false);
    let shown = area.show(ui, |ui| {
        figures_ui(ui, &shown);
        ui.add_space(size::GAP_S);
        chart_ui(ui, scene, memory, &shown);
        ui.add_space(size::GAP_S);
        let opened = table_ui(ui, scene, memory, (&shown, by));
        ui.add_space(size::GAP_M);
        opened
    });
    shown.inner
}

fn figures_ui(ui: &mut Ui, shown: &CountedStats) {
    let all = &shown.stats.all;
    let unknown = || words::UNKNOWN.to_owned();
    let time = |ns: Option<u64>| ns.map_or_else(unknown, rows::time);
    let tokens = all.tokens.and_then(|tokens| tokens.total);
    let figures = [
        ("Traces", words::count(all.count), Tone::Neutral),
        ("Errors", words::count(all.errors), if all.errors > 0 { Tone::Bad } else { Tone::Neutral }),
        ("p50", time(all.latency.map(|it| it.p50_ns)), Tone::Neutral),
        ("p95", time(all.latency.map(|it| it.p95_ns)), Tone::Neutral),
        ("p99", time(all.latency.map(|it| it.p99_ns)), Tone::Neutral),
        ("Tokens", tokens.map_or_else(unknown, words::count), Tone::Neutral),
        ("Cost", all.cost.map_or_else(unknown, |cost| words::cost(cost.usd, cost.certainty.sign())), Tone::Neutral),
    ];
    // All on one line; smaller, where they would not fit otherwise.
    let wide = |cut: Type, (caption, figure): (&str, &str)| {
        width_of(ui, figure, cut).max(width_of(ui, caption, Type::Small)) + size::GAP_L
    };
    let all_wide = |cut: Type| figures.iter().map(|(caption, figure, _)| wide(cut, (caption, figure))).sum::<f32>();
    let cut = if all_wide(Type::Headline) > ui.available_width() { Type::Figure } else { Type::Headline };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_L;
        for (caption, figure, tone) in &figures {
            let needed = width_of(ui, figure, cut).max(width_of(ui, caption, Type::Small));
            if ui.available_size_before_wrap().x < needed {
                ui.end_row();
            }
            figure_ui(ui, caption, figure, cut, *tone);
        }
    });
    if shown.stats.with_tokens < all.count || shown.stats.with_cost < all.count {
        let [tokens, costs, of] = [shown.stats.with_tokens, shown.stats.with_cost, all.count].map(words::count);
        let text = match tokens == costs {
            true => format!("Tokens and cost are known of {tokens} of {of} traces"),
            false => format!("Tokens are known of {tokens} of {of} traces, cost of {costs}"),
        };
        text_ui(ui, &text, Type::Small, Tone::Muted);
    }
}

fn chart_ui(ui: &mut Ui, scene: &Scene<'_>, memory: &mut AggregatesMemory, shown: &CountedStats) {
    let Some(first) = shown.stats.bins.first().map(|bin| bin.from_ms).filter(|_| shown.stats.bins.len() > 1) else {
        return;
    };
    let clock = scene.clock;
    let moment = |x: f64| moment_short(first.saturating_add(x as i64), clock);
    let since = format!("Time since {}", moment(0.0));
    // In a low window rows of the table are to be seen, too.
    let height = (ui.ctx().content_rect().height() * CHART_SHARE).clamp(CHART / 2.0, CHART);
    let drawn = &memory.drawn;
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        let step = words::duration_ms(shown.stats.bin_ms);
        card_heading_ui(ui, &format!("Traces that began in each {step}"));
        LineChart::new("traces over time", "Traces over time", &drawn.series)
            .height(height)
            .names_width(70.0)
            .x_kind(AxisKind::Time)
            .x_name(&since)
            .y_name("Traces")
            .x_tick(words::duration_on_axis)
            .tip(|x| drawn.tip(&shown.stats, x, moment(x)))
            .show(ui, &mut memory.chart);
    });
}

fn table_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut AggregatesMemory,
    (shown, by): (&CountedStats, StatsBy),
) -> Option<String> {
    let count = memory.drawn.order.len();
    if count == 0 {
        text_ui(ui, rows::nothing(by), Type::Body, Tone::Muted);
        return None;
    }
    let shows = rows::columns(by);
    let columns: Vec<Column<'_>> = shows.iter().map(|(_, column)| *column).collect();
    let height = Table::height_of(count.min(ROWS_WHOLE)) + size::SCROLL_BAR;
    let AggregatesMemory { drawn, sort, table, cursor, .. } = memory;
    let events = Table::new("aggregates", "Aggregates", &columns, count)
        .selected(*cursor)
        .sort(*sort)
        .height(height)
        .show(ui, table, |at, column| match (drawn.row(shown, at), shows.get(column)) {
            (Some((row, title)), Some((shows, _))) => rows::cell(row, title, (by, *shows), &drawn.most),
            _ => CellText::default(),
        });
    if let Some(column) = events.sort {
        let descending = sort.is_none_or(|sort| sort.column != column || !sort.descending);
        *sort = Some(Sort { column, descending });
        *drawn = Drawn::of(shown, by, *sort);
        *cursor = None;
    }
    *cursor = events.selected.or(*cursor);
    let clicked = events.cell.filter(|(_, column)| shows.get(*column).is_some_and(|(shows, _)| *shows == Shows::Key));
    let opened = events.opened.or(clicked.map(|(row, _)| row));
    let (row, _) = opened.and_then(|at| drawn.row(shown, at))?;
    // The traces behind it: those of a run are its own list, others are filtered out of this one.
    match (by, &row.key) {
        (StatsBy::Run, Some(run)) => {
            let experiment = scene.place().experiment().cloned();
            scene.act(Action::ShowAggregates(None));
            scene.go(Place::Run { experiment, run: (&**run).into(), tab: Some(RunTab::TRACES) });
            None
        }
        (_, key) => rows::filter(by, key.as_deref()),
    }
}
