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
        for candidate in candidates.iter().filter(|candidate| candidate.is_shown) {
            let slot = scene.loader.ask(&MetricCountsOf(candidate.run.id.clone()), Lane::Visible);
            is_waiting |= slot.is_pending() && slot.value().is_none();
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
        let mut columns = vec![
            Column::text("Metric", 200.0).growing().unsorted(),
            Column::number("Value", 120.0).unsorted(),
            Column::number("Step", 70.0).unsorted(),
            Column::text("Logged", 172.0).unsorted(),
        ];
        if has_several {
            columns.push(Column::text("Run", 160.0).unsorted());
        }
        let rows = if has_charts { shown.len().min(ROWS_MOST) } else { shown.len() };
        let height = Table::height_of(rows).min(ui.available_height().max(Table::height_of(1)));
        let height = if has_charts { Table::height_of(rows) } else { height };
        Table::new("values", "Metrics of one point", &columns, shown.len()).height(height).show(
            ui,
            &mut state.table,
            |row, column| {
                let Some(one) = shown.get(row) else { return CellText::default() };
                match column {
                    0 => CellText::text(&*one.key).hover(&*one.key),
                    1 => CellText::value(words::precise(one.point.value)),
                    2 => CellText::value(one.point.step.to_string()).tone(Tone::Muted),
                    3 => CellText::value(moment(one.point.timestamp_ms, clock)).tone(Tone::Muted),
                    _ => CellText::text(&*one.run.0).dot(one.run.1),
                }
            },
        );
    });
    ui.add_space(size::GAP_M);
}
