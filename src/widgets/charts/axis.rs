//! From where to where the y axis goes, and what is said of where it begins.

use super::series::Series;
use super::ticks;
use crate::words;
use egui::Rect;
use egui_plot::PlotBounds;

/// Values that differ by less than this share of their size are one value and the noise of sums.
const NOISE: f64 = 1e-9;
/// An axis whose lowest value is no more than this share of the highest begins at 0.
const FROM_ZERO: f64 = 0.5;

/// What the y axis shows at least: all of the data, and what is asked for. One value alone stands in the middle; what
/// is not far from 0 is shown from 0 on.
pub(super) fn y_extent(series: &[Series], asked: Option<(f64, f64)>, is_log: bool) -> Option<(f64, f64)> {
    let ranges = series.iter().filter_map(Series::y_range).chain(asked);
    let (low, high) = ranges.reduce(|(low, high), (a, b)| (low.min(a), high.max(b)))?;
    if high - low <= low.abs().max(high.abs()) * NOISE {
        let beside = if is_log { 0.5 } else { beside(high) };
        return Some((low - beside, high + beside)).filter(|(low, high)| low.is_finite() && high.is_finite());
    }
    let is_near = !is_log && low > 0.0 && low <= high * FROM_ZERO;
    Some((if is_near { 0.0 } else { low }, high))
}

/// How far the axis goes at both sides of one value: half of its power of ten.
fn beside(value: f64) -> f64 {
    if value == 0.0 { 1.0 } else { 10f64.powf(value.abs().log10().floor()) / 2.0 }
}

/// Where an axis of values above 0 begins, if that is not 0: `axis from 48`.
pub(super) fn begins(bounds: &PlotBounds, frame: Rect) -> Option<String> {
    let from = bounds.min().get(1).copied().filter(|from| *from > 0.0)?;
    let step = ticks::round(bounds.height() / f64::from(frame.height()) * LABELS_APART);
    step.is_finite().then(|| format!("axis from {}", words::on_axis(from, step / 10.0)))
}

/// The labels of the y axis are at least so far apart, in points.
pub(super) const LABELS_APART: f64 = 40.0;

/// How a mark of the y axis is written. Logarithms are written as what they are logarithms of, all of them in powers of
/// ten as soon as one of them needs it; `low` and `high` are the ends of the axis.
pub(super) fn y_tick(mark: f64, step: f64, (low, high): (f64, f64), is_log: bool) -> String {
    if !is_log {
        return words::on_axis(mark, step);
    }
    let value = 10f64.powf(mark);
    if step < ticks::BETWEEN_POWERS {
        return words::on_axis(value, value * (10f64.powf(step) - 1.0));
    }
    if low < -3.5 || high > 6.5 { format!("{value:.0e}") } else { words::value(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(values: &[f64]) -> Option<(f64, f64)> {
        let points = values.iter().enumerate().map(|(x, y)| (x as f64, *y));
        y_extent(&[Series::new("s", points)], None, false)
    }

    #[test]
    fn one_value_stands_in_the_middle_of_a_sensible_axis() {
        assert_eq!(extent(&[30.0, 30.0]), Some((25.0, 35.0)));
        assert_eq!(
            extent(&[30.0, 29.999_999_999_999_996]).map(|(low, _)| low.round()),
            Some(25.0),
            "noise is no range"
        );
        assert_eq!(extent(&[0.0]), Some((-1.0, 1.0)));
        assert_eq!(extent(&[-3.0]), Some((-3.5, -2.5)));
        assert_eq!(extent(&[]), None);
        assert_eq!(extent(&[f64::MAX]), None, "no axis reaches beyond that");
        let asked = y_extent(&[Series::new("s", [(0.0, 30.0)])], Some((0.0, 100.0)), false);
        assert_eq!(asked, Some((0.0, 100.0)));
        let logarithm = y_extent(&[Series::new("s", [(0.0, 2.0)])], None, true);
        assert_eq!(logarithm, Some((1.5, 2.5)));
    }

    #[test]
    fn an_axis_begins_at_zero_or_says_where() {
        assert_eq!(extent(&[23.1, 74.1]), Some((0.0, 74.1)));
        assert_eq!(extent(&[52.0, 74.1]), Some((52.0, 74.1)));
        assert_eq!(extent(&[-5.0, 74.1]), Some((-5.0, 74.1)));
        let frame = Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(300.0, 200.0));
        let begins = |low, high| begins(&PlotBounds::from_min_max([0.0, low], [1.0, high]), frame);
        assert_eq!(begins(48.123, 76.0).as_deref(), Some("axis from 48"));
        assert_eq!(begins(0.286, 0.391).as_deref(), Some("axis from 0.286"));
        assert_eq!((begins(0.0, 76.0), begins(-6.0, 76.0)), (None, None));
    }

    #[test]
    fn the_marks_of_a_logarithmic_axis_are_written_alike() {
        let axis = |marks: &[f64], step, ends| marks.iter().map(|y| y_tick(*y, step, ends, true)).collect::<Vec<_>>();
        assert_eq!(axis(&[-2.0, 0.0, 1.0], 1.0, (-2.3, 1.2)), ["0.01", "1", "10"]);
        assert_eq!(axis(&[-6.0, 0.0, 1.0], 1.0, (-6.3, 1.2)), ["1e-6", "1e0", "1e1"]);
        let (near, ends) = (|value: f64| (value.log10(), (1.0 + 0.05 / value).log10()), (0.0, 0.1));
        let label = |(mark, step)| y_tick(mark, step, ends, true);
        assert_eq!([1.0, 1.05, 1.2].map(near).map(label), ["1.00", "1.05", "1.20"]);
    }
}
