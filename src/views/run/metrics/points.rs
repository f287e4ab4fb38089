//! The points of a chart as a table, for those who do not see lines, and as CSV.

use std::sync::Arc;

use egui::Ui;

use crate::model::{MetricPoint, MetricSeries};
use crate::views::scene::Clock;
use crate::views::time::moment;
use crate::widgets::table::{CellText, Column, Table, TableState};
use crate::widgets::tokens::Tone;
use crate::words;
use crate::words::csv::Separated;

/// The points of one run.
#[derive(Clone, Debug)]
pub(super) struct RunPoints {
    pub run_id: String,
    pub name: String,
    /// The name with that of its program before it.
    pub label: String,
    pub tone: Tone,
    pub series: Arc<Option<MetricSeries>>,
}

impl RunPoints {
    fn points(&self) -> &[MetricPoint] {
        self.series.as_ref().as_ref().map_or(&[], |series| &series.points)
    }
}

/// The points of several runs, as a table.
#[derive(Clone, Copy)]
pub(super) struct Points<'a> {
    /// The metric.
    pub key: &'a str,
    pub runs: &'a [RunPoints],
    pub clock: Clock,
    pub height: f32,
}

pub(super) fn points_ui(ui: &mut Ui, state: &mut TableState, points: Points<'_>) {
    let Points { key, runs, clock, height } = points;
    let total = runs.iter().map(|run| run.points().len()).sum();
    let columns = [
        Column::text("Run", 150.0).unsorted().growing(),
        Column::number("Step", 80.0).unsorted(),
        Column::text("Logged", 150.0).unsorted().figures().minor(1),
        Column::number("Value", 130.0).unsorted(),
    ];
    let at = |row: usize| {
        let mut row = row;
        runs.iter().find_map(|run| match run.points().get(row) {
            Some(point) => Some((run, point)),
            None => {
                row -= run.points().len();
                None
            }
        })
    };
    let label = format!("Points of {key}");
    Table::new(("points", key), &label, &columns, total).height(height).show(ui, state, |row, column| {
        let Some((run, point)) = at(row) else { return CellText::unknown() };
        match column {
            0 => CellText::text(run.label.clone()).dot(run.tone),
            1 => CellText::value(point.step.to_string()),
            2 => CellText::value(moment(point.timestamp_ms, clock)).tone(Tone::Muted),
            _ => CellText::value(words::exact(point.value)),
        }
    });
}

/// One line per point. Meant for a worker.
pub(super) fn csv(key: &str, runs: &[RunPoints]) -> String {
    let mut out = Separated::Csv.rows();
    let titles = ["run_id", "run", "metric", "step", "timestamp_ms", "value"];
    out.push(titles.map(Into::into));
    for run in runs {
        for point in run.points() {
            let value = words::for_programs(point.value);
            let (step, time) = (point.step.to_string(), point.timestamp_ms.to_string());
            let cells =
                [(&*run.run_id).into(), (&*run.name).into(), key.into(), step.into(), time.into(), value.into()];
            out.push(cells);
        }
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_has_every_point_and_the_words_for_what_is_no_number() {
        let point = |step, value| MetricPoint { step, timestamp_ms: 5, value };
        let points = vec![point(0, 0.1), point(-1, f64::NAN), point(2, f64::NEG_INFINITY)];
        let series = Arc::new(Some(MetricSeries { key: "m".into(), points }));
        let run = RunPoints { run_id: "r".into(), name: "a,b".into(), label: "a,b".into(), tone: Tone::Accent, series };
        let wanted = "run_id,run,metric,step,timestamp_ms,value\r\nr,\"a,b\",m,0,5,0.1\r\nr,\"a,b\",m,-1,5,NaN\r\nr,\"a,b\",m,2,5,-Infinity\r\n";
        assert_eq!(csv("m", &[run]), wanted);
    }
}
