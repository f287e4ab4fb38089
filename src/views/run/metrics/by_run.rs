//! Runs with one value each, as DSPy's evaluations have: over the order in which the runs started.

use std::sync::Arc;

use super::lines::{Drawing, Facts, Line};
use crate::model::{MetricPoint, MetricSeries};
use crate::widgets::charts::{Series, SeriesStyle};
use crate::widgets::tokens::Tone;

/// The value of one run.
#[derive(Clone, Debug)]
pub(super) struct RunValue {
    pub name: Arc<str>,
    pub tone: Tone,
    pub start_ms: Option<i64>,
    pub point: MetricPoint,
}

/// The latest value of a metric: that of the last step, and of those the one logged last.
pub(super) fn latest(series: &MetricSeries) -> Option<&MetricPoint> {
    series.points.iter().max_by_key(|point| (point.step, point.timestamp_ms))
}

/// A line through the values of the runs, and a dot in each run's colour.
#[derive(Clone, Debug)]
pub(super) struct ByRun {
    /// Of which answers it was made, and how.
    of: (Vec<u64>, u64),
    pub series: Vec<Series>,
    pub facts: Facts,
}

impl ByRun {
    /// Whether it was made of these answers in this way.
    pub fn is_of(&self, sources: &[u64], drawing: Drawing) -> bool {
        (self.of.0.as_slice(), self.of.1) == (sources, drawing.variant())
    }

    /// `sources`: the numbers of the answers, in the order of `values`. `key`: the metric.
    pub fn new(key: &str, mut values: Vec<RunValue>, sources: Vec<u64>, drawing: Drawing) -> Self {
        // A run whose start is unknown stands last; those of one time stay in their order.
        values.sort_by_key(|value| value.start_ms.unwrap_or(i64::MAX));
        let placed = (0..).zip(&values).map(|(step, value)| MetricPoint { step, ..value.point });
        let metric = MetricSeries { key: key.into(), points: placed.collect() };
        let line = Line::new(&metric, drawing, None);
        // The colours are those of the runs; the line only leads from one to the next.
        let is_smooth = line.raw.is_some();
        let mut series: Vec<Series> = line.raw.into_iter().collect();
        series.push(if is_smooth { line.main } else { line.main.faint() });
        for (place, value) in values.iter().enumerate().filter(|(_, value)| value.point.value.is_finite()) {
            let dot = Series::new(Arc::clone(&value.name), [(place as f64, value.point.value)]);
            let dot = if drawing.is_log { dot.log10() } else { dot };
            // What has no logarithm is marked once, by the line.
            if dot.outliers().is_empty() {
                series.push(dot.tone(value.tone).style(SeriesStyle::Dots));
            }
        }
        Self { of: (sources, drawing.variant()), series, facts: line.facts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::run::metrics::lines::Axis;

    fn value(name: &str, start_ms: Option<i64>, value: f64) -> RunValue {
        RunValue {
            name: name.into(),
            tone: Tone::Accent,
            start_ms,
            point: MetricPoint { step: 0, timestamp_ms: 0, value },
        }
    }

    #[test]
    fn runs_stand_in_the_order_of_their_start_and_a_hole_stays_a_hole() {
        let values = vec![
            value("later", Some(20), 3.0),
            value("unknown", None, 9.0),
            value("first", Some(10), 1.0),
            value("odd", Some(15), f64::NAN),
        ];
        let drawing = Drawing { axis: Axis::Runs, ..Drawing::default() };
        let made = ByRun::new("eval", values, vec![1, 2, 3, 4], drawing);
        let line = &made.series[0];
        assert!(line.is_faint());
        assert_eq!(line.points().iter().map(|point| point.x).collect::<Vec<_>>(), [0.0, 2.0, 3.0]);
        assert_eq!(line.outliers().len(), 1);
        let dots: Vec<(&str, f64)> = made.series[1..].iter().map(|dot| (dot.name(), dot.points()[0].x)).collect();
        assert_eq!(dots, [("first", 0.0), ("later", 2.0), ("unknown", 3.0)], "a dot for each number");
        assert_eq!(made.facts.odd, 1);
        assert!(made.is_of(&[1, 2, 3, 4], drawing) && !made.is_of(&[1, 2, 3, 5], drawing));
    }

    #[test]
    fn the_latest_value_is_that_of_the_last_step() {
        let point = |step, timestamp_ms, value| MetricPoint { step, timestamp_ms, value };
        let points = vec![point(2, 5, 0.1), point(2, 9, 0.2), point(1, 99, 0.3)];
        let series = MetricSeries { key: "m".into(), points };
        assert_eq!(latest(&series).map(|point| point.value), Some(0.2));
    }
}
