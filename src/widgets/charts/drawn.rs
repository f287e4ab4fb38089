//! What is drawn of a series in one view, kept until the view or the series changes.

use super::series::{Series, SeriesStyle};
use crate::widgets::tokens::Tokens;
use egui::Stroke;
use egui_plot::{GridInput, GridMark, Line, PlotPoint, PlotPoints};

#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) series: Series,
    pub(super) from_x: f64,
    pub(super) to_x: f64,
    pub(super) pixels: usize,
    pub(super) points: Vec<PlotPoint>,
}

pub(super) fn full_range(series: &[Series]) -> (f64, f64) {
    series
        .iter()
        .filter_map(Series::x_range)
        .fold((f64::MAX, f64::MIN), |(low, high), (a, b)| (low.min(a), high.max(b)))
}

/// What to draw of a series, from the last frame if nothing changed.
pub(super) fn thin<'d>(
    drawn: &'d mut Vec<Drawn>,
    index: usize,
    series: &Series,
    from_x: f64,
    to_x: f64,
    pixels: usize,
) -> &'d [PlotPoint] {
    let is_kept = drawn.get(index).is_some_and(|old| {
        old.series.is_same(series) && old.from_x == from_x && old.to_x == to_x && old.pixels == pixels
    });
    if !is_kept {
        let new = Drawn { series: series.clone(), from_x, to_x, pixels, points: series.visible(from_x, to_x, pixels) };
        match drawn.get_mut(index) {
            Some(old) => *old = new,
            None => drawn.push(new),
        }
    }
    drawn.get(index).map_or(&[], |drawn| &drawn.points)
}

pub(super) fn line_of<'d>(series: &Series, points: &[PlotPoint], tokens: &Tokens) -> Option<Line<'d>> {
    let points = match series.style {
        SeriesStyle::Line => points.to_vec(),
        SeriesStyle::Step => {
            let corners = points.windows(2).flat_map(|pair| [pair[0], PlotPoint::new(pair[1].x, pair[0].y)]);
            corners.chain(points.last().copied()).collect()
        }
        SeriesStyle::Dots | SeriesStyle::Rings => return None,
    };
    let color = series.tone.color(tokens);
    let color = if series.is_faint { tokens.faint(color) } else { color };
    let width = if series.is_faint { 1.0 } else { 1.6 };
    let line = Line::new(series.name(), PlotPoints::Owned(points));
    Some(line.stroke(Stroke::new(width, color)).allow_hover(false).allow_band(false))
}

/// The point nearest to the pointer, if it is within reach.
pub(super) fn nearest(
    series: &[Series],
    transform: &egui_plot::PlotTransform,
    pointer: egui::Pos2,
) -> Option<(usize, f64)> {
    const REACH: f32 = 24.0;
    let x = transform.value_from_position(pointer).x;
    series
        .iter()
        .enumerate()
        .filter_map(|(index, series)| {
            let point = series.nearest(x)?;
            let distance = transform.position_from_point(&point).distance(pointer);
            (distance <= REACH).then_some((index, point.x, distance))
        })
        .min_by(|a, b| a.2.total_cmp(&b.2))
        .map(|(index, x, _)| (index, x))
}

/// Marks at round values, about `base` × 8 points apart; all of one strength, so that none fades.
pub(super) fn ticks(input: GridInput, base: f64) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let least = input.base_step_size * base;
    if !(least.is_finite() && least > 0.0 && low.is_finite() && high.is_finite()) {
        return Vec::new();
    }
    let power = 10f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|step| *step >= least * 0.999);
    let step = step.unwrap_or(power * 10.0);
    let first = (low / step).ceil();
    let count = ((high / step).floor() - first).clamp(0.0, 200.0) as usize;
    (0..=count).map(|index| GridMark { value: (first + index as f64) * step, step_size: step }).collect()
}

#[cfg(test)]
mod tests {
    use super::ticks;
    use egui_plot::GridInput;

    fn values(low: f64, high: f64, base_step_size: f64) -> Vec<f64> {
        let input = GridInput { bounds: (low, high), base_step_size };
        ticks(input, 5.0).into_iter().map(|mark| mark.value).collect()
    }

    #[test]
    fn ticks_are_round_and_never_too_many() {
        assert_eq!(values(18.0, 91.0, 3.0), [20.0, 40.0, 60.0, 80.0]);
        assert_eq!(values(-0.3, 1.1, 0.1), [0.0, 0.5, 1.0]);
        assert!(values(0.0, f64::NAN, 1.0).is_empty());
        assert!(values(0.0, 1e300, 1e-300).len() <= 201);
        assert!(values(0.0, 1.0, 0.0).is_empty());
    }
}
