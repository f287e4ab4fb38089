//! Metrics of which there is one point: a line of a table each, since a chart of one point shows nothing.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Align, Layout, Ui};

use super::choice::Candidate;
use crate::loader::Lane;
use crate::model::{MetricPoint, RunId, RunValues};
use crate::query::{MetricCountsOf, RunPage};
use crate::views::scene::{Clock, Scene};
use crate::views::time::moment;
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// From this width on there is room to say when a value was logged.
const LOGGED_FROM: f32 = 600.0;

/// A key longer than this is told in full where the pointer rests.
const KEY_LONG: usize = 24;

/// Above charts no more rows are shown than this; more of them scroll.
const ROWS_MOST: usize = 10;

/// A metric of which the runs that are shown have one point in all.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Single {
    pub key: String,
    pub point: MetricPoint,
    /// What its run is called, and its tone.
    pub run: (String, Tone),
}

/// The points of each metric of a run, counted.
type Counts = Arc<HashMap<Arc<str>, u64>>;

/// Of what the table was made.
#[derive(Clone, Debug, Default)]
struct Source {
    counted: Vec<Counts>,
    values: Option<Arc<HashMap<RunId, RunValues>>>,
    candidates: Vec<Candidate>,
    keys: Vec<String>,
}

impl Source {
    /// Whether it is the same as far as the table is concerned.
    fn is_same(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&Counts, &Counts)| Arc::ptr_eq(a, b);
        let is_counted = self.counted.len() == other.counted.len();
        is_counted
            && self.counted.iter().zip(&other.counted).all(is_same)
            && self.values.as_ref().map(Arc::as_ptr) == other.values.as_ref().map(Arc::as_ptr)
            && self.keys == other.keys
            && self.candidates == other.candidates
    }

    /// The metrics that have one point in all.
    fn singles(&self, page: &RunPage) -> Vec<Single> {
        let values_of = |candidate: &Candidate| match candidate.run.id == page.run.id {
            true => Some(&page.values),
            false => self.values.as_ref()?.get(&candidate.run.id),
        };
        let single = |key: &String| {
            let counts = self.candidates.iter().zip(&self.counted);
            let mut having = counts.filter_map(|(candidate, counts)| Some((candidate, *counts.get(key.as_str())?)));
            let (candidate, 1) = having.next()? else { return None };
            if having.next().is_some() {
                return None;
            }
            let latest = values_of(candidate)?.metrics.iter().find(|metric| *metric.key == **key)?;
            Some(Single { key: key.clone(), point: latest.point, run: (candidate.name().to_owned(), candidate.tone) })
        };
        self.keys.iter().filter_map(single).collect()
    }
}

/// What the table remembers.
#[derive(Default)]
pub(super) struct ValuesMemory {
    /// What was found last, and of what; it stays while runs are being counted.
    found: Option<(Arc<[Single]>, Source)>,
    /// Nothing was found yet, and the wait is long enough to say so.
    pub is_slow: bool,
    table: TableState,
}

impl ValuesMemory {
    /// The metrics of one point among `keys`, in their order; `None` while that is not known. `values` are those of
    /// the experiment's runs.
    pub fn singles(
        &mut self,
        scene: &mut Scene<'_>,
        page: &RunPage,
        (candidates, keys): (&[Candidate], &[String]),
        values: Option<&Arc<HashMap<RunId, RunValues>>>,
    ) -> Option<Arc<[Single]>> {
        let mut source = Source { values: values.cloned(), keys: keys.to_vec(), ..Source::default() };
        let mut is_waiting = false;
        self.is_slow = false;
        for candidate in candidates.iter().filter(|candidate| candidate.is_shown) {
            let slot = scene.loader.ask(&MetricCountsOf(candidate.run.id.clone()), Lane::Visible);
            is_waiting |= slot.is_pending() && slot.value().is_none();
            self.is_slow |= slot.wants_skeleton(scene.clock.now);
            is_waiting |= values.is_none() && candidate.run.id != page.run.id;
            if slot.value().is_none() && slot.error().is_some() {
                // What could not be counted may have many points of everything.
                return Some(Arc::default());
            }
            if let Some(counts) = slot.value() {
                source.counted.push(Arc::clone(counts));
                source.candidates.push(candidate.clone());
            }
        }
        let is_known = self.found.as_ref().is_some_and(|(_, of)| is_waiting || of.is_same(&source));
        if !is_known && !is_waiting {
            self.found = Some((source.singles(page).into(), source));
        }
        self.found.as_ref().map(|(found, _)| Arc::clone(found))
    }
}

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Metric,
    Value,
    Step,
    Logged,
    Run,
}

/// The table in a card; `has_charts`: something stands below it.
pub(super) fn values_ui(
    ui: &mut Ui,
    state: &mut ValuesMemory,
    shown: &[&Single],
    (has_several, has_charts): (bool, bool),
    clock: Clock,
) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            card_heading_ui(ui, "Values");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text_ui(
                    ui,
                    &format!("{} of one point", words::counted(shown.len(), "metric")),
                    Type::Small,
                    Tone::Muted,
                );
            });
        });
        ui.add_space(size::GAP_XS);
        let mut shows = vec![
            (Shows::Metric, Column::text("Metric", 160.0).growing()),
            (Shows::Value, Column::number("Value", 110.0)),
            (Shows::Step, Column::number("Step", 64.0)),
        ];
        if ui.available_width() >= LOGGED_FROM {
            shows.push((Shows::Logged, Column::text("Logged", 172.0)));
        }
        if has_several {
            shows.push((Shows::Run, Column::text("Run", 150.0)));
        }
        let columns: Vec<Column<'_>> = shows.iter().map(|(_, column)| column.unsorted()).collect();
        let rows = if has_charts { shown.len().min(ROWS_MOST) } else { shown.len() };
        let table = Table::new("values", "Metrics of one point", &columns, shown.len());
        table.height(Table::height_of(rows)).show(ui, &mut state.table, |row, column| {
            let (Some(one), Some((shows, _))) = (shown.get(row), shows.get(column)) else { return CellText::default() };
            match shows {
                Shows::Metric if one.key.len() > KEY_LONG => CellText::text(&*one.key).hover(&*one.key),
                Shows::Metric => CellText::text(&*one.key),
                Shows::Value => CellText::value(words::precise(one.point.value)),
                Shows::Step => CellText::value(one.point.step.to_string()).tone(Tone::Muted),
                Shows::Logged => CellText::value(moment(one.point.timestamp_ms, clock)).tone(Tone::Muted),
                Shows::Run => CellText::text(&*one.run.0).dot(one.run.1),
            }
        });
    });
    ui.add_space(size::GAP_M);
}
