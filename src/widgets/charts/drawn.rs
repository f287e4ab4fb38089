//! What is drawn of a series in one view, kept until the view or the series changes.

use super::series::{Series, SeriesStyle};
use crate::widgets::tokens::Tokens;
use egui_plot::{Line, PlotPoint, PlotPoints};

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

/// The lines of a series: one, or several where a point without a place lies between two points.
pub(super) fn lines_of<'d>(series: &Series, points: &[PlotPoint], tokens: &Tokens) -> Vec<Line<'d>> {
    let stroke = series.stroke(tokens);
    let line = |points: &[PlotPoint]| {
        let points = match series.style {
            SeriesStyle::Step => {
                let corners = points.windows(2).flat_map(|pair| [pair[0], PlotPoint::new(pair[1].x, pair[0].y)]);
                corners.chain(points.last().copied()).collect()
            }
            _ => points.to_vec(),
        };
        let line = Line::new(series.name(), PlotPoints::Owned(points));
        line.stroke(stroke).allow_hover(false).allow_band(false)
    };
    match series.style {
        SeriesStyle::Dots | SeriesStyle::Rings => Vec::new(),
        SeriesStyle::Line | SeriesStyle::Step => unbroken(series, points).map(line).collect(),
    }
}

/// The stretches of a line that no value without a place breaks.
fn unbroken<'p>(series: &'p Series, points: &'p [PlotPoint]) -> impl Iterator<Item = &'p [PlotPoint]> {
    points.chunk_by(move |a, b| !series.is_broken(a.x, b.x))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_where_there_is_no_number() {
        let values = [(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 1.0), (4.0, 5.0), (4.0, f64::NAN), (5.0, 6.0)];
        let series = Series::new("loss", values);
        let lengths: Vec<usize> = unbroken(&series, series.points()).map(<[PlotPoint]>::len).collect();
        assert_eq!(lengths, [2, 3]);
    }
}
