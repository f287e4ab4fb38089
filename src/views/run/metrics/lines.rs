//! From the points of a metric to the lines of a chart: over which axis, smoothed or not. Made on a worker.

use std::sync::Arc;

use crate::model::{MetricPoint, MetricSeries};
use crate::widgets::charts::{Series, smoothed};

/// What stands on the x axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Axis {
    /// The steps that were logged.
    #[default]
    Step,
    /// When it was logged.
    Time,
    /// How long after the start of the run it was logged.
    Relative,
    /// The runs, in the order of their start, each with its latest value.
    Runs,
}

impl Axis {
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Step, "Step", "Over the steps that were logged"),
        (Self::Time, "Time", "Over the time of logging"),
        (Self::Relative, "Relative time", "Over the time since the start of the run"),
        (Self::Runs, "Run order", "Over the runs in the order of their start, each with its latest value"),
    ];
}

/// How a metric is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Drawing {
    pub axis: Axis,
    pub is_log: bool,
    /// In hundredths, so that it can be a key.
    pub smoothing: u8,
}

impl Drawing {
    /// A number that no other drawing has.
    pub fn variant(self) -> u64 {
        self.axis as u64 | u64::from(self.is_log) << 8 | u64::from(self.smoothing) << 16
    }
}

/// A run's line, and the raw one behind it if it is smoothed.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub main: Series,
    pub raw: Option<Series>,
    /// No steps were logged: the points stand in their order.
    pub is_by_order: bool,
    pub facts: Facts,
}

/// What is told of some points without looking at them again.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Facts {
    pub points: usize,
    /// How many of them are no finite number.
    pub odd: usize,
    /// The lowest and the highest of the others.
    pub range: Option<(f64, f64)>,
}

impl Facts {
    fn of(points: &[MetricPoint]) -> Self {
        let mut facts = Self { points: points.len(), ..Self::default() };
        for value in points.iter().map(|point| point.value) {
            if value.is_finite() {
                let (low, high) = facts.range.unwrap_or((value, value));
                facts.range = Some((low.min(value), high.max(value)));
            } else {
                facts.odd += 1;
            }
        }
        facts
    }

    /// Those of two lines together.
    pub fn and(self, other: Self) -> Self {
        let range = match (self.range, other.range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        Self { points: self.points + other.points, odd: self.odd + other.odd, range }
    }
}

impl Line {
    /// Draws a metric. `start_ms`: when its run started.
    pub fn new(series: &MetricSeries, drawing: Drawing, start_ms: Option<i64>) -> Self {
        let points = &series.points;
        let has_steps = points.iter().any(|point| point.step != points[0].step);
        let is_by_order = drawing.axis == Axis::Step && !has_steps && points.len() > 1;
        let first_ms = points.iter().map(|point| point.timestamp_ms).min().unwrap_or(0);
        // A start that is unknown, or later than what was logged, is no start.
        let start_ms = start_ms.filter(|start| *start <= first_ms).unwrap_or(first_ms);
        let x = |index: usize, point: &MetricPoint| match drawing.axis {
            Axis::Step if is_by_order => index as f64,
            Axis::Step | Axis::Runs => point.step as f64,
            Axis::Time => point.timestamp_ms as f64,
            Axis::Relative => (point.timestamp_ms - start_ms) as f64,
        };
        let mut all: Vec<(f64, f64)> =
            points.iter().enumerate().map(|(index, point)| (x(index, point), point.value)).collect();
        if drawing.axis != Axis::Step {
            all.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let name: Arc<str> = Arc::clone(&series.key);
        let scaled = |series: Series| if drawing.is_log { series.log10() } else { series };
        let raw = scaled(Series::new(Arc::clone(&name), all.iter().copied()));
        let (main, raw) = match drawing.smoothing {
            0 => (raw, None),
            weight => {
                let mean = smoothed(all, f64::from(weight) / 100.0);
                (scaled(Series::new(name, mean)), Some(raw.faint()))
            }
        };
        Self { main, raw, is_by_order, facts: Facts::of(points) }
    }

    /// About how many bytes it keeps.
    pub fn bytes(&self) -> usize {
        self.main.bytes() + self.raw.as_ref().map_or(0, Series::bytes) + 128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(i64, i64, f64)]) -> MetricSeries {
        let point = |(step, timestamp_ms, value): &(i64, i64, f64)| MetricPoint {
            step: *step,
            timestamp_ms: *timestamp_ms,
            value: *value,
        };
        MetricSeries { key: "loss".into(), points: points.iter().map(point).collect() }
    }

    fn xs(line: &Line) -> Vec<f64> {
        line.main.points().iter().map(|point| point.x).collect()
    }

    #[test]
    fn points_stand_over_the_axis_that_was_chosen() {
        let metric = series(&[(0, 5_000, 1.0), (1, 6_000, f64::NAN), (2, 9_000, 0.1)]);
        let on = |axis| Line::new(&metric, Drawing { axis, ..Drawing::default() }, Some(4_000));
        assert_eq!(xs(&on(Axis::Step)), [0.0, 2.0]);
        assert_eq!(xs(&on(Axis::Time)), [5_000.0, 9_000.0]);
        assert_eq!(xs(&on(Axis::Relative)), [1_000.0, 5_000.0]);
        assert_eq!(on(Axis::Step).main.outliers().len(), 1);
        let facts = Facts { points: 3, odd: 1, range: Some((0.1, 1.0)) };
        assert_eq!(on(Axis::Step).facts, facts);
        assert_eq!(facts.and(Facts::default()), facts);
        let late = Line::new(&metric, Drawing { axis: Axis::Relative, ..Drawing::default() }, Some(99_000));
        assert_eq!(xs(&late), [0.0, 4_000.0]);
    }

    #[test]
    fn without_steps_the_order_counts_and_is_said() {
        let line = Line::new(&series(&[(0, 1, 1.0), (0, 2, 2.0)]), Drawing::default(), None);
        assert!(line.is_by_order);
        assert_eq!(xs(&line), [0.0, 1.0]);
        assert!(!Line::new(&series(&[(0, 1, 1.0)]), Drawing::default(), None).is_by_order);
    }

    #[test]
    fn smoothing_keeps_the_raw_line_behind() {
        let metric = series(&[(0, 0, 1.0), (1, 1, 100.0), (2, 2, -5.0)]);
        let drawing = Drawing { smoothing: 60, is_log: true, ..Drawing::default() };
        let line = Line::new(&metric, drawing, None);
        let raw = line.raw.expect("the raw line");
        assert_eq!(raw.points().len(), 2);
        assert_eq!(raw.outliers().len(), 1, "no logarithm of a negative value");
        assert_eq!(line.main.points().len(), 3);
    }
}
